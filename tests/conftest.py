"""What every test may ask for: an empty home folder, an up-to-date database of either kind, a clinic with its cast."""

from __future__ import annotations

import gc
import os
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dashboard import in_force
from dashboard.casework import following
from db.engine import choose_database, file_url, forget
from db.schema import upgrade
from tests.cast import Clinic, found_again, settle
from tests.postgres import Postgres, running_postgres
from tests.sessions import reading, transaction

# No property is timed. At a desk each run looks at new cases; the continuous integration looks at the same ones, so
# that a change is judged by what it changed.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


# A test makes many short-lived things; looking for circles among them all the time took a sixth of the whole run.
gc.set_threshold(50_000, 20, 50)

# The databases of the tests are sealed like every other. One key for all of them, so that templates can be copied.
os.environ["BACKSTRIDE_KEY"] = b64encode(b"A key for tests, and only tests.").decode()
os.environ.pop("BACKSTRIDE_KEY_FILE", None)


@pytest.fixture(scope="session", autouse=True)
def a_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder for what is written before a test asks for one of its own, so that none is made in the checkout."""
    os.environ["BACKSTRIDE_HOME"] = str(tmp_path_factory.mktemp("nobodys-home"))


@pytest.fixture(autouse=True)
def files_in_force() -> Iterator[None]:
    """Whatever a test put in force, the next one begins with the files shipped."""
    yield
    in_force.follow(None)
    following.forget()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the clinic's files; nothing was chosen in it yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BACKSTRIDE_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server; without its binaries the test fails and says how to get them."""
    try:
        with running_postgres() as server:
            yield server
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def postgres_templates(postgres: Postgres) -> dict[bool, str]:
    """The names of two up-to-date databases to copy: one empty, one (True) with the cast in it."""
    names = {cast: postgres.make() for cast in (False, True)}
    for cast, name in names.items():
        _furnish(postgres.url(name), cast)
    return names


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Two up-to-date database files to copy: one empty, one (True) with the cast in it."""
    folder = tmp_path_factory.mktemp("templates")
    files = {False: folder / "empty.sqlite", True: folder / "cast.sqlite"}
    for cast, file in files.items():
        _furnish(file_url(file), cast)
    return files


def _furnish(url: str, cast: bool) -> None:
    upgrade(url)
    if cast:
        with transaction(url) as session:
            settle(session, Clinic(url))
    forget(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a database without any tables, in use; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield from _in_use_sqlite(home)
    else:
        yield from _in_use_postgresql(request.getfixturevalue("postgres"), "template1", monkeypatch)


EmptyDatabase = Callable[[], str]


@pytest.fixture
def another(empty_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[EmptyDatabase]:
    """Makes one more empty database, of the same kind as the one in use, and gives its URL."""
    made: list[str] = []

    def make() -> str:
        if empty_database.startswith("sqlite"):
            made.append(file_url(tmp_path / f"another{len(made)}.sqlite"))
        else:
            server: Postgres = request.getfixturevalue("postgres")
            made.append(server.url(server.make()))
        return made[-1]

    yield make
    for url in made:
        forget(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an up-to-date database, in use, without rows unless the test asks for the ``clinic``.

    Every test that asks for it runs on both kinds.
    """
    cast = "clinic" in request.fixturenames
    if request.param == "sqlite":
        yield from _in_use_sqlite(home, request.getfixturevalue("sqlite_templates")[cast])
    else:
        template = request.getfixturevalue("postgres_templates")[cast]
        yield from _in_use_postgresql(request.getfixturevalue("postgres"), template, monkeypatch)


@pytest.fixture
def clinic(database: str) -> Clinic:
    """A database with two sites and the cast: Noor, Amina, Bruno, Chidi, Dana, and Mallory who left."""
    made = Clinic(database)
    with reading() as session:
        found_again(session, made)
    return made


def _in_use_sqlite(home: Path, template: Path | None = None) -> Iterator[str]:
    choose_database("clinic")
    file = home / "clinic.sqlite"
    if template is not None:
        shutil.copy(template, file)
    yield file_url(file)
    forget(file_url(file))


def _in_use_postgresql(server: Postgres, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = server.make(template)
    monkeypatch.setenv("DATABASE_URL", server.url(name))
    yield server.url(name)
    forget(server.url(name))
    server.drop(name)


@pytest.fixture
def staffed(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[Path]:
    """A clinic's own file with the cast in it, open; its home folder."""
    for _ in _in_use_sqlite(home, sqlite_templates[True]):
        yield home
