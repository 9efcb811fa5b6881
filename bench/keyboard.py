"""A whole typical intake by keyboard in a real browser, from the search to the last button: keystrokes and seconds.

Three times: as fast as keys can be sent, at the pace of somebody who types while listening, and for a patient who was
here before and whose lasting facts are confirmed. No mouse event may happen, and what is stored must be what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench import clinic
from dashboard import casework
from dashboard.casework.before import Before
from tests.e2e.conftest import chromium
from tests.e2e.person import Person
from tests.e2e.typist import AT, AT_REVIEW, IN_UNITS, MOUSE, Typist, complete, script
from tests.running import Server

FLAT_OUT, HUMAN = 25.0, 180.0
"""Milliseconds between keys: faster than the page can follow; and a brisk typist's."""
SEARCHING = "() => document.activeElement?.closest('.st-key-find-patient') != null"
LATER: dict[str, Any] = {"nprs_back_now": 2, "nprs_worst": 4, "nprs_leg": 3, "weekly_distance_km": 12.0}


@dataclass(frozen=True)
class Journey:
    """What one intake took, and what was found wrong with it."""

    name: str
    keys: int
    seconds: float
    questions: int
    confirmed: int
    clicks: int
    differing: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost or changed, and no mouse was needed."""
        return not self.differing and not self.clicks


def measure(folder: Path) -> bool:
    """Type the intakes and print what each took; True when nothing differed and no step needed the mouse."""
    home = folder / "demo"
    clinic.made(home)
    with Server(home) as server, sync_playwright() as playwright:
        browser = chromium(playwright)
        told = []
        for name, number, pace, said, in_units in (
            ("flat out", "KEYS-1", FLAT_OUT, complete(), IN_UNITS),
            ("at a human pace", "KEYS-2", HUMAN, complete(), IN_UNITS),
            ("a returning patient", "KEYS-2", HUMAN, complete(**LATER), {**IN_UNITS, "weekly_distance_km": (12, "km")}),
        ):
            _register(server, number)
            page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
            told.append(_typed(Person(page, server), name, number, pace, said, in_units))
            page.context.close()
        browser.close()
    return _report(told)


def _register(server: Server, number: str) -> None:
    with server.at_home():
        noor = casework.actor_for("noor")
        if not casework.find_patients(noor, number):
            new = casework.NewPatient("Testa", number.title(), date(1990, 1, 1), "female", min(noor.site_ids), number)
            casework.register_patient(noor, new)


def _typed(
    person: Person, name: str, number: str, pace: float, said: Mapping[str, Any], in_units: Mapping[str, Any]
) -> Journey:
    """One intake, from the search to the confirmation."""
    page = person.page
    person.sign_in("Noor")
    person.visit("/intake")
    page.evaluate(MOUSE)
    typist = Typist(page, pace)
    draft = _found(typist, page, number)
    with person.server.at_home():
        noor = casework.actor_for("noor")
        last: Before | None = casework.last_intake(noor, draft)
        wanted = {**said, "age_years": casework.read_draft(noor, draft).answers["age_years"]}
    steps = list(script(wanted, in_units, last))
    for _, keys in steps:
        typist.press(keys)
    typist.wait_for(AT_REVIEW)
    typist.settle()
    with person.server.at_home():
        stored = casework.read_draft(noor, draft).answers
    typist.press(["Control+Enter"])
    person.sees("The intake is with the clinicians")
    differing = tuple(sorted(item for item in {*wanted, *stored} if wanted.get(item) != stored.get(item)))
    confirmed = sum(keys == ["="] for _, keys in steps)
    clicks = int(page.evaluate("() => window.clicked"))
    return Journey(name, typist.pressed, typist.seconds, len(steps), confirmed, clicks, differing)


def _found(typist: Typist, page: Page, number: str) -> str:
    """Search for the record's number and take the history; the draft's id."""
    while not page.evaluate(SEARCHING):
        typist.press(["Tab"])
    typist.press(number)
    page.wait_for_selector("[class*=st-key-take-]")
    typist.settle()
    typist.press(["ArrowDown", "Enter"])
    typist.wait_for(AT, "consent_record")
    typist.settle()
    return page.url.rpartition("draft=")[2]


def _report(told: list[Journey]) -> bool:
    print(f"\n{'':22} {'keys':>6} {'questions':>10} {'confirmed':>10} {'seconds':>8} {'clicks':>7}  differing")
    for each in told:
        row = f"{each.keys:6} {each.questions:10} {each.confirmed:10} {each.seconds:8.1f} {each.clicks:7}"
        print(f"{each.name:22} {row}  {', '.join(each.differing) or 'nothing'}")
    good = all(each.is_good for each in told)
    print(f"goal: no mouse, and what is stored is what was typed: {'kept' if good else 'MISSED'}")
    return good
