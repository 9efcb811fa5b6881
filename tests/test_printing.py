"""Printing: whatever is typed prints as typed, tagged, without a network or a path, and errors name no patient."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import printing
from dashboard.printing import BLANK, SHEETS, TEMPLATES, PrintingError, pictured, printed
from tests.printed import catalogue, squeezed, words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASSESSMENT = {
    "title": "Assessment",
    "below": "",
    "urgency": "",
    "flags_title": "Flags",
    "flags": [],
    "open": "",
    "story_title": "Story",
    "story": [],
    "likely_title": "Likely",
    "likely_head": ["A", "B", "C", "D"],
    "likely": [],
    "limits": [],
    "step_title": "Step",
    "step": ["Step"],
    "decided_title": "Decided",
    "decided": [],
    "made": "",
    "foot": "",
}
HOSTILE = [
    "#panic()",
    "$x^2$ and $",
    "*bold* _it_ `raw` ~ @ref <label>",
    "\\ backslash \\n #let x = 1",
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "= Heading",
    "- list\n- list",
    "// comment /* comment */",
    "https://example.org/#a",
    "<script>alert(1)</script>",
    "]] )) }} ;",
    "%PDF-1.7 endobj",
]


def said(typed: str) -> str:
    """What a sheet says on which that was typed."""
    return words(printed("assessment", {**ASSESSMENT, "below": typed}, NOW))


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_looks_like_markup_prints_as_it_was_typed(typed: str):
    """A name with a hash or a dollar is a name."""
    assert squeezed(typed) in squeezed(said(typed))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
@settings(max_examples=25)
def test_every_line_of_a_keyboard_prints_as_it_was_typed(typed: str):
    """No sign of a keyboard changes how a sheet is set."""
    assert squeezed(typed) in squeezed(said(f"Name: {typed}"))


@given(st.text(max_size=40))
@settings(max_examples=12)
def test_no_text_at_all_keeps_a_sheet_from_being_made(typed: str):
    """Any letters of any script, signs nobody sees, halves of pairs: there is a sheet."""
    assert printed("assessment", {**ASSESSMENT, "below": typed, "decided": [typed]}, NOW).startswith(b"%PDF-")


def test_a_letter_without_a_font_is_a_square_and_the_sheet_says_so():
    """Nothing is left out in silence."""
    told = said("Li 李 Testova")
    assert f"Li {BLANK} Testova" in told
    assert f"{BLANK} stands for a letter" in told
    assert "stands for a letter" not in said("Łukasz Žižek Đỗ Ñandú")


def test_a_sheet_is_tagged_titled_and_says_its_language():
    """A screen reader can read it."""
    about = catalogue(printed("assessment", ASSESSMENT, NOW))
    assert about == {"title": "Assessment", "language": "en", "tagged": True}


def test_the_same_words_at_the_same_moment_are_the_same_sheet_to_the_byte():
    """What was handed out can be made again."""
    assert printed("assessment", ASSESSMENT, NOW) == printed("assessment", ASSESSMENT, NOW)


def test_a_sheet_can_be_looked_at_as_a_picture():
    """One PNG a page."""
    (picture,) = pictured("assessment", ASSESSMENT, NOW, ppi=30)
    assert picture.startswith(b"\x89PNG")


def test_an_unknown_sheet_is_refused_with_those_there_are():
    """A path is no sheet either."""
    for name in ("letter", "../common", "common", "/etc/passwd"):
        with pytest.raises(PrintingError, match="source_card"):
            printed(name, ASSESSMENT, NOW)


def test_an_error_says_which_sheet_and_nothing_that_was_on_it():
    """No patient, no path and no program text in a message or in what led to it."""
    with pytest.raises(PrintingError) as caught:
        printed("assessment", {"title": "Ines Testova"}, NOW)
    assert "assessment" in str(caught.value)
    for leak in ("Ines", "Testova", str(SHEETS), ".typ"):
        assert leak not in str(caught.value)
    assert caught.value.__suppress_context__


def test_no_template_reaches_outside_its_folder():
    """No package from the network, no file but the shared one."""
    for file in SHEETS.glob("*.typ"):
        text = file.read_text(encoding="utf-8")
        assert "@preview" not in text
        assert not any(word in text for word in ("read(", "image(", "plugin(", "eval(")), file.name
        assert all('"common.typ"' in line for line in text.splitlines() if line.startswith("#import"))


def test_every_template_named_is_there_and_every_one_there_is_named():
    """A sheet is known by its template's name."""
    assert {file.stem for file in SHEETS.glob("*.typ")} == {*TEMPLATES, "common"}


def test_a_template_that_fails_twice_over_ends(monkeypatch: pytest.MonkeyPatch):
    """A font that cannot draw even the square does not go round in circles."""
    import typst

    rounds = []

    def undrawable(*_: object) -> bytes:
        rounds.append(1)
        complaint = typst.TypstError("")
        complaint.diagnostic = f'the text `"{chr(0x674E + len(rounds))}"` could not be displayed'
        raise complaint

    monkeypatch.setattr(printing, "_typeset", undrawable)
    with pytest.raises(PrintingError):
        printed("assessment", ASSESSMENT, NOW)
    assert len(rounds) <= 3
