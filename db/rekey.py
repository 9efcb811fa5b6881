"""Another key for the clinic: every database sealed anew under it, all or nothing, and run again if it was killed."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from db import accounts, anchor, audit, blind, conversion, keyring, keys, records, sealed, sqlite
from db.doers import COMMAND_LINE
from db.engine import file_url, forget, transaction
from db.patients import IDENTIFIERS, Patient
from db.schema import state, upgrade
from db.scope import program

AT_ONCE = 1000
STEADY = "record_number"
OF_MERGES = "patientmerge.identifiers"
CHANGING = program("changing the clinic's key")


def rekey(url: str, old: bytes, new: bytes) -> bool:
    """Seal a database anew under ``new``; False when that was done before. The server must be stopped.

    keys.WrongKey when neither key fits; conversion.InUse while anybody else has the database open.
    """
    forget(url)
    with keys.instead(old):
        _take_leave(url)
    change = _rekey_sqlite if url.startswith("sqlite") else _rekey_postgresql
    with keys.instead(new):
        done = change(url, old, new)
        _anchor_anew(url)
    forget(url)
    return done


def _take_leave(url: str) -> None:
    """The last event under the old key: it is compared with the anchor, which only that key can read."""
    if _is_done(url):
        return
    upgrade(url)
    with transaction(url, scope=CHANGING) as session:
        records.note(session, COMMAND_LINE, "key:leave", "database")
    forget(url)


def _is_done(url: str) -> bool:
    """Whether the key in force does not fit any more: another one was taken before."""
    if url.startswith("sqlite"):
        file = sqlite.file_in(url)
        return not sqlite.is_plain(file) and not sqlite.fits(file, keys.clinic_key())
    if state(url) != "current":
        return False
    forget(url)
    with transaction(url, scope=CHANGING) as session:
        _require_alone(session.connection())
        return not keyring.fits(session.connection(), keys.clinic_key())


def _rekey_sqlite(url: str, old: bytes, new: bytes) -> bool:
    file = sqlite.file_in(url)
    if sqlite.fits(file, new):
        conversion.finish(file)
        return False
    conversion.seal_anew(file, old, new, lambda copy: _change(file_url(copy), old, new))
    return True


def _change(url: str, old: bytes, new: bytes) -> None:
    """What a copy holds that is sealed by itself, and the event that tells of the change."""
    with transaction(url, scope=CHANGING) as session:
        seal_rows_anew(session, old, new)
        records.note(session, COMMAND_LINE, "key:change", "database")
    forget(url)
    for place in (anchor.place_of(url), anchor.hourly_place_of(url)):
        place.unlink(missing_ok=True)


def _rekey_postgresql(url: str, old: bytes, new: bytes) -> bool:
    with transaction(url, scope=CHANGING) as session:
        connection = session.connection()
        _require_alone(connection)
        if keyring.fits(connection, new):
            return False
        if not keyring.fits(connection, old):
            raise keys.WrongKey("the present key does not fit this database; give the key it was made with")
        seal_rows_anew(session, old, new)
        records.note(session, COMMAND_LINE, "key:change", "database")
    return True


def seal_rows_anew(session: Session, old: bytes, new: bytes) -> None:
    """Everything in a database that is sealed by itself and not by its file, in the caller's one transaction."""
    connection = session.connection()
    keyring.wrap_anew(connection, old, new)
    accounts.reseal(session, keys.subkey("second-factor", old), keys.subkey("second-factor", new))
    if sealed.seals(connection.dialect):
        _seal_patients_anew(connection, old, new)
        _seal_merges_anew(connection, old, new)


def require_stopped(url: str) -> None:
    """Return quietly when nobody else works with a PostgreSQL database, else raise conversion.InUse."""
    with transaction(url, scope=CHANGING) as session:
        _require_alone(session.connection())
    forget(url)


def _require_alone(connection: Connection) -> None:
    """Nobody else works with the database; whoever just left has a moment to be gone."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name = 'backstride'"
    )
    until = monotonic() + conversion.PATIENCE_SECONDS
    while connection.execute(text(others)).scalar_one():
        if monotonic() > until:
            raise conversion.InUse("the database is in use by a running Backstride; stop the server first")
        sleep(0.02)
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))


def _seal_patients_anew(connection: Connection, old: bytes, new: bytes) -> None:
    connection.execute(text("LOCK TABLE patient IN EXCLUSIVE MODE"))
    put = ", ".join(f"{name} = :{name}" for name in (*IDENTIFIERS, "fitting", "terms"))
    for rows in _some_at_a_time(connection):
        changed = [_sealed_anew(row, old, new) for row in rows]
        connection.execute(text(f"UPDATE patient SET {put} WHERE id = :id"), changed)


def _seal_merges_anew(connection: Connection, old: bytes, new: bytes) -> None:
    """The identifiers that merges changed; of these there are few."""
    for row in connection.execute(text("SELECT id, identifiers FROM patientmerge ORDER BY id")).all():
        words = sealed.unseal(bytes(row.identifiers), OF_MERGES, old)
        put = {"id": row.id, "identifiers": sealed.seal(words, OF_MERGES, new)}
        connection.execute(text("UPDATE patientmerge SET identifiers = :identifiers WHERE id = :id"), put)


def _some_at_a_time(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """Every patient as stored, some rows at a time."""
    wanted = ", ".join(("id", *IDENTIFIERS, "fitting"))
    some = text(f"SELECT {wanted} FROM patient WHERE id > :last ORDER BY id LIMIT {AT_ONCE}")
    last = 0
    while rows := [dict(row) for row in connection.execute(some, {"last": last}).mappings()]:
        yield rows
        last = rows[-1]["id"]


def _sealed_anew(row: Mapping[str, Any], old: bytes, new: bytes) -> dict[str, Any]:
    words = {name: sealed.unseal(bytes(row[name]), f"patient.{name}", old, name == STEADY) for name in IDENTIFIERS}
    told = [words[name] for name in IDENTIFIERS]
    if bytes(row["fitting"]) != sealed.fitting(told, old):
        raise sealed.Tampered(f"patient {row['id']}: the identifiers do not belong together; restore a backup")
    there = {name: sealed.seal(words[name], f"patient.{name}", new, name == STEADY) for name in IDENTIFIERS}
    searched = Patient.searched_by(words)
    return {**there, "id": row["id"], "fitting": sealed.fitting(told, new), "terms": blind.terms(searched, new)}


def _anchor_anew(url: str) -> None:
    """The note of the trail's head outside the database, under the key it can be checked with from now on."""
    with transaction(url, scope=CHANGING) as session:
        anchor.write(url, audit.head_of(session.connection()), anew=True)


def take_new_key(file: Path) -> Path | None:
    """Put a new key in the place of the one made on this machine; the old one's new name, None if none was made."""
    own = keys.own_file()
    if not keys.uses_own_file() or keys.read_key(file) == keys.read_key(own):
        return None
    kept = own.with_name(f"key.before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    waiting = own.with_name("key.part")
    waiting.unlink(missing_ok=True)
    shutil.copy2(own, kept)
    kept.chmod(0o600)
    shutil.copyfile(file, waiting)
    waiting.chmod(0o600)
    waiting.replace(own)
    keys.forget()
    return kept
