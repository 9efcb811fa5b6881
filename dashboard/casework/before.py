"""What a returning patient said at the last intake: offered to be confirmed, and told apart from what is new."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard import entry
from dashboard import intake as history
from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotFound
from dashboard.casework.files import found_episode
from dashboard.casework.rows import number
from dashboard.clinical.vocabulary import Item
from dashboard.entry import DETAIL
from dashboard.in_force import knowledge
from dashboard.letters import one_line
from db import queries
from db.queries import before as rows
from db.tables import Intake

UNCHANGED = "unchanged"
"""The source of an answer that was confirmed from the last intake instead of asked again."""


@dataclass(frozen=True)
class Before:
    """The last submitted intake of a patient, as far as it was asked then."""

    day: date
    answers: Mapping[str, Any]
    entered: Mapping[str, Any] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    """Items of the draft in hand whose standing answer was confirmed as it was."""


@dataclass(frozen=True)
class Change:
    """One question answered otherwise than last time; None where it was not asked or not answered."""

    item: str
    was: Any
    now: Any
    was_entered: Mapping[str, Any] | None = None
    now_entered: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Since:
    """What changed from one intake to the next, and what was only confirmed."""

    before: date
    day: date
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    """Items somebody confirmed as they were, in the order of the questions."""


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def last_intake(actor: Actor, draft_id: str) -> Before | None:
    """What the patient of a draft said at the last submitted intake; None for somebody new."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = queries.draft(session, one_line(draft_id), sorted(actor.site_ids))
        if found is None:
            raise NotFound("There is no such draft at your sites.")
        earlier = rows.intakes_of(session, found.draft.patient_id)
        if not earlier:
            return None
        last, sources = _before(earlier[0]), rows.sources_of(session, found.draft.id)
        last.confirmed.update(item for item, source in sources.items() if source == UNCHANGED)
        return last


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def since_last_intake(actor: Actor, episode_id: int) -> Since | None:
    """What an episode's latest intake says otherwise than the patient's intake before it; None when it is the first."""
    with looking(actor, Permission.EPISODE_READ) as session:
        return _since(session, actor, episode_id)


def offered(before: Before, item: Item) -> bool:
    """Whether the last answer to a question may be confirmed: a lasting fact, and still an answer to it today."""
    if not item.carried or entry.is_blank(before.answers.get(item.id)):
        return False
    try:
        said = entry.accept(item, *as_typed(before, item.id))
    except BadAnswer:
        return False  # the question takes other answers now
    return bool(entry.plain(said.answer) == before.answers[item.id])


def as_typed(before: Before, item_id: str) -> tuple[Any, str | None]:
    """The last answer as it was typed and its unit, for keeping it exactly so again."""
    typed = before.entered.get(item_id)
    return (typed["raw"], typed["unit"]) if typed else (before.answers.get(item_id), None)


def differences(before: Before, answers: Mapping[str, Any], entered: Mapping[str, Any]) -> tuple[Change, ...]:
    """The questions answered otherwise, in their order; without age, which changes by itself, and without words."""
    asked = history.visible(answers)
    now = {item: answer for item, answer in answers.items() if item in asked}
    return tuple(
        Change(item.id, was, is_now, before.entered.get(item.id), entered.get(item.id))
        for section in history.asked_sections()
        for item in knowledge().items_of(section.id)
        if _differ(item, was := before.answers.get(item.id), is_now := now.get(item.id))
    )


def _differ(item: Item, was: Any, is_now: Any) -> bool:
    if item.id == "age_years" or entry.is_blank(is_now):
        return False
    return bool(entry.plain(was) != entry.plain(is_now))


def _before(intake: Intake) -> Before:
    """An intake without the answers of questions that were hidden when it was submitted."""
    asked = history.visible(intake.answers)
    told = {item: answer for item, answer in intake.answers.items() if item.removesuffix(DETAIL) in asked}
    return Before(_day(intake), told, {item: typed for item, typed in intake.entered.items() if item in told})


def _since(session: Session, actor: Actor, episode_id: int) -> Since | None:
    latest = rows.latest_intake_of_episode(session, number(found_episode(session, actor, episode_id).episode))
    if latest is None:
        return None
    earlier = rows.intakes_of(session, latest.patient_id, earlier_than=latest.submitted_at)
    if not earlier:
        return None
    before, sources = _before(earlier[0]), rows.sources_of(session, latest.draft_id or "")
    kept = _confirmed(sources, history.visible(latest.answers))
    return Since(before.day, _day(latest), differences(before, latest.answers, latest.entered), kept)


def _confirmed(sources: Mapping[str, str], asked: Set[str]) -> tuple[str, ...]:
    return tuple(item for item in knowledge().items if item in asked and sources.get(item) == UNCHANGED)


def _day(intake: Intake) -> date:
    return intake.submitted_at.astimezone().date()
