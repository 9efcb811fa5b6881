"""What names a patient: which fields these are, and whether what was typed into one can be."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.casework.authority import today
from dashboard.casework.errors import BadAnswer
from dashboard.in_force import knowledge
from dashboard.letters import one_line

NAMES = ("given_name", "family_name")
FIELDS = (*NAMES, "date_of_birth", "sex_at_birth", "phone", "postal_code")
"""Every identifier that may be corrected or taken from another record; a record's number stays its own."""
NAME_AT_MOST = 100
CODE_AT_MOST = 40
OLDEST = 120


def checked(field: str, value: Any) -> Any:
    """The identifier as it is stored; BadAnswer names the field that is wrong, never its content."""
    if field in NAMES:
        return _name(field, value)
    if field == "date_of_birth":
        return _birth(value)
    return _sex(value) if field == "sex_at_birth" else code(field, value)


def code(field: str, text: str) -> str:
    """A number or code on one line, which may be empty."""
    text = one_line(text)
    if len(text) > CODE_AT_MOST:
        raise BadAnswer(field, f"must be at most {CODE_AT_MOST} characters long.")
    return text


def _name(field: str, name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= NAME_AT_MOST:
        raise BadAnswer(field, f"must be 1 to {NAME_AT_MOST} characters long.")
    return name


def _birth(born: date) -> date:
    if not 0 <= today().year - born.year <= OLDEST or born > today():
        raise BadAnswer("date_of_birth", f"must be in the last {OLDEST} years and not after today.")
    return born


def _sex(given: str) -> str:
    options = [option.code for option in knowledge().items["sex_at_birth"].options]
    if given not in options:
        raise BadAnswer("sex_at_birth", f"must be one of {', '.join(options)}.")
    return given
