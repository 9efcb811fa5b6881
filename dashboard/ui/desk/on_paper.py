"""The intake on paper: print it, key it in twice, settle what differs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from dashboard import casework, on_paper, printing
from dashboard.access import Actor
from dashboard.casework.keying import PaperView
from dashboard.casework.views import DraftView, PatientCard
from dashboard.on_paper import Difference, form
from dashboard.on_paper.codes import UNREADABLE
from dashboard.ui import door, keying, taking_state, words
from dashboard.ui.look import plain
from dashboard.ui.settings import clinic
from dashboard.ui.taking import Taking

_OPEN, _TOOK = "paper_draft", "paper_took"
"""Session keys: the draft whose form is being keyed in, with the section it was left for; what was taken last."""


def offer(taking: Taking) -> None:
    """In the rail: print the form, or key one in from paper; not while keying, which it would lie upon."""
    if is_open(taking.draft, taking_state.current_section(taking.draft)):
        return
    with st.popover("On paper", icon=":material/description:", key="on-paper", width="stretch"):
        st.caption("For when there is no screen. What was filled in is keyed in twice, and then read once more.")
        edition = st.segmented_control(
            "Which form?", list(form.EDITIONS), default="staff", required=True, format_func=form.EDITIONS.__getitem__,
            key="paper-edition", width="stretch",
        )  # fmt: skip
        named = partial(printed_for, taking.actor, taking.draft, edition)
        _print("Print it for this patient", "print-paper-form", named)
        _print("Print a blank one", "print-blank-form", partial(_printed_blank, edition))
        st.button(
            "Key in from paper",
            icon=":material/keyboard:",
            key="key-from-paper",
            on_click=_enter,
            args=(taking.draft.id, taking_state.current_section(taking.draft)),
            width="stretch",
        )


def is_open(draft: DraftView, here: str) -> bool:
    """Whether this session is keying in that draft's form; turning to another section leaves it."""
    return bool(st.session_state.get(_OPEN) == (draft.id, here))


def room(actor: Actor, draft: DraftView) -> None:
    """In place of the questions: the keying, the comparison, or what became of both."""
    try:
        view = casework.read_keying(actor, draft.id)
    except (casework.NotFound, casework.StaleRecord):
        _leave()
        st.rerun()
    st.header("Keying in from paper", anchor=False)
    with st.container(key="keying-room"):
        if view.taken:
            _taken()
        elif view.turn == 0:
            _comparison(view)
        elif view.open_by:
            _under_way(actor, view)
        else:
            _to_begin(actor, view)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="keying-ways"):
        st.button("Back to the questions", icon=":material/arrow_back:", key="keying-leave", on_click=_leave)
        if view.first_by or view.texts:
            st.button(
                "Begin again with this paper",
                type="tertiary",
                icon=":material/restart_alt:",
                key="keying-drop",
                on_click=_do,
                args=(casework.drop_keying, draft.id),
            )


def _to_begin(actor: Actor, view: PaperView) -> None:
    if view.turn == 1:
        st.write(
            "Two people key the form in, one after the other, without seeing each other's. Then both are compared."
        )
    else:
        st.markdown(f"**{plain(view.first_by)}** has keyed it in. Now it is keyed in once more, blind to that.")
        if view.first_by == actor.name:
            st.markdown(
                ":orange[:material/group: That was you. A colleague notices what one pair of eyes misreads twice.]"
            )
    label = "Begin keying" if view.turn == 1 else "Begin the second keying"
    st.button(
        label,
        type="primary",
        key="keying-begin",
        icon=":material/keyboard:",
        on_click=_do,
        args=(casework.begin_keying, view.draft_id),
    )


def _under_way(actor: Actor, view: PaperView) -> None:
    place = "First keying" if view.turn == 1 else "Second keying, blind to the first"
    by = "" if view.open_by == actor.name else f" · begun by {plain(view.open_by)}"
    st.markdown(
        f"**{place}**{by}  \n:small[:gray[Enter goes on, Shift+Enter back. ?? stands for what cannot be read.]]"
    )
    keying.grid(actor, view)
    st.button(
        "This keying is finished",
        type="primary",
        icon=":material/done_all:",
        key="keying-finish",
        on_click=_do,
        args=(casework.finish_keying, view.draft_id),
    )


def _comparison(view: PaperView) -> None:
    whose = f"{plain(view.first_by)} and {plain(view.second_by)}"
    if view.same_person:
        st.markdown(f":orange[:material/group: **{plain(view.first_by)}** keyed both. Read doubtful lines once more.]")
    else:
        st.markdown(f"Keyed by **{whose}**.")
    if view.differences:
        need = "1 line needs" if len(view.differences) == 1 else f"{len(view.differences)} lines need"
        st.markdown(f":orange[:material/difference: **{need} the paper.**]")
    for each in view.differences:
        _difference(view.draft_id, each)
    st.button(
        f"Take {view.ready} answers into the intake",
        type="primary",
        icon=":material/move_to_inbox:",
        key="keying-take",
        disabled=bool(view.differences) or not view.ready,
        on_click=_take,
        args=(view.draft_id,),
    )


def _difference(draft_id: str, each: Difference) -> None:
    item = each.line.item.id
    with st.container(key=f"differs-{item}", border=True, gap="xsmall"):
        st.markdown(f"**{each.line.number}** {plain(each.line.item.wording)}  \n:small[:orange[{plain(each.why)}]]")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for place, text in enumerate(each.texts):
                if (meaning := _meaning(each, text)) is None:
                    st.markdown(f":gray[{plain(text)}]", width="content")
                    continue
                st.button(
                    meaning,
                    key=f"settle-{item}-{place}",
                    on_click=_settle,
                    args=(draft_id, item, text),
                )
            typed = st.text_input("On the paper it says", key=f"settle-{item}", placeholder=keying.hint(each.line)[:60])
            st.button("Keep this", key=f"settle-{item}-typed", on_click=_settle, args=(draft_id, item, typed))
        if refused := st.session_state.get(_refused_key(item)):
            st.markdown(f":red[:material/error: {plain(refused)}]")


def _meaning(each: Difference, text: str) -> str | None:
    """What was typed and what it means; None when it cannot be what the paper says."""
    if not text:
        return "Blank"
    item = each.line.item
    try:
        accepted = on_paper.keyed(each.line, text, clinic().unit_for((*item.units, item.unit or "")) or item.unit)
    except casework.BadAnswer:
        return None
    if accepted.answer is None:
        return "Leave it out" if text == UNREADABLE else None
    meant = plain(words.answer(item, accepted.answer, accepted.entered))
    return meant if meant.casefold() == text.casefold() else f"**{plain(text)}** {meant}"


def _taken() -> None:
    took: tuple[int, dict[str, str]] = st.session_state.get(_TOOK, (0, {}))
    st.success(
        f"{took[0]} answers are in the intake now." if took[0] else "The answers of this form are in the intake.",
        icon=":material/check_circle:",
    )
    for item, why in took[1].items():
        st.markdown(f":red[:material/error: **{on_paper.number_of(item)}** {plain(why)}]")


def _print(label: str, key: str, made: object) -> None:
    st.download_button(
        label,
        made,  # type: ignore[arg-type]
        file_name="intake-on-paper.pdf",
        mime="application/pdf",
        icon=":material/print:",
        key=key,
        on_click="ignore",
        width="stretch",
    )


def printed_for(actor: Actor, draft: DraftView, edition: str) -> bytes:
    """The form with the patient's particulars on it; nothing is printed unnoted."""
    casework.note_paper_form(actor, draft.id, edition)
    return printing.printed(form.TEMPLATE, form.content(clinic(), _who(draft.patient), edition), datetime.now(UTC))


def _printed_blank(edition: str) -> bytes:
    return printing.printed(form.TEMPLATE, form.content(clinic(), edition=edition), datetime.now(UTC))


def _who(patient: PatientCard) -> list[str]:
    return [patient.name, clinic().day(patient.date_of_birth), patient.record_number]


def _enter(draft_id: str, here: str) -> None:
    st.session_state[_OPEN] = (draft_id, here)


def _leave() -> None:
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_TOOK, None)


def _do(deed: object, draft_id: str) -> None:
    actor = door.who()
    if actor is None:
        return
    try:
        deed(actor, draft_id)  # type: ignore[operator]
    except (casework.NotReady, casework.StaleRecord) as why:
        st.toast(plain(str(why)), icon=":material/info:")


def _settle(draft_id: str, item: str, text: str) -> None:
    actor = door.who()
    if actor is None:
        return
    st.session_state.pop(_refused_key(item), None)
    try:
        casework.settle_keyed(actor, draft_id, item, text)
    except casework.BadAnswer as why:
        st.session_state[_refused_key(item)] = f"{why.message[:1].upper()}{why.message[1:]}"


def _take(draft_id: str) -> None:
    actor = door.who()
    if actor is None:
        return
    with st.spinner("Putting the answers into the intake …"):
        took = casework.take_from_paper(actor, draft_id)
    st.session_state[_TOOK] = (len(took.kept), dict(took.refused))


def _refused_key(item: str) -> str:
    return f"paper-refused-{item}"
