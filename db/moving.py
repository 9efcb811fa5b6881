"""Every row about a patient, wherever it stands: held together, moved to another patient, and sorted to move back."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import Table, func, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from db.base import now
from db.belonging import classes
from db.tables import Draft, Episode, Intake, Patient

STAYS: Mapping[str, str] = {
    "patientindex": "what the patient's own identifiers are searched by",
    "patientblock": "what the patient's own identifiers are searched by",
    "patientmerge": "says itself who became whom",
}
"""Tables that refer to a patient whose rows are not moved, and why; every other one's are."""

OWNERS = ("episode", "intake", "referral", "draft")
"""Of several rows a row hangs on, the one it goes with."""

WAITS = "250ms"
"""For a row somebody else holds; PostgreSQL looks after a second who waits for whom."""

_AS_IT_IS = {"synchronize_session": False}

Ids = Mapping[str, Collection[Any]]
"""Table → ids of its rows."""


class BeingWritten(Exception):  # noqa: N818 - what is the matter
    """Somebody else is writing about one of the patients at this moment; nothing was held."""


@cache
def movable() -> Mapping[str, tuple[Any, str]]:
    """Every table whose rows are about a patient, found by its foreign key: its class, and the column of the patient.

    In such an order that what a row hangs on comes before it. LookupError for a table with two such columns.
    """
    found: dict[str, tuple[Any, str]] = {}
    for table in sorted(Patient.metadata.sorted_tables, key=lambda table: table.name != "episode"):
        columns = [column.name for column in table.c for key in column.foreign_keys if key.column.table is _patients()]
        if not columns or table.name in STAYS:
            continue
        if len(columns) > 1:
            raise LookupError(f"{table.name} refers to a patient by {columns}: say in db/moving.py what a merge moves")
        found[table.name] = (classes()[table], columns[0])
    return found


def hangs_on(name: str) -> tuple[str, str] | None:
    """The column by which a table's rows hang on rows of another table that are moved too, and that table's name.

    A draft hangs on nothing: it goes with the intake that was made of it, whose row refers to it.
    """
    table: Table = movable()[name][0].__table__
    ahead = [
        (OWNERS.index(to) if to in OWNERS else len(OWNERS), column.name, to)
        for column in table.c
        for key in column.foreign_keys
        if (to := key.column.table.name) in movable() and to != name
    ]
    return min(ahead)[1:] if ahead else None


def hold(session: Session, *patients: int) -> None:
    """Lock these patients and every row about them until the transaction ends; BeingWritten when that takes too long.

    It waits for less than the time after which the server would undo one of two who wait for each other: so whoever
    else writes is at most kept waiting, never undone. Once the patients are held no row about them can be added: its
    foreign key would have to wait.
    """
    before = _patience(session, WAITS)
    try:
        _lock(session, Patient, col(Patient.id).in_(sorted(patients)))
        for kind, column in movable().values():
            _lock(session, kind, getattr(kind, column).in_(sorted(patients)))
    except OperationalError as why:
        if isinstance(why.orig, LockNotAvailable):
            raise BeingWritten("somebody is writing about one of these patients") from None
        raise
    _patience(session, before)


def _patience(session: Session, how_long: str) -> str:
    """From now on wait so long for a row others hold; how long it was. SQLite has one writer, who waits for nobody."""
    if session.get_bind().dialect.name != "postgresql":
        return ""
    before = session.scalar(select(func.current_setting("lock_timeout")))
    session.execute(select(func.set_config("lock_timeout", how_long, True)))
    return str(before)


def _lock(session: Session, kind: Any, which: Any) -> None:
    session.execute(select(kind.id).where(which).order_by(kind.id).with_for_update()).all()


def rows_of(session: Session, patient_id: int) -> dict[str, list[list[Any]]]:
    """Table → [id, its own site or None] of every row about a patient, in order; tables without any left out."""
    found = {}
    for name, (kind, column) in movable().items():
        site = kind.site_id if has_site(name) else None
        wanted = select(kind.id) if site is None else select(kind.id, site)
        rows = session.execute(wanted.where(getattr(kind, column) == patient_id).order_by(kind.id))
        if told := [[row[0], row[1] if site is not None else None] for row in rows]:
            found[name] = told
    return found


def has_site(name: str) -> bool:
    """Whether a table's rows say themselves to which site they belong."""
    return "site_id" in movable()[name][0].__table__.c


def move(session: Session, name: str, ids: Collection[Any], to: int, site_id: int) -> None:
    """Give rows of one table to a patient of that site; their versions are counted up, as they look otherwise now."""
    kind, column = movable()[name]
    changed: dict[str, Any] = {column: to}
    if has_site(name):
        changed["site_id"] = site_id
    if "version" in kind.__table__.c:
        changed |= {"version": kind.version + 1, "updated_at": now()}
    session.execute(update(kind).where(kind.id.in_(list(ids))).values(**changed), execution_options=_AS_IT_IS)


def place(session: Session, name: str, ids: Collection[Any], site_id: int) -> None:
    """Let rows of one table belong to a site."""
    kind = movable()[name][0]
    asked = update(kind).where(kind.id.in_(list(ids)), kind.site_id != site_id).values(site_id=site_id)
    session.execute(asked, execution_options=_AS_IT_IS)


def going_back(session: Session, survivor_id: int, chosen: Ids) -> dict[str, list[Any]]:
    """Of the survivor's rows those that belong with the ``chosen`` ones, so that nothing is torn from what it hangs on.

    An episode goes back with everything that was added to it, whoever it was added by; a draft goes where the intake
    went that was made of it; whatever hangs on nothing is given back if it was chosen.
    """
    found: dict[str, list[Any]] = {}
    theirs = rows_of(session, survivor_id)
    made = _made_of(session, survivor_id)
    for name in movable():
        held = [row[0] for row in theirs.get(name, [])]
        wanted = set(chosen.get(name, ()))
        if name == "draft":
            back = {draft for draft, episode in made.items() if episode in set(found.get("episode", []))}
            wanted = (wanted - made.keys()) | back
        elif (on := hangs_on(name)) is not None:
            wanted = _hanging(session, name, on, held, found, wanted)
        if kept := [each for each in held if each in wanted]:
            found[name] = kept
    return found


def _made_of(session: Session, patient_id: int) -> dict[str, int]:
    """The drafts that an intake of this patient was made of, each with the intake's episode."""
    made = select(col(Intake.draft_id), col(Intake.episode_id)).where(col(Intake.patient_id) == patient_id)
    return {draft: episode for draft, episode in session.execute(made) if draft is not None}


def _hanging(
    session: Session, name: str, on: tuple[str, str], held: list[Any], back: Ids, wanted: set[Any]
) -> set[Any]:
    """The rows whose owner goes back; one without an owner as it was chosen."""
    kind, (column, owner) = movable()[name][0], on
    asked = select(kind.id, getattr(kind, column)).where(kind.id.in_(held))
    owners = {row[0]: row[1] for row in session.execute(asked)}
    return {
        each for each in held if (each in wanted if owners[each] is None else owners[each] in set(back.get(owner, ())))
    }


def begun_since(session: Session, survivor_id: int, moment: Any) -> tuple[list[Episode], list[Draft]]:
    """The survivor's episodes and drafts that were begun after a moment, oldest first."""
    episodes = select(Episode).where(col(Episode.patient_id) == survivor_id, col(Episode.created_at) > moment)
    drafts = select(Draft).where(col(Draft.patient_id) == survivor_id, col(Draft.created_at) > moment)
    return (
        [*session.scalars(episodes.order_by(col(Episode.id)))],
        [*session.scalars(drafts.order_by(col(Draft.created_at), col(Draft.id)))],
    )


def _patients() -> Table:
    return Patient.__table__  # type: ignore[attr-defined, no-any-return]
