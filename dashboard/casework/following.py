"""Which knowledge is in force, as the open database says: every process follows it within seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard import in_force
from dashboard.casework.authority import today
from dashboard.casework.errors import NotFound
from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge, KnowledgeError
from db import engine, queries, records
from db.doers import SET_UP
from db.records import Actor
from db.scope import program
from db.tables import KnowledgeText, KnowledgeVersion

EVERY_SECONDS = 2.0
"""How long a process may go on without asking the database which knowledge is in force."""


_asked: tuple[str, float] = ("", 0.0)
"""The address of the database last asked, and when by the machine's steady clock."""


def catch_up(at_once: bool = False) -> None:
    """Reason from now on with the version in force in the open database; asks it once in a few seconds.

    Without a database, or in one where nothing was written down, the files shipped are in force.
    """
    global _asked
    if engine.active_database() is None:
        in_force.follow(None)
        return
    address = engine.database_url()
    if not at_once and _asked[0] == address and time.monotonic() - _asked[1] < EVERY_SECONDS:
        return
    with engine.reading(scope=program("asking which knowledge is in force")) as session:
        current(session)
    _asked = (address, time.monotonic())


def forget() -> None:
    """Ask the database anew at the next occasion."""
    global _asked
    _asked = ("", 0.0)


def current(session: Session) -> Knowledge:
    """The knowledge in force at this moment of the database; the process follows it.

    A deed that stores what was said asks here, inside its transaction, so that nothing is stored under another.
    """
    row = queries.knowledge_in_force(session, today())
    known = knowledge_of(session, row.sha256) if row else None
    in_force.follow(known)
    return known or in_force.shipped()


def knowledge_of(session: Session, sha256: str) -> Knowledge | None:
    """The knowledge of that hash, from the texts kept for it; None if they are not kept."""
    if in_force.is_shipped(sha256):
        return in_force.shipped()
    followed = in_force.followed()
    if followed is not None and followed.sha256 == sha256:
        return followed
    kept = queries.knowledge_text(session, sha256)
    return _loaded(sha256, tuple(sorted(kept.texts.items()))) if kept else None


def must_have(session: Session, sha256: str) -> Knowledge:
    """The knowledge an assessment was made under; NotFound if its texts were not kept."""
    known = knowledge_of(session, sha256)
    if known is None:
        raise NotFound("The knowledge of this assessment was not kept.")
    return known


def keep(session: Session, actor: Actor, known: Knowledge) -> None:
    """Keep the texts of a knowledge in the database, once."""
    if queries.knowledge_text(session, known.sha256) is not None:
        return
    row = KnowledgeText(sha256=known.sha256, knowledge_version=known.version, texts=dict(known.texts))
    try:
        with session.begin_nested():
            records.insert(session, actor, row, "knowledge:keep")
    except IntegrityError:
        # A colleague submitting at the same moment kept it first: the text of a hash is the same whoever keeps it.
        return


def write_down() -> None:
    """Adopt what was last used in a clinic that never wrote down what is in force: its tables are older than that."""
    with engine.reading(scope=program("looking whether knowledge was written down")) as session:
        if queries.knowledge_versions(session) or queries.knowledge_last_used(session) is None:
            return
    with engine.transaction(scope=program("writing down which knowledge is in force")) as session:
        adopt(session)


def adopt(session: Session) -> None:
    """Write down, where nothing was, which knowledge is in force: the one last used here, else the files shipped."""
    if queries.knowledge_versions(session):
        return
    known = _last_used(session) or in_force.shipped()
    keep(session, SET_UP, known)
    now = datetime.now(UTC)
    row = KnowledgeVersion(
        sha256=known.sha256,
        knowledge_version=known.version,
        origin="adopted",
        state="approved",
        sentence="In force when this clinic was set up.",
        proposed_at=now,
        approved_at=now,
        effective_on=min(today(), known.effective),
    )
    try:
        with session.begin_nested():
            records.insert(session, SET_UP, row, "knowledge:adopt")
    except IntegrityError:
        return  # another process was quicker, with the same knowledge


def files_beside() -> Knowledge | None:
    """The files on disk when this clinic has not met them, as after a new release; KnowledgeError if unusable.

    Those in force, those it moved on from, and those already proposed are none to be offered.
    """
    texts = library.texts_in(library.FOLDER)
    sha256 = library.fingerprint(texts)
    if sha256 == in_force.knowledge().sha256 or _is_met(sha256):
        return None
    return _loaded(sha256, tuple(sorted(texts.items())))


def _is_met(sha256: str) -> bool:
    if engine.active_database() is None:
        return False
    with engine.reading(scope=program("looking for new knowledge on disk")) as session:
        rows = queries.knowledge_versions(session)
    return any(row.sha256 == sha256 and row.state in ("candidate", "approved") for row in rows)


def notice() -> str:
    """A line for whoever starts the server when the files on disk wait for approval; empty when there is nothing."""
    here = in_force.knowledge()
    try:
        beside = files_beside()
    except KnowledgeError as why:
        return f"knowledge {here.version} stays in force; the files on disk cannot be used: {why.problems[0]}"
    if beside is None:
        return ""
    return (
        f"knowledge {here.version} ({here.sha256[:12]}) stays in force; the files on disk are {beside.version} "
        f"({beside.sha256[:12]}): propose them on the page Knowledge, under Versions"
    )


def _last_used(session: Session) -> Knowledge | None:
    sha256 = queries.knowledge_last_used(session)
    try:
        return knowledge_of(session, sha256) if sha256 else None
    except KnowledgeError:
        return None


@lru_cache(maxsize=6)
def _loaded(sha256: str, texts: tuple[tuple[str, str], ...]) -> Knowledge:
    return library.load_texts(dict(texts))
