"""The second clinician: what a colleague would lower, and whether it may take effect."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.suggestions import RED_FLAG
from dashboard.casework.views import EpisodeFile, LoweringView
from dashboard.ui import door, words
from dashboard.ui.look import plain
from dashboard.ui.panels import judging, naming, opened


def panel(actor: Actor, file: EpisodeFile) -> None:
    """What waits for a second clinician, and how they answer; or that the last one refused."""
    waiting = file.waiting_lowering
    if waiting is None:
        _refused(file)
        return
    with st.container(key="second-clinician", border=True, gap="small"):
        st.markdown(f":material/group: **Waits for a second clinician.** {_asks(file, waiting)}")
        st.caption(f"Until then the episode stays at {_said(waiting.from_urgency)} and on every clinician's worklist.")
        if waiting.asked_by_id == actor.person_id:
            st.caption("You asked; a colleague confirms or refuses. Deciding again withdraws what you asked.")
        elif actor.may(Permission.REVIEW_SIGN):
            _answer(file, actor)


def _asks(file: EpisodeFile, waiting: LoweringView) -> str:
    decided = next(each for each in file.decisions if each.id == waiting.decision_id)
    told = f"{plain(waiting.asked_by)} would lower {_said(waiting.from_urgency)} to {_said(waiting.to_urgency)}"
    after = f"with the step “{plain(naming.step(waiting.step))}”" if waiting.step else "without a step"
    return f"{told}, {after}.  \n{plain(decided.reason)}. {plain(decided.comment)}"


def _answer(file: EpisodeFile, actor: Actor) -> None:
    flags = [each for each in casework.suggestions(file.document) if each.kind == RED_FLAG]
    unread = casework.still_to_open(flags, judging.opened_by(actor, file, flags, judging.SECOND))
    stale, seen = opened.is_stale(file), opened.seen_version(file)
    if unread:
        st.button(
            f"Open the basis of the {'flag' if len(unread) == 1 else f'{len(unread)} flags'} first",
            key="second-open",
            icon=":material/menu_book:",
            width="stretch",
            on_click=judging.open_these,
            args=(file, unread, judging.SECOND),
        )
    for each in flags:
        st.markdown(f":material/flag: **{plain(each.title)}**")
        judging.fold(file, each, judging.SECOND)
    st.button(
        "Confirm: lower it",
        key="second-confirm",
        type="primary",
        icon=":material/done_all:",
        width="stretch",
        disabled=stale or bool(unread),
        on_click=_confirm,
        args=(file, seen),
    )
    with st.popover("Refuse: keep it high", icon=":material/block:", key="second-refusal", width="stretch"):
        judging.reason_field(f"second-reason-{file.episode.id}")
        st.text_input("In your words", key=f"second-comment-{file.episode.id}", max_chars=500)
        st.button("Refuse", key="second-refuse", disabled=stale, on_click=_refuse, args=(file, seen), width="stretch")


def _refused(file: EpisodeFile) -> None:
    last = file.lowerings[-1] if file.lowerings else None
    if last is None or last.state != "refused" or file.episode.state != "awaiting-review":
        return
    tail = f" {plain(last.comment)}" if last.comment else ""
    st.warning(
        f"**{plain(last.second_by)} refused to lower it** at {words.clock(last.settled_at or last.asked_at)[:5]}: "
        f"{plain(last.reason)}.{tail} It stays at {_said(last.from_urgency)} and is to be decided anew.",
        icon=":material/block:",
    )


def _said(code: str) -> str:
    return labels.said(labels.URGENCIES, code)


def _confirm(file: EpisodeFile, seen: int) -> None:
    actor = door.who()
    if actor is not None:
        opened.attempt(file, "Confirmed.", lambda: casework.confirm_lowering(actor, file.episode.id, seen))


def _refuse(file: EpisodeFile, seen: int) -> None:
    actor, reason = door.who(), st.session_state.get(f"second-reason-{file.episode.id}")
    comment = st.session_state.get(f"second-comment-{file.episode.id}") or ""
    if actor is None:
        return
    if reason is None:
        opened.say("warning", "Choose the reason first.")
        return
    said = "Refused; the urgency stays."
    opened.attempt(file, said, lambda: casework.refuse_lowering(actor, file.episode.id, seen, reason, comment))
