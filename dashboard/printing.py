"""Sheets as PDF: a template and its words in, a tagged document out; no network, no paths, nothing typed is markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dashboard.letters import visible_in

if TYPE_CHECKING:
    import typst

SHEETS = Path(__file__).with_name("sheets")
TEMPLATES = ("source_card", "return_to_run", "shared_decision", "assessment", "paper_form")
BLANK = "\u25a1"
"""What stands for a letter that no font at hand can draw."""
_UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_NUMBERED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NOTE = f"{BLANK} stands for a letter that could not be printed here."
Content = Mapping[str, Any]
"""Texts, numbers, lists and tables of a sheet, as JSON knows them; each template says what it reads."""


class PrintingError(RuntimeError):
    """A sheet could not be made; the message names the template and never repeats what it was to say."""


def printed(template: str, content: Content, at: datetime) -> bytes:
    """One sheet as a tagged PDF (PDF/UA-1); the same content and moment give the same bytes.

    ``content`` needs "title"; ``at`` is when it is printed. Letters without a font come out as a square, and the sheet
    says so. PrintingError when it cannot be made.
    """
    made = _compiled(template, content, at, "pdf")
    return made[0] if isinstance(made, list) else made


def pictured(template: str, content: Content, at: datetime, ppi: float = 110) -> list[bytes]:
    """The same sheet as one PNG a page, to be looked at."""
    made = _compiled(template, content, at, "png", ppi)
    return made if isinstance(made, list) else [made]


def _compiled(
    template: str, content: Content, at: datetime, form: Literal["pdf", "png"], ppi: float | None = None
) -> bytes | list[bytes]:
    if template not in TEMPLATES:
        raise PrintingError(f"There is no sheet called {template!r}. Sheets are {', '.join(TEMPLATES)}.")
    import typst  # 80 MB on disk: loaded by whoever prints first

    words = visible_in({"footnote": "", **content})
    for _ in range(3):  # a letter replaced may uncover no other; three rounds are one more than was ever needed
        try:
            return _typeset(template, words, at, form, ppi)
        except typst.TypstError as why:
            undrawn = _undrawn(getattr(why, "diagnostic", ""))
            if not undrawn - {BLANK}:
                break
            words = {**_without(words, undrawn), "footnote": _NOTE}
    raise PrintingError(f"The sheet {template!r} could not be made. Nothing was printed.") from None


def _undrawn(complaint: str) -> set[str]:
    """The letters a complaint says it has no font for; rare ones are written there as their number."""
    found = (_NUMBERED.sub(lambda sign: chr(int(sign[1], 16)), text) for text in _UNDRAWN.findall(complaint))
    return {sign for text in found for sign in text}


def _typeset(
    template: str, words: Content, at: datetime, form: Literal["pdf", "png"], ppi: float | None
) -> bytes | list[bytes]:
    import typst

    made = typst.compile(
        str(SHEETS / f"{template}.typ"),
        root=str(SHEETS),
        format=form,
        ppi=ppi,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(words, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
    assert made is not None
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts inside the wheel, so that a sheet looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False)


def _without(raw: Any, undrawn: set[str]) -> Any:
    """Every text with the letters that cannot be drawn replaced."""
    if isinstance(raw, str):
        return "".join(BLANK if sign in undrawn else sign for sign in raw)
    if isinstance(raw, Mapping):
        return {key: _without(value, undrawn) for key, value in raw.items()}
    return [_without(part, undrawn) for part in raw] if isinstance(raw, (list, tuple)) else raw
