"""Backstride's own server with a page that fails on purpose: `python tests/failing_server.py run dashboard/app.py`.

Searching for a name that begins with one of these words makes the page fail that way, the name in every message.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from streamlit.web import cli

from dashboard import casework
from db.scope import program
from db.tables import Patient
from tests.cast import NOBODY_YET

RAISES, INSERTS = "boom", "twin"
_find = casework.find_patients


def find_patients(actor: casework.views.Actor, text: str, limit: int = 20, form: str = "YYYY-MM-DD") -> object:
    """Find as ever, unless the name asks for a failure."""
    if text.startswith(RAISES):
        _everything_at_once(text)
    if text.startswith(INSERTS):
        _insert_twice(text)
    return _find(actor, text, limit, form)


def _everything_at_once(text: str) -> None:
    """Every way a program tells of its troubles, the name in each; then the page itself fails."""
    warnings.warn(f"odd: {text}", stacklevel=1)
    logging.getLogger("some.library").error("cannot find %s", text)
    logging.getLogger("some.library").error(f"cannot find {text}")
    thread = threading.Thread(target=_raise, args=(text,))
    thread.start()
    thread.join()
    _raise(text)


def _raise(text: str) -> None:
    raise LookupError(f"nobody is called {text}")


def _insert_twice(text: str) -> None:
    """A row the database refuses, all of it made of the name."""
    from db import engine, records

    columns = {"given_name": text, "family_name": text, "phone": text, "record_number": text}
    for _ in range(2):
        with engine.transaction(scope=program("a test")) as session:
            row = Patient(**columns, date_of_birth=date(1931, 2, 27), sex_at_birth="female", site_id=1)
            records.insert(session, NOBODY_YET, row, "test:insert")


if __name__ == "__main__":
    casework.find_patients = find_patients  # type: ignore[assignment]
    sys.exit(cli.main())
