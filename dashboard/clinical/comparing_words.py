"""What two versions of the knowledge say differently, in words a clinician reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.clinical.comparing import Change

KINDS: Mapping[str, str] = {
    "conditionpathway": "pathway",
    "red_flag": "red-flag rule",
    "prior_modifier": "multiplier",
    "item": "question",
    "derived": "derived value",
    "step": "step of the ladder",
    "imaging": "imaging rule",
    "review": "review",
    "option": "orthobiologic option",
    "hold": "medicine to stop",
    "reference": "source",
    "instrument": "outcome measure",
    "safety_net": "safety net",
}
KEYS: Mapping[str, str] = {
    "prior": "expected before any answer",
    "sex": "multiplier by sex",
    "when": "fires when",
    "met": "met when",
    "show_if": "asked when",
    "cite": "sources",
    "status": "how good it is",
    "use": "how it is used",
    "multiply": "multiplies",
    "clause": "ways it fires",
    "content": "what it holds",
    "table": "ratio by count",
    "cap": "at most",
    "floor": "at least",
    "minimal_important_change": "change that matters",
    "order": "order",
}
RATIO = {"present": "likelihood ratio when present", "absent": "likelihood ratio when absent"}
LONGEST = 90
"""Characters of a text that are quoted; a longer one is cut around what differs."""


def said(change: Change) -> str:
    """One change in a line, such as "Lumbar spinal stenosis, Both legs: likelihood ratio when present 3.5 → 3.8"."""
    about = subject(change)
    if not change.path:
        return f"{about}: {'added' if change.before is None else 'taken out'}"
    return f"{about}: {key(change)} {turn(change)}"


def subject(change: Change) -> str:
    """What changed: the entry, and the finding or option inside it."""
    kind = KINDS.get(change.kind, change.kind.replace("_", " "))
    title = f"{kind} “{_cut(change.title)}”" if change.title else kind
    return f"{title[:1].upper()}{title[1:]}" + (f", {change.about}" if change.about else "")


def key(change: Change) -> str:
    """Which part of it, in words."""
    if "evidence" in change.path[:-1]:
        return RATIO.get(change.path[-1], _word(change.path[-1]))
    if change.kind == "finding" and change.path[-1] in RATIO:
        return f"counts as {change.path[-1]} when"
    if len(change.path) == 3 and change.about:
        return _word(change.path[-1])
    return " › ".join(_word(each) for each in change.path)


def turn(change: Change) -> str:
    """From what to what; of two long texts only the part that differs."""
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > LONGEST:
        before, after = _around(before.strip(), after.strip())
    return f"{_value(before)} → {_value(after)}"


def _word(part: str) -> str:
    return KEYS.get(part, part.replace("_", " "))


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_value(each)}" for name, each in value.items())
    return f"“{_cut(str(value), 2 * LONGEST)}”" if isinstance(value, str) else str(value)


def _cut(text: str, longest: int = LONGEST) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rsplit(' ', 1)[0]} …"


def _around(before: str, after: str) -> tuple[str, str]:
    """Both texts without the beginning and the end they share, cut at words."""
    old, new = before.split(), after.split()
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    room = min(len(old), len(new)) - start
    end = next((n for n in range(room) if old[-1 - n] != new[-1 - n]), room)
    first = max(0, start - 3)
    cut = [words[first : len(words) - end + (3 if end > 3 else end)] for words in (old, new)]
    lead, tail = "… " if first else "", " …" if end > 3 else ""
    return f"{lead}{' '.join(cut[0])}{tail}", f"{lead}{' '.join(cut[1])}{tail}"
