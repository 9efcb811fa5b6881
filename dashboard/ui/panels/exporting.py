"""The export that names nobody on the screen: what leaves and how reduced, of which years, and the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard.access import Actor, Permission
from dashboard.casework import exporting
from dashboard.casework.exporting import Export
from dashboard.exports.columns import Allowed, Table
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.panels import markup

_MADE = "export-made"
_WHY = (
    "For research and for looking at the clinic's own work. No name, no number, no day, no free words, and no place "
    "smaller than the first three digits of a postal code. It takes whole years of every site you see: a month or a "
    "site chosen here would tell it of everybody inside."
)


def may(actor: Actor) -> bool:
    """Whether this person's job is to export."""
    return actor.may(Permission.EXPORT_MAKE)


def panel(actor: Actor) -> None:
    """Years, columns, and the button; then the file."""
    permitted = exporting.columns_that_leave(knowledge())
    st.header("Export that names nobody", anchor=False)
    st.caption(_WHY)
    years = exporting.export_years(actor)
    if not years:
        st.info("There are no intakes to export yet.", icon=":material/info:")
        return
    with st.container(key="export-years", horizontal=True, vertical_alignment="bottom", gap="small"):
        first, last = _year("From year", "export-from", years), _year("To year", "export-to", years)
        asked = st.button("Make the export", type="primary", icon=":material/shield_lock:", key="make-export")
    if first and last and first > last:
        st.error("The last year lies before the first.", icon=":material/error:")
    elif asked:
        _make(actor, first, last)
    _made(first, last)
    _columns(permitted)


def _year(label: str, key: str, years: Sequence[int]) -> int | None:
    chosen: int | None = st.selectbox(
        label, list(years), index=None, format_func=str, placeholder="All", key=key, width=150
    )
    return chosen


def _make(actor: Actor, first: int | None, last: int | None) -> None:
    bar = st.progress(0.0, "Looking up who agreed")
    today = words.here(datetime.now(UTC)).date()
    made = exporting.make_export(actor, knowledge(), first, last, today, lambda share, what: bar.progress(share, what))
    st.session_state[_MADE] = ((first, last), made)
    bar.empty()


def _made(first: int | None, last: int | None) -> None:
    """The finished file, as long as the years are those it was made of."""
    years, made = st.session_state.get(_MADE, (None, None))
    if not isinstance(made, Export) or years != (first, last):
        return
    told = ", ".join(f"{count:,} {table}" for table, count in made.file.rows.items())
    st.success(f"Made and noted in the audit trail: {told}.", icon=":material/task_alt:")
    st.download_button(
        "Download the export",
        made.file.content,
        file_name=made.name,
        mime="application/zip",
        icon=":material/download:",
        key="download-export",
        on_click="ignore",
    )


def _columns(permitted: Allowed) -> None:
    agreed = ", ".join(f"“{knowledge().items[item].wording}”" for item in permitted.consent)
    st.subheader("What leaves", anchor=False)
    markup.show(
        markup.bullets(
            (
                f"Only runners whose newest intake says yes to {agreed} Unknown is not yes.",
                f"Only the columns below, by the rule of {permitted.law}; what is not listed does not leave.",
            )
        )
    )
    for table in permitted.tables:
        with st.expander(f"{table.name.capitalize()}: {len(table.columns)} columns", key=f"export-{table.name}"):
            markup.show(_table(table))


def _table(table: Table) -> markup.Html:
    rows = [(markup.strong(each.name), each.says, each.reduced, each.why) for each in table.columns]
    return markup.table(table.says, ("Column", "What it is", "Reduced to", "Why it may leave"), rows)
