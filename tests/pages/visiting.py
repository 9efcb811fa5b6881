"""A person at a page, without a browser: past the gate, through the front door, as any visitor comes in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard import accounts
from tests.signing import signed_in

FRONT_DOOR = Path(__file__).parents[2] / "dashboard" / "main.py"
PATIENCE_SECONDS = 60


def visit(
    person: str | None,
    page: str | None = None,
    *,
    user: Mapping[str, str] | None = None,
    brings: Mapping[str, Any] | None = None,
    **query: str,
) -> AppTest:
    """Open a page as that person (a code; None: nobody, or whoever ``user`` claims to be) and let it finish.

    ``brings`` is what fields of a browser hold already, by their keys, whose session is gone.
    """
    at = AppTest.from_file(str(FRONT_DOOR), default_timeout=PATIENCE_SECONDS)
    at.user = as_seen(person) if user is None else dict(user)
    for name, value in query.items():
        at.query_params[name] = value
    for name, value in (brings or {}).items():
        at.session_state[name] = value
    if page is not None:
        at.switch_page(f"../pages/{page}.py")
    return at.run()


def as_seen(person: str | None) -> dict[str, str]:
    """What the gate tells Streamlit of that person, newly signed in; of nobody, nothing."""
    return {"sign_in": signed_in(person).sign_in} if person is not None else {}


def signed_out_elsewhere(at: AppTest) -> None:
    """The sign-in this page is open under ends, as when somebody signs out in another window."""
    accounts.end(at.user["sign_in"], "signed-out")


def seen(at: AppTest) -> str:
    """Every word on the screen, in one text."""
    told = [at.title, at.header, at.markdown, at.caption, at.error, at.warning, at.info, at.success]
    asked = [at.text_input, at.number_input, at.segmented_control, at.pills, at.text_area, at.button]
    words = [part.value for kind in told for part in kind] + [part.label for kind in asked for part in kind]
    return "\n".join(words + [part.proto.body for part in at.get("html") if "<style>" not in part.proto.body])


def keys(at: AppTest) -> set[str]:
    """The keys of every button on the screen."""
    return {button.key for button in at.button if button.key}
