"""Emergency access: one patient of another site, for an hour, with a reason, and somebody looks at it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from dashboard import accounts, casework
from dashboard.access import Actor, Role
from dashboard.accounts import clock
from dashboard.casework import emergency
from dashboard.casework.emergency import LASTS, NO_SUCH, OpenedRecord
from dashboard.casework.views import PatientCard
from db import records
from db.tables import Person
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.cast import NOBODY_YET
from tests.sessions import transaction
from tests.signing import signed_in

BORN = date(1990, 5, 17)
WHY = "collapsed after the finish"


class Hours:
    """The clock, as far on as a test says."""

    def __init__(self) -> None:
        self.on = timedelta()

    def __call__(self) -> datetime:
        return REAL() + self.on


REAL = clock.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    """A clock that tests turn."""
    turned = Hours()
    monkeypatch.setattr(clock, "now", turned)
    return turned


@pytest.fixture
def yara(cast: Cast) -> Callable[[], Actor]:
    """Yara, a clinician of the north site, as she is now: newly signed in."""
    with transaction() as session:
        north = cast.site("north")
        records.insert(session, NOBODY_YET, Person(code="yara", name="Yara", role="clinician", site_id=north), "test")

    def now() -> Actor:
        actor = accounts.actor(signed_in("yara").sign_in)
        assert actor is not None
        return actor

    return now


Yara = Callable[[], Actor]


def opened(actor: Actor, patient: PatientCard, born: date = BORN, how: str = "password") -> OpenedRecord:
    """The actor opens this patient's record, having shown again who they are in this way."""
    return emergency.open_in_emergency(actor, patient.record_number, born, WHY, lambda: how)


def _administers_too(actor: Actor) -> None:
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        records.change(session, NOBODY_YET, person, person.version, "test", also_role="administrator")


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""


def test_one_patient_is_opened_and_no_other(cast: Cast, yara: Yara) -> None:
    """Read, with every episode; a second patient of that site stays shut, and so does every list."""
    file, other = cast.in_care(cast.runner("south")), cast.in_care(cast.runner("south"))
    with pytest.raises(casework.NotFound):
        casework.read_episode(yara(), file.episode.id)
    record = opened(yara(), file.patient)
    assert (record.patient_id, record.episode_id) == (file.patient.id, file.episode.id)
    actor = yara()
    assert actor.patients == {file.patient.id}
    assert casework.read_episode(actor, file.episode.id).patient == file.patient
    assert casework.read_patient(actor, file.patient.id) == file.patient
    assert len(casework.episodes_of(actor, file.patient.id)) == 1
    for shut in (lambda: casework.read_episode(actor, other.episode.id), lambda: casework.read_patient(actor, 987654)):
        with pytest.raises(casework.NotFound):
            shut()
    assert casework.find_patients(actor, file.patient.record_number) == ()


@on_sqlite
def test_what_is_found_in_an_emergency_is_kept_for_the_site_it_belongs_to(cast: Cast, yara: Yara) -> None:
    """Examined and referred; it awaits review where the patient is looked after, and Yara does not sign it."""
    file = cast.in_care(cast.runner("south"))
    opened(yara(), file.patient)
    actor = yara()
    casework.add_examination(actor, file.episode.id, file.version, {"exam_saddle": "reduced"})
    now = casework.read_episode(actor, file.episode.id)
    assert now.episode.state == "awaiting-review"
    assert file.episode.id in [row.episode_id for row in casework.worklist(cast.amina).rows]
    with pytest.raises(casework.NotFound):
        casework.sign_review(actor, now.episode.id, now.version, now.assessment_id, "accepted")
    with pytest.raises(casework.NotFound):
        casework.open_draft(actor, file.patient.id)


def test_everything_done_under_it_says_so_in_the_trail(cast: Cast, yara: Yara, trail: Trail) -> None:
    """Reading and writing alike; what Yara does at her own site does not."""
    file, own = cast.in_care(cast.runner("south")), cast.in_care(cast.runner("north"))
    opened(yara(), file.patient)
    actor, before = yara(), len(trail())
    casework.read_episode(actor, file.episode.id)
    casework.add_examination(actor, file.episode.id, file.version, {"exam_saddle": "reduced"})
    done = trail()[before:]
    assert {event.deed for event in done} >= {"episode:examine", "assessment:make"}
    assert any(event.kind == "read" for event in done)
    assert {event.purpose for event in done} == {"emergency"}
    before = len(trail())
    casework.add_examination(actor, own.episode.id, own.version, {"exam_saddle": "reduced"})
    assert {event.purpose for event in trail()[before:]} == {""}


@on_sqlite
@pytest.mark.parametrize("why", ["", "collapsed", "        ab        "])
def test_without_a_reason_nothing_is_opened(cast: Cast, yara: Yara, why: str) -> None:
    """Ten characters that say something, spaces around them not counted; nobody is asked for a password before."""
    patient = cast.runner("south")
    asked: list[str] = []
    with pytest.raises(casework.NotReady, match="10 characters"):
        emergency.open_in_emergency(yara(), patient.record_number, BORN, why, lambda: asked.append("") or "demo")  # type: ignore[func-returns-value]
    assert asked == []
    assert yara().patients == frozenset()


def test_a_wrong_number_and_a_wrong_birthday_say_the_same(cast: Cast, yara: Yara, trail: Trail) -> None:
    """So that nobody learns which records exist; each try is in the trail, without what was typed."""
    patient = cast.runner("south")
    wrong = replace(patient, record_number="TEST-99999")
    for tried, born in ((wrong, BORN), (patient, date(1991, 5, 17)), (replace(patient, record_number=""), BORN)):
        with pytest.raises(casework.NotFound) as refusal:
            opened(yara(), tried, born=born)
        assert str(refusal.value) == NO_SUCH
    assert [(event.record_id, event.reason) for event in trail("refused")] == [("emergency:open", "not-found")] * 3
    assert "TEST-99999" not in str([vars(event) for event in trail()])


@on_sqlite
def test_whoever_does_not_confirm_who_they_are_opens_nothing(cast: Cast, yara: Yara, trail: Trail) -> None:
    """And the try is noted."""
    patient = cast.runner("south")
    with pytest.raises(casework.Forbidden, match="Nothing was opened"):
        opened(yara(), patient, how="")
    assert [event.record_id for event in trail("refused")] == ["emergency:open"]
    assert trail("emergency:open") == []


@on_sqlite
def test_a_patient_of_ones_own_site_needs_no_emergency(cast: Cast, yara: Yara) -> None:
    """Nothing is opened that is open already."""
    with pytest.raises(casework.NotReady, match="own site"):
        opened(yara(), cast.runner("north"))


def test_the_hour_ends_by_itself(cast: Cast, yara: Yara, hours: Hours) -> None:
    """A minute before it is open, at the hour it is not: not for who signs in anew nor for who held on to it."""
    patient = cast.runner("south")
    record = opened(yara(), patient)
    assert timedelta(0) <= record.until - clock.now() <= LASTS
    hours.on = LASTS - timedelta(minutes=1)
    held = yara()
    assert casework.read_patient(held, patient.id) == patient
    hours.on = LASTS
    assert yara().patients == frozenset()
    with pytest.raises(casework.NotFound):
        casework.read_patient(replace(held, sign_in=""), patient.id)
    assert emergency.opened_in_emergency(yara()) == ()


@on_sqlite
def test_it_can_be_ended_early_by_who_opened_it_only(cast: Cast, yara: Yara, trail: Trail) -> None:
    """At once, also for who held on to it; a second press changes nothing."""
    patient = cast.runner("south")
    record = opened(yara(), patient)
    held = yara()
    with pytest.raises(casework.NotFound):
        emergency.end_emergency(cast.bruno, record.id)
    emergency.end_emergency(held, record.id)
    emergency.end_emergency(held, record.id)
    with pytest.raises(casework.NotFound):
        casework.read_patient(held, patient.id)
    assert len(trail("emergency:end")) == 1


@on_sqlite
def test_opening_twice_opens_once_and_lasts_no_longer(cast: Cast, yara: Yara, hours: Hours, trail: Trail) -> None:
    """A double click, or a second try half an hour later."""
    patient = cast.runner("south")
    first = opened(yara(), patient)
    hours.on = timedelta(minutes=30)
    assert opened(yara(), patient) == first
    assert len(trail("emergency:open")) == 1


@on_sqlite
def test_whoever_only_claims_an_emergency_is_refused(cast: Cast, yara: Yara) -> None:
    """Patients named by the actor, of which the database knows nothing."""
    patient = cast.runner("south")
    with pytest.raises(casework.NotFound):
        casework.read_patient(replace(yara(), patients=frozenset({patient.id})), patient.id)


@on_sqlite
def test_it_belongs_to_the_clinician_and_not_to_the_person(cast: Cast, yara: Yara) -> None:
    """Yara, who also administers, has it only while she acts as a clinician."""
    patient = cast.runner("south")
    _administers_too(yara())
    opened(yara(), patient)
    sign_in = signed_in("yara").sign_in
    accounts.act_as(sign_in, Role.ADMINISTRATOR)
    administrator = accounts.actor(sign_in)
    assert administrator is not None
    assert administrator.patients == frozenset()
    refused(cast, lambda actor: opened(actor, patient), "noor", "chidi", "dana", "mallory")


@on_sqlite
def test_the_reason_stays_out_of_the_trail(cast: Cast, yara: Yara, trail: Trail) -> None:
    """Codes, numbers and moments only: a reason is free text."""
    opened(yara(), cast.runner("south"))
    (event,) = trail("emergency:open")
    assert event.purpose == "emergency"
    assert set(coded(event)[1]) >= {"patient_id", "until", "confirmed"}
    assert WHY not in str(vars(event))


def test_an_administrator_reviews_it_once_it_is_over(cast: Cast, yara: Yara, trail: Trail) -> None:
    """With the record number, the reason and what was done, without a name; once, and in words."""
    file = cast.in_care(cast.runner("south", family_name="Secretova"))
    record = opened(yara(), file.patient)
    casework.read_episode(yara(), file.episode.id)
    (seen,) = emergency.emergencies(cast.dana)
    assert seen.is_open
    with pytest.raises(casework.NotReady, match="still open"):
        emergency.review_emergency(cast.dana, seen.id, seen.version, "rightly opened")
    emergency.end_emergency(yara(), record.id)
    (seen,) = emergency.emergencies(cast.dana, unreviewed=True)
    assert (seen.person, seen.record_number, seen.reason) == ("Yara", file.patient.record_number, WHY)
    assert any(deed.startswith("patient:") for deed in seen.done)
    assert "Secretova" not in str(seen)
    with pytest.raises(casework.NotReady, match="few words"):
        emergency.review_emergency(cast.dana, seen.id, seen.version, "  ")
    done = emergency.review_emergency(cast.dana, seen.id, seen.version, "spoke to Yara; rightly opened")
    assert (done.reviewed_by, done.review_words) == ("Dana", "spoke to Yara; rightly opened")
    assert emergency.emergencies(cast.dana, unreviewed=True) == ()
    with pytest.raises(casework.StaleRecord):
        emergency.review_emergency(cast.dana, seen.id, seen.version, "again")
    with pytest.raises(casework.NotReady, match="before"):
        emergency.review_emergency(cast.dana, done.id, done.version, "again")
    (event,) = trail("emergency:review")
    assert "spoke to Yara" not in str(vars(event))


@on_sqlite
def test_each_emergency_lists_what_was_read_under_it(cast: Cast, yara: Yara) -> None:
    """Also when the same record was read a minute before, under an earlier one that was ended."""
    patient, actor = cast.runner("south"), yara()
    for _ in range(2):
        access = opened(actor, patient)
        now = accounts.actor(actor.sign_in)
        assert now is not None
        casework.read_patient(now, patient.id)
        emergency.end_emergency(now, access.id)
    second, first = (dict(each.done) for each in emergency.emergencies(cast.dana))
    assert second.get("patient:read", 0) > 0
    assert second == first


@on_sqlite
def test_nobody_reviews_their_own(cast: Cast, yara: Yara) -> None:
    """Whoever both examines and administers leaves it to a colleague."""
    record = opened(yara(), cast.runner("south"))
    emergency.end_emergency(yara(), record.id)
    _administers_too(yara())
    own = replace(yara(), role=Role.ADMINISTRATOR, sign_in="", everywhere=True, patients=frozenset())
    (seen,) = emergency.emergencies(own)
    with pytest.raises(casework.Forbidden, match="another administrator"):
        emergency.review_emergency(own, seen.id, seen.version, "rightly opened")


@on_sqlite
def test_a_manager_learns_how_often_and_nothing_else(cast: Cast, yara: Yara, hours: Hours) -> None:
    """Of the last thirty days, and how many wait to be reviewed."""
    assert vars(emergency.emergency_count(cast.chidi)) == {"lately": 0, "unreviewed": 0}
    opened(yara(), cast.runner("south"))
    assert vars(emergency.emergency_count(cast.chidi)) == {"lately": 1, "unreviewed": 1}
    hours.on = timedelta(days=31)
    assert vars(emergency.emergency_count(cast.chidi)) == {"lately": 0, "unreviewed": 1}
    refused(cast, emergency.emergencies, "chidi", "noor", "amina", "mallory")
