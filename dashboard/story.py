"""The story in five lines: the answers of an intake as a colleague would tell them, with nothing added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import intake
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Item
from dashboard.doubts import Notes

KM_PER_MILE = 1.609344


@dataclass(frozen=True)
class StoryLine:
    """One line of the story: its heading and what is told under it; ``told`` is False when nothing was answered."""

    heading: str
    text: str
    told: bool = True


def story(
    answers: Mapping[str, Any], knowledge: Knowledge, distance_unit: str = "km", notes: Notes | None = None
) -> tuple[StoryLine, ...]:
    """Who, where it hurts, how it behaves, the running, and the background; always five lines, in this order.

    Where the desk's ``notes`` are given, a sixth tells of answers that looked odd, each with its note.
    """
    teller = _Teller(answers, knowledge.items, distance_unit)
    odd = _odd(answers, knowledge, notes)
    told = tuple(
        StoryLine(heading, text or "Not asked yet.", bool(text))
        for heading, text in (
            ("Runner", _runner(teller)),
            ("Pain", _pain(teller)),
            ("Behaviour", _behaviour(teller)),
            ("Load and shoes", _load(teller)),
            ("Background", _background(teller)),
        )
    )
    return (*told, StoryLine("Doubtful", odd)) if odd else told


def _odd(answers: Mapping[str, Any], knowledge: Knowledge, notes: Notes | None) -> str:
    standing = () if notes is None else intake.doubts(answers, notes, known=knowledge)
    return " ".join(f"{each.caution.says} ({each.text or 'no note'})" for each in standing)


@dataclass(frozen=True)
class _Teller:
    """Reads answers aloud: labels for codes, amounts with their unit; None or nothing for what is not known."""

    answers: Mapping[str, Any]
    items: Mapping[str, Item]
    distance_unit: str

    def code(self, item: str) -> str | None:
        """The answer of a choice or flag as its code."""
        answer = self.answers.get(item)
        return answer if isinstance(answer, str) else None

    def number(self, item: str) -> float | None:
        """The answer of a number item."""
        answer = self.answers.get(item)
        return float(answer) if isinstance(answer, int | float) else None

    def label(self, item: str, code: str | None = None) -> str:
        """The words of an option, as they stand inside a sentence."""
        code = self.code(item) if code is None else code
        options = self.items[item].options if item in self.items else ()
        return next((_inside(option.label) for option in options if option.code == code), _inside(code or ""))

    def labels(self, item: str) -> list[str]:
        """The words of every chosen option of a many-choice item, "none of these" left out."""
        answer = self.answers.get(item)
        if not isinstance(answer, tuple | list):
            return []
        options = self.items[item].options if item in self.items else ()
        exclusive = {option.code for option in options if option.exclusive}
        return [self._sided(item, each) for each in answer if isinstance(each, str) and each not in exclusive]

    def _sided(self, item: str, code: str) -> str:
        place, _, side = code.partition(":")
        words = self.label(item, place)
        return words if not side else f"{words} ({'both sides' if side == 'both' else side})"

    def yes(self, items: Iterable[str]) -> list[str]:
        """The ids among ``items`` answered yes."""
        return [item for item in items if self.answers.get(item) == "yes"]

    def distance(self, item: str) -> str:
        """A distance in the clinic's unit; an empty string when not known."""
        km = self.number(item)
        if km is None:
            return ""
        return f"{km / KM_PER_MILE:.0f} mi" if self.distance_unit == "mi" else f"{km:.0f} km"


def _runner(teller: _Teller) -> str:
    age, sex = teller.number("age_years"), teller.code("sex_at_birth")
    who = f"{age:.0f}-year-old {_person(age, sex)}" if age is not None else _person(None, sex).capitalize()
    runs = {"no": "does not run", "used_to": "used to run", "yes": "runs"}.get(teller.code("runner") or "", "")
    weekly, sessions = teller.distance("weekly_distance_km"), teller.number("sessions_per_week")
    amount = _joined([f"{weekly} a week" if weekly else "", f"{sessions:.0f} runs a week" if sessions else ""])
    status = {"reduced": "now running less", "stopped": "has stopped running", "full": "training in full"}
    known = age is not None or sex is not None or bool(runs)
    parts = [
        who,
        f"{runs} {amount}".strip() if runs == "runs" else runs or amount,
        status.get(teller.code("run_status") or "", ""),
        _years(teller.number("years_running")),
    ]
    return _sentence(parts) if known or amount else ""


def _person(age: float | None, sex: str | None) -> str:
    grown = age is None or age >= 18
    return {"female": "woman" if grown else "girl", "male": "man" if grown else "boy"}.get(sex or "", "person")


def _years(years: float | None) -> str:
    return f"{years:.0f} years of running" if years else ""


def _pain(teller: _Teller) -> str:
    sites = teller.labels("pain_sites")
    main = teller.label("pain_main_site") if teller.code("pain_main_site") else ""
    where = ", ".join(sites) or main
    if len(sites) > 1 and main:
        where += f" (worst: {main})"
    now, worst = teller.number("nprs_back_now"), teller.number("nprs_worst")
    strength = _joined([_rated(now, "{} now"), _rated(worst, "worst {}")])
    onset, course = teller.label("onset_type"), teller.label("pain_course")
    return _sentence(
        [
            where,
            strength,
            _duration(teller.number("pain_duration_days")),
            _told("began:", onset),
            _told("overall", course),
        ]
    )


def _rated(rating: float | None, words: str) -> str:
    return "" if rating is None else words.format(f"{rating:g}/10")


def _duration(days: float | None) -> str:
    """A length of time in the unit people would use for it."""
    if days is None:
        return ""
    for size, unit, from_days in ((30.44, "months", 84), (7, "weeks", 14), (1, "days", 2)):
        if days >= from_days:
            return f"for {days / size:.0f} {unit}"
    return "since today" if days < 1 else "for 1 day"


def _behaviour(teller: _Teller) -> str:
    worse, eased = ", ".join(teller.labels("aggravating")), ", ".join(teller.labels("easing"))
    night = "" if teller.code("night_pain") == "none" else teller.label("night_pain")
    running = teller.label("running_pain_pattern")
    return _sentence(
        [
            *_legs(teller),
            _told("worse with", worse),
            _told("eased by", eased),
            _told("at night:", night),
            _told("with running:", running),
        ]
    )


def _legs(teller: _Teller) -> list[str]:
    """What the legs do: pain, numbness, weakness."""
    pain = teller.number("nprs_leg")
    below = " below the knee" if teller.code("pain_below_knee") == "yes" else ""
    told = ["no leg pain" if pain == 0 else _rated(pain, "leg pain {}" + below)]
    for item, word in (("numbness_leg", "numbness"), ("weakness_self", "weakness")):
        if teller.code(item) in ("right", "left", "both"):
            told.append(f"{word} {_where(teller.code(item))}")
    return told


def _where(side: str | None) -> str:
    return "in both legs" if side == "both" else f"in the {side} leg"


def _load(teller: _Teller) -> str:
    longest, before = teller.distance("longest_run_last7_km"), teller.distance("longest_run_prev30_km")
    run = f"longest run {longest}" + (f", {before} at most in the 30 days before" if before else "") if longest else ""
    changed, shoe = teller.labels("recent_changes"), teller.label("shoe_type")
    worn = teller.distance("shoe_age_km")
    race = teller.code("goal_race")
    return _sentence(
        [
            run,
            _told("changed lately:", ", ".join(changed)),
            _surfaces(teller),
            _told("shoes:", _joined([shoe, f"{worn} on them" if worn else ""])),
            "" if race == "none" else _told("goal race:", teller.label("goal_race")),
        ]
    )


def _surfaces(teller: _Teller) -> str:
    """The surfaces that make up the running, most first."""
    mix = teller.answers.get("surface_mix")
    if not isinstance(mix, Mapping):
        return ""
    most = sorted((pair for pair in mix.items() if pair[1] > 0), key=lambda pair: -pair[1])
    return "on " + ", ".join(f"{teller.label('surface_mix', code)} {share:.0f}\u00a0%" for code, share in most)


def _background(teller: _Teller) -> str:
    flags = [_inside(teller.items[item].wording).rstrip("?.") for item in teller.yes(teller.answers) if _is_flag(item)]
    lists = (("prior_treatment", "tried"), ("meds", "takes"), ("spa_features", "has had"), ("imaging_done", "imaging"))
    told = [f"{word}: {', '.join(teller.labels(item))}" for item, word in lists if teller.labels(item)]
    weeks, stress = teller.number("conservative_weeks"), teller.code("bsi_history")
    fractures = {"one": "one stress fracture before", "two_or_more": "two or more stress fractures before"}
    wish = {"wants": "asks for an injection", "curious": "is curious about injections"}
    before = teller.label("prior_episodes")
    return _sentence(
        [
            _told("yes to:", ", ".join(flags)),
            _told("earlier episodes:", before),
            fractures.get(stress or "", ""),
            *told,
            f"{weeks:.0f} weeks of supervised care" if weeks else "",
            wish.get(teller.code("biologic_interest") or "", ""),
        ]
    )


def _is_flag(item: str) -> bool:
    return item.startswith("rf_")


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: no capital at the start, abbreviations and levels left alone."""
    first = label.split(" ")[0]
    return label if any(sign.isupper() or sign.isdigit() for sign in first[1:]) else label[:1].lower() + label[1:]


def _told(word: str, what: str) -> str:
    """The word before what is told; nothing when there is nothing to tell."""
    return f"{word} {what}" if what else ""


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _sentence(parts: Iterable[str]) -> str:
    """The known parts as one line, with a capital at the start and a stop at the end; empty when nothing is known."""
    text = "; ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
