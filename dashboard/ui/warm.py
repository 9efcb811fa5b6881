"""Before the first visitor: tables up to date, slow imports done, the engine run once, memory laid to rest."""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dashboard.casework import following, obstacles


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up before serving; nothing to do when the server stops."""
    try:
        obstacles.require_ready()
        warm_up()
        if said := following.notice():
            print(f"Backstride: {said}", file=sys.stderr)
    except obstacles.Unready as why:  # serve all the same: the screen says what to mend, and a reload is enough
        print(f"Backstride: {why}", file=sys.stderr)
    yield {}


def warm_up() -> None:
    """Pay every one-time cost now, then keep what was loaded out of the garbage collector's way."""
    import pandas  # type: ignore[import-untyped]  # noqa: F401
    import plotly.graph_objects  # type: ignore[import-untyped]
    import streamlit.elements.arrow
    import streamlit.elements.plotly_chart  # noqa: F401

    from dashboard import intake

    intake.preview({"age_years": 34, "sex_at_birth": "female"})  # loads the knowledge and runs every stage once
    plotly.graph_objects.Figure(plotly.graph_objects.Bar(x=[0], y=[0])).to_json()
    gc.collect()
    gc.freeze()
