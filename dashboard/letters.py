"""What people type or paste, without the signs nobody sees: they break tables, addresses and databases."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

_KEPT = "\n\t"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Signs that turn the direction of what follows, so that a name could read as another; and the byte order mark."""


def visible(words: str) -> str:
    """Words without control signs (line ends and tabs stay), lone surrogates and signs that turn the direction."""
    return "".join(sign for sign in words if sign in _KEPT or not _is_unseen(sign)).replace("\r", "")


def one_line(words: str) -> str:
    """Visible words on one line, every run of spaces made one."""
    return " ".join(visible(words).split())


def visible_in(raw: Any) -> Any:
    """Whatever was given for an answer, every text in it made visible."""
    if isinstance(raw, str):
        return visible(raw)
    if isinstance(raw, Mapping):
        return {key: visible_in(value) for key, value in raw.items()}
    return type(raw)(visible_in(part) for part in raw) if isinstance(raw, (list, tuple)) else raw


def _is_unseen(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in ("Cc", "Cs")
