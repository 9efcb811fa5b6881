"""That a clinician opened the basis of a suggestion before signing it: kept a person and an assessment."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import looking, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.files import found_assessment
from dashboard.casework.rows import number
from dashboard.casework.suggestions import Suggestion, suggestions
from db import queries, records
from db.tables import Assessment, Opening

Key = tuple[str, str]
"""A suggestion's kind and subject."""


@deed(Permission.REVIEW_SIGN, writes=True, of_a_site=True)
def open_basis(actor: Actor, assessment_id: int, keys: Iterable[Key]) -> frozenset[Key]:
    """Note that the actor has the basis of these suggestions before them; everything they have opened of it so far.

    Once each, however often it is asked. BadAnswer for a suggestion this assessment does not make.
    """
    with writing(actor, Permission.REVIEW_SIGN) as session:
        row = found_assessment(session, actor, assessment_id)
        made, wanted = {each.key for each in suggestions(row.document)}, set(keys)
        if not wanted <= made:
            raise BadAnswer("suggestion", "must be one that this assessment makes.")
        before = opened_by(session, actor.person_id, assessment_id)
        for kind, subject in sorted(wanted - before):
            _note(
                session,
                actor,
                Opening(assessment_id=number(row), person_id=actor.person_id, kind=kind, subject=subject),
            )
        return before | frozenset(wanted)


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def opened_basis(actor: Actor, assessment_id: int) -> frozenset[Key]:
    """The suggestions of an assessment whose basis the actor has opened."""
    with looking(actor, Permission.EPISODE_READ) as session:
        row = found_assessment(session, actor, assessment_id)
        return opened_by(session, actor.person_id, number(row))


def opened_by(session: Session, person_id: int, assessment_id: int) -> frozenset[Key]:
    """The suggestions of an assessment whose basis a person has opened."""
    return frozenset(queries.openings(session, assessment_id, person_id))


def must_have_opened(session: Session, actor: Actor, latest: Assessment, kinds: Iterable[str] | None = None) -> None:
    """Return quietly when the actor opened the basis of each suggestion (of these kinds); NotReady names the others."""
    opened = opened_by(session, actor.person_id, number(latest))
    wanted = [each for each in suggestions(latest.document) if kinds is None or each.kind in kinds]
    if unread := [each for each in wanted if each.key not in opened]:
        raise NotReady(f"Open the basis first: {', '.join(each.title for each in unread)}.", ("basis",))


def still_to_open(made: Iterable[Suggestion], opened: frozenset[Key]) -> tuple[Suggestion, ...]:
    """Of these suggestions, those whose basis is still to be opened."""
    return tuple(each for each in made if each.key not in opened)


def _note(session: Session, actor: Actor, opening: Opening) -> None:
    try:
        with session.begin_nested():
            records.insert(session, actor, opening, "basis:open")
    except IntegrityError:
        return  # Two windows at the same moment: one of them has noted it.
