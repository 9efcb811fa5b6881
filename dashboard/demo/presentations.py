"""How each hidden cause tends to be told and found, as made up in presentations.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.demo.made_up import made_up


def told(cause: str) -> Mapping[str, Any]:
    """Item id -> how it is answered when that condition is the hidden cause, and the course it takes."""
    own = made_up("presentations")["condition"].get(cause, {})
    return {key: value for key, value in {**made_up("presentations")["everyone"], **own}.items() if key != "exam"}


def found(cause: str) -> Mapping[str, Any]:
    """Item id -> what a clinician finds when that condition is the hidden cause."""
    own = made_up("presentations")["condition"].get(cause, {}).get("exam", {})
    return {**made_up("presentations")["everyone"]["exam"], **own}


def share_at(item: str, share: float, age: int) -> float:
    """The share who say yes at an age: some things become more common with every ten years over forty."""
    more = float(made_up("presentations")["per_decade_over_40"].get(item, 0))
    return share + more * max(0, age - 40) / 10
