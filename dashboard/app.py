"""The server: `streamlit run dashboard/app.py` serves Backstride behind its gate."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # Streamlit puts this folder on the path, and the packages live one above
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from dashboard import quiet  # noqa: E402
from dashboard.gate import starting  # noqa: E402
from dashboard.gate.wall import Wall  # noqa: E402
from dashboard.ui import carried_through, mishap, warm  # noqa: E402


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Warm up, say where to begin, and watch over open sockets while the server runs."""
    own = f"http://localhost:{st.get_option('server.port')}"
    async with starting.lifespan(own, st.get_option("server.address")), warm.lifespan(app) as state:
        yield state


quiet.install()  # before anybody can be logged
carried_through.install()  # before anybody can be answered
app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=lifespan,
    middleware=[Middleware(Wall)],
    on_script_error=mishap.told,
)
