"""On whose behalf a session is opened, and which sites' rows it may see."""

from dataclasses import dataclass


class NoScope(RuntimeError):  # noqa: N818 - what is missing
    """A session was opened on nobody's behalf; nothing was read or written."""


class BeyondTheWalls(PermissionError):  # noqa: N818 - where it went
    """A statement would reach rows of a site its scope does not see, or cannot be kept from them; it was not sent."""


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

    @property
    def is_program(self) -> bool:
        """Whether Backstride itself acts, and for nobody."""
        return self.person_id is None and self.sites is None

    def must_be_program(self, what: str) -> None:
        """Return quietly if Backstride itself acts, else raise BeyondTheWalls."""
        if not self.is_program:
            raise BeyondTheWalls(f"{what} goes past the walls between sites; ask through the tables' classes instead")


def program(why: str) -> Scope:
    """The scope of Backstride's own work, which belongs to no person and sees every site; ``why`` says which work."""
    return Scope(None, None, why=why)
