"""A callback is carried through, whatever key comes next: an answer that reached the server is saved before anything.

Streamlit ends a run at its next look into the session as soon as the browser asks for another one, also in the middle
of a callback, and never comes back to it: what the callback was about to save would be lost, and a press forgotten. So
while callbacks run the session is not asked whether to end. What comes meanwhile waits for those few milliseconds and
is looked at when the page begins to draw.

The next run is another thread, and Streamlit lets it begin while the one before is still in its callbacks: it would
draw the page as it was before them, and say that they are in it. So the callbacks of one session take turns.
"""

from __future__ import annotations

from functools import wraps
from threading import Lock, RLock
from typing import Any
from weakref import WeakValueDictionary

from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

_ASK = "_yield_callback"
_turns: WeakValueDictionary[int, Any] = WeakValueDictionary()
"""What the runs of a session hold during their callbacks, as long as one of them holds it or waits for it."""
_one_at_a_time = Lock()


def install() -> None:
    """From now on no callback of this process is cut short; a second call changes nothing."""
    begin = SafeSessionState.on_script_will_rerun
    if hasattr(begin, "__wrapped__"):
        return

    @wraps(begin)
    def undisturbed(session: SafeSessionState, *args: Any, **told: Any) -> None:
        ask = session._yield_callback
        with _turn(session._state):
            ask()  # before the browser's new values are taken over: an outdated run ends here
            object.__setattr__(session, _ASK, _go_on)
            try:
                begin(session, *args, **told)
            finally:
                object.__setattr__(session, _ASK, ask)

    SafeSessionState.on_script_will_rerun = undisturbed  # type: ignore[assignment, method-assign]


def _turn(state: SessionState) -> Any:
    """A lock that all runs of the session share; Streamlit's own is another one for every run."""
    with _one_at_a_time:
        return _turns.setdefault(id(state), RLock())


def _go_on() -> None:
    """What the session asks instead, while callbacks run."""
