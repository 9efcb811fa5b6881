"""Who may do what: every deed really called by every role, at their own site, at another, and in an emergency."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import func, select
from sqlmodel import col

import dashboard.casework
import dashboard.cohort
import dashboard.exports
from dashboard.access import IN_EMERGENCY, PERMISSIONS, Actor, Forbidden, Permission, Role
from dashboard.casework.deeds import Deed, deeds
from dashboard.casework.errors import NotFound
from dashboard.deed_words import DEED_WORDS
from db import engine
from db.schema import upgrade
from db.tables import AuditEvent
from tests.casework.deeds_called import CALLED, NotShown
from tests.casework.stage import Place, Sizes, Stage, set_stage, sizes
from tests.cast import Clinic, settle
from tests.postgres import Postgres
from tests.sessions import reading, transaction

WORDS = ("no", "own", "every", "yes")
ABROAD = "in emergency"
NO_DEEDS = {
    "authority.writing": "the way to a session",
    "authority.looking": "the way to a session",
    "authority.writing_beyond": "the way to a session",
    "authority.looking_beyond": "the way to a session",
    "reading.note_reads": "notes what a deed read",
    "reading.note_anew": "forgets which reads were noted lately, so that more of them are",
    "authority.scope_of": "says what a session may see",
    "leases.beat": "notes that the writer was heard of, in a session of a deed",
    "leases.is_held": "says whether this tab writes a draft that a deed has read",
    "leases.may_write": "says whether an answer may go into a draft that a deed has read",
    "leases.on_this_device": "compares two sign-ins, reads nothing",
    "people.sites": "the names of the sites the actor works at, and of nothing at them",
    "storage.may_choose": "says whether the screen offers to change the clinic; choosing asks again",
    "storage.choose": "opens another database, also while nobody works in any; asked of may_choose",
}
"""Public functions that take an actor and are no deeds, and why."""


@dataclass(frozen=True)
class Row:
    """What the matrix says of one deed."""

    words: tuple[str, ...]
    in_emergency: bool

    def word(self, role: Role) -> str:
        """The word of one role."""
        return self.words[list(Role).index(role)]


def _matrix() -> dict[str, Row]:
    told = tomllib.loads((Path(__file__).parent.parent / "matrix.toml").read_text(encoding="utf-8"))
    rows: dict[str, Row] = {}
    for name, line in ((name, line) for resource in told.values() for name, line in resource.items()):
        words = tuple(line.removesuffix(ABROAD).split())
        assert len(words) == len(Role), name
        assert set(words) <= set(WORDS), name
        rows[name] = Row(words, line.endswith(ABROAD))
    return rows


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _packages() -> tuple[ModuleType, ...]:
    return (dashboard.casework, dashboard.cohort, dashboard.exports)


def entry_points() -> dict[str, Callable[..., object]]:
    """Every public function of the deeds' packages that takes an actor and opens its own session, "module.name"."""
    found: dict[str, Callable[..., object]] = {}
    for module in (each for package in _packages() for each in _modules(package)):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            takes = inspect.signature(function).parameters
            if "actor" in takes and "session" not in takes:
                found[f"{module.__name__.rpartition('.')[2]}.{name}"] = function
    return found


ENTRIES = entry_points()
MATRIX = _matrix()
DEEDS = dict(sorted(deeds().items()))
OF_A_SITE = [name for name, deed in DEEDS.items() if deed.of_a_site]


@dataclass(frozen=True)
class Theatre:
    """A database with the stage set for deeds that leave it as it is, and copies of it for those that do not."""

    stage: Stage
    shared: Callable[[], AbstractContextManager[None]]
    copy: Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """A home folder of its own for all of these tests together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTRIDE_HOME", str(tmp_path_factory.mktemp("home")))
        yield patch


@pytest.fixture(scope="module")
def on_sqlite(at_home: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The stage in a file."""
    folder = tmp_path_factory.mktemp("theatre")
    template, shared, fresh = (folder / f"{name}.sqlite" for name in ("template", "shared", "fresh"))
    stage = _set(at_home, engine.file_url(template))
    shutil.copy(template, shared)

    @contextmanager
    def copy() -> Iterator[None]:
        shutil.copy(template, fresh)
        with _in_use(at_home, engine.file_url(fresh)):
            yield
        engine.forget(engine.file_url(fresh))

    yield Theatre(stage, lambda: _in_use(at_home, engine.file_url(shared)), copy)
    engine.forget(engine.file_url(shared))


@pytest.fixture(scope="module")
def on_postgresql(at_home: pytest.MonkeyPatch, postgres: Postgres) -> Iterator[Theatre]:
    """The stage on a server."""
    template = postgres.make()
    stage = _set(at_home, postgres.url(template))
    shared = postgres.url(postgres.make(template))

    @contextmanager
    def copy() -> Iterator[None]:
        name = postgres.make(template)
        with _in_use(at_home, postgres.url(name)):
            yield
        engine.forget(postgres.url(name))
        postgres.drop(name)

    yield Theatre(stage, lambda: _in_use(at_home, shared), copy)
    engine.forget(shared)


def _set(patch: pytest.MonkeyPatch, url: str) -> Stage:
    upgrade(url)
    clinic = Clinic(url)
    with _in_use(patch, url):
        with transaction() as session:
            settle(session, clinic)
        stage = set_stage(clinic)
    engine.forget(url)
    return stage


@contextmanager
def _in_use(patch: pytest.MonkeyPatch, url: str) -> Iterator[None]:
    patch.setenv("DATABASE_URL", url)
    try:
        yield
    finally:
        patch.delenv("DATABASE_URL")


def test_every_function_that_takes_an_actor_is_a_registered_deed() -> None:
    """A new one without the decorator fails here; the few that are no deeds say why."""
    registered = {f"{deed.module.rpartition('.')[2]}.{deed.name}" for deed in DEEDS.values()}
    assert set(ENTRIES) - registered == set(NO_DEEDS)
    assert registered <= set(ENTRIES)


def test_every_deed_has_a_row_in_the_matrix_and_is_called() -> None:
    """A deed added without who may do it, a call of it, or words for it fails here; so does a row of no deed."""
    assert set(MATRIX) == set(DEEDS)
    assert set(CALLED) == set(DEEDS)
    assert set(DEED_WORDS) == set(DEEDS)
    assert len(set(DEED_WORDS.values())) == len(DEEDS)


@pytest.mark.parametrize("name", DEEDS)
def test_the_register_says_what_the_matrix_says(name: str) -> None:
    """The table shown in Administration is made from the register: it must not promise anything else."""
    deed, row = DEEDS[name], MATRIX[name]
    assert [deed.allowed(role) for role in Role] == [word != "no" for word in row.words]
    assert deed.of_a_site == ("yes" not in row.words)
    assert deed.in_emergency == row.in_emergency
    assert not deed.in_emergency or (deed.of_a_site and IN_EMERGENCY.issuperset(deed.needs))
    assert deed.about.endswith(".")


def test_every_permission_of_a_job_is_asked_for_by_some_deed() -> None:
    """A permission nobody asks for promises nothing; one asked for that nobody holds is a door without a key."""
    asked = {permission for deed in DEEDS.values() for permission in deed.needs}
    held = {permission for role in Role for permission in PERMISSIONS[role]}
    assert asked - held == set()
    assert held - asked == ASKED_ELSEWHERE


ASKED_ELSEWHERE = {Permission.CLINIC_SET_UP}
"""By ``storage.may_choose``, before the clinic that is open is left for another one."""


@pytest.mark.parametrize("name", DEEDS)
def test_each_role_does_exactly_what_the_matrix_allows(name: str, on_sqlite: Theatre) -> None:
    """Allowed it succeeds; refused it changes nothing and leaves a refusal in the trail, or shows nothing."""
    cells = [*_cells(DEEDS[name], MATRIX[name], on_sqlite.stage)]
    assert len(cells) >= len(Role)
    assert _play(DEEDS[name], cells, on_sqlite) == []


@pytest.mark.parametrize("name", OF_A_SITE)
def test_the_same_walls_stand_on_postgresql(name: str, on_postgresql: Theatre) -> None:
    """For every deed about a site's records and whoever may do it somewhere: their own site, another, an emergency."""
    may = [cell for cell in _cells(DEEDS[name], MATRIX[name], on_postgresql.stage) if cell.somewhere]
    # Who else may do it at their own site was asked on the other kind of database: no wall stands there.
    cells = [cell for cell in may if not (cell.may and cell.actor.role is Role.STAFF and DEEDS[name].writes)]
    assert cells
    assert _play(DEEDS[name], cells, on_postgresql) == []


@dataclass(frozen=True)
class Cell:
    """One role at one place, and whether it is allowed there."""

    actor: Actor
    place: Place
    may: bool
    label: str
    somewhere: bool
    """Whether this role may do it at some place."""


def _cells(deed: Deed, row: Row, stage: Stage) -> Iterator[Cell]:
    for role, actor in stage.actors.items():
        word = row.word(role)
        yield Cell(actor, stage.north, word != "no", f"{role} at their own site", word != "no")
        if deed.of_a_site:
            yield Cell(actor, stage.south, word == "every", f"{role} at another site", word != "no")
    if deed.of_a_site:
        may = row.word(Role.CLINICIAN) != "no"
        yield Cell(stage.abroad(), stage.south, row.in_emergency, "clinician in an emergency", may)
    for role in (Role.STAFF, Role.MANAGER, Role.ADMINISTRATOR) if row.in_emergency else ():
        if row.word(role) != "every":
            claims = replace(stage.actors[role], patients=stage.abroad().patients)
            yield Cell(claims, stage.south, False, f"{role} claiming an emergency", row.word(role) != "no")


def _play(deed: Deed, cells: list[Cell], theatre: Theatre) -> list[str]:
    """What is wrong, a sentence each."""
    wrong: list[str] = []
    with theatre.shared():
        before = sizes()
        for cell in cells:
            if not cell.may:
                wrong += _must_be_refused(deed, cell, theatre.stage, before)
            elif not deed.writes:
                wrong += _must_succeed(deed, cell, theatre.stage, before)
    for cell in cells if deed.writes else ():
        if cell.may:
            with theatre.copy():
                wrong += _must_succeed(deed, cell, theatre.stage, {})
    return wrong


def _must_be_refused(deed: Deed, cell: Cell, stage: Stage, before: Sizes) -> list[str]:
    noted, label = _newest(), cell.label
    try:
        CALLED[deed.name](cell.actor, stage, cell.place)
    except NotShown:
        return [] if sizes() == before else [f"{label}: something was changed"]
    except (Forbidden, NotFound):
        told = _since(noted)
        wrong = [] if sizes() == before else [f"{label}: refused, and something was changed"]
        if [(event.deed, event.person_id) for event in told] != [("refused", cell.actor.person_id)]:
            wrong.append(f"{label}: the trail says {[event.deed for event in told]}")
        elif told[0].record_id not in {permission.value for permission in deed.needs}:
            wrong.append(f"{label}: the refusal names {told[0].record_id}")
        return wrong
    return [f"{label}: was let through"]


def _must_succeed(deed: Deed, cell: Cell, stage: Stage, before: Sizes) -> list[str]:
    noted, label = _newest(), cell.label
    try:
        CALLED[deed.name](cell.actor, stage, cell.place)
    except (Forbidden, NotFound, NotShown) as why:
        return [f"{label}: {type(why).__name__} {why}"]
    told = _since(noted)
    wrong = [f"{label}: a refusal in the trail" for event in told if event.deed == "refused"]
    if not deed.writes and sizes() != before:
        wrong.append(f"{label}: reading changed something")
    own = [event.deed for event in told if event.kind != "read"]
    left = [each for each in own if each != "export:make"]
    if deed.writes and not own:
        wrong.append(f"{label}: nothing of its own in the trail")
    if not deed.writes and left:
        wrong.append(f"{label}: only looked, and the trail says {left}")
    if label.endswith("emergency") and (stray := [event.deed for event in told if event.purpose != "emergency"]):
        wrong.append(f"{label}: without the purpose: {stray}")
    return wrong


def _newest() -> int:
    with reading() as session:
        return int(session.scalar(select(func.max(col(AuditEvent.id)))) or 0)


def _since(noted: int) -> list[AuditEvent]:
    """What was noted since, but for what the trail says of itself: a copy of a database is one without its anchor."""
    since = select(AuditEvent).where(col(AuditEvent.id) > noted, col(AuditEvent.deed) != "audit:anchor-lost")
    with reading() as session:
        return list(session.scalars(since))
