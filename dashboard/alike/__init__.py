"""Reasons to think that two registrations are one person: pure comparison, nothing is looked up or stored."""

from dashboard.alike.likeness import Described, Level, Likeness, Reason, likeness, may_be_alike

__all__ = ["Described", "Level", "Likeness", "Reason", "likeness", "may_be_alike"]
