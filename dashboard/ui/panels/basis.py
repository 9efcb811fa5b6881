"""The basis of one suggestion: the answers behind a red flag, the evidence for a condition, the rule of a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.casework import Suggestion
from dashboard.casework.suggestions import ALARM_STEP
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import differential, markup, naming, sources

STRONGEST = 4
"""How many findings are told on each side; the others are one press away."""


def show(file: EpisodeFile, suggestion: Suggestion) -> None:
    """What the suggestion rests on, with its sources and how good they are."""
    {"red_flag": _red_flag, "condition": _condition, "step": _step, "orthobiologic": _discussion}[suggestion.kind](
        file, suggestion
    )


def _red_flag(file: EpisodeFile, suggestion: Suggestion) -> None:
    flag = next(each for each in file.document["red_flags"] if each["id"] == suggestion.subject)
    st.markdown(f"{plain(flag['says'])}.")
    markup.show(markup.bullets(_answers(file, flag["because"])))
    if flag["note"]:
        st.caption(plain(flag["note"]))
    st.markdown(sources.markdown(flag["cite"], flag["status"]))


def _answers(file: EpisodeFile, items: Iterable[str]) -> list[str]:
    """Every answer a rule looked at: a basis names them all."""
    return [f"{naming.question(item).rstrip('?')}: {naming.answer(file, item) or 'not known'}" for item in items]


def _condition(file: EpisodeFile, suggestion: Suggestion) -> None:
    entry = naming.entry_of(file.document, suggestion.subject)
    if entry is None:
        return
    st.markdown(f"Stands as **{labels.BANDS[entry['band']].lower()}** among {len(file.document['differential'])}.")
    counted = sorted((each for each in entry["weights"] if each["millibans"]), key=lambda each: -abs(each["millibans"]))
    for heading, side in (("For it", 1), ("Against it", -1)):
        there = [each for each in counted if each["millibans"] * side > 0]
        if there:
            st.markdown(f"**{heading}**")
            markup.show(markup.bullets(map(_weight, there[:STRONGEST])))
        if len(there) > STRONGEST:
            st.caption(f"and {len(there) - STRONGEST} weaker ones")
    if not counted:
        st.caption("No finding of its own moves it: it stands by age, sex and what the others lack.")
    for limit in entry["adjustments"]:
        if limit["millibans"]:
            st.caption(f":material/balance: {plain(limit['says'])}")
    st.button(
        "All of its evidence, as a figure and a table",
        key=f"basis-why-{suggestion.subject}",
        type="tertiary",
        icon=":material/arrow_forward:",
        on_click=differential.choose,
        args=(suggestion.subject,),
    )


def _weight(each: Mapping[str, Any]) -> markup.Html:
    """A finding with its ratio, and under it where that comes from and how good it is."""
    said = labels.said(labels.PRESENCES, each["presence"]).lower()
    told = markup.text(f"{each['title']}: {said} (LR {each['likelihood_ratio']:.2g})")
    return markup.lines([told, sources.line(each["citation"], each["status"])])


def _step(file: EpisodeFile, suggestion: Suggestion) -> None:
    pathway = file.document["pathway"]
    rung = next((each for each in pathway["ladder"] if each["step"] == suggestion.subject), None)
    if rung:
        st.markdown(f"**The rule:** {plain(rung['says'])}")
    # Of a step that acts on red flags the answers stand under the flags themselves.
    answers = [] if suggestion.subject == ALARM_STEP else _answers(file, pathway["because"])
    markup.show(markup.bullets([*pathway["why"], *answers]))
    known = next((each for each in knowledge().ladder if each.id == suggestion.subject), None)
    if known:
        st.markdown(sources.markdown(known.cite, known.status))


def _discussion(file: EpisodeFile, suggestion: Suggestion) -> None:
    st.markdown(plain(file.document["referral_gates"][suggestion.subject]["why"]))
    markup.show(markup.bullets(map(_gate, file.document["gates"])))
    st.caption("To discuss is not to treat: the trials, the negative ones too, stand under Gates.")


def _gate(gate: Mapping[str, Any]) -> markup.Html:
    said = labels.said(labels.CRITERION_STATES, gate["state"]).lower()
    return markup.lines([f"{gate['title']}: {said}", sources.line(gate["cite"], gate["status"])])
