"""An assessment made again under the knowledge that made it, beside what was stored then and what holds now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor
from dashboard.casework import explaining
from dashboard.casework.explaining import Explained
from dashboard.casework.views import AssessmentView, EpisodeFile
from dashboard.charts.figure import unsigned
from dashboard.clinical.knowledge import KnowledgeError
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming
from dashboard.ui.settings import clinic

_ASKED = "explain_again"


def panel(actor: Actor, file: EpisodeFile) -> None:
    """Which version each assessment was made under, and a way to make one of them again under exactly that."""
    st.header("Explain again", anchor=False)
    made = {each.id: each for each in reversed(file.assessments)}
    chosen = st.selectbox(
        "Assessment", list(made), format_func=lambda each: _named(made[each]), key=f"explain-{file.episode.id}"
    )
    version = made[chosen].knowledge_version
    st.button(
        f"Explain again under version {plain(version)}",
        icon=":material/history_edu:",
        key="explain-again",
        on_click=_ask,
        args=(chosen,),
    )
    if st.session_state.get(_ASKED) == chosen:
        _explained(actor, chosen)


def _named(each: AssessmentView) -> str:
    at = words.here(each.made_at)
    now = "" if each.knowledge_sha256 == knowledge().sha256 else ", replaced since"
    basis = labels.said(labels.BASES, each.basis).lower()
    return f"{clinic().day(at.date())} {at:%H:%M}, {basis}: knowledge {each.knowledge_version}{now}"


def _ask(assessment_id: int) -> None:
    st.session_state[_ASKED] = assessment_id


def _explained(actor: Actor, assessment_id: int) -> None:
    try:
        told = explaining.explain_again(actor, assessment_id)
    except casework.NotFound as why:
        st.warning(str(why), icon=":material/info:")
        return
    except KnowledgeError as why:
        st.error(f"The stored knowledge of then cannot be read: {plain(why.problems[0])}", icon=":material/error:")
        return
    _verdict(told)
    columns = ["Condition", "Stored then", f"Made again under {told.knowledge_version}"]
    if told.in_force is not None:
        columns.append(f"In force now: {told.in_force_version}")
    markup.show(markup.table("Side by side", columns, _rows(told)))


def _verdict(told: Explained) -> None:
    then, again = told.digests
    if told.same:
        more = f" This program also says: {', '.join(told.more)}." if told.more else ""
        st.success(
            f"The same to the bit in everything that was said then.{plain(more)}",
            icon=":material/verified:",
        )
    else:
        st.error(
            "Not the same: either the stored text or this program was changed. Tell whoever looks after Backstride.",
            icon=":material/error:",
        )
    st.caption(f"Stored `{then[:16]}` · made again `{again[:16]}` · knowledge `{told.knowledge_sha256[:16]}`")


def _rows(told: Explained) -> list[tuple[object, ...]]:
    sides = [told.stored, told.again, *([told.in_force] if told.in_force is not None else [])]
    rows: list[tuple[object, ...]] = [
        (markup.strong("Urgency"), *(labels.said(labels.URGENCIES, side["urgency"]) for side in sides)),
        (markup.strong("Step"), *(naming.step(side["pathway"].get("step")) for side in sides)),
    ]
    shown = dict.fromkeys(
        each["condition"] for side in sides for each in side["differential"] if each["band"] != "not-suggested"
    )
    rows += [(naming.condition(code), *(_standing(side, code) for side in sides)) for code in shown]
    return rows


def _standing(said: Mapping[str, Any], code: str) -> str:
    """Place, band and score of a condition in one assessment."""
    for place, each in enumerate(said["differential"], 1):
        if each["condition"] == code:
            return f"{place}. {labels.BANDS[each['band']]} ({unsigned(each['score_millibans'])})"
    return "–"
