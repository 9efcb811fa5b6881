"""python -m dashboard.accounts invite | unlock | end | link | token: who may sign in, from a command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from dashboard.accounts import first_token, identities, invitations, sign_ins, standings, trail
from dashboard.accounts.checking import as_code
from dashboard.clinic import ClinicError
from db import engine, queries, trouble
from db.schema import upgrade
from db.scope import program
from db.tables import Person


class NotDone(ValueError):  # noqa: N818 - what became of it
    """Nothing was done; the message says why, on one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; 0 when it was done, 2 with one line on the error stream when not."""
    typed = _parser().parse_args(arguments)
    try:
        deed: Callable[[argparse.Namespace], str] = typed.deed
        print(deed(typed))
    except (NotDone, identities.NotLinked, ClinicError, PermissionError) as why:
        return _fail(str(why))
    except Exception as error:
        if not (trouble.is_trouble(error) or isinstance(error, OSError | SQLAlchemyError)):
            raise
        return _fail(trouble.says(error))
    return 0


def _token(_: argparse.Namespace) -> str:
    token = first_token()
    if not token:
        raise NotDone("An administrator can sign in to this clinic already; invite others: invite CODE")
    return f"Set this clinic up within an hour at /setup#{token}"


def _invite(typed: argparse.Namespace) -> str:
    with _at_work() as session:
        person = _person(session, typed.code)
        token = invitations.make(session, trail.COMMAND_LINE, person.id or 0)
        return f"{person.name} gets in within {invitations.HOURS} hours, once, at /join#{token}"


def _unlock(typed: argparse.Namespace) -> str:
    with _at_work() as session:
        person = _person(session, typed.code)
        was = standings.unlock_in(session, trail.COMMAND_LINE, person.id or 0)
        return f"{person.name} may try again" if was else f"{person.name} was not locked and need not wait"


def _end(typed: argparse.Namespace) -> str:
    with _at_work() as session:
        person = _person(session, typed.code)
        ended = sign_ins.end_all_in(session, trail.COMMAND_LINE, person.id or 0, "command-line")
        return f"{person.name}: {ended} sign-in{'s' if ended != 1 else ''} ended"


def _link(typed: argparse.Namespace) -> str:
    upgrade(_open_clinic())
    person = identities.link(as_code(typed.code), typed.subject, typed.issuer)
    return f"{person.name} is linked"


def _at_work() -> AbstractContextManager[Session]:
    upgrade(_open_clinic())
    return engine.transaction(scope=program("working from the command line"))


def _open_clinic() -> str:
    if engine.active_database() is None:
        raise NotDone("No clinic is open yet; set one up: token")
    return engine.database_url()


def _person(session: Session, code: str) -> Person:
    person = queries.person_by_code(session, as_code(code))
    if person is None or not person.active:
        raise NotDone(f"Nobody who works here signs in as {as_code(code)!r}")
    return person


def _fail(says: str) -> int:
    print(" ".join(says.split()), file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.accounts", description="Who may sign in to this clinic.")
    deeds = parser.add_subparsers(required=True, metavar="invite | unlock | end | link | token")
    for name, deed, says in (
        ("invite", _invite, "a link with which a person gives themselves a new password"),
        ("unlock", _unlock, "let a person try again after too many wrong attempts"),
        ("end", _end, "end every sign-in of a person"),
        ("link", _link, "let the clinic's OpenID provider sign a person in"),
    ):
        about_one = deeds.add_parser(name, help=says)
        about_one.add_argument("code", metavar="CODE", help="the name the person signs in with")
        about_one.set_defaults(deed=deed)
        if name == "link":
            about_one.add_argument("subject", metavar="SUBJECT", help="what the provider calls the person for ever")
            about_one.add_argument("--issuer", default="", help="the provider, if not the one of clinic.toml")
    deeds.add_parser("token", help="a link that makes the first administrator").set_defaults(deed=_token)
    return parser


if __name__ == "__main__":
    sys.exit(main())
