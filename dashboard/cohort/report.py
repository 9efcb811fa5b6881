"""The whole report of one selection, and each reply as a file that carries its filters and definition with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.clinical.knowledge import Knowledge
from dashboard.cohort import calibration, care, change, intakes, judgement
from dashboard.cohort.drift import late_from
from dashboard.cohort.reply import Asked, Cell, Reply
from dashboard.cohort.scope import Choices, Scope, Selection, choices, within
from dashboard.disclosure import Shown
from dashboard.exports.cells import table
from db import cohort as counts
from db import judgement as judgements
from db.engine import reading

__all__ = ["Reply", "Report", "as_csv", "judgement_report", "report"]


@dataclass(frozen=True)
class Report:
    """Every answered question of one selection, in the order a reader meets them."""

    everyone: Shown
    """How many intakes are selected."""
    says: str
    """The selection in words."""
    replies: Mapping[str, Reply]


def report(seen: Scope, selection: Selection, knowledge: Knowledge, offered: Choices | None = None) -> Report:
    """Every question answered for a selection, from one moment of the database.

    ``offered`` is what can be chosen, for those who know it already: a selection is put into its words.
    """
    offered = offered or choices(seen, knowledge)
    with reading(scope=seen.walls()) as session:
        mine = within(selection, seen)
        asked = Asked(mine, seen.protect, knowledge, _months(offered, selection), counts.total(session, mine))
        replies = [
            intakes.by_month(session, asked),
            intakes.urgency_mix(session, asked),
            care.step_flow(session, asked),
            care.orthobiologics(session, asked),
            care.referral_funnel(session, asked),
            *(change.change(session, asked, each) for each in change.BASELINES if each in knowledge.instruments),
        ]
    return Report(asked.everyone, offered.says(selection), {reply.id: reply for reply in replies})


def judgement_report(seen: Scope, selection: Selection, knowledge: Knowledge, offered: Choices | None = None) -> Report:
    """What became of the suggestions in a selection, and what it turned out to be, from one moment of the database."""
    offered = offered or choices(seen, knowledge)
    with reading(scope=seen.walls()) as session:
        mine = within(selection, seen)
        asked = Asked(mine, seen.protect, knowledge, _months(offered, selection), counts.total(session, mine))
        judged = judgements.judged(session, mine, late_from(asked))
        turned_out = judgements.turned_out(session, mine)
        diagnoses = asked.shown(sum(row.number for row in turned_out))
        replies = [
            *(judgement.acceptance(asked, about, judged) for about in judgement.ABOUT),
            judgement.reasons(asked, judged),
            calibration.by_band(asked, judgements.called(session, mine), diagnoses),
            calibration.against_diagnosis(asked, turned_out),
            judgement.versions(asked, judged),
        ]
    return Report(asked.everyone, offered.says(selection), {reply.id: reply for reply in replies})


def _months(offered: Choices, selection: Selection) -> tuple[str, ...]:
    first, last = selection.first_month or "", selection.last_month or "9999-12"
    return tuple(month for month in offered.months if first <= month <= last)


def as_csv(reply: Reply, says: str, made_on: date) -> str:
    """The reply's table as a file, with what it shows, of whom and how it was made in lines before it."""
    told = (
        ("Question", reply.question),
        ("Finding", reply.finding),
        ("Selection", says),
        ("Counted", reply.counted),
        ("How it was made", reply.definition),
        ("Exported on", made_on.isoformat()),
    )
    heads = [(f"# {label}", words) for label, words in told]
    return table([*heads, reply.columns, *(tuple(map(cell_words, row)) for row in reply.rows)])


def cell_words(cell: Cell) -> str:
    """A cell as it is read: a count in its words without separators, a number plain, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, Shown):
        return cell.words if cell.number is None else str(cell.number)
    return f"{cell:.1f}" if isinstance(cell, float) else cell
