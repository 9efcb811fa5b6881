"""The whole history can be typed: Enter goes on, one key answers, and no key is lost however fast they come."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect

from dashboard import casework
from dashboard.casework.views import NewPatient
from tests.e2e.person import Person
from tests.e2e.test_first_day import register_runner, set_up
from tests.e2e.typist import AT, AT_REVIEW, IN_UNITS, MOUSE, Typist, complete, script
from tests.running import Server

IS_IN = "item => document.activeElement?.closest(`.st-key-item-${item}`) != null"
FAST = 25
"""Milliseconds between keys: nobody types so fast for long, and a whole run of the page takes longer."""


def begun(person: Person) -> None:
    """A clinic, Noor, and the intake of an invented runner at its first section."""
    set_up(person)
    person.sign_in("Noor")
    register_runner(person)
    person.press("rail-pain")


def expected(person: Person) -> tuple[str, int]:
    """Somebody registered already, whom Noor now expects at the desk: name and number of the record."""
    set_up(person)
    with person.server.at_home():
        noor = casework.actor_for("noor")
        told = NewPatient("Testa", "Invented", date(1990, 1, 1), "female", min(noor.site_ids), "KEYS-1")
        patient = casework.register_patient(noor, told)
    person.sign_in("Noor")
    return patient.record_number, patient.id


def test_a_whole_intake_is_typed_from_the_search_to_the_last_button_without_a_mouse(server: Server, page: Page):
    """Every key comes 25 ms after the last, before the page can follow: what is stored is what was typed."""
    person = Person(page, server)
    number, _ = expected(person)
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
    person = Person(page, server)
    begun(person)
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
