"""The whole history can be typed: Enter goes on, one key answers, and no key is lost however fast they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard import casework
from dashboard.casework.views import NewPatient
from dashboard.ui.desk import minutes
from tests.e2e.person import Person
from tests.e2e.test_first_day import set_up
from tests.e2e.typist import AT, AT_REVIEW, IN_UNITS, MOUSE, Typist, complete, script
from tests.running import Server

IS_IN = "item => document.activeElement?.closest(`.st-key-item-${item}`) != null"
FAST = 25
"""Milliseconds between keys: nobody types so fast for long, and a whole run of the page takes longer."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One clinic for all of them, with its cast; every test has patients of its own."""
    with Server(tmp_path_factory.mktemp("keyboard") / "home") as running:
        set_up(Person(None, running))  # type: ignore[arg-type]
        yield running


def expected(server: Server, number: str) -> int:
    """An invented runner registered already, whom Noor now expects at the desk: the record's id."""
    with server.at_home():
        noor = casework.actor_for("noor")
        told = NewPatient("Testa", f"Invented {number}", date(1990, 1, 1), "female", min(noor.site_ids), number)
        return casework.register_patient(noor, told).id


def begun(page: Page, server: Server, number: str, section: str, **answers: Any) -> tuple[Person, str]:
    """Noor with the intake of an invented runner at a section, and the draft's id."""
    patient, person = expected(server, number), Person(page, server)
    with server.at_home():
        noor = casework.actor_for("noor")
        draft = casework.open_draft(noor, patient).id
        for item, answer in answers.items():
            casework.save_answer(noor, draft, item, answer)
        casework.keep_section(noor, draft, section)
    person.sign_in("Noor")
    person.visit(f"/intake?draft={draft}")
    return person, draft


def answers_of(server: Server, draft: str) -> dict[str, Any]:
    """What is stored of a draft."""
    with server.at_home():
        return dict(casework.read_draft(casework.actor_for("noor"), draft).answers)


def test_a_whole_intake_is_typed_from_the_search_to_the_last_button_without_a_mouse(server: Server, page: Page):
    """Every key comes 25 ms after the last, before the page can follow: what is stored is what was typed."""
    person = Person(page, server)
    number = "KEYS-1"
    expected(server, number)
    person.sign_in("Noor")
    person.visit("/intake")
    page.evaluate(MOUSE)
    typist = Typist(page, FAST)
    while not page.evaluate("() => document.activeElement?.closest('.st-key-find-patient') != null"):
        typist.press(["Tab"])
    typist.press(number)
    page.wait_for_selector("[class*=st-key-take-]")
    typist.press(["ArrowDown", "Enter"])
    typist.wait_for(AT, "consent_record")
    typist.settle()
    draft, wanted = page.url.rpartition("draft=")[2], complete()
    wanted["age_years"] = 36
    for _, keys in script(wanted, IN_UNITS):
        typist.press(keys)
    typist.wait_for(AT_REVIEW)
    typist.settle()
    with server.at_home():
        noor = casework.actor_for("noor")
        stored = casework.read_draft(noor, draft).answers
        assert {item: stored.get(item) for item in wanted} == wanted
        assert set(stored) == set(wanted)
    typist.press(["Control+Enter"])
    person.sees("The intake is with the clinicians")
    assert page.evaluate("() => window.clicked") == 0
    person.sees_no_failure()


def test_enter_goes_on_to_the_next_question_without_answering_it(server: Server, page: Page):
    """The key that leaves a number is pressed once: it must not choose the first answer where the cursor goes."""
    person, _ = begun(page, server, "KEYS-2", "pain")
    field = person.item("nprs_leg").locator("input").first
    field.fill("0")
    field.press("Enter")
    page.wait_for_function(IS_IN, arg="bilateral_leg")
    person.settle()
    expect(person.item("bilateral_leg").locator("[aria-checked=true]")).to_have_count(0)
    expect(person.item("nprs_leg").locator("input").first).to_have_value("0")
    field.focus()
    field.fill("6")
    page.keyboard.press("Enter")  # brings two questions in between, which are asked next
    page.wait_for_function(IS_IN, arg="leg_worse_than_back")
    page.keyboard.press("y")
    page.wait_for_function(IS_IN, arg="pain_below_knee")
    page.keyboard.press("ArrowUp")
    page.wait_for_function(IS_IN, arg="leg_worse_than_back")
    person.settle()
    assert person.is_chosen("leg_worse_than_back", "Yes")
    expect(person.item("pain_below_knee").locator("[aria-checked=true]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the intake")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_function(IS_IN, arg="leg_worse_than_back")


def test_a_height_typed_before_its_unit_is_never_so_many_feet(server: Server, page: Page):
    """172, a pause for thought, then C: refused in feet where it stands, and 172 cm with nothing wrong afterwards."""
    person, draft = begun(page, server, "KEYS-3", "demographics")
    field = person.item("height_cm").locator("input").first
    field.focus()
    page.keyboard.type("172")
    expect(person.item("height_cm").get_by_text("out of range")).to_be_visible()
    assert "height_cm" not in answers_of(server, draft)
    page.keyboard.press("c")
    expect(person.item("height_cm").get_by_text("out of range")).to_have_count(0)
    person.settle()
    page.keyboard.press("Enter")
    page.wait_for_function(IS_IN, arg="weight_kg")
    person.settle()
    assert answers_of(server, draft)["height_cm"] == 172
    expect(person.item("height_cm").get_by_text("out of range")).to_have_count(0)


CHOSEN = "([item, word]) => [...document.querySelectorAll(`.st-key-item-${item} [role=radio][aria-checked=true]`)].some((each) => each.innerText.trim() === word)"  # noqa: E501
PLACE = "name => document.querySelector(`.st-key-section-${name}`) != null"
LIST = "() => document.querySelector('dialog.backstride-keys') != null"


def _at(page: Page, item: str) -> None:
    """Put the cursor on a question."""
    page.locator(f".st-key-item-{item} input, .st-key-item-{item} button").first.focus()


def _presses(page: Page, key: str, what: str, arg: object = None) -> None:
    """Press a key; fails unless that comes true."""
    page.keyboard.press(key)
    page.wait_for_function(what, arg=arg, timeout=10_000)


def _words(person: Person) -> None:
    for key, word in (("y", "Yes"), ("n", "No"), ("u", "Unknown")):
        _at(person.page, "cough_sneeze_worse")
        _presses(person.page, key, CHOSEN, ["cough_sneeze_worse", word])


def _signs(person: Person) -> None:
    _at(person.page, "aggravating")
    pressed = person.item("aggravating").locator("[aria-pressed=true], [aria-checked=true], [kind*=Active]")
    for number, key in enumerate(("1", "3", "a"), 1):
        person.page.keyboard.press(key)
        expect(pressed).to_have_count(number)
    person.page.keyboard.press("3")
    expect(pressed).to_have_count(2)


def _on_and_back(person: Person) -> None:
    for on, back in (("Enter", "Shift+Enter"), ("ArrowDown", "ArrowUp")):
        _at(person.page, "nprs_back_now")
        _presses(person.page, on, IS_IN, "nprs_worst")
        _presses(person.page, back, IS_IN, "nprs_back_now")


def _unit(person: Person) -> None:
    _at(person.page, "pain_duration_days")
    person.page.keyboard.type("3")
    _presses(person.page, "w", CHOSEN, ["pain_duration_days", "weeks"])


def _sections(person: Person) -> None:
    for on, back in (("]", "["), ("Alt+ArrowRight", "Alt+ArrowLeft")):
        _presses(person.page, on, PLACE, "neuro")
        person.settle()
        _presses(person.page, back, PLACE, "pain")
        person.settle()


def _missing(person: Person) -> None:
    for key in (";", "Alt+m"):
        _at(person.page, "nprs_worst")
        _presses(person.page, key, "item => !document.activeElement?.closest(`.st-key-item-${item}`)", "nprs_worst")
        person.settle()


def _list(person: Person) -> None:
    _presses(person.page, "?", LIST)
    _presses(person.page, "Escape", "() => document.querySelector('dialog.backstride-keys') == null")


QUIET: dict[str, Callable[[Person], None]] = {
    "Y N U": _words,
    "1–9 A–H": _signs,
    "Enter ↓": _on_and_back,
    "Shift+Enter ↑": _on_and_back,
    "letter": _unit,
    "[ ]": _sections,
    ";": _missing,
    "?": _list,
    "Alt+R": lambda person: _presses(person.page, "Alt+r", AT_REVIEW),
    "Alt+P": lambda person: _presses(person.page, "Alt+p", "() => document.querySelector('.st-key-finder') != null"),
}
"""What each key of the list does on an intake begun, in an order in which one does not disturb the next."""
STOPPED = ("?", "Alt+R", "[ ]", "Alt+Enter")
ELSEWHERE = ("Ctrl+Enter", "=", "+")
"""The first ends the whole intake above; `python -m bench keyboard` presses = for a returning patient; + nobody yet."""


def test_every_key_of_the_list_does_what_it_says(server: Server, page: Page):
    """The list the screen shows is pressed from its first key to its last: one that is added needs its effect here."""
    tried = {*QUIET, *STOPPED, *ELSEWHERE}
    assert {keys for keys, _ in minutes.KEYS} == tried
    person, _ = begun(page, server, "KEYS-4", "pain", runner="yes", nprs_back_now=4, nprs_worst=6)
    for check in QUIET.values():
        check(person)
        person.settle()
    person.sees_no_failure()


def test_an_emergency_is_handed_over_by_its_key(server: Server, page: Page):
    """Where the form has stopped the list, the review and the sections are still a key away, and so is the way out."""
    person, draft = begun(page, server, "KEYS-5", "pain", rf_saddle_numbness="yes")
    expect(person.place("hand-over")).to_be_visible()
    _list(person)
    _presses(page, "Alt+r", AT_REVIEW)
    person.settle()
    _presses(page, "[", "() => document.querySelector('.st-key-submit') == null")
    person.settle()
    page.keyboard.press("Alt+Enter")
    person.sees("The intake is with the clinicians")
    with server.at_home():
        assert casework.read_draft(casework.actor_for("noor"), draft).state == "submitted"
