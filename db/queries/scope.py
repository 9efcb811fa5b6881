"""Which sites a read may see."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlmodel import col

SiteIds = Sequence[int] | None
"""The sites that may be seen; None: every site."""


def at_sites(column: Any, sites: SiteIds) -> ColumnElement[bool]:
    """The condition that a row belongs to one of the sites; no sites at all lets nothing through."""
    return true() if sites is None else col(column).in_(list(sites))
