"""One likelihood ratio changed by a small form: finding, condition, new ratio, source and how good it is."""

from __future__ import annotations

import streamlit as st

from dashboard import citing, labels
from dashboard.clinical.rewriting import with_evidence
from dashboard.clinical.vocabulary import Condition, Evidence
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import proposing

LARGEST = 1000.0
_SAID = "ratio_said"


def panel(sheet: proposing.Sheet) -> None:
    """The condition, the finding, and its numbers to change; the file behind it is rewritten in that one place."""
    known = knowledge()
    held = {each.id: each for each in known.conditions.values() if _rows(each)}
    with st.container(border=True, key="ratio-form", gap="small"):
        left, right = st.columns(2)
        with left:
            code = st.selectbox(
                "Condition", list(held), format_func=lambda each: held[each].title, key="ratio-condition"
            )
        rows = _rows(held[code])
        with right:
            place = st.selectbox(
                "Finding", list(rows), format_func=lambda each: _title(rows[each]), key=f"ratio-finding-{code}"
            )
        _numbers(code, place, rows[place])
        if said := st.session_state.pop(_SAID, ""):
            st.warning(plain(said), icon=":material/info:")


def _rows(each: Condition) -> dict[int, Evidence]:
    """The rows of evidence that move the probability, by their place in the file."""
    return {place: row for place, row in enumerate(each.evidence) if row.use == "score"}


def _title(row: Evidence) -> str:
    finding = knowledge().findings.get(row.finding)
    return finding.title if finding else row.finding


def _numbers(code: str, place: int, row: Evidence) -> None:
    at = f"{code}-{place}"
    published = [f"present {row.published_present}" if row.published_present else "", row.published_absent]
    told = ", absent ".join(filter(None, published))
    if told or row.population:
        st.caption(plain(f"Published: {told or 'not printed'}. Studied in: {row.population or 'not said'}."))
    one, two, three = st.columns(3)
    with one:
        _number("LR when present", f"ratio-present-{at}", row.present)
    with two:
        _number("LR when absent", f"ratio-absent-{at}", row.absent)
    with three:
        codes = list(labels.STATUSES)
        st.selectbox(
            "How good it is",
            codes,
            index=codes.index(row.status),
            format_func=labels.STATUSES.__getitem__,
            key=f"ratio-status-{at}",
        )
    known = knowledge().references
    st.multiselect(
        "Sources",
        sorted(known),
        default=[each for each in row.cite if each in known],
        format_func=lambda each: citing.short(known[each]),
        key=f"ratio-cite-{at}",
    )
    st.button(
        "Put it into the proposal", key="ratio-put", icon=":material/add:", on_click=_put, args=(code, place, row)
    )


def _number(label: str, key: str, value: float | None) -> None:
    if value is None:
        st.text_input(label, value="none", disabled=True, key=f"{key}-none")
    else:
        st.number_input(label, min_value=0.001, max_value=LARGEST, value=value, format="%g", step=0.1, key=key)


def _put(code: str, place: int, row: Evidence) -> None:
    """Rewrite the file in that one row, as the button's callback."""
    at, state = f"{code}-{place}", st.session_state
    given = {
        "present": state.get(f"ratio-present-{at}"),
        "absent": state.get(f"ratio-absent-{at}"),
        "status": state.get(f"ratio-status-{at}"),
        "cite": list(state.get(f"ratio-cite-{at}") or ()),
    }
    now = {"present": row.present, "absent": row.absent, "status": row.status, "cite": list(row.cite)}
    changed = {key: value for key, value in given.items() if value is not None and value != now[key]}
    if not changed:
        state[_SAID] = "Nothing of it was changed."
        return
    sheet, path = proposing.sheet(), f"conditions/{code}.toml"
    try:
        sheet.replace(path, with_evidence(sheet.text(path), place, changed))
    except ValueError as why:
        state[_SAID] = str(why)
