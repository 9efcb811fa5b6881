"""Finding the patient an intake is about."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission
from dashboard.casework.views import DraftView, PatientCard
from dashboard.ui import finder_keys, look, registering, rooms, taking_state
from dashboard.ui.desk import open_drafts
from dashboard.ui.look import plain
from dashboard.ui.patient_lines import facts, patient_line
from dashboard.ui.settings import clinic

FOUND_AT_MOST = 8
_FOUND_BY = {
    "phone": "telephone {phone}",
    "swapped": "born {born}: day and month the other way round",
    "merged": "registered twice: this is the record that stands",
}
"""Why somebody is in the list, where the list itself does not show it."""


def choose(actor: Actor) -> None:
    """The intake page without an intake: whose is it?"""
    look.title("Whose intake is it?", "Find the runner, or register someone new.")
    finder(actor)


def finder(actor: Actor) -> None:
    """Search as one types, start or resume the intake of who is found, or register someone new."""
    with st.container(key="finder"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(
                "Find a patient",
                label_visibility="collapsed",
                placeholder="Name, date of birth, telephone or record number",
                icon=":material/search:",
                live="400ms",
                key="find-patient",
                width="stretch",
            )
            begin = registering.begin
            st.button("Register a new patient", icon=":material/person_add:", key="register", on_click=begin)
        finder_keys.hear()
        if registering.is_open():
            registering.form(actor, _go)
        if text and text.strip():
            _found(actor, text)
            _elsewhere(actor)


def offer_restoring(actor: Actor, draft: DraftView) -> None:
    """What stands in the place of an intake that was put aside."""
    look.title("This intake was put aside", patient_line(draft.patient))
    st.write("Its answers are kept. Nothing of it is in the worklist.")
    if st.button("Take it up again", type="primary", icon=":material/undo:", key="restore"):
        try:
            casework.restore_draft(actor, draft.id, draft.version)
        except casework.StaleRecord:
            st.error("Another intake of this patient was begun meanwhile. Open that one instead.")
        else:
            st.rerun()
    st.button("Another patient", icon=":material/person_search:", key="another", on_click=taking_state.leave)


def _found(actor: Actor, text: str) -> None:
    found = casework.find_patients(actor, text, limit=FOUND_AT_MOST + 1, form=clinic().date_format)
    if not found:
        look.empty_state(
            ":material/person_off:",
            "Nobody of that name or number",
            "Type a little more or check the spelling, or register a new patient: what you typed goes into the form.",
            "nobody",
        )
    drafts = open_drafts.of_patients(actor, [patient.id for patient in found[:FOUND_AT_MOST]])
    for patient in found[:FOUND_AT_MOST]:
        draft = drafts.get(patient.id)
        begun = f"  \n{open_drafts.told(actor, draft)}" if draft else ""
        label = open_drafts.way(actor, draft) if draft else "Take the history"
        with st.container(key=f"patient-{patient.id}", horizontal=True, wrap=False, vertical_alignment="center"):
            st.markdown(
                f"**{plain(patient.name)}**{_why(patient)}  \n:small[:gray[{facts(patient)}]]{begun}",
                width="stretch",
            )
            if st.button(label, key=f"take-{patient.id}", icon=":material/edit_note:"):
                _go(actor, patient.id)
    if len(found) > FOUND_AT_MOST:
        st.caption("More than these fit. Type more of the name, or the date of birth.")
    elif found:
        st.caption("↓ and ↑ go through the list, Enter takes the history.")


def _why(patient: PatientCard) -> str:
    """What somebody was found by, behind the name, unless it is the name, the number or the day that stand there."""
    if patient.found_by in ("", "name", "number", "born"):
        return ""
    told = _FOUND_BY.get(patient.found_by, patient.found_by)
    filled = told.format(phone=_end_of(patient.phone), born=clinic().day(patient.date_of_birth))
    return f"  :small[:primary[{plain(filled)}]]"


def _end_of(phone: str) -> str:
    digits = [sign for sign in phone if sign.isdigit()]
    return f"… {''.join(digits[-4:])}"


def _elsewhere(actor: Actor) -> None:
    """The way to a patient of another site when it cannot wait: for clinicians who do not work at every site."""
    if actor.may(Permission.EMERGENCY_OPEN) and not actor.everywhere:
        st.html(
            '<p class="elsewhere">Not at your sites? '
            '<a class="quiet-link" href="/emergency" target="_self">Emergency access</a></p>'
        )


def _go(actor: Actor, patient_id: int) -> None:
    registering.close()
    draft = casework.open_draft(actor, patient_id)
    taking_state.resume(draft.id)
    st.switch_page(rooms.path_to("intake"), query_params={"draft": draft.id})
