"""The front door: an empty Backstride, who is there, whose room it is, and the routes that remember them."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request

from dashboard import casework, in_force
from dashboard.casework import obstacles, storage
from dashboard.clinical import knowledge as library
from dashboard.ui import demo_making, rooms, routes, warm
from dashboard.ui.routes import COOKIE, local_address
from db.engine import choose_database, file_of
from db.schema import upgrade
from tests.cast import Clinic
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction

CAST = {"noor": "staff", "amina": "clinician", "bruno": "clinician", "chidi": "manager", "dana": "administrator"}
MAY_ENTER = {
    "home": {"noor", "amina", "bruno", "chidi", "dana"},
    "intake": {"noor", "amina", "bruno"},
    "episode": {"noor", "amina", "bruno"},
    "referrals": {"noor", "amina", "bruno", "chidi"},
    "cohort": {"amina", "bruno", "chidi"},
    "knowledge": {"noor", "amina", "bruno", "chidi", "dana"},
    "admin": {"dana"},
}
"""Who may enter which room, written down here a second time on purpose."""


def asked(code: str = "", scheme: str = "http", **query: str) -> Request:
    """A browser's request to one of the server's own routes."""
    path = {"path_params": {"code": code}, "query_string": urlencode(query).encode()}
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": scheme,
            "path": "/",
            "headers": [(b"host", b"clinic.example")],
            **path,
        }
    )


def test_an_empty_backstride_offers_the_demo_and_setting_up(home: Path):
    """With no database chosen the first screen has exactly two ways on, and no menu and no question who is there."""
    at = visit(None)
    assert not at.exception
    assert keys(at) == {"explore-demo", "set-up-clinic"}
    assert "Who are you?" not in seen(at)


def test_setting_up_makes_the_clinic_and_says_what_was_made(home: Path):
    """One press makes sites and people from the settings, names each, and then asks who is there."""
    at = visit(None)
    at.button(key="set-up-clinic").click().run()
    assert not at.exception
    assert "The clinic is set up" in seen(at)
    assert all(name in seen(at) for name in ("Main site", "Noor", "Amina", "Bruno", "Chidi", "Dana"))
    at.button(key="continue").click().run()
    assert "Who are you?" in seen(at)
    assert storage.chosen() == "clinic"


def test_nobody_is_let_in_by_a_page_of_their_own(clinic: Clinic):
    """Every page's address, asked for by nobody in particular, answers with the question who is there."""
    for room in rooms.ROOMS:
        at = visit(None, room.slug)
        assert not at.exception
        assert "Who are you?" in seen(at), room.slug


def test_the_door_offers_everyone_who_works_here_and_nobody_else(clinic: Clinic):
    """The sign-in cards are the active people; Mallory, who left, is not among them."""
    shown = seen(visit(None))
    assert all(f"/signin/{code}?" in shown for code in CAST)
    assert "mallory" not in shown.lower()


def test_someone_who_left_is_nobody(clinic: Clinic):
    """A session that still carries Mallory's code is asked who is there."""
    assert "Who are you?" in seen(visit("mallory"))
    assert "Who are you?" in seen(visit("no-such-code"))


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
        assert "change-clinic" in keys(at), room


def test_only_the_administrator_of_a_real_clinic_may_go_back_to_the_choice(home: Path):
    """In a real clinic the way back is Dana's alone; it shows the choice and a way to stay."""
    at = visit(None)
    at.button(key="set-up-clinic").click().run()
    assert "change-clinic" not in keys(visit("noor", "home"))
    at = visit("dana", "home")
    at.button(key="change-clinic").click().run()
    assert {"explore-demo", "set-up-clinic", "stay"} <= keys(at)
    at.button(key="stay").click().run()
    assert "Today" in seen(at)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_signing_in_remembers_the_person_where_scripts_cannot_read_it(clinic: Clinic, scheme: str):
    """The cookie is HttpOnly, SameSite=Lax and Secure behind TLS, and the way leads on to the page first asked for."""
    answer = routes.sign_in(asked("amina", scheme, next="/episode?episode=7"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/episode?episode=7")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=amina;")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert ("secure" in cookie) == (scheme == "https")


@pytest.mark.parametrize("code", ["mallory", "nobody"])
def test_signing_in_as_nobody_sets_no_cookie(clinic: Clinic, code: str):
    """Someone who left and a code that never was are sent back to the door with empty hands."""
    answer = routes.sign_in(asked(code, next="/admin"))
    assert answer.headers["location"] == "/"
    assert "set-cookie" not in answer.headers


def test_signing_out_forgets_the_person():
    """The cookie is emptied and outdated."""
    cookie = routes.sign_out(asked()).headers["set-cookie"]
    assert cookie.startswith(f'{COOKIE}="";')
    assert "Max-Age=0" in cookie


@pytest.mark.parametrize("person", [None, "noor", "amina", "chidi"])
def test_leaving_a_real_clinic_is_refused_below_the_screen_too(home: Path, person: str | None):
    """The deed itself refuses everyone but the administrator to open another clinic or to begin making one."""
    visit(None).button(key="set-up-clinic").click().run()
    actor = casework.actor_for(person) if person else None
    with pytest.raises(casework.Forbidden):
        storage.choose("demo", actor)
    with pytest.raises(casework.Forbidden):
        demo_making.begin(actor)
    assert storage.chosen() == "clinic"
    storage.choose("demo", casework.actor_for("dana"))
    assert storage.chosen() == "demo"


def test_a_demo_that_cannot_be_made_says_so_and_leads_back(home: Path, monkeypatch: pytest.MonkeyPatch):
    """A failing disk ends in a sentence and a way back to the choice, not in a technical error."""
    monkeypatch.setattr(
        demo_making, "_making", demo_making.Making(trouble="The demo clinic could not be made (OSError).")
    )
    at = visit(None)
    assert "could not be made" in at.error[0].value
    at.button(key="back-to-choice").click().run()
    assert "set-up-clinic" in keys(at)


def test_a_demo_being_made_shows_how_far_it_is(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Whoever opens Backstride meanwhile sees the same progress instead of starting a second one."""
    monkeypatch.setattr(demo_making, "_making", demo_making.Making(share=0.4, what="Taking histories: 351 of 900"))
    at = visit(None)
    assert "Making the demo clinic" in seen(at)
    assert at.get("progress")[0].proto.text == "Taking histories: 351 of 900"


ELSEWHERE = ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\n/elsewhere", "", None, "x"]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(wanted: str | None):
    """Only a plain path of this server is followed."""
    assert local_address(wanted) == "/"


def test_the_server_says_that_it_is_well():
    """The health address answers without a person."""
    assert json.loads(routes.health(asked()).body) == {"status": "ok"}


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
    no_database: ("clinic.sqlite: file is not a database",),
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
    at = visit("chidi", page)
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
    assert keys(at) == {"explore-demo", "set-up-clinic"}


def test_a_fault_of_the_program_is_not_taken_for_the_surroundings():
    """Only what a clinic can mend is told as such; a broken rule of a table is for the engineers."""
    assert obstacles.obstacle(ValueError("a fault")) is None
    assert obstacles.obstacle(IntegrityError("INSERT", {}, Exception("a fault"))) is None


def test_warming_up_leaves_nothing_for_the_first_visitor(clinic: Clinic):
    """After warming up, the knowledge is loaded and a case was assessed."""
    in_force.forget()
    warm.warm_up()
    assert in_force.shipped.cache_info().currsize == 1
