"""What has been decided of an episode: the condition that stands, by whom; nothing while a decision is still due."""

from __future__ import annotations

from dashboard.casework.views import EpisodeFile


def condition(file: EpisodeFile) -> str | None:
    """The condition confirmed later, else the one signed for the latest assessment.

    None while none stands, and when it turned out to be something the knowledge has no name for.
    """
    if file.diagnosis is not None:
        return file.diagnosis.condition
    signed = any(each.assessment_id == file.assessment_id for each in file.decisions)
    return file.episode.leading_condition if signed and file.waiting_lowering is None else None


def clinician(file: EpisodeFile) -> str:
    """Who signed last; an empty string when nobody has."""
    return file.decisions[-1].signed_by if file.decisions else ""
