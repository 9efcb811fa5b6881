"""A tablet in a patient's hands, in a real browser: 820 pixels wide, by touch, in Spanish, with the line cut once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard import casework
from dashboard.casework.views import NewPatient
from tests.e2e.person import Person
from tests.e2e.test_first_day import set_up
from tests.running import Server

PIN = "4827"
NAME = "Secretova"


@pytest.fixture
def tablet(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet held upright, that is touched and has no mouse."""
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True, locale="es-US")
    context.set_default_timeout(30_000)
    yield context
    context.close()


def begun(server: Server) -> str:
    """The open intake of an invented runner of a new clinic; its id."""
    with server.at_home():
        amina = casework.actor_for("amina")
        (site,) = amina.site_ids
        runner = NewPatient("Ines", NAME, date(1990, 5, 17), "female", site, "TEST-00042")
        return casework.open_draft(amina, casework.register_patient(amina, runner).id).id


def shot(page: Page, name: str) -> None:
    """A picture to look at, where a folder for pictures was named."""
    if folder := os.environ.get("BACKSTRIDE_PICTURES"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(150)
            page.screenshot(path=f"{folder}/{name}-{theme}.png", full_page=True)


def test_a_patient_answers_alone_in_spanish_and_the_desk_knows_at_once(server: Server, tablet: BrowserContext):
    """Handed over, answered with the line cut in between, asked back by a red flag, taken back by PIN, looked over."""
    page = tablet.new_page()
    person = Person(page, server)
    set_up(person)
    draft = begun(server)
    person.sign_in("Noor")
    other = tablet.new_page()
    other.goto(f"{server.address}/intake?draft={draft}")
    expect(other.get_by_text(NAME).first).to_be_visible()
    person.visit(f"/intake?draft={draft}")
    person.press("rail-pain")
    shot(page, "1-intake")

    page.get_by_text("Hand the tablet to the patient").tap()
    page.locator('input[name="section.red_flags"]').check()
    page.get_by_label("Español").check()
    page.get_by_label("A PIN, to take").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    shot(page, "2-hand-over")
    page.get_by_role("button", name="Hand it over").tap()

    page.get_by_role("link", name="Empezar").wait_for()
    shot(page, "3-hello")
    assert NAME not in page.content()
    other.wait_for_url("**/tablet")
    assert NAME not in other.content()
    other.close()

    page.get_by_role("link", name="Empezar").tap()
    page.get_by_label("¿Cuánto tiempo lleva con este dolor?").fill("3")
    page.get_by_label("Unidad").select_option("weeks")
    expect(page.get_by_text("Guardado")).to_be_visible()
    shot(page, "4-number")
    page.get_by_role("button", name="Siguiente").tap()

    page.get_by_text("¿Cómo empezó el dolor?").wait_for()
    tablet.set_offline(True)
    page.get_by_text("Poco a poco").tap()
    expect(page.get_by_text("Todavía no se ha guardado")).to_be_visible()
    shot(page, "5-offline")
    tablet.set_offline(False)
    expect(page.get_by_text("Guardado", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("radio", name="Poco a poco")).to_be_checked()

    page.goto(f"{server.address}/tablet?at=pain_sites")
    shot(page, "6-sites")
    page.goto(f"{server.address}/tablet?at=nprs_worst")
    page.get_by_text("8", exact=True).tap()
    shot(page, "7-scale")
    page.goto(f"{server.address}/intake?draft={draft}")
    page.wait_for_url("**/tablet*")
    page.goto(f"{server.address}/tablet?at=rf_saddle_numbness")
    shot(page, "8-flag")
    page.get_by_text("Sí", exact=True).tap()
    expect(page.get_by_role("heading", name="Por favor, devuelva la tableta ahora")).to_be_visible()
    shot(page, "9-asked-back")
    page.go_back()
    expect(page.get_by_role("heading", name="Por favor, devuelva la tableta ahora")).to_be_visible()

    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Back to the intake").tap()
    person.settle()
    expect(page.get_by_text(NAME).first).to_be_visible()
    person.sees("4 answers from the patient await a look.")
    person.sees("Suspected cauda equina syndrome")
    expect(page.locator(".st-key-red-flags")).to_be_in_viewport()
    shot(page, "10-returned")
    page.locator("[class*=st-key-accept-all] button").first.tap()
    person.settle()
    expect(page.get_by_text("await a look")).to_have_count(0)
    with server.at_home():
        answers = casework.read_draft(casework.actor_for("amina"), draft).answers
    wanted = {"pain_duration_days": 21, "onset_type": "gradual", "nprs_worst": 8, "rf_saddle_numbness": "yes"}
    assert {item: answers.get(item) for item in wanted} == wanted
