"""What a line of evidence is for, in words: it is scored, or carried and shown with the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "score": "Moves the probability",
    "display-only": "Shown, not scored",
    "do-not-code": "Not to be coded",
    "calibration-check": "Check of the calibration",
    "alternative": "Another measure of the same sign",
    "definitive": "Settles the matter",
    "rule": "Acts as a rule",
}


def said(use: str) -> str:
    """A use in words; the code itself when it has none."""
    return WORDS.get(use, use)
