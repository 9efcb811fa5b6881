"""Why one condition stands above another: their scores side by side, and which answer would turn the order round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.access import Actor
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.charts.figure import signed, unsigned
from dashboard.clinical.bans import likelihood_ratio
from dashboard.clinical.contrast import Contrast, Share, contrast
from dashboard.clinical.what_if import Change
from dashboard.ui import bring_to_view
from dashboard.ui.look import label, plain
from dashboard.ui.panels import altered, markup, naming, next_question, sources
from dashboard.ui.panels.differential import TAB

COMPARE = "Compare"
ONE, OTHER = "compare-one", "compare-other"
FLIPS, QUESTIONS = 6, 3
_START = "The shares of people of this age whose main reason for pain each is."


def open_for(one: str, other: str) -> None:
    """In a callback: compare these two."""
    st.session_state[ONE], st.session_state[OTHER] = one, other
    st.session_state[TAB] = COMPARE
    bring_to_view.ask("compare")


def way_in(file: EpisodeFile) -> None:
    """Under the list of conditions: why the first stands above the second."""
    first, second = (list(file.document["differential"]) * 2)[:2]
    if first is not second:
        st.button(
            f"Why {label(_short(first))} above {label(_short(second))}?",
            key="why-above",
            type="tertiary",
            icon=":material/compare_arrows:",
            on_click=open_for,
            args=(first["condition"], second["condition"]),
        )


def _short(entry: Mapping[str, Any]) -> str:
    title = str(entry["title"])
    return title if title.isupper() else title[:1].lower() + title[1:]


def panel(actor: Actor, considered: Considered | None, file: EpisodeFile) -> None:
    """Two conditions chosen, the difference between them, what would turn it round, what would tell them apart."""
    entries = {entry["condition"]: entry for entry in file.document["differential"]}
    with st.container(key="compare"):
        one, other = _chosen(entries)
        if one == other:
            st.caption("Choose two different conditions.")
            return
        ahead, behind = (one, other) if _place(entries, one) < _place(entries, other) else (other, one)
        made = contrast(entries[ahead], entries[behind])
        st.header(f"Why {plain(_short(entries[ahead]))} stands above {plain(_short(entries[behind]))}", anchor=False)
        st.markdown(in_words(made, entries))
    if considered is not None:
        flips, best = st.columns(2, gap="large")
        with flips:
            _flips(considered, ahead, behind)
        with best:
            st.header("What would tell them apart", anchor=False)
            next_question.separating(actor, file, considered.separating(ahead, behind)[:QUESTIONS], "apart")
    markup.show(_table(file, made, entries))


def _chosen(entries: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """The two conditions; the two in front until others are chosen."""
    first, second = (list(entries) * 2)[:2]
    for key, default in ((ONE, first), (OTHER, second)):
        if st.session_state.get(key) not in entries:
            st.session_state[key] = default
    left, right = st.columns(2)

    def title(code: str) -> str:
        return str(entries[code]["title"])

    with left:
        one = st.selectbox("Condition", list(entries), format_func=title, key=ONE, persist_state="page")
    with right:
        other = st.selectbox("Compared with", list(entries), format_func=title, key=OTHER, persist_state="page")
    return one, other


def _place(entries: Mapping[str, Any], code: str) -> int:
    return list(entries).index(code)


def in_words(made: Contrast, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """What the table says, in two sentences."""
    one, other = entries[made.one], entries[made.other]
    for_it = [share for share in made.shares if share.kind == "weight" and share.difference > 0][:2]
    against = [share for share in made.shares if share.kind == "weight" and share.difference < 0][:1]
    told = f"{plain(one['title'])} is **{times(made.difference)}** as likely as {plain(other['title'])} here"
    if for_it:
        told += ", most of all by " + " and ".join(f"“{plain(_said(share))}”" for share in for_it)
    if against:
        told += f". What speaks most the other way is “{plain(_said(against[0]))}”"
    return f"{told}."


def times(millibans: int) -> str:
    """A difference of scores as the factor it is."""
    factor = likelihood_ratio(millibans)
    return "just" if round(factor, 1) == 1 else f"{factor:.1f} times" if factor < 20 else f"{factor:,.0f} times"


def _said(share: Share) -> str:
    entry = share.entries[0] or share.entries[1]
    presence = labels.said(labels.PRESENCES, entry["presence"]).lower() if entry and "presence" in entry else ""
    return f"{share.title}: {presence}" if presence else share.title


def _table(file: EpisodeFile, made: Contrast, entries: Mapping[str, Mapping[str, Any]]) -> markup.Html:
    one, other = entries[made.one]["title"], entries[made.other]["title"]
    rows: list[tuple[object, ...]] = [_row(file, share) for share in made.shares]
    scores = [entries[code]["score_millibans"] for code in (made.one, made.other)]
    total = markup.strong(signed(made.difference))
    rows.append(("Score", "", unsigned(scores[0]), unsigned(scores[1]), total, times(made.difference), ""))
    columns = ("What", "Answer", one, other, "Difference", "Makes it", "Source")
    kinds = ["total", *("" for _ in made.shares[1:]), "total"]
    caption = f"The scores of {one} and {other}, part by part; the differences add up exactly"
    return markup.table(caption, columns, rows, (2, 3, 4), kinds, (22, 24, 11, 11, 10, 10, 12))


def _row(file: EpisodeFile, share: Share) -> tuple[object, ...]:
    entry = share.entries[0] or share.entries[1] or {}
    cite = dict.fromkeys(id_ for each in share.entries if each for id_ in each["citation"])
    statuses = dict.fromkeys(each["status"] for each in share.entries if each)
    items = entry.get("items", ())
    answer = markup.lines([_presence(entry), markup.quiet("; ".join(naming.answered(file, items)))]) if items else ""
    source = markup.lines([sources.links(list(cite)), *(sources.status(code) for code in statuses)])
    one, other = (_amount(each, amount) for each, amount in zip(share.entries, (share.one, share.other), strict=True))
    if share.kind == "start":
        one, other, answer = unsigned(share.one), unsigned(share.other), markup.quiet(_START)
    factor = f"× {likelihood_ratio(share.difference):.2g}" if share.difference else ""
    return share.title, answer, one, other, signed(share.difference), factor, source


def _presence(entry: Mapping[str, Any]) -> str:
    return labels.said(labels.PRESENCES, entry["presence"]) if "presence" in entry else ""


def _amount(entry: Mapping[str, Any] | None, amount: int) -> object:
    return "" if entry is None else signed(amount)


def _flips(considered: Considered, ahead: str, behind: str) -> None:
    st.header("What would turn the order round", anchor=False)
    found = considered.flips(ahead, behind)
    alone = [change for change in found if len(change.answers) == 1]
    st.markdown(_flip_words(alone, found, behind))
    lines = altered.lines(considered, alone or found)
    if lines:
        markup.show(markup.bullets(lines[:FLIPS]))
    if len(lines) > FLIPS:
        st.caption(f"and {len(lines) - FLIPS} more.")


def _flip_words(alone: list[Change], found: tuple[Change, ...], behind: str) -> str:
    title = plain(naming.condition(behind))
    if alone:
        return f"Any one of these answers alone would put {title} first of the two:"
    if found:
        return f"No single answer would put {title} first of the two. These pairs would:"
    return f"No answer, and no pair of answers that was tried, would put {title} first of the two."
