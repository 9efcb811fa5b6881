"""A stage for every deed: the same patients, episodes and drafts at two sites, and one person of each role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select, text
from sqlmodel import col

from dashboard import accounts, casework
from dashboard.access import Actor, Role
from dashboard.casework import approving, candidates, differing, following, merging
from dashboard.casework.authority import today
from dashboard.casework.knowledge_views import KnowledgeVersionView, ReportView
from dashboard.casework.merge_views import MergeView, Seen
from dashboard.casework.views import DraftView, EpisodeFile, NewPatient, PatientCard, ReferralRow
from dashboard.clinical import knowledge as library
from dashboard.in_force import knowledge
from db import records
from db.base import Row
from db.tables import Attempt, Draft, EmergencyAccess, Episode, Handover, Identity, Intake, Person
from tests.casework.histories import SAME_DAY, a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.governing import CENTRALISES, put_in_force, raised, with_ratio
from tests.judging import open_all, read_and_sign
from tests.sessions import reading, transaction

BORN = date(1990, 5, 17)
ISSUER = "https://id.example"
WORDS = "Centralising pain counts otherwise, after the newer series."


@dataclass(frozen=True)
class Place:
    """One site with something for every deed to be about."""

    site: int
    fresh: PatientCard
    """Registered, nothing else."""
    unseen: PatientCard
    """Registered, and opened to nobody."""
    merged: MergeView
    """Two records of one person."""
    draft: DraftView
    ready: DraftView
    """Complete, to be submitted."""
    discarded: DraftView
    keying: DraftView
    """Its paper form is being keyed in."""
    keyed: DraftView
    """Its paper form is keyed in twice, alike."""
    waiting: EpisodeFile
    """Awaiting review; the clinicians of the stage have opened the basis."""
    caring: EpisodeFile
    """Routine, in care, its review overdue, with a referral."""
    lowered: EpisodeFile
    """A grave urgency that Amina would lower."""
    referral: ReferralRow
    handed: int
    """What a patient answered on a tablet that came back: two answers nobody has looked over."""
    out: int
    """A tablet in a patient's hands."""
    year: int
    """Of its intakes: another one at each place."""


@dataclass(frozen=True)
class Stage:
    """Who acts, where, and upon what."""

    north: Place
    south: Place
    actors: dict[Role, Actor]
    """One of each role; staff and clinician work at the north site only."""
    candidate: KnowledgeVersionView
    """Amina's, with a finished report."""
    report: ReportView
    own_candidate: KnowledgeVersionView
    """The acting clinician's own."""
    running: ReportView
    earlier: KnowledgeVersionView
    """Once in force, not now."""
    emergency: int
    """The acting clinician's open access to the south site's patient in care."""
    over: int
    """Bruno's, over and not reviewed."""
    sign_ins: dict[int, str] = field(default_factory=dict)
    """Of the staff and the clinician of the stage, by person."""
    link: int = 0
    """Amina's, to an account of the clinic's OpenID provider."""
    people: dict[str, int] = field(default_factory=dict)

    def abroad(self) -> Actor:
        """The acting clinician with every patient of the south site opened in an emergency."""
        clinician, south = self.actors[Role.CLINICIAN], self.south
        files = (south.waiting, south.caring, south.lowered)
        drafts = (south.draft, south.ready, south.discarded, south.keying, south.keyed)
        opened = {south.fresh.id, *(file.patient.id for file in files), *(draft.patient.id for draft in drafts)}
        return Actor(
            clinician.person_id, clinician.name, clinician.role, clinician.site_ids, patients=frozenset(opened)
        )


def set_stage(clinic: Clinic) -> Stage:
    """Put everything on the stage, in the database that is in use."""
    _hire(clinic)
    actors = {code: casework.actor_for(code) for code in ("noor", "yara", "amina", "chidi", "dana")}
    amina, yara = actors["amina"], actors["yara"]
    texts = with_ratio("9.0")
    put_in_force_after(clinic, texts)
    north, south = (_place(clinic, code, amina, yara) for code in ("north", "south"))
    accounts.begin(int(clinic.people["bruno"].id or 0), "password")
    earlier = approving.versions(amina)[-1]
    candidate = _propose(amina, "1.5")
    report = differing.make_report(amina, differing.begin_report(amina, candidate.id).id)
    own = _propose(yara, "4.0")
    running = differing.begin_report(amina, own.id)
    made = Stage(
        north,
        south,
        dict(zip(Role, (actors[code] for code in ("noor", "yara", "chidi", "dana")), strict=True)),
        candidate,
        report,
        own,
        running,
        earlier,
        emergency=0,
        over=0,
        people={code: int(person.id or 0) for code, person in clinic.people.items()},
        sign_ins={each: accounts.begin(each, "password").sign_in for each in _ids(actors["noor"], yara)},
    )  # fmt: skip
    return _opened(made)


def put_in_force_after(clinic: Clinic, texts: dict[str, str]) -> None:
    """The files shipped are adopted first, then a version with these files takes their place."""
    with transaction() as session:
        following.adopt(session)
    whole = {**knowledge().texts, **texts}
    put_in_force(clinic, library.load_texts(raised("90.0.0", whole)))


def _hire(clinic: Clinic) -> None:
    with transaction() as session:
        place = clinic.sites["north"].id
        yara = Person(code="yara", name="Yara", role="clinician", active=True, site_id=place)
        clinic.people["yara"] = records.insert(session, NOBODY_YET, yara, "person:add")


def _propose(by: Actor, ratio: str) -> KnowledgeVersionView:
    texts, version = candidates.texts_to_start_from(by)
    return candidates.propose(by, with_ratio(ratio, texts), version, WORDS)


def _place(clinic: Clinic, code: str, amina: Actor, yara: Actor) -> Place:
    site = int(clinic.sites[code].id or 0)

    def runner(name: str) -> PatientCard:
        told = NewPatient("Ines", f"{name} {code}", BORN, "female", site, f"{code}-{name}")
        return casework.register_patient(amina, told)

    def draft(name: str, **changes: Any) -> DraftView:
        opened = casework.open_draft(amina, runner(name).id)
        with transaction() as session:
            row = session.get_one(Draft, opened.id)
            records.change(session, amina, row, row.version, "test:fill", answers=typed(a_history(**changes)))
        return casework.read_draft(amina, opened.id)

    def episode(name: str, **changes: Any) -> EpisodeFile:
        ready = draft(name, **changes)
        made = casework.submit_intake(amina, ready.id, ready.version)
        return casework.read_episode(amina, made.episode_id)

    waiting = episode("waiting", **CENTRALISES)
    caring = episode("caring")
    read_and_sign(amina, caring)
    caring = casework.read_episode(amina, caring.episode.id)
    referral = casework.refer(amina, caring.episode.id, caring.version, "physical_therapy", "graded return to running")
    _overdue(amina, caring.episode.id)
    lowered = episode("lowered", **SAME_DAY)
    asked = {"urgency": "routine", "reason_code": "cds-not-applicable", "comment": "examined: all of it is normal"}
    read_and_sign(amina, lowered, "changed", **asked)
    everywhere = Actor(yara.person_id, yara.name, yara.role, amina.site_ids, everywhere=True)
    for file in (waiting, lowered):
        open_all(everywhere, file)
    put_aside = draft("discarded")
    stands, goes = runner("stands"), draft("goes").patient
    merged = merging.merge_patients(
        amina, Seen(stands.id, stands.version), Seen(goes.id, goes.version), "registered-twice"
    )
    return Place(
        site=site,
        fresh=runner("fresh"),
        unseen=runner("unseen"),
        merged=merged,
        draft=draft("draft"),
        ready=draft("ready"),
        discarded=casework.discard_draft(amina, put_aside.id, put_aside.version),
        waiting=waiting,
        caring=casework.read_episode(amina, caring.episode.id),
        lowered=casework.read_episode(amina, lowered.episode.id),
        keying=_keyed(amina, draft("keying"), finished=0),
        keyed=_keyed(amina, draft("keyed"), finished=2),
        referral=referral,
        handed=_tablet(amina, draft("handed"), "returned"),
        out=_tablet(amina, draft("out"), "begun"),
        year=_dated(amina, site, today().year if code == "north" else 2019),
    )


def _keyed(amina: Actor, draft: DraftView, finished: int) -> DraftView:
    """A draft with so many keyings of its paper form finished; with none the first is under way."""
    for _ in range(finished or 1):
        casework.begin_keying(amina, draft.id)
        casework.keep_keyed(amina, draft.id, {"rf_fever": "n"})
        if finished:
            casework.finish_keying(amina, draft.id)
    return draft


def _ids(*people: Actor) -> list[int]:
    return [each.person_id for each in people]


def _tablet(amina: Actor, draft: DraftView, state: str) -> int:
    told = {"draft_id": draft.id, "sign_in": accounts.begin(amina.person_id, "password").sign_in, "state": state}
    answers = {"nprs_worst": draft.answers["nprs_worst"], "prior_episodes": "one_two"}
    row = Handover(**told, begun_by=amina.person_id, pin="", items=[*answers], answers=answers)
    with transaction() as session:
        return int(records.insert(session, amina, row, "test:handover").id or 0)


def _dated(amina: Actor, site: int, year: int) -> int:
    with transaction() as session:
        for row in session.scalars(select(Intake).where(col(Intake.site_id) == site)).all():
            records.change(session, amina, row, row.version, "test:date", month=f"{year}-05")
    return year


def _overdue(amina: Actor, episode_id: int) -> None:
    with transaction() as session:
        row = session.get_one(Episode, episode_id)
        records.change(session, amina, row, row.version, "test:overdue", review_due_on=today() - timedelta(days=1))


def _opened(stage: Stage) -> Stage:
    """With the south's patients opened to the clinician, an access of Bruno's that is over, and Bruno locked out."""
    now, bruno = datetime.now(UTC), stage.people["bruno"]
    accesses: dict[int, int] = {}
    clinician = stage.abroad()
    with transaction() as session:
        for patient in sorted(clinician.patients):
            accesses[patient] = _access(session, clinician.person_id, patient, now, now + timedelta(minutes=60))
        tried = {"failures": 100, "guesses": 100, "guesses_since": now, "last_at": now, "locked_at": now}
        session.add(Attempt(key=f"person:{bruno}", **tried))
        over = _access(
            session, bruno, stage.south.caring.patient.id, now - timedelta(hours=3), now - timedelta(hours=2)
        )
        link = Identity(issuer=ISSUER, subject="subject-0", person_id=stage.people["amina"])
        linked = int(records.insert(session, NOBODY_YET, link, "test:link").id or 0)
    return Stage(**{**vars(stage), "link": linked, "emergency": accesses[stage.south.caring.patient.id], "over": over})


def _access(session: Any, person: int, patient: int, begins: datetime, ends: datetime) -> int:
    row = EmergencyAccess(
        person_id=person, patient_id=patient, reason="collapsed at the start", confirmed="password",
        opened_at=begins, until=ends,
    )  # fmt: skip
    return int(records.insert(session, NOBODY_YET, row, "test:emergency").id or 0)


Sizes = dict[str, tuple[int, int]]


def sizes() -> Sizes:
    """How many rows every table has and the sum of their versions, but for those of the audit trail."""
    with reading() as session:
        return {name: (rows, versions) for name, rows, versions in session.execute(text(_every_size()))}


@cache
def _every_size() -> str:
    tables = [table for table in Row.metadata.sorted_tables if not table.name.startswith("audit")]
    versions = {table.name: "coalesce(sum(version), 0)" if "version" in table.c else "0" for table in tables}
    return " UNION ALL ".join(f"SELECT '{name}', count(*), {total} FROM {name}" for name, total in versions.items())
