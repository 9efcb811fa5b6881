"""Invented drafts: intakes that were begun at the desk and wait to be finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dashboard.demo.care import GONE_AFTER_WEEKS, Clinic
from dashboard.demo.course import Course
from dashboard.demo.dice import Dice
from dashboard.demo.histories import hidden_cause, history
from dashboard.demo.ledger import Ledger
from dashboard.demo.runners import Runner
from db.tables import Draft, DraftRevision

SHARES = (0.12, 0.3, 0.55, 0.8, 0.97)
"""How far each draft of somebody new is."""
TWICE = 0.2
"""How far the draft is of somebody registered a second time."""
BACK_AGAIN = 0.04
"""How far the draft is of somebody who was here before: most is still there to be confirmed as unchanged."""


def begin_drafts(ledger: Ledger, clinic: Clinic, runners: list[Runner], seed: int) -> int:
    """One draft for each of the first few runners, the last answers a few hours old; how many."""
    shares = (*SHARES, TWICE)
    for n, (runner, share) in enumerate(zip(runners, shares, strict=False)):
        _begin(ledger, clinic, runner, share, n, Dice(seed, "draft", n))
    return min(len(runners), len(shares))


def begin_again(ledger: Ledger, clinic: Clinic, courses: Sequence[Course], seed: int) -> int:
    """One draft, just begun, for a runner whose last episode is over; how many: none in a clinic that is too small."""
    last = {course.runner.number: course for course in courses}
    over = clinic.until - timedelta(weeks=GONE_AFTER_WEEKS + 2)
    back = [course for course in last.values() if course.submitted_at < over and course.runner.runs == "yes"]
    if not back:
        return 0
    runner = max(back, key=lambda course: course.submitted_at).runner
    _begin(ledger, clinic, runner, BACK_AGAIN, 0, Dice(seed, "draft", "again"))
    return 1


def _begin(ledger: Ledger, clinic: Clinic, runner: Runner, share: float, n: int, dice: Dice) -> None:
    desk, known = clinic.people["noor"], clinic.knowledge
    cause = hidden_cause(dice, runner, clinic.until.date(), known)
    answers, entered = history(dice, runner, cause, clinic.until.date(), known)
    kept = dict(list(answers.items())[: round(share * len(answers))])
    at = clinic.until - timedelta(hours=2 + 9 * n)
    last = at + timedelta(seconds=6 * len(kept))
    draft = ledger.add(
        Draft,
        "draft:open",
        desk,
        at,
        id=dice.token(),
        patient_id=clinic.patients[runner.number],
        owner_id=desk.person_id,
        answers=kept,
        entered={item: how for item, how in entered.items() if item in kept},
        section=known.items[list(kept)[-1]].section,
    )
    draft.columns |= {"version": 1 + len(kept), "updated_at": last, "answered_at": last}
    for place, (item, value) in enumerate(kept.items(), 1):
        given_at = at + timedelta(seconds=6 * place)
        ledger.add(DraftRevision, None, desk, given_at, draft_id=draft["id"], item=item, value=value, by=desk.person_id)
