"""What the episode turned out to be: recorded later, and set beside what had been suggested."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import DiagnosisView, EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui import door, words
from dashboard.ui.look import plain
from dashboard.ui.panels import naming, opened
from dashboard.ui.settings import clinic

NONE = "none-of-these"


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The confirmed diagnosis beside the suggestion, and for clinicians a way to record or correct it."""
    st.header("What it turned out to be", anchor=False)
    if file.diagnosis:
        _told(file.diagnosis)
    else:
        st.caption("Not known yet. Recorded here, it tells how good the suggestions are.")
    if not actor.may(Permission.DIAGNOSIS_WRITE):
        return
    if not file.decisions:
        st.caption("Sign the suggestions first: a diagnosis is compared with what was signed.")
    elif file.diagnosis is None:
        _form(file)
    else:
        with st.popover("Correct it", icon=":material/edit:", type="tertiary", key="diagnosis-correct"):
            _form(file)


def _told(found: DiagnosisView) -> None:
    """Diagnosis and suggestion side by side, in words."""
    what = naming.condition(found.condition) if found.condition else f"None of these: {found.words}"
    how = casework.HOW[found.how].lower()
    when = clinic().day(found.confirmed_on)
    with st.container(key="diagnosis", border=True, gap="xsmall"):
        st.markdown(f"**{plain(what)}**  \n:gray[by {plain(how)}, {when}; recorded by {plain(found.recorded_by)}]")
        if found.condition and found.words:
            st.caption(plain(found.words))
        st.markdown(_compared(found))


def _compared(found: DiagnosisView) -> str:
    """What had been suggested of it, such as "It had led the list, as likely"."""
    tail = f" :small[:gray[(assessment under knowledge {plain(found.knowledge_version)})]]"
    leader = plain(naming.condition(found.leader))
    if found.condition is None:
        return f":material/compare_arrows: Suggested first was {leader}.{tail}"
    if found.place is None:
        return f":material/compare_arrows: It was not among what was weighed; first was {leader}.{tail}"
    band = labels.said(labels.BANDS, found.band).lower()
    if found.place == 1:
        return f":material/done_all: It had been suggested first, as {band}.{tail}"
    return f":material/compare_arrows: It had stood in place {found.place}, as {band}; first was {leader}.{tail}"


def _form(file: EpisodeFile) -> None:
    found, version = file.diagnosis, file.diagnosis.version if file.diagnosis else 0
    conditions = sorted((c.id for c in knowledge().conditions.values() if c.kind == "condition"), key=naming.condition)
    options = [*conditions, NONE]
    now = (found.condition or NONE) if found else None
    with st.container(key="diagnosis-form", gap="small"):
        chosen = st.selectbox(
            "Diagnosis",
            options,
            index=options.index(now) if now in options else None,
            format_func=lambda code: "None of these" if code == NONE else naming.condition(code),
            placeholder="Choose what it was",
            key=key(file, version, "condition"),
        )
        ways = list(casework.HOW)
        st.selectbox(
            "Confirmed by",
            ways,
            index=ways.index(found.how) if found else None,
            format_func=casework.HOW.__getitem__,
            placeholder="Choose how it was confirmed",
            key=key(file, version, "how"),
        )
        st.date_input(
            "Confirmed on",
            value=found.confirmed_on if found else "today",
            min_value=file.episode.opened_on,
            max_value=_today(),
            key=key(file, version, "day"),
            format=words.date_field(),
        )
        st.text_input(
            "What it was, in words" if chosen == NONE else "In words, if there is more to say",
            value=found.words if found else "",
            key=key(file, version, "words"),
            max_chars=500,
        )
        st.button(
            "Record the diagnosis" if found is None else "Save the correction",
            type="primary",
            icon=":material/fact_check:",
            key="record-diagnosis",
            on_click=_keep,
            args=(file, version),
        )


def key(file: EpisodeFile, version: int, field: str) -> str:
    """The widget key of a field; a correction begins from what is on record."""
    return f"diagnosis-{file.episode.id}-{version}-{field}"


def _today() -> date:
    return words.here(datetime.now(UTC)).date()


def _keep(file: EpisodeFile, version: int) -> None:
    """Recording, as the button's callback: who records is asked anew."""
    actor = door.who()
    told: dict[str, Any] = {
        name: st.session_state.get(key(file, version, name)) for name in ("condition", "how", "day", "words")
    }
    if actor is None:
        return
    if told["condition"] is None or told["how"] is None:
        opened.say("warning", "Choose what it was and how it was confirmed first.")
        return
    condition = None if told["condition"] == NONE else told["condition"]
    opened.attempt(
        file,
        "Diagnosis recorded.",
        lambda: casework.record_diagnosis(
            actor, file.episode.id, version or None, condition, told["how"], told["day"], told["words"] or ""
        ),
    )
