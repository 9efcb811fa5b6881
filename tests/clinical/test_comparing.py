"""Two versions of the knowledge beside each other: every difference is found and said in words, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clinical import knowledge as library
from dashboard.clinical.assessment import assess
from dashboard.clinical.comparing import Change, changes, outlines, turned
from dashboard.clinical.comparing_words import said
from dashboard.clinical.rewriting import with_evidence
from dashboard.clinical.vocabulary import Case

ROOT = Path(__file__).parents[2]
SMALL = Path(__file__).parent / "small_knowledge"
SHIPPED = library.texts_in(library.FOLDER)
ROWS = [
    (path, number)
    for path in sorted(SHIPPED)
    if path.startswith("conditions/")
    for number, _ in enumerate(tomllib.loads(SHIPPED[path]).get("evidence", []))
]
STENOSIS = "conditions/lumbar_spinal_stenosis.toml"


def test_a_version_does_not_differ_from_itself():
    """Not even when every file got a comment and spaces at its end."""
    assert changes(SHIPPED, SHIPPED) == ()
    commented = {path: f"# Read again.\n{text}\n\n" for path, text in SHIPPED.items()}
    assert changes(SHIPPED, commented) == ()


@settings(max_examples=40)
@given(st.sampled_from(ROWS), st.floats(0.01, 99).map(lambda number: round(number, 2)))
def test_one_changed_ratio_is_one_difference(row: tuple[str, int], ratio: float):
    """Found with its file, its finding and both numbers, and known to be reasoned with; the way back is its mirror."""
    path, number = row
    before = tomllib.loads(SHIPPED[path])["evidence"][number].get("present")
    newer = SHIPPED | {path: with_evidence(SHIPPED[path], number, {"present": ratio})}
    found = changes(SHIPPED, newer)
    if before == ratio:
        assert found == ()
        return
    (change,) = found
    assert (change.file, change.path[0], change.path[-1]) == (path, "evidence", "present")
    assert (change.before, change.after, change.reasons) == (before, ratio, True)
    (back,) = changes(newer, SHIPPED)
    assert (back.before, back.after, back.path) == (ratio, before, change.path)


@pytest.mark.parametrize("path", sorted({path for path, _ in ROWS}))
def test_every_row_of_evidence_can_be_rewritten_in_place(path: str):
    """Ratio, source and status of each, every other line of the file left as it was."""
    for number, _ in enumerate(tomllib.loads(SHIPPED[path])["evidence"]):
        text = with_evidence(SHIPPED[path], number, {"present": 2.5, "status": "expert", "cite": ["somebody-2030"]})
        was, is_ = SHIPPED[path].splitlines(), text.splitlines()
        assert len(set(is_) - set(was)) <= 3
        assert tomllib.loads(text)["evidence"][number]["cite"] == ["somebody-2030"]


def test_rewriting_refuses_what_it_would_have_to_guess():
    """A row that is not there, or one whose value runs over several lines."""
    with pytest.raises(ValueError, match="no such row"):
        with_evidence(SHIPPED[STENOSIS], 999, {"present": 2.0})
    long = '[[evidence]]\nfinding = "a"\ncite = [\n  "one",\n]\npresent = 2.0\n'
    with pytest.raises(ValueError, match="several lines"):
        with_evidence(long, 0, {"cite": ["two"]})


def test_an_entry_that_moved_to_another_file_is_the_same_entry():
    """Findings may be sorted into files as their authors like."""
    first, rest = SHIPPED["findings.toml"].split("\n[[finding]]\n", 2)[1:]
    head = SHIPPED["findings.toml"].split("\n[[finding]]\n", 1)[0]
    moved = SHIPPED | {
        "findings.toml": f"{head}\n[[finding]]\n{rest}",
        "findings-moved.toml": f"[[finding]]\n{first}",
    }
    assert changes(SHIPPED, moved) == ()


def said_of(path: str, old: str, new: str) -> list[tuple[str, bool]]:
    """What one replaced text comes to: each change in words, and whether it is reasoned with."""
    assert old in SHIPPED[path]
    found = changes(SHIPPED, SHIPPED | {path: SHIPPED[path].replace(old, new, 1)})
    return [(said(change), change.reasons) for change in found]


def test_changes_are_said_in_words():
    """With titles instead of ids; of a long criterion only what differs; new and gone entries as such."""
    title = tomllib.loads(SHIPPED[STENOSIS])["title"]
    ((words, reasons),) = said_of(STENOSIS, "present = 3.5", "present = 4.0")
    assert words == f"Condition “{title}”, Both legs or both buttocks: likelihood ratio when present 3.5 → 4"
    assert reasons
    ((words, reasons),) = said_of(STENOSIS, f'title = "{title}"', 'title = "Narrow canal"')
    assert (words, reasons) == (f"Condition “Narrow canal”: title “{title}” → “Narrow canal”", False)
    added = '[[finding]]\nid = "new_sign"\ntitle = "A new sign"\npresent = "fever == \'yes\'"\n\n[[finding]]\n'
    assert said_of("findings.toml", "[[finding]]\n", added) == [("Finding “A new sign”: added", True)]
    ((words, reasons),) = said_of("pathways/lumbar_spinal_stenosis.toml", "walking under 500 m", "walking under 400 m")
    assert words.startswith(f"Pathway “{title}”: referral “…")
    assert not reasons
    longer = Change("x.toml", "red_flag", "RF1", "Flag", ("clause", "1", "when"), "a " * 80 + "b", "a " * 80 + "c")
    assert said(longer) == "Red-flag rule “Flag”: ways it fires › 1 › fires when “… a a a b” → “… a a a c”"


def test_what_is_told_of_a_case_is_what_its_assessments_say():
    """Urgency, first condition, step and the gates shown, before and after, as in the whole documents."""
    known = library.load()
    first_rule = next(each for each in known.red_flags if each.clauses[0].urgency.code == "emergency")
    cases = [Case({"age_years": 40, "sex_at_birth": "female"}), Case({"rf_saddle_numbness": "yes"})]
    for case, outline in zip(cases, outlines(cases, known), strict=True):
        document = assess(case, known).document()
        told = outline.plain()
        assert told["urgency"] == document["urgency"]
        assert told["leading"] == document["differential"][0]["condition"]
        assert told["step"] == document["pathway"]["step"]
        assert told["gates"] == {gate["id"]: gate["state"] for gate in document["gates"]}
        assert set(told["red_flags"]) == {flag["id"] for flag in document["red_flags"]}
        assert turned(outline, outline) == ({}, {})
    assert first_rule.id
    before, after = turned(*outlines(cases, known))
    assert (before["urgency"], after["urgency"]) == ("routine", "emergency")
    assert set(before) == set(after)


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command as it is typed."""
    typed = [sys.executable, "-m", "dashboard.clinical", "diff", *map(str, arguments)]
    return subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The small knowledge with one red-flag rule more urgent."""
    folder = tmp_path / "newer"
    shutil.copytree(SMALL, folder)
    rules = folder / "red_flags.toml"
    rules.write_text(rules.read_text().replace('urgency = "same-day"', 'urgency = "emergency"'))
    return folder


def test_the_command_tells_what_differs_and_what_that_does_to_cases(newer: Path, tmp_path: Path):
    """Status 1 when they differ; each change on a line, each case that comes out differently on another."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "hot", "fever": "yes"}\n{"id": "well", "fever": "no"}\n')
    done = command(SMALL, newer, "--cases", cases)
    assert (done.returncode, done.stderr) == (1, "")
    assert "red_flags.toml: reasoning: Red-flag rule" in done.stdout
    assert "2 cases, 1 of which come out differently" in done.stdout
    assert "  hot: urgency same-day → emergency" in done.stdout
    assert "well:" not in done.stdout


def test_the_command_says_when_nothing_differs(newer: Path):
    """Status 0, as of any diff."""
    done = command(newer, newer)
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 changes" in done.stdout


def test_trouble_is_told_in_one_line_with_status_2(newer: Path, tmp_path: Path):
    """A folder that is none, knowledge that cannot be used, a case that cannot be read."""
    (newer / "items.toml").write_text("[[item")
    for arguments, told in (
        ((SMALL, tmp_path / "nowhere"), "there is no such folder"),
        ((SMALL, newer), "does not read as TOML"),
        ((SMALL, SMALL, "--cases", tmp_path / "none.json"), "there is no such file"),
    ):
        done = command(*arguments)
        assert done.returncode == 2
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1
