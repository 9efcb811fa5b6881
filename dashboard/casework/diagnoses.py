"""What an episode turned out to be, recorded later and compared with what had been suggested."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, stale, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.files import found_episode
from dashboard.casework.rows import number
from dashboard.casework.shapes import diagnosis_view
from dashboard.casework.views import DiagnosisView
from dashboard.in_force import knowledge
from dashboard.letters import visible
from db import queries, records
from db.queries import EpisodeRows
from db.tables import Assessment, ConfirmedDiagnosis, DifferentialPlace

HOW: Mapping[str, str] = {
    "imaging": "Imaging",
    "procedure": "A procedure or injection",
    "specialist": "A specialist's opinion",
    "clinical_course": "The course over time",
}
"""How a diagnosis was confirmed: code → what the screen says."""


@deed(Permission.DIAGNOSIS_WRITE, writes=True, of_a_site=True)
def record_diagnosis(
    actor: Actor,
    episode_id: int,
    seen_version: int | None,
    condition: str | None,
    how: str,
    confirmed_on: date,
    words: str = "",
) -> DiagnosisView:
    """Record or correct what an episode turned out to be; ``condition`` None: none of the knowledge's, said in words.

    ``seen_version`` is that of the diagnosis being corrected, None for the first. It is compared with the last
    assessment that was signed: NotReady when none was. StaleRecord when a colleague recorded meanwhile.
    """
    with writing(actor, Permission.DIAGNOSIS_WRITE) as session:
        rows = found_episode(session, actor, episode_id)
        # Locked, so that of two at once the second finds what the first wrote.
        session.refresh(rows.episode, with_for_update=True)
        told = _checked(rows, condition, how, confirmed_on, words)
        there = queries.diagnosis(session, number(rows.episode))
        if there is None and seen_version is None:
            row = _first(session, actor, rows, told)
        elif there is None or seen_version is None:
            raise stale(session, "confirmeddiagnosis", there.id if there else "")
        else:
            row = changed(
                session, actor, there, seen_version, "diagnosis:correct", **told, **_stood(session, there, told)
            )
        return diagnosis_view(row, lambda _: actor.name)


def _first(session: Session, actor: Actor, rows: EpisodeRows, told: dict[str, Any]) -> ConfirmedDiagnosis:
    """The first record, with the place of every condition in the assessment it is compared with."""
    signed = _last_signed(rows)
    entries = signed.document["differential"]
    stood = next(
        (_place(rank, entry) for rank, entry in enumerate(entries, 1) if entry["condition"] == told["condition"]), {}
    )
    row = ConfirmedDiagnosis(
        episode_id=number(rows.episode),
        intake_id=signed.intake_id,
        assessment_id=number(signed),
        knowledge_version=signed.knowledge_version,
        leader=signed.leading_condition,
        recorded_by=actor.person_id,
        **told,
        **stood,
    )
    row = records.insert(session, actor, row, "diagnosis:record")
    for place in places(number(row), entries):
        session.add(DifferentialPlace(**place))  # one event tells of the diagnosis; its places follow from it
    session.flush()
    return row


def places(diagnosis_id: int, entries: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every condition's place, band and probability in a differential, as rows."""
    return [
        {"diagnosis_id": diagnosis_id, "condition": entry["condition"], **_place(rank, entry)}
        for rank, entry in enumerate(entries, 1)
    ]


def _place(rank: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"place": rank, "band": entry["band"], "probability": entry["probability"]}


def _stood(session: Session, row: ConfirmedDiagnosis, told: Mapping[str, Any]) -> dict[str, Any]:
    """Where a corrected condition stood in the assessment the first record was compared with."""
    nowhere: dict[str, Any] = {"place": None, "band": None, "probability": None}
    kept = queries.place_of(session, number(row), told["condition"]) if told["condition"] else None
    return {name: getattr(kept, name) for name in nowhere} if kept else nowhere


def _last_signed(rows: EpisodeRows) -> Assessment:
    signed = {decision.assessment_id for decision in rows.decisions}
    last = next((row for row in reversed(rows.assessments) if row.id in signed), None)
    if last is None:
        raise NotReady("Sign the suggestions first: a diagnosis is compared with what was signed.", ("review",))
    return last


def _checked(rows: EpisodeRows, condition: str | None, how: str, confirmed_on: date, words: str) -> dict[str, Any]:
    known = knowledge().conditions
    if condition is not None and (condition not in known or known[condition].kind != "condition"):
        raise BadAnswer("condition", "is not a condition of the knowledge in force.")
    if how not in HOW:
        raise BadAnswer("how", f"must be one of {', '.join(HOW)}.")
    if not rows.episode.opened_on <= confirmed_on <= today():
        raise BadAnswer("confirmed_on", "must be from the day the episode was opened until today.")
    said = visible(words).strip()
    if condition is None and not said:
        raise NotReady("Say in words what it was, as it is none of these.", ("words",))
    return {"condition": condition, "how": how, "confirmed_on": confirmed_on, "words": said}
