"""The front door: the clinic is there, somebody is known, their rooms are on the menu, and one of them runs."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # when this script is run without the server, as the page tests do
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import in_force  # noqa: E402
from dashboard.casework import obstacles  # noqa: E402
from dashboard.ui import door, first_screen, frame, look, obstacle, rooms  # noqa: E402

look.set_up_page()
with obstacle.told():
    obstacles.require_ready()
    if first_screen.is_needed():
        first_screen.show()
        st.stop()
    actor = door.who()
    room = rooms.menu(actor)
    with in_force.steady():
        frame.show(actor)
        room.run()
