"""One patient's record: found, seen with its episodes and open intake, and corrected."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from dashboard import casework, dates, intake, labels
from dashboard.access import Actor
from dashboard.casework import correcting, merging
from dashboard.casework.merge_views import PatientRecord
from dashboard.casework.views import DraftView, PatientCard
from dashboard.ui import look, rooms, taking_state, words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming
from dashboard.ui.settings import clinic

PATIENT, OTHER = "patient", "other"
"""What the address says: whose record is open, and which one it is compared with."""
FIELDS = {
    "given_name": "Given name",
    "family_name": "Family name",
    "date_of_birth": "Date of birth",
    "sex_at_birth": "Sex recorded at birth",
    "phone": "Telephone",
    "postal_code": "Postal code",
}
FOUND_AT_MOST = 8
SAID = "patients-said"
"""Session key: what was done, told once on the next run."""
_CORRECTING = "correcting"


def chosen(actor: Actor) -> PatientRecord | None:
    """The record the address names; None when it names none that there is."""
    told()
    number = st.query_params.get(PATIENT, "")
    if not number.isdecimal():
        return None
    try:
        record = merging.patient_identifiers(actor, int(number))
    except casework.NotFound:
        st.error("There is no such patient at your sites.", icon=":material/person_off:")
        return None
    if record.site_id not in actor.site_ids:
        st.error("This record belongs to a site you do not work at.", icon=":material/person_off:")
        return None
    return record


def told() -> None:
    """Say once what was done."""
    if said := st.session_state.pop(SAID, ""):
        st.success(said, icon=":material/check:")


def go(**address: int) -> None:
    """Open another part of this room."""
    st.query_params.from_dict({name: str(value) for name, value in address.items()})


def finder(actor: Actor, key: str = "record", without: int = 0) -> PatientCard | None:
    """Search for a record; the one that was chosen from what was found, in this run only."""
    with st.container(key=f"finder-{key}"):
        text = st.text_input(
            "Find a patient",
            label_visibility="collapsed",
            placeholder="Name, date of birth, telephone or record number",
            icon=":material/search:",
            live="400ms",
            key=f"find-{key}",
        )
    if not text or not text.strip():
        return None
    found = [
        each
        for each in casework.find_patients(actor, text, limit=FOUND_AT_MOST + 2, form=clinic().date_format)
        if each.id != without
    ]
    if not found:
        nobody = (":material/person_off:", "Nobody is found", "Check the spelling, or search by the date of birth.")
        look.empty_state(*nobody, f"nobody-{key}")
    picked = next((each for each in found[:FOUND_AT_MOST] if _row(each, key)), None)
    if len(found) > FOUND_AT_MOST:
        st.caption("More than these fit. Type more of the name.")
    if picked is not None and not without:
        go(patient=picked.id)
        st.rerun()
    return picked


def card_line(patient: PatientCard) -> str:
    """Name, and quietly age, day of birth, sex and number."""
    born = clinic().day(patient.date_of_birth)
    return (
        f"**{plain(patient.name)}**  \n:small[:gray[{patient.age} years, born {born} · "
        f"{words.sex(patient.sex)} · {plain(patient.record_number)}]]"
    )


def _row(patient: PatientCard, key: str) -> bool:
    with st.container(key=f"patient-{key}-{patient.id}", horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(card_line(patient), width="stretch")
        return st.button("Open" if key == "record" else "Compare", key=f"open-{key}-{patient.id}")


def panel(actor: Actor, patient: PatientRecord) -> None:
    """Who this is, what there is about them, and the way to correct it."""
    look.title(plain(patient.name), f"{plain(patient.record_number)} · {plain(patient.site)}")
    if patient.led_from:
        st.info(f"Record {plain(patient.led_from)} was merged into this one.", icon=":material/merge:")
    draft = casework.drafts_of(actor, [patient.id]).get(patient.id)
    with st.container(key="record-facts", border=True):
        markup.show(markup.Html(f'<dl class="story">{_told(patient, _begun(draft))}</dl>'))
        with st.container(horizontal=True, key="record-deeds"):
            if st.button("Correct", icon=":material/edit:", key="correct"):
                st.session_state[_CORRECTING] = patient.id
            says = "Go on with the history" if draft else "Take the history"
            if st.button(says, icon=":material/edit_note:", key="take-history"):
                _take(actor, patient)
            st.button("Another patient", icon=":material/person_search:", key="another-record", on_click=go)
    if st.session_state.get(_CORRECTING) == patient.id:
        _correct(actor, patient)
    _episodes(actor, patient)


def shown(patient: PatientRecord, field: str) -> str:
    """An identifier in words; a dash for none."""
    value = getattr(patient, field)
    if isinstance(value, date):
        return clinic().day(value)
    return (words.sex(value) if field == "sex_at_birth" else str(value)) or "–"


def _begun(draft: DraftView | None) -> str:
    """What there is of an intake being taken; nothing where there is none."""
    if draft is None:
        return ""
    return f"Being taken by {draft.owner}, last saved {words.since(draft.saved_at)} ago"


def _told(patient: PatientRecord, begun: str) -> str:
    rows = [(name, shown(patient, field)) for field, name in FIELDS.items()] + [("Intake", begun)] * bool(begun)
    return "".join(f"<div><dt>{markup.text(name)}</dt><dd>{markup.text(value)}</dd></div>" for name, value in rows)


def _take(actor: Actor, patient: PatientRecord) -> None:
    draft = casework.open_draft(actor, patient.id)
    taking_state.resume(draft.id)
    st.switch_page(rooms.path_to("intake"), query_params={"draft": draft.id})


def _episodes(actor: Actor, patient: PatientRecord) -> None:
    episodes = casework.episodes_of(actor, patient.id)
    st.subheader("Episodes", anchor=False)
    if not episodes:
        st.caption("None yet.")
    for each in episodes:
        with st.container(key=f"episode-{each.id}", horizontal=True, vertical_alignment="center"):
            state = labels.EPISODE_STATES.get(each.state, each.state)
            who = f" · {plain(each.clinician)}" if each.clinician else ""
            st.markdown(
                f"{look.urgency_markdown(each.urgency)} {plain(naming.condition(each.leading_condition))}  \n"
                f":small[:gray[{state} · opened {clinic().day(each.opened_on)}{who}]]",
                width="stretch",
            )
            st.page_link(
                rooms.path_to("episode"),
                label="Open",
                icon=":material/arrow_forward:",
                query_params={"episode": str(each.id)},
            )


def _closed() -> None:
    st.session_state.pop(_CORRECTING, None)


@st.dialog("Correct this record", icon=":material/edit:", width="medium", on_dismiss=_closed)
def _correct(actor: Actor, patient: PatientRecord) -> None:
    with st.form("correct-patient", border=False):
        typed = _typed(patient)
        pressed = st.form_submit_button("Keep the corrections", type="primary", key="correct-submit")
    if not pressed:
        return
    try:
        typed["date_of_birth"] = dates.read(typed["date_of_birth"], clinic().date_format)
        correcting.correct_patient(actor, patient.seen, typed)
    except dates.BadDay as why:
        st.error(str(why), icon=":material/error:")
    except casework.BadAnswer as why:
        st.error(f"{FIELDS.get(why.item, why.item)} {why.message}", icon=":material/error:")
    except (casework.StaleRecord, casework.NotReady) as why:
        st.error(str(why), icon=":material/error:")
    else:
        _closed()
        st.session_state[SAID] = "The record is corrected."
        st.rerun()


def _typed(patient: PatientRecord) -> dict[str, Any]:
    """The fields, filled in as they stand; the day of birth as it is typed."""
    seen = f"{patient.id}-{patient.version}"
    options = {option.code: option.label for option in intake.knowledge().items["sex_at_birth"].options}
    given, family = st.columns(2)
    born, phone, postal = st.columns(3)
    return {
        "given_name": given.text_input("Given name", patient.given_name, 100, key=f"right-given-{seen}").strip(),
        "family_name": family.text_input("Family name", patient.family_name, 100, key=f"right-family-{seen}").strip(),
        "date_of_birth": born.text_input(
            "Date of birth", clinic().day(patient.date_of_birth), key=f"right-born-{seen}", help=clinic().date_format
        ),
        "phone": phone.text_input("Telephone", patient.phone, key=f"right-phone-{seen}").strip(),
        "postal_code": postal.text_input("Postal code", patient.postal_code, key=f"right-postal-{seen}").strip(),
        "sex_at_birth": st.segmented_control(
            "Sex recorded at birth",
            options,
            default=patient.sex_at_birth,
            format_func=options.__getitem__,
            key=f"right-sex-{seen}",
        )
        or patient.sex_at_birth,
    }
