"""Setting up a clinic: by whoever holds the printed token, everything from the settings file, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard import accounts, casework
from dashboard.accounts import Refused
from dashboard.casework import following, storage
from dashboard.casework.setup import set_up, what_was_made
from dashboard.clinic import ClinicError
from dashboard.in_force import shipped
from db import queries, records
from db.tables import Person
from tests.accounts.conftest import PASSWORD, Clock, cheap, time  # noqa: F401 - fixtures
from tests.casework.conftest import Trail
from tests.sessions import reading, transaction

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic's own settings of two sites and three people."""
    file = tmp_path / "clinic.toml"
    file.write_text(
        'state = "OR"\n[[site]]\ncode = "hill"\nname = "Hill"\n[[site]]\ncode = "dale"\nname = "Dale"\n'
        '[[person]]\ncode = "ana"\nname = "Ana"\nrole = "staff"\nsite = "dale"\n'
        '[[person]]\ncode = "ben"\nname = "Ben"\nrole = "clinician"\n'
        '[[person]]\ncode = "eva"\nname = "Eva"\nrole = "administrator"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(file))
    return file


@pytest.fixture
def bare(settings: Path) -> Path:
    """Settings that name nothing at all."""
    settings.write_text("", encoding="utf-8")
    return settings


def codes() -> list[str]:
    """Everyone in the database."""
    with reading() as session:
        return sorted(person.code for person in queries.everyone(session))


@pytest.mark.usefixtures("settings")
def test_the_sites_and_people_of_the_settings_are_made(database: str) -> None:
    """At their own site or at every one; only the person who set up can sign in, the others are invited later."""
    assert {"Site: Hill (hill)", "Staff: Ana, Dale, to be invited"} <= set(what_was_made())
    eva = set_up(accounts.first_token(), "whatever was typed", "Eva", PASSWORD)
    assert accounts.check("eva", PASSWORD).person_id == eva == casework.actor_for("eva").person_id
    assert codes() == ["ana", "ben", "eva"]
    assert len(casework.actor_for("ana").site_ids) == 1
    assert len(casework.actor_for("ben").site_ids) == 2
    assert casework.actor_for("eva").name == "Eva"
    assert accounts.check("ben", PASSWORD).person_id is None


@pytest.mark.usefixtures("settings")
def test_setting_up_leaves_its_events(database: str, trail: Trail) -> None:
    """What was made, and that an account was; nothing of the token or the password."""
    set_up(token := accounts.first_token(), "", "eva", PASSWORD)
    made = ["account:make", "knowledge:adopt", "knowledge:keep", "person:add", "site:add"]
    assert sorted({event.deed for event in trail()}) == made
    assert following.notice() == ""
    told = " ".join(f"{event.before} {event.after} {event.reason} {event.record_id}" for event in trail())
    assert token not in told
    assert PASSWORD not in told


@pytest.mark.usefixtures("bare")
def test_without_any_settings_whoever_sets_up_is_the_first_person(database: str) -> None:
    """Nobody else is invented; the others are added and invited by this administrator."""
    zoe = set_up(accounts.first_token(), "Zoë", "zoe", PASSWORD, "clinician")
    assert codes() == ["zoe"]
    begun = accounts.begin(zoe if isinstance(zoe, int) else 0, "password")
    known = accounts.known(begun.token)
    assert known is not None
    assert [role.value for role in known.roles] == ["administrator", "clinician"]
    assert (known.name, known.must) == ("Zoë", "enrol")
    assert storage.is_staffed()
    assert not accounts.first_run_needed()
    assert accounts.first_token() == ""


@pytest.mark.usefixtures("bare")
def test_the_clinic_that_was_set_up_is_the_one_that_is_open(home: Path) -> None:
    """Nothing was chosen before: the first start asks for it, and setting up chooses the real clinic."""
    assert accounts.first_run_needed()
    assert storage.chosen() is None
    assert isinstance(set_up(accounts.first_token(), "Zoë", "zoe", PASSWORD), int)
    assert storage.chosen() == "clinic"
    assert not accounts.first_run_needed()


@pytest.mark.usefixtures("settings")
def test_the_files_shipped_are_adopted_and_written_down(database: str) -> None:
    """They are in force from the first day, by nobody's proposal; the next version will need two people."""
    set_up(accounts.first_token(), "", "eva", PASSWORD)
    with reading() as session:
        (adopted,) = queries.knowledge_versions(session)
        assert following.current(session) is shipped()
    assert (adopted.origin, adopted.state, adopted.sha256) == ("adopted", "approved", shipped().sha256)
    assert (adopted.proposed_by, adopted.approved_by) == (None, None)


@pytest.mark.usefixtures("settings")
def test_a_token_sets_up_one_clinic_however_many_press_at_once(database: str) -> None:
    """Eight at once make one administrator; afterwards the token is worth nothing."""
    token = accounts.first_token()
    with ThreadPoolExecutor(4) as browsers:
        made = list(browsers.map(lambda _: set_up(token, "", "eva", PASSWORD), range(8)))
    assert [isinstance(each, Refused) for each in made].count(False) == 1
    assert codes() == ["ana", "ben", "eva"]
    assert isinstance(set_up(token, "", "eva", PASSWORD), Refused)


@pytest.mark.usefixtures("bare")
def test_a_token_lasts_an_hour_and_no_newer_one_makes_it_worthless(database: str, time: Clock) -> None:  # noqa: F811
    """Whoever finds an old log finds nothing of use; whoever asks for another does not stop who is typing this one."""
    first = accounts.first_token()
    time.passes(minutes=30)
    second = accounts.first_token()
    assert accounts.first_token(again=True) == ""
    time.passes(minutes=30)
    assert accounts.first_token(again=True) not in ("", first, second)
    late, wrong = (set_up(token, "Zoë", "zoe", PASSWORD) for token in (first, second[::-1]))
    assert isinstance(late, Refused)
    assert late == wrong
    assert codes() == []
    assert isinstance(set_up(second, "Zoë", "zoe", PASSWORD), int)


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"password": "too short"}, "at least 15 characters"),
        ({"password": "backstride backstride"}, "first passwords somebody would try"),
        ({"code": "Zoë!"}, "small letters, digits and hyphens"),
        ({"code": "ana"}, "settings give this code to somebody else"),
        ({"name": " "}, "Give your name"),
        ({"also": "manager"}, "at the desk or as a clinician"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_token_still_works(database: str, typed: dict[str, str], why: str) -> None:
    """A typing mistake costs nothing."""
    token = accounts.first_token()
    answers = {"name": "Zoë", "code": "zoe", "password": PASSWORD, "also": ""}
    refused = set_up(token, **(answers | typed))
    assert isinstance(refused, Refused)
    assert why in refused.why
    assert codes() == []
    assert isinstance(set_up(token, **answers), int)


def test_a_clinic_from_before_there_were_accounts_keeps_its_people(clinic, bare: Path) -> None:
    """One says which of its administrators one is, and nobody is added."""
    before, token = codes(), accounts.first_token()
    assert accounts.first_run_needed()
    assert [face.code for face in accounts.set_up_people(token)] == ["dana"]
    assert accounts.set_up_people("guessed") == accounts.set_up_people("") == ()
    for code in ("amina", "mallory", "somebody-new"):
        assert isinstance(set_up(token, "Somebody", code, PASSWORD), Refused)
    assert set_up(token, "", "dana", PASSWORD, "staff") == clinic.people["dana"].id
    assert codes() == before
    assert accounts.set_up_people(token) == ()
    assert not accounts.first_run_needed()


def test_a_clinician_who_is_also_its_administrator_stays_both(clinic, bare: Path) -> None:
    """Whoever has two jobs already is given no third in the place of one."""
    with transaction() as session:
        for code, columns in (("amina", {"also_role": "administrator"}), ("dana", {"active": False})):
            person = session.get(Person, clinic.people[code].id)
            assert person is not None
            records.change(session, clinic.doer("dana"), person, person.version, "person:change", **columns)
    token = accounts.first_token()
    assert [face.code for face in accounts.set_up_people(token)] == ["amina"]
    assert set_up(token, "", "amina", PASSWORD, "staff") == clinic.people["amina"].id
    with reading() as session:
        amina = queries.person_by_code(session, "amina")
    assert amina is not None
    assert (amina.role, amina.also_role) == ("clinician", "administrator")


def test_settings_that_cannot_be_read_make_nothing(database: str, settings: Path) -> None:
    """The error names the file; nobody is half set up, and the token still works."""
    token, whole = accounts.first_token(), settings.read_text(encoding="utf-8")
    settings.write_text('[[site]]\ncode = "hill"\n', encoding="utf-8")
    with pytest.raises(ClinicError, match=r"clinic\.toml: site\.name"):
        set_up(token, "", "eva", PASSWORD)
    assert codes() == []
    settings.write_text(whole, encoding="utf-8")
    assert isinstance(set_up(token, "", "eva", PASSWORD), int)
