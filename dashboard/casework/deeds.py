"""The register of the deeds: what each is called, which permissions it asks for, whether it writes and about what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from dashboard.access import PERMISSIONS, Permission, Role

WHERE = ("dashboard.casework", "dashboard.cohort")
"""The packages that deeds are in."""

ParametersT = ParamSpec("ParametersT")
ReturnT = TypeVar("ReturnT")


@dataclass(frozen=True)
class Deed:
    """One thing somebody may ask Backstride to do, by the name of its function."""

    name: str
    """The function's own name, one deed's only, such as "sign_review"."""
    module: str
    needs: tuple[Permission, ...]
    """Every one of these is asked for."""
    writes: bool
    """Whether it changes what is stored, beyond the note that somebody looked."""
    of_a_site: bool
    """Whether it is about records that belong to a site, and shows or touches those of the actor's sites only."""
    in_emergency: bool
    """Whether it also reaches a patient of another site whom a clinician opened in an emergency."""
    about: str
    """What it does, in one sentence."""

    @property
    def resource(self) -> str:
        """What it is about: the first word of the permission it asks for first."""
        return self.needs[0].value.partition(":")[0]

    def allowed(self, role: Role) -> bool:
        """Whether that job may do it at its own sites."""
        return PERMISSIONS[role].issuperset(self.needs)


_register: dict[str, Deed] = {}
_doing: ContextVar[str] = ContextVar("deed", default="")


def deed(
    *needs: Permission, writes: bool = False, of_a_site: bool = False, in_emergency: bool = False
) -> Callable[[Callable[ParametersT, ReturnT]], Callable[ParametersT, ReturnT]]:
    """Enter a function in the register; it stays what it was, and while it runs ``doing()`` says its name.

    The permissions are asked for inside, by ``looking`` and ``writing``; the matrix of the tests holds both together.
    """

    def enter(function: Callable[ParametersT, ReturnT]) -> Callable[ParametersT, ReturnT]:
        name, about = function.__name__, _first_sentence(function.__doc__)
        _register[name] = Deed(name, function.__module__, needs, writes, of_a_site, in_emergency, about)

        @wraps(function)
        def named(*given: ParametersT.args, **by_name: ParametersT.kwargs) -> ReturnT:
            before = _doing.set(_doing.get() or name)
            try:
                return function(*given, **by_name)
            finally:
                _doing.reset(before)

        return named

    return enter


def deeds() -> Mapping[str, Deed]:
    """Every deed by its name."""
    _load()
    return MappingProxyType(_register)


@cache
def _load() -> None:
    """Import every module that may have deeds: one nobody needed so far has not entered its own yet."""
    for package in map(import_module, WHERE):
        for found in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(found.name)


def doing() -> str:
    """The name of the deed somebody asked for that is being done here; empty outside any."""
    return _doing.get()


def _first_sentence(told: str | None) -> str:
    first = (told or "").strip().partition("\n\n")[0]
    return " ".join(first.split()).partition("; ")[0].rstrip(".") + "."
