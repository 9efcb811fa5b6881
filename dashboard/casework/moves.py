"""The states of a referral and which may follow which: the one place that says so."""

from __future__ import annotations

from collections.abc import Mapping

MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("sent", "withdrawn"),
    "sent": ("received", "scheduled", "declined", "withdrawn"),
    "received": ("scheduled", "declined", "withdrawn"),
    "scheduled": ("completed", "received", "declined", "withdrawn"),
    "declined": ("sent", "withdrawn"),
    "withdrawn": ("draft",),
    "completed": (),
}
"""From each state, the states it may go to; back from scheduled to received is a cancelled appointment."""

NEEDS_A_WORD = frozenset({"declined", "withdrawn"})
"""Moves that end a referral for now: whoever makes one says why."""

ACTS = frozenset({"draft", "sent"})
"""Moves that ask another service to act (again): the gates must be open for them."""
