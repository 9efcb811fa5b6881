"""Files of an older Backstride, stored in plain: sealed when they are upgraded, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import shutil
import signal
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from db import conversion, keys, sqlite
from db.__main__ import main
from db.backup import restore
from db.engine import choose_database, file_of, file_url, forget
from db.schema import newest_revision, state, upgrade
from db.sqlite import NotSealed, driver, is_plain
from db.tables import Patient
from tests.cast import Clinic, a_runner, settle
from tests.db.killing import a_child, deadly, ended
from tests.db.killing import home as home
from tests.sessions import reading, transaction

NAME = "Plantedova"


def a_plain_copy(sealed: Path, file: Path) -> None:
    """What an older Backstride would have left: the same rows in a file that is not sealed, and a journal of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite.connect(sealed)) as source:
        source.execute("ATTACH DATABASE ? AS plain KEY ''", (str(file),))
        source.execute("SELECT sqlcipher_export('plain')")
        source.execute("DETACH DATABASE plain")


def names(url: str) -> list[str]:
    """Every family name stored."""
    with reading(url) as session:
        return sorted(session.exec(select(Patient.family_name)).all())


@pytest.fixture(scope="module")
def plain_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in plain with the cast and two runners in it."""
    folder = tmp_path_factory.mktemp("plain")
    url = file_url(folder / "sealed.sqlite")
    upgrade(url)
    with transaction(url) as session:
        settle(session, clinic := Clinic(url))
        session.add_all([a_runner(clinic.sites["north"], n, family_name=NAME) for n in (1, 2)])
    forget(url)
    a_plain_copy(folder / "sealed.sqlite", folder / "plain.sqlite")
    return folder / "plain.sqlite"


@pytest.fixture
def plain(home: Path, plain_template: Path) -> Path:
    """The clinic's file in plain, with a journal whose last write is not in the file yet."""
    choose_database("clinic")
    file = file_of("clinic")
    shutil.copy(plain_template, file)
    with closing(driver.connect(str(file), isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(f"UPDATE patient SET phone = '{NAME}'")
        shutil.copy(f"{file}-wal", home / "journal")
    shutil.copy(home / "journal", f"{file}-wal")
    (home / "journal").unlink()
    return file


def left_in(folder: Path) -> list[str]:
    """The files in which the planted name can be read."""
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and NAME.encode() in file.read_bytes())


def test_an_upgrade_seals_a_file_in_plain_and_says_so(plain: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    """Every row is there, nothing can be read from any file any more, and old backups are spoken of."""
    assert left_in(home) != []
    assert (state(), main(["upgrade"])) == ("behind", 0)
    said = capsys.readouterr().err
    assert str(plain) in said
    assert "Backups made before are still in plain" in said
    assert (state(), names(file_url(plain))) == ("current", [NAME, NAME])
    forget(file_url(plain))
    assert left_in(home) == []
    assert not is_plain(plain)
    assert sorted(file.name for file in home.iterdir() if "sealing" in file.name or ".old" in file.name) == []
    assert main(["upgrade"]) == 0
    assert "plain" not in capsys.readouterr().err


def test_before_the_upgrade_the_cure_is_said(plain: Path):
    """Opening the file would not seal it; one line says what does."""
    with pytest.raises(NotSealed, match="python -m db upgrade"), reading() as session:
        session.execute(text("SELECT 1"))


def test_what_was_in_plain_is_overwritten_before_its_space_is_given_back(plain: Path, home: Path):
    """A second name of the old file, as an undeleting tool would find it, holds zeros only; so does its journal."""
    os.link(plain, home.parent / "file")
    os.link(f"{plain}-wal", home.parent / "journal")
    upgrade()
    for found in (home.parent / "file", home.parent / "journal"):
        assert set(found.read_bytes()) == {0}, found


def test_a_file_in_use_is_left_alone(plain: Path, monkeypatch: pytest.MonkeyPatch):
    """An older server still runs: it is asked to be stopped, and nothing has changed."""
    monkeypatch.setattr(conversion, "PATIENCE_SECONDS", 0.2)
    with closing(driver.connect(str(plain), isolation_level=None)) as older:
        older.execute("SELECT count(*) FROM patient").fetchone()
        with pytest.raises(conversion.InUse, match="stop the server"):
            upgrade()
    assert is_plain(plain)
    assert upgrade() == newest_revision()


def test_several_that_upgrade_at_once_all_succeed(plain: Path, home: Path):
    """One seals, the others find it done, and none puts a file of its own in its place."""
    for _ in range(3):
        children = [a_child(lambda: conversion.seal_if_plain(plain)) for _ in range(4)]
        assert [ended(child) for child in children] == [0] * 4
        assert names(file_url(plain)) == [NAME, NAME]
        forget(file_url(plain))
        assert left_in(home) == []


STEPS = (
    *((sqlite, name) for name in ("make_private", "unlock")),
    *((conversion, name) for name in ("copy_sealed", "_keep_names", "_overwrite", "finish", "_link_journal", "_sizes")),
    *((os, name) for name in ("link", "fsync")),
    *((Path, name) for name in ("replace", "unlink")),
)


@pytest.mark.parametrize(("holder", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_the_next_upgrade_finishes_it(holder: Any, name: str, when: str, plain: Path, home: Path):
    """The rows are there, sealed, and nothing is left in plain anywhere, nor given back without being overwritten."""
    for file, second in ((plain, "file"), (Path(f"{plain}-wal"), "journal")):
        os.link(file, home.parent / second)

    def die() -> None:
        setattr(holder, name, deadly(holder, name, when))
        conversion.seal_if_plain(plain)

    assert ended(a_child(die)) == -signal.SIGKILL
    assert upgrade() == newest_revision()
    assert names(file_url(plain)) == [NAME, NAME]
    forget(file_url(plain))
    assert left_in(home.parent) == []
    assert [file.name for file in home.iterdir() if "sealing" in file.name or ".old" in file.name] == []


def test_killed_at_random_moments_nothing_is_lost(plain_template: Path, home: Path):
    """A loop of kills: always the whole plain file or the whole sealed one, and a last upgrade ends it."""
    choose_database("clinic")
    file, chance, kills = file_of("clinic"), random.Random(7), 0
    for _ in range(12):
        shutil.copy(plain_template, file)
        child = a_child(lambda: conversion.seal_if_plain(file))
        sleep(chance.random() * 0.05)
        os.kill(child, signal.SIGKILL)
        kills += ended(child) == -signal.SIGKILL
        upgrade()
        assert names(file_url(file)) == [NAME, NAME]
        forget(file_url(file))
        assert left_in(home) == []
    assert kills > 0


def test_an_old_backup_in_plain_can_still_be_restored(plain_template: Path, home: Path, tmp_path: Path):
    """Its rows come back into a sealed file; the backup itself stays as it is."""
    choose_database("clinic")
    upgrade()
    before = plain_template.read_bytes()
    restore(plain_template)
    assert (names(file_url(file_of("clinic"))), state()) == ([NAME, NAME], "current")
    forget(file_url(file_of("clinic")))
    assert left_in(home) == []
    assert plain_template.read_bytes() == before


def test_a_restore_over_a_file_in_plain_keeps_it_sealed(plain: Path, plain_template: Path, home: Path):
    """What a restore keeps beside is sealed as well."""
    kept = restore(plain_template)
    assert kept is not None
    assert not is_plain(kept)
    assert left_in(home) == []
    forget(file_url(plain))
    with closing(sqlite.connect(kept)) as found:
        assert found.execute("SELECT DISTINCT phone FROM patient").fetchall() == [(NAME,)]


def test_a_damaged_file_in_plain_is_left_as_it_is(plain: Path):
    """What cannot be copied whole is not replaced."""
    plain.write_bytes(plain.read_bytes()[:5000])
    Path(f"{plain}-wal").unlink()
    before = plain.read_bytes()
    with pytest.raises((driver.DatabaseError, conversion.NotSame, keys.WrongKey)):
        upgrade()
    assert plain.read_bytes() == before
