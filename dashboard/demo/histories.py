"""What an invented runner with a hidden cause answers: an intake filled in as at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.clinical.answers import shown
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Item
from dashboard.demo import presentations
from dashboard.demo.dice import Dice
from dashboard.demo.exposure import body, running, shoes
from dashboard.demo.made_up import made_up, said
from dashboard.demo.runners import Runner
from dashboard.entry import accept, plain, thawed

Answers = dict[str, Any]
LEFT_OUT = 0.07
"""Share of questions nobody has to answer that are left out."""
NOT_KNOWN = 0.012
"""Share of yes-or-no questions answered "unknown"."""


def hidden_cause(dice: Dice, runner: Runner, on: date, knowledge: Knowledge) -> str:
    """A condition drawn from the knowledge's starting probabilities for the runner's age and sex, of those who come."""
    age = runner.age_on(on)
    bands, comes = knowledge.settings.age_bands, made_up("clinic")["intakes"]["comes"]
    band = next(b.id for b in bands if b.from_ <= age and (b.to_ is None or age <= b.to_))
    weights = {
        condition.id: condition.prior[band] * condition.sex.get(runner.sex, 1.0) * comes.get(condition.id, 1.0)
        for condition in knowledge.conditions.values()
        if condition.kind == "condition"
    }
    return dice.pick(weights)


def history(dice: Dice, runner: Runner, cause: str, on: date, knowledge: Knowledge) -> tuple[Answers, Answers]:
    """The intake's answers as they are stored, and what was typed in other units ({item: {raw, unit}})."""
    told = presentations.told(cause)
    staff = {section.id for section in knowledge.sections if section.audience == "staff"}
    drawn = {
        item.id: draw(dice, item, told[item.id], runner.age_on(on))
        for item in knowledge.items.values()
        if item.section in staff and item.id in told
    }
    _keep_the_story_straight(dice, drawn, told, knowledge)
    typed = body(runner, on) | running(dice, runner, drawn, on) | shoes(dice, runner)
    entered: Answers = {}
    for item, (raw, unit) in typed.items():
        accepted = accept(item, raw, unit)
        drawn[item] = plain(accepted.answer)
        if accepted.entered:
            entered[item] = dict(accepted.entered)
    drawn |= _menstruation(dice, runner, on, told)
    return _as_asked(dice, drawn, entered, knowledge)


def draw(dice: Dice, item: Item, spec: Any, age: int = 0, not_known: float = NOT_KNOWN) -> Any:
    """One answer, as it is stored, from what is made up for it."""
    if item.type == "flag":
        if 0 < spec < 1 and dice.chance(not_known):
            return "unknown"
        return "yes" if dice.chance(presentations.share_at(item.id, spec, age)) else "no"
    if item.type == "choice":
        return dice.pick(spec)
    if item.type == "choices":
        return _several(dice, item, spec)
    if item.type == "sites":
        return dice.some_of(spec)
    number = dice.wide(*spec) if spec[0] > 0 and spec[2] / spec[0] > 20 else dice.between(*spec)
    return round(number) if item.type == "integer" else round(number, 1)


def _several(dice: Dice, item: Item, shares: Mapping[str, float]) -> list[str]:
    """Options in the questionnaire's order; "none of these" when none falls, an ordinary one where there is no none."""
    exclusive = [option.code for option in item.options if option.exclusive]
    named = set(dice.some_of(shares))
    if named & set(exclusive):
        return exclusive
    ordered = [option.code for option in item.options if option.code in named]
    return ordered or exclusive or [max(shares, key=lambda code: shares[code])]


def _keep_the_story_straight(dice: Dice, drawn: Answers, told: Mapping[str, Any], knowledge: Knowledge) -> None:
    """Make the answers one story: sides, severity, weeks without improvement, treatment so far, mood."""
    drawn["pain_sites"] = _sites(dice, drawn, knowledge.items["pain_sites"])
    days = max(0.1, round(dice.wide(*told["pain_duration_days"]), 1))
    drawn["pain_duration_days"] = days if days < 7 else float(round(days))
    now = drawn["nprs_back_now"]
    drawn["nprs_worst"] = min(10, max(now, drawn["nprs_leg"]) + dice.number(1, 3))
    drawn |= disability(dice, max(now, drawn["nprs_leg"] - 1))
    drawn |= treatment(dice, days / 7, drawn["pain_course"], told["mri_taken"])
    drawn["psfs"] = [
        [activity, dice.number(1, 7)] for activity in dice.sample(made_up("words")["activities"], dice.number(1, 3))
    ]
    drawn["goal_text"] = said(dice, "goals")
    risk = {"low": 50, "medium": 36, "high": 8} if drawn["fear_movement"] > 4 else {"low": 86, "medium": 13, "high": 1}
    drawn["startback_group"] = dice.pick(risk) if dice.chance(0.5) else "not_done"


def _sites(dice: Dice, drawn: Answers, item: Item) -> list[str]:
    """Every place that hurts, the main one among them, in the questionnaire's order, with a side if it has two."""
    places = {drawn["pain_main_site"], *drawn["pain_sites"]}
    side = dice.one_of(("left", "right"))
    named = [option for option in item.options if option.code in places]
    return [f"{option.code}:{side}" if option.sided else option.code for option in named]


def disability(dice: Dice, pain: float) -> Answers:
    """Totals of the disability measures that go with a pain from 0 to 10; the second is not always taken."""
    share = min(0.95, max(0.02, dice.near(0.04 + pain * 0.055, 0.06)))
    totals: Answers = {"odi_percent": float(2 * round(share * 50))}
    if dice.chance(0.6):
        totals["rmdq_total"] = min(24, max(0, round(24 * dice.near(share + 0.04, 0.06))))
    return totals


def treatment(dice: Dice, weeks: float, course: str, mri: float) -> Answers:
    """What was tried so far, how long without getting better, which pictures were taken: more, the longer it lasts."""
    tried = {"rest": 0.45, "nsaid": 0.45, "exercise": min(0.6, 0.1 + weeks / 30), "massage": 0.2, "chiropractic": 0.12}
    tried |= {"physical_therapy": min(0.55, weeks / 40), "injection": min(0.08, weeks / 500), "other": 0.05}
    order = ("rest", "exercise", "physical_therapy", "chiropractic", "massage", "nsaid", "injection", "other")
    named = set(dice.some_of(tried))
    stalled = 0 if course == "better" or dice.chance(0.4) else dice.between(0, min(weeks, 2), min(weeks, 26))
    pictures = {"xray": min(0.3, weeks / 60), "mri": min(mri, weeks / 20)}
    taken = set(dice.some_of(pictures))
    return {
        "prior_treatment": [code for code in order if code in named] or ["none"],
        "conservative_weeks": float(round(min(weeks, dice.between(1, 5, 30)))),
        "no_improvement_weeks": float(round(min(stalled, 104))),
        "imaging_done": [code for code in ("xray", "mri") if code in taken] or ["none"],
    }


def _menstruation(dice: Dice, runner: Runner, on: date, told: Mapping[str, Any]) -> Answers:
    age, low_energy = runner.age_on(on), dice.chance(told["tells_of_low_energy"])
    if age >= 50:
        return {"menstrual_status": dice.pick({"menopause": 85, "irregular": 15})}
    if low_energy:
        return {"menstrual_status": dice.pick({"irregular": 50, "none_3_months": 35, "none_12_months": 15})}
    usual = {"regular": 72, "irregular": 3, "masked_by_contraception": 22, "none_3_months": 1}
    return {"menstrual_status": dice.pick(usual)}


def _as_asked(dice: Dice, drawn: Answers, entered: Answers, knowledge: Knowledge) -> tuple[Answers, Answers]:
    """Only what is asked, in the questionnaire's order, with some of what nobody must answer left out."""
    answerable = [item for item in knowledge.items.values() if item.id in drawn]
    kept = [item.id for item in answerable if item.required or not dice.chance(LEFT_OUT)]
    asked = shown(knowledge, {item: thawed(drawn[item]) for item in kept})
    answers = {item: drawn[item] for item in kept if item in asked}
    return answers, {item: how for item, how in entered.items() if item in answers}


def examination(dice: Dice, cause: str, answers: Mapping[str, Any], knowledge: Knowledge) -> Answers:
    """What a clinician finds and lays over the history; not everything is examined every time."""
    findings = {
        item: draw(dice, knowledge.items[item], spec)
        for item, spec in presentations.found(cause).items()
        if dice.chance(0.8)
    }
    findings["exam_reflexes"] = {f"{row}.{side}": 2 for row in ("knee", "ankle") for side in ("right", "left")}
    findings["exam_myotomes"] = _strength(dice, answers)
    return findings


def _strength(dice: Dice, answers: Mapping[str, Any]) -> dict[str, int]:
    """Full strength by root and side, but for the one side the patient calls weak."""
    strength = {f"{root}.{side}": 5 for root in ("l2", "l3", "l4", "l5", "s1") for side in ("right", "left")}
    if (side := answers.get("weakness_self")) in ("right", "left"):
        strength[f"{dice.one_of(('l5', 's1'))}.{side}"] = 4
    return strength
