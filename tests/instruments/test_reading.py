"""A clinic's instrument files: what they must say, and that nothing in them can do harm."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.clinical.knowledge import load
from dashboard.clinical.vocabulary.care import MissingRule, ScoringMethod
from dashboard.instruments import FileError, in_force, on_shelf, read, score
from dashboard.instruments.folder import MOST_FILES
from dashboard.instruments.reader import KEYS, MOST_BYTES, scorable
from tests.instruments.invented import invented

KNOWN = load()
DOCS = (Path(__file__).parents[2] / "docs" / "instrument-files.md").read_text(encoding="utf-8")
PHQ2 = invented("phq2", 2, range(4))
STARTBACK = invented("startback_total", 9, range(2))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clinic's folder of instrument files, still empty."""
    folder = tmp_path / "instruments"
    folder.mkdir()
    monkeypatch.setenv("BACKSTRIDE_INSTRUMENTS", str(folder))
    return folder


def wrong(text: str) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(FileError) as refusal:
        read("ours.toml", text.encode(), KNOWN)
    return str(refusal.value)


def test_a_file_that_says_everything_is_read() -> None:
    """Items by number, choices with their scores, and the published way of scoring."""
    file = read("ours.toml", PHQ2.encode(), KNOWN)
    assert [question.number for question in file.questions] == [1, 2]
    assert [choice.score for choice in file.questions[0].choices] == [0, 1, 2, 3]
    assert (file.scoring.method, file.scoring.missing) == ("sum", "all-needed")
    assert (file.version, file.language) == ("invented 1", "en")


MISTAKES = {
    "no licence": (PHQ2.replace("licence =", "licensed ="), ("licensed", "Did you mean 'licence'?")),
    "licence empty": (PHQ2.replace("Nobody: these items are invented for a test", " "), ("licence", "words in quotes")),
    "licence missing": ("\n".join(line for line in PHQ2.splitlines() if not line.startswith("licence")),
                        ("licence", "who holds the licence")),
    "no such instrument": (PHQ2.replace('"phq2"', '"phq22"', 1), ("id", "Did you mean 'phq2'?")),
    "not asked at intake": (PHQ2.replace('"phq2"', '"leaf_q"', 1), ("id", "no measure asked at intake")),
    "an unknown key": (PHQ2.replace("[choices]", "[choise]"), ("choise", "Did you mean 'choices'?")),
    "an unknown key of an item": (PHQ2.replace("wording", "words", 1), ("item 1, words", "is not a key")),
    "a set that is not there": (PHQ2.replace('choices = "same"', 'choices = "sane"', 1),
                                ("item 1, choices", "Did you mean 'same'?")),
    "an item too few": (invented("phq2", 1, range(4)), ("item", "has 2 items")),
    "numbers out of order": (PHQ2.replace("number = 2", "number = 3"), ("item 2, number", "1, 2, 3")),
    "scores of another scale": (invented("phq2", 2, range(5)), ("item 1, choices", "0 to 3")),
    "a score that is no number": (PHQ2.replace("score = 3", 'score = "3"'),
                                  ("choices.same, choice 4, score", "number")),
    "another method": (PHQ2 + '\n[scoring]\nmethod = "mean"\n', ("scoring.method", "published as 'sum'")),
    "a method there is not": (PHQ2 + '\n[scoring]\nmethod = "summ"\n', ("scoring.method", "Did you mean 'sum'?")),
    "another rule for missing items": (PHQ2 + '\n[scoring]\nmissing = "answered-only"\n',
                                       ("scoring.missing", "all-needed")),
    "a tick where there are none": (invented("phq2", 2, [3]), ("item 1, choices", "two or more")),
    "a table nobody needs": ("table = [[0, 1]]\n" + PHQ2, ("table", "not used")),
    "a table too short": ("table = [[4, 30.0], [5, 31.0]]\n" + invented("promis_pf", 4, range(1, 6)),
                          ("table", "the sum 6")),
    "a part there is not": (PHQ2 + '\n[[subscale]]\nid = "x"\nitems = [1]\n', ("subscale.id", "no part of phq2")),
    "a part too small": (STARTBACK + '\n[[subscale]]\nid = "startback_psych"\nitems = [5, 6]\n',
                         ("subscale.items", "5")),
    "a part twice over": (STARTBACK + '\n[[subscale]]\nid = "startback_psych"\nitems = [5, 5, 5, 5, 5]\n',
                          ("subscale.items", "each once")),
    "a wording too long": (PHQ2.replace("Invented item 1", "x" * 501), ("item 1, wording", "500")),
    "more than the range": (invented("paindetect", 9, range(6)), ("item", "runs from -1 to 38")),
    "no TOML": ("id = ", ("TOML", "docs/instrument-files.md")),
    "nested for ever": ("x = " + "[" * 5000, ("ours.toml", "")),
    "a key of thousands of parts": (".".join("a" * 3000) + " = 1", ("dots", "Shorten")),
    "a number of thousands of digits": ("id = " + "9" * 5000, ("TOML", "")),
    "a page too many": ("#" * (MOST_BYTES + 1), ("larger than", "kB")),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_file_its_key_and_its_cure(mistake: str) -> None:
    """Whoever keeps the file can mend it without asking anybody."""
    text, expected = MISTAKES[mistake]
    says = wrong(text)
    assert says.startswith("ours.toml: ")
    assert len(says) < 400
    for words in expected:
        assert words in says


@given(some.binary(max_size=300) | some.text(max_size=300).map(str.encode))
def test_no_bytes_at_all_break_the_reader(content: bytes) -> None:
    """Whatever stands in a file: it is an instrument, or a fault is said."""
    with pytest.raises(FileError):
        read("ours.toml", content, KNOWN)


@given(some.integers(0, len(PHQ2) - 1), some.characters(), some.booleans())
def test_a_slip_of_the_keys_is_an_instrument_or_a_fault(place: int, sign: str, over: bool) -> None:
    """One sign changed or put in anywhere."""
    text = PHQ2[:place] + sign + PHQ2[place + over :]
    try:
        file = read("ours.toml", text.encode("utf-8", "surrogatepass"), KNOWN)
    except FileError:
        return
    assert score(file, {1: 1, 2: 1}).total == 0


def test_the_example_of_the_documentation_is_an_instrument() -> None:
    """What people copy works; and its third item is counted from the other end."""
    example = DOCS.split("```toml\n")[1].split("```")[0]
    file = read("example.toml", example.encode(), KNOWN)
    assert score(file, dict.fromkeys(range(1, 10), 1)).total == 4


def test_the_documentation_names_every_key_method_rule_and_instrument() -> None:
    """And the way each instrument is scored as the knowledge has it."""
    for word in (*KEYS, *get_args(ScoringMethod), *get_args(MissingRule), *scorable(KNOWN)):
        assert word in DOCS
    rows = DOCS.split("| measure | items | method | missing |")[1].splitlines()
    for id_, measure in scorable(KNOWN).items():
        row = next(line for line in rows if f"`{id_}`" in line)
        assert measure.scoring is not None
        assert f"`{measure.scoring.method}`" in row
        assert f"`{measure.scoring.missing}`" in row


def test_the_folder_is_read_again_when_a_file_changes(shelf: Path) -> None:
    """Put in, mended and taken away while people work."""
    assert not in_force()
    file = shelf / "phq2.toml"
    file.write_text(PHQ2, encoding="utf-8")
    assert set(in_force()) == {"phq2_total"}
    file.write_text(PHQ2.replace("[choices]", "[choise]"), encoding="utf-8")
    assert not in_force()
    assert "Did you mean" in on_shelf().fault_of("phq2")
    file.unlink()
    assert not on_shelf().standings


def test_a_faulty_file_takes_no_other_with_it(shelf: Path) -> None:
    """Each is judged by itself, and a file that is none of TOML's is not looked at."""
    (shelf / "a.toml").write_text("nonsense", encoding="utf-8")
    (shelf / "phq2.toml").write_text(PHQ2, encoding="utf-8")
    (shelf / "notes.txt").write_text("nonsense", encoding="utf-8")
    assert [(each.name, bool(each.file)) for each in on_shelf().standings] == [("a.toml", False), ("phq2.toml", True)]


def test_one_instrument_in_two_languages_is_held_twice_and_in_one_only_once(shelf: Path) -> None:
    """The second file of the same language is refused and says which one is in force."""
    (shelf / "phq2-a.toml").write_text(PHQ2, encoding="utf-8")
    (shelf / "phq2-b.toml").write_text(PHQ2, encoding="utf-8")
    (shelf / "phq2-es.toml").write_text(PHQ2.replace('language = "en"', 'language = "es"'), encoding="utf-8")
    assert [file.language for file in in_force()["phq2_total"]] == ["en", "es"]
    assert "phq2-a.toml, which is in force" in on_shelf().standings[1].wrong


def test_a_folder_of_endless_files_is_read_to_a_limit(shelf: Path) -> None:
    """The rest is named and not read."""
    for place in range(MOST_FILES + 2):
        (shelf / f"{place:03}.toml").write_text("", encoding="utf-8")
    (shelf / "z.toml").symlink_to(shelf)
    standings = on_shelf().standings
    assert len(standings) == MOST_FILES + 2
    assert "more than" in standings[-1].wrong


def test_a_file_nobody_may_read_is_said(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the cure; the system's refusal, which does not hold for whoever is root, is put in its place."""

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (shelf / "phq2.toml").write_text(PHQ2, encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", refused)
    (standing,) = on_shelf().standings
    assert standing.wrong == "phq2.toml: cannot be read (Permission denied). Check who may read it."
