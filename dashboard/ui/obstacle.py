"""When Backstride cannot work: what is wrong and the cure on a calm screen, never a blank page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.casework import obstacles
from dashboard.quiet import Said
from dashboard.ui import look

_log = logging.getLogger("backstride")


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong when the clinic's surroundings fail under what is run inside; faults of the program pass."""
    try:
        yield
    except Exception as error:
        found = obstacles.obstacle(error)
        if found is None:
            raise
        _log.error("%s: %s", Said(found.what), Said(" | ".join(found.lines)))  # of the surroundings, never of a person
        show(found)


def show(found: obstacles.Obstacle) -> None:
    """The screen: what, why, and what to do next."""
    with st.container(key="obstacle"):
        look.title(found.what, "What was saved is safe. Whoever looks after this machine will want to read this:")
        for line in found.lines:
            st.error(look.plain(line), icon=":material/build:")
        st.button("Try again", icon=":material/refresh:", key="try-again")
