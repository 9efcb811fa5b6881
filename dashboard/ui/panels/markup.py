"""The few pieces of HTML Streamlit has no element for: real tables, badges, links. Everything else is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from dashboard.ui import look


class Html(str):
    """Markup made here; any other text is escaped before it is shown."""


class Heading(str):
    """A row of a table that stands over the rows after it, across every column."""


def style() -> None:
    """The panels' own style sheet; every page that shows panels calls this once."""
    look.style("panels.css")


def show(markup: Html) -> None:
    """Put markup on the page."""
    st.html(markup)


def text(piece: object) -> Html:
    """A piece as markup: markup as it is, anything else escaped, None as nothing."""
    if isinstance(piece, Html):
        return piece
    return Html("" if piece is None else escape(str(piece)))


def joined(pieces: Iterable[object], between: str = " ") -> Html:
    """Pieces one after another, those that are empty left out."""
    return Html(between.join(shown for shown in map(text, pieces) if shown))


def badge(words: str, tone: str = "plain", help_text: str = "") -> Html:
    """A small label; tone is plain, good, care, bad or quiet. The words carry the meaning, never the colour alone."""
    hint = f' title="{escape(help_text)}"' if help_text else ""
    return Html(f'<span class="tag {tone}"{hint}>{escape(words)}</span>')


def link(words: str, address: str) -> Html:
    """A link to somewhere outside, opened in a tab of its own; an address that is no page of the web is left out."""
    if not address.startswith(("https://", "http://")):
        return text(words)
    return Html(f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(words)}</a>')


def quiet(words: object) -> Html:
    """Words in the quiet voice."""
    return Html(f'<span class="quiet">{text(words)}</span>')


def strong(words: object) -> Html:
    """Words that matter more."""
    return Html(f"<strong>{text(words)}</strong>")


def lines(pieces: Iterable[object]) -> Html:
    """Each piece on a line of its own."""
    return joined(pieces, "<br>")


def bullets(pieces: Iterable[object], kind: str = "") -> Html:
    """A list; nothing at all for no pieces."""
    entries = "".join(f"<li>{text(piece)}</li>" for piece in pieces)
    return Html(f'<ul class="{kind}">{entries}</ul>') if entries else Html()


def definitions(pairs: Iterable[tuple[object, object]], kind: str = "") -> Html:
    """Terms with what is said of them."""
    entries = "".join(f"<div><dt>{text(term)}</dt><dd>{text(said)}</dd></div>" for term, said in pairs)
    return Html(f'<dl class="{kind}">{entries}</dl>')


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object] | Heading],
    numeric: Iterable[int] = (),
    row_kinds: Sequence[str] = (),
    widths: Sequence[int] = (),
) -> Html:
    """A real table: a caption, column headings, the first cell of each row heading it, numbers to the right.

    ``widths`` are shares of the width by column, in per cent; without them the browser decides.
    """
    right = set(numeric)
    head = "".join(f'<th scope="col"{_side(place, right)}>{escape(name)}</th>' for place, name in enumerate(columns))
    kinds = [*row_kinds]
    shares = "".join(f'<col style="width: {share}%">' for share in widths)
    body = "".join(
        f'<tr class="{kinds[number] if number < len(kinds) else ""}">{_cells(row, right, len(columns))}</tr>'
        for number, row in enumerate(rows)
    )
    return Html(
        f'<div class="sheet" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><colgroup>{shares}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cells(row: Sequence[object] | Heading, right: set[int], across: int) -> str:
    if isinstance(row, Heading):
        return f'<th scope="rowgroup" class="over" colspan="{across}">{escape(row)}</th>'
    first, *rest = row
    heading = f'<th scope="row"{_side(0, right)}>{text(first)}</th>'
    return heading + "".join(f"<td{_side(place, right)}>{text(cell)}</td>" for place, cell in enumerate(rest, start=1))


def _side(place: int, right: set[int]) -> str:
    return ' class="number"' if place in right else ""
