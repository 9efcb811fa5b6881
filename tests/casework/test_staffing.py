"""People: added, changed, invited and let go by an administrator, who can neither promote nor orphan themselves."""

from __future__ import annotations

import pytest

from dashboard import accounts, casework
from dashboard.access import Actor, Role
from dashboard.accounts import passwords
from dashboard.casework import staffing
from dashboard.casework.staffing import LeftBehind, PersonTyped, StaffCard
from db import records
from db.tables import Account, Attempt, Identity, Person
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import SAME_DAY
from tests.cast import NOBODY_YET
from tests.judging import read_and_sign
from tests.sessions import transaction
from tests.signing import signed_in

PASSWORD = "four invented words here"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""
pytestmark = on_sqlite


def card(cast: Cast, code: str) -> StaffCard:
    """Somebody as Dana sees them now."""
    return next(each for each in staffing.staff(cast.dana) if each.code == code)


def typed(person: StaffCard, **changes: object) -> PersonTyped:
    """What stands in a person's form, with the changes."""
    told = {"name": person.name, "role": person.role, "also_role": person.also_role, "site_id": person.site_id}
    return PersonTyped(**(told | changes))  # type: ignore[arg-type]


def give_account(cast: Cast, code: str) -> None:
    """Let somebody sign in with a password."""
    with transaction() as session:
        person_id = int(cast.clinic.people[code].id or 0)
        session.add(Account(person_id=person_id, password_hash="not a hash"))


def sign_in(code: str) -> Actor:
    """Somebody newly signed in."""
    actor = accounts.actor(signed_in(code).sign_in)
    assert actor is not None
    return actor


def test_somebody_new_is_added_invited_and_comes_in(cast: Cast, trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the link of the invitation, in the role and at the site they were given."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    south = cast.site("south")
    made = staffing.add_person(cast.dana, " Ravi ", PersonTyped(" Ravi  Rao ", "clinician", None, south))
    assert (made.code, made.name, made.role, made.site_id) == ("ravi", "Ravi Rao", Role.CLINICIAN, south)
    assert not made.standing.has_account
    invited = staffing.invite_person(cast.dana, made.id)
    assert card(cast, "ravi").standing.invited
    assert accounts.accept(invited.token, PASSWORD) == made.id
    assert accounts.check("ravi", PASSWORD).person_id == made.id
    assert casework.actor_for("ravi").site_ids == {south}
    signed_in("ravi")
    seen = card(cast, "ravi")
    assert (seen.standing.has_account, seen.standing.signed_in, seen.standing.invited) == (True, 1, False)
    assert seen.last_sign_in is not None
    (event,) = trail("person:add")[-1:]
    assert (event.person_name, coded(event)[1]["role"]) == ("Dana", "clinician")
    assert invited.token not in str([vars(event) for event in trail()])


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("Noor!", {}, "code"),
        ("", {}, "code"),
        ("noor", {}, "code"),
        ("mallory", {}, "code"),
        ("new", {"name": " "}, "name"),
        ("new", {"name": "x" * 81}, "name"),
        ("new", {"role": "surgeon"}, "role"),
        ("new", {"also_role": "staff"}, "also_role"),
        ("new", {"also_role": "surgeon"}, "also_role"),
        ("new", {"site_id": 99}, "site_id"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(
    cast: Cast, code: str, changes: dict[str, object], field: str
) -> None:
    """And nobody is added."""
    told: dict[str, object] = {"name": "New", "role": "staff", "also_role": None, "site_id": None}
    before = staffing.staff(cast.dana)
    with pytest.raises(casework.BadAnswer) as refusal:
        staffing.add_person(cast.dana, code, PersonTyped(**(told | changes)))  # type: ignore[arg-type]
    assert refusal.value.item == field
    assert staffing.staff(cast.dana) == before


def test_a_changed_role_ends_every_sign_in_and_is_told_before_and_after(cast: Cast, trail: Trail) -> None:
    """Noor, who becomes a clinician, begins anew; a new name alone disturbs nobody."""
    held, noor = sign_in("noor"), card(cast, "noor")
    renamed = staffing.change_person(cast.dana, noor.id, noor.version, typed(noor, name="Noor Haddad"))
    assert accounts.actor(held.sign_in) is not None
    staffing.change_person(cast.dana, noor.id, renamed.version, typed(renamed, role="clinician"))
    assert accounts.actor(held.sign_in) is None
    with pytest.raises(casework.Forbidden):
        casework.open_drafts(held)
    changes = trail("person:change")
    assert coded(changes[-1]) == ({"role": "staff"}, {"role": "clinician"})
    assert coded(changes[0])[1] == {"changed": ["name"]}
    assert sign_in("noor").role == Role.CLINICIAN


def test_what_was_changed_by_a_colleague_meanwhile_is_not_overwritten(cast: Cast) -> None:
    """The dialog has to be opened again."""
    noor = card(cast, "noor")
    staffing.change_person(cast.dana, noor.id, noor.version, typed(noor, name="Noor H."))
    with pytest.raises(casework.StaleRecord, match="Dana"):
        staffing.change_person(cast.dana, noor.id, noor.version, typed(noor, role="clinician"))
    with pytest.raises(casework.StaleRecord):
        staffing.disable_person(cast.dana, noor.id, noor.version)


def test_nothing_changed_writes_nothing(cast: Cast, trail: Trail) -> None:
    """Saving a form as it was leaves version and trail alone."""
    noor = card(cast, "noor")
    assert staffing.change_person(cast.dana, noor.id, noor.version, typed(noor)).version == noor.version
    assert trail("person:change") == []


@pytest.mark.parametrize(
    "changes", [{"role": "clinician"}, {"also_role": "clinician"}, {"site_id": 1}, {"role": "manager", "name": "D"}]
)
def test_nobody_changes_their_own_role_or_site(cast: Cast, changes: dict[str, object]) -> None:
    """Dana may change her name."""
    dana = card(cast, "dana")
    with pytest.raises(casework.Forbidden, match="another administrator"):
        staffing.change_person(cast.dana, dana.id, dana.version, typed(dana, **changes))
    assert staffing.change_person(cast.dana, dana.id, dana.version, typed(dana, name="Dana D.")).name == "Dana D."


def test_the_last_administrator_who_can_sign_in_stays_one(cast: Cast) -> None:
    """Bruno, who alone can sign in as one, keeps role, work and link until somebody else can."""
    bruno = card(cast, "bruno")
    with transaction() as session:
        row = session.get_one(Person, bruno.id)
        records.change(session, NOBODY_YET, row, row.version, "test", also_role="administrator")
        link = Identity(issuer="https://id.example", subject="b-1", person_id=bruno.id)
        link_id = int(records.insert(session, NOBODY_YET, link, "test").id or 0)
    bruno = card(cast, "bruno")
    attempts = (
        lambda: staffing.change_person(cast.dana, bruno.id, bruno.version, typed(bruno, also_role=None)),
        lambda: staffing.disable_person(cast.dana, bruno.id, bruno.version),
        lambda: staffing.unlink_person(cast.dana, bruno.id, link_id),
    )
    for attempt in attempts:
        with pytest.raises(casework.NotReady, match="Nobody else"):
            attempt()
    assert card(cast, "bruno") == bruno
    give_account(cast, "dana")
    staffing.disable_person(cast.dana, bruno.id, bruno.version)
    assert not card(cast, "bruno").active


def test_nobody_ends_their_own_work_here(cast: Cast) -> None:
    """A slip of the finger would lock the clinic out."""
    dana = card(cast, "dana")
    with pytest.raises(casework.Forbidden, match="their own work"):
        staffing.disable_person(cast.dana, dana.id, dana.version)


def test_whoever_goes_is_signed_out_at_once_and_leaves_a_list(cast: Cast, trail: Trail) -> None:
    """Drafts, episodes in their care and lowerings by site, in numbers; an invitation works no more."""
    casework.open_draft(cast.bruno, cast.runner("north").id)
    casework.open_draft(cast.bruno, cast.runner("south").id)
    read_and_sign(cast.bruno, cast.episode(cast.runner("north")))
    told = {"urgency": "routine", "reason_code": "cds-not-applicable", "comment": "examined: all of it is normal"}
    read_and_sign(cast.bruno, cast.episode(cast.runner("south"), **SAME_DAY), "changed", **told)
    held, bruno = sign_in("bruno"), card(cast, "bruno")
    invited = staffing.invite_person(cast.dana, bruno.id)
    left = staffing.disable_person(cast.dana, bruno.id, bruno.version)
    north, south = "North Harbor", "Southgate"
    assert set(left) == {
        LeftBehind("draft", north, 1), LeftBehind("draft", south, 1), LeftBehind("episode", north, 1),
        LeftBehind("episode", south, 1), LeftBehind("lowering", south, 1),
    }  # fmt: skip
    assert staffing.left_behind(cast.dana, bruno.id) == left
    assert accounts.actor(held.sign_in) is None
    assert accounts.alive([held.sign_in]) == set()
    assert isinstance(accounts.accept(invited.token, PASSWORD), accounts.Refused)
    with pytest.raises(casework.Forbidden):
        signed_in("bruno")
    (event,) = trail("person:disable")
    assert coded(event) == ({"active": True}, {"active": False})
    with pytest.raises(casework.Forbidden):
        staffing.invite_person(cast.dana, bruno.id)


def test_somebody_who_left_can_come_back(cast: Cast) -> None:
    """Mallory, with whatever she signed in with before."""
    mallory = card(cast, "mallory")
    assert staffing.enable_person(cast.dana, mallory.id, mallory.version).active
    assert sign_in("mallory").role == Role.STAFF


def test_a_locked_name_is_let_try_again(cast: Cast, trail: Trail) -> None:
    """Once; a second press finds nothing to unlock."""
    noor = card(cast, "noor")
    moment = accounts.clock.now()
    with transaction() as session:
        counted = {"failures": 100, "guesses": 100, "guesses_since": moment, "last_at": moment, "locked_at": moment}
        session.add(Attempt(key=f"person:{noor.id}", **counted))
    assert card(cast, "noor").standing.locked
    assert staffing.unlock_person(cast.dana, noor.id)
    assert not card(cast, "noor").standing.locked
    assert not staffing.unlock_person(cast.dana, noor.id)
    assert [event.person_name for event in trail("account:unlock")] == ["Dana"]


def test_ending_sign_ins_ends_all_of_one_person(cast: Cast) -> None:
    """And nobody else's; they may sign in again."""
    noor, amina = [sign_in("noor"), sign_in("noor")], sign_in("amina")
    assert staffing.end_sign_ins(cast.dana, cast.noor.person_id) == 2
    assert [accounts.actor(each.sign_in) for each in noor] == [None, None]
    assert accounts.actor(amina.sign_in) is not None
    assert sign_in("noor").role == Role.STAFF


def test_an_account_of_the_clinic_belongs_to_one_person(cast: Cast) -> None:
    """Linked by its subject, shown on the card, taken away again with every sign-in."""
    issuer = "https://id.example"
    linked = staffing.link_person(cast.dana, cast.amina.person_id, " s-1 ", issuer)
    assert [(link.issuer, link.subject) for link in linked.links] == [(issuer, "s-1")]
    with pytest.raises(casework.NotReady, match="somebody else"):
        staffing.link_person(cast.dana, cast.noor.person_id, "s-1", issuer)
    with pytest.raises(casework.NotFound):
        staffing.unlink_person(cast.dana, cast.noor.person_id, linked.links[0].id)
    held = sign_in("amina")
    assert staffing.unlink_person(cast.dana, cast.amina.person_id, linked.links[0].id).links == ()
    assert accounts.actor(held.sign_in) is None


def test_only_administrators_manage_people(cast: Cast) -> None:
    """Neither the desk nor a clinician, nor a manager, nor who left."""
    noor = card(cast, "noor")
    for deed in (
        staffing.staff,
        lambda actor: staffing.add_person(actor, "new", PersonTyped("New", "administrator")),
        lambda actor: staffing.change_person(actor, noor.id, noor.version, typed(noor, role="administrator")),
        lambda actor: staffing.invite_person(actor, noor.id),
    ):
        refused(cast, deed, "noor", "amina", "chidi", "mallory")
