"""A name, words, a number and a day of birth are planted by the clinic's own ways; nothing written gives them away."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from json import dumps
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import expect
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from dashboard import casework
from db import records
from db.engine import choose_database, file_url, forget
from db.tables import Patient
from tests.casework.conftest import Cast
from tests.casework.conftest import cast as cast
from tests.cast import NOBODY_YET
from tests.e2e.person import Page, Person
from tests.failing_server import INSERTS, RAISES
from tests.judging import read_and_sign
from tests.postgres import Postgres
from tests.running import ROOT, Server
from tests.sessions import transaction

BORN = date(1931, 2, 27)


def _rare() -> str:
    """Letters that stand nowhere else."""
    return secrets.token_hex(6).translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass(frozen=True)
class Planted:
    """An invented runner nobody else is like; in every name and number, and in everything said, stands a rare word."""

    who: str = field(default_factory=_rare)
    what: str = field(default_factory=_rare)
    phone: str = field(default_factory=lambda: f"503-{secrets.randbelow(900) + 100}-{secrets.randbelow(9000) + 1000}77")

    @property
    def given(self) -> str:
        """The given name."""
        return f"Wil{self.who}"

    @property
    def family(self) -> str:
        """The family name, with a letter that is written in many ways."""
        return f"Quäcken{self.who}"

    @property
    def number(self) -> str:
        """The record number."""
        return f"MRN-{self.who}"

    @property
    def words(self) -> str:
        """What the runner says, and what is said of the runner."""
        return f"petunias {self.what}, <ä>"

    @property
    def identifiers(self) -> tuple[str, ...]:
        """By what the runner is known wherever it is written."""
        digits = self.phone.replace("-", "")
        return (self.who, self.phone, digits, BORN.isoformat(), f"{BORN:%m/%d/%Y}", f"{BORN:%Y%m%d}")

    @property
    def everything(self) -> tuple[str, ...]:
        """The same, and by what the words are known."""
        return (*self.identifiers, self.what)


def forms(words: str) -> set[bytes]:
    """The words in every form something may write them in: encodings, capitals, escapes, hex, and inside base64."""
    found = set[bytes]()
    for each in {words, words.upper(), words.encode().hex()}:
        found |= {each.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")}
        found |= {quote(each, safe="").encode(), dumps(each.replace("/", "\\/"))[1:-1].encode()}
    for before in range(3):
        found.add(b64encode(b"." * before + words.encode())[(4 if before else 0) : -4])
    return {form for form in found if len(form) >= 8}


def found_in(places: list[Path], words: tuple[str, ...]) -> set[tuple[str, bytes]]:
    """Every file under the places with the planted forms in it."""
    wanted = sorted({form for each in words for form in forms(each)})
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()]
    return {(file.name, form) for file in files if (held := file.read_bytes()) for form in wanted if form in held}


def test_the_search_finds_what_lies_open(tmp_path: Path):
    """A plain file in any of the forms is found: otherwise nothing found would prove nothing."""
    planted = Planted()
    for name, text in (
        vars(planted).items() | {"given": planted.given, "words": planted.words, "born": str(BORN)}.items()
    ):
        (tmp_path / f"{name}.json").write_text(dumps({name: text}), encoding="utf-8")
        (tmp_path / f"{name}.utf16").write_text(text.upper(), encoding="utf-16")
        (tmp_path / f"{name}.address").write_text(f"/search?{urlencode({'text': text})}", encoding="ascii")
        (tmp_path / f"{name}.base64").write_bytes(b64encode(f"some row, {text}, another".encode()))
        (tmp_path / f"{name}.hex").write_text(f"\\x{text.encode().hex()}", encoding="ascii")
    written = {file.name for file in tmp_path.iterdir()}
    assert {name for name, _ in found_in([tmp_path], planted.everything)} == written
    assert found_in([tmp_path], (Planted().who, Planted().what, Planted().phone)) == set()


def casework_of(cast: Cast, planted: Planted) -> int:
    """The runner registered, asked, judged and referred, with planted words wherever words go; the episode."""
    told = {"given_name": planted.given, "family_name": planted.family, "record_number": planted.number}
    patient = cast.runner(date_of_birth=BORN, phone=planted.phone, **told)
    said = {"goal_text": planted.words, "psfs": [[planted.words, 4]], "imaging_detail": planted.words}
    draft = cast.draft(patient, **said)
    draft = casework.save_answer(cast.noor, draft.id, "shoe_model", planted.words)
    episode = casework.submit_intake(cast.noor, draft.id, draft.version).episode_id
    file = casework.read_episode(cast.amina, episode)
    read_and_sign(cast.amina, file, "rejected", "cds-not-applicable", planted.words)
    file = casework.read_episode(cast.amina, episode)
    kind = next(kind for kind, gate in file.document["referral_gates"].items() if gate["open"])
    row = casework.refer(cast.amina, episode, file.version, kind, planted.words)
    casework.move_referral(cast.amina, row.id, row.version, "withdrawn", planted.words)
    assert casework.find_patients(cast.noor, planted.family)
    return episode


@dataclass
class House:
    """A server whose every folder is its own: home, temporary files, and what a user's home folder would get."""

    server: Server
    folder: Path
    run: Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def house(home: Path, tmp_path: Path, sqlite_templates: dict[bool, Path]) -> Iterator[House]:
    """A clinic with its cast, its server running, nothing shared with anybody."""
    choose_database("clinic")
    shutil.copy(sqlite_templates[True], home / "clinic.sqlite")
    own = {"HOME": str(tmp_path / "user"), "TMPDIR": str(tmp_path / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    for folder in own.values():
        if folder != "1":
            Path(folder).mkdir()
    with Server(home, surroundings=own, program=(str(ROOT / "tests" / "failing_server.py"),)) as server:

        def run(*typed: str) -> subprocess.CompletedProcess[bytes]:
            command = [sys.executable, "-m", *typed]
            surroundings = {**os.environ, **own, "BACKSTRIDE_HOME": str(home)}
            return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=True)

        yield House(server, tmp_path, run)


def plant_by_hand(person: Person, planted: Planted) -> None:
    """At the desk: register the runner, and begin the history with words of their own."""
    person.sign_in("Noor")
    person.press("register")
    for key, words in {
        "new-given": planted.given,
        "new-family": planted.family,
        "new-born": f"{BORN:%m/%d/%Y}",
        "new-number": planted.number,
        "new-phone": planted.phone,
    }.items():
        person.place(key).locator("input").first.fill(words)
    person.place("new-sex").get_by_text("Female", exact=True).click(delay=30)
    person.press("new-submit")
    person.sees(planted.family)


def search(person: Person, words: str) -> None:
    """Look for somebody from the desk."""
    person.visit("/")
    field = person.place("find-patient").locator("input").first
    field.fill(words)
    field.press("Enter")
    person.settle()


def test_nothing_written_on_this_machine_gives_a_patient_away(house: House, page: Page):
    """Registered, searched for, failed over, printed, exported and backed up: no file, log or folder holds it."""
    planted, person, copy = Planted(), Person(page, house.server), house.folder / "kept" / "copy.backup"
    copy.parent.mkdir()
    plant_by_hand(person, planted)
    search(person, planted.family)
    person.sees(planted.given)
    references = [fail(person, f"{word} {planted.family}") for word in (RAISES, INSERTS)]
    with house.server.at_home():
        cast = Cast(None, {code: casework.actor_for(code) for code in ("noor", "amina", "chidi")})  # type: ignore[arg-type]
        episode = by_deeds(cast, planted)
        forget(file_url(house.server.home / "clinic.sqlite"))
    person.sign_in("Amina")
    person.visit(f"/episode?episode={episode}")
    person.sees(planted.family)
    print_and_export(person)
    house.run("db", "backup", str(copy))
    assert (house.server.home / "clinic.sqlite-wal").stat().st_size > 0
    log = house.server.log.read_text(encoding="utf-8")
    assert found_in([house.folder], planted.everything) == set()
    assert all(number in log for number in references)
    assert len(re.findall(r"LookupError at tests/failing_server.py:\d+", log)) >= 2


def fail(person: Person, words: str) -> str:
    """Make the page fail; the reference it shows, and nothing else of what went wrong."""
    search(person, words)
    shown = person.page.locator('[class*="st-key-mishap-"]').first
    expect(shown).to_contain_text("What you entered is kept")
    expect(person.page.locator('[data-testid="stException"]')).to_have_count(0)
    number = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", shown.inner_text())
    assert number is not None
    return number[0]


def by_deeds(cast: Cast, planted: Planted) -> int:
    """The history of the runner who was registered by hand, submitted, judged and referred."""
    patient = casework.find_patients(cast.noor, planted.number)[0]
    said = {"goal_text": planted.words, "psfs": [[planted.words, 4]], "imaging_detail": planted.words}
    draft = cast.draft(patient, **said)
    episode = casework.submit_intake(cast.noor, draft.id, draft.version).episode_id
    file = casework.read_episode(cast.amina, episode)
    read_and_sign(cast.amina, file, "rejected", "cds-not-applicable", planted.words)
    return episode


def print_and_export(person: Person) -> None:
    """A clinician prints the summary, the manager takes what names nobody."""
    person.page.get_by_role("tab", name="Codes and sheets", exact=True).click(delay=30)
    person.settle()
    with person.page.expect_download() as sheet:
        person.page.get_by_role("button", name="Print the assessment summary").click(delay=30)
    assert Path(sheet.value.path()).read_bytes().startswith(b"%PDF")
    person.sign_in("Chidi")
    person.visit("/cohort")
    person.page.get_by_role("tab", name="Export", exact=True).click(delay=30)
    person.settle()
    person.press("make-export")
    with person.page.expect_download() as export:
        person.place("download-export").locator("button").first.click(delay=30)
    assert Path(export.value.path()).read_bytes().startswith(b"PK")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_writes_no_name_number_or_day_of_birth(cast: Cast, postgres: Postgres):
    """Neither its files nor its log, refused rows included; what was said is for the disk's own encryption."""
    planted, name = Planted(), str(make_url(os.environ["DATABASE_URL"]).database)
    (begun,) = postgres._desk.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone() or ("",)
    postgres._do("ALTER DATABASE {} SET log_min_messages = 'error'", name)
    forget(os.environ["DATABASE_URL"])
    casework_of(cast, planted)
    for _ in range(2):
        with pytest.raises(IntegrityError) as refused:
            twice(planted)
        assert planted.given not in str(refused.value)
    number, cluster = files_of(postgres, name), postgres.folder / "cluster"
    log = postgres.folder / "server.log"
    assert "duplicate key" in log.read_text(errors="replace"), "a refused row is in the log, or nothing was proven"
    assert found_in([log], planted.everything) == set()
    logged = [file for file in (cluster / "pg_wal").iterdir() if file.is_file() and file.name >= begun]
    assert logged
    assert found_in([cluster / "base" / number, *logged], planted.identifiers) == set()


def twice(planted: Planted) -> None:
    """A row the server refuses: the number is there already."""
    names = {"given_name": planted.given, "family_name": planted.family, "record_number": planted.number}
    with transaction() as session:
        row = Patient(**names, phone=planted.phone, date_of_birth=BORN, sex_at_birth="female", site_id=1)
        records.insert(session, NOBODY_YET, row, "test:insert")


def files_of(postgres: Postgres, database: str) -> str:
    """The folder of a database, with everything of it written out."""
    postgres._desk.execute("CHECKPOINT")
    row = postgres._desk.execute(sql.SQL("SELECT oid FROM pg_database WHERE datname = %s"), [database]).fetchone()
    assert row is not None
    return str(row[0])
