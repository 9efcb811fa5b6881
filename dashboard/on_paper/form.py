"""The paper form: every question with its number, its boxes and room to write, for staff or in a patient's words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dashboard import patient_words
from dashboard.clinic import Clinic
from dashboard.clinical.vocabulary import Item
from dashboard.in_force import knowledge
from dashboard.intake import asked_sections
from dashboard.on_paper.lines import Line, lines
from dashboard.patient_words import Asked, Words

TEMPLATE = "paper_form"
EDITIONS: Mapping[str, str] = {"staff": "For staff", **patient_words.NAMES}
"""Who reads it: staff, or patients in their language. Numbers and codes are the same on all of them."""
ACTIVITIES = 3


def content(clinic: Clinic, who: Sequence[str] = (), edition: str = "staff") -> dict[str, Any]:
    """What the template prints; ``who``: name, date of birth and record number, else there is room to write them.

    A patient's edition has the questions patients can answer alone. ValueError for an edition there is none of.
    """
    if edition not in EDITIONS:
        raise ValueError(f"there is no form in {edition!r}; there are {', '.join(EDITIONS)}")
    said, plainly = _said()[edition], None if edition == "staff" else patient_words.words(edition)
    printed = {line.item.id: _printed(line, clinic, said, plainly) for line in lines() if _is_on_it(line, plainly)}
    known = knowledge()
    return {
        **{name: said[name] for name in ("title", "lang", "how", "sides", "or", "filled", "keyed")},
        "clinic": clinic.name,
        "who": list(who),
        "who_blank": said["who"],
        "sections": [
            {"title": f"{section.letter}  {_section(section.id, section.title, plainly)}", "lines": found}
            for section in asked_sections()
            if (found := [printed[line.item.id] for line in lines() if _belongs(line, section.id, printed)])
        ],
        "foot": f"Backstride · {said['foot']} · {known.version} · {known.sha256[:12]}",
    }


@cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def _asked_of(line: Line, plainly: Words) -> Asked | None:
    return plainly.questions.get(line.item.id.removesuffix("_detail") if line.is_detail else line.item.id)


def _is_on_it(line: Line, plainly: Words | None) -> bool:
    if plainly is None:
        return True
    asked = _asked_of(line, plainly)
    return asked is not None and all(option.code in asked.options for option in line.options)


def _belongs(line: Line, section: str, printed: Mapping[str, Any]) -> bool:
    return line.item.section == section and line.item.id in printed


def _section(section: str, title: str, plainly: Words | None) -> str:
    return title if plainly is None else plainly.sections.get(section, title)


def _printed(line: Line, clinic: Clinic, said: Mapping[str, Any], plainly: Words | None) -> dict[str, Any]:
    item = line.item
    asked = _asked_of(line, plainly) if plainly else None
    wording = said["details"] if line.is_detail else asked.ask if asked else item.wording
    unit = _unit(item, clinic)
    others = [each for each in (item.unit, *item.units) if each not in (None, "in", unit)]
    return {
        "number": line.number,
        "wording": wording,
        "help": asked.help if asked and not line.is_detail else "",
        "kind": "detail" if line.is_detail else "date" if item.coming else item.type,
        "sometimes": item.show_if is not None and not line.is_detail,
        "boxes": _boxes(line, said, asked),
        "unit": _named(unit, plainly),
        "other_units": [_named(each, plainly) for each in others],
        "range": _range(item),
        "rows": ACTIVITIES if item.type == "activities" else 0,
    }


def _boxes(line: Line, said: Mapping[str, Any], asked: Asked | None) -> list[Mapping[str, Any]]:
    if line.item.type == "flag" and not line.is_detail:
        return [{"code": code, "label": label} for code, label in zip(said["flag_codes"], said["flags"], strict=True)]
    return [
        {
            "code": str(place),
            "label": asked.options[option.code] if asked else option.label,
            "sided": option.sided,
        }
        for place, option in enumerate(line.options, 1)
    ]


def _unit(item: Item, clinic: Clinic) -> str:
    if item.coming:
        return clinic.date_format
    return clinic.unit_for((*item.units, item.unit or "")) or item.unit or ""


def _named(unit: str | None, plainly: Words | None) -> str:
    return plainly.units.get(unit or "", unit or "") if plainly else unit or ""


def _range(item: Item) -> str:
    """The ends of a rating, which people have to know; of other amounts nothing is suggested."""
    rated = item.unit is None and item.minimum is not None and item.maximum is not None
    return f"{item.minimum:g}–{item.maximum:g}" if rated else ""
