"""Recording what an episode turned out to be, and reading it beside what had been suggested."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework
from dashboard.casework.views import EpisodeFile
from dashboard.ui.panels import naming
from tests.cast import Clinic
from tests.pages.episodes import again, an_episode, in_care
from tests.pages.visiting import keys, seen, visit


def outcomes(file: EpisodeFile, person: str = "amina") -> AppTest:
    """The episode's outcomes as that person sees them."""
    at = visit(person, "episode", episode=str(file.episode.id))
    at.session_state["episode-tab"] = "Outcomes"
    at.run()
    assert not at.exception, at.exception
    return at


def plainly(at: AppTest) -> str:
    """What is seen, without the signs that keep typed words from becoming formatting."""
    return seen(at).replace("\\", "")


def test_a_confirmed_diagnosis_stands_beside_what_was_suggested(clinic: Clinic):
    """Amina records what the picture showed; the page says where it had stood."""
    file = in_care(clinic)
    second = file.document["differential"][1]
    key, at = f"diagnosis-{file.episode.id}-0", outcomes(file)
    at.selectbox(key=f"{key}-condition").select(second["condition"])
    at.selectbox(key=f"{key}-how").select("imaging").run()
    at.button(key="record-diagnosis").click().run()
    assert not at.exception
    found = again(file).diagnosis
    assert found is not None
    assert (found.condition, found.how, found.place, found.band) == (
        second["condition"],
        "imaging",
        2,
        second["band"],
    )
    shown = plainly(at)
    assert "It had stood in place 2" in shown
    assert naming.condition(file.episode.leading_condition) in shown


def test_it_is_corrected_from_what_is_on_record(clinic: Clinic):
    """The form begins with what was recorded; "none of these" wants words."""
    file = in_care(clinic)
    amina = casework.actor_for("amina")
    leader, day = file.episode.leading_condition, file.episode.opened_on
    casework.record_diagnosis(amina, file.episode.id, None, leader, "specialist", day)
    at = outcomes(file)
    assert "It had been suggested first" in plainly(at)
    key = f"diagnosis-{file.episode.id}-1"
    assert at.selectbox(key=f"{key}-condition").value == leader
    at.selectbox(key=f"{key}-condition").select("none-of-these").run()
    at.button(key="record-diagnosis").click().run()
    assert "Say in words" in plainly(at)
    at.text_input(key=f"{key}-words").input("A hernia of the groin").run()
    at.button(key="record-diagnosis").click().run()
    found = again(file).diagnosis
    assert found is not None
    assert (found.condition, found.words, found.version) == (None, "A hernia of the groin", 2)
    assert "None of these: A hernia of the groin" in plainly(at)


def test_nothing_chosen_is_nothing_recorded(clinic: Clinic):
    """And the page says what is missing."""
    file = in_care(clinic)
    at = outcomes(file)
    at.button(key="record-diagnosis").click().run()
    assert "Choose what it was" in plainly(at)
    assert again(file).diagnosis is None


@pytest.mark.parametrize("person", ["noor", "amina"])
def test_who_may_not_or_cannot_yet_record_sees_why(clinic: Clinic, person: str):
    """The desk reads; a clinician signs the suggestions first."""
    at = outcomes(an_episode(clinic), person)
    assert "record-diagnosis" not in keys(at)
    assert "Not known yet" in plainly(at)
