"""Who acts, what their job is, and what that job may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    PATIENT_MERGE = "patient:merge"
    INTAKE_WRITE = "intake:write"
    EPISODE_READ = "episode:read"
    EPISODE_CLOSE = "episode:close"
    EXAMINATION_WRITE = "examination:write"
    REVIEW_SIGN = "review:sign"
    DIAGNOSIS_WRITE = "diagnosis:write"
    REFERRAL_READ = "referral:read"
    REFERRAL_WRITE = "referral:write"
    OUTCOME_WRITE = "outcome:write"
    COHORT_READ = "cohort:read"
    EXPORT_MAKE = "export:make"
    KNOWLEDGE_READ = "knowledge:read"
    KNOWLEDGE_PROPOSE = "knowledge:propose"
    KNOWLEDGE_APPROVE = "knowledge:approve"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    PERSON_INVITE = "person:invite"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_COUNT = "emergency:count"
    EMERGENCY_REVIEW = "emergency:review"
    CLINIC_SET_UP = "clinic:set-up"


_DESK = frozenset(
    {
        Permission.PATIENT_READ,
        Permission.PATIENT_WRITE,
        Permission.PATIENT_MERGE,
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
        Permission.EPISODE_CLOSE,
        Permission.EXAMINATION_WRITE,
        Permission.REVIEW_SIGN,
        Permission.DIAGNOSIS_WRITE,
        Permission.REFERRAL_WRITE,
        Permission.COHORT_READ,
        Permission.EXPORT_MAKE,
        Permission.KNOWLEDGE_PROPOSE,
        Permission.KNOWLEDGE_APPROVE,
        Permission.EMERGENCY_OPEN,
    },
    Role.MANAGER: frozenset(
        {
            Permission.COHORT_READ,
            Permission.EXPORT_MAKE,
            Permission.REFERRAL_READ,
            Permission.KNOWLEDGE_READ,
            Permission.EMERGENCY_COUNT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.PERSON_READ,
            Permission.PERSON_WRITE,
            Permission.PERSON_INVITE,
            Permission.AUDIT_READ,
            Permission.AUDIT_VERIFY,
            Permission.EMERGENCY_COUNT,
            Permission.EMERGENCY_REVIEW,
            Permission.CLINIC_SET_UP,
            Permission.KNOWLEDGE_READ,
        }
    ),
}
"""What each job may do; everything not listed is refused."""

IN_EMERGENCY = frozenset(
    {
        Permission.PATIENT_READ,
        Permission.EPISODE_READ,
        Permission.EXAMINATION_WRITE,
        Permission.REFERRAL_READ,
        Permission.REFERRAL_WRITE,
    }
)
"""What holds for a patient of another site opened in an emergency: read, examine, refer.

Signing, closing and the intake stay with the site that looks after the patient, whose worklist then shows what was
found.
"""


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
    everywhere: bool = False
    """True for someone of no single site, a manager and an administrator: sites opened later are theirs too."""
    only: frozenset[Permission] | None = None
    """Of what the job allows, what holds before the record now open; None: all of it."""

    def may(self, permission: Permission) -> bool:
        """Whether the actor's job allows it."""
        return permission in PERMISSIONS[self.role] and (self.only is None or permission in self.only)

    def before(self, site_id: int) -> Actor:
        """The actor before a record of that site: of another site's, opened in an emergency, less may be done."""
        return self if site_id in self.site_ids else replace(self, only=IN_EMERGENCY)

    def must(self, permission: Permission) -> None:
        """Return quietly if the actor's job allows it, else raise Forbidden."""
        if not self.may(permission):
            raise Forbidden(f"The role {self.role.value} does not have {permission.value}.")

    def must_be_at(self, site_id: int) -> None:
        """Return quietly if the actor works at that site, else raise Forbidden."""
        if site_id not in self.site_ids:
            raise Forbidden("This record belongs to a site you do not work at.")
