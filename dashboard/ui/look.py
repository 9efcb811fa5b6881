"""How Backstride looks: the page set-up, the style sheet, and the few small pieces every screen uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import streamlit as st

ASSETS = Path(__file__).parent / "assets"

Colour = Literal["red", "orange", "yellow", "gray"]
URGENCY_LOOK: Mapping[str, tuple[Colour, str, str]] = {
    "emergency": ("red", ":material/emergency:", "Emergency"),
    "same-day": ("orange", ":material/schedule:", "Same day"),
    "urgent": ("yellow", ":material/priority_high:", "Urgent, 2 weeks"),
    "routine": ("gray", ":material/check:", "Routine"),
}
"""Urgency code -> colour, symbol and words: the words and the symbol carry it without the colour."""

MARKDOWN_SIGNS = frozenset("\\`*_{}[]()<>#+-!|~$:")

FORMS = re.compile(r"&(?=\w{1,31};)|(?<![^\n])=(?==*\s*$)|(?P<number>^\s*\d{1,9})\.(?=\s|$)", re.MULTILINE)
"""What only formats where it stands: a named sign, the line under a heading, the number of a list."""

PICTURED = re.compile(r":(?=material[/_]|[\w+-]*[A-Za-z][\w+-]*:)")
"""A sign that begins the name of a picture; Streamlit puts pictures in after it took escapes away."""
UNSEEN = "\u2060"
"""A joiner nobody sees, which keeps such a name from being one."""

TYPESET = re.compile(r"(?<![^\s\ufeff])(?:<->|->|<-|--|>=|<=|~=)(?![^\s\ufeff])")
"""What Streamlit sets as one sign, a dash or an arrow, where it stands alone; escaped or not."""

LABEL_SIGNS = re.compile(r"[\\`*_\[\]<~$]|:(?=\S)|&(?=#?\w{1,31};)")
"""Signs that format in the middle of a line; a label with no others stays what a screen reader is to say."""

URGENCY_CODES = ("routine", "urgent", "same-day", "emergency")
"""Urgency codes by their stored number."""


def set_up_page() -> None:
    """Name, icon and style of the browser page; the icon is a local file so that nothing is fetched."""
    st.set_page_config(page_title="Backstride", page_icon=ASSETS / "icon.png", layout="wide")
    st.logo(ASSETS / "icon.png", size="medium")
    style("backstride.css")


def style(name: str) -> None:
    """A style sheet of ours; read once, and again when the file changes."""
    sheet = ASSETS / name
    st.html(_style(sheet, sheet.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _style(sheet: Path, changed: int) -> str:
    return f"<style>{sheet.read_text(encoding='utf-8')}</style>"


def brand() -> None:
    """The mark and the name, for the screens before anybody is known."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="brand"):
        st.image(ASSETS / "icon.png", width=56)
        st.title("Backstride", anchor=False)


def title(text: str, below: str = "") -> None:
    """The page's title and, under it in a quiet voice, what the page is for."""
    st.title(text, anchor=False)
    if below:
        st.caption(below)


def urgency_code(urgency: int | str) -> str:
    """The code of an urgency given as its stored number or already as its code."""
    return URGENCY_CODES[urgency] if isinstance(urgency, int) else urgency


def urgency_markdown(urgency: int | str) -> str:
    """An urgency as an inline badge, for a line of markdown."""
    colour, icon, words = URGENCY_LOOK[urgency_code(urgency)]
    return f":{colour}-badge[{icon} {words}]"


def urgency_chip(urgency: int | str) -> None:
    """An urgency as a badge on its own."""
    colour, icon, words = URGENCY_LOOK[urgency_code(urgency)]
    st.badge(words, icon=icon, color=colour)


def empty_state(icon: str, heading: str, what_next: str, key: str) -> None:
    """What a list shows when it is empty: that it is, and what to do next; ``key`` makes it ``.st-key-<key>``."""
    with st.container(key=f"empty-{key}", horizontal_alignment="center", gap="xsmall"):
        st.markdown(icon, text_alignment="center")
        st.markdown(f"**{heading}**", text_alignment="center")
        st.caption(what_next, text_alignment="center")


def plain(text: str) -> str:
    """Text from a person or a file made safe inside a line of markdown: shown as typed, never as formatting."""
    kept = TYPESET.sub(lambda found: f"{found[0][0]}{UNSEEN}{found[0][1:]}", PICTURED.sub(f":{UNSEEN}", text))
    signs = "".join(f"\\{sign}" if sign in MARKDOWN_SIGNS else sign for sign in kept)
    return FORMS.sub(lambda found: f"{found['number'] or ''}\\{found[0][-1]}", signs)


def label(text: str) -> str:
    """The knowledge's wording as a widget's label, which is read aloud as it is written, escapes and all."""
    return LABEL_SIGNS.sub(r"\\\g<0>", PICTURED.sub(f":{UNSEEN}", text))
