"""Finding the patient an intake is about, or registering one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor, Permission
from dashboard.casework.views import DraftView, NewPatient, PatientCard
from dashboard.ui import look, rooms, taking_state, words
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic

FOUND_AT_MOST = 8
REGISTERING = "registering"
"""Session key: the form of a new patient is open."""
_NEEDED = ("given_name", "family_name", "sex_at_birth")
_FIELD_NAMES = {
    "given_name": "Given name",
    "family_name": "Family name",
    "date_of_birth": "Date of birth",
    "sex_at_birth": "Sex recorded at birth",
    "record_number": "Record number",
    "phone": "Telephone",
    "postal_code": "Postal code",
}


def choose(actor: Actor) -> None:
    """The intake page without an intake: whose is it?"""
    look.title("Whose intake is it?", "Find the runner, or register someone new.")
    finder(actor)


def finder(actor: Actor) -> None:
    """Search by name or record number, start or resume the intake of who is found, or register someone new."""
    with st.container(key="finder"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(
                "Find a patient",
                label_visibility="collapsed",
                placeholder="Name or record number",
                icon=":material/search:",
                live="400ms",
                key="find-patient",
                width="stretch",
            )
            st.button("Register a new patient", icon=":material/person_add:", key="register", on_click=_open_form)
        if st.session_state.get(REGISTERING):
            _register(actor)
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


def patient_line(patient: PatientCard) -> str:
    """Name, age, sex and record number on one line."""
    return f"{plain(patient.name)} · {patient.age} years · {words.sex(patient.sex)} · {plain(patient.record_number)}"


def _found(actor: Actor, text: str) -> None:
    found = casework.find_patients(actor, text, limit=FOUND_AT_MOST + 1)
    if not found:
        look.empty_state(
            ":material/person_off:",
            "Nobody of that name or number",
            "Check the spelling, or register a new patient.",
            "nobody",
        )
    for patient in found[:FOUND_AT_MOST]:
        with st.container(key=f"patient-{patient.id}", horizontal=True, wrap=False, vertical_alignment="center"):
            born = clinic().day(patient.date_of_birth)
            st.markdown(
                f"**{plain(patient.name)}**  \n:small[:gray[{patient.age} years, born {born} · "
                f"{words.sex(patient.sex)} · {plain(patient.record_number)}]]",
                width="stretch",
            )
            if st.button("Take the history", key=f"take-{patient.id}", icon=":material/edit_note:"):
                _go(actor, patient.id)
    if len(found) > FOUND_AT_MOST:
        st.caption("More than these fit. Type more of the name.")


def _elsewhere(actor: Actor) -> None:
    """The way to a patient of another site when it cannot wait: for clinicians who do not work at every site."""
    if actor.may(Permission.EMERGENCY_OPEN) and not actor.everywhere:
        st.html(
            '<p class="elsewhere">Not at your sites? '
            '<a class="quiet-link" href="/emergency" target="_self">Emergency access</a></p>'
        )


def _go(actor: Actor, patient_id: int) -> None:
    _close_form()
    draft = casework.open_draft(actor, patient_id)
    taking_state.resume(draft.id)
    st.switch_page(rooms.path_to("intake"), query_params={"draft": draft.id})


def _open_form() -> None:
    st.session_state[REGISTERING] = True


def _close_form() -> None:
    st.session_state.pop(REGISTERING, None)


@st.dialog("Register a new patient", icon=":material/person_add:", width="medium", on_dismiss=_close_form)
def _register(actor: Actor) -> None:
    with st.form("new-patient", border=False):
        typed = _typed(actor)
        pressed = st.form_submit_button("Register and take the history", type="primary", key="new-submit")
    if not pressed and not st.session_state.get("register-anyway"):
        return
    born = words.day_typed(typed.pop("date_of_birth") or "")
    if empty := [_FIELD_NAMES[name] for name in _NEEDED if not typed[name]]:
        st.error(f"Still needed: {', '.join(empty).lower()}.", icon=":material/error:")
    elif born is None:
        st.error(f"The date of birth cannot be read. Write it as {clinic().date_format}.", icon=":material/error:")
    else:
        _try_to_register(actor, NewPatient(**typed, date_of_birth=born))


def _typed(actor: Actor) -> dict[str, Any]:
    """The fields of the form, by the names of `NewPatient`; the date of birth as it was typed."""
    given, family = st.columns(2)
    given_name = given.text_input("Given name", key="new-given", max_chars=100)
    family_name = family.text_input("Family name", key="new-family", max_chars=100)
    born = st.text_input("Date of birth", key="new-born", placeholder=clinic().date_format, max_chars=12)
    labels = {option.code: option.label for option in intake.knowledge().items["sex_at_birth"].options}
    sex = st.segmented_control("Sex recorded at birth", labels, format_func=labels.__getitem__, key="new-sex")
    site = st.selectbox("Site", casework.sites(actor), format_func=lambda each: each.name, key="new-site")
    number, phone, postal_code = st.columns(3)
    return {
        "given_name": given_name.strip(),
        "family_name": family_name.strip(),
        "date_of_birth": born,
        "sex_at_birth": sex,
        "site_id": site.id,
        "record_number": number.text_input("Record number, if there is one", key="new-number"),
        "phone": phone.text_input("Telephone", key="new-phone", type="phone"),
        "postal_code": postal_code.text_input("Postal code, if known", key="new-postal-code", max_chars=20),
    }


def _try_to_register(actor: Actor, new: NewPatient) -> None:
    alike = casework.possible_duplicates(actor, new)
    if alike and not st.session_state.get("register-anyway"):
        _already_here(actor, alike)
        return
    try:
        patient = casework.register_patient(actor, new)
    except casework.BadAnswer as why:
        said = why.message.rstrip(".")
        st.error(f"{_FIELD_NAMES.get(why.item, why.item)} {said}.", icon=":material/error:")
    else:
        _go(actor, patient.id)


def _already_here(actor: Actor, alike: tuple[PatientCard, ...]) -> None:
    st.warning("Someone very like this is registered already. Is it one of these?", icon=":material/group:")
    for patient in alike[:3]:
        if st.button(f"Yes: {patient_line(patient)}", key=f"same-{patient.id}"):
            _go(actor, patient.id)
    st.button("No, register a new patient", key="register-anyway", type="tertiary")
