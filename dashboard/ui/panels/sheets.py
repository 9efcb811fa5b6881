"""Buttons that make a sheet when they are pressed, and keep in the trail that somebody took it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from dashboard import casework, decided, decision_sheet, printing, summary_sheet
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.printing import Content
from dashboard.ui import words
from dashboard.ui.settings import clinic

LABELS = {
    "return-to-run": "Print the runner's plan",
    "shared-decision": "Print the shared-decision sheet",
    "assessment": "Print the assessment summary",
}


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The sheets about this episode that are not made elsewhere."""
    st.header("Sheets", anchor=False)
    if not actor.may(Permission.PATIENT_READ):
        return
    _assessment(actor, file)
    _shared_decision(actor, file)


def _assessment(actor: Actor, file: EpisodeFile) -> None:
    st.caption("For the record: what was told, what was suggested and on what basis, what was decided.")
    known, unit = knowledge(), clinic().distance_unit
    zone = words.here(datetime.now(UTC)).tzinfo  # asked now: when the button is pressed there is no browser to ask
    summary = partial(summary_sheet.content, known, file, clinic().day, lambda at: at.astimezone(zone), unit)
    episode_sheet(actor, file, "assessment", summary)


def _shared_decision(actor: Actor, file: EpisodeFile) -> None:
    condition = decided.condition(file)
    if condition is None or condition not in knowledge().conditions:
        st.caption("The patient's sheet on the choices follows the condition a clinician signs. Decide first.")
    elif file.episode.urgency != "routine":
        st.caption("A red flag is open: it is acted on before choices are talked over.")
    else:
        st.caption("For the patient: what it probably is, the choices and how sure anyone is, the negative trials too.")
        today = words.here(datetime.now(UTC)).date()
        whose = (clinic().day, today, file.patient.name, decided.clinician(file))
        choices = partial(decision_sheet.content, knowledge(), condition, file.document, file.episode.step, *whose)
        episode_sheet(actor, file, "shared-decision", choices)


def episode_sheet(actor: Actor, file: EpisodeFile, sheet: str, content: Callable[[], Content]) -> None:
    """A sheet about one patient, for who may read the patient; made, and noted, only when it is pressed."""
    if not actor.may(Permission.PATIENT_READ):
        return
    st.download_button(
        LABELS[sheet],
        lambda: made_for(actor, file, sheet, content),
        file_name=f"{sheet}-episode-{file.episode.id}.pdf",
        mime="application/pdf",
        icon=":material/print:",
        key=f"print-{sheet}",
        on_click="ignore",
    )


def made_for(actor: Actor, file: EpisodeFile, sheet: str, content: Callable[[], Content]) -> bytes:
    """The PDF of a sheet about one patient, its audit event left first: nothing is printed unnoted."""
    casework.note_sheet(actor, file.episode.id, sheet, knowledge().sha256)
    return printing.printed(sheet.replace("-", "_"), content(), datetime.now(UTC))


def source_card(actor: Actor, content: Callable[[], Content]) -> None:
    """The knowledge's source card."""
    sha256 = knowledge().sha256
    st.download_button(
        "Download PDF",
        lambda: card_made(actor, sha256, content),
        file_name=f"source-card-{sha256[:12]}.pdf",
        mime="application/pdf",
        icon=":material/print:",
        key="print-source-card",
        on_click="ignore",
    )


def card_made(actor: Actor, sha256: str, content: Callable[[], Content]) -> bytes:
    """The PDF of the source card, noted first."""
    casework.note_source_card(actor, sha256)
    return printing.printed("source_card", content(), datetime.now(UTC))
