"""One clinic's first day in a real browser: from an empty database to the manager's chart."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from dashboard import accounts
from dashboard.casework import setup
from db import queries
from db.engine import transaction
from db.records import insert
from db.scope import program
from db.tables import Person as Colleague
from tests.cast import NOBODY_YET, PEOPLE
from tests.e2e.person import Person
from tests.running import Server

CASE_V60 = "a 16-year-old runner with excruciating back pain after strenuous exertion (J Emerg Med 2015)"


def set_up(person: Person) -> None:
    """A real, empty clinic: Dana, who holds the token, sets it up, and her colleagues work there too."""
    with person.server.at_home():
        made = setup.set_up(accounts.first_token(), "Dana", "dana", "four invented words here")
        assert isinstance(made, int), made
        with transaction(scope=program("the cast arrives")) as session:
            site = queries.sites(session)[0]
            for code in ("noor", "amina", "bruno", "chidi"):
                name, role, _, _ = PEOPLE[code]
                at = site.id if role == "staff" else None
                insert(session, NOBODY_YET, Colleague(code=code, name=name, role=role, site_id=at), "person:add")


def register_runner(person: Person) -> None:
    """Register an invented 16-year-old boy and open his intake."""
    person.visit("/intake")
    person.press("register")
    place = person.page
    place.get_by_label("Given name").fill("Testboy")
    place.get_by_label("Family name").fill("Invented")
    born = person.place("new-born").locator("input").first
    born.fill("03/15/2010")
    born.press("Tab")
    person.place("new-sex").get_by_text("Male", exact=True).click(delay=30)
    person.press("new-submit")
    expect(person.place("intake-header")).to_be_visible()


def total_of_intakes(person: Person) -> int:
    """The number of intakes the manager's page shows for the whole clinic."""
    person.visit("/cohort")
    place = person.place("cohort-total")
    expect(place).to_contain_text(re.compile(r"\d"))
    shown = place.inner_text()
    found = re.search(r"(?<![\d,])(\d[\d,]*)(?![\d,])", shown)
    assert found, f"no number in {shown!r}"
    return int(found.group(1).replace(",", ""))


def test_an_emergency_goes_from_the_desk_to_the_clinician_to_the_managers_count(server: Server, page: Page):
    """Case V60: the banner comes before the last section, he is first in Amina's worklist, Chidi counts one more."""
    person = Person(page, server)
    set_up(person)
    person.sign_in("Chidi")
    before = total_of_intakes(person)

    person.sign_in("Noor")
    register_runner(person)
    person.choose("consent_record", "Yes")
    person.press("rail-pain")
    person.choose("onset_type", "Hours to days after hard exercise")
    person.type_number("nprs_worst", "10")
    expect(person.place("red-flags")).to_contain_text(re.compile("emergency", re.I))
    person.sees_no_failure()
    person.press("rail-review")
    expect(person.place("red-flags")).to_be_visible()
    person.place("submit").locator("button").first.dblclick(delay=30)
    person.settle()
    person.sees("The intake is with the clinicians")

    person.sign_in("Amina")
    first_row = person.place("worklist").locator("[class*='st-key-episode-']").first
    expect(first_row).to_contain_text("Testboy")
    first_row.get_by_role("link").first.click(delay=30)
    person.settle()
    person.sees(re.compile("Emergency", re.I))
    sign_as_accepted(person)
    person.visit("/cohort")
    expect(page.locator('[data-testid="stPlotlyChart"]').first).to_be_visible()

    person.sign_in("Chidi")
    assert total_of_intakes(person) == before + 1
    person.sees_no_failure()


def sign_as_accepted(person: Person) -> None:
    """Open what each suggestion rests on, accept them all and sign."""
    person.press("open-basis")
    person.press("accept-all")
    person.press("sign")
    person.sees(re.compile("Accepted by Amina", re.I))
