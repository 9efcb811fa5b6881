"""What a requirements file pins: names, versions and the hashes of the files they may come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.markers import Marker
from packaging.utils import canonicalize_name

_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9.+!]+)"
    r"(?:\s*;\s*(?P<marker>.*?))?(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Unpinned(ValueError):  # noqa: N818 - what it says of the line
    """A requirement without one version and at least one hash; the message is the line."""


@dataclass(frozen=True)
class Pin:
    """One package in one version, and the files it may be installed from."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each file, in hexadecimal."""
    marker: str = ""
    """Where it is installed at all; "": everywhere."""

    @property
    def applies_here(self) -> bool:
        """Whether it is installed on this machine, by this Python."""
        return not self.marker or Marker(self.marker).evaluate()


def pins(text: str) -> tuple[Pin, ...]:
    """Every requirement of a file; raises Unpinned for the first line that says less than name, version and hash."""
    return tuple(_pin(line) for line in _requirements(text))


def _requirements(text: str) -> Iterator[str]:
    """The file's lines, those that end in a backslash joined with the next, without comments and empty ones."""
    joined = re.sub(r"\\\n", " ", text)
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in joined.splitlines())
    return (line for line in lines if line)


def _pin(line: str) -> Pin:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Unpinned(line[:80])
    hashes = tuple(_HASH.findall(found["hashes"]))
    return Pin(canonicalize_name(found["name"]), found["version"], hashes, (found["marker"] or "").strip())
