"""The first minute of an episode: who, how urgent, what to do at once, what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import intake, labels
from dashboard.access import Actor
from dashboard.casework import handing_over
from dashboard.casework.views import EpisodeFile
from dashboard.doubts import Doubt, counted
from dashboard.in_force import knowledge
from dashboard.story import story
from dashboard.ui import banner, body_chart, look, words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming, sources
from dashboard.ui.settings import clinic

ASKED = 10
"""How many unanswered emergency questions are named; the others are counted."""


def header(file: EpisodeFile) -> None:
    """The patient and the episode's urgency, on one line above everything."""
    patient, episode = file.patient, file.episode
    with st.container(key="episode-header", horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width="stretch", gap=None):
            look.title(plain(patient.name))
            st.caption(
                f"{patient.age} years · {words.sex(patient.sex)} · {plain(patient.record_number)} · "
                f"{plain(episode.site)} · {_state(file)}"
            )
        look.urgency_chip(episode.urgency)


def _state(file: EpisodeFile) -> str:
    episode = file.episode
    said = labels.said(labels.EPISODE_STATES, episode.state)
    if file.waiting_lowering is not None:
        return f"{said}: waits for a second clinician"
    if episode.state == "awaiting-review":
        return f"{said} for {words.since(episode.submitted_at)}"
    if episode.state == "in-care" and episode.review_due_on:
        return f"{said}, next review {clinic().day(episode.review_due_on)}"
    return said


def red_flags(file: EpisodeFile) -> None:
    """Every fired rule in full, most urgent first, with what to do, why it fired and where it comes from."""
    fired = file.document["red_flags"]
    if not fired:
        return
    with st.container(key="episode-flags", gap="small"):
        for flag in fired:
            if flag["urgency"] != "routine":
                _flag(file, flag)
        _notes([flag for flag in fired if flag["urgency"] == "routine"])


def _notes(notes: Sequence[Mapping[str, Any]]) -> None:
    """Rules that fired without urgency: one line each."""
    for note in notes:
        st.markdown(
            f":gray[:material/flag:] **{plain(note['title'])}.** {plain(note['says'])}. {plain(note['action'])} "
            f"{sources.markdown(note['cite'], note['status'])}"
        )


def _flag(file: EpisodeFile, flag: Mapping[str, Any]) -> None:
    urgency = look.URGENCY_LOOK[flag["urgency"]][2]
    because = "; ".join(naming.answered(file, flag["because"]))
    banner.box(
        flag["urgency"],
        flag["id"],
        f"**{urgency}: {plain(flag['title'])}.** {plain(flag['says'])}  \n"
        f"**Do now:** {plain(flag['action'])}  \n"
        f":small[Because: {plain(because)}]  \n{sources.markdown(flag['cite'], flag['status'])}",
    )


def still_to_ask(file: EpisodeFile) -> None:
    """Emergency questions nobody has answered: unknown clears nothing."""
    unknown = file.document["unknown_emergency_items"]
    if not unknown:
        return
    with st.container(key="episode-ask", border=True, gap="xsmall"):
        st.markdown(
            f":orange[:material/hearing:] **Ask before the patient leaves:** {len(unknown)} emergency "
            f"{'question is' if len(unknown) == 1 else 'questions are'} not answered. Unknown clears nothing."
        )
        markup.show(markup.bullets(map(naming.question, unknown[:ASKED]), "columns"))
        if len(unknown) > ASKED:
            st.caption(f"and {len(unknown) - ASKED} more; every question is under Examine and in the intake.")


def told(file: EpisodeFile) -> None:
    """The story in five lines, and beside it where it hurts."""
    st.header("The story", anchor=False)
    lines = story(file.answers, knowledge(), clinic().distance_unit)
    with st.container(key="story-and-figures", horizontal=True, gap="medium"):
        with st.container(key="story-told"):
            markup.show(
                markup.definitions(
                    ((line.heading, line.text if line.told else markup.quiet(line.text)) for line in lines), "story"
                )
            )
        with st.container(key="story-figures"):
            body_chart.shown(file.answers, f"figures-{file.episode.id}")


def doubtful(file: EpisodeFile) -> None:
    """The answers that looked odd at the desk: what is odd, what was answered, and what the desk noted of it."""
    standing = intake.doubts(file.answers, file.notes)
    if not standing:
        return
    with st.container(key="doubtful-answers", border=True, gap="xsmall"):
        st.markdown(f":orange[:material/help:] **{plain(counted(standing))}**")
        for doubt in standing:
            answers = "; ".join(naming.answered(file, doubt.caution.items))
            st.markdown(f"{plain(doubt.caution.says)}  \n:small[:gray[{plain(answers)}]]  \n{_noted(doubt)}")


def answered_alone(actor: Actor, file: EpisodeFile) -> None:
    """Which answers are the patient's own, given alone on the tablet."""
    own = handing_over.answered_alone(actor, file.episode.id)
    if own:
        number = f"{len(own)} answer{'s' * (len(own) > 1)}"
        with st.expander(f"{number} given by the patient alone, on the tablet", icon=":material/tablet:", key="own"):
            told = (f"{naming.question(item).rstrip('?')}: {naming.answer(file, item)}" for item in own)
            markup.show(markup.bullets(told, "columns"))


def _noted(doubt: Doubt) -> str:
    """The note with who made it and when; that there is none; or one of an answer that was changed since."""
    note = doubt.note or doubt.earlier
    if note is None:
        return ":small[:gray[The desk noted nothing of it.]]"
    when = clinic().day(words.here(datetime.fromisoformat(note["at"])).date())
    said = f"“{plain(str(note['text']))}”  {plain(str(note['name']))}, {when}"
    return f":material/edit_note: {said}" if doubt.note else f":small[:gray[Noted of an earlier answer: {said}]]"


def provenance(file: EpisodeFile) -> None:
    """Which knowledge said this, when, on which basis."""
    known, latest = file.document["knowledge"], file.assessments[-1]
    same = known["sha256"] == knowledge().sha256
    said = "the knowledge in force" if same else "an older knowledge, kept as it was"
    st.caption(
        f":material/menu_book: Assessed {clinic().day(words.here(latest.made_at).date())} "
        f"({labels.said(labels.BASES, latest.basis).lower()}) with knowledge {plain(known['version'])}, {said} · "
        f"`{known['sha256'][:12]}` · Supports a clinician's judgement; it does not decide."
    )
