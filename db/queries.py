"""Row reads: the worklist, one episode with everything, drafts, patients, referrals, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db.tables import (
    Assessment,
    AuditEvent,
    Decision,
    Draft,
    Episode,
    Intake,
    KnowledgeText,
    Outcome,
    Patient,
    Person,
    Referral,
    ReferralMove,
    Site,
)

SiteIds = Sequence[int] | None
"""The sites that may be seen; None: every site."""


@dataclass(frozen=True)
class WorklistPlace:
    """A place in the worklist: the next page starts after it."""

    urgency: int
    submitted_at: datetime
    episode_id: int


@dataclass(frozen=True)
class WorklistEntry:
    """One episode as the worklist shows it."""

    episode: Episode
    patient: Patient
    site: Site
    clinician: Person | None


@dataclass(frozen=True)
class WorklistPage:
    """Some of the worklist, most urgent first, then longest waiting; ``next`` is None on the last page."""

    entries: tuple[WorklistEntry, ...]
    next: WorklistPlace | None


@dataclass(frozen=True)
class EpisodeRows:
    """One episode with everything that belongs to it; lists run from oldest to newest."""

    episode: Episode
    patient: Patient
    site: Site
    clinician: Person | None
    intake: Intake
    assessments: tuple[Assessment, ...]
    decisions: tuple[Decision, ...]
    referrals: tuple[Referral, ...]
    moves: tuple[ReferralMove, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class DraftEntry:
    """A draft with whose it is."""

    draft: Draft
    patient: Patient
    owner: Person


@dataclass(frozen=True)
class ReferralEntry:
    """A referral as the list shows it; overdue when it is still open after its due day."""

    referral: Referral
    patient: Patient
    site: Site
    creator: Person
    overdue: bool


def worklist(
    session: Session,
    sites: SiteIds,
    state: str = "awaiting-review",
    clinician_id: int | None = None,
    after: WorklistPlace | None = None,
    limit: int = 50,
) -> WorklistPage:
    """A page of the episodes in ``state``, most urgent first, then longest waiting, after the place given."""
    raise NotImplementedError


def worklist_sizes(session: Session, sites: SiteIds, state: str = "awaiting-review") -> dict[int, int]:
    """How many episodes are in ``state``, by urgency (0 to 3; urgencies without any are there with 0)."""
    raise NotImplementedError


def episode(session: Session, episode_id: int, sites: SiteIds) -> EpisodeRows | None:
    """One episode with everything, or None when there is none at these sites."""
    raise NotImplementedError


def history(session: Session, patient_id: int) -> tuple[Episode, ...]:
    """A patient's episodes, newest first."""
    raise NotImplementedError


def patient(session: Session, patient_id: int, sites: SiteIds) -> Patient | None:
    """One patient, or None when there is none at these sites."""
    raise NotImplementedError


def patients_starting(session: Session, text: str, sites: SiteIds, limit: int = 20) -> tuple[Patient, ...]:
    """Patients whose names or record number start with the words of ``text``, by family name.

    Capitals and accents do not matter, nor the order of the words; nothing is found for no words.
    """
    raise NotImplementedError


def draft(session: Session, draft_id: str, sites: SiteIds) -> DraftEntry | None:
    """One draft in whatever state, or None when there is none at these sites."""
    raise NotImplementedError


def open_draft_of(session: Session, patient_id: int, form: str = "intake") -> Draft | None:
    """The one open draft of a patient and form, if there is one."""
    raise NotImplementedError


def open_drafts(session: Session, sites: SiteIds, limit: int = 100) -> tuple[DraftEntry, ...]:
    """Open drafts, the one last worked on first."""
    raise NotImplementedError


def referrals(
    session: Session,
    sites: SiteIds,
    today: date,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    limit: int = 200,
) -> tuple[ReferralEntry, ...]:
    """Referrals in ``states`` (default: every open one), the longest overdue first, those without a day last."""
    raise NotImplementedError


def referral(session: Session, referral_id: int, sites: SiteIds) -> Referral | None:
    """One referral, or None when there is none at these sites."""
    raise NotImplementedError


def moves(session: Session, referral_id: int) -> tuple[ReferralMove, ...]:
    """How a referral went from state to state, oldest first."""
    raise NotImplementedError


def assessment(session: Session, assessment_id: int) -> Assessment | None:
    """One assessment."""
    raise NotImplementedError


def people(session: Session) -> tuple[Person, ...]:
    """Everyone who may sign in, by name."""
    raise NotImplementedError


def person_by_code(session: Session, code: str) -> Person | None:
    """Who signs in with this code, active or not."""
    raise NotImplementedError


def sites(session: Session) -> tuple[Site, ...]:
    """Every site, by name."""
    raise NotImplementedError


def knowledge_text(session: Session, sha256: str) -> KnowledgeText | None:
    """The knowledge a hash stands for, if it is kept."""
    raise NotImplementedError


def audit_events(session: Session, before_id: int | None = None, limit: int = 100) -> tuple[AuditEvent, ...]:
    """The newest audit events with an id below ``before_id``, newest first."""
    raise NotImplementedError
