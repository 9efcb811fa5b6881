"""The clinic's own instrument files: which are in force, in what version and language, by whose licence."""

from __future__ import annotations

import streamlit as st

from dashboard import instruments
from dashboard.in_force import knowledge
from dashboard.instruments import Standing
from dashboard.ui.look import plain
from dashboard.ui.panels import markup


def panel() -> None:
    """Every file of the folder: what is asked from it, or what is wrong with it and the cure."""
    st.header("Instruments asked item by item", anchor=False)
    shelf = instruments.on_shelf()
    if not shelf.standings:
        st.caption(
            plain(
                f"No file in {shelf.folder}: every outcome measure is entered as a total. A clinic that holds an "
                "instrument may put its items there; docs/instrument-files.md says how."
            )
        )
        return
    columns = ("File", "Measure", "Version", "Language", "Licence", "State")
    markup.show(markup.table("Instrument files", columns, [_row(each) for each in shelf.standings]))
    st.caption(plain(f"Read from {shelf.folder}. A file that cannot be used stops nothing: its total is asked."))


def _row(standing: Standing) -> tuple[object, ...]:
    file = standing.file
    if file is None:
        measure = knowledge().instruments.get(standing.meant)
        state = markup.lines((markup.badge("Not used", "bad"), standing.wrong))
        return standing.name, measure.title if measure else "", "", "", "", state
    title = knowledge().instruments[file.id].title
    state = markup.badge(f"In force, {len(file.questions)} items", "good")
    return standing.name, title, file.version, file.language, file.licence, state
