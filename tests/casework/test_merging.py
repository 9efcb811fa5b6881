"""One patient registered twice: merging moves everything and loses nothing, and it can be taken apart again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, func, select
from sqlmodel import col

from dashboard import accounts, casework
from dashboard.access import Actor
from dashboard.casework import emergency
from dashboard.casework.correcting import correct_patient
from dashboard.casework.merge_views import MergeView, Seen
from dashboard.casework.merging import merge_patients, merge_preview, merges, patient_identifiers
from dashboard.casework.taking_apart import apart_preview, unmerge_patients
from dashboard.casework.views import PatientCard
from dashboard.in_force import knowledge
from db import moving, records
from db.belonging import parents
from db.moving import STAYS, hangs_on, movable
from db.tables import Draft, DraftRevision, Episode, Intake, Outcome, Patient, PatientMerge, Referral
from tests.casework.conftest import Cast, Trail, refused
from tests.casework.merged_at_random import add, astray, everything
from tests.casework.test_at_once import at_once, late
from tests.judging import read_and_sign
from tests.sessions import reading, transaction


def seen(patient: PatientCard | int) -> Seen:
    """A record as it is now."""
    with reading() as session:
        row = session.get_one(Patient, patient if isinstance(patient, int) else patient.id)
        return Seen(int(row.id or 0), row.version)


def merged(cast: Cast, stands: PatientCard, goes: PatientCard, by: Actor | None = None, **more: Any) -> MergeView:
    """The second record merged into the first."""
    return merge_patients(by or cast.amina, seen(stands), seen(goes), "registered-twice", **more)


def apart(cast: Cast, merge: MergeView, along: tuple[str, ...] = (), by: Actor | None = None) -> MergeView:
    """The merge taken apart, knowing what was begun since."""
    actor = by or cast.amina
    shown = apart_preview(actor, merge.id)
    begun = [each.key for each in shown.begun]
    return unmerge_patients(actor, merge.id, shown.merge.version, "two-people", begun, along)


def stored(kind: Any, key: Any) -> Any:
    """One row as it is now."""
    with reading() as session:
        return session.get_one(kind, key)


# --- the schema


def test_whatever_refers_to_a_patient_moves_or_says_why_not() -> None:
    """Found by foreign key, so that a table added later moves by itself; columns of that name have such a key."""
    tables = Patient.metadata.sorted_tables
    refers = {table.name for table in tables for _, parent in parents(table) if parent.name == "patient"}
    assert refers == set(movable()) | set(STAYS)
    assert set(movable()) & set(STAYS) == set()
    # The audit trail refers without a key, so that it outlives what it tells of: it is read by both patients' ids.
    assert {table.name for table in tables if "patient_id" in table.c} - refers == {"auditpatient"}


def test_rows_that_hang_on_others_go_where_those_go() -> None:
    """A table that is both about a patient and part of an episode, a draft or a referral follows that."""
    on = {name: hangs_on(name) for name in movable()}
    assert on.pop("draft") is None  # it goes with the intake that was made of it
    assert {name for name, way in on.items() if way is None} == {"episode", "emergencyaccess"}
    assert {way[1] for way in on.values() if way} == {"episode"}


def test_no_other_rule_of_one_a_patient_stands_in_a_merges_way() -> None:
    """Only open drafts are one a patient; a new rule of that kind needs an answer in dashboard/casework/merging.py."""
    one_each = set()
    for name, (kind, column) in movable().items():
        rules = [index for index in kind.__table__.indexes if index.unique]
        rules += [rule for rule in kind.__table__.constraints if isinstance(rule, UniqueConstraint)]
        one_each |= {f"{name}: {rule.name}" for rule in rules if column in rule.columns}
    assert one_each == {"draft: draft_one_open"}


# --- it works


def test_everything_about_the_second_stands_under_the_first(cast: Cast) -> None:
    """Episodes, intakes, referrals, outcomes, drafts, put aside or not: each row once, and the record leads on."""
    stands, goes = cast.runner(), cast.runner(given_name="Inez")
    file = cast.in_care(goes)
    casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", "graded return")
    for kind in ("outcome", "put-aside", "draft", "emergency"):
        add(cast.clinic, goes.id, kind)
    before = everything(stands.id, goes.id)
    done = merged(cast, stands, goes)
    after = everything(stands.id, goes.id)
    assert before.keys() == after.keys()
    assert {row["patient_id"] for key, row in after.items() if key[0] != "patient"} == {stands.id}
    counted = Counter(table for table, _ in before if table != "patient")
    assert done.moved == counted
    assert counted.keys() == movable().keys(), "something of every kind"
    assert casework.read_patient(cast.noor, goes.id).id == stands.id
    assert [each.id for each in casework.episodes_of(cast.amina, stands.id)] == [file.episode.id]
    assert casework.read_episode(cast.amina, file.episode.id).patient.id == stands.id
    assert casework.open_draft(cast.noor, goes.id).patient.id == stands.id
    assert patient_identifiers(cast.noor, goes.id).led_from == goes.record_number


def test_the_worklist_and_a_search_know_one_patient(cast: Cast) -> None:
    """Under the standing record's name; the other's number finds it too."""
    stands, goes = cast.runner(family_name="Standing"), cast.runner(family_name="Going")
    cast.submitted(goes)
    merged(cast, stands, goes)
    assert [row.record_number for row in casework.worklist(cast.noor).rows] == [stands.record_number]
    for words in ("Going", goes.record_number, "Standing"):
        assert [each.id for each in casework.find_patients(cast.noor, words)] == [stands.id]


def test_an_intake_is_handed_in_under_the_new_record(cast: Cast) -> None:
    """A draft that moved goes on where it was, into the patient's own episode."""
    stands, goes = cast.runner(), cast.runner()
    first = cast.submitted(stands)
    draft = cast.draft(goes)
    merged(cast, stands, goes)
    now = casework.read_draft(cast.noor, draft.id)
    assert casework.submit_intake(cast.noor, draft.id, now.version).episode_id == first.episode_id
    with pytest.raises(casework.StaleRecord):
        casework.discard_draft(cast.noor, draft.id, draft.version)


def test_what_is_blank_is_taken_over_and_the_rest_stays(cast: Cast) -> None:
    """Unless somebody chose: then exactly what they chose."""
    told = {"phone": "555 0101", "given_name": "Inez", "postal_code": ""}
    first, second = cast.runner(postal_code="97201"), cast.runner(**told)
    assert merge_preview(cast.noor, first.id, second.id).blank == ("phone",)
    assert merged(cast, first, second).taken == ("phone",)
    record = patient_identifiers(cast.noor, first.id)
    assert (record.given_name, record.phone, record.postal_code) == ("Ines", "555 0101", "97201")
    third = cast.runner(given_name="Agnes", phone="555 0199")
    assert merged(cast, first, third, taken=["given_name"]).taken == ("given_name",)
    record = patient_identifiers(cast.noor, first.id)
    assert (record.given_name, record.phone) == ("Agnes", "555 0101")
    assert [each.id for each in casework.find_patients(cast.noor, "Agnes")] == [first.id]


def test_of_two_open_intakes_one_is_put_aside_and_comes_back(cast: Cast) -> None:
    """Staff are told; its answers are kept; taken apart it is open again where it was."""
    stands, goes = cast.runner(), cast.runner()
    ours, theirs = (casework.open_draft(cast.noor, each.id) for each in (stands, goes))
    casework.save_answer(cast.noor, theirs.id, "nprs_worst", 7)
    assert merge_preview(cast.noor, stands.id, goes.id).puts_aside == 1
    merge = merged(cast, stands, goes)
    assert merge.put_aside == 1
    assert [draft.id for draft in casework.open_drafts(cast.noor)] == [ours.id]
    with pytest.raises(casework.StaleRecord):
        casework.save_answer(cast.noor, theirs.id, "nprs_worst", 8)
    assert apart_preview(cast.noor, merge.id).reopens == 1
    apart(cast, merge)
    again = casework.read_draft(cast.noor, theirs.id)
    assert (again.state, again.patient.id, again.answers["nprs_worst"]) == ("open", goes.id, 7)


def test_an_intake_put_aside_that_somebody_took_up_again_stays_as_they_left_it(cast: Cast) -> None:
    """Taken up, and put aside once more by hand: taking apart does not overrule them."""
    stands, goes = cast.runner(), cast.runner()
    ours, theirs = (casework.open_draft(cast.noor, each.id) for each in (stands, goes))
    merge = merged(cast, stands, goes)
    casework.discard_draft(cast.noor, ours.id, casework.read_draft(cast.noor, ours.id).version)
    again = casework.restore_draft(cast.noor, theirs.id, casework.read_draft(cast.noor, theirs.id).version)
    casework.discard_draft(cast.noor, theirs.id, again.version)
    apart(cast, merge)
    assert casework.read_draft(cast.noor, theirs.id).state == "discarded"
    assert stored(Draft, theirs.id).patient_id == goes.id


# --- taking apart


def test_what_was_added_to_an_episode_goes_with_it_and_what_was_begun_stays(cast: Cast) -> None:
    """A referral is part of its episode; a new intake being taken stays with the survivor and is asked about."""
    stands, goes = cast.runner(), cast.runner()
    episode = cast.in_care(goes).episode.id
    merge = merged(cast, stands, goes)
    file = casework.read_episode(cast.amina, episode)
    referral = casework.refer(cast.amina, episode, file.version, "physical_therapy", "graded return")
    begun = casework.open_draft(cast.noor, stands.id)
    shown = apart_preview(cast.amina, merge.id)
    assert shown.added == {"referral": 1}
    assert [each.key for each in shown.begun] == [f"draft:{begun.id}"]
    apart(cast, merge)
    assert stored(Referral, referral.id).patient_id == goes.id
    assert stored(Draft, begun.id).patient_id == stands.id
    assert astray(everything(stands.id, goes.id)) == []


def test_what_was_begun_since_goes_along_when_the_desk_says_so(cast: Cast) -> None:
    """An episode with its intake and the draft it was made of."""
    stands, goes = cast.runner(), cast.runner()
    merge = merged(cast, stands, goes)
    made = cast.submitted(stands)
    apart(cast, merge, along=(f"episode:{made.episode_id}",))
    assert stored(Episode, made.episode_id).patient_id == goes.id
    assert stored(Intake, made.intake_id).patient_id == goes.id
    assert stored(Draft, stored(Intake, made.intake_id).draft_id).patient_id == goes.id


def test_a_draft_that_became_part_of_the_survivors_episode_stays_in_it(cast: Cast) -> None:
    """Torn out, the episode would have lost a visit; the screen says that one stays."""
    stands, goes = cast.runner(), cast.runner()
    cast.submitted(stands)
    draft = cast.draft(goes)
    merge = merged(cast, stands, goes)
    casework.submit_intake(cast.noor, draft.id, casework.read_draft(cast.noor, draft.id).version)
    assert apart_preview(cast.noor, merge.id).kept == 1
    apart(cast, merge)
    assert stored(Draft, draft.id).patient_id == stands.id
    assert astray(everything(stands.id, goes.id)) == []


def test_identifiers_become_what_they_were_unless_corrected_since(cast: Cast) -> None:
    """A telephone corrected after the merge is the newer word, and stays."""
    stands, goes = cast.runner(), cast.runner(phone="555 0101", postal_code="97201")
    merge = merged(cast, stands, goes)
    correct_patient(cast.noor, seen(stands), {"phone": "555 0199"})
    shown = apart_preview(cast.noor, merge.id)
    assert (shown.restored, shown.changed_since) == (("postal_code",), ("phone",))
    apart(cast, merge)
    record = patient_identifiers(cast.noor, stands.id)
    assert (record.phone, record.postal_code) == ("555 0199", "")


def test_a_later_merge_gives_back_what_was_there_before_both(cast: Cast) -> None:
    """Two merges took over a telephone, and the first is taken apart first: neither number is left behind."""
    stands, first, second = cast.runner(), cast.runner(phone="555 0101"), cast.runner(phone="555 0102")
    one = merged(cast, stands, first)
    two = merged(cast, stands, second, taken=["phone"])
    apart(cast, one)
    assert patient_identifiers(cast.noor, stands.id).phone == "555 0102"
    apart(cast, two)
    assert patient_identifiers(cast.noor, stands.id).phone == ""


def test_a_chain_is_taken_apart_from_its_end(cast: Cast) -> None:
    """A into B, B into C: the first only after the second, and it says so; two into one, in any order."""
    a, b, c = (cast.runner() for _ in range(3))
    episode = cast.submitted(a).episode_id
    first, second = merged(cast, b, a), merged(cast, c, b)
    assert stored(Episode, episode).patient_id == c.id
    assert casework.read_patient(cast.noor, a.id).id == c.id
    with pytest.raises(casework.NotReady, match="itself merged"):
        apart(cast, first)
    assert next(each for each in merges(cast.noor, a.id)).obstacle
    apart(cast, second)
    assert stored(Episode, episode).patient_id == b.id
    apart(cast, first)
    assert stored(Episode, episode).patient_id == a.id


def test_a_row_of_another_site_than_its_patient_is_of_that_site_again(cast: Cast) -> None:
    """As an import may have left it: the ledger keeps each row's own site."""
    stands, goes = cast.runner("north"), cast.runner("north")
    episode = cast.submitted(goes).episode_id
    with transaction() as session:
        session.get_one(Episode, episode).site_id = cast.site("south")
    merge = merged(cast, stands, goes)
    assert stored(Episode, episode).site_id == cast.site("north")
    apart(cast, merge)
    assert stored(Episode, episode).site_id == cast.site("south")


# --- sites and emergencies


def test_what_moves_belongs_to_the_survivors_site(cast: Cast) -> None:
    """A patient has one site, whose people see everything of theirs; the other site's see it again when taken apart."""
    stands, goes = cast.runner("north"), cast.runner("south")
    episode = cast.submitted(goes).episode_id
    assert merge_preview(cast.amina, stands.id, goes.id).other_site
    merge = merged(cast, stands, goes)
    assert casework.read_episode(cast.noor, episode).patient.id == stands.id
    assert len(casework.worklist(cast.noor).rows) == 1
    with pytest.raises(casework.NotFound):
        casework.read_episode(cast.sofia, episode)
    apart(cast, merge)
    assert casework.read_episode(cast.sofia, episode).patient.id == goes.id
    assert len(casework.worklist(cast.noor).rows) == 0


def test_an_emergency_access_follows_the_patient(cast: Cast, trail: Trail) -> None:
    """Whoever has the record open has it open still; what they did before the merge is told of it."""
    stands, goes = cast.runner("south"), cast.runner("south")
    with transaction() as session:
        person = session.get_one(type(cast.clinic.people["bruno"]), cast.bruno.person_id)
        person.site_id = cast.clinic.sites["north"].id
    bruno = accounts.actor(accounts.begin(cast.bruno.person_id, "password").sign_in)
    assert bruno is not None
    emergency.open_in_emergency(bruno, goes.record_number, date(1990, 5, 17), "collapsed at the start", lambda: "demo")
    bruno = accounts.actor(bruno.sign_in)
    assert bruno is not None
    casework.read_patient(bruno, goes.id)
    merged(cast, stands, goes)
    now = accounts.actor(bruno.sign_in)
    assert now is not None
    assert now.patients == frozenset({stands.id})
    assert casework.read_patient(now, stands.id).id == stands.id
    (view,) = emergency.emergencies(cast.dana)
    assert view.record_number == stands.record_number
    assert "patient:read" in view.done


# --- refusals


def test_nobody_merges_without_the_right(cast: Cast) -> None:
    """Managers, administrators, and whoever left; a record of another site is not found, on either side."""
    here, twice, there = cast.runner(), cast.runner(), cast.runner("south")
    refused(cast, lambda actor: merged(cast, here, twice, by=actor), "chidi", "dana", "mallory")
    merge = merged(cast, here, twice, by=cast.noor)
    refused(cast, lambda actor: unmerge_patients(actor, merge.id, 1, "two-people"), "chidi", "dana", "mallory")
    for stands, goes in ((here, there), (there, here)):
        with pytest.raises(casework.NotFound):
            merged(cast, stands, goes, by=cast.noor)
        with pytest.raises(casework.NotFound):
            merge_preview(cast.noor, stands.id, goes.id)
    with pytest.raises(casework.NotFound):
        unmerge_patients(cast.sofia, merge.id, 1, "two-people")
    with pytest.raises(casework.NotFound):
        apart_preview(cast.sofia, merge.id)
    assert merges(cast.sofia) == ()


def test_a_merge_that_cannot_be_is_refused_with_its_reason(cast: Cast) -> None:
    """One record with itself, one merged before, into one that was merged, twice apart: nothing is changed."""
    a, b, c = (cast.runner() for _ in range(3))
    merge = merged(cast, a, b)
    before = everything(a.id, b.id, c.id)
    for stands, goes, says in ((a, a, "one and the same"), (c, b, "was merged before"), (b, c, "choose that one")):
        with pytest.raises(casework.NotReady, match=says):
            merged(cast, stands, goes)
        assert says in merge_preview(cast.noor, stands.id, goes.id).obstacle
    assert everything(a.id, b.id, c.id) == before
    apart(cast, merge)
    with pytest.raises(casework.NotReady, match="taken apart before"):
        apart(cast, merge)


def test_what_is_not_a_choice_is_refused(cast: Cast) -> None:
    """A reason that is none, an identifier that stays its own record's, a row nobody asked about."""
    both = seen(cast.runner()), seen(cast.runner())
    for wrong in (
        lambda: merge_patients(cast.noor, *both, "because"),
        lambda: merge_patients(cast.noor, *both, "registered-twice", ["record_number"]),
        lambda: unmerge_patients(cast.noor, 1, 1, "because"),
        lambda: unmerge_patients(cast.noor, 1, 1, "two-people", [], ["episode:1"]),
    ):
        with pytest.raises(casework.BadAnswer):
            wrong()


def test_a_stale_merge_is_refused(cast: Cast) -> None:
    """Either record was corrected since they were compared, or something was begun since taking apart was looked at."""
    stands, goes = cast.runner(), cast.runner()
    old = seen(stands), seen(goes)
    for patient in (stands, goes):
        correct_patient(cast.amina, seen(patient), {"phone": "555 0199"})
        with pytest.raises(casework.StaleRecord) as why:
            merge_patients(cast.noor, *old, "registered-twice")
        assert why.value.changed_by == "Amina"
        old = seen(stands), old[1]
    merge = merged(cast, stands, goes)
    casework.open_draft(cast.noor, stands.id)
    with pytest.raises(casework.StaleRecord, match="begun"):
        unmerge_patients(cast.noor, merge.id, merge.version, "two-people")
    with pytest.raises(casework.StaleRecord):
        unmerge_patients(cast.noor, merge.id, merge.version + 1, "two-people")


def test_a_row_of_a_merged_patient_is_not_stored(cast: Cast) -> None:
    """What was begun before the merge and arrives after it is refused, not left behind with a record nobody opens."""
    stands, goes = cast.runner(), cast.runner()
    episode = cast.submitted(goes).episode_id
    merge = merged(cast, stands, goes)
    late_row = {"episode_id": episode, "taken_on": date(2026, 3, 2), "weeks_since_intake": 1, "value": 3.0}
    by = {"instrument": "nprs_back", "entered_by": cast.noor.person_id}
    with pytest.raises(records.StaleRecord), transaction() as session:
        records.insert(session, cast.noor, Outcome(patient_id=goes.id, **late_row, **by), "outcome:record")
    apart(cast, merge)
    with pytest.raises(records.StaleRecord), transaction() as session:
        records.insert(session, cast.noor, Outcome(patient_id=stands.id, **late_row, **by), "outcome:record")


# --- the trail


def test_a_merge_is_one_event_about_both_and_tells_no_value(cast: Cast, trail: Trail) -> None:
    """Who, whom, how much, which identifiers; each row moved says so itself."""
    stands, goes = cast.runner(), cast.runner(phone="555 0101", family_name="Secretname")
    episode = cast.submitted(goes).episode_id
    merge = merged(cast, stands, goes, by=cast.noor)
    (event,) = trail("patient:merge")
    assert (event.person_name, event.reason, event.patients) == ("Noor", "registered-twice", [stands.id, goes.id])
    told = event.after or {}
    assert (told["survivor_id"], told["merged_id"], told["taken"]) == (stands.id, goes.id, ["phone"])
    assert told["moved"][:3] == ["1 episode", "1 draft", "1 intake"]
    moved = [each for each in trail("merge:move") if (each.record, each.record_id) == ("episode", str(episode))]
    assert [(each.before, each.after) for each in moved] == [({"patient_id": goes.id}, {"patient_id": stands.id})]
    apart(cast, merge, by=cast.noor)
    (undone,) = trail("patient:unmerge")
    assert (undone.person_name, undone.reason, undone.patients) == ("Noor", "two-people", [stands.id, goes.id])
    assert "555 0101" not in str([event.model_dump() for event in trail()])
    assert "Secretname" not in str([event.model_dump() for event in trail()])


def test_the_survivors_trail_tells_of_the_merged_record_too(cast: Cast) -> None:
    """As long as they are one; taken apart each has its own story again, with the merge in both."""
    stands, goes = cast.runner(), cast.runner()
    draft = casework.open_draft(cast.noor, goes.id)

    def deeds(patient: PatientCard) -> list[tuple[str, str]]:
        events = casework.audit_trail(cast.dana, limit=500, patient_id=patient.id)
        assert len({event.id for event in events}) == len(events)
        return [(event.deed, event.record_id) for event in events]

    begun = ("draft:open", draft.id)
    assert begun not in deeds(stands)
    merge = merged(cast, stands, goes)
    assert begun in deeds(stands)
    apart(cast, merge)
    assert begun not in deeds(stands)
    assert begun in deeds(goes)
    assert {"patient:merge", "patient:unmerge"} <= {deed for deed, _ in deeds(goes)}


# --- at the same moment


def test_answers_saved_while_records_are_merged_are_all_kept(cast: Cast) -> None:
    """A merge and many answers at once: whatever was said to be saved is in the draft, under the one record."""
    stands, goes = cast.runner(), cast.runner()
    draft = casework.open_draft(cast.noor, goes.id)
    old = seen(stands), seen(goes)
    items = [item for item in knowledge().items if item.startswith("rf_")][:3]

    def say(item: str) -> None:
        for value in ("no", "unknown", "no", "yes"):
            casework.save_answer(cast.noor, draft.id, item, value)

    deeds: list[Callable[[], Any]] = [lambda item=item: say(item) for item in items]
    results = at_once([*deeds, lambda: merge_patients(cast.amina, *old, "registered-twice")])
    assert late(results) == 0
    now = casework.read_draft(cast.noor, draft.id)
    assert now.patient.id == stands.id
    assert [now.answers[item] for item in items] == ["yes"] * 3
    with reading() as session:
        kept = select(func.count()).select_from(DraftRevision).where(col(DraftRevision.draft_id) == draft.id)
        assert session.scalar(kept.where(col(DraftRevision.item).in_(items))) == 4 * len(items)


def test_handing_in_while_merging_leaves_nothing_behind(cast: Cast) -> None:
    """Whichever comes first: the episode is the survivor's, and the slower one is told, never undone half way."""
    stands, goes = cast.runner(), cast.runner()
    draft = cast.draft(goes)
    old = seen(stands), seen(goes)
    results = at_once(
        [
            lambda: casework.submit_intake(cast.noor, draft.id, draft.version),
            lambda: merge_patients(cast.amina, *old, "registered-twice"),
        ]
    )
    assert isinstance(results[1], MergeView)
    now = casework.read_draft(cast.noor, draft.id)
    if late(results):
        casework.submit_intake(cast.noor, draft.id, now.version)
    rows = everything(stands.id, goes.id)
    assert astray(rows) == []
    assert len([key for key in rows if key[0] == "episode"]) == 1


def test_of_two_merges_at_once_one_is_made(cast: Cast) -> None:
    """Each into the other: the second is told, and neither record is lost."""
    a, b = cast.runner(), cast.runner()
    old = seen(a), seen(b)

    def merge(stands: Seen, goes: Seen) -> object:
        try:
            return merge_patients(cast.amina, stands, goes, "registered-twice")
        except casework.NotReady as why:
            return why

    results = at_once([lambda: merge(*old), lambda: merge(*reversed(old))])
    assert sum(isinstance(result, MergeView) for result in results) == 1
    with reading() as session:
        assert len(session.scalars(select(PatientMerge)).all()) == 1
        assert len(session.scalars(select(Patient).where(col(Patient.merged_into_id).is_(None))).all()) == 1


def test_a_merge_waits_for_nobody_while_it_holds_anything(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It steps back and tries again; where somebody never ends, it says so and nothing was changed."""
    monkeypatch.setattr("dashboard.casework.merge_shapes.PAUSES", (0.0, 0.0))
    stands, goes = cast.runner(), cast.runner()
    tries = []

    def busy(*_: object) -> None:
        tries.append(1)
        raise moving.BeingWritten

    monkeypatch.setattr(moving, "hold", busy)
    with pytest.raises(casework.NotReady, match="just now"):
        merged(cast, stands, goes)
    assert len(tries) == 2
    assert merges(cast.amina) == ()


# --- correcting


def test_a_record_is_corrected_and_found_under_its_new_name(cast: Cast, trail: Trail) -> None:
    """The event names the fields and none of their values; nothing is written when nothing differs."""
    patient = cast.runner()
    told = {"family_name": "Right", "date_of_birth": date(1991, 5, 17), "phone": " 555 0101 "}
    record = correct_patient(cast.noor, seen(patient), told)
    assert (record.family_name, record.date_of_birth, record.phone) == ("Right", date(1991, 5, 17), "555 0101")
    assert [each.id for each in casework.find_patients(cast.noor, "Right")] == [patient.id]
    correct_patient(cast.noor, record.seen, told)
    (event,) = trail("patient:correct")
    assert (event.after or {}) == {"changed": ["date_of_birth", "family_name", "phone"]}
    assert "Right" not in str(event.model_dump())


WRONG: dict[str, object] = {
    "given_name": " ",
    "family_name": "x" * 101,
    "date_of_birth": date(1800, 1, 1),
    "sex_at_birth": "other",
    "phone": "5" * 41,
    "record_number": "T-9",
}


def test_a_correction_that_cannot_be_is_refused_by_name(cast: Cast) -> None:
    """And the record is as it was."""
    patient = cast.runner()
    before = everything(patient.id)
    for field, value in WRONG.items():
        with pytest.raises(casework.BadAnswer) as why:
            correct_patient(cast.noor, seen(patient), {field: value})
        assert why.value.item == field
    assert everything(patient.id) == before


def test_a_correction_is_refused_where_it_may_not_be(cast: Cast) -> None:
    """Another role, another site, a version since changed, a record that was merged."""
    patient, twice = cast.runner(), cast.runner()
    refused(cast, lambda actor: correct_patient(actor, seen(patient), {"phone": "1"}), "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        correct_patient(cast.sofia, seen(patient), {"phone": "1"})
    old = seen(patient)
    correct_patient(cast.noor, old, {"phone": "555 0101"})
    with pytest.raises(casework.StaleRecord):
        correct_patient(cast.noor, old, {"phone": "555 0102"})
    merged(cast, patient, twice)
    with pytest.raises(casework.NotReady, match="correct that one"):
        correct_patient(cast.noor, seen(twice), {"phone": "555 0103"})


def test_a_review_opened_before_a_merge_is_signed_only_after_another_look(cast: Cast) -> None:
    """Whose episode it is changed under the clinician's eyes: the signature is refused as stale."""
    stands, goes = cast.runner(), cast.runner()
    waiting = cast.episode(goes)
    merged(cast, stands, goes, by=cast.noor)
    with pytest.raises(casework.StaleRecord) as why:
        read_and_sign(cast.amina, waiting)
    assert why.value.changed_by == "Noor"
