"""The source card on the Knowledge page: what it is for, how good it is, how it stands to the law; printable."""

from __future__ import annotations

import streamlit as st

from dashboard import source_card
from dashboard.in_force import knowledge
from dashboard.source_card import CardPart, Line
from dashboard.ui import door
from dashboard.ui.panels import library, markup, sheets, sources
from dashboard.ui.settings import clinic


def panel(wanted: str) -> None:
    """Every part of the card that holds what is searched for, and the way to the printed card."""
    known, actor = knowledge(), door.who()
    made = source_card.parts(known, clinic().day)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Made from the knowledge's own files. The printed card also lists every number that scores.")
        if actor is not None:
            sheets.source_card(actor, lambda: source_card.sheet(known, clinic().day))
    shown = [(part, [line for line in part.lines if _holds(wanted, part, line)]) for part in made]
    for part, lines in shown:
        if lines:
            st.header(part.title, anchor=False)
            markup.show(markup.definitions(((line.term, _said(line)) for line in lines), "story card"))
    if not any(lines for _, lines in shown):
        library.nothing_found(wanted)


def _holds(wanted: str, part: CardPart, line: Line) -> bool:
    return library.matches(wanted, part.title, line.term, line.said, line.below)


def _said(line: Line) -> markup.Html:
    source = sources.line(line.cite, line.status) if line.cite else None
    return markup.lines([line.said, markup.quiet(line.below) if line.below else None, source])
