"""Three sites with invented patients and everything that may be stored of them, at random; and who may see which."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.base import now
from db.belonging import classes, ways
from db.scope import Scope
from db.tables import (
    Draft,
    DraftLease,
    DraftRevision,
    EmergencyAccess,
    Episode,
    Handover,
    Lowering,
    Outcome,
    PaperPass,
    Patient,
    PatientMerge,
    Referral,
    ReferralMove,
    Row,
    Site,
)
from tests.cast import Clinic, found_again
from tests.db.rows import (
    NINE_O_CLOCK,
    a_confirmed_place,
    a_decision,
    a_decision_line,
    a_difference,
    a_patient,
    an_episode,
    an_opening,
    put,
)
from tests.sessions import transaction

THIRD = "east"


@dataclass(frozen=True)
class Neighbours:
    """A database with rows of three sites, and whose each row is: (table, key) → (site, patient)."""

    url: str
    sites: tuple[int, ...]
    person_id: int
    whose: Mapping[tuple[str, Any], tuple[int, int]] = field(default_factory=dict)

    def scope(self, *places: int, patients: tuple[int, ...] = ()) -> Scope:
        """A person of the first, second or third site, or of several."""
        return Scope(self.person_id, tuple(self.sites[place] for place in places), patients)

    def seen(self, kind: type[Row], scope: Scope) -> set[Any]:
        """The keys of a table's rows that a scope may see, worked out one by one."""
        return {key for (table, key) in self.whose if table == name(kind) and self.may(table, key, scope)}

    def may(self, table: str, key: Any, scope: Scope) -> bool:
        """Whether a scope may see one row."""
        site, patient = self.whose[table, key]
        return scope.sites is None or site in scope.sites or patient in scope.patients

    def patients_of(self, place: int) -> list[int]:
        """The patients of one site."""
        return sorted(key for (table, key), (site, _) in self.whose.items()
                      if table == "patient" and site == self.sites[place])  # fmt: skip


def name(kind: type[Row]) -> str:
    """A table's name."""
    return str(kind.__tablename__)


def settle_neighbours(url: str, seed: int) -> Neighbours:
    """Fill an up-to-date database that has the cast in it."""
    chance, clinic = random.Random(seed), Clinic(url)
    with transaction(url) as session:
        found_again(session, clinic)
        clinic.sites[THIRD] = put(session, Site(code=THIRD, name="Easterly"))
        for code in clinic.sites:
            # One at each site who was here twice, one who was not.
            here = [
                _patient(session, clinic, code, chance, episodes=[2, 1, chance.randint(1, 2)][number])
                for number in range(chance.randint(2, 3))
            ]
            both = {"survivor_id": here[0], "merged_id": here[1], "merged_by": clinic.people["noor"].id}
            put(session, PatientMerge(**both, reason_code="registered-twice"))
    made = Neighbours(url, tuple(int(site.id or 0) for site in clinic.sites.values()), clinic.people["noor"].id or 0)
    with transaction(url) as session:
        return Neighbours(made.url, made.sites, made.person_id, _whose(session))


def _patient(session: Session, clinic: Clinic, site: str, chance: random.Random, episodes: int) -> int | None:
    """A patient with at least one row in every table that tells of patients; their id."""
    patient = a_patient(session, clinic, site)
    noor = clinic.people["noor"].id
    draft = put(session, Draft(patient_id=patient.id, owner_id=noor))
    put(session, DraftRevision(draft_id=draft.id, item="age_years", value=chance.randint(18, 80), by=noor))
    put(session, DraftLease(draft_id=draft.id, person_id=noor, tab="a-tab"))
    put(session, PaperPass(draft_id=draft.id, number=1, by=noor, texts={"rf_fever": "n"}))
    put(session, Handover(draft_id=draft.id, sign_in="", begun_by=noor, pin=""))
    access = {
        "patient_id": patient.id,
        "person_id": clinic.people["bruno"].id,
        "reason": "invented",
        "confirmed": "demo",
    }
    put(session, EmergencyAccess(**access, until=now() + timedelta(hours=1)))
    for number in range(episodes):
        _episode(session, clinic, an_episode(session, clinic, site, chance.randint(0, 3), number, patient), chance)
    return patient.id


def _episode(session: Session, clinic: Clinic, episode: Episode, chance: random.Random) -> None:
    amina = clinic.people["amina"].id
    for tell in (a_decision_line, an_opening, a_confirmed_place, a_difference):
        tell(session, clinic, episode)
    decision = a_decision(session, clinic, episode)
    urgency = {"from_urgency": 3, "to_urgency": chance.randint(0, 2), "asked_by": amina}
    put(session, Lowering(episode_id=episode.id, decision_id=decision.id, **urgency))
    whose = {"episode_id": episode.id, "patient_id": episode.patient_id}
    for kind in chance.sample(["imaging", "physical_therapy"], chance.randint(1, 2)):
        referral = Referral(**whose, site_id=episode.site_id, kind=kind, created_by=amina, month="2026-03")
        put(session, referral)
        put(session, ReferralMove(referral_id=referral.id, from_state="draft", to_state="sent", by=amina))
    value = {"value": chance.randint(0, 10), "taken_on": NINE_O_CLOCK.date(), "weeks_since_intake": 1}
    put(session, Outcome(**whose, instrument="nprs_back", **value, entered_by=amina))


def _whose(session: Session) -> dict[tuple[str, Any], tuple[int, int]]:
    """Every row of a patient with its site and patient, found along the foreign keys one row at a time."""
    found: dict[tuple[str, Any], tuple[int, int]] = {}
    for table, way in ways().items():
        kind: Any = classes()[table]
        for row in session.scalars(select(kind)):
            there: Any = row
            for step in way:
                there = session.scalars(
                    select(classes()[step.parent]).where(col(classes()[step.parent].id) == getattr(there, step.column))
                ).one()
            patient = there.id if isinstance(there, Patient) else there.patient_id
            found[table.name, key_of(row)] = (there.site_id, patient)
    return found


def key_of(row: Any) -> Any:
    """A row's key: its id, or both parts of one that has none."""
    return row.id if hasattr(row, "id") else tuple(getattr(row, column.name) for column in row.__table__.primary_key)
