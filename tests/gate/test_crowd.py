"""A crowd at the door: strangers' forms wait for each other, and nobody who is inside waits for them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from dashboard import accounts
from dashboard.accounts.shapes import Checked
from dashboard.gate import paper
from dashboard.gate.sockets import Sockets
from dashboard.gate.wall import Wall
from tests.cast import Clinic

OWN = "http://localhost:8501"
CROWD = 3 * (paper.FORMS_AT_ONCE + paper.MOST_WAITING)


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """Nothing is behind this wall."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_crowd_at_the_door_neither_fills_the_house_nor_stops_anybody_in_it(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While every turn of strangers is taken, whoever is signed in is known at once and an ended sign-in is noticed."""
    opened = Event()
    tried: list[str] = []
    left: list[str] = []
    at_once: list[int] = []

    def slow(code: str, *rest: object) -> Checked:
        tried.append(code)
        at_once.append(len(tried) - len(left))
        opened.wait(30)
        left.append(code)
        return Checked()

    async def every_turn_is_taken() -> None:
        while len(tried) < paper.FORMS_AT_ONCE:  # a thread that got its turn may still be on its way
            await asyncio.sleep(0.01)

    monkeypatch.setattr(accounts, "check", slow)
    begun = accounts.begin(clinic.people["noor"].id or 0, "open-id")

    async def crowd() -> list[int]:
        sockets = Sockets(lambda asked: set())
        line = httpx.ASGITransport(Wall(nothing, sockets), client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=line, base_url=OWN) as browser:
            form = {"name": "nobody", "password": "x" * 20}
            waiting = [
                asyncio.create_task(browser.post("/signin", data=form, headers={"origin": OWN})) for _ in range(CROWD)
            ]
            turned_away = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            await every_turn_is_taken()
            inside = await browser.get("/gate/left", headers={"cookie": f"backstride={begun.token}"})
            form_inside = await browser.post(
                "/act-as", data={"role": "none"}, headers={"origin": OWN, "cookie": f"backstride={begun.token}"}
            )
            assert (inside.status_code, form_inside.status_code) == (200, 303)
            assert len(tried) == paper.FORMS_AT_ONCE
            assert {one.result().headers["retry-after"] for one in turned_away[0]} == {"5"}
            opened.set()
            return [answer.status_code for answer in await asyncio.gather(*waiting)]

    answers = Counter(asyncio.run(asyncio.wait_for(crowd(), 60)))
    served = paper.FORMS_AT_ONCE + paper.MOST_WAITING
    assert answers == {403: served, 503: CROWD - served}
    assert (max(at_once), len(tried)) == (paper.FORMS_AT_ONCE, served)
