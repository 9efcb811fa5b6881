"""Who an audit event names when it is nobody's sign-in: the command line, whoever sets up, Backstride itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Doer:
    """Who acts, as far as an audit event says."""

    person_id: int | None
    name: str
    role: str


STRANGER = Doer(None, "unknown", "")
"""Somebody the database does not know."""
SET_UP = Doer(None, "set-up", "administrator")
"""Whoever makes a clinic in which nobody works yet."""
COMMAND_LINE = Doer(None, "command line", "administrator")
"""Whoever types a command on the server itself."""
PROGRAM = Doer(None, "Backstride", "")
"""The program, on nobody's behalf."""
