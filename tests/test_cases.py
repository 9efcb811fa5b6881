"""Worked cases through the command: 20 published patients, 18 invented textbook presentations, and files gone wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.worked import Said, assess, worked, write_lines

PUBLISHED, TEXTBOOK = worked("published"), worked("textbook")
CODED = PUBLISHED + TEXTBOOK
REPORTED = worked("published_facts") + worked("textbook_facts")
URGENCIES = ("emergency", "same-day", "urgent", "routine")


def _named(cases: tuple[dict[str, Any], ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("number", range(len(cases)), ids=[case["id"] for case in cases])


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """All coded cases through the command at once."""
    file = tmp_path_factory.mktemp("coded") / "coded.jsonl"
    return assess([write_lines(file, (case["answers"] for case in CODED))])


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """All cases as their reports word them, through the command at once."""
    file = tmp_path_factory.mktemp("reported") / "reported.jsonl"
    return assess([write_lines(file, REPORTED)])


def test_every_coded_case_is_read_without_a_complaint(coded: Said) -> None:
    """Canonical answers are accepted as they stand, one assessment a line, in the order given."""
    assert (coded.status, coded.complaints) == (0, ())
    assert [document["case"] for document in coded.documents] == [f"coded.jsonl:{n}" for n in range(1, len(CODED) + 1)]


def test_every_reported_case_is_read_without_a_complaint(reported: Said) -> None:
    """A report's own wording never stops the reading; what cannot be used is listed instead."""
    assert (reported.status, reported.complaints) == (0, ())
    assert [document["case"] for document in reported.documents] == [case["id"] for case in REPORTED]


@_named(CODED)
def test_a_coded_case_is_as_urgent_as_its_reviewers_expect(coded: Said, number: int) -> None:
    """The urgency is one the case allows, and an emergency is never anything less."""
    _expect_urgency(CODED[number], coded.documents[number])


@_named(REPORTED)
def test_a_reported_case_is_as_urgent_as_its_reviewers_expect(reported: Said, number: int) -> None:
    """Also from the words of the report alone, which say less than the coded answers."""
    _expect_urgency(REPORTED[number], reported.documents[number])


def _expect_urgency(case: dict[str, Any], document: dict[str, Any]) -> None:
    assert document["urgency"] in case["acceptable_triage"]
    if case["expected_triage"] == "emergency":
        assert document["urgency"] == "emergency"


@_named(CODED)
def test_a_coded_case_is_never_less_urgent_than_its_loudest_red_flag(coded: Said, number: int) -> None:
    """Urgencies combine by maximum: the case is exactly as urgent as its most urgent rule."""
    document = coded.documents[number]
    fired = [flag["urgency"] for flag in document["red_flags"]]
    assert document["urgency"] == min([*fired, "routine"], key=URGENCIES.index)


@_named(REPORTED)
def test_nothing_of_a_report_is_lost_in_silence(reported: Said, number: int) -> None:
    """Whatever could not be used is named, and nothing is named that the report does not say."""
    facts = REPORTED[number]["facts"]
    assert set(reported.documents[number]["not_used"]) <= set(facts)


@pytest.mark.parametrize("name", ["published", "textbook"])
def test_a_case_gives_its_source_or_says_that_it_is_invented(name: str) -> None:
    """Every case is either cited or labelled as invented, in both of its forms."""
    for case in worked(name) + worked(f"{name}_facts"):
        assert case.get("source", {}).get("title") or case.get("label", "").startswith("Invented")


GOOD = {"age_years": 34, "sex_at_birth": "female", "rf_fever": "no"}
SECRET = "Ada Lovelace of 12 Analytical Row"
MALFORMED: dict[str, tuple[bytes, str | None]] = {
    "empty": (b"", None),
    "no-json": (b"age_years = 34\n", None),
    "cut-short": (b'{"age_years": 34, "rf_fever": "n', None),
    "number-alone": (b"42\n", None),
    "text-alone": (b'"a runner with back pain"\n', None),
    "nothing-but-null": (b"null\n", None),
    "not-utf8": (b'{"pain_sites": ["\xff\xfe"]}', None),
    "unknown-item": (b'{"age_year": 34}', "age_year"),
    "unknown-option": (b'{"night_pain": "sometimes"}', "night_pain"),
    "free-words-on-a-flag": (json.dumps({"rf_fever": SECRET}).encode(), "rf_fever"),
    "too-old": (b'{"age_years": 340}', "age_years"),
    "half-a-year": (b'{"age_years": 34.5}', "age_years"),
    "words-for-a-number": (b'{"nprs_leg": "rather bad"}', "nprs_leg"),
    "yes-for-a-number": (b'{"weekly_distance_km": true}', "weekly_distance_km"),
    "not-a-number": (b'{"weekly_distance_km": NaN}', "weekly_distance_km"),
    "endless": (b'{"weekly_distance_km": Infinity}', "weekly_distance_km"),
    "none-beside-another": (b'{"meds": ["none", "aspirin"]}', "meds"),
    "list-for-a-choice": (b'{"onset_type": ["gradual", "sudden_event"]}', "onset_type"),
    "table-for-a-flag": (b'{"rf_trauma": {"fall": true}}', "rf_trauma"),
    "unknown-place": (b'{"pain_sites": ["left ear"]}', "pain_sites"),
    "unknown-root": (b'{"exam_myotomes": {"l9.right": 4}}', "exam_myotomes"),
    "too-strong": (b'{"exam_myotomes": {"l5.right": 6}}', "exam_myotomes"),
    "surfaces-beyond-all": (b'{"surface_mix": {"trail": 80, "track": 80}}', "surface_mix"),
    "two-answers-for-one": (b'{"exam_cva": "yes", "exam_cva_tender": "no"}', "exam_cva"),
    "same-key-twice": (b'{"rf_fever": "no", "rf_fever": "yes"}', "rf_fever"),
}


@pytest.fixture(scope="session")
def gone_wrong(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """A good file, all the malformed ones, a file that is not there, and another good one, in one call."""
    folder = tmp_path_factory.mktemp("malformed")
    files = [write_lines(folder / "first.json", [GOOD])]
    for name, (content, _) in MALFORMED.items():
        files.append(folder / f"{name}.json")
        files[-1].write_bytes(content)
    files += [folder / "not-there.json", write_lines(folder / "last.json", [GOOD])]
    return assess(files)


def test_good_files_are_assessed_in_order_whatever_stands_between_them(gone_wrong: Said) -> None:
    """A bad file costs only itself, and the exit status says that there was one."""
    assert [Path(document["case"]).name for document in gone_wrong.documents] == ["first.json", "last.json"]
    assert gone_wrong.status == 2


@pytest.mark.parametrize("name", [*MALFORMED, "not-there"])
def test_a_malformed_file_gives_one_clear_line(gone_wrong: Said, name: str) -> None:
    """One line names the file, and the item where there is one; no traceback."""
    _, item = MALFORMED.get(name, (b"", None))
    lines = [line for line in gone_wrong.complaints if f"{name}.json" in line]
    assert len(lines) == 1
    assert item is None or item in lines[0]
    assert "Traceback" not in "\n".join(gone_wrong.complaints)


def test_no_complaint_repeats_free_words(gone_wrong: Said) -> None:
    """What a patient or the desk wrote is not echoed to a terminal or a log."""
    assert SECRET.split()[0] not in "\n".join(gone_wrong.complaints)


def test_a_misspelt_item_is_answered_with_the_right_one(gone_wrong: Said, tmp_path: Path) -> None:
    """The complaint offers the item that was probably meant."""
    line = next(line for line in gone_wrong.complaints if "unknown-item.json" in line)
    assert "age_years" in line


def test_an_empty_case_is_a_case_of_which_nothing_is_known(tmp_path: Path) -> None:
    """No answers at all: every emergency question is listed to be asked, and nothing is cleared or claimed."""
    said = assess([write_lines(tmp_path / "nobody.json", [{}])])
    document = said.documents[0]
    assert (said.status, document["urgency"], document["red_flags"]) == (0, "routine", [])
    assert {"rf_saddle_numbness", "rf_bladder_retention", "rf_fever"} <= set(document["unknown_emergency_items"])
    assert not document["sufficient"]
