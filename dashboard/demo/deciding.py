"""How the invented clinicians sign: mostly they accept, sometimes they change or reject, with a reason."""

from __future__ import annotations

from typing import Any

from dashboard.clinical.vocabulary import Urgency
from dashboard.demo.dice import Dice
from dashboard.demo.made_up import made_up, said

STEPS = ("self_care", "supervised_care", "imaging_specialist", "orthobiologic_discussion")


def decide(dice: Dice, document: dict[str, Any], stands_at: int) -> dict[str, Any]:
    """The columns of a decision on an assessment, of an episode whose urgency stands at a rank."""
    suggested = Urgency.of(document["urgency"])
    verdict = dice.pick(made_up("clinic")["verdict"][suggested.code])
    nothing: dict[str, Any] = {"condition": None, "step": None, "urgency": None, "reason_code": None}
    lowered = _lowered(dice, suggested, stands_at)
    if verdict == "accepted":
        return nothing | {"verdict": "accepted", "comment": said(dice, "agreed")} | lowered
    why = {"reason_code": dice.pick(made_up("clinic")["reasons"])}
    if verdict == "lowered":
        step = dice.pick({"supervised_care": 70, "self_care": 30})
        lower = {"urgency": int(Urgency.ROUTINE), "step": step, "comment": said(dice, "lowered")}
        return nothing | why | {"verdict": "changed"} | lower
    if verdict == "rejected":
        return nothing | why | {"verdict": "rejected", "comment": said(dice, "rejected")} | lowered
    return nothing | why | {"verdict": "changed", "comment": said(dice, "changed")} | _other(dice, document) | lowered


def agreed(dice: Dice, stands_at: int) -> dict[str, Any]:
    """The columns of an acceptance that keeps the urgency the episode stands at."""
    nothing: dict[str, Any] = {"condition": None, "step": None, "urgency": stands_at, "reason_code": None}
    return nothing | {"verdict": "accepted", "comment": said(dice, "agreed")}


def ask_to_lower(document: dict[str, Any]) -> dict[str, Any] | None:
    """The columns of the decision that the demo's waiting case waits with; None if its urgency is not grave."""
    lower = Urgency.of(made_up("clinic")["waits_for_second"]["urgency"])
    if Urgency.of(document["urgency"]) < Urgency.SAME_DAY:
        return None
    nothing: dict[str, Any] = {"condition": None, "step": None, "urgency": int(lower)}
    words = str(made_up("words")["confirmed_elsewhere"])
    return nothing | {"verdict": "changed", "reason_code": "cds-not-applicable", "comment": words}


def _lowered(dice: Dice, suggested: Urgency, stands_at: int) -> dict[str, Any]:
    """Leaving it at less than a high urgency the episode still stands at is someone's decision, with its reason."""
    if stands_at < Urgency.SAME_DAY or suggested >= stands_at:
        return {}
    reason = dice.pick(made_up("clinic")["reasons"])
    return {"urgency": int(suggested), "reason_code": reason, "comment": said(dice, "lowered")}


def _other(dice: Dice, document: dict[str, Any]) -> dict[str, Any]:
    """Another step, one rung from the suggested one, or the condition that came second."""
    here = document["pathway"]["step"]
    second = [entry["condition"] for entry in document["differential"][1:3] if not entry.get("serious")]
    if second and dice.chance(0.35):
        return {"condition": dice.one_of(second)}
    place = STEPS.index(here) if here in STEPS else 1
    lower, higher = max(0, place - 1), min(2, place + 1)
    return {"step": STEPS[lower if (place == lower or dice.chance(0.5)) and place != 0 else higher]}
