"""The referrals page: what is open, what is late, and moving it on."""

from __future__ import annotations

from datetime import timedelta

from dashboard import casework, labels
from dashboard.casework.views import ReferralRow
from dashboard.ui.panels import referral_list
from db.tables import Referral
from tests.cast import Clinic
from tests.pages.episodes import again, in_care
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction


def referred(clinic: Clinic, name: str = "Testova", days_late: int = 0) -> ReferralRow:
    """A physical-therapy referral of an invented runner, sent, and late by so many days."""
    amina = casework.actor_for("amina")
    file = in_care(clinic, family_name=name)
    row = casework.refer(amina, file.episode.id, file.version, "physical_therapy", f"Graded return for {name}")
    row = casework.move_referral(amina, row.id, row.version, "sent")
    if days_late:
        with transaction() as session:
            stored = session.get(Referral, row.id)
            stored.due_on = row.created_at.date() - timedelta(days=days_late)
            session.add(stored)
    return again(file).referrals[0]


def test_a_late_referral_comes_first_and_says_how_late(clinic: Clinic):
    """The one made later but due earlier stands above, with its days."""
    referred(clinic, "Ontime")
    referred(clinic, "Overdue", days_late=6)
    shown = seen(visit("amina", "referrals"))
    assert shown.index("Overdue") < shown.index("Ontime")
    assert "6 days late" in shown
    assert "**1** late" in shown


def test_a_referral_is_moved_on_with_a_note(clinic: Clinic):
    """Only along the ways its state has; the move is on its history."""
    row = referred(clinic)
    at = visit("amina", "referrals")
    offered = {key.removeprefix(f"move-{row.id}-") for key in keys(at) if key.startswith(f"move-{row.id}-")}
    assert offered == set(casework.MOVES["sent"])
    at.text_input(key=f"note-{row.id}-{row.version}").input("First free slot in May")
    at.button(key=f"move-{row.id}-scheduled").click().run()
    assert not at.exception
    now = casework.read_referral(casework.actor_for("amina"), row.id)
    assert now.state == "scheduled"
    assert now.moves[-1].note == "First free slot in May"


def test_declining_without_a_word_is_refused(clinic: Clinic):
    """Whoever declines says why."""
    row = referred(clinic)
    at = visit("amina", "referrals")
    at.button(key=f"move-{row.id}-declined").click().run()
    assert casework.read_referral(casework.actor_for("amina"), row.id).state == "sent"
    assert "why it is declined" in seen(at)


def test_a_referral_moved_elsewhere_is_not_moved_twice(clinic: Clinic):
    """Bruno was faster: Amina's press changes nothing and says so."""
    row = referred(clinic)
    at = visit("amina", "referrals")
    casework.move_referral(casework.actor_for("bruno"), row.id, row.version, "received")
    at.button(key=f"move-{row.id}-declined").click().run()
    assert casework.read_referral(casework.actor_for("amina"), row.id).state == "received"
    assert "Someone else moved it" in seen(at)


def test_staff_see_referrals_and_move_none(clinic: Clinic):
    """Noor follows what is open; moving is a clinician's deed."""
    row = referred(clinic)
    at = visit("noor", "referrals")
    assert "Testova" in seen(at)
    assert not any(key.startswith(f"move-{row.id}-") for key in keys(at))


def test_a_manager_sees_every_referral_and_no_name(clinic: Clinic):
    """Kind, state, site and age, and neither who nor why."""
    referred(clinic, "Secretova")
    shown = seen(visit("chidi", "referrals"))
    assert "Physical therapy" in shown
    assert "North Harbor" in shown
    for word in ("Secretova", "Ines", "Graded return", "PAGE-"):
        assert word not in shown


def test_filters_narrow_the_list(clinic: Clinic):
    """By kind and by state."""
    row = referred(clinic)
    for key, wanted, other in (("kind", row.kind, "imaging"), ("state", row.state, "completed")):
        at = visit("amina", "referrals")
        at.selectbox(key=key).select(wanted).run()
        assert "Testova" in seen(at)
        at.selectbox(key=key).select(other).run()
        assert "Testova" not in seen(at)
        assert "No referral matches" in seen(at)


def test_only_late_ones_can_be_asked_for(clinic: Clinic):
    """The toggle leaves out what is on time."""
    referred(clinic, "Ontime")
    referred(clinic, "Overdue", days_late=2)
    at = visit("amina", "referrals")
    at.toggle(key="late").set_value(True).run()
    assert "Overdue" in seen(at)
    assert "Ontime" not in seen(at)


def test_finished_referrals_are_not_open_ones(clinic: Clinic):
    """The list starts with what still has to happen; the finished are a filter away."""
    row = referred(clinic)
    amina = casework.actor_for("amina")
    casework.move_referral(amina, row.id, row.version, "withdrawn", "Better by itself")
    at = visit("amina", "referrals")
    assert "No referral matches" in seen(at)
    at.selectbox(key="state").select("withdrawn").run()
    assert "Testova" in seen(at)


def test_every_state_is_either_open_or_finished():
    """No referral can fall between the two."""
    finished = {"completed", "declined", "withdrawn"}
    assert set(referral_list.OPEN) | finished == set(labels.REFERRAL_STATES) == set(casework.MOVES)


def test_an_empty_list_says_what_to_do(clinic: Clinic):
    """The first morning."""
    at = visit("amina", "referrals")
    assert not at.exception
    assert "No referral matches" in seen(at)
