"""From stored rows to the values the screen gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dashboard.casework.authority import today
from dashboard.casework.moves import MOVES
from dashboard.casework.reasons import REASONS
from dashboard.casework.rows import number
from dashboard.casework.views import (
    AsideView,
    AssessmentView,
    DecisionView,
    DiagnosisView,
    DraftView,
    EpisodeView,
    LineView,
    LoweringView,
    MoveView,
    OutcomeView,
    PatientCard,
    ReferralRow,
    WorklistRow,
    Writer,
)
from dashboard.clinical.vocabulary import Urgency
from db.queries import DraftEntry, WorklistEntry
from db.tables import (
    Assessment,
    ConfirmedDiagnosis,
    Decision,
    DecisionLine,
    DraftLease,
    DraftRevision,
    Episode,
    Lowering,
    Outcome,
    Patient,
    Person,
    Referral,
    ReferralMove,
    Site,
)

FREE_AFTER = timedelta(seconds=90)
"""A writer of a draft who was not heard of for so long is taken to have left."""

NameOf = Callable[[int | None], str]


def age_on(born: date, day: date) -> int:
    """Whole years lived on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def full_name(patient: Patient) -> str:
    """The name as the clinic says it."""
    return f"{patient.given_name} {patient.family_name}"


def patient_card(patient: Patient) -> PatientCard:
    """Who a patient is."""
    return PatientCard(
        id=number(patient),
        record_number=patient.record_number,
        name=full_name(patient),
        date_of_birth=patient.date_of_birth,
        age=age_on(patient.date_of_birth, today()),
        sex=patient.sex_at_birth,
        phone=patient.phone,
        site_id=patient.site_id,
        version=patient.version,
    )


def draft_view(
    entry: DraftEntry,
    kept_for: timedelta,
    episode_id: int | None = None,
    asides: tuple[AsideView, ...] = (),
    taken_over_from: str = "",
) -> DraftView:
    """A draft with whose it is, for whom, and who writes it."""
    draft, until = entry.draft, entry.draft.updated_at + kept_for
    return DraftView(
        id=draft.id,
        patient=patient_card(entry.patient),
        answers=dict(draft.answers),
        entered=dict(draft.entered),
        section=draft.section,
        version=draft.version,
        saved_at=draft.updated_at,
        owner=entry.owner.name,
        state=draft.state,
        episode_id=episode_id,
        notes=dict(draft.notes or {}),
        owner_id=draft.owner_id,
        begun_at=draft.created_at,
        answered_at=draft.answered_at,
        unfinished=dict(draft.unfinished),
        asides=asides,
        writer=_writer(entry, taken_over_from),
        kept_until=until,
        expired=draft.state == "open" and datetime.now(UTC) > until,
        handed_over=entry.handed_over,
    )


def _writer(entry: DraftEntry, taken_over_from: str) -> Writer | None:
    """Who is writing a draft, if they were heard of lately enough."""
    lease, person = entry.lease, entry.writer
    if lease is None or person is None or not is_heard(lease):
        return None
    return Writer(lease.person_id, person.name, lease.sign_in, lease.tab, lease.since, lease.beat_at, taken_over_from)


def is_heard(lease: DraftLease) -> bool:
    """Whether a writer was heard of lately enough to be there still."""
    return datetime.now(UTC) - lease.beat_at < FREE_AFTER


def aside_view(row: DraftRevision, person: Person) -> AsideView:
    """An answer set aside, with who gave it."""
    return AsideView(number(row), row.item, row.value, row.entered, person.name, row.at, row.source)


def worklist_row(entry: WorklistEntry) -> WorklistRow:
    """One line of the worklist."""
    episode, patient = entry.episode, entry.patient
    return WorklistRow(
        episode_id=number(episode),
        patient_name=full_name(patient),
        record_number=patient.record_number,
        age=age_on(patient.date_of_birth, today()),
        sex=patient.sex_at_birth,
        site=entry.site.name,
        urgency=Urgency(episode.urgency).code,
        leading_condition=episode.leading_condition,
        step=episode.step,
        waiting_since=episode.submitted_at,
        clinician=entry.clinician.name if entry.clinician else None,
        state=episode.state,
        review_due_on=episode.review_due_on,
        version=episode.version,
        lowering_to=Urgency(entry.lowering.to_urgency).code if entry.lowering else None,
        lowering_by=entry.asker.name if entry.asker else None,
    )


def episode_view(episode: Episode, site: Site, clinician: str) -> EpisodeView:
    """An episode's own facts."""
    return EpisodeView(
        id=number(episode),
        site_id=episode.site_id,
        site=site.name,
        clinician=clinician or None,
        opened_on=episode.opened_on,
        closed_on=episode.closed_on,
        state=episode.state,
        urgency=Urgency(episode.urgency).code,
        leading_condition=episode.leading_condition,
        step=episode.step,
        submitted_at=episode.submitted_at,
        review_due_on=episode.review_due_on,
        latest_assessment_id=episode.latest_assessment_id,
        version=episode.version,
    )


def assessment_view(row: Assessment) -> AssessmentView:
    """What was said at one time."""
    return AssessmentView(
        id=number(row),
        intake_id=row.intake_id,
        made_at=row.made_at,
        basis=row.basis,
        urgency=Urgency(row.urgency).code,
        leading_condition=row.leading_condition,
        step=row.step,
        knowledge_version=row.knowledge_version,
        knowledge_sha256=row.knowledge_sha256,
        document=row.document,
    )


def decision_view(row: Decision, name_of: NameOf, lines: Sequence[DecisionLine] = ()) -> DecisionView:
    """What a clinician did with an assessment; ``lines`` may hold those of other decisions too."""
    return DecisionView(
        id=number(row),
        assessment_id=row.assessment_id,
        verdict=row.verdict,
        condition=row.condition,
        step=row.step,
        urgency=None if row.urgency is None else Urgency(row.urgency).code,
        reason_code=row.reason_code,
        reason=REASONS.get(row.reason_code or "", ""),
        comment=row.comment,
        signed_by=name_of(row.signed_by),
        signed_at=row.signed_at,
        lines=tuple(line_view(line) for line in lines if line.decision_id == row.id),
    )


def line_view(row: DecisionLine) -> LineView:
    """What was decided of one suggestion."""
    reason = REASONS.get(row.reason_code or "", "")
    return LineView(row.kind, row.subject, row.verdict, row.changed_to, row.reason_code, reason, row.comment)


def lowering_view(row: Lowering, name_of: NameOf) -> LoweringView:
    """An urgency for two clinicians to lower."""
    return LoweringView(
        id=number(row),
        decision_id=row.decision_id,
        from_urgency=Urgency(row.from_urgency).code,
        to_urgency=Urgency(row.to_urgency).code,
        leading_condition=row.leading_condition,
        step=row.step,
        asked_by_id=row.asked_by,
        asked_by=name_of(row.asked_by),
        asked_at=row.created_at,
        state=row.state,
        second_by=name_of(row.second_by),
        settled_at=row.settled_at,
        reason=REASONS.get(row.reason_code or "", ""),
        comment=row.comment,
    )


def diagnosis_view(row: ConfirmedDiagnosis, name_of: NameOf) -> DiagnosisView:
    """What an episode turned out to be."""
    return DiagnosisView(
        id=number(row),
        condition=row.condition,
        words=row.words,
        how=row.how,
        confirmed_on=row.confirmed_on,
        recorded_by=name_of(row.recorded_by),
        recorded_at=row.created_at,
        assessment_id=row.assessment_id,
        knowledge_version=row.knowledge_version,
        leader=row.leader,
        place=row.place,
        band=row.band,
        version=row.version,
    )


def move_view(row: ReferralMove, name_of: NameOf) -> MoveView:
    """One step of a referral."""
    return MoveView(row.from_state, row.to_state, name_of(row.by), row.at, row.note)


def referral_row(
    referral: Referral, site: Site, creator: str, patient: Patient | None, moves: tuple[MoveView, ...] = ()
) -> ReferralRow:
    """A referral; without a patient (the reader sees no names) its free words stay out as well."""
    return ReferralRow(
        id=number(referral),
        episode_id=referral.episode_id,
        kind=referral.kind,
        state=referral.state,
        priority=Urgency(referral.priority).code,
        site=site.name,
        patient_name=full_name(patient) if patient else None,
        record_number=patient.record_number if patient else None,
        reason=referral.reason if patient else None,
        created_by=creator,
        created_at=referral.created_at,
        due_on=referral.due_on,
        overdue=is_overdue(referral.state, referral.due_on),
        may_move_to=MOVES[referral.state],
        version=referral.version,
        moves=moves if patient else (),
    )


def is_overdue(state: str, due_on: date | None) -> bool:
    """Whether a referral that may still move on is past its day; a declined one waits for nobody."""
    return bool(MOVES[state]) and state not in ("declined", "withdrawn") and due_on is not None and due_on < today()


def outcome_view(row: Outcome) -> OutcomeView:
    """One value of one measure."""
    at_intake = row.intake_id is not None
    return OutcomeView(
        number(row), row.instrument, row.value, row.taken_on, row.weeks_since_intake, row.how or "", at_intake
    )


def leading(document: Mapping[str, Any]) -> str | None:
    """The condition an assessment puts first, or None if it says nothing of any."""
    first = next(iter(document["differential"]), None)
    return document["pathway"].get("condition") or (first["condition"] if first else None)
