"""The assessment summary for the record: what was told, what was suggested and on what basis, what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from dashboard import labels
from dashboard.casework.views import DecisionView, EpisodeFile
from dashboard.clinical.knowledge import Knowledge
from dashboard.source_card import cited
from dashboard.story import story

MOST_FOR, MOST_AGAINST = 4, 2
"""How many findings are named for and against each condition."""
DayWords = Callable[[date], str]
Here = Callable[[datetime], datetime]


def content(knowledge: Knowledge, file: EpisodeFile, day: DayWords, here: Here, unit: str) -> dict[str, Any]:
    """What the template "assessment" prints of the latest assessment and the decisions on it."""
    document, latest, patient = file.document, file.assessments[-1], file.patient
    return {
        "title": "Assessment of low back pain",
        "below": f"{patient.name} · born {day(patient.date_of_birth)} · {patient.record_number} · {file.episode.site}",
        "urgency": f"Urgency as the episode stands: {_urgency(file.episode.urgency)}",
        "flags_title": "Red flags",
        "flags": list(_flags(knowledge, document)),
        "open": _open(document),
        "story_title": "As told",
        "story": [[line.heading, line.text] for line in story(file.answers, knowledge, unit, file.notes)],
        "likely_title": "Suggested explanations, in order",
        "likely_head": ["Condition", "How likely", "For", "Against"],
        "likely": list(_likely(document)),
        "limits": list(_limits(knowledge, document)),
        "step_title": "Suggested step",
        "step": [document["pathway"]["title"], *document["pathway"]["why"]],
        "decided_title": "Decided by the clinician",
        "decided": [_decision(knowledge, each, day, here) for each in file.decisions]
        or ["Nothing has been signed yet."],
        "made": f"Assessed {day(here(latest.made_at).date())} ({labels.said(labels.BASES, latest.basis).lower()}) "
        f"under knowledge {latest.knowledge_version}. The list supports a clinician's judgement; it does not decide, "
        "and its starting probabilities were not measured in this clinic.",
        "foot": f"Backstride · assessment {file.assessment_id} · knowledge {latest.knowledge_sha256}",
    }


def _urgency(code: str) -> str:
    return labels.said(labels.URGENCIES, code)


def _flags(knowledge: Knowledge, document: Mapping[str, Any]) -> Iterator[str]:
    for flag in document["red_flags"]:
        source = cited(knowledge, flag["cite"])
        yield f"{_urgency(flag['urgency'])}: {flag['title']}. {flag['says']}. {flag['action']} ({source})"
    if not document["red_flags"]:
        yield "No red-flag rule fired on what is known. That does not exclude serious disease."


def _open(document: Mapping[str, Any]) -> str:
    unknown = len(document["unknown_emergency_items"])
    return f"{unknown} emergency questions were not answered; unknown clears nothing." if unknown else ""


def _likely(document: Mapping[str, Any]) -> Iterator[list[str]]:
    for entry in document["differential"]:
        if entry["band"] != "not-suggested":
            weights = [each for each in entry["weights"] if each["counted"] and each["millibans"]]
            speaks = sorted((w for w in weights if w["millibans"] > 0), key=lambda w: -w["millibans"])[:MOST_FOR]
            against = sorted((w for w in weights if w["millibans"] < 0), key=lambda w: w["millibans"])[:MOST_AGAINST]
            yield [entry["title"], labels.BANDS[entry["band"]], _named(speaks), _named(against)]


def _named(weights: list[Mapping[str, Any]]) -> str:
    told = (("" if each["presence"] == "present" else "not: ") + each["title"] for each in weights)
    return "; ".join(told) or "–"


def _limits(knowledge: Knowledge, document: Mapping[str, Any]) -> Iterator[str]:
    texts = knowledge.settings.session_text
    if not document["sufficient"] and texts.not_sufficient:
        yield texts.not_sufficient
    if not document["separable"] and texts.not_separable:
        yield texts.not_separable


def _decision(knowledge: Knowledge, made: DecisionView, day: DayWords, here: Here) -> str:
    known = knowledge.conditions.get(made.condition or "")
    step = next((each.title for each in knowledge.ladder if each.id == made.step), "")
    parts = [
        f"{labels.VERDICTS[made.verdict]} by {made.signed_by}, {day(here(made.signed_at).date())}",
        known.title if known else "",
        step,
        f"urgency {_urgency(made.urgency)}" if made.urgency else "",
        made.reason,
        made.comment,
    ]
    return "; ".join(part for part in parts if part) + "."
