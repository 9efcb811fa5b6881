"""The audit trail is a chain: gapless, only ever added to, and whatever is done to it behind our back is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, select, text

from db import anchor, audit, queries
from db.__main__ import main
from db.backup import backup, restore
from db.doers import COMMAND_LINE
from db.engine import database_url, forget
from db.records import change, insert, note
from db.sealing import SEALED, first_seal, kind_of, outcome_of, seal
from db.tables import AuditEvent, AuditHead, Episode
from db.verifying import verify
from tests.cast import Clinic, a_runner
from tests.db.rows import a_patient, an_episode
from tests.db.tampering import attacked, edit, event, found, number_anew, put, remove, set_head, struck, swap
from tests.postgres import binaries_on_path
from tests.sessions import reading, transaction

LENGTH = 24
THREADS, TURNS, PROCESSES = 10, 40, 2

NOTE_MANY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from db.engine import transaction
from db.records import note
from db.scope import program

class Somebody:
    person_id, name, role = None, "test", "staff"

def one(turn):
    with transaction(scope=program("a test")) as session:
        note(session, Somebody(), "test:write", "test", turn)

print("ready", flush=True)
input()
with ThreadPoolExecutor(10) as threads:
    list(threads.map(one, range(int(sys.argv[1]))))
"""


@pytest.fixture
def chain(clinic: Clinic) -> int:
    """A trail of LENGTH events with people, patients, changes and refusals in it; how many there are."""
    noor, amina = clinic.doer("noor"), clinic.doer("amina")
    with transaction() as session:
        episode = an_episode(session, clinic)
        change(session, amina, episode, 1, "review:sign", reason="C", state="in-care", step="self_care")
        runner = a_patient(session, clinic)
        note(session, noor, "patient:list", "patient", after={"number": 2}, patients=(runner.id, episode.patient_id))
        note(session, noor, "refused", "permission", "review:sign")
        note(session, noor, "sheet:print", "episode", episode.id, reason="letter")
    with transaction() as session:
        for turn in range(LENGTH - length()):
            note(session, amina, "answer:save", "draft", f"draft-{turn}", reason="age_years")
    return LENGTH


def length() -> int:
    """How many events there are."""
    with reading() as session:
        return int(session.scalar(select(AuditHead.sequence)) or 0)


def trail() -> tuple[AuditEvent, ...]:
    """Every event, oldest first."""
    with reading() as session:
        return tuple(reversed(queries.audit_events(session, limit=10_000)))


def test_a_trail_nobody_touched_is_whole(chain: int):
    """Every event, the head and the anchor agree; the verdict names all three."""
    verdict = verify()
    assert verdict.faults == ()
    assert (verdict.events, verdict.head and verdict.head.sequence) == (chain, chain)
    assert verdict.anchor == anchor.read(database_url())
    assert verdict.anchor is not None
    assert verdict.anchor.mac == trail()[-1].mac


def test_an_event_says_who_acts_under_which_sign_in_and_about_whom(clinic: Clinic):
    """The patient is found from the record, whatever the record is; a refusal and its kind are told."""

    class Opened:
        person_id, name, role = clinic.people["amina"].id, "Amina", "clinician"
        sign_in, patients = "an-opaque-id", frozenset({0})

    with transaction() as session:
        episode = an_episode(session, clinic)
        Opened.patients = frozenset({episode.patient_id})
        note(session, Opened(), "patient:read", "episode", episode.id)
        note(session, clinic.doer("noor"), "sign-in:refused", "person", clinic.people["noor"].id)
    read, refused = trail()[-2:]
    assert (len(read.sign_in), "opaque" in read.sign_in) == (16, False)
    assert (read.purpose, read.patients, read.kind) == (
        "emergency",
        [episode.patient_id],
        "read",
    )
    assert (refused.kind, refused.outcome, refused.patients, refused.purpose) == ("sign-in", "refused", None, "")


def test_a_failed_transaction_leaves_no_event_and_no_gap(chain: int, clinic: Clinic):
    """What failed, whole or in part, never happened; the next event takes the next number."""
    with pytest.raises(ZeroDivisionError):
        register_and_fail(clinic)
    with transaction() as session:
        undone = session.begin_nested()
        note(session, clinic.doer("noor"), "test:undone", "test")
        undone.rollback()
        with session.begin_nested():
            note(session, clinic.doer("noor"), "test:kept", "test")
    assert (length(), trail()[-1].deed) == (chain + 1, "test:kept")
    assert verify().is_whole


def register_and_fail(clinic: Clinic) -> None:
    """A deed that fails at its very end."""
    with transaction() as session:
        insert(session, clinic.doer("noor"), a_runner(clinic.sites["north"], 901), "patient:register")
        _ = 1 / 0


def test_an_event_in_a_session_that_only_reads_is_refused(clinic: Clinic):
    """It would be lost without a word."""
    with reading() as session, pytest.raises(RuntimeError, match="only reads"):
        note(session, clinic.doer("noor"), "test:lost", "test")


def test_a_thousand_writes_at_once_leave_a_whole_chain(clinic: Clinic):
    """From three processes with ten threads each: none is lost, no number is missing or given twice."""
    here, before = THREADS * TURNS, length()
    elsewhere = (1000 - here) // PROCESSES
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", NOTE_MANY, str(elsewhere)]
    others = [subprocess.Popen(command, env=os.environ, **pipes) for _ in range(PROCESSES)]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
    for other in others:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()

    def write(turn: int) -> None:
        with transaction() as session:
            note(session, clinic.doer("noor"), "test:write", "test", turn)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(write, range(here)))
    assert [other.wait() for other in others] == [0] * PROCESSES
    assert length() - before == here + elsewhere * PROCESSES == 1000
    assert verify().faults == ()


EDITS: dict[str, Any] = {
    "at": lambda old: old.replace(year=old.year - 1),
    "person_id": lambda old: None if old else 1,
    "patients": lambda old: [*(old or ()), 4711],
    "before": lambda old: {**(old or {}), "state": "closed"},
    "after": lambda old: {**(old or {}), "state": "closed"},
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, LENGTH), column=st.sampled_from([*SEALED[1:], "mac"]))
def test_any_edit_of_any_column_of_any_event_is_found(chain: int, number: int, column: str):
    """Also of one that holds nothing; the event is named."""
    with attacked() as database:
        old = event(database, number)[column]
        edit(database, number, **{column: EDITS.get(column, lambda old: f"{old}x")(old)})
        assert f"event {number} was edited" in found(database) or number == LENGTH
        assert found(database) != []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, LENGTH - 1), anew=st.booleans())
def test_a_deleted_event_is_found_where_it_stood(chain: int, number: int, anew: bool):
    """By the gap, or by the seals when those after it were given new numbers."""
    with attacked() as database:
        remove(database, number)
        if anew:
            number_anew(database, number + 1, -1)
        says = found(database)
    if anew and number < LENGTH - 1:
        assert f"an event before event {number} was deleted; those after it were numbered anew" in says
    elif not anew:
        assert f"event {number} is missing: deleted" in says
    assert says != []


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(2, LENGTH), forged=st.booleans())
def test_an_inserted_event_is_found_where_it_stands(chain: int, number: int, forged: bool):
    """A copy of another, or one sealed with another key, put in between."""
    with attacked() as database:
        number_anew(database, number, 1)
        row = {**event(database, number - 1), "id": number, "deed": "test:forged"}
        if forged:
            row["mac"] = seal(b"another key", event(database, number - 1)["mac"], row)
        put(database, row)
        assert f"event {number} was inserted; those after it were numbered anew" in found(database)


def test_an_event_put_after_the_last_is_found(chain: int):
    """With the head left as it was, and with the head moved along."""
    with attacked() as database:
        put(database, {**event(database, chain), "id": chain + 1})
        assert f"events {chain + 1} to {chain + 1} were inserted after the head" in found(database)
        set_head(database, sequence=chain + 1)
        assert found(database) == [f"event {chain + 1} was edited"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=st.lists(st.integers(1, LENGTH), min_size=2, max_size=2, unique=True), with_seals=st.booleans())
def test_swapped_events_are_found_and_both_are_named(chain: int, pair: list[int], with_seals: bool):
    """Neighbours or far apart, with their seals or without."""
    one, other = sorted(pair)
    with attacked() as database:
        swap(database, one, other, keep=("id",) if with_seals else ("id", "mac"))
        assert f"events {one} and {other} were swapped" in found(database)


@pytest.mark.parametrize("many", [1, 5, LENGTH])
def test_a_tail_cut_off_is_found_by_the_anchor(chain: int, many: int):
    """Although the head was moved back and every seal fits; and still when the clinic goes on working."""
    left = chain - many
    with attacked() as database:
        was = event(database, left)["mac"] if left else first_seal(audit.sealing_key(), head_of_database())
        remove(database, left + 1, chain)
        set_head(database, sequence=left, mac=was)
        assert found(database, anchors=[]) == []
        (says,) = found(database)
    assert says.startswith(f"events {left + 1} to {chain} are missing: the tail was cut off (the anchor of ")


def head_of_database() -> str:
    """The id of the database in use."""
    with reading() as session:
        return str(session.scalar(select(AuditHead.database)))


def test_a_tail_cut_off_stays_found_when_the_clinic_goes_on(chain: int, clinic: Clinic):
    """The next event notices, says so in the trail itself, and the anchor that was lost is kept."""
    with struck() as database:
        remove(database, chain - 3, chain)
        set_head(database, sequence=chain - 4, mac=event(database, chain - 4)["mac"])
    for _ in range(9):
        with transaction() as session:
            note(session, clinic.doer("noor"), "test:write", "test")
    assert [each.deed for each in trail()].count("audit:anchor-lost") == 1
    (fault,) = verify().faults
    assert fault.event == chain
    assert fault.says.endswith(
        f"at event {chain} is not in the trail any more: it was cut off and continued, or rewritten"
    )


@pytest.mark.parametrize("start", [1, 9])
def test_a_chain_rewritten_with_another_key_is_found(chain: int, start: int):
    """Every seal fits the one before it, but none of them is made with the clinic's key."""
    with attacked() as database:
        mac = event(database, start - 1)["mac"] if start > 1 else first_seal(b"another key", head_of_database())
        for number in range(start, chain + 1):
            row = {**event(database, number), "reason": "forged"}
            mac = seal(b"another key", mac, row)
            edit(database, number, reason="forged", mac=mac)
        set_head(database, mac=mac)
        says = found(database)
    assert f"events {start} to {chain} were rewritten: their seals are not made with this clinic's key" in says


def test_a_missing_head_is_found_and_nothing_more_can_be_written(chain: int, clinic: Clinic):
    """Writing without it would begin another chain."""
    with struck() as database:
        database.execute(text("DELETE FROM audithead"))
        assert found(database) == ["the trail's head is missing"]
    with pytest.raises(audit.HeadMissing), transaction() as session:
        note(session, clinic.doer("noor"), "test:write", "test")


def test_a_head_that_names_another_database_or_seal_is_found(chain: int):
    """The first seal is bound to the one, the last event to the other."""
    with attacked() as database:
        set_head(database, database="another")
        assert "the trail's head was given another database's id" in found(database)
    with attacked() as database:
        set_head(database, mac="0" * 64)
        assert f"the head's seal is not that of event {chain}, the last" in found(database)


def test_a_changed_index_of_patients_is_found(chain: int):
    """Whoever hides a read of a patient there is found as well."""
    with attacked() as database:
        number = database.execute(text("SELECT min(event_id) FROM auditpatient")).scalar_one()
        database.execute(text("DELETE FROM auditpatient WHERE event_id = :number"), {"number": number})
        assert found(database) == [f"auditpatient differs from event {number}"]


@pytest.mark.parametrize(
    "deed",
    [
        "INSERT INTO auditevent SELECT * FROM auditevent WHERE id = 3",
        "UPDATE audithead SET sequence = sequence - 1",
        "UPDATE audithead SET sequence = sequence + 1",
        "UPDATE audithead SET mac = 'x'",
        "UPDATE audithead SET database = 'x'",
        "DELETE FROM audithead",
        "UPDATE auditpatient SET patient_id = 7",
        "DELETE FROM auditpatient",
    ],
)
def test_the_guards_refuse_every_direct_way(chain: int, deed: str):
    """An event out of turn, a head moved by hand, an index changed: refused by the database itself."""
    before = trail()
    with (
        pytest.raises(Exception, match=r"rows are only ever added|it only moves on|permission denied"),
        transaction() as session,
    ):
        session.execute(text(deed))
    assert trail() == before
    assert verify().is_whole


@pytest.mark.parametrize("number", [0, -1, LENGTH, LENGTH + 2, LENGTH + 900])
def test_an_event_with_any_number_but_the_next_is_refused(chain: int, number: int):
    """Also by REPLACE, and also with a number far ahead."""
    words = "id, at, person_name, role, sign_in, deed, kind, outcome, purpose, record, record_id, reason, mac"
    values = f"{number}, '2026-01-01', '', '', '', 'forged', 'change', 'done', '', '', '', '', 'x'"
    put_in = "INSERT OR REPLACE" if database_url().startswith("sqlite") else "INSERT"
    with pytest.raises(Exception, match="each after the last"), transaction() as session:
        session.execute(text(f"{put_in} INTO auditevent ({words}) VALUES ({values})"))
    assert verify().is_whole


def test_the_command_says_in_one_line_that_a_trail_is_whole(chain: int, capsys: pytest.CaptureFixture[str]):
    """Events, head and anchor; status 0."""
    assert main(["verify-audit"]) == 0
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert f": {chain} events, whole; head {chain} " in told.out
    assert f"; anchor at {chain} of " in told.out


def test_the_command_names_what_was_done_and_where(chain: int, capsys: pytest.CaptureFixture[str]):
    """Status 1 and a line for each."""
    with struck() as database:
        edit(database, 7, deed="nothing happened")
        remove(database, 12)
    assert main(["verify-audit"]) == 1
    told = capsys.readouterr().err
    assert "event 7 was edited" in told
    assert "event 12 is missing: deleted" in told


def test_the_command_misses_an_anchor_and_takes_one_from_elsewhere(
    chain: int, clinic: Clinic, tmp_path: Any, capsys: pytest.CaptureFixture[str]
):
    """Without any the tail cannot be proved; an anchor kept on another machine proves it; a file of words does not."""
    kept = tmp_path / "kept"
    kept.write_text(anchor.place_of(database_url()).read_text())
    for place in (anchor.place_of(database_url()), anchor.hourly_place_of(database_url())):
        place.unlink(missing_ok=True)
    assert main(["verify-audit"]) == 1
    assert "there is no anchor outside the database" in capsys.readouterr().err
    assert main(["verify-audit", "--anchor", str(kept)]) == 0
    kept.write_text("nothing of the kind")
    assert main(["verify-audit", "--anchor", str(kept)]) == 2
    assert "does not hold an anchor" in capsys.readouterr().err


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda kept: b"\xff" * len(kept), id="bytes that are no text"),
        pytest.param(lambda kept: kept[:40] + b"\x80" + kept[41:], id="one letter that is none"),
        pytest.param(lambda kept: json.dumps({**json.loads(kept), "seal": 7}).encode(), id="a number for a seal"),
        pytest.param(lambda kept: json.dumps({**json.loads(kept), "seal": "\u00e9"}).encode(), id="a foreign letter"),
        pytest.param(lambda kept: b"[" * 100_000, id="brackets without end"),
    ],
)
def test_an_anchor_spoilt_on_the_disk_keeps_nobody_from_working(chain: int, spoilt: Callable[[bytes], bytes]):
    """It is no anchor, which verifying says; the next event is written all the same."""
    place = anchor.place_of(database_url())
    place.write_bytes(spoilt(place.read_bytes()))
    assert anchor.read(database_url()) is None
    assert "the anchor cannot be read" in " ".join(fault.says for fault in verify().faults)
    with transaction() as session:
        note(session, COMMAND_LINE, "test:write", "test")
    assert verify().events == chain + 1


def test_an_anchor_somebody_wrote_without_the_key_is_found(chain: int):
    """Its own seal is not the clinic's."""
    place = anchor.place_of(database_url())
    place.write_text(place.read_text().replace(f'"sequence": {chain}', f'"sequence": {chain - 1}'))
    assert any(fault.says.endswith("is not sealed with this clinic's key") for fault in verify().faults)


def test_a_restored_trail_goes_on_from_where_its_backup_ended(
    chain: int, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What was anchored in between belongs to what was given up; the trail says so under its seals, and is whole."""
    monkeypatch.setenv("PATH", binaries_on_path())
    backup(tmp_path / "backup")
    for turn in range(9):
        with transaction() as session:
            note(session, clinic.doer("noor"), "test:given-up", "test", turn)
    given_up = anchor.read(database_url())
    restore(tmp_path / "backup")
    told = [each.deed for each in trail()]
    assert told[-1] == "database:restore"
    assert "test:given-up" not in told
    assert len(told) in (chain + 1, chain + 2)  # that a backup was made may be an event of its own
    assert verify().faults == ()
    assert given_up is not None
    (kept := tmp_path / "kept").write_text(json.dumps(given_up.document()))
    assert verify(file=kept).faults == ()
    with transaction() as session:
        note(session, clinic.doer("noor"), "test:write", "test")
    assert verify().faults == ()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_put_in_place_behind_our_back_is_found(chain: int, clinic: Clinic, tmp_path: Path):
    """Copying an older file over the database says nothing in the trail: the anchor misses what was given up."""
    file = make_url(database_url()).database or ""
    forget(database_url())
    shutil.copy(file, tmp_path / "older")
    with transaction() as session:
        note(session, clinic.doer("noor"), "test:given-up", "test")
    forget(database_url())
    shutil.copy(tmp_path / "older", file)
    (fault,) = verify().faults
    assert fault.says.startswith(f"events {chain + 1} to {chain + 1} are missing: the tail was cut off")


@pytest.mark.parametrize(
    ("deed", "kind", "outcome"),
    [
        ("patient:read", "read", "done"),
        ("patient:search", "read", "done"),
        ("review:sign", "change", "done"),
        ("sign-in:begin", "sign-in", "done"),
        ("sign-in:refused", "sign-in", "refused"),
        ("account:lock", "sign-in", "done"),
        ("sheet:print", "export", "done"),
        ("export:make", "export", "done"),
        ("audit:export", "export", "done"),
        ("emergency:open", "change", "done"),
        ("refused", "change", "refused"),
    ],
)
def test_the_kind_of_a_deed_is_told_by_its_words(deed: str, kind: str, outcome: str):
    """What the trail can be narrowed by follows from resource:action alone."""
    assert (kind_of(deed), outcome_of(deed)) == (kind, outcome)


def test_changing_an_episode_is_about_its_patient(clinic: Clinic):
    """And found again by the patient alone, newest first."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        change(session, clinic.doer("amina"), session.get_one(Episode, episode.id), 1, "review:sign", urgency=2)
    with reading() as session:
        told = queries.audit_events(session, patient_id=episode.patient_id)
    assert [each.deed for each in told] == ["review:sign", "patient:register"]
