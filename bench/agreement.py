"""What different engines say of the same case, in a form in which it can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.work import Work
from dashboard.clinical.differential import Differential

Masks = NDArray[np.float32]


def told(differential: Differential, states: list[int]) -> list[list[dict[str, Any]]]:
    """For each condition what every known finding contributed, as the plain loop tells it."""
    found: list[list[dict[str, Any]]] = [[] for _ in differential.conditions]
    for voice in differential.voices:
        own = [states[differential.finding_place[member.line.finding]] for member in voice.members]
        for member, state, share in zip(voice.members, own, voice.shares(own), strict=True):
            if state:
                line = member.line
                entry = {"finding": line.finding, "presence": state, "millibans": share, "cite": line.cite}
                found[differential.place[voice.condition]].append(entry)
    return found


Contributed = set[tuple[str, str, int, int]]
"""Condition, finding, its presence, and the millibans it contributed."""


def contributed(contributions: dict[str, list[dict[str, Any]]]) -> Contributed:
    """What the plain loop says."""
    return {
        (id_, one["finding"], one["presence"], one["millibans"]) for id_, some in contributions.items() for one in some
    }


def shown(document: dict[str, Any]) -> Contributed:
    """What an assessment says, without the lines that are carried but never scored."""
    presence = {"present": 1, "absent": -1}
    return {
        (entry["condition"], weight["finding"], presence[weight["presence"]], weight["millibans"])
        for entry in document["differential"]
        for weight in entry["weights"]
        if weight["use"] == "score"
    }


def masks(work: Work) -> tuple[Masks, Masks]:
    """float32[findings, conditions] each: what a finding weighs when present, and when absent."""
    shape = (len(work.findings), work.conditions)
    present, absent = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    place = {name: number for number, name in enumerate(work.findings)}
    for group in work.groups:
        for finding, when_present, when_absent in group.members:
            present[place[finding], group.condition] += when_present
            absent[place[finding], group.condition] += when_absent
    return present, absent
