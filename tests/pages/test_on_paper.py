"""The intake on paper, on the screen: printed, keyed in twice, compared, and taken."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework
from dashboard.casework.views import DraftView
from dashboard.on_paper import form
from dashboard.ui.desk import on_paper
from db import queries
from tests.cast import Clinic
from tests.pages.visiting import keys, seen, visit
from tests.printed import words
from tests.sessions import reading


@pytest.fixture
def draft(clinic: Clinic) -> DraftView:
    """The intake of an invented runner, just begun by Noor."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient("Rosa", "Invented", date(1989, 1, 2), "female", clinic.sites["north"].id)
    return casework.open_draft(noor, casework.register_patient(noor, new).id)


def keying(draft: DraftView, person: str) -> AppTest:
    """The intake of somebody who keys it in from paper."""
    at = visit(person, "intake", draft=draft.id)
    at.button(key="key-from-paper").click().run()
    assert not at.exception
    return at


def test_the_menu_of_the_paper_does_not_lie_upon_the_keying(draft: DraftView):
    """It goes when the keying begins, and is there again when the questions are."""
    at = keying(draft, "noor")
    assert "key-from-paper" not in keys(at)
    at.button(key="rail-neuro").click().run()
    assert "key-from-paper" in keys(at)


def keyed(draft: DraftView, person: str, texts: dict[str, str]) -> AppTest:
    """Begin, type (as the component would send it) and finish."""
    at = keying(draft, person)
    at.button(key="keying-begin").click().run()
    casework.keep_keyed(casework.actor_for(person), draft.id, texts)
    at.button(key="keying-finish").click().run()
    assert not at.exception
    return at


def test_a_form_is_keyed_twice_compared_settled_and_taken(draft: DraftView):
    """Each step says what comes next, and the answers are in the intake at the end."""
    at = keyed(draft, "noor", {"rf_fever": "n", "onset_type": "3"})
    assert "Noor" in seen(at)
    assert "once more, blind to that" in seen(at)
    at = keyed(draft, "amina", {"rf_fever": "y", "onset_type": "3"})
    assert "1 line needs the paper" in seen(at)
    assert at.button(key="keying-take").disabled
    at.button(key="settle-rf_fever-0").click().run()
    assert not at.button(key="keying-take").disabled
    at.button(key="keying-take").click().run()
    assert "2 answers are in the intake now" in seen(at)
    answers = casework.read_draft(casework.actor_for("amina"), draft.id).answers
    assert (answers["rf_fever"], answers["onset_type"]) == ("no", "gradual")


def test_what_the_paper_cannot_say_is_refused_beside_the_line(draft: DraftView):
    """The cure stands there, and the line stays open."""
    keyed(draft, "noor", {"rf_fever": "n"})
    at = keyed(draft, "amina", {"rf_fever": "y"})
    at.text_input(key="settle-rf_fever").input("maybe").run()
    at.button(key="settle-rf_fever-typed").click().run()
    assert "Takes Y, N or U." in seen(at)
    assert at.button(key="keying-take").disabled


def test_turning_to_a_section_leaves_the_paper(draft: DraftView):
    """What was keyed stays, and the questions are there again."""
    at = keying(draft, "noor")
    at.button(key="keying-begin").click().run()
    at.button(key="rail-history").click().run()
    assert "keying-finish" not in keys(at)
    assert "next-section" in keys(at)


def test_a_form_with_a_name_on_it_is_noted_before_it_is_printed(draft: DraftView):
    """In each edition; the blank one names nobody and needs no note."""
    at = visit("noor", "intake", draft=draft.id)
    labels = {each.proto.label for each in at.get("download_button")}
    assert {"Print it for this patient", "Print a blank one"} <= labels
    noor = casework.actor_for("noor")
    for edition in form.EDITIONS:
        assert "Rosa Invented" in words(on_paper.printed_for(noor, draft, edition))
    with reading() as session:
        noted = [event for event in queries.audit_events(session, limit=50) if event.deed == "sheet:print"]
    assert {event.after["sheet"] for event in noted} == {f"paper-form-{edition}" for edition in form.EDITIONS}
