"""The front door behind the gate: who is there, whose room it is, and what keeps the clinic from working."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dashboard import accounts, casework, in_force
from dashboard.casework import obstacles, storage
from dashboard.clinical import knowledge as library
from dashboard.demo import background
from dashboard.ui import rooms, warm
from db.engine import choose_database, file_of
from db.records import change
from db.schema import upgrade
from db.tables import Person
from tests.cast import NOBODY_YET, Clinic
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction
from tests.signing import signed_in

CAST = {"noor": "staff", "amina": "clinician", "bruno": "clinician", "chidi": "manager", "dana": "administrator"}
MAY_ENTER = {
    "home": {"noor", "amina", "bruno", "chidi", "dana"},
    "intake": {"noor", "amina", "bruno"},
    "patients": {"noor", "amina", "bruno"},
    "episode": {"noor", "amina", "bruno"},
    "referrals": {"noor", "amina", "bruno", "chidi"},
    "cohort": {"amina", "bruno", "chidi"},
    "knowledge": {"noor", "amina", "bruno", "chidi", "dana"},
    "admin": {"dana"},
}
"""Who may enter which room, written down here a second time on purpose."""


def test_nobody_is_let_in_by_a_page_of_their_own(clinic: Clinic):
    """Every page's address, asked for without a sign-in or with one made up, shows the way to the sign-in alone."""
    for user in ({}, {"sign_in": "made-up"}, {"sign_in": ""}, {"person": "1"}, {"email": "dana@clinic.example"}):
        for room in rooms.ROOMS:
            at = visit(None, room.slug, user=user)
            assert not at.exception
            assert [title.value for title in at.title] == ["Nobody is signed in"], room.slug


def test_someone_who_left_is_nobody(clinic: Clinic):
    """Mallory cannot begin a sign-in, and one begun before somebody left is over at once."""
    with pytest.raises(casework.Forbidden):
        signed_in("mallory")
    at = visit("noor", "home")
    with transaction() as session:
        change(session, NOBODY_YET, session.get(Person, clinic.people["noor"].id), 1, "person:disable", active=False)
    assert "Nobody is signed in" in seen(at.run())


@pytest.mark.parametrize("room", [room.slug for room in rooms.ROOMS])
def test_a_room_opens_to_its_roles_and_calmly_refuses_the_others(clinic: Clinic, room: str):
    """Cold, at its own address, as each person: those who may enter see it, the others that it is not theirs."""
    for person in CAST:
        at = visit(person, room)
        assert not at.exception, (person, at.exception)
        refused = "This room is not yours" in seen(at)
        assert refused == (person not in MAY_ENTER[room]), (person, room)


def test_every_page_is_a_room():
    """No script stands in pages/ that the front door does not know."""
    assert {path.stem for path in rooms.PAGES.glob("*.py")} == {room.slug for room in rooms.ROOMS}


def test_the_demo_says_so_on_every_page(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """When the demo clinic is open, every room carries the banner and the person's menu leads back to the choice."""
    monkeypatch.setattr(storage, "chosen", lambda: "demo")
    for room in MAY_ENTER:
        at = visit("amina" if room != "admin" else "dana", room)
        assert not at.exception
        assert "Demo clinic: invented people" in seen(at), room
        assert 'href="/welcome"' in seen(at), room


def test_only_the_administrator_of_a_real_clinic_is_shown_the_way_to_another(clinic: Clinic):
    """In a real clinic the way is Dana's alone, and nobody's where the address of the database was given."""
    for person in CAST:
        words = seen(visit(person, "home"))
        assert ('href="/welcome"' in words) == (person == "dana" and storage.chosen() == "clinic")
        assert 'href="/signout"' in words


def test_a_page_asks_once_who_is_there(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """The front door has just met them; every deed asks for itself whether the sign-in still lasts."""
    asked: list[object] = []
    of_old = accounts.actor
    monkeypatch.setattr(accounts, "actor", lambda sign_in: asked.append(sign_in) or of_old(sign_in))
    assert "Today" in seen(visit("amina", "home"))
    assert len(asked) == 1


def test_a_callback_asks_for_itself_and_the_page_it_begins_takes_its_word(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    """An answer and the page after it ask once who is there; the next page asks anew."""
    noor = casework.actor_for("noor")
    new = casework.NewPatient("Rosa", "Invented", date(1989, 1, 2), "female", clinic.sites["north"].id)
    draft = casework.open_draft(noor, casework.register_patient(noor, new).id)
    at = visit("noor", "intake", draft=draft.id)
    asked: list[object] = []
    of_old = accounts.actor
    monkeypatch.setattr(accounts, "actor", lambda sign_in: asked.append(sign_in) or of_old(sign_in))
    at.segmented_control(key=f"{draft.id}.runner").set_value("yes").run()
    assert casework.read_draft(noor, draft.id).answers["runner"] == "yes"
    assert len(asked) == 1
    at.run()
    assert len(asked) == 2


@pytest.mark.parametrize("person", [None, "noor", "amina", "chidi"])
def test_leaving_a_real_clinic_is_refused_below_the_screen_too(staffed: Path, person: str | None):
    """The deed itself refuses everyone but the administrator to open another clinic or to begin making one."""
    actor = casework.actor_for(person) if person else None
    with pytest.raises(casework.Forbidden):
        storage.choose("demo", actor)
    with pytest.raises(casework.Forbidden):
        background.begin(actor)
    assert storage.chosen() == "clinic"
    storage.choose("demo", casework.actor_for("dana"))
    assert storage.chosen() == "demo"


def spoiled_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file with a misspelled key."""
    (home.parent / "clinic.toml").write_text('nmae = "Test clinic"\n')
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(home.parent / "clinic.toml"))


def spoiled_knowledge(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A knowledge folder in which one file was damaged by an editor."""
    folder = home.parent / "knowledge"
    shutil.copytree(library.FOLDER, folder)
    (folder / "derived.toml").write_text("[[derived\n")
    monkeypatch.setattr(in_force.library, "load", partial(library.load, folder))
    in_force.forget()


def spoiled_address(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of a database nobody can read."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:s3cret@host:port/x")


def silent_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/x")


def newer_tables(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that a newer Backstride has been at."""
    choose_database("clinic")
    upgrade()
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def no_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the database's place that is none."""
    choose_database("clinic")
    file_of("clinic").write_text("not a database, but long enough to be looked at" * 100)


def no_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that is a file."""
    home.write_text("")


SPOILED = {
    spoiled_settings: ("clinic.toml: nmae is not a setting. Did you mean 'name'?",),
    spoiled_knowledge: ("derived.toml", "line 1"),
    spoiled_address: ("DATABASE_URL is not a whole address", "write postgresql://"),
    silent_server: ("127.0.0.1", "Connection refused"),
    newer_tables: ("start the newer Backstride",),
    no_database: ("clinic.sqlite", "python -m db restore FILE"),
    no_folder: ("Not a directory",),
}


@pytest.fixture(params=SPOILED, ids=lambda spoil: spoil.__name__)
def spoiled(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    """One thing wrong with the clinic's surroundings; what has to be said about it."""
    request.param(home, monkeypatch)
    yield SPOILED[request.param]
    in_force.forget()


@pytest.mark.parametrize("page", [None, "cohort"])
def test_what_keeps_the_clinic_from_working_is_on_the_screen(
    spoiled: tuple[str, ...], page: str | None, caplog: pytest.LogCaptureFixture
):
    """Never a blank page or a traceback: what is wrong, where and the cure, on the screen and once in the log."""
    at = visit(None, page)
    assert not at.exception
    assert keys(at) == {"try-again"}
    words = seen(at).replace("\\", "")
    for said in spoiled:
        assert said in words
        assert said in caplog.text
    assert "s3cret" not in words + caplog.text


def test_the_server_starts_all_the_same_and_says_so(spoiled: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    """One line in the terminal; the pages tell the rest, and mending is enough."""

    async def start() -> None:
        async with warm.lifespan(None):
            pass

    asyncio.run(start())
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert spoiled[0] in said


def test_mending_is_enough(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Once the settings are right the same page works, without a new start."""
    spoiled_settings(home, monkeypatch)
    at = visit(None)
    (home.parent / "clinic.toml").write_text('name = "Test clinic"\n')
    at.button(key="try-again").click().run()
    assert "Nobody is signed in" in seen(at)


def test_a_fault_of_the_program_is_not_taken_for_the_surroundings():
    """Only what a clinic can mend is told as such; a broken rule of a table is for the engineers."""
    assert obstacles.obstacle(ValueError("a fault")) is None
    assert obstacles.obstacle(IntegrityError("INSERT", {}, Exception("a fault"))) is None


def test_warming_up_leaves_nothing_for_the_first_visitor(clinic: Clinic):
    """After warming up, the knowledge is loaded and a case was assessed."""
    in_force.forget()
    warm.warm_up()
    assert in_force.shipped.cache_info().currsize == 1
