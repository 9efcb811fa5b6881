"""The sheet of red-flag cases, rule by rule: alone, unanswered, and laid over a confidently benign picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.clinical.answers import read_case
from dashboard.clinical.assessment import assess_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import RedFlag, Urgency
from tests.red_flag_sheet import CASES, alone, benign, unanswered


@dataclass(frozen=True)
class RuleTold:
    """What the sheet shows of one rule."""

    flag: RedFlag
    cases: int
    fires: int
    """Cases in which its answers set it off at the urgency the sheet gives."""
    by_itself: int
    """Of those, in which no other rule fires."""
    quiet: int
    """Cases in which, without its answers, it neither fires nor is gone: nothing is raised, nothing cleared."""
    still_open: int
    """Of those, in which it is listed as one that someone can still be asked about."""
    laid: int
    """Cases that can be laid over the benign picture; in the others the answers contradict it."""
    kept: int
    """Of those, in which a likely, harmless condition leads and leaves the urgency where it was, or higher."""


def rules_told(knowledge: Knowledge) -> tuple[RuleTold, ...]:
    """Every rule of the knowledge, in its order."""
    forms = [form(case) for form in (alone, unanswered, benign) for case in CASES]
    documents = [a.document() for a in assess_batch([read_case(knowledge, form) for form in forms], knowledge)]
    size = len(CASES)
    thirds = (documents[:size], documents[size : 2 * size], documents[2 * size :])
    return tuple(_told(flag, *thirds) for flag in knowledge.red_flags)


Documents = Sequence[dict[str, Any]]


def _told(flag: RedFlag, by_itself: Documents, without: Documents, over_benign: Documents) -> RuleTold:
    own = [(number, case["urgency"]) for number, case in enumerate(CASES) if case["rule"] == flag.id]
    fired = [n for n, urgency in own if _urgency(by_itself[n], flag.id) == urgency]
    quiet = [n for n, _ in own if _urgency(without[n], flag.id) is None]
    laid = [(n, urgency) for n, urgency in own if not CASES[n].get("without_benign")]
    kept = [n for n, urgency in laid if _stays(over_benign[n], urgency)]
    return RuleTold(
        flag,
        len(own),
        len(fired),
        sum(len(by_itself[n]["red_flags"]) == 1 for n in fired),
        len(quiet),
        sum(any(open_["id"] == flag.id for open_ in without[n]["red_flags_unknown"]) for n in quiet),
        len(laid),
        len(kept),
    )


def _stays(document: dict[str, Any], urgency: str) -> bool:
    leading = document["differential"][0]
    benign = leading["band"] == "likely" and not leading["serious"]
    return benign and Urgency.of(document["urgency"]) >= Urgency.of(urgency)


def _urgency(document: dict[str, Any], rule: str) -> str | None:
    return next((str(fired["urgency"]) for fired in document["red_flags"] if fired["id"] == rule), None)
