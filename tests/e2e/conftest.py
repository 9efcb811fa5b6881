"""A real browser and a real server for the journeys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.running import Server

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "No Chromium on this machine: install it (Debian: apt-get install chromium), then run make test again."


ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def chromium(playwright: Playwright) -> Browser:
    """The system's Chromium, headless; RuntimeError saying how to get one when there is none."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise RuntimeError(HOW_TO_GET_ONE)
    return playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))


@pytest.fixture(scope="package")  # not the session: its event loop would run on under the tests that come after
def browser() -> Iterator[Browser]:
    """One browser for all journeys; without one the test fails and says how to get it."""
    with sync_playwright() as playwright:
        try:
            opened = chromium(playwright)
        except RuntimeError as why:
            pytest.fail(str(why), pytrace=False)
        yield opened
        opened.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on an empty home folder."""
    with Server(tmp_path / "home") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser window, 1440 pixels wide, with no cookies."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
