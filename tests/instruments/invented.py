"""Instrument files for tests: invented items and choices that only count, never anybody's wording."""

from __future__ import annotations

from collections.abc import Iterable


def invented(instrument: str, items: int, scores: Iterable[float], more: str = "") -> str:
    """A file in which every item has the same choices; ``more`` are further keys at its head."""
    choices = ", ".join(f'{{ words = "invented choice {n}", score = {score} }}' for n, score in enumerate(scores, 1))
    head = f"""id = "{instrument}"
version = "invented 1"
language = "en"
licence = "Nobody: these items are invented for a test"
{more}
[choices]
same = [{choices}]
"""
    return head + "".join(f'\n[[item]]\nnumber = {n}\nwording = "Invented item {n}"\nchoices = "same"\n'
                          for n in range(1, items + 1))  # fmt: skip
