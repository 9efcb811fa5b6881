"""The sheet of red-flag cases (``cases/red_flags.toml``): a calm case, a benign picture, and what is laid over them."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.worked import FOLDER

SHEET = tomllib.loads((FOLDER / "red_flags.toml").read_text(encoding="utf-8"))
CALM: dict[str, Any] = SHEET["calm"]
BENIGN: dict[str, Any] = SHEET["benign"]
CASES: list[dict[str, Any]] = SHEET["case"]
NOTHING = ("none", "normal", "nothing", "nothing_specific")


def alone(case: dict[str, Any]) -> dict[str, Any]:
    """The calm case with the answers that set off the rule."""
    return over(CALM, case["answers"])


def unanswered(case: dict[str, Any]) -> dict[str, Any]:
    """The calm case without the answers that set off the rule."""
    return {item: answer for item, answer in CALM.items() if item not in case["answers"]}


def benign(case: dict[str, Any]) -> dict[str, Any]:
    """The confidently benign picture with the answers that set off the rule."""
    return over(over(CALM, BENIGN), case["answers"])


def over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """One set of answers laid over another: lists are joined, and "none" gives way."""
    joined = {item: _joined(below[item], answer) for item, answer in above.items() if item in below}
    return below | above | joined


def _joined(below: Any, above: Any) -> Any:
    if not isinstance(below, list) or not isinstance(above, list) or set(above) & set(NOTHING):
        return above
    return [answer for answer in dict.fromkeys(below + above) if answer not in NOTHING]
