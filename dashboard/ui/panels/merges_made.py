"""Merges that were made: who became whom, when, by whom and why; and taking one apart again."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor
from dashboard.casework import merging, taking_apart
from dashboard.casework.merge_views import MERGE_REASONS, UNDO_REASONS, ApartPreview, BegunSince, MergeView
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels.merging import counted
from dashboard.ui.panels.patient_record import FIELDS, SAID, go
from dashboard.ui.settings import clinic

_LOOKED_AT = "apart-of"
"""Session key: the merge whose taking apart is looked at."""


def panel(actor: Actor, patient_id: int | None = None) -> None:
    """Every merge at one's sites, or those of one patient; nothing of a patient who has none."""
    made = merging.merges(actor, patient_id)
    if patient_id is not None and not made:
        return
    st.subheader("Merges", anchor=False)
    if not made:
        st.caption("No records were merged yet. Open a patient to see who may be the same person.")
    for each in made:
        _merge(actor, each)


def _merge(actor: Actor, each: MergeView) -> None:
    with st.container(border=True, key=f"merge-{each.id}"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            st.markdown(_line(each), width="stretch")
            if each.undone_at is None and not each.obstacle:
                st.button(
                    "Take apart again",
                    key=f"undo-{each.id}",
                    icon=":material/call_split:",
                    on_click=_look_at,
                    args=(each.id,),
                )
        if each.undone_at is None and each.obstacle:
            st.caption(plain(each.obstacle))
        if st.session_state.get(_LOOKED_AT) == each.id and each.undone_at is None:
            _apart(actor, each)


def _line(each: MergeView) -> str:
    taken = f" · taken over: {', '.join(FIELDS[name].lower() for name in each.taken)}" if each.taken else ""
    said = (
        f"**{plain(each.merged_number)}** {plain(each.merged_name)} into **{plain(each.survivor_number)}** "
        f"{plain(each.survivor_name)}  \n:small[:gray[{_when(each.at)} by {plain(each.by)} · "
        f"{MERGE_REASONS.get(each.reason_code, each.reason_code)} · moved: {counted(each.moved)}{taken}]]"
    )
    if each.undone_at is not None:
        why = UNDO_REASONS.get(each.undone_reason, each.undone_reason)
        said += (
            f"  \n:gray-badge[:material/call_split: Taken apart] :small[{_when(each.undone_at)} by "
            f"{plain(each.undone_by)} · {why}]"
        )
    return said


def _when(at: object) -> str:
    here = words.here(at)  # type: ignore[arg-type]
    return f"{clinic().day(here.date())}, {here:%H:%M}"


def _look_at(merge_id: int) -> None:
    st.session_state[_LOOKED_AT] = merge_id


def _leave() -> None:
    st.session_state.pop(_LOOKED_AT, None)


def _apart(actor: Actor, each: MergeView) -> None:
    """What goes back, what stays, what is asked, and the press."""
    along = [key for key in st.session_state.get(f"begun-{each.id}", ()) if st.session_state.get(f"along-{key}")]
    try:
        shown = taking_apart.apart_preview(actor, each.id, along)
    except casework.NotFound as why:
        st.error(str(why), icon=":material/error:")
        return
    st.session_state[f"begun-{each.id}"] = [one.key for one in shown.begun]
    _says(shown)
    for one in shown.begun:
        _asked(one, each)
    reason = st.selectbox(
        "Why it is taken apart",
        list(UNDO_REASONS),
        index=None,
        format_func=UNDO_REASONS.__getitem__,
        key=f"undo-reason-{each.id}",
        placeholder="Choose the reason",
        width=420,
    )
    with st.container(horizontal=True):
        if st.button("Take apart", type="primary", icon=":material/call_split:", key=f"undo-now-{each.id}"):
            _take_apart(actor, shown, reason, along)
        st.button("Leave as it is", key=f"undo-leave-{each.id}", type="tertiary", on_click=_leave)


def _says(shown: ApartPreview) -> None:
    goes, stays = plain(shown.merge.merged_number), plain(shown.merge.survivor_number)
    says = [f"Back to {goes}: **{counted(shown.back)}**. Everything else stays with {stays}."]
    if any(shown.added.values()):
        says.append(f"Of these, {counted(_some(shown.added))} came after the merge, to an episode that goes back.")
    if shown.reopens:
        says.append(f"The intake of {goes} that was put aside is taken up again.")
    if shown.kept:
        says.append(f"An intake begun for {goes} became part of an episode of {stays}, and stays in it.")
    if shown.restored:
        says.append(f"{stays} gets back its own {_named(shown.restored)}.")
    if shown.changed_since:
        says.append(f"The {_named(shown.changed_since)} of {stays} was changed since, and stays.")
    if shown.begun:
        says.append("Begun after the merge: say of each whose it is.")
    st.markdown("\n".join(f"- {each}" for each in says))


def _some(rows: Mapping[str, int]) -> dict[str, int]:
    return {table: many for table, many in rows.items() if many}


def _named(fields: tuple[str, ...]) -> str:
    return ", ".join(FIELDS[name].lower() for name in fields)


def _asked(one: BegunSince, each: MergeView) -> None:
    kind = "Episode" if one.kind == "episode" else "Intake being taken"
    state = labels.EPISODE_STATES.get(one.state, {"open": "open", "discarded": "put aside"}.get(one.state, one.state))
    by = f", {plain(one.by)}" if one.by else ""
    st.checkbox(
        f"{kind} of {_when(one.at)} ({state.lower()}{by}) goes to {plain(each.merged_number)}", key=f"along-{one.key}"
    )


def _take_apart(actor: Actor, shown: ApartPreview, reason: str | None, along: list[str]) -> None:
    if reason is None:
        st.error("Choose the reason first.", icon=":material/error:")
        return
    merge, begun = shown.merge, [one.key for one in shown.begun]
    try:
        taking_apart.unmerge_patients(actor, merge.id, merge.version, reason, begun, along)
    except (casework.NotReady, casework.StaleRecord, casework.NotFound) as why:
        st.error(str(why), icon=":material/error:")
        return
    _leave()
    both = f"{plain(merge.merged_number)} and {plain(merge.survivor_number)}"
    st.session_state[SAID] = f"{both} are two records again."
    go(patient=merge.merged_id)
    st.rerun()
