"""The shared-decision sheet: what it probably is, the choices with how sure anyone is, what matters to the patient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import labels
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Advice, Clearance, OrthobiologicOption

ABOUT_RUNNING = ("stop_running", "running_damage", "gradual_load")
"""Advice that is only for those who may run now."""
ASIDE = ("regenerative_promises", "stenosis_without_surgery")
"""Advice said under injections, where it belongs."""
CARE = ("self_care", "supervised_care")
"""Steps whose contents a patient can do something with."""
MOST_ADVICE = 8
DIRECTIONS = {
    "negative": "No benefit",
    "positive": "Benefit",
    "neutral": "Not clear",
    "uncontrolled": "No comparison group",
}
ASKED = (
    "What would I most like to be able to do again?",
    "What worries me about the choices?",
    "What do I want to ask before I decide?",
)
DayWords = Callable[[date], str]


def content(
    knowledge: Knowledge,
    condition: str,
    document: Mapping[str, Any],
    step: str | None,
    day: DayWords,
    on: date,
    name: str,
    clinician: str,
) -> dict[str, Any]:
    """What the template "shared_decision" prints for a decided condition."""
    known = knowledge.conditions[condition]
    clearance = knowledge.load.clearances.get(condition)
    return {
        "title": "Your back pain: the choices",
        "below": " · ".join(filter(None, [name, day(on)])),
        "is_title": "What we think it is",
        "is": [f"{known.title}.", known.plain],
        "step": _step(knowledge, step),
        "do_title": "What you can do",
        **_do(knowledge, condition, clearance),
        "running_title": "Running",
        "running": clearance.says if clearance else "",
        "not_title": "What does not help",
        "not": [each.wording for each in knowledge.advice if each.grade == "X" and each.id not in ASIDE],
        **_injections(knowledge, condition, document),
        "asked_title": "What matters to you",
        "asked": list(ASKED),
        "safety": knowledge.safety_net,
        "made": "Made from what your clinician"
        + (f", {clinician}," if clinician else "")
        + " decided with you. It is not a diagnosis by itself, and you may change your mind.",
        "foot": f"Backstride · knowledge {knowledge.version} · {knowledge.sha256[:12]}",
    }


def _step(knowledge: Knowledge, step: str | None) -> str:
    title = next((each.title for each in knowledge.ladder if each.id == step), "")
    return f"The next step: {title}." if title else ""


def _do(knowledge: Knowledge, condition: str, clearance: Clearance | None) -> dict[str, Any]:
    """What helps: the condition's own care where general advice could harm, else advice with good evidence."""
    known = knowledge.conditions[condition]
    if known.serious or (clearance and clearance.bone_stress):
        pathway = knowledge.pathways.get(condition)
        held = [each for step in CARE for each in (pathway.content.get(step, ()) if pathway else ())]
        own = [each for each in held if not each.grade.startswith("X")]
        return {
            "do_head": ["What", "How much", "How sure we are"],
            "do": [[each.text, each.dose, _sure(each.grade)] for each in own[:MOST_ADVICE]],
        }
    return {
        "do_head": ["You may have heard", "What we say", "How sure we are"],
        "do": [[each.claim, each.wording, _sure(each.grade)] for each in _helps(knowledge, clearance)],
    }


def _helps(knowledge: Knowledge, clearance: Clearance | None) -> Sequence[Advice]:
    """Advice with at least moderate evidence, the surest first; what is about running only for those who may run."""
    runs = clearance is not None and clearance.running == "within-pain-rule"
    good = [each for each in knowledge.advice if each.grade[:1] in ("A", "B") and each.id not in ASIDE]
    fitting = [each for each in good if runs or each.id not in ABOUT_RUNNING]
    return sorted(fitting, key=lambda each: each.grade[:1])[:MOST_ADVICE]


def _sure(grade: str) -> str:
    letter, _, narrower = grade.partition(" ")
    words = labels.GRADES.get(letter[:1], grade)
    return f"{words.capitalize()}{', small effect' if narrower == 'small' else ''}"


def _injections(knowledge: Knowledge, condition: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Platelet and cell injections: whether they come into question at all, and every trial, the negative ones too."""
    offered = [each for each in knowledge.options if each.condition == condition and each.offered]
    gates = document["referral_gates"]
    open_ = any(gates[kind]["open"] for kind in labels.ORTHOBIOLOGIC if kind in gates)
    general = next((each.wording for each in knowledge.advice if each.id == ASIDE[0]), "")
    if not offered:
        told = ["Not offered for this condition: no good study supports them.", general]
    elif not open_:
        told = ["Not part of your care now: what must come first has not been done or is not known.", general]
    else:
        told = [knowledge.notice]
    return {
        "injections_title": "Injections of platelets (PRP) or cells",
        "injections": [each for each in told if each],
        "trials_head": ["Study", "Result"],
        "trials": [row for option in offered for row in _trials(option)] if offered else [],
    }


def _trials(option: OrthobiologicOption) -> Sequence[list[str]]:
    return [[trial.text, DIRECTIONS[trial.direction]] for trial in option.trials]
