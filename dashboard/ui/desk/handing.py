"""Handing the tablet to the patient, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework import handing_over
from dashboard.casework.handing_over import HandoverView, PatientAnswer
from dashboard.entry import DETAIL
from dashboard.ui import banner, door, look, rooms, words
from dashboard.ui.cached import document_of
from dashboard.ui.look import plain
from dashboard.ui.taking import Taking
from dashboard.ui.taking_state import go_to_item

LOOK_EVERY = "5s"
"""How often the desk asks what a patient answered meanwhile: a red flag is on its screen within that time."""
FEW = 6
"""Answers up to which they are listed without being asked for."""
_SHOWN, _BESIDES = "patient_answers_shown", "patient_answers_besides"
_NOTED = {"en": "English", "es": "Spanish"}


def offer(taking: Taking, section_id: str) -> None:
    """In a section that the patient can fill in alone: the way to hand the tablet over."""
    with st.container(key="tablet-offer"):  # always there, so that what follows keeps its place
        if any(view.in_hands for view in taking.handovers):
            return
        left = handing_over.askable_sections(taking.draft.answers).get(section_id, ())
        asked = [item for item in left if item in taking.visible]
        if asked:
            where = "/hand-over?" + urlencode({"draft": taking.draft.id, "section": section_id})
            number = f"{len(asked)} question{'s' * (len(asked) > 1)}"
            st.html(
                f'<a class="quiet-link" id="hand-the-tablet-over" href="{where}" target="_self">'
                f"Hand the tablet to the patient for {number} of this section</a>"
            )


def besides(taking: Taking) -> Mapping[str, Any]:
    """The patient's own answers that count for red flags before anybody has looked at them.

    Where one contradicts the desk, it counts only when it takes no flag away: adding never lowers.
    """
    waiting = {each.item: each for view in taking.handovers for each in view.waiting if each.answer is not None}
    if not waiting:
        return {}
    key = (dict(taking.draft.answers), {item: each.answer for item, each in waiting.items()})
    kept = st.session_state.get(_BESIDES)
    if kept is None or kept[0] != key:
        kept = st.session_state[_BESIDES] = (key, _counting(taking.draft.answers, waiting))
    found: Mapping[str, Any] = kept[1]
    return found


def returned(taking: Taking) -> None:
    """Above the questions: answers the patient gave, waiting to be looked over."""
    with st.container(key="from-the-patient", gap="small"):
        for view in taking.handovers:
            if view.in_hands:
                _out(view)
            if view.waiting:
                _came_back(taking, view)


def queue(actor: Actor) -> None:
    """On the page of today: what patients filled in and nobody has looked over yet."""
    _queue(actor.sign_in)


def take_everything(actor: Actor, draft_id: str) -> bool:
    """In an emergency nothing waits: the tablet is taken back, and what contradicts nothing is taken over.

    Whether anything was; the intake then has another version than the page that is open.
    """
    taken = False
    for view in handing_over.handovers_of(actor, draft_id):
        if view.in_hands and view.waiting:
            view = handing_over.take_back(actor, view.id)
        if any(each.agrees for each in view.waiting):
            handing_over.accept_patient_answers(actor, view.id)
            taken = True
    return taken


def _counting(answers: Mapping[str, Any], waiting: Mapping[str, PatientAnswer]) -> Mapping[str, Any]:
    counting = {item: each.answer for item, each in waiting.items() if each.agrees}
    for item, each in waiting.items():
        if not each.agrees:
            with_it = {**counting, item: each.answer}
            if _fired({**answers, **counting}) <= _fired({**answers, **with_it}):
                counting = with_it
    return counting


def _fired(answers: Mapping[str, Any]) -> set[str]:
    return {flag["id"] for flag in intake.preview(answers)["red_flags"]}


def _out(view: HandoverView) -> None:
    """The patient has it: since when, how far, and the way to take it back from here."""
    touched = max(0, int((datetime.now(UTC) - view.seen_at).total_seconds() // 60))
    asked = " It asks them to hand it back now." if view.asked_back else ""
    idle = " Nobody touches it: its page is cleared." if view.state == "wiped" else ""
    with st.container(key=f"tablet-out-{view.id}", horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            f":material/tablet: **The patient has the tablet** ({_NOTED[view.language]}) since "
            f"{words.clock(view.begun_at)}: {len(view.waiting)} answered, last touched {touched} min ago.{asked}{idle}",
            width="stretch",
        )
        st.button(
            "Take it back from here",
            key=f"take-back-{view.id}",
            help="The sign-in on the tablet ends; what was answered is kept.",
            on_click=_quietly,
            args=(lambda actor: handing_over.take_back(actor, view.id),),
        )
    _watch(view.draft_id, _signature(view))


@st.fragment(run_every=LOOK_EVERY, key="patient-has-tablet")
def _watch(draft_id: str, seen: tuple[Any, ...]) -> None:
    """Look again and again what the patient answered; the whole page is drawn anew when there is news."""
    actor = door.at_hand()
    if actor is None:
        return
    with suppress(casework.NotFound, casework.Forbidden):
        now = [view for view in handing_over.handovers_of(actor, draft_id) if view.in_hands]
        if [_signature(view) for view in now] != [seen]:
            st.rerun()


def _signature(view: HandoverView) -> tuple[Any, ...]:
    told = tuple((each.item, str(each.answer), each.declined, each.typed) for each in view.waiting)
    return (view.id, view.state, view.asked_back, view.alarms, told)


def _came_back(taking: Taking, view: HandoverView) -> None:
    waiting, agreeing = view.waiting, [each for each in view.waiting if each.agrees]
    _taken_back_alarms(taking, view)
    if view.in_hands:
        return
    number = f"{len(waiting)} answer{'s' * (len(waiting) > 1)} from the patient"
    with st.container(key=f"came-back-{view.id}", border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"came-back-head-{view.id}"):
            st.markdown(
                f":material/reviews: **{number} await{'s' * (len(waiting) == 1)} a look.** "
                "Until then they do not count, but for red flags.",
                width="stretch",
            )
            if agreeing:
                all_of_them = "Accept all" if len(agreeing) == len(waiting) else f"Accept the {len(agreeing)} that fit"
                st.button(
                    all_of_them,
                    key=f"accept-all-{view.id}",
                    type="primary",
                    icon=":material/done_all:",
                    help="Every one that contradicts nothing the intake says.",
                    on_click=_quietly,
                    args=(lambda actor: handing_over.accept_patient_answers(actor, view.id),),
                )
        if len(waiting) <= FEW or _is_shown(view, len(waiting)):
            for each in waiting:
                _waiting(view, each)


def _is_shown(view: HandoverView, number: int) -> bool:
    key = f"{_SHOWN}.{view.id}"
    return st.toggle(f"Look at each of the {number}", key=key)


def _taken_back_alarms(taking: Taking, view: HandoverView) -> None:
    """A flag that an answer fired and that the answer was changed away from again: it has to be asked about."""
    counted = {flag["id"] for flag in document_of({**taking.draft.answers, **besides(taking)})["red_flags"]}
    titles = {flag.id: flag.title for flag in intake.knowledge().red_flags}
    for flag, urgency in ((flag, urgency) for flag, urgency in view.alarms if flag not in counted and flag in titles):
        changed = [each for each in view.waiting if each.changed_from]
        named = "; ".join(
            f"{plain(_asked(each.item))} first {_told(each.item, each.changed_from[0])}" for each in changed
        )
        banner.box(
            urgency,
            f"taken-back-{flag}",
            f"**On the tablet an answer fired “{plain(titles[flag])}” and was then changed.** Ask the patient. {named}",
        )


def _waiting(view: HandoverView, each: PatientAnswer) -> None:
    """One answer: the question in the desk's words, what the patient said, what stood there before."""
    with st.container(
        key=f"patient-{view.id}-{each.item}", horizontal=True, vertical_alignment="center", gap="small", wrap=True
    ):
        st.markdown(f":gray[{plain(_asked(each.item))}]  \n{_said(each)}", width="stretch")
        if not each.typed:
            accept = "Noted" if each.declined else "Accept"
            st.button(
                accept,
                key=f"accept-{view.id}-{each.item}",
                on_click=_quietly,
                args=(lambda actor: handing_over.accept_patient_answers(actor, view.id, [each.item]),),
            )
        st.button(
            "Ask and edit",
            key=f"edit-{view.id}-{each.item}",
            type="tertiary",
            help="Takes it over where it can be read, and goes to its question.",
            on_click=_edit,
            args=(view.id, each),
        )
        codes = list(handing_over.REASONS)
        chosen = st.menu_button(
            "Reject",
            codes,
            key=f"reject-{view.id}-{each.item}",
            type="tertiary",
            format_func=lambda code: handing_over.REASONS[code],
        )
        if chosen:
            _quietly(lambda actor: handing_over.reject_patient_answer(actor, view.id, each.item, chosen))
            st.rerun()


def _said(each: PatientAnswer) -> str:
    if each.typed:
        now = f":orange[cannot be read: “{plain(each.typed)}”]"
    elif each.declined:
        now = "**does not know, or would rather not say**"
    else:
        now = f"**{_told(each.item, each.answer, each.entered)}**"
    told = [now]
    if each.changed_from:
        told.append(f":gray[first {_told(each.item, each.changed_from[0])}]")
    if not each.agrees and each.before is not None:
        before = _told(each.item, each.before, each.before_entered)
        told.append(f":orange[:material/compare_arrows: the intake says {before}]")
    return " · ".join(told)


def _told(item_id: str, answer: Any, entered: Mapping[str, Any] | None = None) -> str:
    if item_id.endswith(DETAIL):
        return plain(str(answer))
    return plain(words.answer(intake.knowledge().items[item_id], answer, entered))


def _asked(item_id: str) -> str:
    try:
        return intake.question(item_id).wording
    except casework.BadAnswer:
        return item_id


def _edit(handover_id: int, each: PatientAnswer) -> None:
    """Go to the question with the patient's answer in it; one that cannot be read is left out."""
    if each.typed:
        _quietly(lambda actor: handing_over.reject_patient_answer(actor, handover_id, each.item, "misunderstood"))
    else:
        _quietly(lambda actor: handing_over.accept_patient_answers(actor, handover_id, [each.item]))
    go_to_item(each.item.removesuffix(DETAIL))


def _quietly(deed: Callable[[Actor], object]) -> None:
    """Do it for whoever is signed in; what somebody else did meanwhile shows when the page is drawn again."""
    actor = door.who()
    if actor is not None:
        with suppress(casework.NotReady, casework.StaleRecord, casework.NotFound, casework.BadAnswer):
            deed(actor)


@st.fragment(run_every="10s", key="tablets-queue")
def _queue(sign_in: str) -> None:
    actor = door.at_hand()
    if actor is None or actor.sign_in != sign_in:
        return
    found = handing_over.handed_over(actor)
    with st.container(key="tablets"):
        if not found:
            return
        st.header("From patients", anchor=False)
        for view in found:
            _queued(view)


def _queued(view: HandoverView) -> None:
    number = len(view.waiting)
    answers = f"{number} answer{'s' * (number != 1)}"
    told = f"has the tablet · {answers} so far" if view.in_hands else f"{answers} to look over"
    chip = f"{look.urgency_markdown(view.urgency)}  \n" if view.alarms else ""
    with st.container(key=f"tablet-{view.id}", horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(f"{chip}**{plain(view.patient_name)}**  \n:small[:gray[{told}]]", width="stretch")
        st.page_link(
            rooms.path_to("intake"),
            label="Open",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"draft": view.draft_id},
        )
