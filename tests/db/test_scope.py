"""Whoever asks, and however they ask: another site's rows are not reached."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import column, delete, func, insert, literal, literal_column, select, table, text, union, update
from sqlalchemy import join as plain_join
from sqlalchemy.exc import InvalidRequestError, ProgrammingError
from sqlalchemy.orm import aliased, join, make_transient, make_transient_to_detached
from sqlalchemy.orm.exc import ObjectDeletedError
from sqlmodel import Session, col

from db.belonging import classes, ways
from db.engine import engine
from db.postgresql import let_through
from db.scope import BeyondTheWalls, NoScope, Scope, program
from db.tables import Assessment, AuditEvent, AuditPatient, Decision, Draft, Episode, Intake, Patient, Person, Referral
from db.walls import Walled
from tests.conftest import _in_use_postgresql, _in_use_sqlite
from tests.db.neighbours import Neighbours, key_of, settle_neighbours
from tests.db.rows import put
from tests.db.shapes import SHAPES, ids
from tests.sessions import reading, transaction

pytestmark = pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")
SEED = 4 if os.environ.get("CI") else random.randrange(1_000_000)
CORE: Any = Patient.__table__  # type: ignore[attr-defined]
WALLED = sorted(kind.__tablename__ for kind in map(classes().get, ways()) if kind)
SCOPES = st.tuples(st.sets(st.sampled_from([0, 1, 2])), st.sets(st.integers(0, 8), max_size=2))


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def neighbours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Three sites with random rows of every kind, once for all the questions asked of them."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("neighbours")
        patch.setenv("BACKSTRIDE_HOME", str(home))
        patch.delenv("DATABASE_URL", raising=False)
        if request.param == "sqlite":
            opened = _in_use_sqlite(home, request.getfixturevalue("sqlite_templates")[True])
        else:
            template = request.getfixturevalue("postgres_templates")[True]
            opened = _in_use_postgresql(request.getfixturevalue("postgres"), template, patch)
        yield settle_neighbours(next(opened), SEED)
        next(opened, None)


@contextmanager
def undone(scope: Scope | None) -> Iterator[Session]:
    """A session that may write, and whose writes are taken back."""
    with transaction(scope=scope) as session:
        yield session
        session.rollback()


def a_scope(neighbours: Neighbours, drawn: tuple[set[int], set[int]]) -> Scope:
    """A person of these sites, with these patients opened."""
    everyone = [patient for place in range(3) for patient in neighbours.patients_of(place)]
    opened = tuple(everyone[number % len(everyone)] for number in sorted(drawn[1]))
    return neighbours.scope(*sorted(drawn[0]), patients=opened)


def by_hand(neighbours: Neighbours, scope: Scope) -> dict[str, list[Any]]:
    """Every row the scope may see, chosen one by one."""
    every = everything(neighbours.url)
    return {name: [row for row in rows if neighbours.may(name, key_of(row), scope)] for name, rows in every.items()}


@cache
def everything(url: str) -> dict[str, list[Any]]:
    """Every row of the kinds that are asked for, read once."""
    kinds = (Patient, Episode, Intake, Assessment, Decision, Referral)
    with reading(url) as session:
        return {str(kind.__tablename__): [*session.scalars(select(kind))] for kind in kinds}


def altered(session: Session, patient_id: int, **values: Any) -> None:
    """Change a patient's row in the session, past db/records.py."""
    row = session.get_one(Patient, patient_id)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def taken_in(session: Session, way: str, row: Patient) -> None:
    """Bring a row of another session into this one, and let it write."""
    getattr(session, way)(row)
    session.flush()


# --- reading


@pytest.mark.parametrize("shape", SHAPES)
def test_however_it_is_asked_only_ones_own_rows_answer(neighbours: Neighbours, shape: str):
    """Whatever sites and opened patients: exactly what a person would pick by hand, no row more and none less."""
    ask, expected = SHAPES[shape]

    @settings(max_examples=8)
    @given(SCOPES)
    def holds(drawn: tuple[set[int], set[int]]) -> None:
        scope = a_scope(neighbours, drawn)
        with reading(neighbours.url, scope) as session:
            assert ask(session) == expected(by_hand(neighbours, scope))

    holds()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_question_does_reach_every_site_where_nothing_holds_it_back(neighbours: Neighbours, shape: str):
    """So that the test above could fail: without the wall the same question answers for all, and for one's own."""
    ask, expected = SHAPES[shape]
    everything, mine = program("a test"), neighbours.scope(0)
    with reading(neighbours.url, everything) as session:
        every = ask(session)
    assert every == expected(by_hand(neighbours, everything))
    with reading(neighbours.url, mine) as session:
        answered = ask(session)
    assert answered != every
    assert answered, "one's own rows are found"


@pytest.mark.parametrize("name", WALLED)
def test_every_table_that_tells_of_patients_is_behind_the_wall(neighbours: Neighbours, name: str):
    """One's own rows, and of a patient opened in an emergency that patient's, and nothing more; by entity and count."""
    kind: Any = next(kind for found, kind in classes().items() if found.name == name)
    opened = neighbours.patients_of(1)[0]
    for scope in (
        neighbours.scope(0),
        neighbours.scope(0, 2),
        neighbours.scope(),
        neighbours.scope(0, patients=(opened,)),
    ):
        with reading(neighbours.url, scope) as session:
            found = {key_of(row) for row in session.scalars(select(kind))}
            counted = session.scalar(select(func.count()).select_from(aliased(kind)))
        assert (found, counted) == (neighbours.seen(kind, scope), len(found))


def test_every_table_has_rows_to_keep_apart(neighbours: Neighbours):
    """Of each walled table some at each site; the one blind index stays empty on SQLite, the other on PostgreSQL."""
    for name in set(WALLED) - {"patientindex", "patientblock"}:
        assert len({site for (found, _), (site, _) in neighbours.whose.items() if found == name}) == 3, name


def test_a_table_is_found_to_tell_of_patients_by_what_it_refers_to():
    """These, and the steps to the row that knows its site; a new table joins them by its foreign key."""
    told = {found.name: " > ".join(step.parent.name for step in way) for found, way in ways().items()}
    assert told == {
        **dict.fromkeys(("patient", "episode", "intake", "referral"), ""),
        **dict.fromkeys(("assessment", "confirmeddiagnosis", "decisionline"), "intake"),
        **dict.fromkeys(("decision", "lowering", "outcome", "knowledgedifference"), "episode"),
        **dict.fromkeys(("draft", "emergencyaccess", "auditpatient", "patientindex", "patientblock"), "patient"),
        "patientmerge": "patient",
        **dict.fromkeys(("draftrevision", "draftlease", "handover", "paperpass"), "draft > patient"),
        "referralmove": "referral",
        "opening": "assessment > intake",
        "differentialplace": "confirmeddiagnosis > intake",
    }


def test_somebody_of_every_site_has_no_wall(neighbours: Neighbours):
    """No filter at all, so that nothing is slower for them, and sites opened later are theirs."""
    with reading(neighbours.url, Scope(neighbours.person_id, None)) as session:
        assert isinstance(session, Walled)
        assert session.wall is None
        assert ids(session.scalars(select(col(Patient.id)))) == ids(neighbours.seen(Patient, program("a test")))


def test_the_audit_trail_tells_a_site_of_its_own_patients_only(neighbours: Neighbours):
    """What is about another site's patient is not read there; what is about nobody is."""
    mine = neighbours.seen(Patient, neighbours.scope(0))
    with reading(neighbours.url) as session:
        about = {
            event: patient for patient, event in session.execute(select(AuditPatient.patient_id, AuditPatient.event_id))
        }
        every = set(session.scalars(select(col(AuditEvent.id))))
    expected = {event for event in every if about.get(event) is None or about[event] in mine}
    with reading(neighbours.url, neighbours.scope(0)) as session:
        found = set(session.scalars(select(col(AuditEvent.id))))
    assert found == expected
    assert expected < every


def test_a_statement_is_compiled_once_for_every_site(neighbours: Neighbours):
    """The ids are values, so that many sites do not crowd each other out of SQLAlchemy's memory."""

    def known() -> int:
        return len(engine_of(neighbours)._compiled_cache)  # type: ignore[arg-type]

    sizes = []
    for place in range(3):
        with reading(neighbours.url, neighbours.scope(place)) as session:
            session.scalars(select(col(Patient.phone)).where(col(Patient.given_name) != "Nobody")).all()
            sizes.append(len(session.get_bind()._compiled_cache))  # type: ignore[union-attr, arg-type]
    assert sizes[0] == sizes[1] == sizes[2]


def engine_of(neighbours: Neighbours) -> Any:
    """The engine that writes."""
    return engine(neighbours.url)


# --- rows that are already there


def hole(session: Session, neighbours: Neighbours) -> Patient:
    """Another site's patient in a session, as if a wall had had a hole."""
    assert isinstance(session, Walled)
    foreign = Patient(id=neighbours.patients_of(1)[0])
    make_transient_to_detached(foreign)
    wall, session.wall = session.wall, None
    session.add(foreign)
    session.wall = wall
    return foreign


def test_another_sites_row_can_neither_be_got_nor_read_again(neighbours: Neighbours):
    """Not by its key, not by refreshing it, not by an attribute that is loaded when it is asked for."""
    foreign, own = neighbours.patients_of(1)[0], neighbours.patients_of(0)[0]
    with reading(neighbours.url, neighbours.scope(0)) as session:
        assert session.get(Patient, foreign) is None
        with pytest.raises(InvalidRequestError):
            session.get_one(Patient, foreign)
        mine = session.get_one(Patient, own)
        session.refresh(mine)
        session.expire(mine)
        assert mine.given_name == "Ines"
    with reading(neighbours.url, neighbours.scope(0)) as session:
        held = hole(session, neighbours)
        with pytest.raises(InvalidRequestError):
            session.refresh(held)
    with reading(neighbours.url, neighbours.scope(0)) as session:
        held = hole(session, neighbours)
        with pytest.raises(ObjectDeletedError):
            _ = held.given_name


def test_a_row_of_another_session_is_not_taken_in(neighbours: Neighbours):
    """Added, deleted or merged: it is read again in the session of whoever wants it, or not at all."""
    with reading(neighbours.url) as session:
        foreign = session.get_one(Patient, neighbours.patients_of(1)[0])
    for way in ("add", "delete", "merge"):
        with pytest.raises((BeyondTheWalls, InvalidRequestError)), undone(neighbours.scope(0)) as session:
            taken_in(session, way, foreign)


# --- writing


def own_and_foreign(neighbours: Neighbours, kind: type[Any]) -> tuple[Any, Any]:
    """A row's key of the first site, and of the second."""
    return min(neighbours.seen(kind, neighbours.scope(0))), min(neighbours.seen(kind, neighbours.scope(1)))


def an_update(kind: Any, key: Any) -> Any:
    """An UPDATE that changes nothing."""
    return update(kind).where(kind.id == key).values(id=kind.id)


WRITES: dict[str, Callable[[Any, Any], Any]] = {
    "an update": an_update,
    "an update of an alias's list": lambda kind, key: update(kind).where(kind.id.in_([key])).values(id=kind.id),
    "an update by a subquery": lambda kind, key: (
        update(kind).where(kind.id.in_(select(kind.id).where(kind.id == key))).values(id=kind.id)
    ),
    "a deletion": lambda kind, key: delete(kind).where(kind.id == key),
}


@pytest.mark.parametrize("kind", [Patient, Draft, Decision, Referral])
@pytest.mark.parametrize("write", [name for name in WRITES if "update" in name])
def test_an_update_does_not_find_another_sites_rows(neighbours: Neighbours, write: str, kind: type[Any]):
    """It finds one's own."""
    own, foreign = own_and_foreign(neighbours, kind)
    with undone(neighbours.scope(0)) as session:
        found = [session.execute(WRITES[write](kind, key)).rowcount for key in (own, foreign)]  # type: ignore[attr-defined]
    assert found == [1, 0]


def test_a_deletion_does_not_find_another_sites_rows(neighbours: Neighbours):
    """Not one, and not all of them at once."""
    scope = neighbours.scope(0)
    own, foreign = own_and_foreign(neighbours, Draft)
    kept: Any = Draft
    with undone(program("a test")) as session:
        session.execute(update(Intake).values(draft_id=None))
    with pytest.raises(Exception, match=r"(?i)foreign key"), undone(scope) as session:
        session.execute(delete(kept).where(kept.id == own))
    with undone(scope) as session:
        assert session.execute(delete(kept).where(kept.id == foreign)).rowcount == 0  # type: ignore[attr-defined]
    number = len(neighbours.seen(Episode, scope))
    with undone(scope) as session:
        changed = session.execute(update(Episode).values(urgency=1))
        assert changed.rowcount == number > 0  # type: ignore[attr-defined]


def test_an_update_reads_no_other_sites_values(neighbours: Neighbours):
    """A subquery among the values is behind the wall as well."""
    own, foreign = own_and_foreign(neighbours, Patient)
    with undone(neighbours.scope(0)) as session:
        stolen = select(func.count(col(Patient.id))).where(col(Patient.id) == foreign).scalar_subquery()
        session.execute(update(Episode).where(col(Episode.patient_id) == own).values(urgency=stolen))
        assert set(session.scalars(select(Episode.urgency).where(col(Episode.patient_id) == own))) == {0}


def new_rows(neighbours: Neighbours, place: int) -> dict[str, Any]:
    """Rows to be added, all of one site."""
    patient = neighbours.patients_of(place)[0]
    episode = min(key for key in neighbours.seen(Episode, neighbours.scope(place))
                  if neighbours.whose["episode", key][1] == patient)  # fmt: skip
    site, person = neighbours.sites[place], neighbours.person_id
    whose = {"patient_id": patient, "site_id": site, "episode_id": episode}
    referral = {"kind": "imaging", "created_by": person, "month": "2026-03"}
    from tests.cast import a_runner

    return {
        "a patient": a_runner(Person(id=0, code="", name="", role=""), 9_000, site_id=site),
        "a referral": Referral(**whose, **referral),
        "a draft": Draft(patient_id=patient, owner_id=person, form="other"),
    }


@pytest.mark.parametrize("what", ["a patient", "a referral", "a draft"])
def test_a_row_is_added_to_ones_own_site_only(neighbours: Neighbours, what: str):
    """Whether it names the site itself or refers to a patient of it."""
    with undone(neighbours.scope(0)) as session:
        put(session, new_rows(neighbours, 0)[what])
    with pytest.raises(BeyondTheWalls), undone(neighbours.scope(0)) as session:
        put(session, new_rows(neighbours, 1)[what])


def test_a_row_is_not_given_a_question_for_a_value(neighbours: Neighbours):
    """What it would fetch has passed no wall."""
    stolen = select(col(Patient.family_name)).where(col(Patient.id) == neighbours.patients_of(1)[0]).scalar_subquery()
    with pytest.raises(BeyondTheWalls, match="not a question"), undone(neighbours.scope(0)) as session:
        altered(session, neighbours.patients_of(0)[0], sex_at_birth=stolen)


def test_a_row_of_ones_own_site_cannot_refer_to_anothers(neighbours: Neighbours):
    """A referral made here of a patient who is not; what is found by it would be theirs."""
    mine, theirs = new_rows(neighbours, 0)["a referral"], new_rows(neighbours, 1)["a referral"]
    for borrowed in ("patient_id", "episode_id"):
        row = Referral(**{**mine.model_dump(), borrowed: getattr(theirs, borrowed)})
        with pytest.raises(BeyondTheWalls, match="refers to a"), undone(neighbours.scope(0)) as session:
            put(session, row)


def test_a_row_is_not_moved_to_another_site(neighbours: Neighbours):
    """Not in the session, and not by a statement; the row stays where it is."""
    own, foreign = own_and_foreign(neighbours, Patient)
    with pytest.raises(BeyondTheWalls), undone(neighbours.scope(0)) as session:
        altered(session, own, site_id=neighbours.sites[1])
    for kind, column_name, value in (
        (Patient, "site_id", neighbours.sites[1]),
        (Draft, "patient_id", foreign),
        (Decision, "episode_id", 1),
        (Decision, "assessment_id", 1),
    ):
        with pytest.raises(BeyondTheWalls, match="where a row belongs"), undone(neighbours.scope(0)) as session:
            session.execute(update(kind).values({column_name: value}))


AROUND: dict[str, Callable[[Session, Neighbours], Any]] = {
    "many inserted at once": lambda s, n: s.execute(
        insert(Draft), [{"patient_id": n.patients_of(1)[0], "owner_id": 1}]
    ),
    "inserted by a statement": lambda s, n: s.execute(insert(Draft).values(patient_id=1, owner_id=1)),
    "inserted from a question": lambda s, n: s.execute(
        insert(Draft).from_select(["patient_id", "owner_id"], select(col(Patient.id), literal(1)))
    ),
    "many changed by their keys": lambda s, n: s.execute(
        update(Patient), [{"id": n.patients_of(1)[0], "sex_at_birth": "male"}]
    ),
    "one changed by its key": lambda s, n: s.execute(update(Patient), {"id": n.patients_of(1)[0], "phone": "1"}),
    "changed past the classes": lambda s, n: s.execute(
        update(Patient).where(col(Patient.id) == 1).values(phone="1"), execution_options={"dml_strategy": "core_only"}
    ),
    "saved in bulk": lambda s, n: s.bulk_save_objects([new_rows(n, 1)["a draft"]]),
    "inserted in bulk": lambda s, n: s.bulk_insert_mappings(Draft, [{"patient_id": 1}]),  # type: ignore[arg-type]
    "updated in bulk": lambda s, n: s.bulk_update_mappings(Patient, [{"id": 1, "phone": "1"}]),  # type: ignore[arg-type]
    "merged": lambda s, n: s.merge(Patient(id=n.patients_of(1)[0]), load=False),
}


@pytest.mark.parametrize("way", AROUND)
def test_ways_of_writing_that_no_wall_covers_are_refused(neighbours: Neighbours, way: str):
    """Whatever they would have written."""
    with pytest.raises(BeyondTheWalls), undone(neighbours.scope(0)) as session:
        AROUND[way](session, neighbours)


# --- past the classes

RAW: dict[str, Callable[[], Any]] = {
    "the table": lambda: select(CORE),
    "a column of the table": lambda: select(CORE.c.id),
    "a count of the table": lambda: select(func.count()).select_from(CORE),
    "an alias of the table": lambda: select(CORE.alias()),
    "words": lambda: text("SELECT id FROM patient"),
    "words that give rows": lambda: select(Patient).from_statement(text("SELECT * FROM patient")),
    "words that give columns": lambda: text("SELECT id FROM patient").columns(column("id")),
    "the table changed": lambda: update(CORE).values(phone="1"),
    "the table deleted": lambda: delete(CORE),
    "the table inserted into": lambda: insert(CORE).values(id=1),
    "a window and nothing else": lambda: select(func.count().over(partition_by=col(Patient.site_id))),
    "nothing of anybody": lambda: select(func.current_timestamp()),
}
MIXED: dict[str, Callable[[], Any]] = {
    "the table beside a class": lambda: select(Person, CORE.c.id),
    "the table joined to a class": lambda: select(Person).join(CORE, CORE.c.id == col(Person.id)),
    "the table in a condition": lambda: select(Person).where(CORE.c.id == 1),
    "the table in a list": lambda: select(Person).where(col(Person.id).in_(select(CORE.c.id))),
    "the table in whether there is one": lambda: select(Person).where(
        select(1).select_from(CORE).where(CORE.c.id == col(Person.id)).exists()
    ),
    "the table in a subquery": lambda: select(Person).join(
        inner := select(CORE.c.id).subquery(), inner.c.id == col(Person.id)
    ),
    "the table in a named query": lambda: select(Person).join(
        inner := select(CORE.c.id).cte(), inner.c.id == col(Person.id)
    ),
    "the table in a union": lambda: union(select(col(Person.id)), select(CORE.c.id)),
    "the table as a number": lambda: select(
        col(Person.id), select(func.count()).select_from(CORE).scalar_subquery()
    ),
    "the table in the order": lambda: select(Person).order_by(
        select(func.max(CORE.c.id)).scalar_subquery()
    ),
    "a table by name": lambda: select(Person).where(
        col(Person.id).in_(select(table("patient", column("id")).c.id))
    ),
    "words in a condition": lambda: select(Person).where(text("EXISTS (SELECT 1 FROM patient)")),
    "words in a column": lambda: select(col(Person.id), literal_column("(SELECT max(id) FROM patient)")),
    "words in the order": lambda: select(Person).order_by(text("(SELECT max(id) FROM patient)")),
    "a join of classes": lambda: select(col(Person.id)).select_from(join(Person, Patient, literal(True))),
    "a plain join of classes": lambda: select(col(Person.id)).select_from(plain_join(Person, Patient, literal(True))),
    "an update beside another class": lambda: (
        update(Person).where(col(Person.id) == col(Patient.id)).values(name=col(Patient.given_name))
    ),
    "a deletion beside another class": lambda: delete(Person).where(col(Person.id) == col(Patient.id)),
    "an insert from a question": lambda: insert(Person).from_select(["code"], select(col(Patient.given_name))),
    "an insert of a question": lambda: insert(Person).values(
        code=select(col(Patient.given_name)).limit(1).scalar_subquery()
    ),
    "an operator in words": lambda: select(Patient).where(col(Patient.id).op("= 1 OR 1 =")(1)),
    "a hint in words": lambda: select(Patient).with_statement_hint("WHERE 1 = 1 --"),
    "rows of another question": lambda: select(Patient).from_statement(select(Patient)),
    "words among the values": lambda: update(Episode).values(urgency=text("(SELECT max(id) FROM patient)")),
}  # fmt: skip


@pytest.mark.parametrize("way", [*RAW, *MIXED])
def test_what_no_wall_can_cover_is_refused_to_a_person_of_some_sites(neighbours: Neighbours, way: str):
    """And the database is not asked; Backstride's own work may."""
    statement = {**RAW, **MIXED}[way]
    with pytest.raises(BeyondTheWalls), undone(neighbours.scope(0)) as session:
        session.execute(statement())


@pytest.mark.parametrize("way", RAW)
def test_a_person_of_every_site_asks_through_the_classes_too(neighbours: Neighbours, way: str):
    """One way of asking for everybody, so that a deed written for one is right for the other."""
    with pytest.raises(BeyondTheWalls), undone(Scope(neighbours.person_id, None)) as session:
        session.execute(RAW[way]())


def test_the_connection_is_for_backstride_itself(neighbours: Neighbours):
    """Behind it there is no wall but the server's."""
    for scope in (neighbours.scope(0), Scope(neighbours.person_id, None)):
        with reading(neighbours.url, scope) as session, pytest.raises(BeyondTheWalls, match="connection"):
            session.connection()
    with reading(neighbours.url) as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM patient").scalar() == len(
            neighbours.seen(Patient, program("a test"))
        )


# --- without a scope


def test_without_a_scope_nothing_is_answered_and_nothing_stored(neighbours: Neighbours):
    """And the refusal says what to do."""
    asks: list[Callable[[Session], Any]] = [
        lambda s: s.scalars(select(Person)).all(),
        lambda s: s.execute(text("SELECT 1")),
        lambda s: s.get(Patient, 1),
        lambda s: s.connection(),
        lambda s: s.add(new_rows(neighbours, 0)["a draft"]) or s.flush(),
        lambda s: s.execute(update(Patient).values(phone="1")),
    ]
    for ask in asks:
        with pytest.raises(NoScope, match="pass scope="), undone(None) as session:
            ask(session)


# --- the second wall

RAWLY = {
    "patient": "SELECT id FROM patient",
    "the same in words of its own": "SELECT p.id FROM patient p LEFT JOIN episode e ON e.patient_id = p.id",
    "by a function": "SELECT max(id) FROM (SELECT id FROM patient UNION SELECT patient_id FROM episode) x GROUP BY id",
}


@pytest.fixture
def on_server(neighbours: Neighbours) -> Neighbours:
    """The rows as PostgreSQL holds them."""
    if neighbours.url.startswith("sqlite"):
        pytest.skip("SQLite has no policies; whoever holds its file and key holds every row")
    return neighbours


def raw(neighbours: Neighbours, scope: Scope | None, statement: str) -> set[Any]:
    """What the server answers past every wall of ours; None: when nothing was said of sites."""
    with engine(neighbours.url).connect() as connection, connection.begin() as asked:
        if scope is not None:
            let_through(connection, scope)
        found = {row[0] for row in connection.exec_driver_sql(statement)}
        asked.rollback()
    return found


@pytest.mark.parametrize("name", [name for name in WALLED if name not in ("auditpatient", "patientindex")])
def test_the_server_itself_keeps_the_sites_apart(on_server: Neighbours, name: str):
    """Plain SQL as the tables' owner: nobody's rows unasked, one's own, an opened patient's, or everyone's."""
    kind: Any = next(kind for found, kind in classes().items() if found.name == name)
    key = kind.__table__.primary_key.columns[0].name
    opened = on_server.patients_of(2)[0]
    for scope in (
        on_server.scope(),
        on_server.scope(0),
        on_server.scope(0, 1),
        on_server.scope(0, patients=(opened,)),
        on_server.scope(patients=(opened,)),
        program("a test"),
    ):
        assert raw(on_server, scope, f"SELECT {key} FROM {name}") == on_server.seen(kind, scope)
    assert raw(on_server, None, f"SELECT {key} FROM {name}") == set()


@pytest.mark.parametrize("how", RAWLY)
def test_the_server_keeps_them_apart_however_it_is_asked(on_server: Neighbours, how: str):
    """Joined, united, by a driver's own cursor."""
    scope = on_server.scope(1)
    assert raw(on_server, scope, RAWLY[how]) == on_server.seen(Patient, scope)
    with engine(on_server.url).connect() as connection, connection.begin():
        let_through(connection, scope)
        cursor = connection.connection.cursor()
        cursor.execute(RAWLY[how])
        assert {row[0] for row in cursor.fetchall()} == on_server.seen(Patient, scope)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE episode SET urgency = 1 RETURNING id",
        "DELETE FROM draftrevision WHERE false RETURNING id",
        "UPDATE draft SET section = 'x' RETURNING id",
    ],
)
def test_the_server_changes_ones_own_rows_only(on_server: Neighbours, statement: str):
    """A statement that names no site changes this site's."""
    kind = Episode if "episode" in statement else Draft
    found = raw(on_server, on_server.scope(0), statement)
    assert found == (set() if "false" in statement else on_server.seen(kind, on_server.scope(0)))


def test_the_server_takes_no_row_for_another_site(on_server: Neighbours):
    """Not of a patient, and not of what refers to one."""
    foreign, person = on_server.patients_of(1)[0], on_server.person_id
    inserts = [
        f"INSERT INTO draft (id, version, created_at, updated_at, patient_id, form, owner_id, answers, entered, state) "
        f"VALUES ('d', 1, now(), now(), {foreign}, 'x', {person}, '{{}}', '{{}}', 'open') RETURNING id",
        f"UPDATE patient SET site_id = {on_server.sites[1]} RETURNING id",
        f"UPDATE draft SET patient_id = {foreign}, form = id RETURNING id",
        f"UPDATE intake SET episode_id = {min(on_server.seen(Episode, on_server.scope(1)))} RETURNING id",
    ]
    for statement in inserts:
        with pytest.raises(ProgrammingError, match="row-level security"):
            raw(on_server, on_server.scope(0), statement)


def test_the_setting_ends_with_its_transaction(on_server: Neighbours):
    """A connection that goes back to the pool takes nobody's sites along."""
    with engine(on_server.url).connect() as connection:
        with connection.begin():
            let_through(connection, program("a test"))
            assert connection.exec_driver_sql("SELECT count(*) FROM patient").scalar()
        with connection.begin():
            assert connection.exec_driver_sql("SELECT count(*) FROM patient").scalar() == 0


def test_a_row_made_transient_is_a_new_row(neighbours: Neighbours):
    """Another site's row cannot be made one's own by forgetting where it came from."""
    with reading(neighbours.url) as session:
        foreign = session.get_one(Patient, neighbours.patients_of(1)[0])
    make_transient(foreign)
    with pytest.raises(BeyondTheWalls), undone(neighbours.scope(0)) as session:
        put(session, foreign)
