"""The demo clinic being made beside the server's work: one worker for everybody who waits for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from dashboard.access import Actor, Forbidden
from dashboard.casework import storage


@dataclass
class Making:
    """How far the making is; written by its worker, read by every page that watches."""

    share: float = 0.0
    what: str = "Starting"
    ready: bool = False
    trouble: str = ""


_making: Making | None = None
_starting = threading.Lock()


def begin(actor: Actor | None) -> None:
    """Start making the demo clinic unless it is being made already; Forbidden for who may not leave the clinic."""
    global _making
    if not storage.may_choose(actor):
        raise Forbidden("only someone who may set up the clinic may leave it for the demo")
    with _starting:
        if _making is None or _making.ready or _making.trouble:
            _making = Making()
            threading.Thread(target=_make, args=(_making, actor), name="demo-making", daemon=True).start()


def making() -> Making | None:
    """The making under way or the last one; None when none was begun since the server started."""
    return _making


def _make(making: Making, actor: Actor | None) -> None:
    from dashboard import demo

    def tell(share: float, what: str) -> None:
        making.share, making.what = share, what

    try:
        demo.make_demo(progress=tell)
        storage.choose("demo", actor)
        making.ready = True
    except Exception as trouble:  # the page must say that it failed, whatever the reason
        making.trouble = (
            f"The demo clinic could not be made ({type(trouble).__name__}). Nothing else was changed; try again."
        )
        raise
