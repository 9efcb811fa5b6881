"""What is stored can be read with the clinic's key only: in files, journals, backups, dumps and the server's folder."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text
from sqlmodel import Session, select

from db import keys, queries, sqlite
from db.backup import backup
from db.columns import folded
from db.engine import engine, file_url, forget
from db.records import change, insert_many
from db.schema import _configuration, upgrade
from db.sealed import Tampered, seal, unseal
from db.tables import Patient
from tests.cast import Clinic, a_runner
from tests.db.rows import a_patient
from tests.postgres import SUPERUSER, Postgres, binaries_on_path
from tests.sessions import reading, transaction

PLANTED = {
    "given_name": "Quirzella",
    "family_name": "Zyxsealova",
    "record_number": "ZYX-90817",
    "phone": "555-0134-776",
    "postal_code": "97599-0042",
    "date_of_birth": date(1971, 8, 23),
}
WORDS = [str(word) for word in PLANTED.values()]
FOLDED = [word.casefold() for word in WORDS]


@pytest.fixture
def planted(clinic: Clinic) -> Patient:
    """A patient whose every identifier is a word that occurs nowhere else."""
    with transaction() as session:
        return a_patient(session, clinic, **PLANTED)


def found_in(*places: Path) -> list[str]:
    """The files under some places that hold a planted word, and which."""
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()]
    held = {file: file.read_bytes() for file in files}
    assert sum(map(len, held.values())) > 10_000, "nothing was looked through"
    spellings = {coded for word in {*WORDS, *FOLDED} for coded in (word.encode(), word.encode("utf-16-le"))}
    return [f"{file.name}: {word!r}" for file, content in held.items() for word in spellings if word in content]


only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@only_sqlite
def test_no_file_of_the_embedded_database_holds_a_name(planted: Patient, home: Path, tmp_path: Path):
    """Not the database, its journal, its index, a backup, nor a copy made in SQL; and every row is there for us."""
    backup(tmp_path / "monday.backup")
    with closing(sqlite.connect(home / "clinic.sqlite")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "vacuumed"),))
        assert {file.name for file in home.iterdir()} >= {f"clinic.sqlite{end}" for end in ("", "-wal", "-shm")}
        assert found_in(home, tmp_path / "monday.backup", tmp_path / "vacuumed") == []
        assert connection.execute("SELECT family_name FROM patient").fetchall() == [(PLANTED["family_name"],)]


@only_sqlite
def test_sorting_and_vacuuming_leave_no_temporary_file(planted: Patient, home: Path, monkeypatch: pytest.MonkeyPatch):
    """What the database would put aside while it sorts stays in memory."""
    with reading() as session:
        assert session.execute(text("PRAGMA temp_store")).scalar_one() == 2
    with closing(sqlite.connect(home / "clinic.sqlite")) as connection:
        assert connection.execute("PRAGMA temp_store").fetchone() == (2,)
        assert connection.execute("PRAGMA cipher_version").fetchone() is not None


@only_sqlite
def test_the_plain_driver_can_read_nothing(planted: Patient, home: Path):
    """Whoever copies the file has noise: it does not even begin like a database."""
    assert not sqlite.is_plain(home / "clinic.sqlite")
    with closing(sqlite3.connect(home / "clinic.sqlite")) as thief, pytest.raises(sqlite3.DatabaseError):
        thief.execute("SELECT * FROM patient")


@only_sqlite
def test_another_key_is_one_clear_line(planted: Patient, home: Path):
    """Not "no database": the key does not fit, and both cures are said."""
    forget(file_url(home / "clinic.sqlite"))
    with (
        keys.instead(b"x" * 32),
        pytest.raises(keys.WrongKey, match="the key does not fit this file") as refusal,
        reading() as session,
    ):
        session.execute(text("SELECT 1"))
    assert len(str(refusal.value).splitlines()) == 1
    forget(file_url(home / "clinic.sqlite"))


@only_sqlite
def test_one_flipped_bit_is_found(planted: Patient, home: Path, tmp_path: Path):
    """In whichever page of the file."""
    backup(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for page in range(0, len(whole) // 4096, 7):
        spoiled = tmp_path / f"spoiled-{page}"
        content = bytearray(whole)
        content[page * 4096 + 1234] ^= 1
        spoiled.write_bytes(content)
        assert wrong_with(spoiled) != [], page
    assert wrong_with(tmp_path / "whole") == []


def wrong_with(file: Path) -> list[object]:
    """What the database itself has to say against a file, every page read."""
    try:
        with closing(sqlite.connect(file)) as connection:
            found = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            return found + [told for told in connection.execute("PRAGMA integrity_check") if told != ("ok",)]
    except (keys.WrongKey, sqlite.driver.DatabaseError) as error:
        return [error]


@only_postgresql
def test_no_dump_and_no_file_of_the_server_holds_a_name(
    planted: Patient, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clinic: Clinic
):
    """Also after a correction, in rows stored in bulk, and once everything is written to the disk."""
    monkeypatch.setenv("PATH", binaries_on_path())
    with transaction() as session:
        runner = session.exec(select(Patient)).one()
        change(session, clinic.doer("noor"), runner, 1, "patient:correct", family_name="Zyxsealova-Newly")
        row = a_runner(clinic.sites["north"], **{**PLANTED, "record_number": "ZYX-1"}).model_dump(exclude={"id"})
        insert_many(session, Patient, [row])
    with psycopg.connect(postgres.url("postgres", SUPERUSER), autocommit=True) as desk:
        desk.execute("CHECKPOINT")
    backup(tmp_path / "monday.dump")
    assert found_in(postgres.folder / "cluster", tmp_path / "monday.dump") == []
    dumped = tmp_path / "monday.sql"
    subprocess.run(["pg_restore", f"--file={dumped}", str(tmp_path / "monday.dump")], check=True, capture_output=True)
    assert "COPY public.patientindex" in dumped.read_text()
    assert found_in(dumped) == []


def test_a_patient_comes_back_as_registered(planted: Patient):
    """Read by class or column by column, on both databases."""
    with reading() as session:
        found = session.exec(select(Patient)).one()
        columns = session.exec(select(Patient.family_name, Patient.record_number, Patient.date_of_birth)).one()
    assert {name: getattr(found, name) for name in PLANTED} == PLANTED
    assert columns == tuple(PLANTED[name] for name in ("family_name", "record_number", "date_of_birth"))


@only_postgresql
@pytest.mark.parametrize("column", [*PLANTED, "fitting"])
def test_a_sealed_value_of_another_row_is_refused(planted: Patient, clinic: Clinic, column: str):
    """Somebody with the database in hands cannot give one patient another's name, birth day, number or telephone."""
    with transaction() as session:
        other = a_patient(session, clinic, "south", family_name="Otherova", phone="1", postal_code="2")
        session.execute(text("ALTER TABLE patient DROP CONSTRAINT uq_patient_record_number"))
        moved = f"UPDATE patient SET {column} = (SELECT {column} FROM patient WHERE id = :one) WHERE id = :other"
        session.execute(text(moved), {"one": planted.id, "other": other.id})
    with pytest.raises(Tampered, match=f"patient {other.id}"), reading() as session:
        queries.patient(session, other.id or 0, None)


@only_postgresql
@pytest.mark.parametrize(
    "deed",
    [
        "SET given_name = family_name",
        "SET family_name = phone",
        "SET date_of_birth = given_name",
        "SET phone = set_byte(phone, 30, get_byte(phone, 30) # 1)",
        "SET given_name = set_byte(given_name, 3, get_byte(given_name, 3) # 128)",
        "SET record_number = set_byte(record_number, 5, get_byte(record_number, 5) # 4)",
        "SET postal_code = substring(postal_code from 1 for 20)",
        "SET fitting = set_byte(fitting, 0, get_byte(fitting, 0) # 1)",
        "SET fitting = NULL",
        "SET fitting = ''",
        "SET family_name = substring(family_name from 1 for 1)",
    ],
)
def test_a_sealed_value_that_was_changed_or_moved_to_another_column_is_refused(planted: Patient, deed: str):
    """One flipped bit is enough; the message names the place and no content."""
    with transaction() as session:
        session.execute(text(f"UPDATE patient {deed}"))
    with pytest.raises(Tampered) as refusal, reading() as session:
        session.scalars(select(Patient)).all()
    assert not any(word in str(refusal.value) for word in WORDS)


@only_postgresql
def test_a_database_sealed_with_another_key_says_so(planted: Patient):
    """Before a name is shown or written."""
    with keys.instead(b"x" * 32), pytest.raises(keys.WrongKey), reading() as session:
        session.scalars(select(Patient)).all()


@only_postgresql
def test_the_same_name_twice_is_not_the_same_bytes(clinic: Clinic):
    """Nobody sees that two patients have a name, birth day or telephone in common; a record number is there once."""
    with transaction() as session:
        for _ in range(2):
            a_patient(session, clinic, phone="1")
        for column in ("given_name", "family_name", "date_of_birth", "phone", "postal_code", "fitting"):
            counted = text(
                f"SELECT count(DISTINCT {column}), min(length({column})), max(length({column})) FROM patient"
            )
            number, shortest, longest = session.execute(counted).one()
            assert (number, shortest == longest) == (2, True), column


def test_rows_of_the_release_before_are_sealed_when_it_is_upgraded(
    empty_database: str, request: pytest.FixtureRequest, home: Path
):
    """Everybody is found again; on PostgreSQL no file of the table holds a name, a birth day or a number any more."""
    with engine(empty_database).begin() as connection:
        command.upgrade(_configuration(connection), "0003")
        at = "'2026-03-01', '2026-03-01'"
        connection.execute(text(f"INSERT INTO site VALUES (1, {at}, 1, 'north', 'North Harbor', 'OR')"))
        columns = "version, created_at, updated_at, record_number, given_name, family_name, date_of_birth, sex_at_birth"
        keys_of = "phone, site_id, family_key, given_key, record_key"
        for number in range(1, 6):
            row = f"1, {at}, 'ZYX-{number}', 'Quirzella', 'Zyxsealóva{number}', '1971-08-23', 'female', '555-0134-776'"
            found_by = f"1, 'zyxsealova{number}', 'quirzella', 'zyx-{number}'"
            connection.execute(text(f"INSERT INTO patient ({columns}, {keys_of}) VALUES ({row}, {found_by})"))
    upgrade(empty_database)
    with reading() as session:
        found = queries.patients_starting(session, "zyxseal quir", None)
        assert [one.record_number for one in found] == [f"ZYX-{number}" for number in range(1, 6)]
        assert {(one.phone, one.postal_code, one.date_of_birth) for one in found} == {
            ("555-0134-776", "", date(1971, 8, 23))
        }
        same = queries.candidates_alike(session, queries.Wanted("quirzella", "Zyxsealova3"), None)
        assert {one.record_number for one in same} == {f"ZYX-{number}" for number in range(1, 6)}
        assert queries.patients_called_by(session, "4776", "", None, 9) == found
        assert queries.patients_born(session, [date(1971, 8, 23)], "zyxsealova3", None, 9) == found[2:3]
    if empty_database.startswith("sqlite"):
        assert found_in(home) == []
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = make_url(empty_database).database or ""
    with psycopg.connect(postgres.url(name, SUPERUSER), autocommit=True) as desk:
        desk.execute("CHECKPOINT")
        [[number]] = desk.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchall()
    assert found_in(postgres.folder / "cluster" / "base" / str(number)) == []


WORDS_OF_A_NAME = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=90)


@given(words=WORDS_OF_A_NAME, steady=st.booleans())
def test_what_is_sealed_comes_back_and_fits_one_place_and_key_only(words: str, steady: bool):
    """Whatever the name."""
    key, other = b"k" * 32, b"o" * 32
    there = seal(words, "patient.given_name", key, steady)
    assert unseal(there, "patient.given_name", key, steady) == words
    assert (seal(words, "patient.given_name", key, steady) == there) == steady
    with pytest.raises(Tampered):
        unseal(there, "patient.family_name", key, steady)
    with pytest.raises((Tampered, keys.WrongKey)):
        unseal(there, "patient.given_name", other, steady)


@given(words=WORDS_OF_A_NAME, place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_sealed_value_is_found(words: str, place: int, bit: int):
    """Wherever it is."""
    key = b"k" * 32
    there = bytearray(seal(words, "patient.phone", key))
    there[place % len(there)] ^= 1 << bit
    with pytest.raises((Tampered, keys.WrongKey)):
        unseal(bytes(there), "patient.phone", key)


LETTERS = st.sampled_from("aábcçdeéfğhiíjklłmnñoøöprsšßtuüvwyzżæ'-AÁBŁØ")
NAME = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=3).map(" ".join)
RECORD = st.text(st.sampled_from("ABCxyz0123456789-/"), min_size=2, max_size=14)


@st.composite
def searches(draw: st.DrawFn) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Some runners (given, family, number), and what a desk would type to find one of them."""
    runners = draw(st.lists(st.tuples(NAME, NAME, RECORD), min_size=1, max_size=8, unique_by=(lambda one: one[2],)))
    typed = []
    for _ in range(draw(st.integers(1, 5))):
        given_name, family, number = draw(st.sampled_from(runners))
        words = draw(st.sampled_from([family, given_name, number, f"{family} {given_name}", f"{given_name} {family}"]))
        parts = [word[: draw(st.integers(2, max(2, len(word))))] for word in words.split()]
        typed.append(" ".join(parts).swapcase() if draw(st.booleans()) else " ".join(parts))
    # One letter is no search where names are sealed: no start of one letter is kept.
    return runners, [words for words in typed if max(map(len, folded(words).split()), default=0) > 1] or [runners[0][2]]


@pytest.fixture(scope="module")
def both(
    sqlite_templates: dict[bool, Path],
    postgres: Postgres,
    postgres_templates: dict[bool, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[str]:
    """The URLs of one database of either kind, each with the cast in it."""
    file = tmp_path_factory.mktemp("both") / "clinic.sqlite"
    shutil.copy(sqlite_templates[True], file)
    return [file_url(file), postgres.url(postgres.make(postgres_templates[True]))]


class Undone(Exception):  # noqa: N818 - what happened
    """Ends a transaction without keeping it."""


@contextmanager
def undone(url: str) -> Iterator[Session]:
    """A session whose writes are never kept."""
    try:
        with transaction(url) as session:
            yield session
            raise Undone
    except Undone:
        pass


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(searched=searches())
def test_both_databases_find_the_same_patients_in_the_same_order(
    both: list[str], searched: tuple[list[tuple[str, str, str]], list[str]]
):
    """By the start of any name or number, with accents or without, several words, whole or cut, at one site or all."""
    runners, typed = searched
    found = []
    for url in both:
        with undone(url) as session:
            sites = sorted(queries.sites(session), key=lambda site: site.code)
            for count, (given_name, family, number) in enumerate(runners):
                names = {"given_name": given_name, "family_name": family, "record_number": number}
                session.add(a_runner(sites[count % 2], **names, date_of_birth=date(1990, 1, 1 + count % 3)))
            session.flush()
            told: list[object] = []
            for words in typed:
                for seen in (None, [sites[0].id or 0]):
                    told.append([one.record_number for one in queries.patients_starting(session, words, seen, 6)])
            for given_name, family, _ in runners:
                sought = queries.Wanted(given_name.upper(), family, date(1990, 1, 2))
                told.append(sorted(one.record_number for one in queries.candidates_alike(session, sought, None)))
            found.append(told)
    assert found[0] == found[1]
    assert any(found[0])
