"""The knowledge in force: which it is, how much of it is checked, and what a search finds in it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import streamlit as st

from dashboard import labels, source_card
from dashboard.clinic import clinic
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, sources


def header() -> None:
    """Version, day, hash, authors, and how many statements are checked, to be checked, or opinion."""
    known = knowledge()
    st.markdown(
        f"**Knowledge {plain(known.version)}**, in force since {clinic().day(known.effective)} · `{known.sha256}`"
    )
    st.caption(plain(known.summary))
    reviewers = ", ".join(known.reviewers) or "none yet: no clinician has reviewed this version"
    st.caption(f"Authors: {plain(', '.join(known.authors))} · Reviewers: {plain(reviewers)}")
    counted = statuses(known.sha256)
    total = sum(counted.values())
    pieces = [markup.joined([sources.status(code), f"{counted[code]} of {total}"]) for code in labels.STATUSES]
    markup.show(markup.joined(["How good the numbers and statements are:", *pieces], " &nbsp; "))


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


def changelog() -> None:
    """What changed in the knowledge, as its authors wrote it."""
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
