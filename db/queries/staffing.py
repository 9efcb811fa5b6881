"""What an administrator asks about people: who can let others in, when each came last, what somebody leaves behind."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from db.tables import AuditEvent, Draft, Episode, Lowering, Patient, Person, Site


def last_sign_in(session: Session, person_id: int) -> datetime | None:
    """When a person last signed in; None when they never did."""
    wanted = select(func.max(col(AuditEvent.at))).where(
        col(AuditEvent.person_id) == person_id, col(AuditEvent.deed) == "sign-in:begin"
    )
    return session.scalar(wanted)


def administrators_held(session: Session) -> tuple[Person, ...]:
    """Every active administrator, held so that two who take each other's rights away follow one another."""
    either = or_(col(Person.role) == "administrator", col(Person.also_role) == "administrator")
    wanted = select(Person).where(col(Person.active), either).order_by(col(Person.id)).with_for_update()
    return tuple(session.scalars(wanted.execution_options(populate_existing=True)))


def left_behind(session: Session, person_id: int) -> tuple[tuple[str, str, int], ...]:
    """What waits for a person, as (what, at which site, how many): drafts, reviews and lowerings."""
    drafts = (
        select(col(Site.name), func.count())
        .select_from(Draft)
        .join(Patient, col(Patient.id) == col(Draft.patient_id))
        .join(Site, col(Site.id) == col(Patient.site_id))
        .where(col(Draft.owner_id) == person_id, col(Draft.state) == "open")
    )
    reviews = (
        select(col(Site.name), func.count())
        .select_from(Episode)
        .join(Site, col(Site.id) == col(Episode.site_id))
        .where(col(Episode.clinician_id) == person_id, col(Episode.state) != "closed")
    )
    lowerings = (
        select(col(Site.name), func.count())
        .select_from(Lowering)
        .join(Episode, col(Episode.id) == col(Lowering.episode_id))
        .join(Site, col(Site.id) == col(Episode.site_id))
        .where(col(Lowering.asked_by) == person_id, col(Lowering.state) == "waiting")
    )
    found: list[tuple[str, str, int]] = []
    for what, wanted in (("draft", drafts), ("episode", reviews), ("lowering", lowerings)):
        rows = session.execute(wanted.group_by(col(Site.name)).order_by(col(Site.name)))
        found += [(what, site, number) for site, number in rows]
    return tuple(found)
