"""What became of suggestions: what the database counts is what a person would count, line by line."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from db import judgement
from db.selection import Selection
from tests.cast import Clinic
from tests.populace import MONTHS, Populace, populate
from tests.sessions import reading

LATE = MONTHS[-2]


@pytest.fixture
def populace(clinic: Clinic) -> Populace:
    """Ninety invented episodes."""
    return populate(clinic, 90, seed=3)


def selections(clinic: Clinic) -> list[Selection]:
    """Everyone, one month, one site, and some people of one age."""
    north = clinic.sites["north"].id
    return [
        Selection(),
        Selection(first_month=MONTHS[1], last_month=MONTHS[2]),
        Selection(sites=("south",)),
        Selection(age_bands=("30-44", ""), site_ids=(north,)),
    ]


def selected(populace: Populace, clinic: Clinic, selection: Selection) -> set[int]:
    """The ids of the intakes in a selection, found one by one."""
    found = set()
    for intake in populace.intakes:
        site = next(code for code, each in clinic.sites.items() if each.id == intake.site_id)
        fits = (
            (selection.first_month or "") <= intake.month <= (selection.last_month or "9999")
            and (not selection.sites or site in selection.sites)
            and (not selection.age_bands or (intake.age_band or "") in selection.age_bands)
            and (selection.site_ids is None or intake.site_id in selection.site_ids)
        )
        if fits:
            found.add(intake.id)
    return found


def test_every_suggestion_counts_once_as_it_was_last_signed_for(clinic: Clinic, populace: Populace):
    """A suggestion decided again counts with its newest line only; counted by hand for several selections."""
    newest = {(line.assessment_id, line.kind, line.subject): line for line in populace.lines}
    assert len(newest) < len(populace.lines), "some must have been decided again for this to mean anything"
    for selection in selections(clinic):
        mine = selected(populace, clinic, selection)
        by_hand = Counter(
            (line.kind, line.subject, line.verdict, line.reason_code, line.knowledge_version, line.month >= LATE)
            for line in newest.values()
            if line.intake_id in mine
        )
        with reading() as session:
            found = judgement.judged(session, selection, LATE)
        assert {tuple(row)[:6]: row.number for row in found} == dict(by_hand)


def test_nothing_is_of_late_without_a_month(clinic: Clinic, populace: Populace):
    """With too short a past there is no "of late"."""
    with reading() as session:
        assert not any(row.of_late for row in judgement.judged(session, Selection(), None))


def test_what_was_called_is_counted_by_band_condition_and_version(clinic: Clinic, populace: Populace):
    """How many stood in the band, how many were it, and the probabilities added up."""
    diagnoses = {diagnosis.id: diagnosis for diagnosis in populace.diagnoses}
    for selection in selections(clinic):
        mine = selected(populace, clinic, selection)
        number, confirmed, total = Counter(), Counter(), defaultdict(float)
        for place in populace.places:
            diagnosis = diagnoses[place.diagnosis_id]
            if diagnosis.intake_id in mine:
                key = (place.band, place.condition, diagnosis.knowledge_version)
                number[key] += 1
                confirmed[key] += place.condition == diagnosis.condition
                total[key] += place.probability
        with reading() as session:
            found = judgement.called(session, selection)
        assert {tuple(row)[:3]: row.number for row in found} == dict(number)
        assert {tuple(row)[:3]: row.confirmed for row in found} == dict(confirmed)
        for row in found:
            assert row.probability == pytest.approx(total[tuple(row)[:3]])


def test_what_it_turned_out_to_be_is_counted_by_leader_condition_and_place(clinic: Clinic, populace: Populace):
    """Also what was none of these, which has no place."""
    assert any(diagnosis.condition is None for diagnosis in populace.diagnoses)
    for selection in selections(clinic):
        mine = selected(populace, clinic, selection)
        by_hand = Counter((d.leader, d.condition, d.place) for d in populace.diagnoses if d.intake_id in mine)
        with reading() as session:
            found = judgement.turned_out(session, selection)
        assert {tuple(row)[:3]: row.number for row in found} == dict(by_hand)
