"""The demo clinic being made: one worker for the whole server, watched by whoever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.access import Actor, Forbidden
from dashboard.casework import storage


@dataclass
class Making:
    """How far the making is; written by its worker, read by every screen that watches."""

    share: float = 0.0
    what: str = "Starting"
    ready: bool = False
    trouble: str = ""


_making: Making | None = None
_starting = threading.Lock()


def begin(actor: Actor | None) -> None:
    """Start making the demo clinic unless it is being made already; reloading the page never starts a second one."""
    global _making
    if not storage.may_choose(actor):
        raise Forbidden("only someone who may set up the clinic may leave it for the demo")
    with _starting:
        if _making is None or _making.ready or _making.trouble:
            _making = Making()
            threading.Thread(target=_make, args=(_making, actor), name="demo-making", daemon=True).start()


def under_way() -> bool:
    """Whether a demo clinic is being made, or was and nobody went on yet."""
    return _making is not None


def watch(when_ready: Callable[[], None]) -> None:
    """Show the making live, then go on."""
    making = _making
    st.title("Making the demo clinic", anchor=False)
    st.caption("Invented runners, intakes, decisions, referrals and outcomes. This takes less than a minute, once.")
    if making is not None and making.ready:
        _forget()
        when_ready()
    if making is not None and making.trouble:
        st.error(making.trouble, icon=":material/error:")
        if st.button("Back to the choice", icon=":material/arrow_back:", key="back-to-choice"):
            _forget()
            st.rerun()
        return
    _progress()


@st.fragment(run_every=0.4)
def _progress() -> None:
    making = _making
    if making is None or making.ready or making.trouble:
        st.rerun()
    st.progress(min(making.share, 1.0), text=making.what)


def _forget() -> None:
    global _making
    _making = None


def _make(making: Making, actor: Actor | None) -> None:
    from dashboard import demo

    def tell(share: float, what: str) -> None:
        making.share, making.what = share, what

    try:
        demo.make_demo(progress=tell)
        storage.choose("demo", actor)
        making.ready = True
    except Exception as trouble:  # the screen must say that it failed, whatever the reason
        making.trouble = (
            f"The demo clinic could not be made ({type(trouble).__name__}). Nothing else was changed; try again."
        )
        raise
