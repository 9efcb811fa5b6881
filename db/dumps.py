"""Backups of a PostgreSQL database, made and put back by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from db import keyring, keys, postgresql, rekey
from db.engine import forget
from db.schema import newest_revision, revisions


class BackupFailed(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The copy could not be made or put back; the database in use is as it was."""


OTHER_KEY = (
    "{file} is not a Backstride database, or was made with another key than this clinic's present one: "
    "restore FILE --key-file KEYFILE takes the key it was made with"
)


def require_known(revision: str | None, file: Path) -> None:
    """Refuse a backup whose tables this program does not know."""
    if revision not in revisions():
        raise BackupFailed(f"{file} was made by another Backstride; this one knows revisions up to {newest_revision()}")


def dump(url: str, file: Path) -> None:
    """Write a database into a file."""
    _run_client("pg_dump", url, ["--format=custom", "--enable-row-security", f"--file={file}"])


def put_back(url: str, file: Path, key: bytes | None) -> None:
    """Make a database what it was when it was dumped; ``key`` is the clinic's key of then, if not the present one."""
    require_known(_dumped_revision(file), file)
    mark = _dumped_mark(file)
    made_with = next((one for one in (keys.clinic_key(), key) if one and _fits(mark, one)), None)
    if made_with is None:
        raise BackupFailed(OTHER_KEY.format(file=file))
    if made_with != keys.clinic_key():
        rekey.require_stopped(url)
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", str(file)]
    _run_client("pg_restore", url, options)
    forget(url)
    if made_with != keys.clinic_key():
        rekey.rekey(url, made_with, keys.clinic_key())


def _fits(mark: bytes | None, key: bytes) -> bool:
    """Whether a dump was made with a key; one of an older Backstride, with nothing sealed in it, fits every key."""
    return mark is None or keyring.fits_mark(mark, key)


def _dumped_revision(file: Path) -> str | None:
    """The revision a dump was made at, read before anything is replaced; None in a dump of something else."""
    rows = _dumped_rows(file, "alembic_version")
    return rows[0].strip() if rows else None


def _dumped_mark(file: Path) -> bytes | None:
    """What a dump tells of the key it was made with; None in one of an older Backstride."""
    rows = [row.split("\t") for row in _dumped_rows(file, "keptkey")]
    return next((bytes.fromhex(row[-1].removeprefix("\\\\x")) for row in rows if keyring.MARK in row), None)


def _dumped_rows(file: Path, table: str) -> list[str]:
    """The rows of one table in a dump, as text."""
    rows = _run("pg_restore", ["--data-only", f"--table={table}", "--file=-", str(file)], {}).splitlines()
    start = next((number for number, row in enumerate(rows, 1) if row.startswith("COPY ")), len(rows))
    end = next((number for number, row in enumerate(rows) if row == "\\."), len(rows))
    return rows[start:end]


def _run_client(program: str, url: str, options: list[str]) -> None:
    """Run a program on a database; the password travels in the environment, where ps does not show it."""
    address = postgresql.address(url).set(drivername="postgresql")
    place = address.set(password=None).render_as_string()
    # The tables' owner is behind the walls between sites too (step 0008): a copy is of every site.
    surroundings = {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} -c backstride.sites={postgresql.EVERY}".strip()}
    if address.password:
        surroundings["PGPASSWORD"] = str(address.password)
    _run(program, [f"--dbname={place}", *options], surroundings)


def _run(program: str, options: list[str], secrets: Mapping[str, str]) -> str:
    """Run one of PostgreSQL's own programs and return what it printed; BackupFailed with its first complaint."""
    if shutil.which(program) is None:
        raise BackupFailed(
            f"{program} is not on the PATH: install PostgreSQL's client programs (Debian: apt-get install "
            f"postgresql-client) or ask whoever runs the server"
        )
    # What it copies is sealed already: the clinic's key is none of its business.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("BACKSTRIDE_KEY")}
    done = subprocess.run([program, *options], env={**surroundings, **secrets}, capture_output=True, text=True)
    if done.returncode:
        complaint = (done.stderr.strip() or "failed without a word").splitlines()[0]
        raise BackupFailed(f"{program}: {complaint.removeprefix(f'{program}: ')}")
    return done.stdout
