"""What an episode turned out to be: recorded later, correctable, compared with what had been signed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from dashboard import casework
from dashboard.casework.views import DiagnosisView, EpisodeFile
from dashboard.in_force import knowledge
from db.tables import ConfirmedDiagnosis, DifferentialPlace
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.sessions import reading

HERNIATION = "lumbar_disc_herniation_radiculopathy"


def recorded(cast: Cast, file: EpisodeFile, **told: Any) -> DiagnosisView:
    """Amina records what it was."""
    given = {"seen_version": None, "condition": HERNIATION, "how": "imaging", "confirmed_on": date.today()}
    return casework.record_diagnosis(cast.amina, file.episode.id, **(given | told))


def reread(cast: Cast, file: EpisodeFile) -> EpisodeFile:
    """The same episode as it is now."""
    return casework.read_episode(cast.amina, file.episode.id)


def places() -> list[DifferentialPlace]:
    """Every place that was kept."""
    with reading() as session:
        return list(session.exec(select(DifferentialPlace).order_by(DifferentialPlace.id)))


def test_a_diagnosis_stands_beside_its_place_in_what_was_signed(cast: Cast) -> None:
    """Its place, its band, what had led, and under which knowledge; every other condition's place is kept too."""
    file = cast.in_care()
    found = recorded(cast, file)
    entries = file.document["differential"]
    place = next(rank for rank, entry in enumerate(entries, 1) if entry["condition"] == HERNIATION)
    assert (found.place, found.band) == (place, entries[place - 1]["band"])
    assert (found.leader, found.knowledge_version) == (file.episode.leading_condition, knowledge().version)
    assert (found.how, found.confirmed_on, found.recorded_by) == ("imaging", date.today(), "Amina")
    assert reread(cast, file).diagnosis == found
    kept = [(each.condition, each.place, each.band, each.probability) for each in places()]
    assert kept == [(e["condition"], rank, e["band"], e["probability"]) for rank, e in enumerate(entries, 1)]
    with reading() as session:
        row = session.exec(select(ConfirmedDiagnosis)).one()
    assert row.probability == entries[place - 1]["probability"]
    assert row.intake_id == file.assessments[0].intake_id


def test_it_is_compared_with_the_last_assessment_that_was_signed(cast: Cast) -> None:
    """Not with an examination nobody has signed yet."""
    file = cast.in_care()
    casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_slr": "right"})
    assert recorded(cast, file).assessment_id == file.assessment_id


def test_none_of_these_wants_words(cast: Cast) -> None:
    """What the knowledge does not have is said; it has no place."""
    file = cast.in_care()
    with pytest.raises(casework.NotReady) as refusal:
        recorded(cast, file, condition=None, words=" \u202e ")
    assert refusal.value.missing == ("words",)
    found = recorded(cast, file, condition=None, words="a hernia of the groin")
    assert (found.condition, found.words, found.place, found.band) == (None, "a hernia of the groin", None, None)


def test_a_correction_moves_its_place_and_keeps_what_it_is_compared_with(cast: Cast) -> None:
    """From one condition to another and to none of them; the places of all stay as they were."""
    file = cast.in_care()
    first = recorded(cast, file)
    before = places()
    leader = file.episode.leading_condition
    second = recorded(cast, file, seen_version=first.version, condition=leader, how="clinical_course")
    assert (second.id, second.version, second.place, second.how) == (first.id, 2, 1, "clinical_course")
    third = recorded(cast, file, seen_version=2, condition=None, words="shingles")
    assert (third.place, third.band, third.assessment_id) == (None, None, first.assessment_id)
    assert places() == before


def test_a_closed_episode_can_still_turn_out_to_be_something(cast: Cast) -> None:
    """The specialist's letter comes weeks later."""
    file = cast.in_care()
    casework.close_episode(cast.amina, file.episode.id, file.version, "transferred")
    assert recorded(cast, file, how="specialist").how == "specialist"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"condition": "flu"}, "condition"),
        ({"condition": "sciatica_radicular_pain"}, "condition"),
        ({"how": "hearsay"}, "how"),
        ({"confirmed_on": date.today() + timedelta(days=1)}, "confirmed_on"),
        ({"confirmed_on": date(2001, 1, 1)}, "confirmed_on"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, told: dict[str, Any], wrong: str) -> None:
    """A condition, a way or a day that does not exist; a syndrome is a picture and no diagnosis."""
    file = cast.in_care()
    with pytest.raises(casework.BadAnswer) as refusal:
        recorded(cast, file, **told)
    assert refusal.value.item == wrong
    assert reread(cast, file).diagnosis is None


def test_before_anything_was_signed_there_is_nothing_to_compare_with(cast: Cast) -> None:
    """The suggestions come first."""
    file = cast.episode()
    with pytest.raises(casework.NotReady) as refusal:
        recorded(cast, file)
    assert refusal.value.missing == ("review",)


def test_only_clinicians_of_the_site_record(cast: Cast) -> None:
    """Neither the desk nor the manager; and nothing is found elsewhere."""
    file = cast.in_care()
    told = (None, HERNIATION, "imaging", date.today())
    others = ("noor", "chidi", "dana", "mallory")
    refused(cast, lambda a: casework.record_diagnosis(a, file.episode.id, *told), *others)
    with pytest.raises(casework.NotFound):
        casework.record_diagnosis(cast.amina, 999_999, *told)
    assert reread(cast, file).diagnosis is None


def test_recording_what_a_colleague_recorded_meanwhile_is_stale(cast: Cast) -> None:
    """Twice the first, or a correction of what was corrected: the second learns who was faster."""
    file = cast.in_care()
    told = (HERNIATION, "imaging", date.today())
    casework.record_diagnosis(cast.bruno, file.episode.id, None, *told)
    with pytest.raises(casework.StaleRecord) as stale:
        recorded(cast, file, condition="facet_joint_pain")
    assert stale.value.changed_by == "Bruno"
    recorded(cast, file, seen_version=1, how="procedure")
    with pytest.raises(casework.StaleRecord):
        recorded(cast, file, seen_version=1, how="specialist")
    found = reread(cast, file).diagnosis
    assert found is not None
    assert (found.how, found.version) == ("procedure", 2)


def test_recording_changes_nothing_of_the_episode(cast: Cast) -> None:
    """Neither its state nor its urgency, condition or step: what it was is not what is done."""
    file = cast.in_care()
    recorded(cast, file)
    after = reread(cast, file)
    assert (after.episode, after.decisions) == (file.episode, file.decisions)


def test_recording_and_correcting_leave_audit_events_without_words(cast: Cast, trail: Trail) -> None:
    """What it was and how it is known, before and after; what was typed stays in the record."""
    file = cast.in_care()
    recorded(cast, file, words="he is a swimmer")
    recorded(cast, file, seen_version=1, condition="facet_joint_pain", words="a swimmer, still")
    (first,), (second,) = trail("diagnosis:record"), trail("diagnosis:correct")
    assert (first.person_name, coded(first)[1]["condition"]) == ("Amina", HERNIATION)
    assert (coded(second)[0]["condition"], coded(second)[1]["condition"]) == (HERNIATION, "facet_joint_pain")
    assert "swimmer" not in f"{[(event.before, event.after, event.reason) for event in trail()]}"
