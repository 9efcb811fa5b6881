"""The one writer of tables that leave the house: whatever a cell says, no spreadsheet takes it for a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

STARTERS = frozenset("=+-@\u2212")
"""Signs a spreadsheet begins to reckon at; their full-width and small forms count as themselves."""
_NUMBER = re.compile(r"[+\-\u2212]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_LINE_END = re.compile(r"\r\n?")
_WHERE_A_CELL_MAY_BEGIN = re.compile(r"[;|\t\n]")
"""Where a program that was told another separator begins a new cell; commas are quoted by the writer."""
GUARD = "'"
"""What stands before a cell that is to be read as words."""


def neutral(text: str) -> str:
    """The text so that no spreadsheet reckons with it, wherever it splits cells; real numbers stay as they are."""
    if _NUMBER.fullmatch(text):
        return text
    text = _LINE_END.sub("\n", text)  # a bare return is left unquoted by writers and ends the row for readers
    if text.startswith(("\t", "\n")):  # these themselves begin a formula in some programs
        text = GUARD + text
    guarded, start = [], 0
    for parted in [*_WHERE_A_CELL_MAY_BEGIN.finditer(text), None]:
        end = parted.start() if parted else len(text)
        guarded.append(_guarded(text[start:end]) + (parted[0] if parted else ""))
        start = parted.end() if parted else end
    return "".join(guarded)


def line(cells: Iterable[object]) -> str:
    """One line of a table, its cells neutral and quoted where they must be; None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(["" if cell is None else neutral(str(cell)) for cell in cells])
    return out.getvalue()


def table(lines: Iterable[Sequence[object]]) -> str:
    """A whole table."""
    return "".join(map(line, lines))


def _guarded(piece: str) -> str:
    return GUARD + piece if _begins_a_formula(piece) else piece


def _begins_a_formula(piece: str) -> bool:
    """Whether the first sign somebody would see is one a spreadsheet begins to reckon at; quotes may be dropped."""
    seen = next((sign for sign in piece if not (_is_blank(sign) or sign in "\"'")), "")
    return unicodedata.normalize("NFKC", seen)[:1] in STARTERS and bool(seen) and not piece.startswith(GUARD)


def _is_blank(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Zs")
