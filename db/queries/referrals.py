"""Referrals: which are open, where they are, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db.queries.scope import SiteIds, at_sites
from db.tables import Patient, Person, Referral, ReferralMove, Site

OPEN_STATES = ("draft", "sent", "received", "scheduled")
"""States in which someone still has to act."""


@dataclass(frozen=True)
class ReferralEntry:
    """A referral as the list shows it; overdue when it is still open after its due day."""

    referral: Referral
    patient: Patient
    site: Site
    creator: Person
    overdue: bool


def referrals(
    session: Session,
    sites: SiteIds,
    today: date,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    limit: int = 200,
) -> tuple[ReferralEntry, ...]:
    """Referrals in ``states`` (default: every open one), the longest overdue first, those without a day last."""
    wanted = (
        select(Referral, Patient, Site, Person)
        .join(Patient, col(Patient.id) == col(Referral.patient_id))
        .join(Site, col(Site.id) == col(Referral.site_id))
        .join(Person, col(Person.id) == col(Referral.created_by))
        .where(col(Referral.state).in_(states or OPEN_STATES), at_sites(Referral.site_id, sites))
    )
    if kind is not None:
        wanted = wanted.where(col(Referral.kind) == kind)
    in_order = wanted.order_by(col(Referral.due_on), col(Referral.id))
    found: list[ReferralEntry] = []
    # With a day first, then those without: of one state, each is a walk along an index, where one order would sort all.
    for some in (in_order.where(col(Referral.due_on).is_not(None)), in_order.where(col(Referral.due_on).is_(None))):
        if len(found) < limit:
            for asked, patient, site, creator in session.execute(some.limit(limit - len(found))):
                found.append(ReferralEntry(asked, patient, site, creator, is_overdue(asked, today)))
    return tuple(found)


def is_overdue(referral: Referral, today: date) -> bool:
    """Still open, and its due day is past."""
    return referral.state in OPEN_STATES and referral.due_on is not None and referral.due_on < today


def referral(session: Session, referral_id: int, sites: SiteIds) -> Referral | None:
    """One referral, or None when there is none at these sites."""
    wanted = select(Referral).where(col(Referral.id) == referral_id, at_sites(Referral.site_id, sites))
    return session.scalars(wanted).first()


def moves(session: Session, referral_id: int) -> tuple[ReferralMove, ...]:
    """How a referral went from state to state, oldest first."""
    wanted = select(ReferralMove).where(col(ReferralMove.referral_id) == referral_id)
    return tuple(session.scalars(wanted.order_by(col(ReferralMove.id))))
