"""What is made up about the demo clinic, read once from the files beside this one."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboard.demo.dice import Dice


@lru_cache(maxsize=8)
def made_up(name: str) -> dict[str, Any]:
    """The content of ``<name>.toml``; nobody may change what they are given."""
    file = Path(__file__).with_name(f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def said(dice: Dice, about: str) -> str:
    """Something the invented people say about it."""
    return str(dice.one_of(made_up("words")[about]))


def reason_to_refer(dice: Dice, kind: str) -> str:
    """A few words for the service that is asked."""
    return str(dice.one_of(made_up("words")["referral"][kind]))
