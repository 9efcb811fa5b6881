"""Setting up an empty clinic: everything from the settings file, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard import casework
from dashboard.casework import following
from dashboard.casework.setup import ALREADY, set_up_clinic
from dashboard.clinic import ClinicError, read_clinic
from dashboard.in_force import shipped
from db import queries
from tests.casework.conftest import Cast
from tests.sessions import reading


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


@pytest.mark.usefixtures("settings")
def test_the_sites_and_people_of_the_settings_are_made(database: str) -> None:
    """Everyone can sign in at once, at their own site or at every one, and the screen says what was made."""
    told = set_up_clinic()
    assert told.made
    assert {"Site: Hill (hill)", "Staff: Ana, Dale", "Clinician: Ben, every site"} <= set(told.lines)
    assert [card.code for card in casework.people_who_may_sign_in()] == ["ana", "ben", "eva"]
    assert len(casework.actor_for("ana").site_ids) == 1
    assert len(casework.actor_for("ben").site_ids) == 2
    trail = casework.audit_trail(casework.actor_for("eva"))
    assert sorted({event.deed for event in trail}) == ["knowledge:adopt", "knowledge:keep", "person:add", "site:add"]
    assert following.notice() == ""


@pytest.mark.usefixtures("settings")
def test_the_files_shipped_are_adopted_and_written_down(database: str) -> None:
    """They are in force from the first day, by nobody's proposal; the next version will need two people."""
    assert any(line.startswith(f"Knowledge: {shipped().version}, as shipped") for line in set_up_clinic().lines)
    with reading() as session:
        (adopted,) = queries.knowledge_versions(session)
        assert following.current(session) is shipped()
    assert (adopted.origin, adopted.state, adopted.sha256) == ("adopted", "approved", shipped().sha256)
    assert (adopted.proposed_by, adopted.approved_by) == (None, None)


@pytest.mark.usefixtures("settings")
def test_a_second_press_changes_nothing(database: str) -> None:
    """Eight at once make one clinic."""
    with ThreadPoolExecutor(4) as browsers:
        made = [told.made for told in browsers.map(lambda _: set_up_clinic(), range(8))]
    assert made.count(True) == 1
    assert len(casework.people_who_may_sign_in()) == 3
    assert set_up_clinic() == ALREADY


def test_where_somebody_works_it_adds_nobody(cast: Cast) -> None:
    """The button needs no sign-in, so it must be harmless in a clinic that is there."""
    with reading() as session:
        before = [person.code for person in queries.everyone(session)]
    assert set_up_clinic() == ALREADY
    with reading() as session:
        assert [person.code for person in queries.everyone(session)] == before


def test_settings_that_cannot_be_read_make_nothing(database: str, settings: Path) -> None:
    """The error names the file; nobody is half set up."""
    settings.write_text('[[site]]\ncode = "hill"\n', encoding="utf-8")
    with pytest.raises(ClinicError, match=r"clinic\.toml: site\.name"):
        set_up_clinic()
    assert casework.people_who_may_sign_in() == ()


def test_the_shipped_defaults_set_up_a_clinic_that_works(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any file there is somebody of every role."""
    monkeypatch.setattr("dashboard.casework.setup.clinic", lambda: read_clinic(None))
    assert set_up_clinic().made
    roles = {card.role for card in casework.people_who_may_sign_in()}
    assert roles == {"staff", "clinician", "manager", "administrator"}
