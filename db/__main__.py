"""python -m db upgrade | check | backup | restore | rekey | new-key: the clinic's databases, from a command line."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from db import audit_command, keys, trouble
from db.backup import backup, note_backup, restore
from db.engine import CHOICES, active_database, database_url, file_of, file_url, reading
from db.rekey import rekey, take_new_key
from db.schema import newest_revision, says_unknown, state, upgrade
from db.scope import program
from db.trouble import shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; 0 when it went well, 2 with one line on the error stream when not."""
    typed = _parser().parse_args(arguments)
    try:
        deed: Callable[[argparse.Namespace], int] = typed.deed
        return deed(typed)
    except Exception as error:
        if not (trouble.is_trouble(error) or isinstance(error, OSError | SQLAlchemyError)):
            raise
        return _fail(trouble.says(error))


def databases() -> list[str]:
    """DATABASE_URL if given; else the clinic's file, and the demo's once it has been made."""
    if active_database() == "external":
        return [database_url()]
    return [file_url(file_of(choice)) for choice in CHOICES if choice == "clinic" or file_of(choice).exists()]


def _upgrade(_: argparse.Namespace) -> int:
    for url in databases():
        print(f"{shown(url)}: up to date at revision {upgrade(url)}")
    return 0


def _check(_: argparse.Namespace) -> int:
    return max(_check_one(url) for url in databases())


def _check_one(url: str) -> int:
    if url.startswith("sqlite") and not Path(make_url(url).database or "").exists():
        return _fail(f"{shown(url)}: not made yet; run: python -m db upgrade")
    if (verdict := _integrity(url)) != "ok":
        return _fail(f"{shown(url)}: damaged ({verdict}); run: python -m db restore FILE")
    if (found := state(url)) == "unknown":
        return _fail(f"{shown(url)}: {says_unknown(url)}")
    if found != "current":
        return _fail(f"{shown(url)}: {found}, expected revision {newest_revision()}; run: python -m db upgrade")
    print(f"{shown(url)}: current at revision {newest_revision()}, whole")
    if says := trouble.notice(url):
        print(f"WARNING: {says}", file=sys.stderr)
    return 0


def _integrity(url: str) -> str:
    if not url.startswith("sqlite"):
        return "ok"
    try:
        with reading(url, scope=program("checking a database")) as session:
            broken = session.execute(text("PRAGMA foreign_key_check")).first()
            verdict = str(session.execute(text("PRAGMA integrity_check")).scalar_one()).splitlines()[0]
    except DatabaseError as error:
        return str(error.orig)
    return verdict if broken is None else f"a row of {broken[0]} refers to nothing"


def _backup(typed: argparse.Namespace) -> int:
    backup(typed.file)
    note_backup(typed.file)
    print(f"{typed.file}: a complete copy of {shown(database_url())}")
    return 0


def _restore(typed: argparse.Namespace) -> int:
    kept = restore(typed.file, key=keys.read_key(typed.key_file) if typed.key_file else None)
    print(f"{shown(database_url())}: restored from {typed.file}" + (f"; what was there is in {kept}" if kept else ""))
    return 0


def _new_key(typed: argparse.Namespace) -> int:
    try:
        keys.new_key(typed.file)
    except FileExistsError:
        return _fail(f"{typed.file} is already there; name a new file, a key is never overwritten")
    print(f"{typed.file}: a new key. Keep a copy of it in another place than the backups")
    return 0


def _rekey(typed: argparse.Namespace) -> int:
    old, new = keys.clinic_key(), keys.read_key(typed.new_key_file)
    for url in databases():
        if url.startswith("sqlite") and not Path(make_url(url).database or "").exists():
            continue
        done = rekey(url, old, new)
        print(f"{shown(url)}: {'sealed anew' if done else 'is already sealed'} under the key in {typed.new_key_file}")
    kept = take_new_key(typed.new_key_file)
    needed = "Backups made before need the old key: keep it as long as you keep them"
    print(f"{needed}; it is in {kept}" if kept else f"{needed}. {_what_to_set(typed.new_key_file)}")
    return 0


def _what_to_set(file: Path) -> str:
    return (
        "" if keys.uses_own_file() else f"Now set BACKSTRIDE_KEY_FILE={file.absolute()} (or BACKSTRIDE_KEY) and start"
    )


def _fail(says: str) -> int:
    print(" ".join(says.split()), file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description="The databases of this clinic.")
    deeds = parser.add_subparsers(required=True, metavar="upgrade | check | backup | restore | …")
    deeds.add_parser("upgrade", help="bring the tables up to date").set_defaults(deed=_upgrade)
    deeds.add_parser("check", help="say whether the tables are up to date and whole").set_defaults(deed=_check)
    for name, deed, says in (("backup", _backup, "copy it to a new file"), ("restore", _restore, "put a copy back")):
        with_file = deeds.add_parser(name, help=says)
        with_file.add_argument("file", type=Path, metavar="FILE")
        with_file.set_defaults(deed=deed)
        if deed is _restore:
            with_file.add_argument("--key-file", type=Path, metavar="KEYFILE", help="the key the copy was made with")
    rekeying = deeds.add_parser("rekey", help="seal everything anew under another key; stop the server first")
    rekeying.add_argument("--new-key-file", type=Path, required=True, metavar="KEYFILE")
    rekeying.set_defaults(deed=_rekey)
    making = deeds.add_parser("new-key", help="make a key in a new file")
    making.add_argument("file", type=Path, metavar="FILE")
    making.set_defaults(deed=_new_key)
    audit_command.add_to(deeds, databases)
    return parser


if __name__ == "__main__":
    sys.exit(main())
