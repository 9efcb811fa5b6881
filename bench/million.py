"""A million invented patients in a clinic's database, with names as unevenly frequent as real ones, made quickly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import nicknames
from sqlalchemy import Connection, insert, text

from db import blind, sealed
from db.engine import engine
from db.patients import IDENTIFIERS, Patient, PatientBlock, told
from db.postgresql import let_through
from db.scope import program
from db.tables import Person, Site
from tests.cast import Clinic, settle
from tests.sessions import transaction

AT_ONCE = 10_000
COMMON = (
    *("Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez"),
    *("Hernandez", "Lopez", "Gonzalez", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin"),
    *("Lee", "Perez", "Thompson", "White", "Harris", "Sanchez", "Clark", "Ramirez", "Lewis", "Robinson"),
    *("Walker", "Young", "Allen", "King", "Wright", "Scott", "Torres", "Nguyen", "Hill", "Flores"),
)
"""Family names that a good part of everybody has; the others are made of syllables."""
COMMON_SHARE, OTHERS = 0.22, 60_000
SYLLABLES = tuple(
    consonant + vowel + end
    for consonant in ("b", "br", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "sch", "st", "t", "v", "w")
    for vowel in "aeiou"
    for end in ("", "n", "r", "l", "s")
)
FIRST_BORN, DAYS = date(1950, 1, 1), 365 * 56
SHARED_TELEPHONE, DOUBLE_NAME = 0.15, 0.03
SOUTH = 0.03
"""So small a part are patients of the other site: whoever works there must find theirs among all."""


def patients(number: int, sites: tuple[int, int], seed: int = 5) -> Iterator[dict[str, Any]]:
    """Invented patients, the same for the same seed; some share a telephone with the one before."""
    chance = random.Random(seed)
    given, given_weights = _by_rank(_given_names(), 1.0)
    others, other_weights = _by_rank([_made_name(chance) for _ in range(OTHERS)], 0.6)
    common, common_weights = _by_rank(list(COMMON), 0.5)
    phone = ""
    for count in range(1, number + 1):
        known = chance.random() < COMMON_SHARE
        family = chance.choices(common if known else others, cum_weights=common_weights if known else other_weights)[0]
        if chance.random() < DOUBLE_NAME:
            family = f"{family}-{chance.choices(common, cum_weights=common_weights)[0]}"
        if chance.random() >= SHARED_TELEPHONE:
            phone = f"{chance.randrange(201, 990)} {chance.randrange(200, 999)}-{chance.randrange(10_000):04}"
        yield {
            "record_number": f"M-{count:07}",
            "given_name": chance.choices(given, cum_weights=given_weights)[0],
            "family_name": family,
            "date_of_birth": FIRST_BORN + timedelta(days=chance.randrange(DAYS)),
            "sex_at_birth": chance.choice(("female", "male")),
            "phone": phone,
            "postal_code": f"{97_000 + chance.randrange(900):05}",
            "site_id": sites[chance.random() < SOUTH],
        }


def _given_names() -> list[str]:
    names = dict.fromkeys(name for each in nicknames.name_triplets() for name in (each.name1, each.name2))
    ordered = sorted(name.capitalize() for name in names if name.isalpha())
    random.Random(1).shuffle(ordered)
    return ordered


def _made_name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3)))).capitalize()


def _by_rank(names: list[str], steepness: float) -> tuple[list[str], list[float]]:
    """Names with weights that sum up, each rarer than the one before."""
    whole, total = [], 0.0
    for rank in range(1, len(names) + 1):
        total += rank**-steepness
        whole.append(total)
    return names, whole


def fill(url: str, number: int, say: Any) -> None:
    """Put the cast and so many patients into a database with current tables and nobody in it."""
    clinic = Clinic(url)
    with transaction(url) as session:
        settle(session, clinic)
        session.add(Person(code="sofia", name="Sofia", role="staff", active=True, site_id=clinic.sites["south"].id))
    north, south = (_id(clinic.sites[code]) for code in ("north", "south"))
    store = _into_sqlite if url.startswith("sqlite") else _into_postgresql
    with engine(url).begin() as connection:
        if connection.dialect.name == "postgresql":
            let_through(connection, program("a million invented patients"))
        store(connection, patients(number, (north, south)), say)
    with engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _id(site: Site) -> int:
    assert site.id is not None
    return site.id


def _in_parts(rows: Iterator[dict[str, Any]], say: Any) -> Iterator[list[dict[str, Any]]]:
    done = 0
    while part := list(islice(rows, AT_ONCE)):
        for place, row in enumerate(part, done + 1):
            row |= {"id": place, **Patient.follow(row)}
        yield part
        done += len(part)
        say(done)


SQLITE_INDEXES = text(
    "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL "
    "AND tbl_name IN ('patient', 'patientblock')"
)


def _into_sqlite(connection: Connection, rows: Iterator[dict[str, Any]], say: Any) -> None:
    """The rows and their blocks, each in the order of its table; indexes and triggers after."""
    there = connection.execute(SQLITE_INDEXES).all()
    for name, sql in there:
        connection.execute(text(f"DROP {sql.split()[1] if 'UNIQUE' not in sql else 'INDEX'} {name}"))
    for part in _in_parts(rows, say):
        blocks = [{"patient_id": row["id"], "term": term} for row in part for term in blind.numbers(row["terms"])]
        connection.execute(insert(_table(Patient)), [{**_STORED, **row, "terms": None} for row in part])
        connection.execute(insert(_table(PatientBlock)), blocks)
    for _, sql in there:
        connection.execute(text(sql))


def _into_postgresql(connection: Connection, rows: Iterator[dict[str, Any]], say: Any) -> None:
    """The rows sealed, and their hashes, both copied in; the index of the hashes after."""
    connection.execute(text("DROP INDEX patientindex_by_terms"))
    connection.execute(text("ALTER TABLE patient DISABLE TRIGGER patient_terms_apart, NO FORCE ROW LEVEL SECURITY"))
    connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
    cursor: Any = connection.connection.cursor()
    plain = ("id", "sex_at_birth", "site_id")
    columns = ", ".join((*plain, *_STORED, *IDENTIFIERS, "fitting", "family_key", "given_key", "record_key"))
    for part in _in_parts(rows, say):
        with cursor.copy(f"COPY patient ({columns}, phone_key, phone_tail) FROM STDIN") as copy:
            for row in part:
                copy.write_row([*(row[name] for name in plain), *_STORED.values(), *_sealed(row), *[""] * 5])
        with cursor.copy("COPY patientindex (patient_id, terms) FROM STDIN") as copy:
            for row in part:
                copy.write_row([row["id"], blind.at_sites(blind.terms(row["terms"]), [row["site_id"]])])
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    connection.execute(text("ALTER TABLE patient ENABLE TRIGGER patient_terms_apart, FORCE ROW LEVEL SECURITY"))
    connection.execute(text("CREATE INDEX patientindex_by_terms ON patientindex USING gin (terms)"))
    connection.execute(text("SELECT setval(pg_get_serial_sequence('patient', 'id'), (SELECT max(id) FROM patient))"))


_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_STORED: dict[str, Any] = {"version": 1, "created_at": _AT, "updated_at": _AT}


def _sealed(row: dict[str, Any]) -> list[bytes]:
    words = [told(row[name]) for name in IDENTIFIERS]
    named = zip(IDENTIFIERS, words, strict=True)
    there = [sealed.seal(word, f"patient.{name}", steady=name == "record_number") for name, word in named]
    return [*there, sealed.fitting(words)]


def _table(kind: Any) -> Any:
    return kind.__table__
