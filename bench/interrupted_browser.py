"""Intakes interrupted in a real browser: line cut, server killed, tab closed while something stands in a field."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, sync_playwright

from bench.ledger import Said
from bench.line import Line
from dashboard.gate.cookies import LOOPBACK_NAME

if TYPE_CHECKING:
    from bench.interruptions import Desk

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
KINDS = ("tab closed", "connection dropped", "server killed", "second device")
PATIENCE = 90_000
BACK_WITHIN_SECONDS = 60.0
"""Within which a browser has found its server again and brought what it held."""


def run(desk: Desk, number: int) -> None:
    """So many interruptions, of the four kinds in turn; they are counted with the others."""
    program = next(found for name in BROWSERS if (found := shutil.which(name)))
    line = Line(desk.server.port)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for place in range(number):
            _interrupt(desk, browser, line, KINDS[place % len(KINDS)])
        browser.close()
    line.close()


def _interrupt(desk: Desk, browser: Browser, line: Line, kind: str) -> None:
    draft, tally = desk.chance.choice(desk.drafts), desk.tallies[kind]
    before = len(desk.ledger.lines)
    page = _page(desk, browser, line, draft)
    _number(desk, page, draft, "nprs_worst")
    if kind == "tab closed":
        _number(desk, page, draft, "nprs_back_now")
        _closed(page)
        page = _page(desk, browser, line, draft)
        _number(desk, page, draft, "nprs_leg")
    elif kind == "connection dropped":
        _typed(desk, page, draft, "nprs_back_now")  # a lost line disables the field with what stands in it
        line.cut()
        time.sleep(desk.chance.choice((0.2, 1.0, 3.0)))
        line.mend()
    elif kind == "server killed":
        _typed(desk, page, draft, "nprs_back_now")
        desk.server.kill()
        desk.server.start()
    else:
        other = _page(desk, browser, line, draft)
        _number(desk, other, draft, "nprs_leg")
        other.context.close()
    _until_kept(desk, draft)
    page.context.close()
    tally.number += 1
    tally.answers += len(desk.ledger.lines) - before
    desk._compare(draft, tally)


def _closed(page: Page) -> None:
    """Close the tab as a person does: the page is told, and may send what it holds."""
    context = page.context
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    context.close()


def _page(desk: Desk, browser: Browser, line: Line, draft: str) -> Page:
    """A window on the pain section of the draft, which it writes."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    cookie = {"name": LOOPBACK_NAME, "value": desk.tokens["noor"], "url": line.address}
    context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{line.address}/intake?draft={draft}")
    _settled(page)
    if page.locator(".st-key-take-over button").count():
        page.locator(".st-key-take-over button").click(delay=30)
        _settled(page)
    page.locator(".st-key-rail-pain button").click(delay=30)
    _settled(page)
    return page


def _number(desk: Desk, page: Page, draft: str, item: str) -> None:
    """Type another number than there is, and leave the field."""
    _typed(desk, page, draft, item)
    page.keyboard.press("Tab")
    page.wait_for_timeout(desk.chance.choice((0, 0, 30, 150)))


def _typed(desk: Desk, page: Page, draft: str, item: str) -> None:
    """Type another number than there is; the cursor stays in the field."""
    field = page.locator(f".st-key-item-{item} input").first
    number = desk.chance.choice([each for each in range(1, 10) if str(each) != field.input_value()])
    field.click()
    field.press("Control+a")
    field.press_sequentially(str(number))
    desk.ledger.lines.append(Said(draft, item, number, time.time()))


def _until_kept(desk: Desk, draft: str) -> None:
    until = time.monotonic() + BACK_WITHIN_SECONDS
    while time.monotonic() < until and desk.ledger.check(draft, desk.kept(draft), desk.began[draft]).lost:
        time.sleep(0.5)


def _settled(page: Page) -> None:
    for _ in range(2):
        page.wait_for_selector(READY, state="attached")
        page.wait_for_timeout(150)
    page.wait_for_selector(READY, state="attached")
