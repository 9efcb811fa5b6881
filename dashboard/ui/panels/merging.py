"""Two records that may be one person's: who is alike and why, both side by side, and merging them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import casework, dates
from dashboard.access import Actor
from dashboard.casework import merging
from dashboard.casework.merge_views import MERGE_REASONS, MergePreview, PatientRecord
from dashboard.casework.views import AlikeCard, Newcomer
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, patient_record
from dashboard.ui.panels.patient_record import FIELDS, OTHER, PATIENT, go, shown

LEVELS = {
    "sure": (":orange-badge", "Very likely the same"),
    "likely": (":orange-badge", "Likely the same"),
    "possible": (":gray-badge", "Possibly the same"),
}
ROWS = {
    "episode": ("episode", "episodes"),
    "draft": ("draft", "drafts"),
    "intake": ("intake", "intakes"),
    "referral": ("referral", "referrals"),
    "outcome": ("outcome measure", "outcome measures"),
    "emergencyaccess": ("emergency access", "emergency accesses"),
}


def counted(rows: Mapping[str, int]) -> str:
    """How many of what, in words; "nothing" for none."""
    told = [f"{many} {ROWS.get(table, (table, table))[many != 1]}" for table, many in rows.items()]
    return (f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)) or "nothing"


def chosen(actor: Actor, patient: PatientRecord) -> PatientRecord | None:
    """The record the address says to compare with, None for none."""
    number = st.query_params.get(OTHER, "")
    if not number.isdecimal() or int(number) == patient.id:
        return None
    try:
        return merging.patient_identifiers(actor, int(number))
    except casework.NotFound:
        return None


def likely(actor: Actor, patient: PatientRecord) -> None:
    """Who may be the same person, each with the reason; and the way to any other record."""
    st.subheader("Registered twice?", anchor=False)
    described = {name: getattr(patient, name) for name in FIELDS}
    alike = [
        each for each in casework.possible_duplicates(actor, Newcomer(**described)) if each.patient.id != patient.id
    ]
    if not alike:
        st.caption("Nobody at your sites is like this patient.")
    for each in alike:
        if _alike(each):
            go(patient=patient.id, other=each.patient.id)
            st.rerun()
    with st.expander("Compare with another record", icon=":material/compare_arrows:", key="compare-other"):
        if picked := patient_record.finder(actor, "other", without=patient.id):
            go(patient=patient.id, other=picked.id)
            st.rerun()


def _alike(each: AlikeCard) -> bool:
    with st.container(key=f"patient-alike-{each.patient.id}", horizontal=True, wrap=False, vertical_alignment="center"):
        colour, says = LEVELS.get(each.level, LEVELS["possible"])
        unlike = f" · differs: {', '.join(map(plain, each.unlike))}" if each.unlike else ""
        st.markdown(
            f"{patient_record.card_line(each.patient)}  \n{colour}[{says}] "
            f":small[{', '.join(map(plain, each.alike))}{unlike}]",
            width="stretch",
        )
        return st.button("Compare", key=f"compare-{each.patient.id}", icon=":material/compare_arrows:")


def compare(actor: Actor, patient: PatientRecord, other: PatientRecord) -> None:
    """Both side by side; which record stands, which values it takes, why, and the press that merges."""
    sides = {patient.id: patient, other.id: other}
    stands_id = st.radio(
        "Which record stands?",
        list(sides),
        format_func=lambda each: f"{sides[each].record_number}, {sides[each].site}",
        horizontal=True,
        key=f"stands-{min(sides)}-{max(sides)}",
        help="Its number stays. The other record's number leads to it from then on.",
    )
    goes_id = next(each for each in sides if each != stands_id)
    try:
        shown_before = merging.merge_preview(actor, stands_id, goes_id)
    except casework.NotFound as why:
        st.error(str(why), icon=":material/error:")
        return
    taken = _identifiers(shown_before)
    _consequences(shown_before)
    _press(actor, shown_before, taken)
    st.button("Back to the record", key="compare-back", type="tertiary", on_click=go, kwargs={PATIENT: patient.id})


def _identifiers(preview: MergePreview) -> list[str]:
    """Every identifier of both; of those that differ, which the standing record takes from the other."""
    survivor = preview.survivor
    with st.container(key="compare", border=True):
        same = [name for name in FIELDS if name not in preview.differing]
        if same:
            told = "".join(
                f"<div><dt>{markup.text(FIELDS[name])}</dt><dd>{markup.text(shown(survivor, name))}</dd></div>"
                for name in same
            )
            markup.show(markup.Html(f'<dl class="story">{told}</dl>'))
        if preview.differing:
            st.markdown(":orange-badge[:material/difference: Differs] Which value stands?")
        return [name for name in preview.differing if _choice(preview, name)]


def _choice(preview: MergePreview, name: str) -> bool:
    """Whether this identifier is taken from the other record."""
    survivor, merged = preview.survivor, preview.merged
    both = [f"{_in_full(each, name)} ({each.record_number})" for each in (survivor, merged)]
    return bool(
        st.radio(
            FIELDS[name],
            (False, True),
            index=int(name in preview.blank),
            format_func=lambda takes: plain(both[takes]),
            horizontal=True,
            key=f"takes-{name}-{survivor.id}-{merged.id}",
        )
    )


def _in_full(record: PatientRecord, name: str) -> str:
    """An identifier as it is chosen: a day also with its month in letters, as two may differ by that alone."""
    if name == "date_of_birth":
        return f"{shown(record, name)}, {dates.said(record.date_of_birth)}"
    return shown(record, name)


def _consequences(preview: MergePreview) -> None:
    stands, goes = (plain(each.record_number) for each in (preview.survivor, preview.merged))
    says = [f"**{counted(preview.moves).capitalize()}** of {goes} will stand under {stands}."]
    if preview.puts_aside:
        says.append(
            f"Both have an intake being taken. That of {stands} goes on; that of {goes} is put aside with all its "
            "answers, and taken up again when the records are taken apart."
        )
    if preview.keyed:
        says.append(
            f"The paper form being keyed in for {goes} is put aside with its intake. Take it over first, if it is to "
            f"count: its lines are not keyed into the intake of {stands}."
        )
    if preview.other_site:
        says.append(
            f"The record stands at {plain(preview.survivor.site)}. Colleagues who work only at "
            f"{plain(preview.merged.site)} will no longer see what moves, and it is counted at "
            f"{plain(preview.survivor.site)}."
        )
    st.markdown("\n".join(f"- {each}" for each in says))


def _press(actor: Actor, preview: MergePreview, taken: list[str]) -> None:
    if preview.obstacle:
        st.warning(preview.obstacle, icon=":material/block:")
        return
    reason = st.selectbox(
        "Why they are one person",
        list(MERGE_REASONS),
        index=None,
        format_func=MERGE_REASONS.__getitem__,
        key="merge-reason",
        placeholder="Choose the reason",
        width=420,
    )
    if st.button("Merge these records", type="primary", icon=":material/merge:", key="merge"):
        if reason is None:
            st.error("Choose the reason first.", icon=":material/error:")
        else:
            _merge(actor, preview, reason, taken)


def _merge(actor: Actor, preview: MergePreview, reason: str, taken: list[str]) -> None:
    try:
        done = merging.merge_patients(actor, preview.survivor.seen, preview.merged.seen, reason, taken)
    except (casework.NotReady, casework.StaleRecord, casework.NotFound, casework.BadAnswer) as why:
        st.error(str(why), icon=":material/error:")
        return
    said = f"Merged: {counted(done.moved)} moved to {plain(done.survivor_number)}."
    if done.put_aside:
        said += " The other intake being taken was put aside."
    st.session_state[patient_record.SAID] = f"{said} It can be taken apart again below."
    go(patient=done.survivor_id)
    st.rerun()
