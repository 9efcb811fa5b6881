"""Makes the invented pairs of pairs.csv: `python -m tests.alike.making > tests/alike/pairs.csv`.

Two hundred pairs are one invented person registered twice, ten of each of twenty ways in which that happens; two
hundred are two people who are near each other, ten of each of twenty ways. Each way is drawn by a seed of its own. The
weights (dashboard/alike/weights.toml) were settled on pairs of other seeds (`--seed`), and on these they are judged.
"""

from __future__ import annotations

import csv
import random
import string
import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta

KEPT_SEED = 2026
EACH = 10
COLUMNS = ("one_person", "way", *(f"{side}_{name}" for side in ("a", "b") for name in
           ("given", "family", "born", "sex", "phone", "postal")))  # fmt: skip


@dataclass(frozen=True)
class Invented:
    """Somebody who does not exist."""

    given: str
    family: str
    born: date
    sex: str
    phone: str
    postal: str


Way = Callable[[random.Random, Invented], tuple[Invented, Invented]]

WOMEN = (
    "Margaret", "Elizabeth", "Katherine", "Anna", "Maria", "Sofia", "Ines", "Rosalind", "Deborah", "Patricia",
    "Jennifer", "Abigail", "Samantha", "Victoria", "Christina", "Teresa", "Susan", "Rebecca", "Judith",
    "Florence", "Zuzana", "Noémie", "Łucja", "Bronwyn", "Oluchi", "Mei", "Yuki", "Priya", "Fatima", "Leila",
)  # fmt: skip
MEN = (
    "William", "Robert", "Richard", "Michael", "Thomas", "James", "Edward", "Benjamin", "Nicholas", "Alexander",
    "Daniel", "Anthony", "Andrew", "Gregory", "Jonathan", "Theodore", "Christopher", "Joseph", "Walter",
    "Frederick", "Søren", "José", "Piotr", "Rhys", "Chidi", "Wei", "Haruto", "Arjun", "Omar", "Farid",
)  # fmt: skip
FAMILIES = (
    "Smith", "Johnson", "Garcia", "Nguyen", "Martinez", "Lee", "Brown", "O'Brien", "MacDonald", "Fitzgerald",
    "Kowalski", "Lindqvist", "Søndergård", "Müller", "Haverkamp", "Castellano", "Okonkwo", "Ramachandran",
    "Takahashi", "Petrov", "Thistlewood", "Whitcombe", "Bellweather", "Ashgrove", "Quillfeather", "Marrowby",
    "Dunmere", "Harrowgate", "Penhallow", "Stackhouse", "Vanterpool", "Winterbourne", "de la Cruz",
    "van den Berg", "Al Hassan", "St. Clair", "Núñez", "Öztürk",
)  # fmt: skip
SHORT = {
    "Margaret": "Peggy", "Elizabeth": "Liz", "Katherine": "Kate", "Deborah": "Debbie", "Patricia": "Pat",
    "Jennifer": "Jenny", "Abigail": "Abby", "Samantha": "Sam", "Victoria": "Vicky", "Christina": "Tina",
    "Susan": "Sue", "Rebecca": "Becky", "Judith": "Judy", "William": "Bill", "Robert": "Bob", "Richard": "Dick",
    "Michael": "Mike", "Thomas": "Tom", "James": "Jim", "Edward": "Ted", "Benjamin": "Ben", "Nicholas": "Nick",
    "Alexander": "Alex", "Daniel": "Dan", "Anthony": "Tony", "Andrew": "Drew", "Gregory": "Greg",
    "Jonathan": "Jon", "Theodore": "Teddy", "Christopher": "Chris", "Joseph": "Joe", "Frederick": "Fred",
    "Teresa": "Terry",
}  # fmt: skip
HEARD = {
    "Katherine": "Catherine", "Sofia": "Sophia", "Ines": "Inez", "Teresa": "Theresa", "Christina": "Kristina",
    "Nicholas": "Nicolas", "Jonathan": "Johnathan", "Gregory": "Greggory", "Rebecca": "Rebekah",
    "Leila": "Layla", "Omar": "Omer", "Frederick": "Fredrick", "Rhys": "Reese", "Joseph": "Josef",
    "Deborah": "Debra", "Anthony": "Antony",
}  # fmt: skip
HEARD_FAMILIES = {
    "Smith": "Smyth", "Johnson": "Jonson", "Kowalski": "Kovalski", "MacDonald": "McDonald",
    "Fitzgerald": "Fitzgerrald", "Petrov": "Petroff", "Lindqvist": "Lindquist", "Ashgrove": "Ashgrave",
    "Harrowgate": "Harrogate", "Müller": "Mueller", "Castellano": "Castelano", "Brown": "Browne",
    "Whitcombe": "Whitcomb", "Thistlewood": "Thisselwood",
}  # fmt: skip
NEAR_NAMES = (("Anna", "Hanna"), ("Jayden", "Hayden"), ("Maria", "Mario"), ("Daniel", "Daniela"), ("Ella", "Bella"),
              ("Erin", "Eric"), ("Carla", "Carl"), ("Tim", "Tom"), ("Joan", "John"), ("Paula", "Paul"))  # fmt: skip


def somebody(chance: random.Random, among: tuple[str, ...] | None = None) -> Invented:
    """Anybody."""
    sex = chance.choice(("female", "male"))
    given = chance.choice(among or (WOMEN if sex == "female" else MEN))
    sex = sex if among is None else "female" if given in WOMEN else "male"
    born = date(1955, 1, 1) + timedelta(days=chance.randrange(365 * 50))
    return Invented(given, chance.choice(FAMILIES), born, sex, a_phone(chance), f"{chance.randrange(97000, 97990)}")


def a_phone(chance: random.Random) -> str:
    return f"({chance.randrange(201, 989)}) 555-{chance.randrange(10000):04}"


def mistyped(chance: random.Random, word: str) -> str:
    """One slip of the keyboard: a letter another, left out, doubled, or two exchanged; never the first."""
    at = chance.randrange(1, len(word) - 1)
    return chance.choice((
        word[:at] + chance.choice(string.ascii_lowercase) + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))  # fmt: skip


def other_day(born: date, chance: random.Random) -> date:
    """The day with one digit of its day or year another."""
    for _ in range(100):
        at, digits = chance.choice((2, 3, 5, 6, 7)), f"{born:%Y%m%d}"
        changed = digits[:at] + chance.choice("0123456789") + digits[at + 1 :]
        try:
            day = date(int(changed[:4]), int(changed[4:6]), int(changed[6:]))
        except ValueError:
            continue
        if day != born and 1920 < day.year < 2020:
            return day
    raise RuntimeError("no other day")


def moved(chance: random.Random, person: Invented) -> Invented:
    """The same with another telephone and postal code, as after some years; or with neither written down."""
    if chance.random() < 0.5:
        return replace(person, phone=a_phone(chance), postal=f"{chance.randrange(97000, 97990)}")
    return replace(person, phone="", postal="")


def swappable(chance: random.Random) -> Invented:
    while True:
        found = somebody(chance)
        if found.born.day <= 12 and found.born.day != found.born.month:
            return found


def _swapped(born: date) -> date:
    return date(born.year, born.day, born.month)


# One person, registered twice ---------------------------------------------------------------------------------------


def again(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, moved(chance, a)


def family_mistyped(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(moved(chance, a), family=mistyped(chance, a.family))


def given_mistyped(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = a if len(a.given) > 3 else replace(a, given="Margaret", sex="female")
    return a, replace(moved(chance, a), given=mistyped(chance, a.given))


def both_mistyped(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = a if len(a.given) > 3 else replace(a, given="Robert", sex="male")
    return a, replace(moved(chance, a), given=mistyped(chance, a.given), family=mistyped(chance, a.family))


def day_and_month_swapped(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = swappable(chance)
    return a, replace(moved(chance, a), born=_swapped(a.born))


def one_digit_of_the_day(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(moved(chance, a), born=other_day(a.born, chance))


def short_form(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = somebody(chance, tuple(SHORT))
    return a, replace(moved(chance, a), given=SHORT[a.given])


def short_form_and_mistyped(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a, b = short_form(chance, a)
    return a, replace(b, family=mistyped(chance, b.family))


def short_form_and_day(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a, b = short_form(chance, a)
    return a, replace(b, born=other_day(b.born, chance))


def without_accents(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = replace(
        a,
        given=chance.choice(("Noémie", "Łucja", "Søren", "José")),
        family=chance.choice(FAMILIES[12:14] + FAMILIES[-2:]),
    )
    plain = str.maketrans("éŁøåüñúÖ", "eLoaunuO")
    return a, replace(moved(chance, a), given=a.given.translate(plain), family=a.family.translate(plain))


def names_exchanged(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(moved(chance, a), given=a.family, family=a.given)


def double_name(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = replace(a, family=chance.choice(FAMILIES[20:32]))
    return a, replace(moved(chance, a), family=f"{a.family}-{chance.choice(FAMILIES[:12])}")


def married(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Another family name, and the telephone of before."""
    return a, replace(a, family=chance.choice([name for name in FAMILIES if name != a.family]), postal="")


def married_and_moved(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Another family name, and nothing else but given name and birthday the same: hard."""
    family = chance.choice([name for name in FAMILIES if name != a.family])
    return a, replace(moved(chance, a), family=family)


def heard(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = somebody(chance, tuple(HEARD))
    return a, replace(moved(chance, a), given=HEARD[a.given])


def family_heard(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = replace(a, family=chance.choice(tuple(HEARD_FAMILIES)))
    return a, replace(moved(chance, a), family=HEARD_FAMILIES[a.family])


def second_given_name(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(moved(chance, a), given=f"{a.given} {chance.choice(WOMEN if a.sex == 'female' else MEN)}")


def day_wrong_telephone_same(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """A day that is another altogether within some years, as when it was guessed."""
    return a, replace(a, born=a.born + timedelta(days=chance.randrange(40, 2000)), postal="")


def mistyped_day_and_family(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = swappable(chance)
    return a, replace(moved(chance, a), family=mistyped(chance, a.family), born=_swapped(a.born))


def sex_mistaken(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(moved(chance, a), sex="male" if a.sex == "female" else "female")


# Two people near each other -----------------------------------------------------------------------------------------


def _others(chance: random.Random, a: Invented, sex: str | None = None) -> str:
    names = WOMEN if (sex or a.sex) == "female" else MEN
    return chance.choice([name for name in names if name[0] != a.given[0]])


def twins(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    return a, replace(a, given=_others(chance, a))


def twins_of_either_sex(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    sex = "male" if a.sex == "female" else "female"
    return a, replace(a, given=_others(chance, a, sex), sex=sex)


def twins_of_near_names(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Hard: Anna and Hanna, Jayden and Hayden."""
    one, other = chance.choice(NEAR_NAMES)
    return replace(a, given=one), replace(a, given=other)


def twins_of_one_initial(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    one, other = chance.choice(
        (("Marta", "Miriam"), ("Jack", "James"), ("Ella", "Emma"), ("Leo", "Luke"), ("Kai", "Kurt"))
    )
    return replace(a, given=one), replace(a, given=other)


def parent_and_child(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Of one name, in one household."""
    return a, replace(a, born=a.born - timedelta(days=chance.randrange(20 * 365, 40 * 365)))


def parent_and_child_junior(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    born = a.born - timedelta(days=chance.randrange(20 * 365, 35 * 365))
    return replace(a, family=f"{a.family} Jr."), replace(a, born=born)


def siblings(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Of one telephone."""
    return a, replace(a, given=_others(chance, a), born=a.born + timedelta(days=chance.randrange(400, 3000)))


def siblings_born_alike(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """On the same day of another year."""
    day = a.born.replace(day=min(a.born.day, 28))
    return replace(a, born=day), replace(
        a, given=_others(chance, a), born=day.replace(year=day.year + chance.choice((2, 3, 4)))
    )


def couple(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    sex = "male" if a.sex == "female" else "female"
    return a, replace(
        a, given=_others(chance, a, sex), sex=sex, born=a.born + timedelta(days=chance.randrange(100, 900))
    )


def same_birthday_common_name(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a = replace(a, family=chance.choice(FAMILIES[:7]))
    return a, replace(somebody(chance), family=a.family, born=a.born, given=_others(chance, a), sex=a.sex)


def same_birthday_same_given(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    b = somebody(chance)
    family = chance.choice([name for name in FAMILIES if name[0] != a.family[0]])
    return a, replace(b, given=a.given, sex=a.sex, born=a.born, family=family)


def namesakes(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """A common name and nothing else."""
    a = replace(a, family=chance.choice(FAMILIES[:7]))
    while True:
        b = somebody(chance)
        if abs((b.born - a.born).days) > 400:
            return a, replace(b, given=a.given, family=a.family, sex=a.sex)


def namesakes_of_one_year(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    a, b = namesakes(chance, replace(a, born=date(1984, 2, 9)))
    return a, replace(b, born=date(1984, chance.choice((5, 7, 10)), chance.randrange(14, 28)))


def namesakes_a_digit_apart(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Hard: a common name, and by chance a birthday one digit away."""
    a, b = namesakes(chance, a)
    return a, replace(b, born=other_day(a.born, chance))


def same_household(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    b = somebody(chance)
    return a, replace(b, given=_others(chance, a, b.sex), phone=a.phone, postal=a.postal)


def near_family_same_day(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    one, other = chance.choice(
        (("Brown", "Browning"), ("Johnson", "Johnston"), ("Martin", "Martinez"), ("Lee", "Leigh"))
    )
    b = replace(somebody(chance), family=other, born=a.born)
    return replace(a, family=one), replace(b, given=_others(chance, a), sex=a.sex)


def near_both_names(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    one, other = chance.choice(
        (("Robert Brown", "Roberta Browne"), ("Daniel Lee", "Danielle Lee"), ("Carl Smith", "Carla Smith"))
    )
    b = somebody(chance)
    if abs((b.born - a.born).days) < 400:
        b = replace(b, born=a.born + timedelta(days=1111))
    (given, family), (other_given, other_family) = one.split(), other.split()
    return replace(a, given=given, family=family, sex="male"), replace(
        b, given=other_given, family=other_family, sex="female"
    )


def exchanged_namesakes(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """James Thomas and Thomas James, of other days."""
    one, other = chance.choice((("James", "Thomas"), ("Lee", "Martin"), ("Howard", "Stanley"), ("Craig", "Gordon")))
    b = replace(
        somebody(chance), given=other, family=one, sex="male", born=a.born + timedelta(days=chance.randrange(500, 4000))
    )
    return replace(a, given=one, family=other, sex="male"), b


def cousins(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    """Named after one grandparent, some years apart."""
    born = a.born + timedelta(days=chance.randrange(800, 4000))
    return a, replace(a, born=born, phone=a_phone(chance), postal="97000")


def strangers(chance: random.Random, a: Invented) -> tuple[Invented, Invented]:
    b = somebody(chance)
    return a, replace(b, given=_others(chance, a, b.sex))


ONE_PERSON: tuple[Way, ...] = (
    again, family_mistyped, given_mistyped, both_mistyped, day_and_month_swapped, one_digit_of_the_day,
    short_form, short_form_and_mistyped, short_form_and_day, without_accents, names_exchanged, double_name,
    married, married_and_moved, heard, family_heard, second_given_name, day_wrong_telephone_same,
    mistyped_day_and_family, sex_mistaken,
)  # fmt: skip
TWO_PEOPLE: tuple[Way, ...] = (
    twins, twins_of_either_sex, twins_of_near_names, twins_of_one_initial, parent_and_child,
    parent_and_child_junior, siblings, siblings_born_alike, couple, same_birthday_common_name,
    same_birthday_same_given, namesakes, namesakes_of_one_year, namesakes_a_digit_apart, same_household,
    near_family_same_day, near_both_names, exchanged_namesakes, cousins, strangers,
)  # fmt: skip


def rows(seed: int) -> list[list[str]]:
    """Every pair of a seed, as the file has them."""
    found = []
    for one, ways in (("yes", ONE_PERSON), ("no", TWO_PEOPLE)):
        for way in ways:
            chance = random.Random(f"{seed} {way.__name__}")
            for _ in range(EACH):
                pair = way(chance, somebody(chance))
                told = [str(value) for person in pair for value in astuple(person)]
                found.append([one, way.__name__, *told])
    return found


def main() -> None:
    """Write the file, or the pairs of another seed."""
    seed = int(sys.argv[2]) if sys.argv[1:2] == ["--seed"] else KEPT_SEED
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(seed))


assert len(fields(Invented)) * 2 + 2 == len(COLUMNS)

if __name__ == "__main__":
    main()
