"""The clinician's decision: each suggestion accepted, changed or rejected, and one signature for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework import Line, Suggestion
from dashboard.casework.views import EpisodeFile, Signed
from dashboard.ui import door, look, words
from dashboard.ui.look import plain
from dashboard.ui.panels import history, judging, markup, opened, second
from dashboard.ui.panels.judging import key
from dashboard.ui.settings import clinic

KEEP, LOWER = "keep", "lower"

ABROAD = "Opened in an emergency: read, examine and refer. Signing stays with the site that looks after the patient."


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The form to decide and sign; what was decided already; what waits for a colleague; or who may sign."""
    st.header("Decision", anchor=False)
    signed = [each for each in file.decisions if each.assessment_id == file.assessment_id]
    if signed and file.episode.state != "awaiting-review":
        last = signed[-1]
        when = clinic().day(words.here(last.signed_at).date())
        st.success(
            f"{labels.VERDICTS[last.verdict]} by {plain(last.signed_by)}, {when}.",
            icon=":material/verified:",
        )
        if last.lines:
            markup.show(markup.bullets(f"{history.kind_of(each)}: {history.told_of(each)}" for each in last.lines))
    second.panel(actor, file)
    if file.episode.state == "closed":
        st.caption("This episode is closed; the patient's next intake opens a new one.")
    elif actor.only is not None:
        st.caption(f":material/emergency: {ABROAD}")
    elif not actor.may(Permission.REVIEW_SIGN):
        st.caption(":material/lock: A clinician decides and signs. You can read everything and record outcomes.")
    elif _to_decide(file) or judging.begun(file) or st.toggle("Decide again", key=key(file, "again")):
        _form(actor, file)


def _to_decide(file: EpisodeFile) -> bool:
    """Whether somebody has to decide now: not yet signed, or a second clinician refused what was."""
    return file.episode.state == "awaiting-review" and file.waiting_lowering is None


def _form(actor: Actor, file: EpisodeFile) -> None:
    # No st.form: which fields there are depends on the verdicts, and what is typed must survive a refusal.
    made = casework.suggestions(file.document)
    known = judging.opened_by(actor, file, made)
    unread = casework.still_to_open(made, known)
    with st.container(key="decision", gap="small"):
        _to_open(file, unread)
        for each in made:
            judging.row(file, each, each.key in known)
        if not unread:
            _accept_all(file)
        _urgency(file)
        st.text_area(
            "Comment",
            key=key(file, "comment"),
            persist_state="page",
            height=88,
            placeholder="For colleagues reading this episode",
        )
        _warning(file)
        _sign_button(file, unread)


def _to_open(file: EpisodeFile, unread: Sequence[Suggestion]) -> None:
    """What is still to be opened before signing, with the press that opens it."""
    if unread:
        named = ", ".join(plain(each.title) for each in unread)
        st.caption(f"To sign, first open what each suggestion rests on. Still to open: {named}.")
        st.button(
            "Open the basis" if len(unread) == 1 else f"Open the basis of all {len(unread)}",
            key="open-basis",
            icon=":material/menu_book:",
            width="stretch",
            on_click=judging.open_these,
            args=(file, unread),
        )


def _accept_all(file: EpisodeFile) -> None:
    """One press for what has no verdict yet; it stands below all that is to be read first."""
    left = judging.undecided(file)
    every = len(left) == len(casework.suggestions(file.document))
    if left:
        st.button(
            "Accept all" if every else f"Accept the other {len(left)}" if len(left) > 1 else "Accept the other one",
            key="accept-all",
            icon=":material/done_all:",
            width="stretch",
            on_click=judging.accept_all,
            args=(file,),
        )


def _sign_button(file: EpisodeFile, unread: Sequence[Suggestion]) -> None:
    left = judging.undecided(file)
    still = f"{len(unread)} still to open" if unread else f"{len(left)} still to decide" if left else ""
    st.button(
        f"Sign: {still or _what_is_signed(judging.lines(file))}",
        type="primary",
        icon=":material/draw:",
        key="sign",
        width="stretch",
        disabled=opened.is_stale(file) or bool(still),
        on_click=_sign,
        args=(file, opened.seen_version(file)),
    )


def _what_is_signed(lines: Sequence[Line]) -> str:
    verdicts = [line.verdict for line in lines]
    counts = {verdict: verdicts.count(verdict) for verdict in judging.VERBS}
    return ", ".join(f"{number} {verdict}" for verdict, number in counts.items() if number)


def _rank(code: str) -> int:
    return look.URGENCY_CODES.index(code)


def _urgency(file: EpisodeFile) -> None:
    """The urgency where no suggestion speaks of it: one that stands from before, and one to be raised."""
    stands, suggested = file.episode.urgency, file.document["urgency"]
    if _rank(stands) > _rank(suggested):
        st.segmented_control(
            f"The episode stands at {_said(stands)} from before; this assessment says {_said(suggested)}",
            [KEEP, LOWER],
            default=KEEP,
            required=True,
            format_func={KEEP: f"Keep {_said(stands)}", LOWER: f"Lower to {_said(suggested)}"}.__getitem__,
            key=key(file, "lower"),
            width="stretch",
            persist_state="page",
        )
        if st.session_state.get(key(file, "lower")) == LOWER:
            judging.reason_field(key(file, "reason"))
    above = [code for code in reversed(look.URGENCY_CODES) if _rank(code) > max(_rank(stands), _rank(suggested))]
    if above:
        st.selectbox(
            "Raise the urgency",
            above,
            index=None,
            format_func=_said,
            placeholder="No: as it follows from the above",
            key=key(file, "raised"),
            persist_state="page",
        )


def _warning(file: EpisodeFile) -> None:
    """What lowering takes, said before it is signed."""
    lowers = judging.lowered(file) or st.session_state.get(key(file, "lower")) == LOWER
    if lowers and file.episode.urgency in clinic().second_clinician_for:
        st.caption(
            f":material/group: Lowering {_said(file.episode.urgency)} takes a reason, a comment of at least "
            f"{casework.WORDS_TO_LOWER} words and a second clinician; until they confirm, it stays."
        )


def _said(code: str) -> str:
    return labels.said(labels.URGENCIES, code)


def _decided_urgency(file: EpisodeFile) -> str | None:
    """The urgency named for the whole; None: as it follows from the red flags."""
    if raised := st.session_state.get(key(file, "raised")):
        return str(raised)
    stands, suggested = file.episode.urgency, file.document["urgency"]
    if _rank(stands) <= _rank(suggested):
        return None
    return suggested if st.session_state.get(key(file, "lower")) == LOWER else stands


def _sign(file: EpisodeFile, seen: int) -> None:
    """The signing itself, as the button's callback: who signs is asked anew."""
    actor = door.who()
    if actor is None:
        return
    if judging.undecided(file):  # another window of the same person may have begun the form afresh
        opened.say("warning", "Decide on each suggestion first.")
        return
    told: dict[str, Any] = {
        "reason_code": st.session_state.get(key(file, "reason")),
        "comment": st.session_state.get(key(file, "comment")) or "",
        "urgency": _decided_urgency(file),
        "lines": judging.lines(file),
    }
    signed: list[Signed] = []
    if opened.attempt(
        file,
        "Signed.",
        lambda: signed.append(
            casework.sign_review(actor, file.episode.id, seen, file.assessment_id, "accepted", **told)
        ),
    ):
        judging.begin_afresh(file)
        if signed[0].waits_for_second:
            opened.say("success", "Signed. It takes effect when a second clinician confirms.")
