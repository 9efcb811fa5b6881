"""The ground the demo clinic stands on: its sites and people, the knowledge in force, the patients' records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.clinic import clinic as settings
from dashboard.clinical.knowledge import Knowledge
from dashboard.demo.care import Clinic
from dashboard.demo.course import Course
from dashboard.demo.ledger import Doer, Ledger
from dashboard.demo.made_up import made_up
from dashboard.demo.runners import Runner
from db.doers import SET_UP
from db.tables import KnowledgeText, KnowledgeVersion, Patient, Person, Site

BEFORE_OPENING = timedelta(days=735)
"""How long before the last day the clinic was set up."""


def found(
    ledger: Ledger, runners: Sequence[Runner], courses: Sequence[Course], until: datetime, knowledge: Knowledge
) -> Clinic:
    """Enter sites, people and patients; who and where they are, for what happens next."""
    opened = until - BEFORE_OPENING
    sites = _sites(ledger, opened)
    people = _people(ledger, opened, sites)
    texts = {"sha256": knowledge.sha256, "knowledge_version": knowledge.version, "texts": dict(knowledge.texts)}
    ledger.add(KnowledgeText, "knowledge:keep", people["noor"], opened, **texts)
    _adopt(ledger, opened, until, knowledge)
    first = {course.runner.number: course.submitted_at for course in reversed(courses)}
    patients = {
        runner.number: _register(ledger, runner, sites, people["noor"], first.get(runner.number, until))
        for runner in sorted(runners, key=lambda runner: (first.get(runner.number, until), runner.number))
    }
    return Clinic(people, sites, patients, until, knowledge)


def _sites(ledger: Ledger, at: datetime) -> dict[str, int]:
    state = settings().state
    return {
        place["code"]: ledger.add(Site, "site:add", SET_UP, at, state=state, **place)["id"]
        for place in made_up("clinic")["site"]
    }


def _people(ledger: Ledger, at: datetime, sites: dict[str, int]) -> dict[str, Doer]:
    people = {}
    for who in made_up("clinic")["person"]:
        columns = {"code": who["code"], "name": who["name"], "role": who["role"], "site_id": sites.get(who.get("site"))}
        person = ledger.add(Person, "person:add", SET_UP, at, **columns)
        people[who["code"]] = Doer(person["id"], who["name"], who["role"])
    return people


def _adopt(ledger: Ledger, opened: datetime, until: datetime, knowledge: Knowledge) -> None:
    """The files shipped, from their own day on: an invented past has nothing older to have been assessed with."""
    told = {"sha256": knowledge.sha256, "knowledge_version": knowledge.version, "origin": "adopted"}
    decided = {"state": "approved", "proposed_at": opened, "approved_at": opened}
    day = max(opened.date(), min(knowledge.effective, until.date()))
    sentence = "Adopted as shipped; this clinic's invented past was assessed with it as well."
    ledger.add(
        KnowledgeVersion, "knowledge:adopt", SET_UP, opened, **told, **decided, effective_on=day, sentence=sentence
    )


def _register(ledger: Ledger, runner: Runner, sites: dict[str, int], desk: Doer, first_seen: datetime) -> int:
    """The id of the patient's record, made some minutes before they were first seen."""
    at = first_seen - timedelta(minutes=17)
    columns = {
        "record_number": f"DEMO-{runner.number:04}",
        "given_name": runner.given_name,
        "family_name": runner.family_name,
        "date_of_birth": runner.born,
        "sex_at_birth": runner.sex,
        "phone": runner.phone,
        "site_id": sites[runner.site],
    }
    return int(ledger.add(Patient, "patient:register", desk, at, **columns)["id"])
