"""Proposing a change of the knowledge, and ending a proposal: by withdrawing it or by refusing it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from dashboard import in_force
from dashboard.access import Actor, Forbidden, Permission
from dashboard.casework import following, proposals
from dashboard.casework.authority import changed, looking, must_be_fresh, stale, today, writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import NotFound, NotReady
from dashboard.casework.knowledge_shapes import state_of, version_view
from dashboard.casework.knowledge_views import KnowledgeVersionView
from dashboard.casework.proposals import Checked, Problem
from dashboard.casework.rows import findable
from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge, KnowledgeError
from dashboard.letters import one_line, visible
from db import queries, records
from db.tables import KnowledgeVersion

LONGEST_TEXTS = 5_000_000
"""Characters of all the files of one knowledge; the shipped ones have about half a million."""


@deed(Permission.KNOWLEDGE_PROPOSE)
def look_at(actor: Actor, files: Mapping[str, str], version: str, origin: str = "edit") -> Checked:
    """What a proposal would be: the version in force with these files changed, checked, and compared with it.

    Nothing is stored. Problems name the file, the place in it and the cure. With origin "files" the files are all
    there is; otherwise those not given stay as they are.
    """
    with looking(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        return _looked_at(session, files, version, origin == "files")


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def propose(
    actor: Actor, files: Mapping[str, str], version: str, sentence: str, origin: str = "edit"
) -> KnowledgeVersionView:
    """Keep a changed knowledge as a candidate; ``files`` are the changed ones, path → whole text.

    NotReady when something is wrong with it: the first problem, and how many more; look_at tells all of them.
    """
    with writing(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        words = _sentence(sentence)
        checked = _looked_at(session, files, version, origin == "files")
        if checked.known is None or checked.problems:
            raise NotReady(_told(checked.problems), tuple(each.file for each in checked.problems))
        return _propose(session, actor, checked.known, origin, words)


@deed(Permission.KNOWLEDGE_PROPOSE)
def texts_to_start_from(actor: Actor) -> tuple[Mapping[str, str], str]:
    """The files in force, and the next version number nobody used."""
    with looking(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        base = following.current(session)
        rows = queries.knowledge_versions(session)
        highest = max((proposals.number(row.knowledge_version) for row in rows), default=(0, 0, 0))
        highest = max(highest, proposals.number(base.version))
        return base.texts, proposals.next_version(".".join(map(str, highest)))


@deed(Permission.KNOWLEDGE_PROPOSE)
def files_of(actor: Actor, version_id: int) -> Mapping[str, str]:
    """The files in which a version differs from what it was based on: what to take up again. Empty if not kept."""
    with looking(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        row = found(session, version_id)
        known = following.knowledge_of(session, row.sha256)
        base = following.knowledge_of(session, row.based_on_sha256) if row.based_on_sha256 else None
        if known is None or base is None:
            return {}
        differ = {path: text for path, text in known.texts.items() if base.texts.get(path) != text}
        return {path: text for path, text in differ.items() if path != proposals.MANIFEST}


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def propose_files(actor: Actor, version: str, sentence: str) -> KnowledgeVersionView:
    """Keep the files on disk, such as those of a new release, as a candidate; under their own version, unchanged."""
    return propose(actor, files_on_disk(), version, sentence, "files")


def files_on_disk() -> dict[str, str]:
    """Every file of the knowledge on disk; NotReady when they cannot be read."""
    try:
        return library.texts_in(library.FOLDER)
    except KnowledgeError as why:
        raise NotReady(str(why)) from None


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def roll_back(actor: Actor, version_id: int, sentence: str) -> KnowledgeVersionView:
    """Propose that an earlier version, once in force, be in force again, exactly as it was."""
    with writing(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        words = _sentence(sentence)
        row = found(session, version_id)
        if row.state != "approved" or row.effective_on is None or row.effective_on > today():
            raise NotReady("Only a version that was in force can come back.", ("version",))
        known = following.knowledge_of(session, row.sha256)
        if known is None:
            raise NotFound("The text of this version was not kept.")
        if known.sha256 == following.current(session).sha256:
            raise NotReady("This version is in force.", ("version",))
        return _propose(session, actor, known, "rollback", words)


@deed(Permission.KNOWLEDGE_PROPOSE, writes=True)
def withdraw(actor: Actor, version_id: int, seen_version: int) -> KnowledgeVersionView:
    """Take back one's own candidate, or call off an approved version before its day."""
    with writing(actor, Permission.KNOWLEDGE_PROPOSE) as session:
        row = found(session, version_id)
        must_be_fresh(session, row, seen_version)
        state = state_of(session, row)
        if state not in ("candidate", "waiting"):
            raise stale(session, "knowledgeversion", row.id)
        if state == "candidate" and row.proposed_by != actor.person_id:
            raise Forbidden("Only whoever proposed a candidate takes it back; others may refuse it.")
        row = _end(session, actor, row, "withdrawn", "knowledge:withdraw")
        return version_view(session, row, actor)


@deed(Permission.KNOWLEDGE_APPROVE, writes=True)
def refuse(actor: Actor, version_id: int, seen_version: int, words: str) -> KnowledgeVersionView:
    """Refuse a colleague's candidate, saying why."""
    with writing(actor, Permission.KNOWLEDGE_APPROVE) as session:
        row = colleagues_candidate(session, actor, version_id, seen_version, "You proposed this; take it back instead.")
        why = visible(words).strip()
        if not why:
            raise NotReady("Say why, so that whoever proposed it can mend it.", ("words",))
        row = _end(session, actor, row, "refused", "knowledge:refuse", why)
        return version_view(session, row, actor)


def colleagues_candidate(
    session: Session, actor: Actor, version_id: int, seen_version: int, if_own: str
) -> KnowledgeVersion:
    """A candidate as it was seen, proposed by someone else; StaleRecord, or Forbidden with ``if_own``."""
    row = found(session, version_id)
    must_be_fresh(session, row, seen_version)
    if row.state != "candidate":
        raise stale(session, "knowledgeversion", row.id)
    if row.proposed_by == actor.person_id:
        raise Forbidden(if_own)
    return row


def _end(
    session: Session, actor: Actor, row: KnowledgeVersion, state: str, deed: str, words: str = ""
) -> KnowledgeVersion:
    by = actor.person_id
    return changed(session, actor, row, row.version, deed, state=state, ended_by=by, ending_words=words)


def found(session: Session, version_id: int) -> KnowledgeVersion:
    """The version's row; NotFound when there is none."""
    row = queries.knowledge_version(session, findable(version_id))
    if row is None:
        raise NotFound("There is no such version of the knowledge.")
    return row


def _looked_at(session: Session, files: Mapping[str, str], version: str, whole: bool) -> Checked:
    base = following.current(session)
    given = {one_line(path): visible(text) for path, text in files.items()}
    if sum(map(len, given.values())) > LONGEST_TEXTS:
        return Checked(given, (Problem("", "These files are too long for knowledge files; propose shorter ones."),))
    checked = proposals.looked_at({} if whole else base.texts, base, given, one_line(version), today())
    return _unless_taken(session, checked)


def _unless_taken(session: Session, checked: Checked) -> Checked:
    """A version number stands for one text only, whoever used it first."""
    if checked.known is None:
        return checked
    known = checked.known
    others = [row for row in queries.knowledge_versions(session) if row.knowledge_version == known.version]
    taken = [row for row in others if row.sha256 != known.sha256 and row.state in ("candidate", "approved")]
    if not taken:
        return checked
    says = f"The version {known.version} is already another text's. Choose the next number."
    return Checked(checked.texts, (*checked.problems, Problem("", says)), known, checked.changes)


def _propose(session: Session, actor: Actor, known: Knowledge, origin: str, sentence: str) -> KnowledgeVersionView:
    following.adopt(session)
    same = [row for row in queries.knowledge_versions(session) if row.sha256 == known.sha256]
    if any(row.state == "candidate" for row in same):
        raise NotReady("Exactly this text is already a candidate.", ("version",))
    following.keep(session, actor, known)
    row = KnowledgeVersion(
        sha256=known.sha256,
        knowledge_version=known.version,
        origin=origin,
        based_on_sha256=in_force.knowledge().sha256,
        sentence=sentence,
        proposed_by=actor.person_id,
    )
    deed = "knowledge:roll-back" if origin == "rollback" else "knowledge:propose"
    return version_view(session, records.insert(session, actor, row, deed), actor)


def _sentence(words: str) -> str:
    sentence = one_line(words)
    if len(sentence) < 10:
        raise NotReady("Say in a sentence what changes and why; colleagues read it for years.", ("sentence",))
    return sentence


def _told(problems: tuple[Problem, ...]) -> str:
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return (f"{first.file}: {first.says}" if first.file else first.says) + more
