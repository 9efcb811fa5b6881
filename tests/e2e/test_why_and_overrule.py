"""A clinician new to the episode page: why stenosis above disc, what would flip it, how good it is, how to overrule."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard import casework
from db.engine import choose_database, file_url, forget
from tests.cast import Clinic, found_again
from tests.e2e.person import Person
from tests.pages.episodes import an_episode
from tests.running import Server
from tests.sessions import reading

WALKER = {
    "age_years": 70,
    "nprs_leg": 6,
    "leg_worse_than_back": "yes",
    "pain_below_knee": "yes",
    "claudication": "eases_sitting_bending",
    "no_pain_when_seated": "no",
    "better_bending_forward": "no",
    "bilateral_leg": "no",
    "worse_standing_alone": "yes",
    "cough_sneeze_worse": "yes",
    "numbness_leg": "right",
    "aggravating": ["walking", "standing_still"],
    "menstrual_status": None,
    "pregnancy_status": None,
}
"""An invented runner of seventy whose legs ache on standing, with a sore root as well."""
EXAMINED = {"exam_gait": "wide_based", "exam_slr": "right", "exam_sensation": ["l5"]}
STENOSIS, DISC = "lumbar_spinal_stenosis", "lumbar_disc_herniation_radiculopathy"
FLIP = "worse_standing_alone"


@pytest.fixture
def walker(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[Server]:
    """A server with one episode: stenosis leads, disc herniation is second, and one answer tells them apart."""
    choose_database("clinic")
    file = home / "clinic.sqlite"
    shutil.copy(sqlite_templates[True], file)
    clinic = Clinic(file_url(file))
    with reading() as session:
        found_again(session, clinic)
    made, amina = an_episode(clinic, "Invented", **WALKER), casework.actor_for("amina")
    said = casework.add_examination(amina, made.episode.id, made.version, EXAMINED).document["differential"]
    assert [entry["condition"] for entry in said[:2]] == [STENOSIS, DISC], "the case must be as told"
    forget(file_url(file))
    with Server(home) as running:
        yield running


def ranks(person: Person) -> list[str]:
    """The conditions as they stand in the list, by their ids."""
    rows = person.place("ranked").locator("[class*='st-key-ranked-']")
    classes = [row.get_attribute("class") or "" for row in rows.all()]
    return [found[1] for each in classes if (found := re.search(r"st-key-ranked-(\w+)", each))]


def row_of(table: Locator, heading: str) -> Locator:
    """The row of a table with this heading."""
    return table.locator("tr").filter(has=table.page.locator("th[scope=row]", has_text=heading))


def number(words: str) -> int:
    """A weight as the page writes it."""
    return int(words.replace("−", "-").replace("+", "").replace(",", ""))


def test_a_newcomer_finds_why_what_would_flip_it_how_good_it_is_and_how_to_overrule(walker: Server, page: Page):
    """Only what the page itself offers is pressed, beginning at the worklist."""
    person = Person(page, walker)
    person.sign_in("Amina")
    person.place("worklist").get_by_role("link").first.click(delay=30)
    person.settle()
    assert ranks(person)[:2] == [STENOSIS, DISC]

    why_it_stands_above(person)
    what_would_flip_it(person)
    which_source_and_how_good(person)
    the_flip_comes_true(person)
    overrule(person)
    person.sees_no_failure()


def why_it_stands_above(person: Person) -> None:
    """The question under the list opens the comparison, in view, and its differences add up to the whole."""
    expect(person.place("why-above")).to_contain_text("Why lumbar spinal stenosis above lumbar disc herniation")
    person.press("why-above")
    person.sees("Why lumbar spinal stenosis stands above lumbar disc herniation with radiculopathy")
    expect(person.place("compare")).to_be_in_viewport()
    table = person.page.get_by_role("region", name=re.compile("part by part")).locator("table")
    differences = table.locator("tbody tr td:nth-child(5)").all_inner_texts()
    *parts, total = [number(each) for each in differences]
    assert len(parts) > 4
    assert sum(parts) == total > 0
    expect(row_of(table, "Standing still alone brings it on")).to_contain_text("Does standing still")


def what_would_flip_it(person: Person) -> None:
    """The single answer that would put the disc first is named, with what it is now."""
    person.sees("Any one of these answers alone would put Lumbar disc herniation with radiculopathy first of the two:")
    flip = person.page.get_by_role("listitem").filter(has_text="Does standing still, without walking, bring it on")
    expect(flip.first).to_contain_text("No")
    expect(flip.first).to_contain_text("now Yes")


def which_source_and_how_good(person: Person) -> None:
    """The finding that matters most names its source, as a link that leads out, and whether it was checked."""
    table = person.page.get_by_role("region", name=re.compile("part by part")).locator("table")
    row = row_of(table, "Standing still alone brings it on")
    link = row.get_by_role("link").first
    assert (link.get_attribute("href") or "").startswith("https://")
    expect(row).to_contain_text(re.compile("Source seen|To check|Expert opinion"))


def the_flip_comes_true(person: Person) -> None:
    """From the answer behind the evidence to its field, the other answer, and the list turned round."""
    person.press(f"why-{STENOSIS}")
    person.press(f"ask-behind-{FLIP}")
    field = person.item(FLIP)
    expect(field).to_be_in_viewport()
    field.get_by_text("No", exact=True).first.click(delay=30)
    person.settle()
    person.press("examine")
    person.sees("Assessed again with the examination")
    turned = ranks(person)
    assert turned.index(DISC) < turned.index(STENOSIS)


def overrule(person: Person) -> None:
    """The clinician keeps stenosis all the same: changes the suggestion, says why, and signs."""
    person.press("open-basis")
    condition = person.place(f"suggestion-condition-{ranks(person)[0]}")
    condition.get_by_text("Change", exact=True).click(delay=30)
    person.settle()
    choose(person, condition, "Condition instead", "Lumbar spinal stenosis")
    choose(person, condition, "Reason", None)
    step = person.page.locator("[class*='st-key-suggestion-step-']").first
    step.get_by_text("Accept", exact=True).click(delay=30)
    person.settle()
    person.press("sign")
    person.sees(re.compile("by Amina", re.I))


def choose(person: Person, within: Locator, label: str, option: str | None) -> None:
    """Choose an option of a list by its words; without any the first one."""
    within.get_by_role("combobox", name=re.compile(label)).click(delay=30)
    options = person.page.get_by_role("option")
    (options.filter(has_text=option) if option else options).first.click(delay=30)
    person.settle()
