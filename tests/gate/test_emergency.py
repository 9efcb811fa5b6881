"""The form of emergency access: clinicians only, with the password again, and no word of which record exists."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from dashboard import accounts, casework
from dashboard.accounts import passwords
from dashboard.casework import emergency, staffing
from dashboard.casework.views import NewPatient
from dashboard.gate.wall import Wall
from db import records
from db.engine import choose_database
from db.tables import Person, Site
from tests.casework.test_emergency import BORN, WHY
from tests.cast import NOBODY_YET
from tests.gate.asking import ask
from tests.gate.test_doors import OWN, PAGE, PASSWORD, as_person, sent
from tests.sessions import transaction
from tests.signing import signed_in

NUMBER = "TEST-00042"
TYPED = {"record_number": NUMBER, "born": BORN.isoformat(), "reason": WHY, "password": PASSWORD}


@pytest.fixture(autouse=True)
def south(home: Path, sqlite_templates: dict[bool, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic in which Yara, of the north site, has a password, and the south site has a patient."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    settings = home.parent / "clinic.toml"
    settings.write_text('second_factor = "offered"\n', encoding="utf-8")
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(settings))
    choose_database("clinic")
    shutil.copy(sqlite_templates[True], home / "clinic.sqlite")
    with transaction() as session:
        north, elsewhere = (session.get_one(Site, site_id) for site_id in (1, 2))
        yara = Person(code="yara", name="Yara", role="clinician", site_id=north.id)
        person_id = int(records.insert(session, NOBODY_YET, yara, "test").id or 0)
        site_id = int(elsewhere.id or 0)
    casework.register_patient(
        casework.actor_for("amina"), NewPatient("Ines", "Secretova", BORN, "female", site_id, NUMBER)
    )
    invitation = staffing.invite_person(casework.actor_for("dana"), person_id).token
    assert accounts.accept(invitation, PASSWORD) == person_id


@pytest.fixture
def yara() -> tuple[str, str]:
    """The cookie of Yara's browser."""
    return as_person(signed_in("yara").token)


def waiting() -> int:
    """How many emergencies wait to be reviewed."""
    return emergency.emergency_count(casework.actor_for("dana")).unreviewed


def test_reason_password_and_the_right_patient_open_the_record(wall: Wall, yara: tuple[str, str]) -> None:
    """On from the form to Backstride; the form itself is two presses away from the finder."""
    asked = ask(wall, "/emergency", headers=(PAGE, yara))
    assert asked.status == 200
    assert 'name="reason"' in asked.text
    answer = sent(wall, "/emergency", TYPED, (*OWN, yara))
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert waiting() == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"password": "another long password"}, 403),
        ({"password": ""}, 403),
        ({"record_number": "TEST-00043"}, 404),
        ({"born": "1990-05-18"}, 404),
        ({"born": "yesterday"}, 400),
        ({"reason": "please"}, 400),
        ({"reason": ""}, 400),
    ],
)
def test_what_is_wrong_opens_nothing(wall: Wall, yara: tuple[str, str], changed: dict[str, str], status: int) -> None:
    """The form comes back with what was typed, but for the password; nobody's name is on it."""
    answer = sent(wall, "/emergency", TYPED | changed, (*OWN, yara))
    assert answer.status == status
    assert waiting() == 0
    assert "Secretova" not in answer.text
    assert PASSWORD not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_wrong_number_and_a_wrong_birthday_look_alike(wall: Wall, yara: tuple[str, str]) -> None:
    """To the letter, but for what was typed."""
    number = sent(wall, "/emergency", TYPED | {"record_number": "TEST-00043"}, (*OWN, yara)).text
    birthday = sent(wall, "/emergency", TYPED | {"born": "1990-05-18"}, (*OWN, yara)).text
    assert number.replace("TEST-00043", NUMBER) == birthday.replace("1990-05-18", BORN.isoformat())


@pytest.mark.parametrize("who", ["noor", "chidi", "dana"])
def test_nobody_but_a_clinician_gets_the_form(wall: Wall, who: str) -> None:
    """Nor does sending it without having been asked open anything."""
    cookie = as_person(signed_in(who).token)
    assert ask(wall, "/emergency", headers=(PAGE, cookie)).status == 403
    assert sent(wall, "/emergency", TYPED, (*OWN, cookie)).status == 403
    assert waiting() == 0


def test_strangers_and_other_sites_pages_open_nothing(wall: Wall, yara: tuple[str, str]) -> None:
    """Without a sign-in one is asked for; a form sent from elsewhere is refused."""
    assert sent(wall, "/emergency", TYPED).status in (303, 401)
    foreign = tuple(pair for pair in OWN if pair[0] != "Origin")
    assert sent(wall, "/emergency", TYPED, (*foreign, ("Origin", "https://evil.example"), yara)).status == 403
    assert waiting() == 0


def test_guessing_passwords_here_opens_nothing_in_the_end(wall: Wall, yara: tuple[str, str]) -> None:
    """After enough wrong ones the sign-in is over or has to wait, as at the door: the right one opens nothing."""
    for _ in range(8):
        sent(wall, "/emergency", TYPED | {"password": "another long password"}, (*OWN, yara))
    assert sent(wall, "/emergency", TYPED, (*OWN, yara)).status in (401, 403)
    assert waiting() == 0
