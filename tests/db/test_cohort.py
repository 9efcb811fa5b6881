"""The cohort's aggregates: what the database counts is what a person would count, row by row."""

from __future__ import annotations

import random
from collections import Counter
from statistics import mean

import pytest

from db import cohort
from db.records import note
from db.selection import Selection
from db.tables import Intake
from tests.cast import Clinic
from tests.populace import AGES, KINDS, MONTHS, SEXES, SHOES, SURFACES, WAY, Populace, populate
from tests.sessions import reading, transaction

EVERYONE = Selection()
WINDOWS = [(0, 3), (4, 9), (10, 14)]


@pytest.fixture
def populace(clinic: Clinic) -> Populace:
    """Eighty invented episodes."""
    return populate(clinic, 80)


@pytest.fixture
def selections(clinic: Clinic) -> list[Selection]:
    """Selections of every kind: none, each filter alone, and thirty at random."""
    chance = random.Random(7)

    def some(codes: tuple[str | None, ...]) -> tuple[str, ...]:
        return tuple(code or "" for code in codes if chance.random() < 0.4)

    mixed = [
        Selection(*sorted(chance.sample(MONTHS, 2)), some(("north", "south")), some(("amina", "bruno")), some(AGES),
                  some(SEXES), some(SURFACES), some(SHOES), chance.choice([None, (clinic.sites["north"].id,)]))
        for _ in range(30)
    ]  # fmt: skip
    return [
        EVERYONE,
        Selection(first_month="2026-01"),
        Selection(sites=("south",)),
        Selection(sexes=("", "male")),
        *mixed,
    ]


def picked(populace: Populace, clinic: Clinic, wanted: Selection) -> list[Intake]:
    """The selected intakes, chosen row by row."""
    sites = {clinic.sites[code].id for code in wanted.sites}
    people = {clinic.people[code].id for code in wanted.clinicians}
    cared_for = {episode.id for episode in populace.episodes if episode.clinician_id in people}
    return [
        intake
        for intake in populace.intakes
        if (wanted.first_month or "") <= intake.month <= (wanted.last_month or "9999-99")
        and (not sites or intake.site_id in sites)
        and (wanted.site_ids is None or intake.site_id in wanted.site_ids)
        and (not people or intake.episode_id in cared_for)
        and (not wanted.age_bands or (intake.age_band or "") in wanted.age_bands)
        and (not wanted.sexes or (intake.sex or "") in wanted.sexes)
        and (not wanted.surfaces or (intake.surface or "") in wanted.surfaces)
        and (not wanted.shoe_types or (intake.shoe_type or "") in wanted.shoe_types)
    ]


def test_every_selection_holds_the_intakes_a_person_would_pick(clinic, populace, selections):
    """Filters combine, an empty one leaves its side open, and "not recorded" can be chosen."""
    with reading() as session:
        counted = [cohort.total(session, wanted) for wanted in selections]
    assert [len(picked(populace, clinic, wanted)) for wanted in selections] == counted
    assert len(set(counted)) > 10, "the selections must differ for this to mean anything"


def test_intakes_by_month_and_condition_are_counted_as_by_hand(clinic, populace, selections):
    """Every month and condition that occurs has its count, and no other is there."""
    with reading() as session:
        for wanted in selections:
            expected = Counter((i.month, i.leading_condition) for i in picked(populace, clinic, wanted))
            actual = {(row.month, row.code): row.number for row in cohort.intakes_by_month(session, wanted)}
            assert expected == actual


@pytest.mark.parametrize("column", ["urgency", "sex", "surface", "leading_condition"])
def test_a_column_is_counted_as_by_hand(clinic, populace, selections, column):
    """Any of the cohort's columns, those not recorded under None."""
    with reading() as session:
        for wanted in selections:
            expected = Counter(getattr(intake, column) for intake in picked(populace, clinic, wanted))
            assert expected == {row.code: row.number for row in cohort.intakes_by(session, wanted, column)}


def flow_of(populace: Populace, intake: Intake) -> tuple[str | None, ...]:
    """Suggested, verdict, decided and referred of one intake, by hand."""
    said = {each.id: each for each in populace.assessments if each.intake_id == intake.id}
    decided = max((d for d in populace.decisions if d.assessment_id in said), key=lambda d: d.id, default=None)
    referred = max(
        (r for r in populace.referrals if r.episode_id == intake.episode_id), key=lambda r: r.id, default=None
    )
    kind = referred.kind if referred else None
    if decided is None:
        return intake.step, None, None, kind
    suggested = said[decided.assessment_id].step
    return suggested, decided.verdict, decided.step or suggested, kind


def test_every_intake_takes_exactly_one_route_from_suggestion_to_referral(clinic, populace, selections):
    """The newest decision and the newest referral count, whatever came before them."""
    with reading() as session:
        for wanted in selections:
            intakes = picked(populace, clinic, wanted)
            expected = Counter(flow_of(populace, intake) for intake in intakes)
            actual = {tuple(row[:4]): row.number for row in cohort.step_flow(session, wanted)}
            assert expected == actual
            assert len(intakes) == sum(actual.values())


def referred(populace: Populace, clinic: Clinic, wanted: Selection) -> list:
    """Referrals of the selected intakes' episodes."""
    episodes = {intake.episode_id for intake in picked(populace, clinic, wanted)}
    return [referral for referral in populace.referrals if referral.episode_id in episodes]


def test_a_referral_counts_at_the_furthest_stage_it_ever_reached(clinic, populace, selections):
    """Also when it was withdrawn afterwards; a referral of an episode with two intakes counts once."""

    def furthest(referral) -> int:
        states = [move.to_state for move in populace.moves if move.referral_id == referral.id] + [referral.state]
        return max(WAY.index(state) if state in WAY else 0 for state in states)

    with reading() as session:
        for wanted in selections:
            found = referred(populace, clinic, wanted)
            expected = Counter((each.kind, each.state, furthest(each)) for each in found)
            assert expected == {tuple(row[:3]): row.number for row in cohort.referral_funnel(session, wanted)}


def test_referrals_are_counted_in_the_month_they_were_made(clinic, populace, selections):
    """Only of the kinds asked for."""
    with reading() as session:
        for wanted in selections:
            found = [each for each in referred(populace, clinic, wanted) if each.kind in KINDS[:2]]
            expected = Counter((each.month, each.kind) for each in found)
            actual = {(r.month, r.code): r.number for r in cohort.referrals_by_month(session, wanted, KINDS[:2])}
            assert expected == actual


def changes_of(populace: Populace, intakes: list[Intake]) -> dict[int, list[float]]:
    """Window -> one change an episode, by hand."""
    first = {}
    for intake in populace.intakes:
        first.setdefault(intake.episode_id, intake)
    chosen = {i.episode_id: i for i in intakes if first[i.episode_id] is i and "nprs_back_now" in i.answers}
    found: dict[int, list[float]] = {}
    for place, (low, high) in enumerate(WINDOWS):
        for episode, intake in chosen.items():
            values = [o.value for o in populace.outcomes if o.episode_id == episode and o.instrument == "nprs_back"
                      and low <= o.weeks_since_intake <= high]  # fmt: skip
            if values:
                found.setdefault(place, []).append(mean(values) - intake.answers["nprs_back_now"])
    return found


def test_change_since_intake_is_summed_as_by_hand(clinic, populace, selections):
    """One change an episode and window, from the first intake's own value; an episode without one does not count."""
    with reading() as session:
        for wanted in selections:
            expected = changes_of(populace, picked(populace, clinic, wanted))
            actual = cohort.change_since_intake(session, wanted, "nprs_back", "nprs_back", WINDOWS)
            assert {place: len(each) for place, each in expected.items()} == {r.window: r.episodes for r in actual}
            for row in actual:
                assert row.total == pytest.approx(sum(expected[row.window]))
                assert row.total_of_squares == pytest.approx(sum(x * x for x in expected[row.window]))


def test_answers_to_start_from_are_counted_as_by_hand(clinic, populace, selections):
    """An answer of nought is an answer."""
    with reading() as session:
        for wanted in selections:
            expected = sum("nprs_back_now" in intake.answers for intake in picked(populace, clinic, wanted))
            assert expected == cohort.with_value(session, wanted, "nprs_back")


def test_an_empty_clinic_counts_nothing_and_fails_nowhere(clinic):
    """The first morning has no rows at all."""
    with reading() as session:
        assert cohort.total(session, EVERYONE) == 0
        assert cohort.intakes_by_month(session, EVERYONE) == []
        assert cohort.step_flow(session, EVERYONE) == []
        assert cohort.referral_funnel(session, EVERYONE) == []
        assert cohort.change_since_intake(session, EVERYONE, "nprs_back", "nprs_back", WINDOWS) == []


def test_only_what_occurs_at_the_sites_seen_can_be_chosen(clinic, populace):
    """A filter that finds nothing is not offered."""
    north = clinic.sites["north"].id
    with reading() as session:
        offered = cohort.choices(session, (north,))
    assert offered["sites"] == [("north", "North Harbor")]
    assert offered["clinicians"] == [("amina", "Amina"), ("bruno", "Bruno")]
    expected = {intake.surface or "" for intake in populace.intakes if intake.site_id == north}
    assert expected == {code for code, _ in offered["surface"]}


def test_the_version_changes_with_every_write(clinic):
    """So that a cached figure is never older than the last write."""
    with reading() as session:
        before = cohort.version(session)
    with transaction() as session:
        note(session, clinic.doer("amina"), "episode:read", "episode", 1)
    with reading() as session:
        assert cohort.version(session) > before


def test_what_a_desk_writes_into_a_draft_changes_no_version(clinic):
    """A question answered, a patient registered, a refusal: no figure is counted from any of them."""
    with reading() as session:
        before = cohort.version(session)
    with transaction() as session:
        for deed, record in (("answer:save", "draft"), ("patient:register", "patient"), ("refused", "permission")):
            note(session, clinic.doer("noor"), deed, record, 1)
    with reading() as session:
        assert cohort.version(session) == before
