"""The knowledge in force: which it is, how much of it is checked, and what a search finds in it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import streamlit as st

from dashboard import labels, source_card
from dashboard.access import Actor
from dashboard.casework import approving
from dashboard.casework.knowledge_views import KnowledgeVersionView
from dashboard.clinical.knowledge import Knowledge
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, sources
from dashboard.ui.settings import clinic


def header(actor: Actor) -> None:
    """Version, day, hash, who wrote, reviewed and approved it, and how much of it is checked or opinion."""
    known, decided = knowledge(), approving.in_force_now(actor)
    since = decided.effective_on if decided and decided.effective_on else known.effective
    st.markdown(f"**Knowledge {plain(known.version)}**, in force since {clinic().day(since)} · `{known.sha256}`")
    st.caption(plain(decided.sentence if decided and decided.approved_by else known.summary))
    people = [f"Authors: {', '.join(known.authors)}"]
    people += [f"Reviewers: {', '.join(known.reviewers)}"] if known.reviewers else []
    if decided and decided.approved_by:
        people += [f"Proposed by {decided.proposed_by}", f"approved by {decided.approved_by}"]
    st.caption(plain(" · ".join(people)))
    _warnings(known, decided)
    counted = statuses(known.sha256)
    total = sum(counted.values())
    pieces = [markup.joined([sources.status(code), f"{counted[code]} of {total}"]) for code in labels.STATUSES]
    markup.show(markup.joined(["How good the numbers and statements are:", *pieces], " &nbsp; "))


def _warnings(known: Knowledge, decided: KnowledgeVersionView | None) -> None:
    """What a reader should know before relying on it: that nobody here or elsewhere has reviewed it."""
    approved = decided is not None and bool(decided.approved_by)
    if not known.reviewers and not approved:
        told = "No clinician has reviewed this version: it is in force as shipped."
    elif not known.reviewers:
        told = "Two clinicians here decided its last change; no reviewer of the whole is named in its files."
    else:
        return
    st.markdown(f":orange[:material/rate_review: {told}]")


@lru_cache(maxsize=2)
def statuses(sha256: str) -> Counter[str]:
    """How many numbers and statements of the knowledge have each status."""
    return source_card.statuses(knowledge())


def matches(wanted: str, *texts: str) -> bool:
    """Whether every word searched for occurs somewhere in the texts; nothing searched for matches all."""
    all_of_it = " ".join(texts).casefold()
    return all(word in all_of_it for word in wanted.casefold().split())


def nothing_found(wanted: str) -> None:
    """What a list says when the search leaves nothing of it."""
    st.caption(f":material/search_off: Nothing here holds “{plain(wanted)}”. Another tab may.")


def changelog(actor: Actor) -> None:
    """What changed here, version by version, and what the authors of the files wrote."""
    here = [each for each in approving.versions(actor) if each.state in ("in-force", "replaced", "waiting")]
    rows = [
        (
            markup.strong(each.knowledge_version),
            clinic().day(each.effective_on) if each.effective_on else "",
            each.sentence,
            " and ".join(filter(None, (each.proposed_by, each.approved_by))),
        )
        for each in here
    ]
    if rows:
        markup.show(markup.table("In this clinic", ("Version", "From", "What changed and why", "Decided by"), rows))
    st.markdown(knowledge_changes())


@lru_cache(maxsize=1)
def knowledge_changes() -> str:
    """The knowledge's own change log, its title left out."""
    from dashboard.clinical.knowledge import FOLDER

    file = FOLDER / "CHANGELOG.md"
    if not file.is_file():
        return "No change log is kept."
    text = file.read_text(encoding="utf-8").split("\n", 1)[1]
    return text
