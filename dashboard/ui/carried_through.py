"""A callback is carried through, whatever key comes next: an answer that reached the server is saved before anything.

Streamlit ends a run at its next look into the session as soon as the browser asks for another one, also in the middle
of a callback, and never comes back to it: what the callback was about to save would be lost, and a press forgotten. So
while callbacks run the session is not asked whether to end. What comes meanwhile waits for those few milliseconds and
is looked at when the page begins to draw.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_ASK = "_yield_callback"


def install() -> None:
    """From now on no callback of this process is cut short; a second call changes nothing."""
    begin = SafeSessionState.on_script_will_rerun
    if hasattr(begin, "__wrapped__"):
        return

    @wraps(begin)
    def undisturbed(session: SafeSessionState, *args: Any, **told: Any) -> None:
        ask = session._yield_callback
        ask()  # before the browser's new values are taken over: an outdated run ends here
        object.__setattr__(session, _ASK, _go_on)
        try:
            begin(session, *args, **told)
        finally:
            object.__setattr__(session, _ASK, ask)

    SafeSessionState.on_script_will_rerun = undisturbed  # type: ignore[assignment, method-assign]


def _go_on() -> None:
    """What the session asks instead, while callbacks run."""
