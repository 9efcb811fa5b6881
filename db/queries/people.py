"""People and sites."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.tables import Person, Site


def people(session: Session) -> tuple[Person, ...]:
    """Everyone who may sign in, by name."""
    return tuple(session.scalars(select(Person).where(col(Person.active)).order_by(col(Person.name), col(Person.id))))


def everyone(session: Session) -> tuple[Person, ...]:
    """Everyone who works or worked here, by name."""
    return tuple(session.scalars(select(Person).order_by(col(Person.name), col(Person.id))))


def person_by_code(session: Session, code: str) -> Person | None:
    """Who signs in with this code, active or not."""
    return session.scalars(select(Person).where(col(Person.code) == code)).first()


def sites(session: Session) -> tuple[Site, ...]:
    """Every site, by name."""
    return tuple(session.scalars(select(Site).order_by(col(Site.name), col(Site.id))))
