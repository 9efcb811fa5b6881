"""How words in a file are compared with the words the knowledge accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_SOFT = re.compile(r"[_\-–—/\s]+")
_DROPPED = re.compile(r"[,.;:'\"()\[\]?!]")

UNKNOWN = frozenset(
    {"", "unknown", "unsure", "not sure", "unclear", "dont know", "do not know", "not known", "not asked", "not done",
     "not assessed", "n a", "na", "null"}
)  # fmt: skip
"""What stands for no answer at all, already simplified."""
NEGATIONS = frozenset(
    {"no", "not", "none", "never", "without", "denies", "denied", "negative", "neg", "absent", "nil", "normal", "false"}
)
"""First words that make a description a "no"."""
AFFIRMATIONS = frozenset({"yes", "y", "true", "positive", "pos", "present"})


def simplified(words: str) -> str:
    """Words without case, hyphens, underscores, punctuation and doubled spaces; signs such as ``+`` stay."""
    soft = " ".join(_SOFT.sub(" ", _DROPPED.sub("", words.casefold())).split())
    return soft or words.strip()


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """`` Did you mean 'x'?`` with the closest of the words there are, or nothing."""
    close = get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.55)
    return f" Did you mean {close[0]!r}?" if close else ""


def starts_with(words: str, beginning: str) -> bool:
    """True when simplified words begin with a whole spelling: "no pain" with "no", but not with "n"."""
    return words == beginning or words.startswith(beginning + " ")


def contains(words: str, spelling: str) -> bool:
    """True when simplified words hold a whole spelling somewhere."""
    return f" {spelling} " in f" {words} "
