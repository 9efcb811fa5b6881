"""The pieces panels are made of: safe markup, real tables, and sources named so that they can be found."""

from __future__ import annotations

import pytest

from dashboard.clinical.vocabulary import Citation
from dashboard.in_force import knowledge
from dashboard.ui.panels import library, markup, pathway, sources
from tests.cast import Clinic
from tests.judging import read_and_sign
from tests.pages.episodes import again, an_episode
from tests.pages.visiting import seen, visit

NASTY = "<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1)) :red[x]"


@pytest.mark.parametrize(
    "make", [markup.text, markup.quiet, markup.strong, markup.badge, lambda t: markup.bullets([t])]
)
def test_whatever_people_typed_is_shown_as_typed(make: object):
    """No piece of markup lets a tag through."""
    made = make(NASTY)  # type: ignore[operator]
    assert "<img" not in made
    assert "&lt;img" in made


def test_a_table_escapes_its_cells_its_caption_and_its_columns():
    """Everything that is not markup made here."""
    made = markup.table(NASTY, [NASTY, "B"], [[NASTY, NASTY], markup.Heading(NASTY)])
    assert "<img" not in made
    assert made.count("&lt;img") == 6


def test_a_badge_has_a_hint_only_when_there_is_something_to_hint_at():
    """The words alone, or with more to read on pointing at them, as typed."""
    assert markup.badge("Met", "good") == '<span class="tag good">Met</span>'
    assert markup.badge("Met", "good", 'so "far"') == '<span class="tag good" title="so &quot;far&quot;">Met</span>'


def test_a_table_can_be_read_by_a_screen_reader():
    """Caption, column headings, a heading for each row, and a region that the keyboard can scroll."""
    made = markup.table("Gates", ["Gate", "State"], [["Adult", "Met"], ["Block", markup.badge("Not known")]])
    assert "<caption>Gates</caption>" in made
    assert made.count('scope="col"') == 2
    assert made.count('scope="row"') == 2
    assert 'tabindex="0"' in made


def test_a_heading_row_stands_over_every_column():
    """The rule findings are counted by is said once for all of them."""
    made = markup.table("T", ["A", "B", "C"], [markup.Heading("Counted together"), ["1", "2", "3"]])
    assert '<th scope="rowgroup" class="over" colspan="3">Counted together</th>' in made


@pytest.mark.parametrize(
    ("text", "year", "short"),
    [
        ("Henschke N et al. Arthritis Rheum 2009;60:3072-80.", 2009, "Henschke 2009"),
        ("Deyo RA, Diehl AK. J Gen Intern Med 1988;3:230-8.", 1988, "Deyo 1988"),
        ("van der Windt DA et al. Cochrane 2010.", 2010, "van der Windt 2010"),
        ("NICE guideline NG59. Low back pain.", 2020, "NICE guideline NG59 2020"),
    ],
)
def test_a_source_is_named_by_its_first_author_and_year(text: str, year: int, short: str):
    """As one says it in passing."""
    assert sources.short(Citation("x", text, year)) == short


def test_every_source_of_the_knowledge_has_a_short_name_and_a_safe_address():
    """Links lead to https and to nowhere else."""
    for citation in knowledge().references.values():
        assert 3 <= len(sources.short(citation)) <= 45, citation.id
        where = sources.address(citation)
        assert where is None or where.startswith("https://"), (citation.id, where)


def test_opinion_is_called_opinion_wherever_it_is_cited():
    """The authors' own proposals never look like a paper."""
    assert sources.links(("clinic-expert-2026",)) == "Authors&#x27; own proposal"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("B", "B · moderate evidence"),
        ("A-", "A- · strong evidence"),
        ("B small", "B · moderate evidence, small"),
        ("X", "X · do not use"),
        ("Very low", "Very low"),
        ("Contraindicated", "Contraindicated"),
        ("None; guideline against", "None; guideline against"),
    ],
)
def test_a_grade_is_said_in_words(code: str, words: str):
    """Letters are explained, and words are left alone."""
    assert f">{words}</span>" in pathway.grade(code)


def test_an_unknown_source_is_shown_by_its_id():
    """An assessment of an older knowledge may cite what is no longer known."""
    assert sources.links(("gone-1999",)) == "gone-1999"


@pytest.mark.parametrize(
    ("wanted", "found"), [("", True), ("fever", True), ("FEVER chills", True), ("chills fever", True), ("cough", False)]
)
def test_a_search_wants_every_word_in_any_order(wanted: str, found: bool):
    """Whatever the capitals."""
    assert library.matches(wanted, "Fever", "or chills") is found


def test_a_comment_with_markup_in_it_is_shown_as_typed(clinic: Clinic):
    """On the episode's history and in its patient's name."""
    from dashboard import casework

    file = an_episode(clinic, family_name="<b>Testova</b>")
    read_and_sign(casework.actor_for("amina"), file, comment=NASTY)
    at = visit("amina", "episode", episode=str(file.episode.id))
    at.session_state["episode-tab"] = "History"
    at.run()
    assert again(file).decisions[0].comment == NASTY
    assert "<img" not in seen(at)
    assert "<b>Testova" not in seen(at).replace("\\<", "")
