"""Aggregates of the population: every figure by GROUP BY in the database, small lists out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, FromClause, case, cast, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.selection import Selection, conditions
from db.tables import Assessment, AuditEvent, Decision, Intake, Outcome, Person, Referral, ReferralMove, Site

REACHED = ("sent", "received", "scheduled", "completed")
"""The states a referral passes on its way, in order; a referral that only exists has reached none of them."""


class MonthCount(NamedTuple):
    """How many in one month carry one code."""

    month: str
    code: str | None
    number: int


class CodeCount(NamedTuple):
    """How many carry one code."""

    code: Any
    number: int


class Flow(NamedTuple):
    """How many intakes went from what was suggested, through what was decided, to what was referred."""

    suggested: str | None
    verdict: str | None
    decided: str | None
    referred: str | None
    number: int


class Reached(NamedTuple):
    """How many referrals of a kind, now in a state, came as far as REACHED[furthest - 1] (0: not sent)."""

    kind: str
    state: str
    furthest: int
    number: int


class Change(NamedTuple):
    """Sums over episodes of the change since intake within one window of weeks."""

    window: int
    episodes: int
    total: float
    total_of_squares: float


def total(session: Session, selection: Selection) -> int:
    """How many intakes are selected."""
    return int(session.execute(select(func.count(col(Intake.id))).where(*conditions(selection))).scalar_one())


def intakes_by_month(session: Session, selection: Selection) -> list[MonthCount]:
    """Intakes a month by leading condition."""
    month, condition = col(Intake.month), col(Intake.leading_condition)
    asked = select(month, condition, func.count()).where(*conditions(selection)).group_by(month, condition)
    return [MonthCount(*row) for row in session.execute(asked.order_by(month, condition))]


def intakes_by(session: Session, selection: Selection, column: str) -> list[CodeCount]:
    """Intakes by one of the cohort's columns, such as "urgency", "leading_condition" or "surface"."""
    chosen = col(getattr(Intake, column))
    asked = select(chosen, func.count()).where(*conditions(selection)).group_by(chosen).order_by(chosen)
    return [CodeCount(*row) for row in session.execute(asked)]


def step_flow(session: Session, selection: Selection) -> list[Flow]:
    """Intakes by suggested step, the newest decision's verdict and step, and the episode's newest referral."""
    newest = _newest_decision()
    referred = _newest_referral()
    suggested = func.coalesce(newest.c.suggested, col(Intake.step))
    decided = func.coalesce(newest.c.step, newest.c.suggested)
    columns = (suggested, newest.c.verdict, decided, referred)
    asked = (
        select(*columns, func.count())
        .select_from(Intake)
        .outerjoin(newest, newest.c.intake_id == col(Intake.id))
        .where(*conditions(selection))
        .group_by(*columns)
    )
    return [Flow(*row) for row in session.execute(asked)]


def _newest_decision() -> FromClause:
    """One row an intake that was decided: the newest decision on any of its assessments, and what that suggested."""
    newest_first = col(Decision.id).desc().nulls_last()
    # An outer join, so that assessments are read from their index in order and not one by one with their documents.
    decided = (
        select(
            col(Assessment.intake_id).label("intake_id"),
            col(Decision.verdict).label("verdict"),
            col(Decision.step).label("step"),
            col(Assessment.step).label("suggested"),
            col(Decision.id).label("decision_id"),
            func.row_number().over(partition_by=col(Assessment.intake_id), order_by=newest_first).label("place"),
        )
        .outerjoin(Decision, col(Decision.assessment_id) == col(Assessment.id))
        .subquery()
    )
    # "Up to the first", not "the first": PostgreSQL takes equality with a place for rare, and would then compare every
    # intake with every decision.
    return select(decided).where(decided.c.place <= 1, decided.c.decision_id.is_not(None)).subquery()


def _newest_referral() -> ColumnElement[str | None]:
    """The kind of the newest referral of an intake's episode: one step along an index, never a list of them all."""
    theirs = select(col(Referral.kind)).where(col(Referral.episode_id) == col(Intake.episode_id)).correlate(Intake)
    return theirs.order_by(col(Referral.id).desc()).limit(1).scalar_subquery()


def referral_funnel(session: Session, selection: Selection) -> list[Reached]:
    """Referrals of the selected intakes' episodes by kind, state now and how far they ever came."""
    stopped = select(func.max(_rank(ReferralMove.to_state))).where(col(ReferralMove.referral_id) == col(Referral.id))
    ever = func.coalesce(stopped.correlate(Referral).scalar_subquery(), 0)
    here = _rank(Referral.state)
    # What was completed came as far as there is; the others' moves are looked at, which are few.
    furthest = case((here == len(REACHED), here), (ever > here, ever), else_=here)
    each = select(col(Referral.kind), col(Referral.state), furthest.label("furthest"))
    found = each.where(col(Referral.episode_id).in_(_episodes(selection))).subquery()
    columns = (found.c.kind, found.c.state, found.c.furthest)
    asked = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    return [Reached(*row) for row in session.execute(asked)]


def _rank(state: Any) -> ColumnElement[int]:
    """The place of a state in REACHED, from 1; 0 for every other state."""
    return case(*((col(state) == name, rank) for rank, name in enumerate(REACHED, start=1)), else_=0)


def _episodes(selection: Selection) -> Any:
    """The episodes of the selected intakes."""
    return select(col(Intake.episode_id)).where(*conditions(selection))


def referrals_by_month(session: Session, selection: Selection, kinds: Sequence[str]) -> list[MonthCount]:
    """Referrals of the given kinds for the selected intakes' episodes, by the month they were made."""
    month, kind = col(Referral.month), col(Referral.kind)
    asked = (
        select(month, kind, func.count())
        .where(kind.in_(kinds), col(Referral.episode_id).in_(_episodes(selection)))
        .group_by(month, kind)
        .order_by(month, kind)
    )
    return [MonthCount(*row) for row in session.execute(asked)]


def change_since_intake(
    session: Session, selection: Selection, instrument: str, baseline_column: str, windows: Sequence[tuple[int, int]]
) -> list[Change]:
    """Outcome minus what ``baseline_column`` of the episode's first intake holds, by window of weeks.

    Both ends of a window are included. An episode measured twice in a window counts once, with its mean; one without
    a baseline does not count.
    """
    means = _means(instrument, windows)
    start = _baselines(selection, baseline_column)
    deltas = [mean - start.c.baseline for name, mean in means.c.items() if name != "episode_id"]
    sums = [each for delta in deltas for each in (func.count(delta), func.sum(delta), func.sum(delta * delta))]
    found = list(session.execute(select(*sums).join_from(means, start, start.c.episode_id == means.c.episode_id)).one())
    by_window = [Change(place, *found[3 * place : 3 * place + 3]) for place in range(len(windows))]
    return [each for each in by_window if each.episodes]


def _means(instrument: str, windows: Sequence[tuple[int, int]]) -> FromClause:
    """One row an episode that was measured: its mean in each window, read in the index's order, without sorting."""
    weeks, value, episode = col(Outcome.weeks_since_intake), col(Outcome.value), col(Outcome.episode_id)
    means = [
        cast(func.avg(case((weeks.between(*each), value))), Float).label(f"mean_{place}")
        for place, each in enumerate(windows)
    ]
    return select(episode, *means).where(col(Outcome.instrument) == instrument).group_by(episode).subquery()


def _baselines(selection: Selection, column: str) -> FromClause:
    """What a column holds at each selected episode's first intake, from the indexes alone."""
    earlier = aliased(Intake)
    not_first = select(1).where(col(earlier.episode_id) == col(Intake.episode_id), col(earlier.id) < col(Intake.id))
    start: Any = col(getattr(Intake, column)).label("baseline")
    found = select(col(Intake.episode_id).label("episode_id"), start)
    there = found.where(~not_first.exists(), start.is_not(None), *conditions(selection))
    return there.subquery("start")


def with_value(session: Session, selection: Selection, column: str) -> int:
    """How many selected intakes hold something in a column."""
    asked = select(func.count()).where(col(getattr(Intake, column)).is_not(None), *conditions(selection))
    return int(session.execute(asked).scalar_one())


def choices(session: Session, site_ids: tuple[int, ...] | None = None) -> dict[str, list[tuple[str, str]]]:
    """What can be filtered by: (code, name) of sites and clinicians, and codes seen in the cohort's columns."""
    sites = select(col(Site.code), col(Site.name)).order_by(col(Site.name))
    if site_ids is not None:
        sites = sites.where(col(Site.id).in_(site_ids))
    clinicians = (
        select(col(Person.code), col(Person.name)).where(col(Person.role) == "clinician").order_by(col(Person.name))
    )
    found = {"sites": _pairs(session, sites), "clinicians": _pairs(session, clinicians)}
    for name in ("month", "age_band", "sex", "surface", "shoe_type"):
        seen = intakes_by(session, Selection(site_ids=site_ids), name)
        found[name] = [(code or "", code or "") for code, _ in seen]
    return found


def _pairs(session: Session, asked: Any) -> list[tuple[str, str]]:
    return [(code, name) for code, name in session.execute(asked)]


UNCOUNTED = ("draft", "patient", "permission", "opening")
"""Records whose audit events change no figure here: a desk writes one a question, all day long."""


def version(session: Session) -> tuple[int, int]:
    """A pair that changes whenever what is counted may have: the newest audit event of it, and the newest intake."""
    # Walked from the newest event back: as far as the desks have written since, never the whole trail.
    counted = select(col(AuditEvent.id)).where(col(AuditEvent.record).not_in(UNCOUNTED))
    event = session.scalar(counted.order_by(col(AuditEvent.id).desc()).limit(1))
    return int(event or 0), int(session.scalar(select(func.max(col(Intake.id)))) or 0)
