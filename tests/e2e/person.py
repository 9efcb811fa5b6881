"""A person at the screen: presses, types and reads, and waits as long as the screen says it is working."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from dashboard.gate.cookies import LOOPBACK_NAME
from tests.running import Server

READY = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
NEVER = re.compile(r"\bTraceback\b|\bError:")


class Person:
    """Someone using Backstride in a browser window."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server, self.address = page, server, server.address

    def visit(self, path: str = "/") -> None:
        """Open an address of Backstride and wait until it has finished drawing."""
        self.page.goto(self.address + path)
        self.settle()

    def sign_in(self, name: str) -> None:
        """Be this person from now on, whoever was signed in before; the gate's own tests try how one signs in."""
        cookie = {"name": LOOPBACK_NAME, "value": self.server.token(name.lower()), "url": self.address}
        self.page.goto("about:blank")
        self.page.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])
        self.visit("/")

    def settle(self) -> None:
        """Wait until the page is connected and nothing is running, twice in a row."""
        for _ in range(2):
            self.page.wait_for_selector(READY, state="attached")
            self.page.wait_for_timeout(120)  # a rerun begins a moment after the event that asks for it
        self.page.wait_for_selector(READY, state="attached")

    def place(self, key: str) -> Locator:
        """The part of the screen with this key."""
        return self.page.locator(f".st-key-{key}").first

    def press(self, key: str) -> None:
        """Press the button with this key."""
        self.place(key).locator("button").first.click(delay=30)
        self.settle()

    def item(self, item_id: str) -> Locator:
        """The place of a question on the intake."""
        return self.place(f"item-{item_id}")

    def choose(self, item_id: str, *labels: str) -> None:
        """Tap answers of a question by their words."""
        for label in labels:
            self.item(item_id).get_by_role("radio", name=label, exact=True).or_(
                self.item(item_id).get_by_role("button", name=label, exact=True)
            ).first.click(delay=30)
            self.settle()

    def type_number(self, item_id: str, number: str) -> None:
        """Type a number and leave the field with Tab."""
        field = self.item(item_id).locator("input").first
        field.fill(number)
        field.press("Tab")
        self.settle()

    def shown_number(self, item_id: str) -> str:
        """What stands in a number field."""
        return self.item(item_id).locator("input").first.input_value()

    def is_chosen(self, item_id: str, label: str) -> bool:
        """Whether an answer of a question is the chosen one."""
        option = self.item(item_id).get_by_text(label, exact=True).first.locator("xpath=ancestor-or-self::button[1]")
        return option.get_attribute("aria-checked") == "true" or "Active" in (option.get_attribute("kind") or "")

    def sees(self, words: str | re.Pattern[str]) -> None:
        """Fails unless the words are on the screen (within the usual patience)."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def sees_no_failure(self) -> None:
        """Fails when the screen shows a technical error."""
        expect(self.page.locator('[data-testid="stException"]')).to_have_count(0)
        assert not NEVER.search(self.page.inner_text('[data-testid="stApp"]'))
