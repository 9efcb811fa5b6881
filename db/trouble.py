"""What keeps a database from being worked with, said in one line to whoever looks after the machine."""

from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError

from db import postgresql
from db.backup import BackupFailed
from db.conversion import InUse, NotSame
from db.engine import DatabaseBusy, database_url, reading
from db.keys import KeyMissing, WrongKey
from db.schema import WrongSchema
from db.scope import program
from db.sealed import Tampered
from db.sqlite import NotSealed, UnsafeSqlite, WrongAddress

_SURROUNDINGS = (BackupFailed, DatabaseBusy, InUse, NotSame, UnsafeSqlite, WrongAddress, WrongSchema)
_KEYS = (KeyMissing, NotSealed, Tampered, WrongKey)
_OURS = (*_SURROUNDINGS, *_KEYS)
_THEIRS = (DatabaseError, InterfaceError, OperationalError, TimeoutError)
"""Of the driver: exactly these, for the classes below them (a broken rule, a wrong column) are faults of a program."""


def is_trouble(error: BaseException) -> bool:
    """Whether the surroundings failed (address, server, disk, file, version) and not the program."""
    ours = isinstance(error, _OURS) or type(error) in _THEIRS
    return ours or isinstance(getattr(error, "orig", None), OSError)


def says(error: BaseException) -> str:
    """The reason in one line, without a password and without a row's content."""
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror}"
    if not isinstance(error, SQLAlchemyError):
        return " ".join(str(error).split())
    reason = getattr(error, "orig", None) or error
    return f"{shown(database_url())}: {str(reason).splitlines()[0]}"


def notice(url: str | None = None) -> str:
    """What whoever looks after the machine should mend although everything works; "" when there is nothing."""
    place = url or database_url()
    if place.startswith("sqlite"):
        return ""
    with reading(place, scope=program("asking who is connected")) as session:
        if not postgresql.passes_every_policy(session.connection()):
            return ""
    return (
        f"{shown(place)}: this role is a superuser or has BYPASSRLS, so PostgreSQL keeps no site's rows from another; "
        "connect as an ordinary role that owns the database: CREATE ROLE backstride LOGIN NOSUPERUSER NOBYPASSRLS"
    )


def shown(url: str) -> str:
    """A URL as it may be printed: without its password."""
    return make_url(url).render_as_string(hide_password=True)
