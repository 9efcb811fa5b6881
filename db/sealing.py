"""The seals of the audit trail: each event's is made of the clinic's key, the seal before it and all it says."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from db.keys import subkey

SEALED = (
    *("id", "at", "person_id", "person_name", "role", "sign_in", "deed", "kind", "outcome", "purpose"),
    *("record", "record_id", "patients", "before", "after", "reason"),
)
"""What a seal covers: every column but the seal. Never changed, or no older event could be proved any more."""

KINDS = ("read", "change", "sign-in", "export")
"""What an event can be, apart from refused or done in an emergency."""

_READS = ("read", "list", "search")
_OF_SIGNING_IN = ("sign-in", "account", "invitation", "recovery", "second-factor")
_EXPORTS = ("export", "sheet", "backup")


def sealing_key() -> bytes:
    """The key of the trail's seals."""
    return subkey("audit")


def first_seal(key: bytes, database: str) -> str:
    """What stands in place of the seal before the first event: the database's own id, under the clinic's key."""
    return _hex(key, f"the audit trail of {database}")


def seal(key: bytes, before: str, event: Mapping[str, Any]) -> str:
    """The seal of an event that follows one whose seal is ``before``."""
    return _hex(key, f"{before}\n{canonical(event)}")


def seal_of_note(key: bytes, note: Mapping[str, Any]) -> str:
    """The seal of a note about the trail that is kept outside the database."""
    return _hex(key, "note\n" + json.dumps(note, sort_keys=True, separators=(",", ":")))


def canonical(event: Mapping[str, Any]) -> str:
    """An event as text, the same on every database: its sealed columns in order of their names."""
    told = {name: event[name] for name in SEALED}
    told["at"] = _moment(told["at"])
    return _as_text(told)


_as_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _hex(key: bytes, text: str) -> str:
    # A lone surrogate, which no database stores, must not stop the proof of the rest.
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def kind_of(deed: str) -> str:
    """What sort of deed it is, by its words: ``resource:action``."""
    resource, _, action = deed.partition(":")
    if action in _READS:
        return "read"
    if resource in _OF_SIGNING_IN:
        return "sign-in"
    return "export" if resource in _EXPORTS or action in ("export", "print", "download") else "change"


def outcome_of(deed: str) -> str:
    """Whether a deed by these words was done or refused."""
    return "refused" if deed == "refused" or deed.endswith((":refused", " refused")) else "done"
