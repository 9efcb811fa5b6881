"""What a statement asks of: by the tables' classes, which the walls can filter, or past them."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Alias, ClauseElement, Select, Subquery, Table, TextClause
from sqlalchemy.orm import FromStatement
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import HasHints, Join, SelectBase, TableClause
from sqlalchemy.sql.visitors import HasTraverseInternals

ASKED_BY = "parententity"
"""How SQLAlchemy marks what was written through a class."""

HARMLESS_WORDS = {"*", "1"}
"""Written as they are by count() and exists()."""
HARMLESS_SIGNS = {"&&"}
"""PostgreSQL's "have something in common"."""


def past_the_classes(statement: Any) -> str:
    """The part of a statement that no wall could stand before, in words; "" when there is none."""
    # SQLAlchemy itself writes plain columns when it looks for a row by its id: they add no table to what is asked of.
    asked_of = [*getattr(statement, "_raw_columns", ()), *getattr(statement, "_from_obj", ())]
    known = frozenset(each for each in asked_of if isinstance(each, Table))
    return next((words for each in _parts(statement, known) if (words := _says(each))), "")


def beside(statement: Any, table: Any) -> set[str]:
    """The tables an UPDATE or DELETE of one table looks at without asking a question of its own."""
    waiting, found = [*statement.get_children()], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, SelectBase | Subquery):
            continue
        if (asked_by := part._annotations.get("parentmapper")) is not None and asked_by.local_table is not table:
            found.add(asked_by.local_table.name)
        waiting += part.get_children()
    return found


def _parts(statement: Any, known: frozenset[Any]) -> Iterator[ClauseElement]:
    """Everything a statement is made of, also the tables its columns come from."""
    waiting = [(statement, known)]
    seen = set()
    while waiting:
        part, around = waiting.pop()
        if (id(part), around) in seen:
            continue
        seen.add((id(part), around))
        yield part
        for each in (*_written(part), *_tables(part, around)):
            # A statement inside asks of its own tables.
            waiting.append((each, frozenset() if isinstance(each, SelectBase | Subquery) else around))


def _written(part: Any) -> Iterable[Any]:
    """What a part was written of; a SELECT would name also the tables that follow from its columns."""
    if isinstance(part, Alias) and isinstance(part.element, Table) and ASKED_BY in part._annotations:
        return ()  # a class under another name
    if isinstance(part, Select):
        return HasTraverseInternals.get_children(part, omit_attrs=("_correlate", "_correlate_except"))
    return part.get_children()  # type: ignore[no-any-return]


def _tables(part: Any, known: frozenset[Any]) -> Iterator[Any]:
    """The table a column brings with it, when it was not written through a class."""
    if isinstance(part, ColumnClause) and part.table is not None and ASKED_BY not in part._annotations:
        yield from () if part.table in known else (part.table,)


def _says(part: ClauseElement) -> str:
    if isinstance(part, TextClause | FromStatement):
        return "text()"
    if isinstance(part, Join):
        return "join() of two classes (a statement's own .join() is filtered)"
    if isinstance(part, TableClause) and ASKED_BY not in part._annotations:
        return f"the table {part.name}"
    if isinstance(part, ColumnClause) and part.is_literal and part.name not in HARMLESS_WORDS:
        return "literal_column()"
    operator = part.operator if isinstance(part, BinaryExpression) else None
    if isinstance(operator, custom_op) and operator.opstring not in HARMLESS_SIGNS:
        return "an operator in words"
    if isinstance(part, HasHints) and (part._hints or part._statement_hints):
        return "a hint in words"
    return ""
