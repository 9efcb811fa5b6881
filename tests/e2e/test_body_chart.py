"""The body chart in a real browser: figures and list always say the same, by mouse, keyboard and finger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.person import Person
from tests.e2e.test_first_day import register_runner, set_up
from tests.running import Server

PICTURE = "[aria-pressed=true], [aria-checked=true]"


@pytest.fixture
def tablet(browser: Browser) -> Iterator[Page]:
    """A tablet held upright, under a finger."""
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    yield context.new_page()
    context.close()


def area(page: Page, name: str, figure: str = "back") -> Locator:
    """An area of a figure by its name."""
    return page.locator(f"[data-figure={figure}] .area[data-name='{name}']")


def listed(person: Person) -> set[str]:
    """What the list says: places, and the sides under them."""
    buttons = person.item("pain_sites").locator("[data-testid=stButtonGroup] button")
    chosen = buttons.and_(person.page.locator(PICTURE))
    return {words.strip().splitlines()[-1] for words in chosen.all_inner_texts()}


def test_figures_and_list_agree_whichever_is_used_and_a_refresh_keeps_both(server: Server, tablet: Page):
    """Taps and clicks in a row, the other side for both, arrows and keys, the list, the worst place, a refresh."""
    page, person = tablet, Person(tablet, server)
    set_up(person)
    person.sign_in("Noor")
    register_runner(person)
    person.press("rail-pain")

    for name in ("Middle of the low back", "Back of the thigh, left"):
        area(page, name).tap()  # one after the other, without waiting for the server
    for name in ("Calf, right", "Calf, left"):
        area(page, name).click()
    calf = person.item("pain_sites").get_by_role("radiogroup", name="Calf or shin: which side?")
    expect(calf.get_by_role("radio", name="Both")).to_have_attribute("aria-checked", "true")
    person.settle()
    assert listed(person) == {"Middle of the low back", "Back of the thigh", "Calf or shin", "Left", "Both"}
    expect(area(page, "Shin, right", "front")).to_have_attribute("aria-pressed", "true")

    area(page, "Back of the thigh, left").press("ArrowRight")
    page.keyboard.press("Enter")  # the other thigh: now both
    expect(area(page, "Back of the thigh, right")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press(" ")  # the right buttock
    page.keyboard.press("w")  # and it is the worst
    expect(page.locator("[data-figure=back] .area[aria-label$='right, the worst place']")).to_have_count(1)
    person.settle()
    assert person.is_chosen("pain_main_site", "Dimple of the pelvis or buttock")

    person.choose("pain_sites", "Calf or shin", "Foot")  # the list takes one away and adds one without a side
    expect(area(page, "Calf, left")).to_have_attribute("aria-pressed", "false")
    expect(area(page, "Foot", "front").or_(area(page, "Foot, left", "front"))).to_have_attribute(
        "aria-pressed", "mixed"
    )
    before = listed(person)
    page.reload()
    area(page, "Calf, left").wait_for(state="attached")
    expect(area(page, "Back of the thigh, right")).to_have_attribute("aria-pressed", "true")
    person.settle()
    assert listed(person) == before
    expect(area(page, "Calf, left")).to_have_attribute("aria-pressed", "false")
    person.sees_no_failure()
