"""Intakes that were begun: whose, how far, since when, until when they are kept, and who is writing them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.views import DraftView
from dashboard.ui import look, rooms, words
from dashboard.ui.desk.lease import WARN_BEFORE
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic

ROWS = 5


def show(actor: Actor) -> None:
    """On the page of today: intakes to go on with, the one last worked on first, and those that expired."""
    found, expired = casework.open_drafts(actor), casework.open_drafts(actor, expired=True)
    st.header("Open drafts", anchor=False)
    if not found and not expired:
        look.empty_state(
            ":material/edit_note:", "No intake is half done", "Find a patient above to begin one.", "drafts"
        )
    for draft in found[:ROWS]:
        _row(actor, draft)
    if len(found) > ROWS:
        with st.expander(f"{len(found) - ROWS} older", key="older-drafts"):
            for draft in found[ROWS:]:
                _row(actor, draft)
    if expired:
        with st.expander(f":orange[{len(expired)} expired: read only until renewed]", key="expired-drafts"):
            for draft in expired:
                _row(actor, draft)


def of_patients(actor: Actor, patient_ids: Iterable[int]) -> Mapping[int, DraftView]:
    """The intakes begun for patients that were found, in one question."""
    return casework.drafts_of(actor, patient_ids)


def told(actor: Actor, draft: DraftView) -> str:
    """One quiet line beside a patient: how far the intake is, whose, since when, until when, who writes it."""
    now = datetime.now(UTC)
    begun = f"begun {words.since(draft.begun_at)} ago"
    last = f", last answer {words.since(draft.answered_at)} ago" if draft.answered_at else ", no answer yet"
    whose = "yours" if draft.owner_id == actor.person_id else f"{plain(draft.owner)}’s"
    until = clinic().day(words.here(draft.kept_until).date())
    if draft.expired:
        kept = f":orange[expired on {until}]"
    elif draft.kept_until - now < WARN_BEFORE:
        kept = f":orange[kept only until {until}]"
    else:
        kept = f"kept until {until}"
    writes = f" · :blue[{_who(actor, draft)} writing now]" if draft.writer is not None else ""
    percent = intake.progress(draft.answers).percent
    return f":small[:gray[{percent} % done · {whose} · {begun}{last} · {kept}]{writes}]"


def way(actor: Actor, draft: DraftView) -> str:
    """What going on with it is called."""
    if draft.expired:
        return "Look"
    return "Open" if draft.writer is not None and draft.writer.person_id != actor.person_id else "Resume"


def _who(actor: Actor, draft: DraftView) -> str:
    assert draft.writer is not None
    return "you are" if draft.writer.person_id == actor.person_id else f"{plain(draft.writer.name)} is"


def _row(actor: Actor, draft: DraftView) -> None:
    with st.container(key=f"draft-{draft.id}", horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(f"**{plain(draft.patient.name)}**  \n{told(actor, draft)}", width="stretch")
        st.page_link(
            rooms.path_to("intake"),
            label=way(actor, draft),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"draft": draft.id},
        )
