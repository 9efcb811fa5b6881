"""Another key for the clinic: everything is sealed anew, the old key opens nothing, and nothing is lost on the way."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from db import audit, conversion, keyring, keys, queries, rekey, sqlite
from db.__main__ import main
from db.accounts import Account, sealed, unsealed
from db.backup import BackupFailed, backup, last_made, restore
from db.engine import engine, file_of, file_url, forget
from db.schema import upgrade
from db.tables import Patient, PatientMerge
from db.verifying import verify
from tests.cast import Clinic
from tests.db.killing import a_child, deadly, ended
from tests.db.killing import home as home
from tests.db.rows import a_patient
from tests.db.tampering import event, remove, set_head, struck
from tests.postgres import binaries_on_path
from tests.sessions import reading, transaction

OLD = keys.clinic_key()
NEW = b"another key for another day, 32b"
SECRET = "JBSWY3DPEHPK3PXP"
TAKEN = '{"phone": ["", "555 0101"]}'


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs, for backups of before."""
    monkeypatch.setenv("PATH", binaries_on_path())


@pytest.fixture
def kept(clinic: Clinic) -> Clinic:
    """A clinic with two patients, who were merged once, and a second factor."""
    noor = clinic.people["noor"].id or 0
    with transaction() as session:
        both = [a_patient(session, clinic, family_name=name).id for name in ("Ångström", "Søndergård")]
        whose = {"survivor_id": both[0], "merged_id": both[1], "merged_by": noor}
        session.add(PatientMerge(**whose, reason_code="registered-twice", identifiers=TAKEN))
        second = sealed(SECRET, noor, keys.subkey("second-factor"))
        session.add(Account(person_id=noor, password_hash="not one", second_factor=second))
    return clinic


def everything(clinic: Clinic, key: bytes) -> tuple[list[str], list[str], str | None, tuple[object, ...]]:
    """What a clinic holds under a key: names, who is found, a second factor, and what is wrong with its audit trail."""
    forget(clinic.url)
    with keys.instead(key):
        with reading(clinic.url) as session:
            names = sorted(session.exec(select(Patient.family_name)).all())
            found = [patient.family_name for patient in queries.patients_starting(session, "angs", None)]
            account: Any = session.exec(select(Account)).one()
            assert session.exec(select(PatientMerge.identifiers)).all() == [TAKEN]
            second = unsealed(account.second_factor, account.person_id, keys.subkey("second-factor"))
        faults = verify(clinic.url).faults
    forget(clinic.url)
    return names, found, second, faults


WHOLE = (["Søndergård", "Ångström"], ["Ångström"], SECRET, ())


def test_under_the_new_key_everything_is_there_and_the_trail_is_whole(kept: Clinic):
    """Names, search, second factors, events of before and after; the change itself is in the trail."""
    assert everything(kept, OLD) == WHOLE
    assert rekey.rekey(kept.url, OLD, NEW)
    assert everything(kept, NEW) == WHOLE
    with keys.instead(NEW), transaction() as session:
        a_patient(session, kept, family_name="Afterwards")
        deeds = [event.deed for event in queries.audit_events(session, limit=2)]
    assert deeds == ["key:change", "key:leave"]
    with keys.instead(NEW):
        assert verify(kept.url).faults == ()
        forget(kept.url)


def test_the_old_key_opens_nothing_any_more(kept: Clinic):
    """Whoever has it reads no name and no second factor, and can seal no event."""
    rekey.rekey(kept.url, OLD, NEW)
    with pytest.raises(keys.WrongKey), reading() as session:
        session.scalars(select(Patient)).all()
    forget(kept.url)
    if kept.url.startswith("sqlite"):
        assert not sqlite.fits(file_of("clinic"), OLD)
        return
    with engine(kept.url).connect() as connection:
        with pytest.raises(keys.WrongKey):
            keyring.every(connection, "audit")
        second = connection.execute(text("SELECT second_factor FROM account")).scalar_one()
        assert unsealed(bytes(second), kept.people["noor"].id or 0, keys.subkey("second-factor", OLD)) is None


def test_a_key_can_be_changed_again_and_again(kept: Clinic):
    """Events under three keys are one trail."""
    third = b"3" * 32
    rekey.rekey(kept.url, OLD, NEW)
    with keys.instead(NEW):
        rekey.rekey(kept.url, NEW, third)
    assert everything(kept, third) == WHOLE


def test_changing_it_twice_to_the_same_is_doing_it_once(kept: Clinic):
    """A repeated command finds it done."""
    assert rekey.rekey(kept.url, OLD, NEW)
    assert not rekey.rekey(kept.url, OLD, NEW)
    assert everything(kept, NEW) == WHOLE


ON_BOTH = (*((rekey, name) for name in ("_take_leave", "seal_rows_anew", "_anchor_anew")), (keyring, "wrap_anew"))
OF_FILES = (*((conversion, name) for name in ("copy_sealed", "_overwrite", "finish")), (Path, "replace"))
STEPS = [
    pytest.param(kind, *step, id=f"{kind}-{step[1]}")
    for kind, steps in (("sqlite", (*ON_BOTH, *OF_FILES)), ("postgresql", ON_BOTH))
    for step in steps
]


@pytest.mark.parametrize(("database", "holder", "name"), STEPS, indirect=["database"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_the_same_command_finishes_it(holder: Any, name: str, when: str, kept: Clinic):
    """Either key fits in between, never none; at the end the new one, and the trail is whole."""
    forget(kept.url)

    def die() -> None:
        setattr(holder, name, deadly(holder, name, when))
        rekey.rekey(kept.url, OLD, NEW)

    assert ended(a_child(die)) == -signal.SIGKILL
    rekey.rekey(kept.url, OLD, NEW)
    assert everything(kept, NEW) == WHOLE
    assert [
        file.name for file in file_of("clinic").parent.glob("*") if "sealing" in file.name or ".old" in file.name
    ] == []


def test_a_database_in_use_is_left_alone(kept: Clinic, monkeypatch: pytest.MonkeyPatch):
    """The server has to be stopped first; nothing was changed."""
    monkeypatch.setattr(conversion, "PATIENCE_SECONDS", 0.2)
    with reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(conversion.InUse, match="stop the server"):
            rekey.rekey(kept.url, OLD, NEW)
    assert everything(kept, OLD) == WHOLE


def test_a_key_that_fits_no_more_than_the_new_one_is_refused(kept: Clinic):
    """With a third key in force nothing is touched."""
    forget(kept.url)
    with keys.instead(b"3" * 32), pytest.raises(keys.WrongKey):
        rekey.rekey(kept.url, b"3" * 32, NEW)
    assert everything(kept, OLD) == WHOLE


def test_a_tail_cut_off_before_is_still_found_after(kept: Clinic):
    """The new key does not wash a shortened trail clean: the old anchor is kept where it is found for ever."""
    with struck() as connection:
        last = audit.head_of(connection).sequence
        remove(connection, last)
        set_head(connection, sequence=last - 1, mac=event(connection, last - 1)["mac"])
    rekey.rekey(kept.url, OLD, NEW)
    with keys.instead(NEW):
        assert [fault for fault in verify(kept.url).faults if "is not in the trail any more" in fault.says]
    forget(kept.url)


def test_a_backup_of_before_needs_the_key_of_before(kept: Clinic, tmp_path: Path):
    """Without it the refusal says which option gives it; with it, everything comes back under the present key."""
    backup(tmp_path / "monday")
    rekey.rekey(kept.url, OLD, NEW)
    with keys.instead(NEW):
        with transaction() as session:
            a_patient(session, kept, family_name="Afterwards")
        with pytest.raises(BackupFailed, match="--key-file"):
            restore(tmp_path / "monday")
        with pytest.raises(BackupFailed, match="--key-file"):
            restore(tmp_path / "monday", key=b"3" * 32)
        restore(tmp_path / "monday", key=OLD)
    assert everything(kept, NEW) == WHOLE


@pytest.fixture
def local(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a key of its own and an empty clinic; its folder."""
    monkeypatch.delenv("BACKSTRIDE_KEY")
    keys.forget()
    upgrade()
    forget(file_url(file_of("clinic")))
    return home


def test_the_command_changes_the_key_made_here(local: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The old key is kept for backups of before, the new one is in its place, and everything opens."""
    before, file = (local / "key").read_text(), tmp_path / "next.key"
    assert main(["new-key", str(file)]) == 0
    assert main(["rekey", "--new-key-file", str(file)]) == 0
    said = capsys.readouterr().out
    [old] = local.glob("key.before-*")
    assert str(old) in said
    assert (old.read_text(), (local / "key").read_text()) == (before, file.read_text())
    assert {path.stat().st_mode & 0o077 for path in (old, local / "key")} == {0}
    assert main(["check"]) == 0
    assert main(["rekey", "--new-key-file", str(file)]) == 0
    assert len(list(local.glob("key.before-*"))) == 1


@pytest.mark.parametrize("wrong", ["missing", "readable", "garbage"])
def test_a_new_key_that_is_none_changes_nothing(
    wrong: str, local: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """One line, status 2, and the old key still opens everything."""
    file = tmp_path / "next.key"
    if wrong != "missing":
        main(["new-key", str(file)])
    if wrong == "readable":
        file.chmod(0o644)
    if wrong == "garbage":
        file.write_text("garbage")
    capsys.readouterr()
    assert main(["rekey", "--new-key-file", str(file)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert main(["check"]) == 0


def test_a_new_key_never_takes_the_place_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The key of last year is not lost to a repeated name."""
    (tmp_path / "key").write_text("last year's")
    assert main(["new-key", str(tmp_path / "key")]) == 2
    assert (tmp_path / "key").read_text() == "last year's"


def test_the_last_backup_is_remembered_with_the_head_of_the_trail(clinic: Clinic, home: Path, tmp_path: Path):
    """For whoever asks how old it is, and as an anchor of the audit trail."""
    assert last_made() is None
    backup(tmp_path / "monday")
    made = last_made()
    assert made is not None
    assert made.tzinfo is not None
    assert verify(clinic.url, home / "last-backup").faults == ()
    (home / "last-backup").write_text("nonsense")
    assert last_made() is None
