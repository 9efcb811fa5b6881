"""On whose behalf a session is opened, and which sites' rows it may see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Who asks, and what they may see; every session has one.

    ``sites`` are site ids, None: every site. ``patients`` are those opened beyond these sites in an emergency.
    """

    person_id: int | None
    sites: tuple[int, ...] | None
    patients: tuple[int, ...] = ()
    why: str = ""
    """For Backstride itself, which acts for nobody: what it is doing, such as "signing in"."""


def program(why: str) -> Scope:
    """The scope of Backstride's own work, which belongs to no person and sees every site; ``why`` says which work."""
    return Scope(None, None, why=why)
