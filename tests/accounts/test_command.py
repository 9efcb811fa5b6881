"""The command line, for whoever owns the machine: letting somebody in, letting somebody try again, ending it."""

from __future__ import annotations

import pytest

from dashboard import accounts
from dashboard.accounts.__main__ import main
from db.engine import choose_database
from tests.accounts.conftest import OTHER, PASSWORD, Clock, Door, TrailOf

Printed = pytest.CaptureFixture[str]


def test_it_invites(door: Door, capsys: Printed, trail_of: TrailOf):
    """The printed link gives the password; the trail says it came from the command line."""
    assert main(["invite", "Amina"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Amina gets in within 24 hours, once, at /join#")
    assert accounts.accept(said.strip().partition("#")[2], PASSWORD) == door.id("amina")
    assert [event.person_name for event in trail_of("invitation:make")] == ["command line"]


def test_it_unlocks(door: Door, time: Clock, capsys: Printed, trail_of: TrailOf):
    """Also when nothing stood against the name."""
    door.account("amina")
    for _ in range(6):
        accounts.check("amina", OTHER)
    assert main(["unlock", "amina"]) == main(["unlock", "amina"]) == 0
    assert capsys.readouterr().out == "Amina may try again\nAmina was not locked and need not wait\n"
    assert accounts.check("amina", PASSWORD).person_id == door.id("amina")
    assert len(trail_of("account:unlock")) == 1


def test_it_ends_every_sign_in_of_a_person(door: Door, capsys: Printed, trail_of: TrailOf):
    """At once, and says how many there were."""
    begun = accounts.begin(door.id("amina"), "password")
    assert main(["end", "amina"]) == main(["end", "amina"]) == 0
    assert capsys.readouterr().out == "Amina: 1 sign-in ended\nAmina: 0 sign-ins ended\n"
    assert accounts.known(begun.token) is None
    assert [event.person_name for event in trail_of("sign-in:end")] == ["command line"]


def test_it_makes_a_token_to_set_the_clinic_up(door: Door, capsys: Printed):
    """Until an administrator can sign in; then it says what to do instead."""
    assert main(["token"]) == 0
    token = capsys.readouterr().out.strip().partition("#")[2]
    assert [face.code for face in accounts.set_up_people(token)] == ["dana"]
    door.account("dana")
    assert main(["token"]) == 2
    assert "An administrator can sign in" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed", [["invite", "nobody"], ["unlock", "mallory"], ["end", "x\ny"], ["link", "nobody", "s"]]
)
def test_what_cannot_be_done_is_one_line_and_a_two(door: Door, capsys: Printed, typed: list[str]):
    """On the error stream, and nothing on the other one."""
    assert main(typed) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Nobody" in said.err


def test_before_any_clinic_is_open_it_says_what_to_do(home, capsys: Printed):
    """A fresh machine: nothing is made by asking."""
    assert main(["invite", "amina"]) == 2
    assert capsys.readouterr().err == "No clinic is open yet; set one up: token\n"
    assert not (home / "clinic.sqlite").exists()


def test_a_database_that_cannot_be_reached_is_one_line(home, monkeypatch, capsys: Printed):
    """Without a password in it."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:hidden@127.0.0.1:1/clinic")
    assert main(["end", "amina"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "hidden" not in said


def test_settings_that_cannot_be_read_are_one_line(door: Door, own_settings, capsys: Printed):
    """As everywhere: file, key and cure."""
    own_settings.write_text("idle_minutes = 3\n", encoding="utf-8")
    assert main(["link", "amina", "subject"]) == 2
    assert "idle_minutes is 3; give a whole number from 5 to 30." in capsys.readouterr().err


@pytest.mark.parametrize("typed", [[], ["inviet", "amina"], ["invite"], ["token", "amina"]])
def test_a_mistyped_command_is_a_two(capsys: Printed, typed: list[str]):
    """With the usage, before anything is opened."""
    with pytest.raises(SystemExit) as stopped:
        main(typed)
    assert stopped.value.code == 2
    assert "usage: python -m dashboard.accounts" in capsys.readouterr().err


def test_the_demo_is_worked_on_while_it_is_open(home, capsys: Printed):
    """The command works on the clinic that is open, like everything else; the token is the real clinic's."""
    choose_database("demo")
    assert main(["invite", "amina"]) == 2
    assert main(["token"]) == 0
    assert (home / "clinic.sqlite").exists()
