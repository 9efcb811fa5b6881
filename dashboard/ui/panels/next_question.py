"""Ask or examine next: the open questions by what their answers are expected to tell, each one press away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.access import Actor
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.next_question import NOTHING, Question, Ranking
from dashboard.in_force import knowledge
from dashboard.ui.look import URGENCY_LOOK, plain
from dashboard.ui.panels import asking, naming, sources

SHOWN, FIRST = 5, 3
LEAST = 0.005
"""Bits below which a question is said to tell less than a hundredth of a bit."""
WORTH = ((0.3, "tells much"), (0.1, "tells some"))
"""From how many bits on a question is said to tell as much."""
READING = (
    "A question that halved what is open would tell one bit. What an answer is expected to tell follows from how often "
    "each would be given under each condition, by the same likelihood ratios that rank the conditions; where they say "
    "nothing, answers count as equally common."
)


def panel(actor: Actor, considered: Considered | None, file: EpisodeFile) -> None:
    """Emergency questions first, then the questions that tell most; the rest one press away."""
    st.header("Ask or examine next", anchor=False)
    if considered is None:
        return
    found = considered.ranking
    may = asking.may_ask(actor, file)
    with st.container(key="ask-next", gap=None):
        if not found.first and not found.then:
            st.caption(":material/task_alt: Nothing unanswered would change the ranking.")
        elif all(question.bits < WORTH[-1][0] for question in found.then):
            st.caption("No single open question would tell much more; these tell most.")
        for question in found.first[:FIRST]:
            _row(file, question, may, urgent=True)
        for question in found.then[:SHOWN]:
            _row(file, question, may)
    rest = (*found.first[FIRST:], *found.then[SHOWN:], *found.alarms)
    if rest:
        with st.expander(_rest_label(found.then[SHOWN:], found.alarms), key="ask-next-rest"):
            for question in rest:
                _row(file, question, may, urgent=question in found.first)
    st.caption(f"{found.entropy:.1f} bits are open in the list of conditions. {READING} {_minutes_from(found)}")


def _minutes_from(found: Ranking) -> str:
    """Where the minutes come from and how good they are."""
    named = (*found.first, *found.then)
    costs = [cost for cost in (knowledge().cost_of(question.item) for question in named) if cost]
    cite = tuple(dict.fromkeys(id_ for cost in costs for id_ in cost.cite))
    return f"Minutes: {sources.markdown(cite, costs[0].status)}" if costs else ""


def _rest_label(more: Sequence[Question], alarms: Sequence[Question]) -> str:
    told = f"{len(more)} more that tell less" if more else ""
    alarm = f"{len(alarms)} that could only raise the urgency" if alarms else ""
    return ", and ".join(filter(None, (told, alarm))) or "The other emergency questions"


def _row(file: EpisodeFile, question: Question, may: bool, urgent: bool = False) -> None:
    key = f"worth-{question.item}"
    with st.container(key=key, horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        named = f"**{plain(naming.question(question.item))}** {_badges(question, urgent)}"
        st.markdown(f"{named}  \n:small[:gray[{said(question)}]]", width="stretch")
        if may:
            asking.button(file, question.item, "next")


def _badges(question: Question, urgent: bool) -> str:
    if urgent:
        return ":red-badge[:material/hearing: before the patient leaves]"
    if not question.raises_to:
        return ""
    colour, icon, words = URGENCY_LOOK[question.raises_to]
    return f":{colour}-badge[{icon} could raise to {words.lower()}]"


def said(question: Question) -> str:
    """What it is expected to tell, what it costs, and of which conditions it tells."""
    parts = [bits(question.bits), minutes(question.minutes)]
    if question.may_lead:
        parts.append(f"could bring {_conditions(question.may_lead)} to the front")
    elif question.about:
        parts.append(f"about {_conditions(question.about)}")
    if question.opens:
        parts.append("opens " + ", ".join(plain(naming.question(each).rstrip("?")) for each in question.opens[:2]))
    return " · ".join(parts)


def bits(amount: float) -> str:
    """What a number of bits means, in words, with the number behind it."""
    if amount < NOTHING:
        return "tells no conditions apart"
    words = next((words for least, words in WORTH if amount >= least), "tells little")
    return f"{words} ({amount:.2f} bits)" if amount >= LEAST else f"{words} (less than 0.01 bits)"


def minutes(amount: float) -> str:
    """A length of time as it is said."""
    return f"{round(amount * 60)} s" if amount < 0.5 else f"{amount:g} min"


def _conditions(codes: Sequence[str]) -> str:
    return plain(" or ".join(naming.condition(code) for code in codes[:2]))


def separating(actor: Actor, file: EpisodeFile, questions: Sequence[Question], place: str) -> None:
    """A few questions that tell two conditions apart, or much of one, each one press away; said when there is none."""
    if not questions:
        st.caption("No open question that is asked here would tell more.")
    for question in questions:
        with st.container(
            key=f"{place}-{question.item}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.markdown(
                f"{plain(naming.question(question.item))}  \n"
                f":small[:gray[{bits(question.bits)} · {minutes(question.minutes)}]]",
                width="stretch",
            )
            if asking.may_ask(actor, file):
                asking.button(file, question.item, place)
