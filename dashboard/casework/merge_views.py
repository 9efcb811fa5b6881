"""What the deeds of merging give back: a record's identifiers, what a merge would do, what was merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

MERGE_REASONS: Mapping[str, str] = {
    "registered-twice": "The same person was registered twice",
    "name-changed": "The same person, under a former name",
    "typed-wrong": "The same person, with a name or a day typed wrong",
    "other-site": "The same person, registered at two sites",
}
UNDO_REASONS: Mapping[str, str] = {
    "two-people": "They are two people after all",
    "wrong-way": "The wrong one of the two was kept",
    "by-mistake": "It was pressed by mistake",
}


class Seen(NamedTuple):
    """A record as somebody had it before them."""

    id: int
    version: int


@dataclass(frozen=True)
class PatientRecord:
    """Everything a patient is known by."""

    id: int
    record_number: str
    given_name: str
    family_name: str
    date_of_birth: date
    sex_at_birth: str
    phone: str
    postal_code: str
    site_id: int
    site: str
    version: int
    led_from: str = ""
    """The record number that was asked for, when that record was merged into this one."""

    @property
    def name(self) -> str:
        """The name as the clinic says it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def seen(self) -> Seen:
        """Who this is and in which version, as the deeds ask for it."""
        return Seen(self.id, self.version)


@dataclass(frozen=True)
class MergePreview:
    """Two records side by side, and what would become of the one that goes into the other."""

    survivor: PatientRecord
    merged: PatientRecord
    differing: tuple[str, ...]
    """The identifiers that are not the same."""
    blank: tuple[str, ...]
    """Of these the ones the survivor lacks: taken from the other unless somebody chooses otherwise."""
    moves: Mapping[str, int]
    """Table → how many of its rows move."""
    puts_aside: int
    """Open drafts that have to make room for the survivor's own; their answers are kept."""
    keyed: bool
    """Whether a paper form is half keyed in for one of those; what was keyed is kept with it."""
    other_site: bool
    """Whether what moves is from then on seen at another site than before."""
    obstacle: str
    """Why it cannot be done, in words; "" when it can."""


@dataclass(frozen=True)
class MergeView:
    """One merge: what it did, and whether it was taken apart again."""

    id: int
    survivor_id: int
    survivor_number: str
    survivor_name: str
    merged_id: int
    merged_number: str
    merged_name: str
    """As the merged record has it, which nobody changes."""
    by: str
    at: datetime
    reason_code: str
    moved: Mapping[str, int]
    put_aside: int
    taken: tuple[str, ...]
    """The identifiers the survivor took from the other."""
    undone_at: datetime | None
    undone_by: str
    undone_reason: str
    obstacle: str
    """Why it cannot be taken apart now, in words; "" when it can (or was)."""
    version: int


@dataclass(frozen=True)
class BegunSince:
    """An episode or a draft begun after a merge: nobody but the desk knows whose it is."""

    key: str
    """ "episode:12" or "draft:…"."""
    kind: str
    at: datetime
    state: str
    by: str


@dataclass(frozen=True)
class ApartPreview:
    """What taking a merge apart would do."""

    merge: MergeView
    back: Mapping[str, int]
    """Table → how many rows go back, with what was added to them since."""
    added: Mapping[str, int]
    """Of these the ones that were added since, to an episode that goes back."""
    kept: int
    """Drafts of the merged record that became part of the survivor's own episode, and stay in it."""
    begun: tuple[BegunSince, ...]
    """What was begun since and stands by itself: it stays with the survivor unless somebody says otherwise."""
    reopens: int
    restored: tuple[str, ...]
    """Identifiers of the survivor that become what they were."""
    changed_since: tuple[str, ...]
    """Identifiers that were corrected after the merge, and stay as they are."""
