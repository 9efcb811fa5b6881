"""What happened in an episode, newest first: assessments, decisions, referrals, outcomes; and every answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor
from dashboard.casework.views import AssessmentView, EpisodeFile, LineView
from dashboard.charts.figure import unsigned
from dashboard.in_force import knowledge
from dashboard.ui import rooms, words
from dashboard.ui.look import plain
from dashboard.ui.panels import explained, judging, markup, naming
from dashboard.ui.settings import clinic


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The record of the episode, earlier assessments as they were, the runner's other episodes, and every answer."""
    st.header("What happened", anchor=False)
    rows = sorted(_events(file), key=lambda row: row[0], reverse=True)
    told = [(f"{clinic().day(when.date())} {when:%H:%M}", kind, what, who) for when, kind, what, who in rows]
    markup.show(markup.table("Newest first", ("When", "What", "In words", "Who"), told, widths=(16, 18, 56, 10)))
    _earlier(file)
    explained.panel(actor, file)
    _others(actor, file)
    st.header("Every answer", anchor=False)
    answers = [(question, said, section) for section, question, said in _answers(file)]
    markup.show(markup.table("As given, latest values", ("Question", "Answer", "Section"), answers))


def _earlier(file: EpisodeFile) -> None:
    """An assessment before the latest one, exactly as it was given then."""
    if len(file.assessments) < 2:
        return
    st.header("An earlier assessment, as it was", anchor=False)
    earlier = {each.id: each for each in reversed(file.assessments[:-1])}
    chosen = st.selectbox("Assessment", list(earlier), format_func=lambda each: _when(earlier[each]), key="earlier")
    said = earlier[chosen]
    rows = [
        (entry["title"], labels.BANDS[entry["band"]], unsigned(entry["score_millibans"]))
        for entry in said.document["differential"]
        if entry["band"] != "not-suggested"
    ]
    caption = f"{_urgency(said.urgency).capitalize()}; {naming.step(said.step)}; knowledge {said.knowledge_version}"
    markup.show(markup.table(caption, ("Condition", "How likely", "Score"), rows, (2,)))


def _when(said: AssessmentView) -> str:
    at = words.here(said.made_at)
    return f"{clinic().day(at.date())} {at:%H:%M}, {labels.said(labels.BASES, said.basis).lower()}"


def _others(actor: Actor, file: EpisodeFile) -> None:
    """The runner's other episodes, each a way to it."""
    others = [each for each in casework.episodes_of(actor, file.patient.id) if each.id != file.episode.id]
    if others:
        st.header("Other episodes of this runner", anchor=False)
    for each in others:
        told = f"{clinic().day(each.opened_on)}: {naming.condition(each.leading_condition)}"
        st.page_link(
            rooms.path_to("episode"),
            label=f"{plain(told)}, {labels.said(labels.EPISODE_STATES, each.state).lower()}",
            icon=":material/assignment_ind:",
            query_params={"episode": str(each.id)},
        )


def _events(file: EpisodeFile) -> Iterator[tuple[datetime, str, str, str]]:
    for said in file.assessments:
        what = f"{naming.condition(said.leading_condition)} first; {naming.step(said.step)}; {_urgency(said.urgency)}"
        tail = f" (knowledge {said.knowledge_version}, {said.knowledge_sha256[:12]})"
        yield words.here(said.made_at), f"Assessment, {labels.said(labels.BASES, said.basis).lower()}", what + tail, ""
    for each in file.decisions:
        parts = [
            naming.condition(each.condition) if each.condition else "",
            naming.step(each.step) if each.step else "",
            _urgency(each.urgency) if each.urgency else "",
            each.reason,
            each.comment,
        ]
        yield words.here(each.signed_at), labels.VERDICTS[each.verdict], "; ".join(filter(None, parts)), each.signed_by
        for line in each.lines:
            yield words.here(each.signed_at), f"· {kind_of(line)}", told_of(line), ""
    yield from _lowerings(file)
    if found := file.diagnosis:
        what = naming.condition(found.condition) if found.condition else "None of these"
        told = "; ".join(filter(None, (what, casework.HOW[found.how].lower(), found.words)))
        yield words.here(found.recorded_at), "Diagnosis confirmed", told, found.recorded_by
    for referral in file.referrals:
        kind = labels.said(labels.REFERRALS, referral.kind)
        yield words.here(referral.created_at), "Referral started", f"{kind}: {referral.reason}", referral.created_by
        for move in referral.moves:
            state = labels.said(labels.REFERRAL_STATES, move.to_state)
            yield words.here(move.at), f"Referral {state.lower()}", f"{kind}. {move.note}".strip(), move.by
    for outcome in file.outcomes:
        measure = knowledge().instruments.get(outcome.instrument)
        title = measure.title if measure else outcome.instrument
        noon = datetime.combine(outcome.taken_on, time(12), words.here(file.episode.submitted_at).tzinfo)
        yield noon, "Outcome", f"{title}: {outcome.value:g} (week {outcome.weeks_since_intake})", ""


def kind_of(line: LineView) -> str:
    """What a suggestion was about, such as "Leading condition"."""
    return judging.KINDS[line.kind][0] if line.kind in judging.KINDS else line.kind


def told_of(line: LineView) -> str:
    """One suggestion and what became of it, with the reason."""
    named = {"red_flag": _flag, "condition": naming.condition, "step": naming.step}.get(line.kind, _discussion)
    verdict = labels.VERDICTS[line.verdict].lower()
    if line.changed_to:
        other = _urgency(line.changed_to) if line.kind == "red_flag" else named(line.changed_to)
        verdict = f"changed to {other}"
    return "; ".join(filter(None, (f"{named(line.subject)}: {verdict}", line.reason, line.comment)))


def _flag(code: str) -> str:
    return next((flag.title for flag in knowledge().red_flags if flag.id == code), code)


def _discussion(code: str) -> str:
    return labels.said(labels.REFERRALS, code)


def _lowerings(file: EpisodeFile) -> Iterator[tuple[datetime, str, str, str]]:
    """What a second clinician was asked to lower, and what they answered."""
    for each in file.lowerings:
        what = f"{_urgency(each.from_urgency)} to {_urgency(each.to_urgency)}"
        yield words.here(each.asked_at), "Lowered urgency asked for", what, each.asked_by
        if each.settled_at:
            told = "; ".join(filter(None, (what, each.reason, each.comment)))
            yield words.here(each.settled_at), f"Lowered urgency {each.state}", told, each.second_by


def _urgency(code: str) -> str:
    return labels.said(labels.URGENCIES, code).lower()


def _answers(file: EpisodeFile) -> Iterator[tuple[str, str, str]]:
    for section in knowledge().sections:
        for item in knowledge().items_of(section.id):
            if said := naming.answer(file, item.id):
                detail = file.answers.get(f"{item.id}_detail")
                yield section.title, item.wording, f"{said} ({detail})" if detail else said
