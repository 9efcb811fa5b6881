"""A clinician who reads before signing: opens the basis of everything an assessment suggests."""

from __future__ import annotations

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.views import EpisodeFile


def open_all(actor: Actor, file: EpisodeFile) -> None:
    """The actor opens the basis of every suggestion of the file's latest assessment."""
    casework.open_basis(actor, file.assessment_id, [each.key for each in casework.suggestions(file.document)])


def read_and_sign(
    actor: Actor, file: EpisodeFile, verdict: str = "accepted", *told: object, **named: object
) -> casework.views.Signed:
    """The actor opens every basis, then signs the file as they see it."""
    open_all(actor, file)
    return casework.sign_review(actor, file.episode.id, file.version, file.assessment_id, verdict, *told, **named)


def lower(first: Actor, second: Actor, file: EpisodeFile, **named: object) -> None:
    """The first lowers the urgency as named, the second reads and confirms."""
    read_and_sign(first, file, "changed", **named)
    open_all(second, file)
    now = casework.read_episode(second, file.episode.id)
    casework.confirm_lowering(second, file.episode.id, now.version)
