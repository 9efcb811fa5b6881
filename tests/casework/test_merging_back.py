"""Whatever was merged, and whatever was added since: taken apart again, everything is where it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.merge_views import MergeView, Seen
from dashboard.casework.merging import merge_patients, merges, patient_identifiers
from dashboard.casework.taking_apart import apart_preview, unmerge_patients
from db.tables import Patient
from tests.casework.merged_at_random import KINDS, Everything, a_patient, add, astray, everything
from tests.cast import Clinic
from tests.sessions import reading

PEOPLE = st.integers(0, 3)
TAKEN = st.sets(st.sampled_from(["given_name", "family_name", "date_of_birth", "phone", "postal_code"]))
ADDED = st.tuples(st.just("add"), PEOPLE, st.sampled_from(KINDS))
PAIRS = st.permutations(range(4)).map(lambda order: tuple(order[:2]))
MERGED = st.tuples(st.just("merge"), PAIRS | st.tuples(PEOPLE, PEOPLE), st.none() | TAKEN)
APART = st.tuples(st.just("apart"), st.integers(0, 5))
STEPS = st.lists(ADDED | MERGED | MERGED | MERGED | APART, min_size=4, max_size=12)
ROWS = st.tuples(*[st.sets(st.sampled_from(KINDS))] * 4)
"""What there is about each of the four at first."""
PHONES = ("", "555 0101", "555 0102", "")


@dataclass
class Story:
    """Four patients at two sites, and what happens to them."""

    clinic: Clinic
    actor: Actor
    patients: list[int]
    standing: list[MergeView] = field(default_factory=list)
    """Merges not taken apart, oldest first."""

    def stands(self, number: int) -> int:
        """The record that stands for one of the four."""
        return patient_identifiers(self.actor, self.patients[number]).id

    def do(self, step: tuple[Any, ...]) -> None:
        """One step; it is refused exactly where it must be."""
        match step:
            case ("add", number, kind):
                add(self.clinic, self.stands(number), kind)
            case ("merge", (stands, goes), taken):
                self.merge(self.patients[stands], self.patients[goes], taken)
            case ("apart", number) if self.standing:
                self.take_apart(self.standing[number % len(self.standing)])

    def merge(self, stands: int, goes: int, taken: set[str] | None) -> None:
        """Merge, unless it is one record or either was merged before: then it is refused and nothing happens."""
        merged = {each.merged_id for each in self.standing}
        seen = [Seen(each, self.version(each)) for each in (stands, goes)]
        if stands == goes or {stands, goes} & merged:
            before = everything(*self.patients)
            with pytest.raises(casework.NotReady):
                merge_patients(self.actor, *seen, "registered-twice", taken)
            assert everything(*self.patients) == before
        else:
            self.standing.append(merge_patients(self.actor, *seen, "registered-twice", taken))

    def take_apart(self, merge: MergeView) -> None:
        """Take a merge apart, unless its survivor was merged on."""
        now = next(each for each in merges(self.actor, merge.survivor_id) if each.id == merge.id)
        shown = apart_preview(self.actor, merge.id)
        given = (self.actor, merge.id, now.version, "two-people", [each.key for each in shown.begun])
        if merge.survivor_id in {each.merged_id for each in self.standing}:
            with pytest.raises(casework.NotReady):
                unmerge_patients(*given)
            assert now.obstacle
        else:
            unmerge_patients(*given)
            self.standing.remove(merge)

    def version(self, patient_id: int) -> int:
        """The version of a record, whether it stands or not."""
        with reading() as session:
            return session.get_one(Patient, patient_id).version

    def undo_all(self) -> None:
        """Take everything apart, the last merge first."""
        for merge in reversed([*self.standing]):
            self.take_apart(merge)


def begin(clinic: Clinic, rows: tuple[set[str], ...]) -> Story:
    """Four patients, and these rows about them."""
    patients = [
        a_patient(clinic, "north" if number % 2 else "south", phone=phone, given_name=f"Ines{number}")
        for number, phone in enumerate(PHONES)
    ]
    for patient, drawn in zip(patients, rows, strict=True):
        # Most have both, so that there is something in each other's way.
        kinds = drawn if patient == patients[-1] else drawn - {"submission"} | {"draft", "episode"}
        # An open draft and an episode come first: others are added to them.
        for kind in sorted(kinds, key=lambda kind: (kind not in ("draft", "episode"), kind)):
            add(clinic, patient, kind)
    return Story(clinic, casework.actor_for("amina"), patients)


def unlike(before: Everything, after: Everything) -> dict[Any, Any]:
    """Of the rows there were before, the columns that differ now; a draft handed in since is another draft."""
    found = {}
    for key, row in before.items():
        there = after.get(key)
        if key[0] == "draft" and there is not None and there["state"] == "submitted" != row["state"]:
            continue
        if there != row:
            now = there or dict.fromkeys(row)
            found[key] = {name: (value, now[name]) for name, value in row.items() if value != now[name]}
    return found


def test_taken_apart_everything_is_where_it_was(clinic: Clinic, request: pytest.FixtureRequest) -> None:
    """Random patients, rows, merges, additions and takings apart: nothing is lost, doubled or torn, and all is back."""
    examples = 30 if "sqlite" in request.node.name else 6

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(ROWS, STEPS)
    def holds(rows: tuple[set[str], ...], steps: list[tuple[Any, ...]]) -> None:
        story = begin(clinic, rows)
        before = there = everything(*story.patients)
        for step in steps:
            story.do(step)
            there, earlier = everything(*story.patients), there
            assert earlier.keys() <= there.keys(), "nothing is lost"
            assert step[0] == "add" or earlier.keys() == there.keys(), "nothing is doubled"
            assert astray(there) == []
        story.undo_all()
        after = everything(*story.patients)
        assert unlike(before, after) == {}
        assert astray(after) == []

    holds()
