"""What the deeds give back: plain frozen values for the screen, in the clinic's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from db.queries import WorklistPlace

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PersonCard:
    """Someone who works here; ``site`` is None for a person of every site."""

    id: int
    code: str
    name: str
    role: str
    site: str | None
    active: bool
    version: int


@dataclass(frozen=True)
class SiteCard:
    """A place the clinic works at."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class PatientCard:
    """Who a patient is, as the top of a page shows it."""

    id: int
    record_number: str
    name: str
    date_of_birth: date
    age: int
    sex: str
    """Code of the item sex_at_birth: female, male, intersex, not_said."""
    phone: str
    site_id: int
    version: int
    found_by: str = field(default="", compare=False)
    """Of a search: name, number, phone, born, swapped (day and month), merged, or the words for what is alike."""


@dataclass(frozen=True)
class AlikeCard:
    """A patient who may be the one being registered; ``level`` is possible, likely or sure."""

    patient: PatientCard
    level: str
    alike: tuple[str, ...]
    """What is alike, the most telling first, in words."""
    unlike: tuple[str, ...]
    """What differs, in words."""


@dataclass(frozen=True)
class Newcomer:
    """Whoever is being registered, as far as the form is filled in."""

    given_name: str = ""
    family_name: str = ""
    date_of_birth: date | None = None
    sex_at_birth: str = ""
    phone: str = ""
    postal_code: str = ""
    record_number: str = ""


@dataclass(frozen=True)
class NewPatient:
    """What the desk types to register a patient; a blank record number gets one made."""

    given_name: str
    family_name: str
    date_of_birth: date
    sex_at_birth: str
    site_id: int
    record_number: str = ""
    phone: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Writer:
    """Who is writing a draft at this moment, in which browser tab, since when and when last heard of."""

    person_id: int
    name: str
    sign_in: str
    """What the trail calls the sign-in it is written under."""
    tab: str
    since: datetime
    heard_at: datetime
    taken_over_from: str = ""
    """Who was writing it then, empty where nobody was."""


@dataclass(frozen=True)
class SeenAnswer:
    """What a question said at some time: its answer, as it was typed, and what was there of half an answer."""

    answer: Any
    entered: Any
    unfinished: Any


@dataclass(frozen=True)
class AsideView:
    """An answer that could not be put into its draft and waits for somebody to say whether it is the right one."""

    id: int
    item: str
    answer: Any
    entered: Any
    by: str
    at: datetime
    source: str


@dataclass(frozen=True)
class DraftView:
    """An intake being taken: every answer given so far, in SI units, and beside it as it was entered."""

    id: str
    patient: PatientCard
    answers: Mapping[str, Any]
    """Item id → canonical answer. "<item>_detail" holds the free words beside an answer."""
    entered: Mapping[str, Any]
    """Item id → {"raw": what was typed, "unit": unit or None}, only where it differs from the answer."""
    section: str | None
    version: int
    saved_at: datetime
    owner: str
    state: str
    """open, submitted or discarded."""
    episode_id: int | None = None
    """Once submitted: the episode it became part of."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Caution id → the desk's notes on it (dashboard/doubts.py)."""
    owner_id: int = 0
    begun_at: datetime = NEVER
    answered_at: datetime | None = None
    """When the last answer was given; None before the first."""
    unfinished: Mapping[str, Any] = field(default_factory=dict)
    """Item id → what was entered of an answer of several parts that is not one yet."""
    asides: tuple[AsideView, ...] = ()
    """Answers that wait to be settled, the oldest first."""
    writer: Writer | None = None
    """Who is writing it; None for nobody."""
    kept_until: datetime = NEVER
    """How long it is kept open if nobody works on it."""
    expired: bool = False
    """Whether that time is over: it is read only until somebody renews it."""
    kept: bool = True
    """False where the answer just given was not put into the draft."""
    handed_over: bool = False
    """Whether the tablet was ever handed to the patient for it."""


@dataclass(frozen=True)
class Submitted:
    """What a submitted intake became; ``urgency`` is its code."""

    episode_id: int
    intake_id: int
    assessment_id: int
    urgency: str
    knowledge_version: str = ""
    """The version it was assessed under, which may have come into force while the history was taken."""


@dataclass(frozen=True)
class WorklistRow:
    """One episode of the worklist; ``urgency`` is its code, ``version`` the one a deed must have seen."""

    episode_id: int
    patient_name: str
    record_number: str
    age: int
    sex: str
    site: str
    urgency: str
    leading_condition: str | None
    step: str | None
    waiting_since: datetime
    clinician: str | None
    state: str
    review_due_on: date | None
    version: int
    lowering_to: str | None = None
    """The urgency a clinician would lower it to; it waits for a second one to confirm."""
    lowering_by: str | None = None
    """Who asked for that."""


@dataclass(frozen=True)
class Worklist:
    """A page of the worklist, most urgent first; hand ``next`` back as ``after`` for the following page."""

    rows: tuple[WorklistRow, ...]
    counts: Mapping[str, int]
    """Urgency code → how many episodes are in that state at the actor's sites (not only on this page)."""
    next: WorklistPlace | None


@dataclass(frozen=True)
class EpisodeView:
    """An episode's own facts."""

    id: int
    site_id: int
    site: str
    clinician: str | None
    opened_on: date
    closed_on: date | None
    state: str
    urgency: str
    leading_condition: str | None
    step: str | None
    submitted_at: datetime
    review_due_on: date | None
    latest_assessment_id: int | None
    version: int


@dataclass(frozen=True)
class AssessmentView:
    """What was said of the case at one time; ``basis`` is intake or exam."""

    id: int
    intake_id: int
    made_at: datetime
    basis: str
    urgency: str
    leading_condition: str | None
    step: str | None
    knowledge_version: str
    knowledge_sha256: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class LineView:
    """What a decision says of one suggestion; ``changed_to`` is an id or, of a red flag, an urgency's code."""

    kind: str
    subject: str
    verdict: str
    changed_to: str | None
    reason_code: str | None
    reason: str
    """The reason code's label, or an empty string."""
    comment: str


@dataclass(frozen=True)
class LoweringView:
    """An urgency lowered by one clinician, for a second one to confirm: waiting, confirmed, refused or overtaken."""

    id: int
    decision_id: int
    from_urgency: str
    to_urgency: str
    leading_condition: str | None
    step: str | None
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    state: str
    second_by: str
    """The second clinician's name, empty while it waits."""
    settled_at: datetime | None
    reason: str
    comment: str


@dataclass(frozen=True)
class DiagnosisView:
    """What an episode turned out to be, beside what the last signed assessment had said of it."""

    id: int
    condition: str | None
    """None: none of the conditions the knowledge has; the words then say what."""
    words: str
    how: str
    confirmed_on: date
    recorded_by: str
    recorded_at: datetime
    assessment_id: int
    knowledge_version: str
    leader: str | None
    place: int | None
    """Its place in the differential, 1 the first; None when it was not in it."""
    band: str | None
    version: int


@dataclass(frozen=True)
class DecisionView:
    """What a clinician did with an assessment."""

    id: int
    assessment_id: int
    verdict: str
    condition: str | None
    step: str | None
    urgency: str | None
    reason_code: str | None
    reason: str
    """The reason code's label, or an empty string."""
    comment: str
    signed_by: str
    signed_at: datetime
    lines: tuple[LineView, ...] = ()
    """One for each suggestion; none for what was signed before suggestions were decided one by one."""


@dataclass(frozen=True)
class MoveView:
    """One step of a referral."""

    from_state: str
    to_state: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True)
class ReferralRow:
    """A referral as lists show it; patient and reason are None for those who see no names."""

    id: int
    episode_id: int
    kind: str
    state: str
    priority: str
    """Urgency code it was made under."""
    site: str
    patient_name: str | None
    record_number: str | None
    reason: str | None
    created_by: str
    created_at: datetime
    due_on: date | None
    overdue: bool
    may_move_to: tuple[str, ...]
    version: int
    moves: tuple[MoveView, ...] = ()


@dataclass(frozen=True)
class OutcomeView:
    """One value of one outcome measure."""

    id: int
    instrument: str
    value: float
    taken_on: date
    weeks_since_intake: int
    how: str = ""
    """ "items", "total" or "asked" for one measured at an intake; empty for one recorded on its own."""
    at_intake: bool = False


@dataclass(frozen=True)
class EpisodeFile:
    """One episode with everything; lists run from oldest to newest, ``document`` is the latest assessment's."""

    episode: EpisodeView
    patient: PatientCard
    answers: Mapping[str, Any]
    """The latest intake's answers with the examination's laid over them."""
    entered: Mapping[str, Any]
    document: Mapping[str, Any]
    assessment_id: int
    assessments: tuple[AssessmentView, ...]
    decisions: tuple[DecisionView, ...]
    referrals: tuple[ReferralRow, ...]
    outcomes: tuple[OutcomeView, ...]
    version: int
    lowerings: tuple[LoweringView, ...] = ()
    diagnosis: DiagnosisView | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Caution id → what the desk noted of answers that look odd, with the latest intake (dashboard/doubts.py)."""

    @property
    def waiting_lowering(self) -> LoweringView | None:
        """The lowered urgency that waits for a second clinician."""
        return next((each for each in self.lowerings if each.state == "waiting"), None)


@dataclass(frozen=True)
class Signed:
    """A signed review: the episode's new version, when it is looked at next, whether a second clinician is needed."""

    decision_id: int
    episode_id: int
    version: int
    review_due_on: date | None
    waits_for_second: bool = False


@dataclass(frozen=True)
class AuditRow:
    """One audit event: codes and ids only."""

    id: int
    at: datetime
    person: str
    role: str
    deed: str
    record: str
    record_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str
    kind: str = "change"
    refused: bool = False
    emergency: bool = False
    patients: tuple[int, ...] = ()


@dataclass(frozen=True)
class TrailFilter:
    """Which audit events are wanted; None leaves that side open. Days are the clinic's own, both included."""

    person_id: int | None = None
    deed: str | None = None
    kind: str | None = None
    """read, change, sign-in, export, refused or emergency."""
    patient_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class TrailVerdict:
    """Whether the audit trail was whole when it was last looked through."""

    at: datetime
    by: str
    events: int
    faults: tuple[str, ...]
    """The first few, in words."""
    fault_count: int
