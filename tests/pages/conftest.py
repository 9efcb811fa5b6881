"""Pages on both databases where it is the page that asks them; elsewhere the deeds' own tests have done so."""

from __future__ import annotations

import pytest

ON_BOTH = ("test_front_door", "test_home", "test_cohort")
"""Every room opened by every role, the worklist, and the aggregates. What stands on the other pages comes from deeds,
and each deed is tested on both databases in tests/casework."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the PostgreSQL half of a page test whose page asks no question of its own."""
    items[:] = [item for item in items if not _is_a_double(item)]


def _is_a_double(item: pytest.Item) -> bool:
    here = item.path.parent.name == "pages" and item.path.stem not in ON_BOTH
    call = getattr(item, "callspec", None)
    return here and call is not None and call.params.get("database") == "postgresql"
