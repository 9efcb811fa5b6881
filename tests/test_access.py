"""Who may do what: every role against every permission, written out cell by cell."""

from __future__ import annotations

import pytest

from dashboard.access import PERMISSIONS, Actor, Forbidden, Permission, Role

MATRIX = {
    # permission: staff, clinician, manager, administrator
    "patient:read": "yes yes no  no",
    "patient:write": "yes yes no  no",
    "patient:merge": "yes yes no  no",
    "intake:write": "yes yes no  no",
    "episode:read": "yes yes no  no",
    "episode:close": "no  yes no  no",
    "examination:write": "no  yes no  no",
    "review:sign": "no  yes no  no",
    "diagnosis:write": "no  yes no  no",
    "referral:read": "yes yes yes no",
    "referral:write": "no  yes no  no",
    "outcome:write": "yes yes no  no",
    "cohort:read": "no  yes yes no",
    "export:make": "no  yes yes no",
    "knowledge:read": "yes yes yes yes",
    "knowledge:propose": "no  yes no  no",
    "knowledge:approve": "no  yes no  no",
    "person:read": "no  no  no  yes",
    "person:write": "no  no  no  yes",
    "person:invite": "no  no  no  yes",
    "audit:read": "no  no  no  yes",
    "audit:verify": "no  no  no  yes",
    "emergency:open": "no  yes no  no",
    "emergency:count": "no  no  yes yes",
    "emergency:review": "no  no  no  yes",
    "clinic:set-up": "no  no  no  yes",
}
CELLS = [
    (role, Permission(permission), word == "yes")
    for permission, words in MATRIX.items()
    for role, word in zip(Role, words.split(), strict=True)
]


def an_actor(role: Role, *sites: int) -> Actor:
    return Actor(person_id=1, name="Invented", role=role, site_ids=frozenset(sites))


def test_every_permission_is_decided_for_every_role() -> None:
    """A permission added without a row in this matrix fails here."""
    assert set(MATRIX) == {permission.value for permission in Permission}
    assert set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize(("role", "permission", "allowed"), CELLS)
def test_a_job_allows_exactly_what_the_matrix_says(role: Role, permission: Permission, allowed: bool) -> None:
    """may() answers, must() returns quietly or raises: both by the same matrix."""
    actor = an_actor(role)
    assert actor.may(permission) is allowed
    if allowed:
        actor.must(permission)
    else:
        with pytest.raises(Forbidden, match=permission.value):
            actor.must(permission)


def test_no_manager_and_no_administrator_reads_patients() -> None:
    """Who counts people and who runs the machine need no names."""
    for role in (Role.MANAGER, Role.ADMINISTRATOR):
        assert not an_actor(role).may(Permission.PATIENT_READ)
        assert not an_actor(role).may(Permission.EPISODE_READ)


def test_only_a_clinician_signs() -> None:
    """Signing a review is a clinician's act and nobody else's."""
    assert [role for role in Role if an_actor(role).may(Permission.REVIEW_SIGN)] == [Role.CLINICIAN]


def test_an_actor_sees_only_their_own_sites() -> None:
    """A record of another site is refused, whatever the role."""
    amina = an_actor(Role.CLINICIAN, 1, 2)
    amina.must_be_at(2)
    with pytest.raises(Forbidden, match="site"):
        amina.must_be_at(3)


def test_an_actor_cannot_be_promoted_after_the_fact() -> None:
    """An actor is frozen: a page cannot give itself another role."""
    with pytest.raises(AttributeError):
        an_actor(Role.STAFF).role = Role.CLINICIAN  # type: ignore[misc]


def test_before_another_sites_record_an_actor_reads_examines_and_refers() -> None:
    """And signs, closes and takes no history, whatever the job allows at home."""
    amina = an_actor(Role.CLINICIAN, 1)
    assert amina.before(1) == amina
    abroad = amina.before(2)
    allowed = {permission.value for permission in Permission if abroad.may(permission)}
    assert allowed == {"patient:read", "episode:read", "examination:write", "referral:read", "referral:write"}
