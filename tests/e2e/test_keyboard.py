"""The whole history can be typed: Enter goes on, and never answers for the person."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.person import Person
from tests.e2e.test_first_day import register_runner, set_up
from tests.running import Server

IS_IN = "item => document.activeElement?.closest(`.st-key-item-${item}`) != null"


def begun(person: Person) -> None:
    """A clinic, Noor, and the intake of an invented runner at its second section."""
    set_up(person)
    person.sign_in("Noor")
    register_runner(person)
    person.press("rail-pain")


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


def test_a_question_that_an_answer_brings_is_asked_next(server: Server, page: Page):
    """Leg pain brings two questions in between; the cursor waits for them instead of passing them by."""
    person = Person(page, server)
    begun(person)
    field = person.item("nprs_leg").locator("input").first
    field.fill("6")
    field.press("Enter")
    page.wait_for_function(IS_IN, arg="leg_worse_than_back")
    page.keyboard.press("y")
    page.wait_for_function(IS_IN, arg="leg_worse_than_back")
    page.keyboard.press("Enter")
    page.wait_for_function(IS_IN, arg="pain_below_knee")
    person.settle()
    assert person.is_chosen("leg_worse_than_back", "Yes")
    expect(person.item("pain_below_knee").locator("[aria-checked=true]")).to_have_count(0)
