"""The trail's head kept outside the database, so that a tail cut off is missed: a small file beside it, sealed."""

import hmac
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import time
from typing import Any

from sqlalchemy import URL, make_url

from db.engine import home
from db.sealing import seal_of_note, sealing_key

AN_HOUR = 3600
LENGTH = 512
"""Bytes of an anchor's file."""
_log = logging.getLogger("backstride.audit")
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Head:
    """The newest event of a database's trail: its number and seal."""

    database: str
    sequence: int
    mac: str


@dataclass(frozen=True)
class Anchor:
    """A head as it was at a moment, under a seal of its own."""

    database: str
    sequence: int
    mac: str
    at: str
    seal: str

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.at)

    def is_under(self, key: bytes) -> bool:
        """Whether it was sealed with a key of the trail's seals."""
        told = {"database": self.database, "sequence": self.sequence, "mac": self.mac, "at": self.at}
        return hmac.compare_digest(self.seal, seal_of_note(key, told))

    def document(self) -> dict[str, Any]:
        """As it is written into files and manifests."""
        return asdict(self)


class NoAnchor(ValueError):  # noqa: N818 - what is missing
    """A file that should hold an anchor holds none; the message names the file."""


def anchored(head: Head) -> Anchor:
    """The head as of now, sealed."""
    told: dict[str, Any] = {**asdict(head), "at": datetime.now(UTC).isoformat(timespec="microseconds")}
    return Anchor(**told, seal=seal_of_note(sealing_key(), told))


def place_of(url: str | URL) -> Path:
    """The file of a database's anchor: beside an SQLite file, in the clinic's folder for a server's database."""
    address = make_url(url)
    name = address.database or "external"
    if address.get_backend_name() == "sqlite":
        return Path(f"{name}.audit-head")
    return home() / f"{Path(name).name}.audit-head"


def hourly_place_of(url: str | URL) -> Path:
    """The file that gains an anchor an hour, and every anchor the trail no longer agreed with."""
    place = place_of(url)
    return place.with_name(place.name + "s")


def read(url: str | URL) -> Anchor | None:
    """The anchor last written; None where there is none or, after a power cut, half of one."""
    try:
        found = list(anchors_in(place_of(url)))
    except (OSError, NoAnchor):
        return None
    return found[-1] if found and found[-1].is_under(sealing_key()) else None


def anchors_in(file: Path) -> Iterator[Anchor]:
    """The anchors a file holds, one a line, or that of a backup's manifest; NoAnchor, OSError."""
    text = file.read_text(encoding="utf-8", errors="replace").strip()
    whole = _parsed(text)
    told = [whole] if whole is not None else [_parsed(line) for line in text.splitlines() if line.strip()]
    for each in told:
        yield _anchor(each, file)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _anchor(told: Any, file: Path) -> Anchor:
    if isinstance(told, Mapping) and isinstance(told.get("audit"), Mapping):
        told = told["audit"]
    try:
        anchor = Anchor(**{name: told[name] for name in ("database", "sequence", "mac", "at", "seal")})
        assert all(isinstance(word, str) and word.isascii() for word in (anchor.database, anchor.mac, anchor.seal))
        assert anchor.moment.tzinfo is not None
        assert isinstance(anchor.sequence, int)
    except (TypeError, KeyError, ValueError, AssertionError):
        raise NoAnchor(f"{file} does not hold an anchor of an audit trail") from None
    return anchor


def write(url: str | URL, head: Head, anew: bool = False) -> None:
    """Move the anchor on to a newer head; ``anew`` also back, or to another database's. A full disk is only logged.

    Not flushed to the disk: whoever cuts the power loses an anchor of the last moment, not the trail.
    """
    place = place_of(url)
    with _one_at_a_time, _complaining():
        last = read(url)
        if last is None or anew or last.sequence < head.sequence:
            _replace(place, anchored(head))
            _keep_hourly(url, head)


def keep(url: str | URL, lost: Anchor) -> None:
    """Keep an anchor the trail no longer agrees with: verifying finds it for ever."""
    with _complaining():
        _append(hourly_place_of(url), lost)
        _log.error("audit trail: the anchor at event %d is not in the trail any more", lost.sequence)


def _replace(place: Path, anchor: Anchor) -> None:
    # Written over in one piece of always the same length: of a file moved into place the disk's journal would have to
    # be told with every commit. Half a piece, after a power cut, is no anchor and says so by its seal.
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(place, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, json.dumps(anchor.document()).ljust(LENGTH - 1).encode() + b"\n", 0)
        if os.fstat(file).st_size > LENGTH:  # something else stood there
            os.ftruncate(file, LENGTH)
    finally:
        os.close(file)


def _keep_hourly(url: str | URL, head: Head) -> None:
    place = hourly_place_of(url)
    with suppress(FileNotFoundError):
        if 0 <= time() - place.stat().st_mtime < AN_HOUR:
            return
    _append(place, anchored(head))
    # The seal as a number: words do not get into the log.
    _log.info("audit trail: at event %d, seal %064x", head.sequence, int(head.mac, 16))


def _append(place: Path, anchor: Anchor) -> None:
    with place.open("a", encoding="utf-8") as file:
        file.write(json.dumps(anchor.document()) + "\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _complaining() -> Iterator[None]:
    """What was committed stays committed when its anchor cannot be written; it is said, and verifying says it too."""
    try:
        yield
    except OSError as error:
        _log.error("audit trail: its anchor cannot be written (error %d)", error.errno or 0)
