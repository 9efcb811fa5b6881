"""Why a deed was refused: one class a reason, none of them ever repeating a name or free text."""

from __future__ import annotations

from datetime import datetime

from dashboard.access import Forbidden
from dashboard.clinical.answers import BadAnswer
from db.records import StaleRecord as StaleRow

__all__ = ["BadAnswer", "Forbidden", "GateClosed", "NotFound", "NotReady", "StaleRecord"]


class NotFound(LookupError):  # noqa: N818 - the clinic's words
    """There is no such record among those the actor may see."""


class StaleRecord(StaleRow):
    """Someone else changed the record since it was seen; nothing was written."""

    def __init__(self, message: str, changed_by: str | None = None, changed_at: datetime | None = None) -> None:
        super().__init__(message)
        self.changed_by = changed_by
        self.changed_at = changed_at


class NotReady(ValueError):  # noqa: N818
    """Something required is missing; ``missing`` names it (item ids of an intake, else names of parameters)."""

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class GateClosed(ValueError):  # noqa: N818
    """The referral's gates are not open; ``reasons`` says which and why, in the knowledge's words."""

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons
