"""Making the demo clinic: invent it, assess it with the real reasoning, store it in a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from dashboard.casework.assessing import Said
from dashboard.clinical.assessment import assess_batch
from dashboard.clinical.knowledge import Knowledge
from dashboard.demo.calendar import midnight
from dashboard.demo.care import Clinic, Telling
from dashboard.demo.course import Course
from dashboard.demo.dice import Dice
from dashboard.demo.doubles import registered_twice
from dashboard.demo.drafting import SHARES, begin_again, begin_drafts
from dashboard.demo.founding import found
from dashboard.demo.ledger import Ledger
from dashboard.demo.populating import take_courses
from dashboard.demo.proposing import propose_a_change
from dashboard.demo.runners import invent_runners
from dashboard.in_force import shipped
from dashboard.intake import cases_of
from db.audit import begin_anew
from db.backup import put_in_place
from db.engine import file_of, file_url, forget, transaction
from db.schema import upgrade
from db.scope import program
from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    DecisionLine,
    DifferentialPlace,
    Draft,
    DraftRevision,
    Episode,
    Intake,
    KnowledgeText,
    KnowledgeVersion,
    Lowering,
    Opening,
    Outcome,
    Patient,
    Person,
    Referral,
    ReferralMove,
    Site,
)

Progress = Callable[[float, str], None]
SEED = 20_241_123
RUNNERS = 600
EPISODES_A_RUNNER = 1.5
BATCH = 60
"""Episodes told and stored at a time: enough for the reasoning to be quick, few enough to be light."""

GROUND = (Site, Person, KnowledgeText, KnowledgeVersion, Patient)
CARE = (
    *(Episode, Intake, Assessment, Opening, Decision, DecisionLine, Lowering, Referral, ReferralMove, Outcome),
    *(ConfirmedDiagnosis, DifferentialPlace),
)
DESK = (Draft, DraftRevision, KnowledgeText, KnowledgeVersion)


@dataclass(frozen=True)
class Made:
    """What was made, and where."""

    file: Path
    until: date
    runners: int
    episodes: int
    drafts: int
    events: int


def make_demo(
    progress: Progress | None = None, seed: int = SEED, until: date | None = None, runners: int = RUNNERS
) -> Made:
    """Make the demo clinic's database anew, with two years of work up to the beginning of ``until`` (default: today).

    The same rows for a seed, a day and a size. ``progress`` is called with the share done and what is being done.
    The file is put in place at the very end: interrupted, it leaves what was there.
    """
    tell = progress or (lambda share, what: None)
    day = until or datetime.now(UTC).date()
    target = file_of("demo")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix="demo-") as folder:
        url = file_url(Path(folder) / "demo.sqlite")
        upgrade(url)
        try:
            made = _fill(url, tell, seed, day, runners, target)
        finally:
            forget(url)
        tell(0.97, "Opening the clinic")
        put_in_place(Path(folder) / "demo.sqlite", file_url(target))
        begin_anew(file_url(target))
    tell(1.0, "Ready")
    return made


def _fill(url: str, tell: Progress, seed: int, day: date, size: int, target: Path) -> Made:
    tell(0.0, "Inventing runners")
    known, ledger = shipped(), Ledger()
    everyone = invent_runners(seed, size + len(SHARES), day)
    runners, begun = everyone[:size], everyone[size:]
    courses = take_courses(seed, runners, round(EPISODES_A_RUNNER * size), midnight(day), known, tell)
    twice = registered_twice(runners, first_number=len(everyone) + 1)
    with transaction(url, scope=program("making the demo clinic")) as session:
        clinic = found(ledger, [*everyone, *twice], courses, midnight(day), known)
        ledger.write(session, GROUND)
        _tell_all(session, ledger, clinic, courses, seed, tell)
        drafts = begin_drafts(ledger, clinic, [*begun, *twice[-1:]], seed) + begin_again(ledger, clinic, courses, seed)
        propose_a_change(ledger, clinic)
        ledger.write(session, DESK)
        tell(0.92, "Writing the audit trail")
        events = ledger.write_events(session)
    return Made(target, day, len(everyone), len(courses), drafts, events)


def _tell_all(
    session: Session, ledger: Ledger, clinic: Clinic, courses: Sequence[Course], seed: int, tell: Progress
) -> None:
    for start in range(0, len(courses), BATCH):
        some = courses[start : start + BATCH]
        tell(0.25 + 0.65 * start / len(courses), f"Two years of care: episode {start + 1} of {len(courses)}")
        for course, said in zip(some, assessed(some, clinic.knowledge), strict=True):
            Telling(ledger, clinic, course, Dice(seed, "care", course.number)).tell(said)
        ledger.write(session, CARE)


def assessed(courses: Sequence[Course], known: Knowledge) -> list[list[Said]]:
    """What the reasoning says of every contact of every course, in one go."""
    cases = cases_of([contact.answers for course in courses for contact in course.contacts], known)
    documents = iter([assessment.document() for assessment in assess_batch(cases, known)])
    return [[Said.of(next(documents)) for _ in course.contacts] for course in courses]
