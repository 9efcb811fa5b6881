"""Half an intake, then the power goes: what was left by leaving a field is there again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.person import Person
from tests.e2e.test_first_day import register_runner, set_up
from tests.running import Server


def test_a_half_entered_intake_survives_the_server_being_killed(server: Server, page: Page):
    """SIGKILL mid-intake: after the restart the draft holds every answer up to the last field that was left."""
    person = Person(page, server)
    set_up(person)
    person.sign_in("Noor")
    register_runner(person)
    draft = page.url
    person.press("rail-pain")
    person.choose("consent_record", "Yes")
    person.type_number("pain_duration_days", "5")
    person.choose("onset_type", "Gradually")
    person.type_number("nprs_back_now", "4")
    person.type_number("nprs_worst", "7")

    server.kill()
    expect(page.locator('[data-test-connection-state="CONNECTED"]')).to_have_count(0)
    server.start()

    later = Person(page.context.browser.new_context(storage_state=page.context.storage_state()).new_page(), server)
    later.page.goto(draft)
    later.settle()
    later.press("rail-pain")
    assert later.shown_number("pain_duration_days") == "5"
    assert later.is_chosen("onset_type", "Gradually")
    assert later.shown_number("nprs_back_now") == "4"
    assert later.shown_number("nprs_worst") == "7"
    assert later.is_chosen("consent_record", "Yes")
    later.sees_no_failure()
    later.page.context.close()


def test_what_stands_in_a_field_is_saved_after_the_server_comes_back(server: Server, page: Page):
    """A number still being typed when the server dies stays in the browser, and is kept once the field is left."""
    person = Person(page, server)
    set_up(person)
    person.sign_in("Noor")
    register_runner(person)
    person.press("rail-pain")
    person.type_number("nprs_worst", "6")

    field = person.item("nprs_worst").locator("input").first
    field.fill("8")
    server.kill()
    server.start()
    person.settle()
    field.press("Tab")
    person.settle()
    page.reload()
    person.settle()
    assert person.shown_number("nprs_worst") == "8"
