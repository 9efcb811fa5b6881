"""What the deeds of governance give back: versions of the knowledge, difference reports and what they list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class KnowledgeVersionView:
    """One knowledge in the clinic's life, and what the person who looks may do with it."""

    id: int
    sha256: str
    knowledge_version: str
    origin: str
    """adopted, edit, files or rollback."""
    state: str
    """candidate, waiting (approved, its day to come), in-force, replaced, refused or withdrawn."""
    sentence: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    effective_on: date | None
    replaced_on: date | None
    ended_by: str
    ending_words: str
    based_on_sha256: str | None
    report_id: int | None
    may: frozenset[str]
    """Of report, approve, refuse, withdraw and roll-back: what this person may do with it now."""
    version: int


@dataclass(frozen=True)
class ReportView:
    """What a candidate would change; counts grow while it is running."""

    id: int
    candidate_id: int
    from_sha256: str
    to_sha256: str
    from_version: str
    to_version: str
    state: str
    """running, done or stopped."""
    begun_by: str
    begun_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    counts: Mapping[str, Any]
    is_current: bool
    """Whether it compares the candidate with what is in force now: only then an approval may rest on it."""
    version: int

    @property
    def changed(self) -> int:
        """How many histories would come out differently in any way."""
        return int(self.counts.get("changed", 0))

    @property
    def unreadable(self) -> int:
        """How many histories the candidate could not be asked about."""
        return int(self.counts.get("unreadable", 0))


@dataclass(frozen=True)
class DifferenceRow:
    """One history of which a candidate would say something else."""

    id: int
    weight: int
    episode_id: int
    assessment_id: int
    patient_name: str
    record_number: str
    before: Mapping[str, Any]
    """Only the parts that differ, of urgency, leading, step, gates, may_discuss and red_flags."""
    after: Mapping[str, Any]
