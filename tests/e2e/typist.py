"""Somebody who types an intake: which keys give which answer, and a person who presses them and touches no mouse."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playwright.sync_api import Page

from dashboard import intake
from dashboard.casework.before import Before, offered
from dashboard.clinical.vocabulary import Item, Option
from tests.casework.histories import a_history
from tests.e2e.person import READY

SIGNS = "123456789abcdefghijklm"
MOUSE = """() => { window.clicked = 0;
  for (const each of ["mousedown", "touchstart", "pointerdown"])
    document.addEventListener(each, (event) => { if (event.isTrusted) window.clicked += 1; }, true); }"""
AT = """name => document.activeElement?.closest(`.st-key-item-${name}`) != null"""
AT_REVIEW = """() => document.querySelector(".st-key-submit") !== null"""


class Typist:
    """Presses keys, counts them, and leaves a moment between them; ``pace`` in milliseconds."""

    def __init__(self, page: Page, pace: float) -> None:
        self.page, self.pace, self.pressed = page, pace, 0
        self.began = time.monotonic()

    def press(self, keys: Sequence[str]) -> None:
        """One key after the other, whatever the page is doing."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
            if self.pace:
                self.page.wait_for_timeout(self.pace)

    @property
    def seconds(self) -> float:
        """Since this typist began."""
        return time.monotonic() - self.began

    def wait_for(self, what: str, name: str | None = None) -> None:
        """Look at the screen until it is there, as a person does before beginning."""
        self.page.wait_for_function(what, arg=name)

    def settle(self) -> None:
        """Wait until nothing is running."""
        self.page.wait_for_selector(READY, state="attached")


def complete(**changes: Any) -> dict[str, Any]:
    """A complete history of that runner, every other required question answered as quietly as can be."""
    return a_history(**{**RADICULAR, **changes})


def script(
    answers: Mapping[str, Any], entered: Mapping[str, tuple[Any, str]] | None = None, last: Before | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Every question that is asked, in order, with the keys that give its answer and go on; Enter where it has none.

    ``entered`` has numbers to type in another unit. With ``last`` what is offered from the last intake is confirmed.
    """
    visible = intake.visible(answers)
    for section in intake.asked_sections():
        for item in intake.knowledge().items_of(section.id):
            if item.id in visible:
                if last is not None and offered(last, item) and answers.get(item.id) == last.answers[item.id]:
                    yield item.id, ["="]
                else:
                    yield item.id, keys_for(item, answers, (entered or {}).get(item.id))


def keys_for(item: Item, answers: Mapping[str, Any], entered: tuple[Any, str] | None = None) -> list[str]:
    """The keys that answer one question and leave it."""
    answer = answers.get(item.id)
    if answer is None or item.id in ("age_years", "sex_at_birth"):
        return ["Enter"]
    if item.type == "flag":
        return [answer[0], *(["Enter"] if answer == "yes" and item.detail else [])]
    codes = [option.code for option in _offered(item, answers)]
    if item.type == "choice":
        return [SIGNS[codes.index(answer)]]
    if item.type == "choices":
        return [*(SIGNS[codes.index(each)] for each in answer), "Enter"]
    if item.type == "sites":
        return _sites(answer, codes)
    if item.type in ("integer", "decimal"):
        raw, unit = entered or (answer, None)
        return [*f"{raw:g}", *([unit[0]] if unit else []), "Enter"]
    if item.type == "mix":
        return _shares(answer, codes)
    if item.type == "activities":
        return [key for words, rating in answer for key in (*words, "Enter", str(rating), "Enter")] + ["Enter"]
    return [*answer, "Enter"]


def _sites(answer: Sequence[str], codes: Sequence[str]) -> list[str]:
    """The places, and after Enter the side of each that has one, in the order of the list."""
    places = sorted(each.partition(":")[::2] for each in answer)
    chosen = sorted(places, key=lambda place: codes.index(place[0]))
    return [*(SIGNS[codes.index(code)] for code, _ in chosen), "Enter", *(side[0] for _, side in chosen if side)]


def _shares(answer: Mapping[str, float], codes: Sequence[str]) -> list[str]:
    """A share and Enter each, until they make the whole."""
    keys: list[str] = []
    left = 100.0
    for code in codes:
        if left:
            left -= answer.get(code, 0)
            keys += [*(f"{answer[code]:g}" if code in answer else ""), "Enter"]
    return keys


def _offered(item: Item, answers: Mapping[str, Any]) -> list[Option]:
    """The options on the screen: of "which is worst" only the places named."""
    named = [each.partition(":")[0] for each in answers.get("pain_sites") or ()]
    return [o for o in item.options if o.asked and (item.id != "pain_main_site" or o.code in named)]


RADICULAR: dict[str, Any] = {
    "consent_record": "yes",
    "age_years": 36,
    "sex_at_birth": "female",
    "pain_duration_days": 28.0,
    "onset_type": "sudden_event",
    "pain_sites": ["midline_low_back", "psis_buttock:left", "calf_shin:left"],
    "pain_main_site": "calf_shin",
    "nprs_back_now": 4,
    "nprs_worst": 8,
    "nprs_leg": 6,
    "leg_worse_than_back": "yes",
    "pain_below_knee": "yes",
    "dermatomal_pain": "back_leg_little_toe",
    "bilateral_leg": "no",
    "cough_sneeze_worse": "yes",
    "aggravating": ["sitting", "bending_forward"],
    "easing": ["lying"],
    "claudication": "no",
    "pain_course": "same",
    "numbness_leg": "left",
    "weakness_self": "no",
    "unsteady_gait": "no",
    "meds": ["nsaid"],
    "smoking": "never",
    "pregnancy_status": "no",
    "height_cm": 172.0,
    "weight_kg": 64.0,
    "occupation_load": "sitting",
    "run_status": "stopped",
    "weekly_distance_km": 0.0,
    "prev_weekly_distance_km": 40.0,
    "longest_run_last7_km": 12.5,
    "longest_run_prev30_km": 14.0,
    "sessions_per_week": 4,
    "surface_mix": {"asphalt": 70.0, "trail": 30.0},
    "terrain": "flat",
    "recent_changes": ["none"],
    "shoe_type": "neutral",
    "orthotics": "none",
    "menstrual_status": "regular",
    "bsi_history": "none",
    "low_energy_signs": ["none"],
    "spine_surgery": "no",
    "allergies": ["none"],
    "prior_treatment": ["rest", "physical_therapy"],
    "no_improvement_weeks": 2.0,
    "imaging_done": ["none"],
    "psfs": [["run the park loop", 3], ["sit at work", 5]],
    "goal_text": "back to the Saturday run",
    "biologic_interest": "curious",
    "bleeding_disorder": "no",
}
"""An invented runner whose leg hurts more than her back: what is asked of nearly everyone, and what her leg brings."""
IN_UNITS: dict[str, tuple[Any, str]] = {
    "pain_duration_days": (4, "weeks"),
    "longest_run_last7_km": (12.5, "km"),
    "longest_run_prev30_km": (14, "km"),
    "weekly_distance_km": (0, "km"),
    "prev_weekly_distance_km": (40, "km"),
    "height_cm": (172, "cm"),
    "weight_kg": (64, "kg"),
    "no_improvement_weeks": (2, "weeks"),
}
"""As she says it; the clinic's own unit may be another one."""
