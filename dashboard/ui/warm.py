"""Before the first visitor: tables up to date, slow imports done, the engine run once, memory laid to rest."""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dashboard import clinic as settings
from dashboard.casework import following, obstacles, storage

LOOK_EVERY = 0.5
"""Seconds at most until a changed clinic.toml, or another database chosen by another process, is noticed."""
SELDOM = (20_000, 20, 50)
"""How rarely memory is looked through for what only points at itself: such a look stops every desk at once."""


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up before serving; while it serves, files that hardly ever change are looked at now and then only."""
    try:
        obstacles.require_ready()
        warm_up()
        if said := following.notice():
            print(f"Backstride: {said}", file=sys.stderr)
    except obstacles.Unready as why:  # serve all the same: the screen says what to mend, and a reload is enough
        print(f"Backstride: {why}", file=sys.stderr)
    _look_every(LOOK_EVERY)
    try:
        yield {}
    finally:
        _look_every(0.0)


def _look_every(seconds: float) -> None:
    settings.look_every(seconds)
    storage.look_every(seconds)


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
    gc.set_threshold(*SELDOM)
