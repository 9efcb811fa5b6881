"""The front door behind the gate: somebody is known, their rooms are on the menu, and one of them runs."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # when this script is run without the server, as the page tests do
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import in_force  # noqa: E402
from dashboard.casework import obstacles  # noqa: E402
from dashboard.ui import door, frame, look, obstacle, rooms  # noqa: E402

look.set_up_page()
with obstacle.told():
    obstacles.require_ready()
    actor = door.arriving()
    room = rooms.menu(actor)
    if actor is None:
        door.turn_away()
        st.stop()
    with in_force.steady(), door.met(actor):
        frame.show(actor)
        room.run()
