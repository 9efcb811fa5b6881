"""Cohort questions: each reply says what was counted, of whom and how, and tells managers nothing of anyone."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import pytest

from dashboard import cohort
from dashboard.access import Actor, Forbidden, Role
from dashboard.charts.rows import Bar, Change, Funnel, Months, Routes
from dashboard.cohort import Report, Scope, Selection, as_csv
from dashboard.cohort.change import student_t, worthwhile
from dashboard.cohort.scope import months_between
from dashboard.disclosure import BAND, NEAREST, Shown
from dashboard.in_force import knowledge
from tests.cast import Clinic
from tests.populace import Populace, populate

EVERYONE = Selection()
T_TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 5: 2.571, 10: 2.228, 30: 2.042, 120: 1.980}
"""Two-sided 95 % quantiles of Student's t by degrees of freedom, from any printed table."""


def actor(clinic: Clinic, code: str, *sites: str) -> Actor:
    """One of the cast, at all sites or at those named."""
    person = clinic.people[code]
    places = sites or tuple(clinic.sites)
    return Actor(person.id, person.name, Role(person.role), frozenset(clinic.sites[site].id for site in places))


@pytest.fixture
def populace(clinic: Clinic) -> Populace:
    """A hundred and fifty invented episodes."""
    return populate(clinic, 150, seed=4)


@pytest.fixture
def exact(clinic: Clinic, populace: Populace) -> Report:
    """Everyone, as a clinician sees them."""
    return cohort.report(cohort.scope(actor(clinic, "amina")), EVERYONE, knowledge())


@pytest.fixture
def protected(clinic: Clinic, populace: Populace) -> Report:
    """Everyone, as the manager sees them."""
    return cohort.report(cohort.scope(actor(clinic, "chidi")), EVERYONE, knowledge())


def counts(report: Report) -> list[Shown]:
    """Every count in every table of a report."""
    return [cell for reply in report.replies.values() for row in reply.rows for cell in row if isinstance(cell, Shown)]


@pytest.mark.parametrize("code", ["noor", "dana"])
def test_the_cohort_is_not_for_the_desk_nor_for_administration(clinic: Clinic, code: str):
    """Without cohort:read there is no scope, and without a scope there is no report."""
    with pytest.raises(Forbidden):
        cohort.scope(actor(clinic, code))


def test_a_clinician_sees_exact_counts_and_a_manager_protected_ones(clinic: Clinic):
    """Whoever may not read patients may not work them out either."""
    assert cohort.scope(actor(clinic, "amina")).protect is False
    assert cohort.scope(actor(clinic, "chidi")).protect is True


def test_a_scope_names_no_person(clinic: Clinic):
    """Two managers share one cached report, so a scope must not say who asked."""
    assert set(vars(cohort.scope(actor(clinic, "chidi")))) == {"protect", "site_ids"}


def test_the_clinic_total_is_exact_for_everyone(clinic: Clinic, populace: Populace):
    """How busy the clinic is tells of nobody, and the manager sees it rise by one with each intake."""
    for code in ("amina", "chidi"):
        assert cohort.clinic_total(cohort.scope(actor(clinic, code))) == len(populace.intakes)


def test_only_the_sites_one_works_at_are_counted(clinic: Clinic, populace: Populace):
    """A clinician of the north counts the north, whatever the filter asks for."""
    north = clinic.sites["north"].id
    seen = cohort.scope(actor(clinic, "amina", "north"))
    mine = sum(intake.site_id == north for intake in populace.intakes)
    assert cohort.clinic_total(seen) == mine
    assert cohort.report(seen, EVERYONE, knowledge()).everyone.number == mine
    assert cohort.report(seen, Selection(sites=("south",)), knowledge()).everyone.number == 0


def test_conditions_are_counted_as_by_hand(populace: Populace, exact: Report):
    """The table under the first figure, row by row."""
    titles = {code: each.title for code, each in knowledge().conditions.items()}
    expected = Counter(titles.get(intake.leading_condition or "", "No condition leads") for intake in populace.intakes)
    assert {row[0]: row[1].number for row in exact.replies["intakes"].rows} == dict(expected)


def test_the_bars_of_the_months_add_up_to_the_intakes(populace: Populace, exact: Report):
    """Nobody is lost between the colours: what has none of its own is in the grey."""
    drawing = exact.replies["intakes"].drawing
    assert isinstance(drawing, Months)
    by_month = Counter(intake.month for intake in populace.intakes)
    for place, month in enumerate(drawing.months):
        assert sum(values[place] for values in drawing.series.values()) == by_month[month]


def test_the_urgency_mix_names_every_urgency_and_everyone(populace: Populace, exact: Report):
    """Also an urgency nobody had."""
    rows = exact.replies["urgency"].rows
    assert [row[0] for row in rows] == ["Emergency: now", "Same day", "Urgent: within 2 weeks", "Routine"]
    assert sum(row[1].number for row in rows) == len(populace.intakes)


def test_every_intake_is_on_exactly_one_route(populace: Populace, exact: Report):
    """And each link of the diagram between two columns carries all of them."""
    reply = exact.replies["flow"]
    assert sum(row[3].number for row in reply.rows) == len(populace.intakes)
    assert isinstance(reply.drawing, Routes)
    for column in (0, 1):
        links = [width for start, _, width, _ in reply.drawing.links if reply.drawing.columns[start] == column]
        assert sum(links) == len(populace.intakes)


def test_a_funnel_only_narrows(exact: Report):
    """No referral reaches a stage without having reached the one before."""
    for row in exact.replies["funnel"].rows:
        numbers = [cell.number for cell in row[1:]]
        assert numbers == sorted(numbers, reverse=True)


def test_every_reply_says_its_denominator_its_definition_and_its_alternative_text(exact: Report, protected: Report):
    """A number that cannot be defended is not shown."""
    for report in (exact, protected):
        for reply in report.replies.values():
            assert reply.finding
            assert reply.counted.endswith(".")
            assert len(reply.definition) > 60
            assert reply.alt
            assert all(len(row) == len(reply.columns) for row in reply.rows)


def test_a_manager_sees_no_count_that_is_not_banded_or_rounded(protected: Report):
    """Neither in a table nor in a drawing."""
    assert counts(protected)
    for count in counts(protected):
        assert count.number is None or (count.number % NEAREST == 0 and count.number > 0)
    for reply in protected.replies.values():
        for height in heights(reply.drawing):
            assert height % (NEAREST / 2) == 0, reply.id


def heights(drawing: object) -> list[float]:
    """Every height that stands for a count."""
    if isinstance(drawing, Months):
        return [value for values in drawing.series.values() for value in values]
    if isinstance(drawing, Funnel):
        return [bar.value for bars in drawing.kinds.values() for bar in bars]
    if isinstance(drawing, Routes):
        return [width for _, _, width, _ in drawing.links]
    if isinstance(drawing, Change) or drawing is None:
        return []
    return [bar.value for bar in drawing if isinstance(bar, Bar)]


def test_a_manager_sees_no_mean_of_ten_or_fewer(clinic: Clinic):
    """A mean of one person is that person's answer."""
    populate(clinic, 12, seed=9)
    report = cohort.report(cohort.scope(actor(clinic, "chidi")), EVERYONE, knowledge())
    for measure in ("nprs_back", "odi", "rmdq"):
        assert not any(isinstance(cell, float) for row in report.replies[measure].rows for cell in row)
        assert report.replies[measure].drawing is None


def test_rows_are_ordered_by_what_is_shown(protected: Report):
    """The order of two rows with the same shown count must not tell which is larger."""
    for reply, place in (("intakes", 1), ("flow", 3)):
        told = [row for row in protected.replies[reply].rows if row[place].number]
        assert told == sorted(told, key=lambda row: (-row[place].number, row[:place]))


def test_no_protected_text_repeats_a_real_count(populace: Populace, protected: Report):
    """The finding, the denominator and the alternative text are made from shown counts as well."""
    real = str(len(populace.intakes))
    assert len(populace.intakes) % NEAREST, "a round number would prove nothing"
    for reply in protected.replies.values():
        for text in (reply.finding, reply.counted, reply.alt):
            assert real not in text.split(), (reply.id, text)


def test_an_empty_selection_says_so_and_what_to_do(clinic: Clinic, populace: Populace):
    """Nothing is drawn, and nothing fails."""
    for code, words in (("amina", "Nothing to count in this selection"), ("chidi", "Too few to show")):
        report = cohort.report(cohort.scope(actor(clinic, code)), Selection(first_month="2030-01"), knowledge())
        for reply in report.replies.values():
            assert reply.finding == words, reply.id
            assert reply.drawing is None


def test_a_download_carries_its_filters_and_its_definition(exact: Report):
    """Whoever opens the file a year later knows what it is."""
    reply = exact.replies["urgency"]
    lines = list(csv.reader(io.StringIO(as_csv(reply, exact.says, date(2026, 3, 1)))))
    notes = {line[0]: line[1] for line in lines if line[0].startswith("# ")}
    assert notes["# Selection"] == exact.says
    assert notes["# How it was made"] == reply.definition
    assert notes["# Exported on"] == "2026-03-01"
    table = [line for line in lines if not line[0].startswith("# ")]
    assert table[0] == list(reply.columns)
    assert [line[1] for line in table[1:]] == [str(row[1].number) for row in reply.rows]


def test_a_protected_download_is_protected(protected: Report):
    """The file is the table, with its bands."""
    text = as_csv(protected.replies["funnel"], protected.says, date(2026, 3, 1))
    assert BAND in text
    assert "protect patients" in text


def test_a_selection_is_said_in_words(clinic: Clinic, populace: Populace):
    """In the clinic's words, with codes turned into names."""
    seen = cohort.scope(actor(clinic, "amina"))
    said = cohort.choices(seen, knowledge()).says(
        Selection(first_month="2026-01", sites=("north",), sexes=("female", ""), surfaces=("trail",))
    )
    assert said == (
        "January 2026 to February 2026; site: North Harbor; sex: Female or Not recorded; main surface: Trail"
    )


def test_months_run_on_over_the_turn_of_the_year():
    """Months without intakes are months too."""
    assert months_between("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert months_between("2026-03", "2026-03") == ("2026-03",)


@pytest.mark.parametrize("freedom", T_TABLE)
def test_the_interval_uses_students_t(freedom: int):
    """To one per cent of the printed table."""
    assert student_t(0.95, freedom) == pytest.approx(T_TABLE[freedom], rel=0.01)


def test_the_mean_change_has_the_interval_a_person_would_compute(populace: Populace, exact: Report):
    """Mean and 95 % interval of one window, by hand."""
    from statistics import mean, stdev

    first = {intake.episode_id: intake for intake in reversed(populace.intakes)}
    deltas = []
    for episode, intake in first.items():
        values = [
            o.value
            for o in populace.outcomes
            if o.episode_id == episode and o.instrument == "nprs_back" and 9 <= o.weeks_since_intake <= 17
        ]
        if values and "nprs_back_now" in intake.answers:
            deltas.append(mean(values) - intake.answers["nprs_back_now"])
    half = student_t(0.95, len(deltas) - 1) * stdev(deltas) / len(deltas) ** 0.5
    row = next(row for row in exact.replies["nprs_back"].rows if row[0] == "3 months")
    assert row[1].number == len(deltas)
    assert row[2:] == tuple(round(value, 1) for value in (mean(deltas), mean(deltas) - half, mean(deltas) + half))


def test_the_line_of_what_matters_lies_on_the_side_of_getting_better(exact: Report):
    """Less pain is better, so a change that matters lies below nought there; where more is better, above."""
    drawn = exact.replies["nprs_back"].drawing
    assert isinstance(drawn, Change)
    measure = knowledge().instruments["nprs_back"]
    assert (measure.better, drawn.worthwhile) == ("lower", -float(measure.minimal_important_change or 0))
    assert worthwhile("higher", 2.0) == 2.0
    assert worthwhile("lower", None) is None


def test_the_version_of_the_cohort_names_the_database(clinic: Clinic):
    """The demo's figures are never shown for the clinic's."""
    assert cohort.version()[0] in ("clinic", "external")


def test_a_report_of_a_scope_without_sites_is_empty(clinic: Clinic, populace: Populace):
    """No site, no runner."""
    assert cohort.clinic_total(Scope(False, ())) == 0
