"""The session every query goes through: it answers for its scope's sites only, and without a scope not at all."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import ClauseElement, Connection, Engine, Table, event, inspect, select
from sqlalchemy.orm import FromStatement, ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from db.base import Row
from db.belonging import Wall, classes, parents, ways
from db.postgresql import let_through
from db.reaching import beside, past_the_classes
from db.scope import BeyondTheWalls, NoScope, Scope

AskedT = ParamSpec("AskedT")
FoundT = TypeVar("FoundT")


class Walled(Session):
    """A session that belongs to a scope."""

    def __init__(self, opened: Engine, scope: Scope | None) -> None:
        super().__init__(opened, expire_on_commit=False)
        self.given_scope = scope
        self.wall = Wall(scope) if scope is not None and scope.sites is not None else None

    @property
    def scope(self) -> Scope:
        """On whose behalf; NoScope when nobody said."""
        if self.given_scope is None:
            raise NoScope(
                "this session was opened on nobody's behalf: pass scope=, an actor's (casework.authority does) or "
                'db.scope.program("what Backstride is doing")'
            )
        return self.given_scope

    def begin_now(self) -> None:
        """Begin the transaction before the first statement."""
        AnySession.connection(self)

    def connection(self, *given: Any, **named: Any) -> Connection:
        """The connection itself, behind the walls: for Backstride's own work only."""
        self.scope.must_be_program("session.connection()")
        return super().connection(*given, **named)

    def _refused(self, *_: Any, **__: Any) -> Any:
        raise BeyondTheWalls("this way of writing passes no wall; use records.insert or records.insert_many")

    # They reach the database without asking a wall.
    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = merge = _refused


def by_hashes(asks: Callable[Concatenate[Session, AskedT], FoundT]) -> Callable[Concatenate[Session, AskedT], FoundT]:
    """A question to the blind index: while it is asked PostgreSQL goes by the index of the hashes, and goes alone.

    Of hashes it has never seen it guesses too many rows: it would rather read a whole table until enough are found, or
    call helpers, who take longer to come than the question takes.
    """

    @wraps(asks)
    def asked(session: Session, /, *given: AskedT.args, **by_name: AskedT.kwargs) -> FoundT:
        _guess(session, "off", "0")
        found = asks(session, *given, **by_name)
        # Not when anything was raised: then the transaction is undone, and this with it.
        _guess(session, None, None)
        return found

    return asked


def writes_beside_others(session: Session) -> bool:
    """Whether others may write while this transaction does, and a row has to be locked; on SQLite nobody can."""
    return AnySession.connection(session).dialect.name == "postgresql"


def _guess(session: Session, ways: str | None, helpers: str | None) -> None:
    """What PostgreSQL may do until the transaction ends; with None whatever the server's own settings say."""
    connection = AnySession.connection(session)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_GUESSING, {"ways": ways, "helpers": helpers})


_GUESSING = "SELECT " + ", ".join(
    (
        *(f"set_config('enable_{way}', %(ways)s, true)" for way in ("seqscan", "indexscan", "mergejoin", "hashjoin")),
        "set_config('max_parallel_workers_per_gather', %(helpers)s, true)",
    )
)


@event.listens_for(Walled, "after_begin")
def _tell_the_server(session: Walled, transaction: Any, connection: Connection) -> None:
    if connection.dialect.name == "postgresql" and not transaction.nested:
        let_through(connection, session.given_scope)


@event.listens_for(Walled, "do_orm_execute")
def _ask(asked: ORMExecuteState) -> None:
    session = asked.session
    assert isinstance(session, Walled)
    if session.scope.is_program:
        return
    if not asked.is_orm_statement or isinstance(asked.statement, FromStatement):
        session.scope.must_be_program("a statement that is not written with the tables' classes")
    if session.wall is None:
        return
    if reached := past_the_classes(asked.statement):
        session.scope.must_be_program(reached)
    if not asked.is_select:
        _must_stay_here(asked)
    asked.statement = asked.statement.options(session.wall)
    if asked.is_column_load and (within := session.wall.condition(_table_of(asked))) is not None:
        # A row read again by its key: there SQLAlchemy adds no options' conditions.
        asked.statement = asked.statement.where(within).params(session.wall.values)  # type: ignore[attr-defined]


def _table_of(asked: ORMExecuteState) -> Any:
    return asked.bind_mapper.local_table if asked.bind_mapper else None


def _must_stay_here(asked: ORMExecuteState) -> None:
    """Return quietly from a statement that changes rows of one table where they are, else raise BeyondTheWalls."""
    table = _table_of(asked)
    name = getattr(table, "name", "nothing")
    # Of rows given as parameters SQLAlchemy looks at nothing but their ids.
    if asked.is_insert or asked.parameters or asked.execution_options.get("dml_strategy", "auto") != "auto":
        raise BeyondTheWalls(f"rows of {name} are written one by one: use records.insert, records.change")
    if others := beside(asked.statement, table):
        raise BeyondTheWalls(f"a change of {name} takes from {min(others)} only by a question of its own")
    if table in ways() and (moved := _placing(table) & _set_by(asked.statement)):
        raise BeyondTheWalls(f"{name}.{min(moved)} says where a row belongs and is not changed")


def _placing(table: Table) -> set[str]:
    """The columns that say to which site a row of a table belongs."""
    return {"site_id"} & {*table.c.keys()} | {column.name for column, parent in parents(table) if parent in ways()}


def _set_by(statement: Any) -> set[str]:
    """The columns an UPDATE names."""
    return {str(getattr(column, "key", column)) for column in getattr(statement, "_values", None) or ()}


@event.listens_for(Walled, "detached_to_persistent")
def _take_in(session: Walled, row: Any) -> None:
    # What is in a session was let through by its wall; a row brought from another session was not.
    if session.wall is not None and type(row).__table__ in ways():
        raise BeyondTheWalls(f"a {type(row).__table__.name} of another session: read it again in this one")


@event.listens_for(Walled, "before_flush")
def _write(session: Walled, *_: Any) -> None:
    session.scope  # noqa: B018 - refuses a session of nobody's
    if session.wall is None:
        return
    written = [*session.new, *session.dirty]
    if any(isinstance(value, ClauseElement) for row in written for value in vars(row).values()):
        raise BeyondTheWalls("a column is given a value, not a question")
    rows = [row for row in written if type(row).__table__ in ways()]
    for row in rows:
        _must_be_here(session, row)
    _must_all_be_seen(session, rows)


def _must_be_here(session: Walled, row: Any) -> None:
    """Return quietly from a row of the scope's sites or opened patients, else raise BeyondTheWalls."""
    scope = session.scope
    table = type(row).__table__
    if "site_id" not in table.c or row.site_id in (scope.sites or ()):
        return
    if getattr(row, "patient_id", None) in scope.patients or (table.name == "patient" and row.id in scope.patients):
        return
    raise BeyondTheWalls(f"a {table.name} of a site that is not this person's")


def _must_all_be_seen(session: Walled, rows: Iterable[Row]) -> None:
    """Return quietly when every row that is referred to is one this session sees, else raise BeyondTheWalls."""
    wanted: dict[Table, set[Any]] = defaultdict(set)
    for row in rows:
        for column, parent in parents(type(row).__table__):  # type: ignore[attr-defined]
            if parent in ways() and (key := getattr(row, column.name)) is not None:
                wanted[parent].add(key)
    new = {(type(row).__table__, getattr(row, "id", None)) for row in session.new}
    for table, keys in wanted.items():
        if unknown := {key for key in keys if (table, key) not in new and not _is_held(session, table, key)}:
            kind: Any = classes()[table]
            seen = set(session.scalars(select(kind.id).where(kind.id.in_(unknown))))
            if unknown - seen:
                raise BeyondTheWalls(f"a row that refers to a {table.name} of another site")


def _is_held(session: Walled, table: Table, key: Any) -> bool:
    """Whether the session holds the row already: then its wall let it through."""
    return inspect(classes()[table]).identity_key_from_primary_key((key,)) in session.identity_map
