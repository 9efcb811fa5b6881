"""The clinician's decision: accept, change or reject what was suggested, with a reason, and sign."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import EpisodeFile
from dashboard.clinic import clinic
from dashboard.in_force import knowledge
from dashboard.ui import door, look, words
from dashboard.ui.look import plain
from dashboard.ui.panels import naming, opened

VERBS = {"accepted": "Accept", "changed": "Change", "rejected": "Reject"}
_SIGNED = "times_signed"
FIELDS = ("verdict", "condition", "step", "urgency", "reason", "comment")


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The form to decide and sign; what was decided already; or who may sign."""
    st.header("Decision", anchor=False)
    signed = [each for each in file.decisions if each.assessment_id == file.assessment_id]
    if signed:
        last = signed[-1]
        when = clinic().day(words.here(last.signed_at).date())
        st.success(
            f"{labels.VERDICTS[last.verdict]} by {plain(last.signed_by)}, {when}.",
            icon=":material/verified:",
        )
    if file.episode.state == "closed":
        st.caption("This episode is closed; the patient's next intake opens a new one.")
    elif not actor.may(Permission.REVIEW_SIGN):
        st.caption(":material/lock: A clinician decides and signs. You can read everything and record outcomes.")
    elif not signed or _begun(file) or st.toggle("Decide again", key=key(file, "again")):
        _form(file)


def key(file: EpisodeFile, field: str) -> str:
    """The widget key of a field; the form begins afresh after each signing here, and only then."""
    times = st.session_state.setdefault(_SIGNED, {}).get(file.episode.id, 0)
    return f"decide-{file.episode.id}-{times}-{field}"


def _begun(file: EpisodeFile) -> bool:
    """Whether something was chosen here already: then a colleague's signature does not take the form away."""
    return st.session_state.get(key(file, "verdict")) is not None


def _form(file: EpisodeFile) -> None:
    # No st.form: which fields there are depends on the verdict, and what is typed must survive a refusal.
    with st.container(key="decision", border=True, gap="small"):
        verdict = st.segmented_control(
            "What do you decide?",
            list(VERBS),
            format_func=VERBS.__getitem__,
            key=key(file, "verdict"),
            width="stretch",
            persist_state="page",
        )
        if verdict is None:
            st.caption(
                f"Suggested: {plain(file.document['pathway']['title'])}, {_urgency_words(file.document['urgency'])}."
            )
            return
        if verdict != "accepted":
            _change(file, verdict)
        _urgency(file)
        if verdict != "accepted" or _lowers(file):
            st.selectbox(
                "Reason",
                list(casework.REASONS),
                index=None,
                format_func=casework.REASONS.__getitem__,
                placeholder="Choose the nearest reason",
                key=key(file, "reason"),
                persist_state="page",
            )
        st.text_area(
            "Comment",
            key=key(file, "comment"),
            persist_state="page",
            height=88,
            placeholder="For colleagues reading this episode; needed to lower an urgency",
        )
        st.button(
            "Sign",
            type="primary",
            icon=":material/draw:",
            key="sign",
            width="stretch",
            disabled=opened.is_stale(file),
            on_click=_sign,
            args=(file, opened.seen_version(file)),
        )


def _change(file: EpisodeFile, verdict: str) -> None:
    conditions = [each.id for each in knowledge().conditions.values() if each.kind == "condition"]
    hint = "As suggested" if verdict == "changed" else "None"
    st.selectbox(
        "Condition",
        conditions,
        index=None,
        format_func=naming.condition,
        key=key(file, "condition"),
        persist_state="page",
        placeholder=f"{hint}: {naming.condition(file.document['pathway']['condition'])}"
        if verdict == "changed"
        else hint,
    )
    st.selectbox(
        "Step",
        [each.id for each in knowledge().ladder],
        index=None,
        format_func=naming.step,
        key=key(file, "step"),
        persist_state="page",
        placeholder=f"{hint}: {naming.step(file.document['pathway']['step'])}" if verdict == "changed" else hint,
    )


def _urgency(file: EpisodeFile) -> None:
    """The urgency to sign with; it starts from where the episode stands, so that lowering is always an act."""
    codes = list(reversed(look.URGENCY_CODES))
    st.selectbox(
        "Urgency",
        codes,
        index=codes.index(file.episode.urgency),
        format_func=_urgency_words,
        key=key(file, "urgency"),
        persist_state="page",
    )


def _lowers(file: EpisodeFile) -> bool:
    chosen = st.session_state[key(file, "urgency")]
    return labels.URGENCY_CODES.index(chosen) < labels.URGENCY_CODES.index(file.episode.urgency)


def _urgency_words(code: str) -> str:
    return labels.said(labels.URGENCIES, code)


def _sign(file: EpisodeFile, seen: int) -> None:
    """The signing itself, as the button's callback: who signs is asked anew."""
    actor = door.who()
    given: dict[str, Any] = {field: st.session_state.get(key(file, field)) for field in FIELDS}
    if actor is None:
        return
    same = given["urgency"] == file.document["urgency"]
    accepted = given["verdict"] == "accepted"  # what was chosen before under another verdict does not count
    done = opened.attempt(
        file,
        "Signed.",
        lambda: casework.sign_review(
            actor,
            file.episode.id,
            seen,
            file.assessment_id,
            given["verdict"],
            given["reason"],
            given["comment"] or "",
            None if accepted else given["condition"],
            None if accepted else given["step"],
            None if same else given["urgency"],
        ),
    )
    if done:
        times = st.session_state[_SIGNED]
        times[file.episode.id] = times.get(file.episode.id, 0) + 1
