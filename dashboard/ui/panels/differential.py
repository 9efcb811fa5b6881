"""What is likely: conditions ranked with words instead of decimals, and what speaks most for and against each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui import bring_to_view
from dashboard.ui.look import plain
from dashboard.ui.panels import naming

Comparing = Callable[[str, str], None]
CHOSEN, TAB = "why-condition", "episode-tab"
WHY = "Why"
REASONS_SHOWN = 2
SEPARATING = 3
"""How many questions are named that would tell the two in front apart best."""
_COLOURS = {"likely": "blue", "possible": "violet", "less-likely": "gray", "not-suggested": "gray"}


def ranked(file: EpisodeFile, considered: Considered | None = None, compare: Comparing | None = None) -> None:
    """The conditions suggested at all, most probable first, each with a way to its evidence.

    ``compare``: the callback that sets two conditions beside each other, offered where another stands above.
    """
    document = file.document
    st.header("What is likely", anchor=False)
    _by_rule(document)
    _on_file(document)
    _cautions(document, considered)
    suggested = [entry for entry in document["differential"] if entry["band"] != "not-suggested"]
    with st.container(key="ranked", gap=None):
        for place, entry in enumerate(suggested, start=1):
            _row(place, entry, partial(compare, suggested[0]["condition"]) if compare and place > 1 else None)
    _syndromes(document)
    _others(document, len(suggested))


def _by_rule(document: Mapping[str, Any]) -> None:
    """Beside an urgency above routine: what the rules are there to find stands before the list, whatever its place."""
    if document["urgency"] == "routine":
        return
    named = [
        f"**{plain(entry['title'])}** · {labels.said(labels.URGENCIES, entry['urgency'])} ({', '.join(entry['flags'])})"
        for entry in document.get("exclude_first", ())
    ]
    if named:
        st.warning("  \n".join(["To exclude first", *named]), icon=":material/flag:")
    st.caption(
        "The red flag above comes first. Serious conditions are found by rule, not by their place in this list: so few "
        "people have them that they stay low in it even when they must be excluded now."
    )


def _on_file(document: Mapping[str, Any]) -> None:
    """Pictures and measurements that settle a condition: they carry no weight, whatever its place in the list."""
    for entry in document["differential"]:
        settled = [each["title"] for each in entry["weights"] if is_settling(each)]
        if settled:
            st.success(
                f"**{plain(entry['title'])}: settled by what is on file.** {plain(', '.join(settled))}. Its place "
                "below is what the other answers alone would say.",
                icon=":material/fact_check:",
            )


def is_settling(weight: Mapping[str, Any]) -> bool:
    """Whether a weight is a present finding that settles its condition by itself."""
    return bool(weight["use"] == "definitive" and weight["presence"] == "present")


def _cautions(document: Mapping[str, Any], considered: Considered | None) -> None:
    """What keeps the ranking from being more than it is, in the knowledge's words."""
    texts = knowledge().settings.session_text
    if not document["sufficient"]:
        st.info(f"**Insufficient information.** {plain(texts.not_sufficient)}", icon=":material/help:")
    if not document["separable"]:
        first, second = document["differential"][:2]
        best = considered.separating(first["condition"], second["condition"])[:SEPARATING] if considered else ()
        named = ", ".join(naming.question(each.item).rstrip("?") for each in best)
        tail = f"Best told apart by: {plain(named)}." if named else "No open question here would tell them apart."
        st.info(
            f"**{plain(first['title'])} and {plain(second['title'])} cannot be told apart** by what is known. {tail}",
            icon=":material/call_split:",
        )


def _row(place: int, entry: Mapping[str, Any], compare: Callable[[str], None] | None) -> None:
    condition, band = entry["condition"], entry["band"]
    with st.container(key=f"ranked-{condition}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{place}. **{plain(entry['title'])}** :{_COLOURS[band]}-badge[{labels.BANDS[band]}]  \n"
            f":small[:gray[{_balance(entry)}]]",
            width="stretch",
        )
        if compare:
            st.button(
                "Compare",
                key=f"beside-{condition}",
                type="tertiary",
                icon=":material/compare_arrows:",
                on_click=compare,
                args=(condition,),
                help=f"Why the first stands above {plain(entry['title'])}",
            )
        st.button(
            "Why",
            key=f"why-{condition}",
            type="tertiary",
            icon=":material/balance:",
            on_click=choose,
            args=(condition,),
            help=f"The evidence for and against {plain(entry['title'])}",
        )


def _balance(entry: Mapping[str, Any]) -> str:
    """The strongest findings for and against, in words."""
    counted = [each for each in entry["weights"] if each["millibans"]]
    counted.sort(key=lambda each: -abs(each["millibans"]))
    sides = []
    for word, side in (("For", 1), ("Against", -1)):
        named = [_finding(each) for each in counted if each["millibans"] * side > 0][:REASONS_SHOWN]
        if named:
            sides.append(f"{word}: {', '.join(named)}")
    return " · ".join(sides) or _without_evidence(entry["condition"])


def _without_evidence(condition: str) -> str:
    known = knowledge().conditions.get(condition)
    residual = known is not None and known.residual
    return "What remains when nothing else fits" if residual else "Nothing asked so far speaks for or against it"


def _finding(weight: Mapping[str, Any]) -> str:
    absent = "no " if weight["presence"] == "absent" else ""
    title = str(weight["title"])
    return plain(absent + (title[:1].lower() + title[1:] if absent and not title[:2].isupper() else title))


def choose(condition: str) -> None:
    """Show the evidence of a condition."""
    st.session_state[CHOSEN] = condition
    st.session_state[TAB] = WHY
    bring_to_view.ask("why")


def _syndromes(document: Mapping[str, Any]) -> None:
    for syndrome in document["syndromes"]:
        if syndrome["presence"] == "present":
            below = ", ".join(naming.condition(child) for child in syndrome["children"])
            st.caption(
                f":material/account_tree: **{plain(syndrome['title'])}** is present: a picture that several conditions "
                f"cause ({plain(below)}), not one of their rivals."
            )


def _others(document: Mapping[str, Any], shown: int) -> None:
    first = {entry["condition"] for entry in document.get("exclude_first", ())}
    rest = [entry for entry in document["differential"][shown:] if entry["condition"] not in first]
    serious = {each.id for each in knowledge().conditions.values() if each.serious}
    if rest:
        named = ", ".join(each["title"] for each in rest)
        mind = (
            " A serious one among them is ruled out by no history alone."
            if serious & {e["condition"] for e in rest}
            else ""
        )
        st.caption(f"Not suggested by what is known: {plain(named)}.{mind}")
