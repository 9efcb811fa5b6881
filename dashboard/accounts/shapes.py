"""What the accounts answer: nothing in it is a secret but a token or a code shown once."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.access import Role


@dataclass(frozen=True)
class Refused:
    """Something was not done; ``why`` is a sentence for whoever asked."""

    why: str


@dataclass(frozen=True)
class Begun:
    """A sign-in that began: the browser's token, which is told once, and the id the server knows it by."""

    token: str = field(repr=False)
    sign_in: str


@dataclass(frozen=True)
class Known:
    """A living sign-in."""

    sign_in: str
    person_id: int
    name: str
    role: Role
    """The job acted in."""
    roles: tuple[Role, ...]
    """Every job this person has here, the one acted in first."""
    how: str
    """ "password", "open-id" or "demo"."""
    idle_seconds_left: int
    seconds_left: int
    must: str = ""
    """ "enrol" while the second factor has still to be set up, else empty."""
    code: str = ""
    handed_over: int | None = None
    """While the tablet is in a patient's hands: for which handover. Nothing but its own pages is open then."""


@dataclass(frozen=True)
class Checked:
    """What came of a name, a password and a second factor; which of them was wrong is never said."""

    person_id: int | None = None
    wait_seconds: int = 0
    locked: bool = False
    needs_second: bool = False
    """Refused, and no second factor was given: where one is set up, its code is needed."""


@dataclass(frozen=True)
class Enrolling:
    """A second factor to be put on a telephone: the secret in letters, and the address a QR code shows."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class Face:
    """Someone to choose on a screen before anybody is signed in."""

    id: int
    code: str
    name: str
    role: str
    site: str | None


@dataclass(frozen=True)
class Standing:
    """How one person's signing in stands, for the administrator."""

    has_account: bool = False
    has_second_factor: bool = False
    locked: bool = False
    invited: bool = False
    """An invitation waits to be taken."""
    signed_in: int = 0
