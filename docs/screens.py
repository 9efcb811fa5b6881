"""`make screens`: photograph every screen of the demo clinic, light and dark, desk and tablet, into a folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from bench.pages import address_of  # noqa: E402
from tests.e2e.conftest import chromium  # noqa: E402
from tests.e2e.person import Person  # noqa: E402
from tests.running import Server  # noqa: E402

WIDTHS = {"": (1440, 1100), "-tablet": (820, 1180)}
THEMES = ("light", "dark")
ROOMS = (
    ("home", "amina", ""),
    ("desk", "noor", ""),
    ("intake", "noor", "intake"),
    ("episode", "amina", "episode"),
    ("referrals", "amina", "referrals"),
    ("cohort", "chidi", "cohort"),
    ("knowledge", "amina", "knowledge"),
    ("admin", "dana", "admin"),
)


def main() -> None:
    """Make the demo clinic in a folder of its own, serve it, and take every picture."""
    to = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screens"
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, BACKSTRIDE_HOME=folder)
        subprocess.run([sys.executable, "-m", "dashboard.demo"], cwd=ROOT, env=environment, check=True)
        with Server(Path(folder)) as server, sync_playwright() as playwright:
            browser = chromium(playwright)
            for name, who, room in ROOMS:
                _photograph(browser, server, to / name, who, room)
    print(f"pictures of {len(ROOMS)} screens in {to}")


def _photograph(browser: Browser, server: Server, to: Path, who: str, room: str) -> None:
    query = address_of(server, who, room)
    for theme in THEMES:
        for suffix, (width, height) in WIDTHS.items():
            viewport = {"width": width, "height": height}
            context = browser.new_context(viewport=viewport, color_scheme=theme)
            person = Person(context.new_page(), server)
            person.sign_in(who)
            person.visit(f"/{room}" + (f"?{query}" if query else ""))
            _take_over(person)
            person.page.wait_for_selector("[data-testid=stSkeleton]", state="detached")
            person.page.wait_for_timeout(700)
            ending = "-dark" if theme == "dark" else ""
            person.page.screenshot(path=f"{to}{suffix}{ending}.png")
            context.close()


def _take_over(person: Person) -> None:
    """Go on with the intake on this device: the one photographed before it has it still, and the fields are locked."""
    person.settle()
    go_on = person.page.locator(".st-key-take-over button")
    if go_on.count():
        go_on.click()
        go_on.wait_for(state="detached")
        person.settle()


if __name__ == "__main__":
    main()
