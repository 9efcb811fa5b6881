"""The paper form's words: every question with its number, its boxes and room to write, for one printed sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.clinic import Clinic
from dashboard.clinical.vocabulary import Item
from dashboard.in_force import knowledge
from dashboard.intake import asked_sections
from dashboard.on_paper.lines import Line, lines

TEMPLATE = "paper_form"
ACTIVITIES = 3
SHORT = {"flag", "integer", "decimal"}


def content(clinic: Clinic, who: Sequence[str] = ()) -> dict[str, Any]:
    """What the template prints; ``who``: name, date of birth and record number, else there is room to write them."""
    known = knowledge()
    by_section: dict[str, list[Line]] = {}
    for line in lines():
        by_section.setdefault(line.item.section, []).append(line)
    return {
        "title": "Intake on paper",
        "clinic": clinic.name,
        "who": list(who),
        "who_blank": ["Name", "Date of birth", "Record number"],
        "how": [
            "Fill in what applies and leave the rest blank. Blank is never read as no: cross U when nobody knows.",
            "A diamond marks questions that only apply to some.",
            "Ask the sections on pain, nerves and red flags first, and show a clinician at once when in doubt.",
        ],
        "sections": [
            {
                "title": f"{section.letter}  {section.title}",
                "help": section.help,
                "lines": [_printed(each, clinic) for each in by_section.get(section.id, ())],
            }
            for section in asked_sections()
        ],
        "filled": ["Filled in by", "On"],
        "keyed": ["Keyed first by", "Keyed second by"],
        "lang": "en",
        "foot": f"Backstride · intake on paper · knowledge {known.version} · {known.sha256[:12]}",
    }


def _printed(line: Line, clinic: Clinic) -> dict[str, Any]:
    item = line.item
    return {
        "number": line.number,
        "wording": "Details" if line.is_detail else item.wording,
        "kind": "detail" if line.is_detail else item.type,
        "sometimes": item.show_if is not None,
        "private": item.sensitive,
        "boxes": _boxes(line),
        "unit": _unit(item, clinic),
        "other_units": [each for each in (item.unit, *item.units) if each not in (None, "in", _unit(item, clinic))],
        "range": _range(item),
        "rows": ACTIVITIES if item.type == "activities" else 0,
    }


def _boxes(line: Line) -> list[Mapping[str, Any]]:
    if line.item.type == "flag" and not line.is_detail:
        return [{"code": "Y", "label": "Yes"}, {"code": "N", "label": "No"}, {"code": "U", "label": "Unknown"}]
    offered = enumerate(line.options, 1)
    return [{"code": str(place), "label": option.label, "sided": option.sided} for place, option in offered]


def _unit(item: Item, clinic: Clinic) -> str:
    return clinic.unit_for((*item.units, item.unit or "")) or item.unit or ""


def _range(item: Item) -> str:
    """The ends of a rating, which people have to know; of other amounts nothing is suggested."""
    rated = item.unit is None and item.minimum is not None and item.maximum is not None
    return f"{item.minimum:g}–{item.maximum:g}" if rated else ""
