"""Nobody goes past the walls between sites unseen: the few places that may, each with its reason, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.test_layers import ROOT, files_in

BEFORE_ANYBODY = "who signs in is not anybody yet; accounts know no site and no patient"
ALLOWED: Mapping[str, Mapping[str, str]] = {
    "Backstride's own scope": {
        "dashboard/accounts": BEFORE_ANYBODY,
        "dashboard/casework/audit.py": "verifying counts events of every site and shows none",
        "dashboard/casework/authority.py": "the few deeds that look beyond; they are listed below",
        "dashboard/casework/following.py": "which knowledge is in force is asked for nobody",
        "dashboard/casework/people.py": "becoming an actor",
        "dashboard/casework/readiness.py": "asked by a machine that watches the server; answers with no row",
        "dashboard/casework/reading.py": "noting a read, after it",
        "dashboard/casework/setup.py": "the clinic's first rows, before anybody works there",
        "dashboard/casework/storage.py": "whether anybody works here, before anybody signs in",
        "dashboard/cohort/scope.py": "whether a count is still true: two numbers",
        "dashboard/demo/making.py": "invented people of every site",
        "db/__main__.py": "a command on the server itself",
        "db/audit.py": "the trail's head",
        "db/audit_command.py": "a command on the server itself",
        "db/backup.py": "a copy is of every site",
        "db/last_backup.py": "when that was",
        "db/rekey.py": "every row is sealed anew",
        "db/schema.py": "tables, not rows",
        "db/scope.py": "where it is defined",
        "db/trouble.py": "asks who is connected",
        "db/verifying.py": "the whole trail",
    },
    "looking beyond one's sites": {
        "dashboard/casework/approving.py": "a version is in force at every site; no row is shown",
        "dashboard/casework/authority.py": "where it is defined",
        "dashboard/casework/differing.py": "a version is in force at every site; rows are shown of one's own only",
        "dashboard/casework/emergency.py": "opening one patient of another site, with a reason",
        "dashboard/casework/merging.py": "moving rows to another patient, both of the actor's sites",
        "dashboard/casework/taking_apart.py": "moving them back, both patients of the actor's sites",
    },
    "a scope made by hand": {
        "dashboard/casework/authority.py": "the actor's own",
        "dashboard/cohort/scope.py": "the sites an actor counts",
        "db/scope.py": "where it is defined",
    },
    "the connection behind a session": {
        "dashboard/casework/audit.py": "the trail belongs to no site",
        "dashboard/demo/ledger.py": "links the invented clinic's trail",
        "db/audit.py": "the trail belongs to no site",
        "db/audit_command.py": "the trail belongs to no site",
        "db/last_backup.py": "the trail's head, for the backup's note",
        "db/rekey.py": "every row is sealed anew",
        "db/schema.py": "tables, not rows",
        "db/trouble.py": "asks who is connected",
        "db/verifying.py": "the trail belongs to no site",
        "db/walls.py": "the wall itself",
    },
    "the engine": {
        "db/audit.py": "tells which database the trail's anchor belongs to",
        "db/engine.py": "where it is made",
        "db/moving.py": "asks which kind of database it is",
        "db/postgresql.py": "where it is made",
        "db/queries/candidates_alike.py": "asks which kind of database it is",
        "db/queries/finding.py": "asks which kind of database it is",
        "db/schema.py": "the steps, in one transaction",
        "db/sqlite.py": "where it is made",
        "db/walls.py": "the wall is built on one",
    },
    "words instead of classes": {
        "db/drafts.py": "conditions of indexes",
        "db/__main__.py": "asks SQLite whether its file is whole",
        "db/accounts.py": "conditions of indexes",
        "db/decisions.py": "conditions of indexes",
        "db/knowledge.py": "conditions of indexes",
        "db/merging.py": "conditions of indexes",
        "db/paper.py": "conditions of indexes",
        "db/patients.py": "conditions of indexes",
        "db/postgresql.py": "tells the server whose rows to let through",
        "db/reaching.py": "recognises them to refuse them",
        "db/rekey.py": "every row is sealed anew",
        "db/schema.py": "takes the lock of the steps",
        "db/sqlite.py": "begins a transaction",
        "db/walls.py": "says how PostgreSQL is to go about one question",
        "db/tables.py": "conditions of indexes",
        "db/trail.py": "conditions of indexes",
    },
    "a session of one's own": {"db/engine.py": "the only two ways to a session"},
    "the wall itself": {"db/walls.py": "where it is put up"},
}
"""What goes past the walls → the places that may do it, with the reason."""

IMPORTED = {
    **dict.fromkeys(("text", "literal_column", "TextClause", "TableClause", "table"), "words instead of classes"),
    **dict.fromkeys(("create_engine", "Engine", "NullPool", "StaticPool"), "the engine"),
    **dict.fromkeys(("sessionmaker", "scoped_session", "AsyncSession"), "a session of one's own"),
}
CALLED = {
    "program": "Backstride's own scope",
    "Scope": "a scope made by hand",
    "Walls": "a scope made by hand",
    "writing_beyond": "looking beyond one's sites",
    "looking_beyond": "looking beyond one's sites",
    "Walled": "a session of one's own",
    "connection": "the connection behind a session",
    "exec_driver_sql": "words instead of classes",
    "get_bind": "the engine",
    "begin_now": "a session of one's own",
}
"""Calls, by the last part of what is called."""


def goes_past(source: str) -> Iterator[str]:
    """Every way past the walls that a source takes, by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from _imports(node)
        elif isinstance(node, ast.Call):
            yield from _calls(node)
        elif isinstance(node, ast.Attribute):
            if node.attr in ("bind", "engine") and isinstance(node.value, ast.Name | ast.Attribute | ast.Call):
                yield "the engine"
            if node.attr in ("wall", "given_scope"):
                yield "the wall itself"


def _imports(node: ast.ImportFrom) -> Iterator[str]:
    names = {name.name for name in node.names}
    if (node.module or "").split(".")[0] in ("sqlalchemy", "sqlmodel"):
        yield from (IMPORTED[name] for name in names & IMPORTED.keys())
    if node.module == "db.engine" and "engine" in names:
        yield "the engine"


def _calls(node: ast.Call) -> Iterator[str]:
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called in CALLED:
        yield CALLED[called]
    if any(keyword.arg == "beyond" for keyword in node.keywords):
        yield "looking beyond one's sites"
    # An engine is an engine's child too: engine.engine(url).
    if called == "engine" and isinstance(node.func, ast.Attribute):
        yield "the engine"
    if called == "Session" and node.args:
        yield "a session of one's own"


def may(way: str, file: Path) -> bool:
    """Whether a file, or the folder it is in, may go past the walls that way."""
    place = file.relative_to(ROOT)
    return any(str(each) in ALLOWED[way] for each in (place, *place.parents))


def outside_the_reasoning() -> list[Path]:
    """Everything that could reach the database, but for the steps that make its tables."""
    inside = (ROOT / "dashboard/clinical", ROOT / "db/migrations")
    return [file for file in files_in("db", "dashboard", "pages") if not any(map(file.is_relative_to, inside))]


def test_past_the_walls_go_only_those_who_say_why():
    """A new place has to be written down here, with its reason, and is seen by whoever reads the change."""
    strays = [
        f"{file.relative_to(ROOT)}: {way}"
        for file in outside_the_reasoning()
        for way in sorted(set(goes_past(file.read_text(encoding="utf-8"))))
        if not may(way, file)
    ]
    assert strays == []


def test_no_place_is_allowed_what_it_does_not_do():
    """A reason that has gone is taken off the list."""
    done = {
        (way, str(place))
        for file in outside_the_reasoning()
        for way in set(goes_past(file.read_text(encoding="utf-8")))
        for place in (file.relative_to(ROOT), *file.relative_to(ROOT).parents)
    }
    defined = {("Backstride's own scope", "db/scope.py"), ("a scope made by hand", "db/scope.py")}
    listed = {(way, place) for way, places in ALLOWED.items() for place in places}
    assert listed - done - defined == set()


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("from sqlalchemy import select, text", "words instead of classes"),
        ("def f():\n    from sqlalchemy.sql import literal_column as x", "words instead of classes"),
        ("session.connection()", "the connection behind a session"),
        ("AnySession.connection(session)", "the connection behind a session"),
        ("session.connection().exec_driver_sql('SELECT 1')", "words instead of classes"),
        ("session.get_bind()", "the engine"),
        ("session.bind.connect()", "the engine"),
        ("from db.engine import engine", "the engine"),
        ("from db import engine\nengine.engine(url).begin()", "the engine"),
        ("from sqlalchemy import create_engine", "the engine"),
        ("scope = program('nothing in particular')", "Backstride's own scope"),
        ("scope = db.scope.program('nothing in particular')", "Backstride's own scope"),
        ("scope = Scope(1, None)", "a scope made by hand"),
        ("with writing_beyond(actor, permission, 'so'): ...", "looking beyond one's sites"),
        ("with looking(actor, permission, beyond='so'): ...", "looking beyond one's sites"),
        ("with Session(opened) as session: ...", "a session of one's own"),
        ("session.wall = None", "the wall itself"),
        ("session.given_scope = Scope(1, None)", "the wall itself"),
    ],
)
def test_the_watchman_knows_every_way_past(line: str, way: str):
    """Under another name, inside a function, from a module."""
    assert way in set(goes_past(line))
