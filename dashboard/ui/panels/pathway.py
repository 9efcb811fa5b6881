"""The pathway: which step now and why, what it holds, the ladder around it, and whether a picture helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.vocabulary import Content
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming, sources

RED_FLAG = "act_on_red_flag"
"""The step that comes before every other; it is for no condition in particular."""
_STATES = {"done": "Behind", "now": "Now", "ahead": "Ahead", "closed": "Closed"}
_TONES = {"done": "quiet", "now": "accent", "ahead": "plain", "closed": "quiet"}
_GRADES = {"A": "good", "B": "good", "C": "care", "D": "quiet", "X": "bad"}


def suggested(file: EpisodeFile) -> None:
    """The step suggested now, why, and what would be needed to be surer."""
    pathway = file.document["pathway"]
    st.header("Suggested now", anchor=False)
    with st.container(key="suggested-step", border=True, gap="small"):
        st.markdown(f"### {plain(pathway['title'])}")
        if pathway["step"] != RED_FLAG:
            st.caption(f"For {plain(naming.condition(pathway['condition']))}")
        for why in pathway["why"]:
            st.markdown(f":material/subdirectory_arrow_right: {plain(why)}")
        if pathway["missing"]:
            asked = ", ".join(naming.question(item).rstrip("?") for item in pathway["missing"])
            st.markdown(f":orange[:material/help:] To be surer of the step: {plain(asked)}.")
        _imaging(pathway["imaging"])


def _imaging(rule: Mapping[str, Any] | None) -> None:
    if rule is None:
        return
    first = (
        f"**Imaging: {plain(rule['first_test'])}.** " if rule["appropriate"] else "**Imaging: usually not helpful.** "
    )
    st.markdown(
        f":material/radiology: {first}{plain(rule['says'])}  \n{sources.markdown(rule['cite'], rule['status'])}"
    )


def ladder(file: EpisodeFile) -> None:
    """Every step from self-care to specialist care, which is behind, now, ahead or closed, and its entry criterion."""
    rungs = "".join(_rung(each) for each in file.document["pathway"]["ladder"])
    st.header("The ladder of care", anchor=False)
    markup.show(markup.Html(f'<ol class="ladder">{rungs}</ol>'))


def _rung(each: Mapping[str, Any]) -> str:
    entry = labels.said(labels.CRITERION_STATES, each["entry"]).lower()
    current = ' aria-current="step"' if each["state"] == "now" else ""
    said = each["says"]
    told = markup.joined(
        [
            markup.strong(each["title"]),
            markup.badge(_STATES.get(each["state"], each["state"]), _TONES.get(each["state"], "plain")),
        ]
    )
    return f'<li class="{each["state"]}"{current}>{told}<br>{markup.quiet(f"Entry {entry}: {said}")}</li>'


def contents(file: EpisodeFile) -> None:
    """What the step suggested now consists of for the leading condition, each with its honest grade."""
    pathway, known = file.document["pathway"], knowledge()
    step = next((each for each in known.ladder if each.id == pathway["step"]), None)
    own = known.pathways.get(pathway["condition"] or "")
    held = (own.content.get(pathway["step"], ()) if own else ()) or (step.content if step else ())
    if not held:
        return
    st.header(f"What this step holds: {plain(pathway['title'])}", anchor=False)
    markup.show(content_table(f"What {pathway['title']} consists of", held))
    for words in (own.summary, own.return_to_run, own.referral) if own else ():
        if words:
            st.caption(plain(words))


def safety_net() -> None:
    """What every patient is told to watch for, and what to do then."""
    net = knowledge().safety_net_source
    st.header("What to tell the patient", anchor=False)
    st.markdown(f"{plain(net.text)}  \n{sources.markdown(net.cite, net.status)}")


def content_table(caption: str, held: Sequence[Content]) -> markup.Html:
    """Pieces of care with dose, grade and source."""
    rows = [
        (each.text, each.dose, grade(each.grade), sources.links(each.cite), sources.status(each.status))
        for each in held
    ]
    return markup.table(caption, ("What", "How much", "Grade", "Source", "Status"), rows)


def grade(code: str) -> markup.Html:
    """A grade: a letter (with what narrows it) and its words, or the words the evidence table uses instead."""
    letter, _, narrower = code.partition(" ")
    if letter.rstrip("+-") not in labels.GRADES:
        return markup.badge(code)
    words = f"{letter} · {labels.GRADES[letter[0]]}" + (f", {narrower}" if narrower else "")
    return markup.badge(words, _GRADES[letter[0]])
