"""Who acts, what their job is, and what that job may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A person's job in the clinic."""

    STAFF = "staff"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing a job may do, written ``resource:action``."""

    PATIENT_READ = "patient:read"
    PATIENT_WRITE = "patient:write"
    INTAKE_WRITE = "intake:write"
    EPISODE_READ = "episode:read"
    REVIEW_SIGN = "review:sign"
    REFERRAL_READ = "referral:read"
    REFERRAL_WRITE = "referral:write"
    OUTCOME_WRITE = "outcome:write"
    COHORT_READ = "cohort:read"
    KNOWLEDGE_READ = "knowledge:read"
    KNOWLEDGE_PROPOSE = "knowledge:propose"
    KNOWLEDGE_APPROVE = "knowledge:approve"
    PERSON_READ = "person:read"
    AUDIT_READ = "audit:read"
    CLINIC_SET_UP = "clinic:set-up"


_DESK = frozenset(
    {
        Permission.PATIENT_READ,
        Permission.PATIENT_WRITE,
        Permission.INTAKE_WRITE,
        Permission.EPISODE_READ,
        Permission.REFERRAL_READ,
        Permission.OUTCOME_WRITE,
        Permission.KNOWLEDGE_READ,
    }
)

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.STAFF: _DESK,
    Role.CLINICIAN: _DESK
    | {
        Permission.REVIEW_SIGN,
        Permission.REFERRAL_WRITE,
        Permission.COHORT_READ,
        Permission.KNOWLEDGE_PROPOSE,
        Permission.KNOWLEDGE_APPROVE,
    },
    Role.MANAGER: frozenset({Permission.COHORT_READ, Permission.REFERRAL_READ, Permission.KNOWLEDGE_READ}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.PERSON_READ, Permission.AUDIT_READ, Permission.CLINIC_SET_UP, Permission.KNOWLEDGE_READ}
    ),
}
"""What each job may do; everything not listed is refused."""


class Forbidden(PermissionError):  # noqa: N818 - the clinic says "forbidden"
    """The actor may not do this; the message names the permission or the reason, never a patient."""


@dataclass(frozen=True)
class Actor:
    """A person at work: every deed takes one and asks it again."""

    person_id: int
    name: str
    role: Role
    site_ids: frozenset[int]
    """The sites whose patients this person sees; managers and administrators have all of them."""
    sign_in: str = ""
    """The sign-in this person acts under; every deed asks whether it still lasts."""
    patients: frozenset[int] = frozenset()
    """Patients of other sites, opened to this person for an hour in an emergency."""

    def may(self, permission: Permission) -> bool:
        """Whether the actor's job allows it."""
        return permission in PERMISSIONS[self.role]

    def must(self, permission: Permission) -> None:
        """Return quietly if the actor's job allows it, else raise Forbidden."""
        if not self.may(permission):
            raise Forbidden(f"The role {self.role.value} does not have {permission.value}.")

    def must_be_at(self, site_id: int) -> None:
        """Return quietly if the actor works at that site, else raise Forbidden."""
        if site_id not in self.site_ids:
            raise Forbidden("This record belongs to a site you do not work at.")
