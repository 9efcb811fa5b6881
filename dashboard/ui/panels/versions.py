"""The versions of the knowledge: which is in force, what waits, what was replaced, and one of them opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Permission
from dashboard.casework import approving, candidates, following, proposals
from dashboard.casework.knowledge_views import KnowledgeVersionView
from dashboard.clinical.knowledge import Knowledge, KnowledgeError
from dashboard.in_force import knowledge
from dashboard.ui import door, words
from dashboard.ui.look import plain
from dashboard.ui.panels import deciding_version, markup, opened, proposing
from dashboard.ui.settings import clinic

STATES = {
    "candidate": ("Candidate", "care"),
    "waiting": ("Approved, waits for its day", "accent"),
    "in-force": ("In force", "good"),
    "replaced": ("Replaced", "quiet"),
    "refused": ("Refused", "bad"),
    "withdrawn": ("Withdrawn", "quiet"),
}
ORIGINS = {"adopted": "As shipped", "edit": "Edited here", "files": "Files on disk", "rollback": "Rolled back to"}
_SAID = "versions_said"


def panel(actor: Actor) -> None:
    """Every version with who decided it, the one opened, and the way to propose a change."""
    _last_words()
    _files_beside(actor)
    every = approving.versions(actor)
    if every:
        markup.show(_table(every))
        _opened(actor, every)
    else:
        st.caption("Nothing was changed here yet: the files shipped are in force.")
    if actor.may(Permission.KNOWLEDGE_PROPOSE):
        proposing.panel(actor, attempt)
    else:
        st.caption(":material/lock: Clinicians propose changes and approve each other's. You can read everything.")


def attempt(done: str, deed: Callable[[Actor], Any]) -> None:
    """Do a deed as whoever is signed in now, and keep for the next run what to say of it; a button's callback."""
    actor = door.who()
    if actor is None:
        return
    try:
        deed(actor)
    except casework.StaleRecord as why:
        who = f" by {why.changed_by}" if why.changed_by else ""
        said = ("warning", f"Not done: this version was changed{who} since you opened it. Look at it again.")
    except (casework.NotReady, casework.NotFound) as why:
        said = ("warning", str(why))
    except casework.Forbidden as why:
        said = ("error", str(why))
    else:
        said = ("success", done)
    st.session_state[_SAID] = said


def _last_words() -> None:
    if said := st.session_state.pop(_SAID, None):
        opened.spoken(*said)


def _files_beside(actor: Actor) -> None:
    """That the files on disk are others than those in force, and the way to propose them."""
    try:
        beside = following.files_beside()
    except KnowledgeError as why:
        st.warning(f"The files on disk differ and cannot be used: {plain(why.problems[0])}", icon=":material/draft:")
        return
    if beside is None:
        return
    with st.container(border=True, key="files-beside"):
        st.markdown(
            f":material/draft: **The files on disk are version {plain(beside.version)}**, such as after a new release. "
            "They do nothing until they are proposed here and a second clinician approved them."
        )
        st.caption(plain(beside.summary))
        if proposals.number(beside.version) <= proposals.number(knowledge().version):
            st.caption(
                f"Their number is not above {plain(knowledge().version)}, which is in force with other texts. Raise it "
                "in manifest.toml, or bring the changed files along below."
            )
        elif actor.may(Permission.KNOWLEDGE_PROPOSE):
            _offer(beside)


def _offer(beside: Knowledge) -> None:
    st.text_input(
        "What changes and why",
        key="files-sentence",
        placeholder="Such as: the release of March; new criteria for the hip",
        persist_state="page",
    )
    st.button(
        f"Propose version {plain(beside.version)}",
        key="propose-files",
        icon=":material/input:",
        on_click=_propose_files,
        args=(beside.version,),
    )


def _propose_files(version: str) -> None:
    sentence = st.session_state.get("files-sentence") or ""
    attempt(f"Version {version} is a candidate now.", lambda actor: candidates.propose_files(actor, version, sentence))


def _table(every: tuple[KnowledgeVersionView, ...]) -> markup.Html:
    columns = ("Version", "State", "In force", "What and why", "Proposed", "Approved")
    return markup.table("Newest first", columns, map(_row, every), widths=(17, 13, 14, 28, 14, 14))


def _row(each: KnowledgeVersionView) -> tuple[object, ...]:
    name, tone = STATES[each.state]
    origin = ORIGINS[each.origin]
    return (
        markup.lines([markup.strong(each.knowledge_version), markup.quiet(each.sha256[:12]), markup.quiet(origin)]),
        markup.badge(name, tone),
        _when(each),
        markup.lines([each.sentence, _ended(each)]),
        _who(each.proposed_by, clinic().day(words.here(each.proposed_at).date())) if each.proposed_by else "Set-up",
        _who(each.approved_by, clinic().day(words.here(each.approved_at).date()))
        if each.approved_by and each.approved_at
        else "–",
    )


def _when(each: KnowledgeVersionView) -> str:
    if each.effective_on is None:
        return "–"
    since = clinic().day(each.effective_on)
    return f"{since} to {clinic().day(each.replaced_on)}" if each.replaced_on else f"from {since}"


def _ended(each: KnowledgeVersionView) -> markup.Html:
    if not each.ended_by:
        return markup.Html()
    said = f": {each.ending_words}" if each.ending_words else ""
    return markup.quiet(f"{STATES[each.state][0]} by {each.ended_by}{said}")


def _who(name: str, day: str) -> markup.Html:
    return markup.lines([name, markup.quiet(day)])


def _opened(actor: Actor, every: tuple[KnowledgeVersionView, ...]) -> None:
    """One version in full: by itself the candidate that waits longest for a decision, else the one in force."""
    by_id = {each.id: each for each in every}
    waiting = [each.id for each in every if each.state in ("candidate", "waiting")]
    first = waiting[-1] if waiting else next(each.id for each in every if each.state == "in-force")
    if st.session_state.get("version-open") not in by_id:
        st.session_state["version-open"] = first
    chosen = st.selectbox(
        "Open a version", list(by_id), format_func=lambda each: _label(by_id[each]), key="version-open", width=420
    )
    deciding_version.panel(actor, by_id[chosen], attempt)


def _label(each: KnowledgeVersionView) -> str:
    """Nothing of its state, which changes while the label is shown."""
    return f"{each.knowledge_version} · {each.sha256[:8]} · {clinic().day(words.here(each.proposed_at).date())}"
