"""The desk while a patient has the tablet and after: what is seen at once, and what is pressed to look it over."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import accounts, casework
from dashboard.casework import handing_over, tablet
from dashboard.casework.tablet import Given
from tests.cast import Clinic, found_again
from tests.pages.test_home import begin
from tests.pages.visiting import keys, seen, visit
from tests.sessions import reading
from tests.signing import signed_in

PIN = "4827"
SECTIONS = ("pain", "red_flags", "goals")


@pytest.fixture
def out(staffed: object) -> tuple[str, str]:
    """A tablet handed over by Amina for a complete intake: its sign-in, and the intake."""
    draft = begin(clinic_of(), "Rosa")
    begun = signed_in("amina")
    actor = accounts.actor(begun.sign_in)
    assert actor is not None
    handing_over.begin_hand_over(actor, draft.id, SECTIONS, "es", PIN, ask_again=True)
    return begun.sign_in, draft.id


def clinic_of() -> Clinic:
    """The cast that is in the open database."""
    made = Clinic("")
    with reading() as session:
        found_again(session, made)
    return made


def give(sign_in: str, **answers: object) -> None:
    """The patient's answers."""
    tablet.give(sign_in, {item: each if isinstance(each, Given) else Given(each) for item, each in answers.items()})


def press(at: AppTest, beginning: str) -> AppTest:
    """Press the button whose key begins so."""
    (key,) = [key for key in keys(at) if key.startswith(beginning)]
    return at.button(key=key).click().run()


def test_a_red_flag_of_the_patients_stands_at_the_desk_before_anybody_looked(out: tuple[str, str]):
    """On the intake's own screen and first on today's page, while the tablet is still out."""
    give(out[0], rf_saddle_numbness="yes")
    at = visit("noor", "intake", draft=out[1])
    assert not at.exception
    assert "Suspected cauda equina syndrome" in seen(at)
    assert "The patient has the tablet" in seen(at)
    assert "asks them to hand it back now" in seen(at)
    today = seen(visit("noor", "home"))
    assert "From patients" in today
    assert "has the tablet · 1 answer so far" in today
    assert "Emergency" in today.partition("From patients")[2]
    assert casework.read_draft(casework.actor_for("amina"), out[1]).answers["rf_saddle_numbness"] == "no"


def test_a_no_of_the_patients_takes_no_flag_of_the_desk_away(out: tuple[str, str]):
    """Adding never lowers: what the desk entered fires as before."""
    casework.save_answer(casework.actor_for("amina"), out[1], "rf_saddle_numbness", "yes")
    give(out[0], rf_saddle_numbness="no")
    assert "Suspected cauda equina syndrome" in seen(visit("noor", "intake", draft=out[1]))


def test_what_came_back_is_listed_with_what_stood_there_before(out: tuple[str, str]):
    """Those that fit are accepted together; the others one by one, until none is left."""
    before = casework.read_draft(casework.actor_for("amina"), out[1]).answers
    other = (before["nprs_worst"] + 1) % 11
    give(out[0], nprs_worst=str(other), prior_episodes="three_or_more", easing=Given(declined=True))
    tablet.give_back(out[0], PIN)
    at = visit("noor", "intake", draft=out[1])
    assert not at.exception
    assert "3 answers from the patient await a look." in seen(at)
    assert "the intake says" in seen(at)
    at = press(at, "accept-all-")
    assert "1 answer from the patient awaits a look." in seen(at)
    at = press(at, "accept-")
    assert "a look" not in seen(at)
    after = casework.read_draft(casework.actor_for("amina"), out[1]).answers
    assert after == before | {"nprs_worst": other, "prior_episodes": "three_or_more"}
    assert "From patients" not in seen(visit("noor", "home"))


def test_taken_back_from_the_desk_it_is_over_on_the_tablet(out: tuple[str, str]):
    """The patient's sign-in ends; the answers are there to be looked over."""
    give(out[0], prior_episodes="three_or_more")
    at = press(visit("noor", "intake", draft=out[1]), "take-back-")
    assert not at.exception
    assert "1 answer from the patient awaits a look." in seen(at)
    assert accounts.holder(out[0]) is None


def test_an_emergency_handed_over_takes_the_patients_answers_along(out: tuple[str, str]):
    """One press at the banner: nothing waits to be looked over first, and the flag is in what was submitted."""
    give(out[0], rf_bowel="yes")
    casework.save_answer(casework.actor_for("amina"), out[1], "rf_bowel", None)
    at = visit("noor", "intake", draft=out[1])
    at.button(key="hand-over").click().run()
    assert not at.exception
    draft = casework.read_draft(casework.actor_for("amina"), out[1])
    assert (draft.state, draft.answers["rf_bowel"]) == ("submitted", "yes")


@pytest.mark.parametrize("back", [False, True], ids=["still out", "back"])
def test_an_intake_the_patient_answered_is_not_put_aside_and_the_screen_says_what_to_do(
    out: tuple[str, str], back: bool
):
    """The way stands right below: take the tablet back, look the answers over; then it can be put aside."""
    give(out[0], prior_episodes="three_or_more")
    if back:
        tablet.give_back(out[0], PIN)
    draft = casework.read_draft(casework.actor_for("amina"), out[1])
    casework.keep_section(casework.actor_for("amina"), draft.id, "review")
    at = visit("noor", "intake", draft=out[1])
    if any(key == "take-over" for key in keys(at)):
        at = press(at, "take-over")
    at = press(at, "put-aside")
    assert not at.exception
    wanted = "accept or reject each, then put it aside" if back else "take it back first"
    assert wanted in at.error[0].value
    at = at if back else press(at, "take-back-")
    at = press(at, "accept-all-")
    assert not [each for each in at.error if "Not put aside" in each.value]
    press(at, "put-aside")
    assert casework.read_draft(casework.actor_for("amina"), out[1]).state == "discarded"
