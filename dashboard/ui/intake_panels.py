"""The parts of the intake screen around its questions: header, section rail, review, and what happens after."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, intake
from dashboard.casework.views import PatientCard
from dashboard.intake import SectionProgress
from dashboard.ui import banner, door, forms, look, taking_state, words
from dashboard.ui.desk import handing, lease, minutes, on_paper, putting_aside, stop, unchanged, undoing
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking
from dashboard.ui.taking_state import REVIEW, go_to, go_to_item

ASK_AT_MOST = 4
_JUST_READ = "draft_just_read"
"""Session key: when the draft was last saved, as the page that is being drawn has just read it."""


def header(taking: Taking) -> None:
    """Who the intake is about, how far it is, and when it was last saved."""
    patient = taking.draft.patient
    forms.style()
    with st.container(key="intake-header", horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width="stretch", gap=None):
            look.title(plain(patient.name))
            st.caption(patient_line(patient))
        with st.container(width="content", gap=None, key="intake-status"):
            st.markdown(f"**{taking.progress.percent} %** of the required questions")
            st.session_state[_JUST_READ] = taking.draft.saved_at
            _saved(taking.draft.id)
            minutes.left(taking)
            lease.line(taking)
            undoing.offer(taking)
        st.button(
            "Another patient",
            type="tertiary",
            icon=":material/person_search:",
            key="another-patient",
            on_click=taking_state.leave,
        )
    st.progress(taking.progress.percent / 100)


def alarms(taking: Taking, here: str) -> None:
    """The red flags that fired, and on the last screen every question to ask before the patient leaves."""
    lease.banner(taking)
    stop.banner(taking, here, handing.besides(taking))
    putting_aside.refused(taking)
    handing.returned(taking)
    if here == REVIEW:
        banner.ask_before_leaving(taking.document, taking.draft.answers, go_to_item)


def patient_line(patient: PatientCard) -> str:
    """Age, sex and record number on one quiet line."""
    sex = next(
        (o.label for o in intake.knowledge().items["sex_at_birth"].options if o.code == patient.sex), patient.sex
    )
    return f"{patient.age} years · {sex} · {plain(patient.record_number)}"


@st.fragment(run_every="30s", key="heartbeat")
def _saved(draft_id: str) -> None:
    """When the server last kept something. Its timer also makes the browser pick up again after a lost connection."""
    saved = st.session_state.pop(_JUST_READ, None)  # there when the page drew it, gone when only the timer did
    if saved is None:
        actor = door.who()
        if actor is None:
            st.caption(":material/lock: Signed out. Choose who you are to go on.")
            return
        try:
            draft = lease.beat(actor, draft_id)
        except (casework.NotFound, casework.Forbidden):
            return
        if lease.is_news(draft):
            st.rerun()
        saved = draft.saved_at
    st.caption(f":material/cloud_done: Saved {words.moment(saved, seconds=True)}")


def rail(taking: Taking, here: str) -> None:
    """Every section with how much of it is done, a tick when nothing required is left, a mark where a flag fired."""
    flagged = {
        intake.knowledge().items[item].section
        for flag in taking.document["red_flags"]
        for item in flag["because"]
        if item in intake.knowledge().items
    }
    with st.container(key="rail", gap=None):
        for each, letter in zip(taking.progress.sections, intake.asked_sections(), strict=True):
            _rail_entry(each, letter.letter, here == each.id, each.id in flagged)
        left = sum(len(missing) for missing in taking.progress.missing.values())
        label = f"**Review and submit**  \n:small[:gray[{_left(left, taking.document['urgency'])}]]"
        st.button(
            label,
            key="rail-review",
            icon=":material/task_alt:",
            type="secondary" if here == REVIEW else "tertiary",
            width="stretch",
            on_click=go_to,
            args=(REVIEW,),
        )
    if here != REVIEW:
        minutes.keys(taking)
        on_paper.offer(taking)
        banner.ask_before_leaving(taking.document, taking.draft.answers, go_to_item, at_most=ASK_AT_MOST)


def _left(number: int, urgency: str) -> str:
    if urgency == stop.EMERGENCY:
        return "nothing else required now"
    return f"{number} required left" if number else "nothing missing"


def _rail_entry(each: SectionProgress, letter: str, is_here: bool, is_flagged: bool) -> None:
    done = not each.missing and each.done > 0
    icon = ":material/check_circle:" if done else ":material/radio_button_unchecked:"
    flag = " :red[:material/flag:]" if is_flagged else ""
    count = _count(each)
    st.button(
        f"**{letter}  {plain(each.title)}**{flag}  \n:small[:gray[{count}]]",
        key=f"rail-{each.id}",
        icon=icon,
        type="secondary" if is_here else "tertiary",
        width="stretch",
        on_click=go_to,
        args=(each.id,),
    )


def _count(each: SectionProgress) -> str:
    if not each.total:
        return "nothing to ask"
    return f"{each.required_done} of {each.required} required" if each.required else f"{each.done} of {each.total}"


def section(taking: Taking, section_id: str) -> None:
    """One section: its title and help, its questions, and the way on."""
    if stop.holds(taking, section_id):
        return
    sections = intake.asked_sections()
    place = next(number for number, each in enumerate(sections) if each.id == section_id)
    each = sections[place]
    st.header(f"{each.letter}  {plain(each.title)}", anchor=False)
    if each.help:
        st.markdown(f":gray[:material/info: {plain(each.help)}]")
    if any(item.sensitive for item in intake.knowledge().items_of(each.id)):
        st.caption(":material/lock: Questions with a lock may be answered in private: offer the tablet or the screen.")
    unchanged.offer(taking, each.id)
    handing.offer(taking, each.id)
    forms.section(taking, each)
    before = sections[place - 1].id if place else None
    after = sections[place + 1] if place + 1 < len(sections) else None
    _ways(before, after.id if after else REVIEW, f"Next: {after.title}" if after else "Review and submit")


def _ways(before: str | None, after: str, onward: str) -> None:
    with st.container(key="ways", horizontal=True, horizontal_alignment="distribute"):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            key="previous-section",
            disabled=before is None,
            on_click=go_to,
            args=(before,),
        )
        st.button(
            plain(onward),
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            key="next-section",
            on_click=go_to,
            args=(after,),
        )
