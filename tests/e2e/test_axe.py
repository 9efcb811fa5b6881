"""No serious or critical violation of accessibility on the intake, in the light and in the dark theme (axe-core)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.views import NewPatient
from tests.e2e.person import Person
from tests.e2e.test_first_day import set_up
from tests.running import Server

GRAVE = ("serious", "critical")
THEMES = ("light", "dark")


class Known(NamedTuple):
    """A violation that is Streamlit's own and that nothing of ours can mend."""

    rule: str
    where: str
    """What the address of every such element holds."""
    why: str


KNOWN: tuple[Known, ...] = ()
"""None: what Streamlit leaves wrong is mended in our own style sheet."""
PLANTED = (
    '<div style="position:fixed;inset:0 auto auto 0;z-index:2147483647;background:#fff">'
    '<img src="/x.png" width="9" height="9"><p style="color:#bbb;background:#fff">faint</p></div>'
)
"""What axe-core must find; on top, because of what lies under something else it tells no contrast."""
ONLY_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
ROOM = '[data-testid="stColumn"]:has([class*="st-key-item-"])'
"""Where a section's questions are; what stands around them is looked at with the first of the sections."""
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"
EVERYTHING = {"resultTypes": ["violations"]}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window that lets axe-core in past the page's own rules on scripts, and does not move."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, bypass_csp=True, reduced_motion="reduce", color_scheme="light"
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def drafts(server: Server) -> Mapping[str, str]:
    """Three intakes of invented runners: one quiet, with doubts and red flags of two kinds; one an emergency."""
    with server.at_home():
        noor = casework.actor_for("noor")
        site = casework.sites(noor)[0].id
        quiet = {"runner": "yes", "nprs_back_now": 8, "nprs_worst": 3, "rf_urinary": "yes", "rf_trauma": "yes"}
        quiet |= {"rf_bladder_retention": "unknown", "weekly_distance_km": 60, "prev_weekly_distance_km": 10}
        return {
            "quiet": _draft(noor, site, "Quiet", **quiet),
            "emergency": _draft(noor, site, "Urgent", rf_saddle_numbness="yes"),
        }


def _draft(actor: Actor, site: int, name: str, **answers: Any) -> str:
    new = NewPatient(name, "Invented", date(1990, 5, 17), "female", site)
    draft = casework.open_draft(actor, casework.register_patient(actor, new).id)
    for item, answer in answers.items():
        casework.save_answer(actor, draft.id, item, answer)
    return draft.id


def graves(page: Page, where: str, within: str = "body") -> list[str]:
    """The serious and critical violations of what is on the screen, in both themes, without the known exceptions."""
    found = []
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        options = EVERYTHING if theme == "light" else ONLY_COLOURS
        told = page.evaluate(RUN, [within, options])
        for each in told:
            if each["impact"] in GRAVE:
                found += [
                    f"{where}, {theme}: {each['id']} ({each['impact']}) at {node['target']}: {node['html'][:160]}"
                    for node in each["nodes"]
                    if not _is_known(each["id"], str(node["target"]))
                ]
    page.emulate_media(color_scheme="light")
    return found


def _is_known(rule: str, target: str) -> bool:
    return any(rule == known.rule and known.where in target for known in KNOWN)


def test_nothing_grave_stands_in_anybodys_way(server: Server, page: Page):
    """The finder, registering, every section, errors, doubts, the review, an emergency: nothing serious in either."""
    person = Person(page, server)
    set_up(person)
    made = drafts(server)
    person.sign_in("Noor")
    found = []
    person.visit("/intake")
    found += graves(page, "finder")
    person.press("register")
    found += graves(page, "registering")
    person.visit(f"/intake?draft={made['quiet']}")
    for section in intake.asked_sections():
        person.press(f"rail-{section.id}")
        if section.id == "pain":
            person.type_number("nprs_leg", "77")
        found += graves(page, section.id, "body" if section.id == "pain" else ROOM)
    person.press("rail-review")
    found += graves(page, "review")
    person.visit(f"/intake?draft={made['emergency']}")
    found += graves(page, "emergency")
    assert page.locator('.st-key-red-flags [role="alert"]').count(), "the alarm is announced"
    assert found == []
    page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", PLANTED)
    would = " ".join(graves(page, "planted"))
    assert "image-alt" in would
    assert "dark: color-contrast" in would
