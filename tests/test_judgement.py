"""What becomes of suggestions, and whether they were right: shares with intervals, counted as by hand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from typing import Any

import pytest

from dashboard import cohort
from dashboard.casework import REASONS
from dashboard.charts import population
from dashboard.charts.rows import Share, Shares
from dashboard.cohort import Report, Scope, Selection, as_csv
from dashboard.cohort.drift import ENOUGH, drifts
from dashboard.cohort.reply import Asked
from dashboard.cohort.shares import share_with_interval, wilson
from dashboard.disclosure import NEAREST, Shown, exact, protected
from dashboard.in_force import knowledge
from db.judgement import Judged
from tests.cast import Clinic
from tests.populace import Populace, populate

KNOWN_INTERVALS = {
    (0, 10): (0.0, 27.8),
    (1, 10): (1.8, 40.4),
    (5, 10): (23.7, 76.3),
    (81, 263): (25.5, 36.6),
    (15, 148): (6.2, 16.0),
    (10, 10): (72.2, 100.0),
}
"""Wilson's 95 % intervals; 81 of 263 and 15 of 148 are Newcombe's examples (Stat Med 1998;17:857–72, table I)."""


@pytest.fixture
def populace(clinic: Clinic) -> Populace:
    """A hundred and sixty invented episodes."""
    return populate(clinic, 160, seed=8)


def report(clinic: Clinic, protect: bool = False, **selection: Any) -> Report:
    """What became of the suggestions, as a clinician or (protected) a manager sees it."""
    places = tuple(int(site.id or 0) for site in clinic.sites.values())
    return cohort.judgement_report(Scope(protect, places), Selection(**selection), knowledge())


def newest(populace: Populace) -> list[Any]:
    """Each suggestion's last line."""
    return list({(line.assessment_id, line.kind, line.subject): line for line in populace.lines}.values())


@pytest.mark.parametrize("counted", KNOWN_INTERVALS)
def test_the_interval_of_a_share_is_wilsons(counted: tuple[int, int]):
    """To a tenth of a per cent of printed values."""
    assert wilson(*counted) == pytest.approx(KNOWN_INTERVALS[counted], abs=0.06)


def test_an_interval_holds_its_share_and_narrows_with_more():
    """For every part of every whole; nothing at all says nothing."""
    assert wilson(0, 0) == (0.0, 100.0)
    for whole in range(1, 60):
        for part in range(whole + 1):
            low, high = wilson(part, whole)
            assert -1e-9 <= low <= 100 * part / whole + 1e-9
            assert 100 * part / whole - 1e-9 <= high <= 100 + 1e-9
            more = wilson(10 * part, 10 * whole)
            assert more[1] - more[0] < high - low


def test_a_hidden_count_gives_neither_share_nor_interval():
    """Too few is too few."""
    assert share_with_interval(exact(7), exact(10)) == "70 % (40–89 %)"
    assert share_with_interval(protected(7), protected(40)) == "too few to say"


def test_acceptance_is_counted_as_by_hand(clinic: Clinic, populace: Populace):
    """Signed for, accepted, changed, rejected: rule by rule."""
    rows = {row[0].split()[0]: row for row in report(clinic).replies["rules"].rows}
    by_hand: dict[str, Counter[str]] = {}
    for line in newest(populace):
        if line.kind == "red_flag":
            by_hand.setdefault(line.subject, Counter())[line.verdict] += 1
    assert set(rows) == set(by_hand)
    for rule, verdicts in by_hand.items():
        counts = [cell.number for cell in rows[rule][1:5]]
        assert counts == [verdicts.total(), verdicts["accepted"], verdicts["changed"], verdicts["rejected"]]
        low, high = wilson(verdicts["accepted"], verdicts.total())
        assert rows[rule][5:] == (f"{100 * verdicts['accepted'] / verdicts.total():.0f} %", f"{low:.0f}–{high:.0f} %")


def test_every_suggestion_is_in_one_figure_and_under_one_version(clinic: Clinic, populace: Populace):
    """Rules, conditions and steps together are all of them; so are the versions."""
    replies = report(clinic).replies
    totals = {name: sum(row[1].number for row in replies[name].rows) for name in (*KINDS, "versions")}
    assert sum(totals[name] for name in KINDS) == totals["versions"] == len(newest(populace))


KINDS = ("rules", "conditions", "steps")


def test_reasons_are_counted_as_by_hand_and_all_are_named(clinic: Clinic, populace: Populace):
    """Also a reason nobody gave."""
    reply = report(clinic).replies["reasons"]
    by_hand = Counter(REASONS[line.reason_code] for line in newest(populace) if line.reason_code)
    assert {row[0]: row[-1].number for row in reply.rows} == {words: by_hand[words] for words in REASONS.values()}
    for row in reply.rows:
        assert sum(cell.number for cell in row[1:-1]) == row[-1].number


def test_calibration_is_counted_as_by_hand(clinic: Clinic, populace: Populace):
    """How many were called so, how many were it, and the mean that had been suggested."""
    reply = report(clinic).replies["calibration"]
    truth = {diagnosis.id: diagnosis.condition for diagnosis in populace.diagnoses}
    titles = {"likely": "Likely", "possible": "Possible", "less-likely": "Less likely"}
    for band, title in titles.items():
        there = [place for place in populace.places if place.band == band]
        was_it = sum(place.condition == truth[place.diagnosis_id] for place in there)
        row = next(row for row in reply.rows if row[0] == title)
        assert (row[1].number, row[2].number) == (len(there), was_it)
        assert row[5] == f"{100 * sum(place.probability for place in there) / len(there):.0f} %"
    assert isinstance(reply.drawing, Shares)
    assert all(point.expected is not None for point in reply.drawing.rows)


def test_suggestion_and_diagnosis_are_set_beside_each_other(clinic: Clinic, populace: Populace):
    """Every pair once; the finding is the share of leaders that were it."""
    reply = report(clinic).replies["turned-out"]
    assert sum(row[2].number for row in reply.rows) == len(populace.diagnoses)
    right = sum(diagnosis.condition == diagnosis.leader for diagnosis in populace.diagnoses)
    assert f"{100 * right / len(populace.diagnoses):.0f} %" in reply.finding
    assert any(row[1] == "None of these" for row in reply.rows)


def test_the_selection_narrows_what_is_judged(clinic: Clinic, populace: Populace):
    """One site's suggestions are those of its intakes."""
    north = {intake.id for intake in populace.intakes if intake.site_id == clinic.sites["north"].id}
    rows = report(clinic, sites=("north",)).replies["versions"].rows
    assert sum(row[1].number for row in rows) == sum(line.intake_id in north for line in newest(populace))


def test_a_manager_sees_only_protected_counts_and_what_is_made_of_them(clinic: Clinic, populace: Populace):
    """Every count banded or rounded, every share and interval from those, in tables and in figures."""
    told = report(clinic, protect=True)
    for reply in told.replies.values():
        for row in reply.rows:
            for cell in row:
                if isinstance(cell, Shown):
                    assert cell.number is None or (cell.number % NEAREST == 0 and cell.number > 0), reply.id
    rows = [row for name in KINDS for row in told.replies[name].rows if row[5] != "too few to say"]
    assert rows
    for row in rows:
        whole, kept = row[1].number, row[2].number
        low, high = wilson(min(kept, whole), whole)
        assert row[5:] == (f"{min(100, 100 * kept / whole):.0f} %", f"{low:.0f}–{high:.0f} %")


def test_no_protected_words_repeat_a_real_count(clinic: Clinic, populace: Populace):
    """Findings, denominators and alternative texts are made from shown counts."""
    real = {f"{len(newest(populace)):,}", str(len(populace.diagnoses))}
    assert not any(int(number.replace(",", "")) % NEAREST == 0 for number in real), "a round number proves nothing"
    for reply in report(clinic, protect=True).replies.values():
        for words in (reply.finding, reply.counted, reply.alt):
            assert not real & set(words.replace(".", "").split()), (reply.id, words)


def test_every_reply_says_its_denominator_its_definition_and_its_alternative_text(clinic: Clinic, populace: Populace):
    """For clinicians and for the manager; and its file carries them."""
    for protect in (False, True):
        for reply in report(clinic, protect).replies.values():
            assert reply.finding
            assert reply.counted.endswith(".")
            assert len(reply.definition) > 60
            assert all(len(row) == len(reply.columns) for row in reply.rows)
            lines = list(csv.reader(io.StringIO(as_csv(reply, "all", date(2026, 3, 1)))))
            assert ["# How it was made", reply.definition] in lines


def test_an_empty_selection_says_so(clinic: Clinic, populace: Populace):
    """Nothing is drawn, and nothing fails."""
    for protect in (False, True):
        for reply in report(clinic, protect, first_month="2030-01").replies.values():
            assert reply.drawing is None
            assert reply.finding in ("Nothing to count in this selection", "Too few to show")


def asked(protect: bool = False) -> Asked:
    """A question about everyone."""
    return Asked(Selection(), protect, knowledge(), ("2026-01",), 500)


def judged(late: tuple[int, int], before: tuple[int, int]) -> list[Judged]:
    """One rule's lines: overridden and signed for, of late and before."""
    rows = []
    for of_late, (away, signed) in ((True, late), (False, before)):
        rows.append(Judged("red_flag", "RF21", "rejected", "other", "1", of_late, away))
        rows.append(Judged("red_flag", "RF21", "accepted", None, "1", of_late, signed - away))
    return rows


@pytest.mark.parametrize(
    ("late", "before", "alarm"),
    [
        ((14, 20), (20, 100), True),
        ((4, 20), (20, 100), False),  # the same share as ever
        ((5, 20), (20, 100), False),  # a little more, within the interval
        ((0, 20), (90, 100), False),  # less often overridden alarms nobody
        ((ENOUGH - 1, ENOUGH - 1), (20, 100), False),  # too few of late
        ((14, 20), (1, ENOUGH - 1), False),  # too few before
    ],
)
def test_a_rule_overridden_more_often_of_late_is_said(late: tuple[int, int], before: tuple[int, int], alarm: bool):
    """Only above the interval of before, and only with enough of both."""
    found = drifts(asked(), judged(late, before))
    assert bool(found) == alarm
    if alarm:
        assert f"{late[0]} of {late[1]} in the last 3 months" in found[0].says()
        low, high = wilson(*before)
        assert f"{low:.0f}–{high:.0f} %" in found[0].says()


def test_a_drift_is_told_to_managers_in_rounded_counts():
    """And not at all when the counts are hidden."""
    (told,) = drifts(asked(protect=True), judged((34, 44), (21, 104)))
    assert "30 of 40" in told.says()
    assert drifts(asked(protect=True), judged((9, 14), (21, 104))) == []


def test_the_figure_draws_each_share_with_its_interval_and_what_was_expected():
    """Point, both ends, and the mark beside it; how many stands in the label."""
    rows = [
        Share("Likely", 50.0, 40.0, 60.0, "50 %", 55.0, "n = 80"),
        Share("Possible", 20.0, 15.0, 26.0, "20 %", 18.0),
    ]
    drawn = population.shares(Shares(rows, "Confirmed, %", "Suggested on average"))
    points, beside = drawn.data
    assert list(points.x) == [50.0, 20.0]
    assert (list(points.error_x.array), list(points.error_x.arrayminus)) == ([10.0, 6.0], [10.0, 5.0])
    assert list(beside.x) == [55.0, 18.0]
    assert points.y[0] == "Likely, n = 80"
    assert len(population.shares(Shares(rows, "Accepted, %")).data) == 1
