"""How each table belongs to a site: by a column of its own, or through the row it refers to."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Column, ColumnElement, Exists, Integer, Table, bindparam, or_, select, true
from sqlalchemy.orm import LoaderCriteriaOption, Mapper
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql.visitors import InternalTraversal

from db.base import Row
from db.scope import Scope
from db.tables import AuditEvent, AuditPatient, Patient

NEAREST_FIRST = ("intake", "episode", "patient")
"""Of several rows it refers to, through which a row's site is found: those that know their site by themselves."""


class Step(NamedTuple):
    """A column, and the table whose row it refers to."""

    column: str
    parent: Table


@cache
def classes() -> Mapping[Table, type[Row]]:
    """Every table with its class."""
    mappers: frozenset[Mapper[Any]] = Row._sa_registry.mappers
    return {mapper.local_table: mapper.class_ for mapper in mappers if isinstance(mapper.local_table, Table)}


@cache
def ways() -> Mapping[Table, tuple[Step, ...]]:
    """Every table whose rows belong to a site: the steps to the row that knows it, none when that is the row itself.

    A table is found here by its columns, so that a new one is behind the walls without anyone remembering it.
    """
    found: dict[Table, tuple[Step, ...]] = {table: () for table in classes() if _knows_its_site(table)}
    while more := {
        table: way for table in classes() if table not in found and (way := _nearest(table, found)) is not None
    }:
        found |= more
    return found


def _knows_its_site(table: Table) -> bool:
    # Where a person works is not whose patient a row is about: that column may be empty.
    return "site_id" in table.c and not table.c.site_id.nullable


def _nearest(table: Table, found: Mapping[Table, tuple[Step, ...]]) -> tuple[Step, ...] | None:
    ahead = [Step(column.name, parent) for column, parent in parents(table) if parent in found]
    if table is _table(AuditPatient):
        ahead = [Step("patient_id", _table(Patient))]  # refers without a key, so that it outlives what it tells of
    if not ahead:
        return None
    step = min(ahead, key=lambda step: (len(found[step.parent]), _rank(step.parent), step.column))
    return (step, *found[step.parent])


def _rank(table: Table) -> int:
    return NEAREST_FIRST.index(table.name) if table.name in NEAREST_FIRST else len(NEAREST_FIRST)


@cache
def parents(table: Table) -> tuple[tuple[Column[Any], Table], ...]:
    """The columns of a table that refer to a row of another, with that table."""
    return tuple((column, key.column.table) for column in table.c for key in column.foreign_keys)


def _table(kind: type[Row]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


SITES, PATIENTS = "walls_sites", "walls_patients"


def _ids(name: str, given: tuple[int, ...] = ()) -> BindParameter[Any]:
    # Nothing given lets nothing through: a statement that misses its scope's values finds no row.
    return bindparam(name, given, type_=Integer(), expanding=True)


class Wall(CriteriaOption):
    """What is added to every statement of a scope: of each table only the rows of its sites and opened patients.

    The conditions are the same for everyone; only the ids differ, and are given to the database as values. So a
    statement is compiled once for all sites.
    """

    # What makes two statements the same to SQLAlchemy's cache, and which values differ between them.
    _traverse_internals = [  # noqa: RUF012
        ("sites", InternalTraversal.dp_clauseelement),
        ("patients", InternalTraversal.dp_clauseelement),
        ("any_opened", InternalTraversal.dp_boolean),
    ]
    propagate_to_loaders = True

    def __init__(self, scope: Scope) -> None:
        assert scope.sites is not None
        self.sites = _ids(SITES, scope.sites)
        self.patients = _ids(PATIENTS, scope.patients)
        self.any_opened = bool(scope.patients)

    def condition(self, table: Table) -> ColumnElement[bool] | None:
        """Which rows of a table are seen, to be asked by itself; None: all of them."""
        if table not in ways() and table is not _table(AuditEvent):
            return None
        return _condition(table, classes()[table], self.any_opened)

    @property
    def values(self) -> dict[str, Any]:
        """What such a condition is asked with."""
        return {SITES: self.sites.value, PATIENTS: self.patients.value}

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Where a statement looks up what is to be added."""
        for option in _criteria(self.any_opened):
            option.get_global_criteria(attributes)

    def process_compile_state(self, compile_state: Any) -> None:
        """Called for every statement compiled with this option."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """Called where a statement's entities are replaced by others."""
        self.process_compile_state(compile_state)


class _Seen(LoaderCriteriaOption):
    """Of one class only the rows that are seen, under whatever name a statement gives to it."""

    def __init__(self, table: Table, any_opened: bool) -> None:
        super().__init__(classes()[table], true(), include_aliases=True)
        self.table, self.any_opened = table, any_opened

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        # SQLAlchemy's own leaves a condition as it was written where the class is joined under another name.
        return _condition(self.table, ext_info.entity, self.any_opened)


@cache
def _criteria(any_opened: bool) -> tuple[_Seen, ...]:
    return tuple(_Seen(table, any_opened) for table in (*ways(), _table(AuditEvent)))


def _condition(table: Table, kind: Any, any_opened: bool) -> ColumnElement[bool]:
    """True of the rows of a class (or of it under another name) that are seen."""
    if table is _table(AuditEvent):
        return or_(kind.patients.is_(None), _told_of(kind, any_opened))
    return _within(table, kind, ways()[table], any_opened)


def _within(table: Table, kind: Any, way: tuple[Step, ...], any_opened: bool) -> ColumnElement[bool]:
    """True of rows of a class that belong to the sites, or to the patients opened."""
    if not way:
        return _here(table, lambda name: getattr(kind, name), any_opened)
    return _reached(getattr(kind, way[0].column), way, any_opened)


def _reached(column: Any, way: tuple[Step, ...], any_opened: bool) -> Exists:
    """True where the steps from a column lead to a row of the sites."""
    steps = [step.parent.alias() for step in way]
    on = [column == steps[0].c.id]
    on += [before.c[step.column] == here.c.id for before, here, step in zip(steps, steps[1:], way[1:], strict=False)]
    last = steps[-1]
    on.append(_here(way[-1].parent, lambda name: last.c[name], any_opened))
    # Whatever is not of the steps belongs to the statement around: were it missing there, the database would refuse.
    return select(1).select_from(*steps).where(*on).correlate_except(*steps).exists()


def _told_of(kind: Any, any_opened: bool) -> Exists:
    """True of audit events about a patient of the sites."""
    about = _table(AuditPatient).alias()
    reached = _reached(about.c.patient_id, ways()[_table(AuditPatient)], any_opened)
    return select(1).select_from(about).where(about.c.event_id == kind.id, reached).correlate_except(about).exists()


def _here(table: Table, column: Any, any_opened: bool) -> ColumnElement[bool]:
    at_sites: ColumnElement[bool] = column("site_id").in_(_ids(SITES))
    if not any_opened:
        return at_sites
    whose = column("id" if table is _table(Patient) else "patient_id")
    return or_(at_sites, whose.in_(_ids(PATIENTS)))
