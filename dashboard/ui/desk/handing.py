"""Handing the tablet to the patient, and what came back."""

from __future__ import annotations

from dashboard.access import Actor
from dashboard.ui.taking import Taking


def offer(taking: Taking, section_id: str) -> None:
    """In a section that the patient can fill in alone: the way to hand the tablet over."""


def returned(taking: Taking) -> None:
    """Above the questions: answers the patient gave, waiting to be looked over."""


def queue(actor: Actor) -> None:
    """On the page of today: what patients filled in and nobody has looked over yet."""
