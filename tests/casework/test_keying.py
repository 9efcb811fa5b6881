"""A paper form keyed in twice: blind, compared, settled, and only then answers of the intake."""

from __future__ import annotations

import pytest

from dashboard import casework
from dashboard.casework.keying import PaperView
from dashboard.casework.views import DraftView
from tests.casework.conftest import Cast, Trail, refused

FORM = {"rf_fever": "n", "rf_trauma": "y", "pain_sites": "2L 4B", "weight_kg": "160 lb", "goal_text": "The hill again"}


@pytest.fixture
def draft(cast: Cast) -> DraftView:
    """An intake just begun, its paper form on the desk."""
    return casework.open_draft(cast.noor, cast.runner().id)


def keyed_in(cast: Cast, draft: DraftView, first: dict[str, str], second: dict[str, str]) -> PaperView:
    """Noor keys the form in, then Amina."""
    for actor, texts in ((cast.noor, first), (cast.amina, second)):
        casework.begin_keying(actor, draft.id)
        casework.keep_keyed(actor, draft.id, texts)
        view = casework.finish_keying(actor, draft.id)
    return view


def test_what_two_keyed_alike_becomes_answers(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """Each as one typed at the desk would be, with where it came from; nothing else changes."""
    view = keyed_in(cast, draft, FORM, {**FORM, "weight_kg": "160 LBS"})
    assert (view.turn, view.differences, view.ready, view.same_person) == (0, (), len(FORM), False)
    taken = casework.take_from_paper(cast.amina, draft.id)
    assert set(taken.kept) == set(FORM)
    kept = casework.read_draft(cast.noor, draft.id)
    assert kept.answers["pain_sites"] == ["side_low_back:left", "sacrum:both"]
    assert kept.entered["weight_kg"] == {"raw": 160, "unit": "lb"}
    assert {item: kept.answers[item] for item in draft.answers} == dict(draft.answers)
    assert casework.read_keying(cast.noor, draft.id).taken
    assert len(trail("answer:save")) == len(FORM)
    assert len(trail("paper:take")) == 2


def test_nothing_is_an_answer_before_it_was_keyed_twice_and_compared(cast: Cast, draft: DraftView) -> None:
    """A form keyed once moves nothing."""
    casework.begin_keying(cast.noor, draft.id)
    casework.keep_keyed(cast.noor, draft.id, FORM)
    casework.finish_keying(cast.noor, draft.id)
    with pytest.raises(casework.NotReady, match="twice"):
        casework.take_from_paper(cast.noor, draft.id)
    assert casework.read_draft(cast.noor, draft.id).answers == draft.answers


def test_the_second_keying_never_sees_the_first(cast: Cast, draft: DraftView) -> None:
    """Not in what is given to the screen, while it is under way or before."""
    casework.begin_keying(cast.noor, draft.id)
    casework.keep_keyed(cast.noor, draft.id, FORM)
    before = casework.finish_keying(cast.noor, draft.id)
    begun = casework.begin_keying(cast.amina, draft.id)
    assert (before.texts, begun.texts, begun.turn, begun.first_by) == ({}, {}, 2, "Noor")
    assert begun.differences == ()


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"rf_fever": "n"}, {"rf_fever": "y"}, "differ"),
        ({"rf_fever": "n"}, {}, "differ"),
        ({"rf_fever": "??"}, {"rf_fever": "??"}, "could not read"),
        ({"rf_fever": "q"}, {"rf_fever": "q"}, "takes Y, N or U"),
        ({"weight_kg": "70 kg"}, {"weight_kg": "70 lb"}, "differ"),
        ({"age_years": "19"}, {"age_years": "19"}, "says otherwise"),
    ],
)
def test_a_line_that_is_not_certain_needs_the_paper(
    cast: Cast, draft: DraftView, first: dict[str, str], second: dict[str, str], why: str
) -> None:
    """Told apart, unreadable, impossible, or against what the draft says: nothing is taken until it is settled."""
    (item,) = first
    view = keyed_in(cast, draft, {**first, "rf_collapse": "n"}, {**second, "rf_collapse": "n"})
    (found,) = view.differences
    assert found.line.item.id == item
    assert why in found.why
    with pytest.raises(casework.NotReady) as waits:
        casework.take_from_paper(cast.amina, draft.id)
    assert waits.value.missing == (item,)
    settled = {"weight_kg": "71 kg", "age_years": "19"}.get(item, "u")
    assert casework.settle_keyed(cast.amina, draft.id, item, settled).differences == ()
    assert item in casework.take_from_paper(cast.amina, draft.id).kept


def test_a_line_settled_as_blank_is_no_answer(cast: Cast, draft: DraftView) -> None:
    """One saw a cross where there is none."""
    keyed_in(cast, draft, {"rf_fever": "n", "rf_trauma": "n"}, {"rf_trauma": "n"})
    casework.settle_keyed(cast.amina, draft.id, "rf_fever", "")
    assert casework.take_from_paper(cast.amina, draft.id).kept == ("rf_trauma",)
    assert "rf_fever" not in casework.read_draft(cast.noor, draft.id).answers


def test_a_line_is_not_settled_with_what_cannot_be_an_answer(cast: Cast, draft: DraftView) -> None:
    """The message says what may be typed, and the line stays open."""
    keyed_in(cast, draft, {"rf_fever": "n"}, {"rf_fever": "y"})
    with pytest.raises(casework.BadAnswer, match="takes Y, N or U"):
        casework.settle_keyed(cast.amina, draft.id, "rf_fever", "maybe")
    assert len(casework.read_keying(cast.amina, draft.id).differences) == 1


def test_lines_are_kept_as_they_are_typed_and_can_be_taken_back(cast: Cast, draft: DraftView) -> None:
    """What cannot be an answer is kept too: it is found when both are compared."""
    casework.begin_keying(cast.noor, draft.id)
    casework.keep_keyed(cast.noor, draft.id, {"rf_fever": "q", "rf_trauma": "y"})
    assert casework.keep_keyed(cast.noor, draft.id, {"rf_trauma": ""}).texts == {"rf_fever": "q"}
    assert casework.begin_keying(cast.amina, draft.id).texts == {"rf_fever": "q"}


@pytest.mark.parametrize("texts", [{"no_such_line": "y"}, {"rf_fever": "y", "goal_text": "x" * 501}])
def test_a_line_that_is_none_keeps_nothing(cast: Cast, draft: DraftView, texts: dict[str, str]) -> None:
    """Not on the form, or longer than a line can be."""
    casework.begin_keying(cast.noor, draft.id)
    with pytest.raises(casework.BadAnswer):
        casework.keep_keyed(cast.noor, draft.id, texts)
    assert casework.read_keying(cast.noor, draft.id).texts == {}


def test_one_person_keying_both_is_said(cast: Cast, draft: DraftView) -> None:
    """Nobody else may be there; whoever reads it should know."""
    for _ in range(2):
        casework.begin_keying(cast.noor, draft.id)
        casework.keep_keyed(cast.noor, draft.id, FORM)
        view = casework.finish_keying(cast.noor, draft.id)
    assert view.same_person


def test_an_empty_keying_is_not_finished(cast: Cast, draft: DraftView) -> None:
    """A form with nothing on it is not compared with one."""
    casework.begin_keying(cast.noor, draft.id)
    with pytest.raises(casework.NotReady, match="Nothing was typed"):
        casework.finish_keying(cast.noor, draft.id)


def test_beginning_again_puts_both_keyings_aside(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """They stay in the record, and the next is a first one."""
    keyed_in(cast, draft, FORM, FORM)
    again = casework.drop_keying(cast.noor, draft.id)
    assert (again.turn, again.first_by, again.texts) == (1, "", {})
    assert len(trail("paper:drop")) == 2
    assert casework.begin_keying(cast.noor, draft.id).turn == 1


def test_taking_twice_changes_nothing_more(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """A second press, or a second try after a cut, finds the answers there."""
    keyed_in(cast, draft, FORM, FORM)
    first = casework.take_from_paper(cast.amina, draft.id)
    before = casework.read_draft(cast.amina, draft.id)
    assert casework.take_from_paper(cast.amina, draft.id) == first
    assert casework.read_draft(cast.amina, draft.id).answers == before.answers
    assert len(trail("answer:save")) == len(FORM)


def test_a_form_is_of_its_site_only(cast: Cast, draft: DraftView) -> None:
    """Sofia works at the other one, and Chidi keys nothing in."""
    with pytest.raises(casework.NotFound):
        casework.read_keying(cast.sofia, draft.id)
    refused(cast, lambda actor: casework.begin_keying(actor, draft.id), "chidi", "dana", "mallory")


def test_the_trail_says_that_lines_were_keyed_and_never_what(cast: Cast, draft: DraftView, trail: Trail) -> None:
    """Answers on paper are a patient's like any others."""
    keyed_in(cast, draft, FORM, FORM)
    events = [*trail("paper:key"), *trail("paper:finish")]
    assert events
    assert not any("hill" in str(event.after) for event in events)
