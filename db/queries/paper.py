"""The keyings of a draft's paper form."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.paper import PaperPass


def paper_passes(session: Session, draft_id: str) -> tuple[PaperPass, ...]:
    """The first and the second keying of a draft, as far as there are any; dropped ones are left out."""
    wanted = select(PaperPass).where(col(PaperPass.draft_id) == draft_id, col(PaperPass.state) != "dropped")
    return tuple(session.scalars(wanted.order_by(col(PaperPass.number))))
