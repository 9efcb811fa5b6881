"""The server: `streamlit run dashboard/app.py` serves Backstride, with the sign-in routes beside it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts this folder on the path, and the packages live one above
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import quiet  # noqa: E402
from dashboard.ui import mishap  # noqa: E402
from dashboard.ui.routes import ROUTES  # noqa: E402
from dashboard.ui.warm import lifespan  # noqa: E402

quiet.install()  # before anybody can be logged
app = st.App(Path(__file__).with_name("main.py"), lifespan=lifespan, routes=ROUTES, on_script_error=mishap.told)
