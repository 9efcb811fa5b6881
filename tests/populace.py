"""An invented population for the cohort's tests: rows in the database, and the same rows in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    DecisionLine,
    DifferentialPlace,
    Entry,
    Episode,
    Intake,
    KnowledgeText,
    Outcome,
    Record,
    Referral,
    ReferralMove,
)
from tests.cast import Clinic, a_runner
from tests.sessions import transaction

MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02")
CONDITIONS = (None, "nonspecific_lbp_strain", "facet_joint_pain", "sacral_bone_stress_injury")
STEPS = ("self_care", "supervised_care", "imaging_specialist")
AGES, SEXES = (None, "18-29", "30-44"), ("female", "male", None)
SURFACES, SHOES = ("track", "trail", None), ("neutral", None)
KINDS = ("physical_therapy", "imaging", "prp_discussion")
VERDICTS = ("accepted", "accepted", "accepted", "changed", "rejected")
REASONS = ("cds-not-applicable", "recipient-disagrees-evidence", "other")
BANDS = ("likely", "possible", "less-likely", "not-suggested")
RULES = ("RF01", "RF21")
WAY = ("draft", "sent", "received", "scheduled", "completed")


@dataclass
class Populace:
    """Every invented row, by kind, to be counted without a database."""

    episodes: list[Episode] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    moves: list[ReferralMove] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    lines: list[DecisionLine] = field(default_factory=list)
    diagnoses: list[ConfirmedDiagnosis] = field(default_factory=list)
    places: list[DifferentialPlace] = field(default_factory=list)


def populate(clinic: Clinic, episodes: int, seed: int = 1) -> Populace:
    """Store an invented population of the clinic; the same one for the same seed."""
    chance, made = random.Random(seed), Populace()
    with transaction() as session:
        session.expire_on_commit = False
        known = KnowledgeText(sha256="0" * 64, knowledge_version="test", texts={})
        patients = [a_runner(site, number) for number, site in enumerate(clinic.sites.values())]
        session.add_all([known, *patients])
        session.flush()
        for _ in range(episodes):
            _episode(clinic, chance, made, chance.choice(patients))
        for rows in vars(made).values():  # in the order they refer to each other
            session.add_all(rows)
            session.flush()
        session.expunge_all()
    return made


def _episode(clinic: Clinic, chance: random.Random, made: Populace, patient: Any) -> None:
    def keep(row: Record | Entry, into: list[Any]) -> Any:
        row.id = len(into) + 1  # numbered here, so that everything can be stored at once
        into.append(row)
        return row

    month = chance.choice(MONTHS)
    at = datetime(int(month[:4]), int(month[5:]), 15, tzinfo=UTC)
    whose = {"patient_id": patient.id, "site_id": patient.site_id}
    clinician = chance.choice([None, clinic.people["amina"].id, clinic.people["bruno"].id])
    desk, amina = clinic.people["noor"].id, clinic.people["amina"].id
    episode = keep(Episode(**whose, clinician_id=clinician, opened_on=at.date(), submitted_at=at), made.episodes)
    for _ in range(chance.choice([1, 1, 1, 2])):
        answers = {"nprs_back_now": chance.randint(0, 10)} if chance.random() < 0.8 else {}
        columns = {"age_band": chance.choice(AGES), "sex": chance.choice(SEXES), "surface": chance.choice(SURFACES),
                   "shoe_type": chance.choice(SHOES), "urgency": chance.randint(0, 3), "step": chance.choice(STEPS),
                   "leading_condition": chance.choice(CONDITIONS),
                   "nprs_back": answers.get("nprs_back_now")}  # fmt: skip
        intake = keep(Intake(**whose, episode_id=episode.id, submitted_by=desk, submitted_at=at, month=month,
                             answers=answers, **columns), made.intakes)  # fmt: skip
        for basis in ("intake", "exam")[: chance.randint(1, 2)]:
            said = keep(Assessment(intake_id=intake.id, episode_id=episode.id, knowledge_version="test", basis=basis,
                                   knowledge_sha256="0" * 64, made_by=desk, step=chance.choice(STEPS)),
                        made.assessments)  # fmt: skip
            if chance.random() < 0.6:
                # The suggestions, now and then decided again, from a chance of their own.
                own = random.Random(f"lines {said.id}")
                for _ in range(own.choice([1, 1, 2])):
                    _judge(own, made, keep, said, amina, month)
                verdict = chance.choice(["accepted", "changed", "rejected"])
                step = chance.choice(STEPS) if verdict == "changed" else None
                signed = {"verdict": verdict, "step": step, "signed_by": amina}
                keep(Decision(episode_id=episode.id, assessment_id=said.id, **signed), made.decisions)
    for _ in range(chance.choice([0, 0, 1, 2])):
        way = WAY[: chance.randint(1, len(WAY))]
        state = chance.choice([way[-1], "withdrawn"])
        asked = {"kind": chance.choice(KINDS), "month": chance.choice(MONTHS), "created_by": amina}
        referral = keep(Referral(**whose, **asked, episode_id=episode.id, state=state), made.referrals)
        for before, after in zip(way, [*way[1:], state], strict=True):
            if before != after:
                keep(ReferralMove(referral_id=referral.id, from_state=before, to_state=after, by=amina), made.moves)
    for _ in range(chance.choice([0, 1, 3])):
        keep(Outcome(episode_id=episode.id, patient_id=patient.id, instrument=chance.choice(["nprs_back", "odi"]),
                     value=chance.randint(0, 10), taken_on=date(2026, 3, 1), entered_by=desk,
                     weeks_since_intake=chance.randint(0, 20)), made.outcomes)  # fmt: skip


def _judge(chance: random.Random, made: Populace, keep: Any, said: Assessment, signer: int | None, month: str) -> None:
    """A decision on each suggestion of an assessment; now and then what it turned out to be."""
    signed = {"episode_id": said.episode_id, "assessment_id": said.id, "signed_by": signer, "verdict": "accepted"}
    decision = keep(Decision(**signed), made.decisions)
    whose = {"assessment_id": said.id, "intake_id": said.intake_id, "decision_id": decision.id}
    told = [("step", said.step, "self_care"), ("condition", "facet_joint_pain", "nonspecific_lbp_strain")]
    told += [("red_flag", rule, "routine") for rule in RULES if chance.random() < 0.5]
    for kind, subject, other in told:
        verdict = chance.choice(VERDICTS)
        judged = {"kind": kind, "subject": subject, "verdict": verdict, "month": month, "knowledge_version": "test"}
        judged |= {"changed_to": other if verdict == "changed" else None}
        judged |= {"reason_code": None if verdict == "accepted" else chance.choice(REASONS)}
        keep(DecisionLine(**whose, **judged), made.lines)
    if chance.random() < 0.5 and all(each.episode_id != said.episode_id for each in made.diagnoses):
        _confirm(chance, made, keep, said, signer)


def _confirm(chance: random.Random, made: Populace, keep: Any, said: Assessment, signer: int | None) -> None:
    known = [code for code in CONDITIONS if code]
    ranked = chance.sample(known, len(known))
    condition = chance.choice([None, *known])
    whose = {"episode_id": said.episode_id, "intake_id": said.intake_id, "assessment_id": said.id}
    stood = {"place": ranked.index(condition) + 1, "band": BANDS[ranked.index(condition)]} if condition else {}
    told = {"condition": condition, "words": "" if condition else "something else", "how": "imaging", **stood}
    rest = {"confirmed_on": date(2026, 3, 1), "recorded_by": signer, "knowledge_version": "test", "leader": ranked[0]}
    diagnosis = keep(ConfirmedDiagnosis(**whose, **told, **rest), made.diagnoses)
    for place, code in enumerate(ranked, 1):
        given = {"band": BANDS[place - 1], "probability": round(chance.random(), 3)}
        keep(DifferentialPlace(diagnosis_id=diagnosis.id, condition=code, place=place, **given), made.places)
