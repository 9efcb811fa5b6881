"""Two people on one intake's page: who writes is on the screen, and taking over is one press."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard import casework
from dashboard.casework.views import DraftView
from db.base import now
from db.tables import Draft
from tests.cast import Clinic
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction


@pytest.fixture
def draft(clinic: Clinic) -> DraftView:
    """A fresh intake of a fresh patient."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient("Rosa", "Invented", date(1989, 4, 2), "female", clinic.sites["north"].id)
    return casework.open_draft(noor, casework.register_patient(noor, new).id)


def test_who_opens_an_intake_writes_it_and_is_told_how_long_it_is_kept(draft: DraftView):
    """The fields are open, nobody else is named, and the day it is kept until stands beside the time it was saved."""
    at = visit("noor", "intake", draft=draft.id)
    assert not at.exception
    assert "take-over" not in keys(at)
    assert "Kept until" in seen(at)
    assert not at.number_input(key=f"{draft.id}.nprs_worst").disabled


def test_whoever_comes_second_sees_the_first_and_takes_over_with_one_press(draft: DraftView):
    """Locked fields and a name; after one press the fields are open, and the first is told and locked out."""
    noors = visit("noor", "intake", draft=draft.id)
    aminas = visit("amina", "intake", draft=draft.id)
    assert "Noor is writing" in seen(aminas)
    assert aminas.number_input(key=f"{draft.id}.nprs_worst").disabled
    aminas.button(key="take-over").click().run()
    assert not aminas.number_input(key=f"{draft.id}.nprs_worst").disabled
    aminas.number_input(key=f"{draft.id}.nprs_worst").set_value(4).run()
    noors.run()
    assert "Amina took over" in seen(noors)
    assert noors.number_input(key=f"{draft.id}.nprs_worst.1").value == 4
    assert noors.number_input(key=f"{draft.id}.nprs_worst.1").disabled


def test_a_late_answer_is_shown_under_its_question_and_one_press_keeps_it(draft: DraftView):
    """Noor's tab has not noticed: what she answers is offered to Amina, who keeps it."""
    noors = visit("noor", "intake", draft=draft.id)
    aminas = visit("amina", "intake", draft=draft.id)
    aminas.button(key="take-over").click().run()
    noors.number_input(key=f"{draft.id}.nprs_worst").set_value(7).run()
    assert not noors.exception
    aminas.run()
    assert "Noor answered 7" in seen(aminas)
    (keep,) = (key for key in keys(aminas) if str(key).startswith("keep-theirs-"))
    aminas.button(key=keep).click().run()
    assert casework.read_draft(casework.actor_for("amina"), draft.id).answers["nprs_worst"] == 7
    assert "Keep which?" not in seen(aminas)


def test_undo_takes_back_the_last_answer(draft: DraftView):
    """The link is asleep until something was answered; one press and the question says again what it did."""
    at = visit("noor", "intake", draft=draft.id)
    assert at.button(key="undo-answer").disabled
    for worst in (4, 7):
        at.number_input(key=f"{draft.id}.nprs_worst").set_value(worst).run()
    at.button(key="undo-answer").click().run()
    assert casework.read_draft(casework.actor_for("noor"), draft.id).answers["nprs_worst"] == 4
    assert at.number_input(key=f"{draft.id}.nprs_worst.1").value == 4


def test_an_expired_intake_opens_to_be_read_and_is_renewed_by_one_press(draft: DraftView):
    """Today lists it as expired; its page says since when, is locked, and opens again."""
    with transaction() as session:
        row = session.get(Draft, draft.id)
        assert row is not None
        row.updated_at = now() - timedelta(days=15)
    assert "expired" in seen(visit("noor", "home"))
    at = visit("noor", "intake", draft=draft.id)
    assert "This intake expired on" in seen(at)
    assert at.number_input(key=f"{draft.id}.nprs_worst").disabled
    at.button(key="renew").click().run()
    assert not at.exception
    assert not at.number_input(key=f"{draft.id}.nprs_worst").disabled
