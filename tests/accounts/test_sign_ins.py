"""Sign-ins: they last while somebody is there, never longer than a day's work, and end at once when they must."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from dashboard import accounts, casework
from dashboard.access import Forbidden, Role
from dashboard.accounts import tokens
from db import records
from db.tables import Person, SignIn
from tests.accounts.conftest import Clock, Door, TrailOf
from tests.sessions import reading, transaction


def changed(door: Door, code: str, **columns: object) -> None:
    """Change a person as an administrator would."""
    with transaction() as session:
        person = session.get(Person, door.id(code))
        assert person is not None
        records.change(session, door.clinic.doer("dana"), person, person.version, "person:change", **columns)


def lives(begun: accounts.Begun) -> bool:
    """Whether a sign-in lasts; every way of asking must say the same."""
    told = {accounts.known(begun.token) is not None, accounts.actor(begun.sign_in) is not None}
    told.add(accounts.alive([begun.sign_in]) == {begun.sign_in})
    (answer,) = told
    return answer


def test_whoever_begins_is_known_by_the_token_alone(door: Door):
    """The token of 256 bits leaves once; what is stored does not give it back, and the id is not it."""
    begun = accounts.begin(door.id("amina"), "password")
    known = accounts.known(begun.token)
    assert known is not None
    assert (known.name, known.role, known.how, known.sign_in) == ("Amina", Role.CLINICIAN, "password", begun.sign_in)
    assert (known.idle_seconds_left, known.seconds_left) == (15 * 60, 12 * 3600)
    assert accounts.known(begun.sign_in) is None
    assert len(begun.token) == 43
    with reading() as session:
        row = session.get(SignIn, begun.sign_in)
        assert row is not None
        assert row.token_sha256 == tokens.kept(begun.token)
        assert begun.token not in repr(row.model_dump())
    assert begun.token not in repr(begun)


@pytest.mark.parametrize("token", ["", "guessed", "x" * 100_000, "\ud800", "\x00", None, 7])
def test_anything_else_is_nobody(door: Door, token: object):
    """Whatever a cookie may say."""
    assert accounts.known(token) is None  # type: ignore[arg-type]
    assert accounts.actor(token) is None


def test_every_sign_in_has_a_token_of_its_own(door: Door):
    """Signing in again does not go on with what was there: nobody can plant a token beforehand."""
    first, second = (accounts.begin(door.id("amina"), "password") for _ in range(2))
    assert first.token != second.token
    assert first.sign_in != second.sign_in


def test_it_ends_when_nobody_did_anything_for_fifteen_minutes(door: Door, time: Clock, trail_of: TrailOf):
    """Asking does not prolong it; the end is noted once."""
    begun = accounts.begin(door.id("amina"), "password")
    time.passes(minutes=14, seconds=59)
    assert lives(begun)
    time.passes(seconds=1)
    assert not lives(begun)
    assert not lives(begun)
    assert [event.after for event in trail_of("sign-in:end")] == [{"why": "idle", "person_id": door.id("amina")}]


def test_it_lasts_while_somebody_works_but_not_beyond_twelve_hours(door: Door, time: Clock):
    """Typing keeps it alive; a working day later everybody signs in anew."""
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(51):
        time.passes(minutes=14)
        accounts.touch(begun.sign_in)
    assert lives(begun)
    time.passes(minutes=6)
    accounts.touch(begun.sign_in)
    assert not lives(begun)


def test_what_is_over_is_not_revived_by_a_touch(door: Door, time: Clock):
    """A key pressed at minute sixteen signs nobody in."""
    begun = accounts.begin(door.id("amina"), "password")
    time.passes(minutes=16)
    accounts.touch(begun.sign_in)
    assert not lives(begun)


def test_a_touch_is_written_at_most_every_twenty_seconds(door: Door, time: Clock):
    """Typing does not become a write a keystroke."""
    begun = accounts.begin(door.id("amina"), "password")
    seen = set()
    for _ in range(60):
        time.passes(seconds=1)
        accounts.touch(begun.sign_in)
        with reading() as session:
            seen.add(session.get(SignIn, begun.sign_in).seen_at)  # type: ignore[union-attr]
    assert len(seen) == 4


@pytest.mark.parametrize(("back", "stays"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)])
def test_a_clock_set_back_ends_it(door: Door, time: Clock, back: timedelta, stays: bool):
    """What expired must stay expired, whatever somebody does to the machine's clock."""
    begun = accounts.begin(door.id("amina"), "password")
    time.at -= back
    assert lives(begun) is stays


def test_the_clinic_decides_how_long(door: Door, time: Clock, own_settings: Path):
    """Minutes without a deed, and hours at most."""
    own_settings.write_text("idle_minutes = 5\nsign_in_hours = 1\n", encoding="utf-8")
    begun = accounts.begin(door.id("amina"), "password")
    known = accounts.known(begun.token)
    assert known is not None
    assert (known.idle_seconds_left, known.seconds_left) == (300, 3600)
    time.passes(minutes=5)
    assert not lives(begun)


def test_whoever_is_disabled_is_out_at_once(door: Door, trail_of: TrailOf):
    """Without anybody ending anything: every way of asking looks whether the person works here."""
    begun = accounts.begin(door.id("amina"), "password")
    changed(door, "amina", active=False)
    assert not lives(begun)
    assert trail_of("sign-in:end")[-1].after == {"why": "left", "person_id": door.id("amina")}
    changed(door, "amina", active=True)
    assert not lives(begun)


def test_a_role_taken_away_ends_what_was_done_in_it(door: Door):
    """Whoever is no longer an administrator does not go on as one."""
    begun = accounts.begin(door.id("dana"), "password")
    changed(door, "dana", role="manager")
    assert not lives(begun)


def test_ending_all_leaves_no_browser_of_that_person(door: Door, trail_of: TrailOf):
    """Of Amina's three and Bruno's one, three end, each noted."""
    mine = [accounts.begin(door.id("amina"), "password") for _ in range(3)]
    other = accounts.begin(door.id("bruno"), "password")
    assert accounts.end_all(door.id("amina"), "password-lost") == 3
    assert accounts.alive([each.sign_in for each in (*mine, other)]) == {other.sign_in}
    assert len(trail_of("sign-in:end")) == 3
    assert accounts.end_all(door.id("amina"), "password-lost") == 0


def test_signing_out_ends_it_once(door: Door, trail_of: TrailOf):
    """A second press, or a press on a sign-in of nobody, is no event."""
    begun = accounts.begin(door.id("amina"), "password")
    for _ in range(2):
        accounts.end(begun.sign_in, "signed-out")
    accounts.end("never-there", "signed-out")
    assert not lives(begun)
    assert [(event.person_name, event.role) for event in trail_of("sign-in:end")] == [("Amina", "clinician")]


def test_the_trail_names_a_sign_in_without_its_id(door: Door, trail_of: TrailOf):
    """Begin and end can be brought together; nobody who reads the trail can act under it."""
    begun = accounts.begin(door.id("amina"), "password")
    accounts.end(begun.sign_in, "signed-out")
    (began,), (ended,) = trail_of("sign-in:begin"), trail_of("sign-in:end")
    assert began.record_id == ended.record_id != ""
    assert begun.sign_in not in f"{began.model_dump()} {ended.model_dump()}"
    assert (began.person_id, began.after) == (door.id("amina"), {"how": "password", "role": "clinician"})


@pytest.mark.parametrize("code", ["mallory", None])
def test_nobody_and_nobody_any_more_cannot_begin(door: Door, code: str | None):
    """Proving who you are is not enough when you left."""
    with pytest.raises(Forbidden):
        accounts.begin(door.id(code) if code else 987654, "password")


@pytest.mark.parametrize("how", ["demo", "magic"])
def test_a_real_clinic_is_not_entered_as_a_demo(door: Door, how: str):
    """No way in but those there are."""
    with pytest.raises(Forbidden):
        accounts.begin(door.id("amina"), how)


def test_a_person_with_two_jobs_acts_in_one_at_a_time(door: Door, trail_of: TrailOf):
    """Dana, who also sees patients, changes over and back; the trail says so."""
    changed(door, "dana", also_role="clinician")
    begun = accounts.begin(door.id("dana"), "password")
    as_administrator = accounts.actor(begun.sign_in)
    assert accounts.act_as(begun.sign_in, "clinician")
    as_clinician = accounts.actor(begun.sign_in)
    assert as_administrator is not None
    assert as_clinician is not None
    assert (as_administrator.role, as_clinician.role) == (Role.ADMINISTRATOR, Role.CLINICIAN)
    assert casework.find_patients(as_clinician, "") == ()
    with pytest.raises(Forbidden):
        casework.people(dataclasses.replace(as_clinician, role=Role.ADMINISTRATOR))
    assert [(event.role, event.after) for event in trail_of("sign-in:act-as")] == [
        ("clinician", {"role": "clinician", "was": "administrator"})
    ]


@pytest.mark.parametrize("role", ["administrator", "manager", "", "boss"])
def test_nobody_acts_in_a_job_they_do_not_have(door: Door, role: str):
    """Noor stays at the desk."""
    begun = accounts.begin(door.id("noor"), "password", role)
    assert not accounts.act_as(begun.sign_in, role)
    actor = accounts.actor(begun.sign_in)
    assert actor is not None
    assert actor.role is Role.STAFF


def test_an_actor_works_at_their_own_sites(door: Door):
    """As the people of the clinic do: Noor at one, Amina and the administrator at every one."""
    sites = {site.id for site in door.clinic.sites.values()}
    north = {door.clinic.sites["north"].id}
    for code, mine, everywhere in (("noor", north, False), ("amina", sites, True), ("dana", sites, True)):
        actor = accounts.actor(accounts.begin(door.id(code), "password").sign_in)
        assert actor is not None
        assert (actor.site_ids, actor.everywhere, actor.patients) == (mine, everywhere, frozenset())


def test_a_deed_is_refused_once_the_sign_in_is_over(door: Door, time: Clock):
    """The actor on a screen is from before; each deed asks the database again."""
    begun = accounts.begin(door.id("dana"), "password")
    actor = accounts.actor(begun.sign_in)
    assert actor is not None
    assert casework.people(actor)
    accounts.end(begun.sign_in, "signed-out")
    with pytest.raises(Forbidden, match="sign-in is over"):
        casework.people(actor)


def test_a_deed_under_somebody_elses_sign_in_is_refused(door: Door):
    """An actor made up of Dana's name and Amina's sign-in may do nothing."""
    dana, amina = (accounts.begin(door.id(code), "password") for code in ("dana", "amina"))
    actor = accounts.actor(dana.sign_in)
    assert actor is not None
    with pytest.raises(Forbidden, match="sign-in is over"):
        casework.people(dataclasses.replace(actor, sign_in=amina.sign_in))


def test_sign_ins_nobody_ended_are_ended_and_then_forgotten(door: Door, time: Clock, trail_of: TrailOf):
    """A browser closed without a word leaves nothing that grows; what happened stays in the trail."""
    for _ in range(5):
        accounts.begin(door.id("amina"), "password")
    time.passes(minutes=20)
    accounts.begin(door.id("bruno"), "password")
    assert len(trail_of("sign-in:end")) == 5
    time.passes(days=2)
    accounts.begin(door.id("bruno"), "password")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1
    assert len(trail_of("sign-in:begin")) == 7


def test_open_connections_are_asked_about_in_one_query(door: Door, monkeypatch: pytest.MonkeyPatch):
    """However many there are, and nothing at all for none."""
    begun = [accounts.begin(door.id("amina"), "password").sign_in for _ in range(40)]
    asked: list[int] = []
    real = Session.execute
    monkeypatch.setattr(Session, "execute", lambda *a, **k: (asked.append(1), real(*a, **k))[1])
    monkeypatch.setattr(Session, "scalars", lambda self, *a, **k: self.execute(*a, **k).scalars())
    assert accounts.alive([*begun, "never-there"]) == set(begun)
    assert accounts.alive([]) == set()
    assert len(asked) <= 2


def test_the_settings_of_the_second_factor_say_who_must_set_one_up(door: Door, own_settings: Path):
    """Required unless the clinic says otherwise, of those who sign in with a password; before, nothing can be done."""
    door.account("amina")
    begun = accounts.begin(door.id("amina"), "password")
    by_issuer = accounts.begin(door.id("amina"), "open-id")
    assert [accounts.known(each.token).must for each in (begun, by_issuer)] == ["enrol", ""]  # type: ignore[union-attr]
    assert accounts.actor(begun.sign_in) is None
    assert accounts.actor(by_issuer.sign_in) is not None
    own_settings.write_text('second_factor = "offered"\n', encoding="utf-8")
    assert accounts.known(begun.token).must == ""  # type: ignore[union-attr]
    assert accounts.actor(begun.sign_in) is not None
