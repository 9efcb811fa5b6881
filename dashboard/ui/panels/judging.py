"""One suggestion at a time: open its basis, then accept, change or reject it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor
from dashboard.casework import Line, Suggestion
from dashboard.casework.lines import past_gates
from dashboard.casework.suggestions import ALARM_STEP, CONDITION, ORTHOBIOLOGIC, RED_FLAG, STEP
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.pathway import BIOLOGIC_STEP
from dashboard.in_force import knowledge
from dashboard.ui import door, look
from dashboard.ui.look import plain
from dashboard.ui.panels import basis, naming

VERBS = {"accepted": "Accept", "changed": "Change", "rejected": "Reject"}
KINDS = {
    RED_FLAG: ("Red flag", ":material/flag:"),
    CONDITION: ("Leading condition", ":material/troubleshoot:"),
    STEP: ("Step", ":material/stairs:"),
    ORTHOBIOLOGIC: ("Discussion", ":material/syringe:"),
}
SIGNER, SECOND = "basis", "second"
_TIMES = "times_signed"


def key(file: EpisodeFile, field: str) -> str:
    """The widget key of a field; the form begins afresh after each signing here, and only then."""
    times = st.session_state.setdefault(_TIMES, {}).get(file.episode.id, 0)
    return f"decide-{file.episode.id}-{times}-{field}"


def begin_afresh(file: EpisodeFile) -> None:
    """Empty fields from the next run on."""
    times = st.session_state.setdefault(_TIMES, {})
    times[file.episode.id] = times.get(file.episode.id, 0) + 1


def field(file: EpisodeFile, each: Suggestion, name: str) -> str:
    """The widget key of a suggestion's field; its basis may be opened anew for each assessment."""
    return key(file, f"{each.kind}.{each.subject}.{name}")


def basis_key(file: EpisodeFile, each: Suggestion, reader: str = SIGNER) -> str:
    """The key of the fold that holds a suggestion's basis, for who signs or for the second clinician."""
    return f"{reader}-{file.assessment_id}-{each.kind}.{each.subject}"


def open_these(file: EpisodeFile, wanted: Sequence[Suggestion], reader: str = SIGNER) -> None:
    """Unfold the basis of these suggestions and note that it was opened: a button's callback."""
    actor = door.who()
    if actor is not None:
        casework.open_basis(actor, file.assessment_id, [each.key for each in wanted])
        for each in wanted:
            st.session_state[basis_key(file, each, reader)] = True


def opened_by(
    actor: Actor, file: EpisodeFile, made: Sequence[Suggestion], reader: str = SIGNER
) -> frozenset[tuple[str, str]]:
    """The suggestions whose basis this person has opened; what was unfolded just now is noted first."""
    known = casework.opened_basis(actor, file.assessment_id)
    unfolded = {each.key for each in made if st.session_state.get(basis_key(file, each, reader))} - known
    return casework.open_basis(actor, file.assessment_id, unfolded) if unfolded else known


def row(file: EpisodeFile, each: Suggestion, was_opened: bool) -> None:
    """One suggestion with its basis and what is decided of it."""
    with st.container(key=f"suggestion-{each.kind}.{each.subject}", border=True, gap="xsmall"):
        kind, icon = KINDS[each.kind]
        urgency = f" {look.urgency_markdown(each.urgency)}" if each.urgency else ""
        read = " · :material/task_alt: basis opened" if was_opened else ""
        st.markdown(f":small[:gray[{icon} {kind}{read}]]{urgency}  \n**{plain(each.title)}**")
        fold(file, each)
        verbs = [verb for verb in VERBS if verb != "changed" or each.kind != ORTHOBIOLOGIC]
        verdict = st.segmented_control(
            f"Your verdict on {look.label(each.title)}",
            verbs,
            format_func=VERBS.__getitem__,
            key=field(file, each, "verdict"),
            label_visibility="collapsed",
            width="stretch",
            persist_state="page",
        )
        if verdict == "changed":
            _other(file, each)
        if verdict in ("changed", "rejected"):
            _reason(file, each)
        elif each.kind == STEP and each.subject == ALARM_STEP and lowered(file):
            instead = naming.step(casework.step_without_flags(file.document))
            st.caption(f"If the urgency becomes routine, the step follows: {plain(instead)}.")


def fold(file: EpisodeFile, each: Suggestion, reader: str = SIGNER) -> None:
    """What a suggestion rests on, folded away until it is opened."""
    # Label and icon never change: Streamlit would take it for another fold and close it.
    folded = st.expander(
        "What it rests on",
        key=basis_key(file, each, reader),
        icon=":material/menu_book:",
        type="compact",
        on_change="rerun",
    )
    if folded.open:
        with folded:
            basis.show(file, each)


def _other(file: EpisodeFile, each: Suggestion) -> None:
    label, options, named = _choices(each)
    st.selectbox(
        label,
        options,
        index=None,
        format_func=named,
        key=field(file, each, "changed_to"),
        placeholder="Choose what instead",
        persist_state="page",
    )
    if st.session_state.get(field(file, each, "changed_to")) == BIOLOGIC_STEP and not past_gates(file.document):
        st.caption(
            ":material/lock: Its gates are shut. Changed to it all the same, this is an exception: it needs a reason "
            f"and {casework.WORDS_TO_LOWER} words, and it opens no referral."
        )


def _choices(each: Suggestion) -> tuple[str, list[str], Any]:
    """What a suggestion may be changed to: a label, the codes without its own, and their words."""
    known = knowledge()
    if each.kind == RED_FLAG:
        codes = [code for code in reversed(look.URGENCY_CODES) if code != each.urgency]
        return "Urgency instead", codes, lambda code: labels.said(labels.URGENCIES, code)
    if each.kind == CONDITION:
        titled = [one.id for one in known.conditions.values() if one.kind == "condition" and one.id != each.subject]
        return "Condition instead", sorted(titled, key=naming.condition), naming.condition
    return "Step instead", [one.id for one in known.ladder if one.id != each.subject], naming.step


def reason_field(key: str) -> None:
    """The coded reason of an override, chosen from the field's list."""
    st.selectbox(
        "Reason",
        list(casework.REASONS),
        index=None,
        format_func=casework.REASONS.__getitem__,
        placeholder="Choose the nearest reason",
        key=key,
        persist_state="page",
    )


def _reason(file: EpisodeFile, each: Suggestion) -> None:
    reason_field(field(file, each, "reason"))
    st.text_input("In your words", key=field(file, each, "comment"), persist_state="page", max_chars=500)


def undecided(file: EpisodeFile) -> list[Suggestion]:
    """The suggestions without a verdict yet: none is chosen for the clinician."""
    made = casework.suggestions(file.document)
    return [each for each in made if st.session_state.get(field(file, each, "verdict")) is None]


def accept_all(file: EpisodeFile) -> None:
    """Accept every suggestion that has no verdict yet: a button's callback."""
    for each in undecided(file):
        st.session_state[field(file, each, "verdict")] = "accepted"


def lines(file: EpisodeFile) -> list[Line]:
    """What was chosen of each suggestion, as it is signed; to be asked once none is undecided."""
    return [_line(file, each) for each in casework.suggestions(file.document)]


def _line(file: EpisodeFile, each: Suggestion) -> Line:
    told: Mapping[str, Any] = {
        name: st.session_state.get(field(file, each, name)) for name in ("verdict", "changed_to", "reason", "comment")
    }
    verdict = told["verdict"]
    if verdict in (None, "accepted"):  # what was typed before under another verdict does not count
        return Line(each.kind, each.subject)
    other = told["changed_to"] if verdict == "changed" else None
    return Line(each.kind, each.subject, verdict, other, told["reason"], told["comment"] or "")


def lowered(file: EpisodeFile) -> bool:
    """Whether any red flag is being rejected or changed to something less urgent."""
    asked = {each.subject: each.urgency for each in casework.suggestions(file.document) if each.kind == RED_FLAG}
    return any(_lowers(line, str(asked[line.subject])) for line in lines(file) if line.kind == RED_FLAG)


def _lowers(line: Line, asked: str) -> bool:
    if line.verdict == "rejected":
        return True
    codes = look.URGENCY_CODES
    return line.changed_to is not None and codes.index(line.changed_to) < codes.index(asked)


def begun(file: EpisodeFile) -> bool:
    """Whether anything was chosen or typed: then a colleague's signature does not take the form away."""
    chosen = len(undecided(file)) < len(casework.suggestions(file.document))
    return chosen or any(st.session_state.get(key(file, name)) for name in ("comment", "raised", "lower", "reason"))
