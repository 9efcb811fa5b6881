"""Where a statement comes from and how good it is: source links and status badges, the same on every page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import labels
from dashboard.citing import address, short
from dashboard.clinical.vocabulary import Citation
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels.markup import Html, badge, joined, link, text

_TONES = {"source-seen": "good", "to-check": "care", "expert": "quiet"}
_COLOURS = {"source-seen": "green", "to-check": "orange", "expert": "gray"}


def links(cite: Sequence[str]) -> Html:
    """The sources named, each a link where it can be read; an id that is no longer known is shown as it is."""
    known = knowledge().references
    return joined((_link(known[each]) if each in known else text(each) for each in cite), ", ")


def _link(citation: Citation) -> Html:
    where = address(citation)
    return link(short(citation), where) if where else text(short(citation))


def status(code: str | None) -> Html:
    """How good a number or statement is: seen in its source, to be checked, or opinion."""
    words = labels.said(labels.STATUSES, code)
    return badge(words, _TONES.get(code or "", "plain"), labels.STATUS_HELP.get(code or "", ""))


def line(cite: Sequence[str], code: str | None) -> Html:
    """Sources and status on one line."""
    return joined([links(cite), status(code)])


def markdown(cite: Sequence[str], code: str | None) -> str:
    """The same as markdown, for inside a Streamlit element."""
    known = knowledge().references
    named = ", ".join(_markdown_link(known[each]) if each in known else plain(each) for each in cite)
    words, colour = labels.said(labels.STATUSES, code), _COLOURS.get(code or "", "gray")
    return f":small[:gray[Source: {named}]] :{colour}-badge[{words}]"


def _markdown_link(citation: Citation) -> str:
    where = address(citation)
    return f"[{plain(short(citation))}]({where})" if where else plain(short(citation))
