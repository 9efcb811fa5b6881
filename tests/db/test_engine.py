"""Which database is in use, how it is opened, and what a transaction promises."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError
from sqlmodel import select

from db import engine as engines
from db import sqlite
from db.engine import active_database, choose_database, database_url, engine
from db.records import insert
from db.tables import Draft, Patient, Row, Site
from tests.cast import NOBODY_YET, Clinic, a_runner
from tests.sessions import reading, transaction


def test_before_a_choice_the_clinics_own_file_is_meant_and_nothing_is_active(home: Path):
    """A first start can tell that nobody chose yet."""
    assert active_database() is None
    assert database_url() == f"sqlite:///{home / 'clinic.sqlite'}"


@pytest.mark.parametrize("choice", ["clinic", "demo"])
def test_a_choice_is_remembered_and_names_its_own_file(home: Path, choice: engines.Choice):
    """The demo and the clinic never share a file."""
    choose_database(choice)
    assert active_database() == choice
    assert database_url() == f"sqlite:///{home / choice}.sqlite"


def test_a_choice_can_be_changed(home: Path):
    """From the demo to the real clinic and back."""
    for choice in ("demo", "clinic", "demo"):
        choose_database(choice)
        assert active_database() == choice


def test_what_this_process_chose_holds_at_once_however_seldom_it_looks(home: Path):
    """What another process chose is noticed with the next look."""
    choose_database("demo")
    engines.look_every(3600)
    try:
        assert active_database() == "demo"
        choose_database("clinic")
        assert active_database() == "clinic"
        (home / "active").write_text("demo\n")
        assert active_database() == "clinic"
    finally:
        engines.look_every(0)
    assert active_database() == "demo"


def test_there_is_no_third_database(home: Path):
    """A typing error does not make a new, empty clinic."""
    with pytest.raises(ValueError, match="clinic, demo"):
        choose_database("clinc")  # type: ignore[arg-type]
    assert active_database() is None


def test_an_address_given_from_outside_wins(home: Path, monkeypatch: pytest.MonkeyPatch):
    """DATABASE_URL decides, whatever was chosen on the screen."""
    choose_database("demo")
    monkeypatch.setenv("DATABASE_URL", "postgresql://clinic@server/backstride")
    assert (active_database(), database_url()) == ("external", "postgresql://clinic@server/backstride")


def test_another_kind_of_database_is_refused_with_what_would_work(home: Path):
    """The message names what was given and what can be."""
    with pytest.raises(ValueError, match=r"'mysql'.*postgresql:// or sqlite:///"):
        engine("mysql://server/clinic")


def test_an_old_sqlite_is_refused_with_the_cure():
    """Before 3.51.3 two writers could corrupt the file: nothing is opened with it."""
    with pytest.raises(sqlite.UnsafeSqlite, match=r"3\.51\.2 .* 3\.51\.3 .* pip install"):
        sqlite.require_safe((3, 51, 2))
    sqlite.require_safe((3, 51, 3))


def test_a_file_is_readable_by_its_owner_only(home: Path):
    """The database, its log and its folder belong to whoever runs Backstride."""
    with transaction() as session:
        session.execute(text("CREATE TABLE made (x INTEGER)"))
        kept = [home, *home.glob("clinic.sqlite*")]
        assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept} == {0}
        assert len(kept) >= 3


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 30_000), ("foreign_keys", 1)],
)
def test_every_connection_is_durable_and_patient(home: Path, pragma: str, value: object):
    """Write-ahead log, full synchronisation, 30 s of patience, keys enforced: for writers and readers alike."""
    with transaction() as writer, reading() as reader:
        found = [session.execute(text(f"PRAGMA {pragma}")).scalar() for session in (writer, reader)]
    assert found == [value, value]


def test_an_engine_is_made_once_for_all_threads(database: str):
    """Screens run in threads; they share the connections."""
    with ThreadPoolExecutor(8) as threads:
        assert len({id(made) for made in threads.map(lambda _: engine(), range(40))}) == 1


def test_a_transaction_is_all_or_nothing(database: str):
    """What was written before the error is gone after it."""
    with pytest.raises(IntegrityError), transaction() as session:
        session.add_all([Site(code="north", name="North Harbor"), a_runner(Site(id=404, code="none", name="none"))])
    with reading() as session:
        assert session.exec(select(Site)).all() == []


def test_what_was_committed_is_seen_by_the_next_reader(database: str):
    """Read after write."""
    with transaction() as session:
        session.add(Site(code="north", name="North Harbor"))
    with reading() as session:
        assert session.exec(select(Site.code)).all() == ["north"]


def test_a_reader_can_change_nothing(database: str):
    """Not even by mistake: the database itself refuses."""
    with pytest.raises(SQLAlchemyError, match=r"read-?only"), reading() as session:
        session.execute(text("INSERT INTO site (version, code, name, state) VALUES (1, 'north', '', '')"))


def test_a_reader_sees_one_moment(database: str):
    """What is committed while a page is being read does not make its halves disagree."""
    with reading() as session:
        assert session.exec(select(Site)).all() == []
        with ThreadPoolExecutor(1) as other:
            other.submit(add_a_site).result()
        assert session.exec(select(Site)).all() == []


def add_a_site() -> None:
    """Someone else's write."""
    with transaction() as session:
        session.add(Site(code="south", name="Southgate"))


def test_a_transaction_inside_a_transaction_is_refused_at_once(home: Path):
    """It could only wait for itself; the message says what to do instead."""
    with pytest.raises(RuntimeError, match="pass the session on"), transaction(), transaction():
        pass


def test_a_refused_transaction_does_not_block_the_next(home: Path):
    """After the refusal everything works again."""
    with pytest.raises(RuntimeError), transaction(), transaction():
        pass
    with transaction() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1


def test_a_row_cannot_refer_to_a_row_that_is_not_there(database: str):
    """Foreign keys hold on both databases."""
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(a_runner(Site(id=404, code="none", name="none")))


def test_an_error_says_nothing_of_the_patient(clinic: Clinic):
    """A refused row is not quoted: not its name, not its date of birth, whichever database refused it."""
    twice = [a_runner(clinic.sites["north"], given_name="Secretia", date_of_birth=date(1977, 7, 7)) for _ in range(2)]
    with pytest.raises(IntegrityError) as caught, transaction() as session:
        session.add_all(twice)
    assert not {"Secretia", "Testova", "1977", "TEST-0001"} & set(words_of(caught.value))


def words_of(error: BaseException | None) -> Iterator[str]:
    """Everything a log would print of an error and of what caused it, cut into words."""
    while error is not None:
        for sign in "(),='\"[]":
            text_of = f"{error} {error.args}".replace(sign, " ")
        for word in text_of.replace("-", " ").split():
            yield word.strip("(),='\"[].")
        error = error.__cause__ or error.__context__


def test_a_moment_comes_back_as_the_same_moment_in_utc(database: str):
    """Entered in Tokyo, read in UTC, on both databases."""
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=tokyo)
    with transaction() as session:
        session.add(Site(code="north", name="North Harbor", created_at=moment))
    with reading() as session:
        stored = session.exec(select(Site.created_at)).one()
    assert (stored, stored.utcoffset()) == (moment, timedelta(0))


def test_a_moment_without_a_zone_is_refused(database: str):
    """08:30 where? It is not guessed."""
    naive = update(Row.metadata.tables["site"]).values(created_at=datetime(2026, 3, 1))
    with pytest.raises(StatementError, match="needs a time zone"), transaction() as session:
        session.execute(naive)


def test_a_document_comes_back_as_it_went_in(clinic: Clinic):
    """Order of keys, nulls, accents and every digit of a number survive, on both databases."""
    answers = {"z": 1, "a": [0.1 + 0.2, 1e-7, 12.0], "ü": None, "mix": {"road": 60, "trail": 40}}
    with transaction() as session:
        runner = insert(session, NOBODY_YET, a_runner(clinic.sites["north"]), "patient:register")
        draft = Draft(patient_id=runner.id, owner_id=clinic.people["noor"].id, answers=answers)
        session.add(draft)
    with reading() as session:
        kept = session.exec(select(Draft.answers)).one()
    assert (kept, list(kept)) == (answers, list(answers))


def test_the_day_of_birth_has_no_time_zone(clinic: Clinic):
    """A date stays the same date everywhere."""
    born = date(1990, 5, 17)
    with transaction() as session:
        insert(session, NOBODY_YET, a_runner(clinic.sites["north"], date_of_birth=born), "patient:register")
    with reading() as session:
        assert session.exec(select(Patient.date_of_birth)).one() == born


def test_now_is_utc():
    """The moment a record is made is known everywhere."""
    assert Site(code="x", name="x").created_at.tzinfo is UTC


class Refusing:
    """A connection that says a few times that the file is locked."""

    def __init__(self, *says: str) -> None:
        self.says, self.asked = list(says), 0

    def execute(self, _statement: str) -> None:
        """Refuse while there is something left to say."""
        self.asked += 1
        if self.says:
            raise sqlite.driver.OperationalError(self.says.pop())


def test_a_new_file_that_two_turn_to_its_log_at_once_is_asked_again():
    """SQLite refuses the second without waiting; any other refusal is told at once."""
    crowded = Refusing("database is locked", "database is locked")
    sqlite._insist(crowded, "PRAGMA journal_mode = WAL")
    assert crowded.asked == 3
    broken = Refusing("disk I/O error")
    with pytest.raises(sqlite.driver.OperationalError, match="disk"):
        sqlite._insist(broken, "PRAGMA journal_mode = WAL")
    assert broken.asked == 1
