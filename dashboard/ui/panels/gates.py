"""The gates before orthobiologics: what is met, what is not, what is not known, and what the trials found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming, sources
from dashboard.ui.panels.pathway import grade

_TONES = {"met": "good", "not-met": "bad", "unknown": "care"}
_PRESENT = {"met": ("Present", "bad"), "not-met": ("Absent", "good"), "unknown": ("Not known", "care")}
_DIRECTIONS = {
    "negative": ("Negative", "bad"),
    "positive": ("Positive", "good"),
    "neutral": ("No difference", "care"),
    "uncontrolled": ("No control group", "quiet"),
}


def panel(file: EpisodeFile) -> None:
    """Every gate and contraindication with its state and source, then what may be said of each procedure."""
    document = file.document
    st.header("Gates before an orthobiologic discussion", anchor=False)
    st.caption(_tally(document["gates"]))
    rows = [_gate(file, gate) for gate in document["gates"]]
    markup.show(markup.table("Gates", ("Gate", "State", "Because", "Source", "Status"), rows))
    st.header("Contraindications", anchor=False)
    _contraindications(file)
    options(document["orthobiologics"])


def _tally(gates: Sequence[Mapping[str, Any]]) -> str:
    numbers = {state: sum(gate["state"] == state for gate in gates) for state in labels.CRITERION_STATES}
    told = ", ".join(f"{number} {labels.CRITERION_STATES[state].lower()}" for state, number in numbers.items())
    return f"{len(gates)} gates: {told}. Not met and not known both keep the discussion shut."


def _gate(file: EpisodeFile, gate: Mapping[str, Any]) -> tuple[object, ...]:
    state = markup.badge(labels.said(labels.CRITERION_STATES, gate["state"]), _TONES[gate["state"]])
    title = markup.lines([markup.strong(gate["title"]), markup.quiet(gate["says"])])
    because = markup.lines(naming.answered(file, gate["because"]))
    return (title, state, because, sources.links(gate["cite"]), sources.status(gate["status"]))


def _contraindications(file: EpisodeFile) -> None:
    """Those present and those not known, in full; those absent by name, for they ask nothing of anyone."""
    every = file.document["contraindications"]
    open_ones = sorted((each for each in every if each["state"] != "not-met"), key=lambda each: each["state"] != "met")
    absent = [each["title"] for each in every if each["state"] == "not-met"]
    if open_ones:
        columns = ("Contraindication", "Kind", "State", "Because", "Source", "Status")
        rows = [_contraindication(file, each) for each in open_ones]
        markup.show(markup.table("Present or not known", columns, rows))
    if absent:
        st.caption(f":material/check: Absent ({len(absent)}): {plain('; '.join(absent))}.")


def _contraindication(file: EpisodeFile, each: Mapping[str, Any]) -> tuple[object, ...]:
    words, tone = _PRESENT[each["state"]]
    title = markup.lines([markup.strong(each["title"]), markup.quiet(each["says"])])
    because = markup.lines(naming.answered(file, each["because"]))
    status = sources.status(each["status"])
    return (title, each["kind"].capitalize(), markup.badge(words, tone), because, sources.links(each["cite"]), status)


def options(orthobiologics: Mapping[str, Any]) -> None:
    """What may be said of PRP and stem cells here, the negative trials on the same card; or why nothing is."""
    st.header("PRP and stem cells", anchor=False)
    if not orthobiologics["shown"]:
        st.info(f"**Not shown.** {plain(orthobiologics['why_hidden'])}", icon=":material/visibility_off:")
        return
    st.caption(plain(knowledge().notice))
    if not orthobiologics["options"]:
        st.caption("The evidence table holds no procedure for the conditions suggested here.")
    for option in orthobiologics["options"]:
        _option(option)


def _option(option: Mapping[str, Any]) -> None:
    trials = [(each["text"], each["direction"], each["cite"], each["status"]) for each in option["trials"]]
    procedure(
        f"{option['procedure']}, for {naming.condition(option['condition'])}",
        option["offered"],
        option["grade"],
        option["stance"],
        option["cite"],
        option["status"],
        trials,
    )


def procedure(
    name: str,
    offered: bool,
    graded: str,
    stance: str,
    cite: Sequence[str],
    status: str,
    trials: Sequence[tuple[str, str, Sequence[str], str]],
) -> None:
    """One procedure's card: whether it may be discussed, its grade, what may be said, and every trial."""
    told = markup.badge("May be discussed", "plain") if offered else markup.badge("Not offered", "bad")
    with st.container(border=True, gap="small"):
        st.markdown(f"**{plain(name)}**")
        markup.show(markup.joined([told, grade(graded), sources.line(cite, status)]))
        st.markdown(plain(stance))
        if trials:
            columns = ("Trial", "Direction", "Source", "Status")
            markup.show(markup.table(f"Trials of {name}", columns, [_trial(*each) for each in trials]))


def _trial(words: str, direction: str, cite: Sequence[str], status: str) -> tuple[object, ...]:
    named, tone = _DIRECTIONS.get(direction, (direction, "plain"))
    return (words, markup.badge(named, tone), sources.links(cite), sources.status(status))
