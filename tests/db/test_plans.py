"""Nothing a person waits for grows with the intakes stored: how the database says it would answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from db import cohort, judgement, queries
from db.scope import Scope
from db.selection import Selection
from tests.conftest import _in_use_sqlite
from tests.sessions import A_TEST, reading

GROWING = (
    *("patient", "episode", "intake", "assessment", "decision", "referral", "referralmove", "outcome"),
    *("auditevent", "patientblock", "draft", "draftrevision", "knowledgetext", "knowledgedifference"),
    *("decisionline", "opening", "lowering", "confirmeddiagnosis", "differentialplace"),
)
DAY, MOMENT, LATER = date(2026, 3, 10), datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
SEEN = Selection(site_ids=(1, 2), first_month="2025-12", clinicians=("amina",), sexes=("female", ""))
KINDS, WINDOWS = ("imaging", "prp_discussion"), ((1, 3), (4, 8))
SOUGHT = queries.Wanted("Ines", "Testova", DAY, "555 012 3456", "TEST-1")
ONE_SITE, ONE_OPENED = Scope(1, (1,)), Scope(1, (1,), (7,))
"""Somebody of one site, and one to whom a patient of another was opened."""

READS: dict[str, Callable[[Session], Any]] = {
    "the worklist": lambda s: queries.worklist(s, [1, 2]),
    "its next page": lambda s: queries.worklist(s, [1, 2], after=queries.WorklistPlace(2, MOMENT, 7)),
    "its sizes": lambda s: queries.worklist_sizes(s, [1, 2]),
    "reviews due": lambda s: queries.reviews_due(s, [1, 2], DAY),
    "a patient by name": lambda s: queries.patients_starting(s, "ines son", [1, 2]),
    "patients born on a day": lambda s: queries.patients_born(s, [DAY], "ines", [1, 2], 9),
    "patients by the telephone": lambda s: queries.patients_called_by(s, "555 0123", "", [1, 2], 9),
    "who may be registered already": lambda s: queries.candidates_alike(s, SOUGHT, [1, 2]),
    "a patient's history": lambda s: queries.history(s, 1),
    "a draft": lambda s: queries.draft(s, "draft-1", [1, 2]),
    "open drafts": lambda s: queries.open_drafts(s, [1, 2]),
    "a patient's open draft": lambda s: queries.open_draft_of(s, 1),
    "an episode": lambda s: queries.episode(s, 1, [1, 2]),
    "the next histories under a candidate": lambda s: queries.histories_after(s, 7, 9, 100),
    "what a candidate changes": lambda s: queries.differences(s, 1, [1, 2], 50),
    "the knowledge in force": lambda s: queries.knowledge_in_force(s, DAY),
    "the reports of a candidate": lambda s: queries.knowledge_reports(s, 1),
    "the knowledge of a hash": lambda s: queries.knowledge_text(s, "ab" * 32),
    "open referrals": lambda s: queries.referrals(s, [1, 2], DAY),
    "completed referrals of a kind": lambda s: queries.referrals(s, [1, 2], DAY, ["completed"], "imaging"),
    "one referral": lambda s: queries.referral(s, 1, [1, 2]),
    "its moves": lambda s: queries.moves(s, 1),
    "its deeds": lambda s: queries.audit_deeds(s),
    "what a person did": lambda s: queries.audit_events(s, person_id=1),
    "a deed": lambda s: queries.audit_events(s, deed="review:sign"),
    "a deed of a person": lambda s: queries.audit_events(s, person_id=1, deed="review:sign"),
    "a day": lambda s: queries.audit_events(s, since=MOMENT, until=LATER),
    "a deed of a person on a day": lambda s: queries.audit_events(s, None, 50, 1, "review:sign", MOMENT, LATER),
    "a kind of deed": lambda s: queries.audit_events(s, kind="read"),
    "a kind of deed of a person on a day": lambda s: queries.audit_events(s, None, 50, 1, None, MOMENT, LATER, "read"),
    "what was done about a patient": lambda s: queries.audit_events(s, patient_id=1),
    "the next page about a patient": lambda s: queries.audit_events(s, before_id=7, patient_id=1),
    "a deed about a patient by a person": lambda s: queries.audit_events(
        s, None, 50, 1, "review:sign", MOMENT, LATER, "change", 1
    ),
    "the patient of a record number": lambda s: queries.patient_numbered(s, "TEST-1"),
    "the story of a record": lambda s: queries.audit_events_of(s, "episode", 1),
    "what waits for a second clinician": lambda s: queries.lowering_waiting(s, 1),
    "every lowering": lambda s: queries.lowerings(s, 1),
    "what a person opened": lambda s: queries.openings(s, 1, 2),
    "the lines of decisions": lambda s: queries.lines(s, 1),
    "what it turned out to be": lambda s: queries.diagnosis(s, 1),
    "where that stood": lambda s: queries.place_of(s, 1, "facet_joint_pain"),
    "the last change": lambda s: queries.last_change(s, "episode", 1),
}
NEWEST_FIRST: dict[str, Callable[[Session], Any]] = {
    "the audit trail": queries.audit_events,
    "the cohort's version": cohort.version,
}
COUNTS: dict[str, Callable[[Session], Any]] = {
    "how many": lambda s: cohort.total(s, SEEN),
    "by month": lambda s: cohort.intakes_by_month(s, SEEN),
    "by urgency": lambda s: cohort.intakes_by(s, SEEN, "urgency"),
    "the flow": lambda s: cohort.step_flow(s, SEEN),
    "the funnel": lambda s: cohort.referral_funnel(s, SEEN),
    "discussions": lambda s: cohort.referrals_by_month(s, SEEN, KINDS),
    "change": lambda s: cohort.change_since_intake(s, SEEN, "odi", "odi_percent", WINDOWS),
    "values to start from": lambda s: cohort.with_value(s, SEEN, "odi_percent"),
    "what became of suggestions": lambda s: judgement.judged(s, SEEN, "2026-01"),
    "calibration": lambda s: judgement.called(s, SEEN),
    "suggested and confirmed": lambda s: judgement.turned_out(s, SEEN),
    "choices": lambda s: cohort.choices(s, (1, 2)),
}


TRAIL: dict[str, tuple[str, Callable[[Session], Any]]] = {
    "everything": ("by_time", queries.audit_events),
    "a person": ("by_person", lambda s: queries.audit_events(s, person_id=1)),
    "a deed": ("by_deed", lambda s: queries.audit_events(s, deed="review:sign")),
    "a kind": ("by_kind", lambda s: queries.audit_events(s, kind="export")),
    "refusals": ("refused", lambda s: queries.audit_events(s, kind="refused")),
    "emergencies": ("in_emergency", lambda s: queries.audit_events(s, kind="emergency")),
    "emergencies of a day": ("in_emergency", lambda s: queries.audit_events(s, kind="emergency", since=MOMENT)),
    "a person's kind": ("by_person_and_kind", lambda s: queries.audit_events(s, person_id=1, kind="read")),
    "a person's deed": ("by_person_and_deed", lambda s: queries.audit_events(s, person_id=1, deed="review:sign")),
    "days": ("by_time", lambda s: queries.audit_events(s, since=MOMENT, until=LATER)),
}
"""Each way the trail is narrowed, and the index that answers it."""


@contextmanager
def sent(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Every statement sent to the database meanwhile, with its values."""
    found: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        found.append((statement, values))

    asked = session.get_bind()
    assert isinstance(asked, Engine)
    event.listen(asked, "before_cursor_execute", note)
    yield found
    event.remove(asked, "before_cursor_execute", note)


def how(read: Callable[[Session], Any], scope: Scope = A_TEST) -> list[str]:
    """The steps SQLite would take to answer, line by line."""
    with reading(scope=scope) as session, sent(session) as statements:
        read(session)
    with reading() as session:
        ask = session.connection().exec_driver_sql
        asked = [(text, values) for text, values in statements if text.startswith(("SELECT", "WITH"))]
        assert asked, "nothing was read"
        return [str(row[3]) for text, values in asked for row in ask(f"EXPLAIN QUERY PLAN {text}", values)]


def walked_through(steps: list[str]) -> list[str]:
    """The steps that go through a whole table that grows, or through its whole index."""
    return [step for step in steps if (told := re.match(r"SCAN (\w+)", step)) and told[1].rstrip("_1") in GROWING]


@pytest.fixture
def on_sqlite(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[str]:
    """A clinic on SQLite, which plans by its indexes; PostgreSQL plans by what is stored, and would scan three rows."""
    yield from _in_use_sqlite(home, sqlite_templates[True])


@pytest.mark.parametrize("scope", [A_TEST, ONE_SITE, ONE_OPENED], ids=["everywhere", "one site", "one opened"])
@pytest.mark.parametrize("what", READS)
def test_no_list_and_no_record_is_found_by_going_through_a_table(on_sqlite: str, what: str, scope: Scope):
    """Each is found along an index, so that a long past costs nothing; also behind the wall between sites."""
    assert walked_through(how(READS[what], scope)) == []


@pytest.mark.parametrize("what", NEWEST_FIRST)
def test_what_is_newest_is_read_from_the_newest_end(on_sqlite: str, what: str):
    """Nothing is sorted, so that reading ends as soon as there is enough."""
    assert [step for step in how(NEWEST_FIRST[what]) if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize("what", TRAIL)
def test_each_way_the_trail_is_narrowed_has_an_index_that_gives_it_in_order(on_sqlite: str, what: str):
    """Read from its newest end, so that a page costs the same however long the trail is."""
    index, read = TRAIL[what]
    steps = how(read)
    assert [step for step in steps if "auditevent" in step] == steps
    assert [step.partition("USING INDEX ")[2].partition(" ")[0] for step in steps] == [f"auditevent_{index}"]


@pytest.mark.parametrize("what", COUNTS)
def test_counting_reads_indexes_and_never_the_long_rows(on_sqlite: str, what: str):
    """A chart may grow as counting does: once through an index, and never a list of everything for every intake."""
    steps = how(COUNTS[what])
    assert [step for step in walked_through(steps) if "COVERING INDEX" not in step] == []
    assert [step for step in steps if "AND rowid=?" in step] == []
    assert [step for step in steps if re.match(r"SEARCH (intake|assessment)\b", step) and "COVERING" not in step] == []
