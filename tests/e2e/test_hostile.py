"""Markup in every field, looked at in a real browser whose second line of defence is switched off: nothing runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader

from dashboard.ui.look import UNSEEN
from db.engine import choose_database, file_url, forget
from tests.cast import Clinic, found_again
from tests.e2e.person import Person
from tests.hostile import AWAY, PROBES, SHOWN, Hostile, plant, put_in_force
from tests.printed import squeezed
from tests.running import Server
from tests.sessions import reading

CANARY = "<img src=x onerror='window.hit=99'><img src='http://evil.invalid/canary.png'>"


@pytest.fixture
def planted(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[tuple[Server, Hostile]]:
    """A server of a clinic in which every field carries every probe, and so does the knowledge in force."""
    choose_database("clinic")
    file = home / "clinic.sqlite"
    shutil.copy(sqlite_templates[True], file)
    clinic = Clinic(file_url(file))
    with reading() as session:
        found_again(session, clinic)
    put_in_force(clinic)
    made = plant(clinic)
    forget(file_url(file))
    with Server(home) as running:
        yield running, made


class Watched:
    """A window without the content policy, and every address it asked for."""

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context(
            bypass_csp=True, viewport={"width": 1440, "height": 1000}, accept_downloads=True
        )
        self.context.set_default_timeout(30_000)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.add_init_script("window.hit = 0; window.alert = () => { window.hit = 98; }")
        self.page: Page = self.context.new_page()

    def away(self) -> list[str]:
        """Addresses outside this machine that something asked for."""
        hosts = (
            (urlsplit(url).hostname, url) for url in self.asked if not url.startswith(("data:", "blob:", "about:"))
        )
        return [url for host, url in hosts if host != "127.0.0.1"]

    def hits(self) -> list[object]:
        """What ran: the flag of the window and of every frame in it."""
        return [flag for frame in self.page.frames if (flag := frame.evaluate("window.hit"))]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A window that is watched."""
    window = Watched(browser)
    yield window
    window.context.close()


def shown(page: Page) -> str:
    """Every word on the page and in its fields, without spaces."""
    fields = page.locator("input, textarea").evaluate_all("each => each.map(one => one.value).join(' ')")
    return squeezed(page.locator('[data-testid="stApp"]').inner_text() + fields).replace(UNSEEN, "")


def missing(page: Page) -> list[str]:
    """The probes that are not on the page as they were typed."""
    words = shown(page)
    return [probe for probe in PROBES if squeezed(probe) not in words]


def open_tab(person: Person, name: str) -> None:
    """Open a part of a page."""
    person.page.get_by_role("tab", name=name, exact=True).click(delay=30)
    person.settle()


def hover_the_figures(person: Person) -> None:
    """Point at every figure, so that its hint is drawn too."""
    for figure in person.page.locator('[data-testid="stPlotlyChart"]').all()[:3]:
        figure.scroll_into_view_if_needed()
        figure.hover(position={"x": 200, "y": 150})
        person.page.wait_for_timeout(60)


def test_nothing_typed_runs_is_fetched_or_formatted(planted: tuple[Server, Hostile], watched: Watched):
    """Twelve probes through every field on every page: as typed on the screen, and nothing happens."""
    server, made = planted
    person = Person(watched.page, server)
    person.sign_in("Noor")
    search = person.page.get_by_role("textbox").first
    search.fill(PROBES[4])
    search.press("Enter")
    person.settle()
    assert "p05" in shown(person.page)
    person.visit(f"/intake?draft={made.draft}")
    person.sign_in("Amina")
    person.visit(f"/episode?episode={made.episode}")
    assert missing(person.page) == []
    assert squeezed(SHOWN) in shown(person.page), "side by side, and without the signs that turn words round"
    for tab in ("Why", "Compare", "Refer", "History"):
        open_tab(person, tab)
        hover_the_figures(person)
    assert missing(person.page) == []
    open_tab(person, "Codes and sheets")
    with person.page.expect_download() as taken:
        person.page.get_by_role("button", name="Print the assessment summary").click(delay=30)
    _is_only_words(Path(taken.value.path()).read_bytes())
    person.visit("/referrals")
    assert missing(person.page) == []
    person.sign_in("Bruno")
    person.visit("/knowledge")
    open_tab(person, "Versions")
    assert missing(person.page) == []
    person.sign_in("Chidi")
    person.visit("/cohort")
    hover_the_figures(person)
    person.sign_in("Dana")
    person.visit("/admin")
    assert missing(person.page) == []
    open_tab(person, "Audit trail")
    assert watched.hits() == []
    assert watched.away() == []
    _would_have_been_seen(watched)


def _is_only_words(pdf: bytes) -> None:
    """A printed sheet says the probes and does nothing: no script, no link away, nothing opened."""
    reader = PdfReader(BytesIO(pdf))
    words = squeezed(" ".join(page.extract_text() for page in reader.pages))
    assert [probe for probe in PROBES if squeezed(probe) not in words] == []
    assert "/OpenAction" not in reader.root_object
    assert all("/Annots" not in page for page in reader.pages)
    assert b"/JavaScript" not in pdf


def _would_have_been_seen(watched: Watched) -> None:
    """The same window shows what the watch is for: markup that lives does run and is noticed."""
    watched.page.evaluate("markup => { document.body.insertAdjacentHTML('beforeend', markup) }", CANARY)
    watched.page.wait_for_function("window.hit === 99")
    watched.page.wait_for_timeout(100)
    assert watched.hits() == [99]
    assert [urlsplit(url).hostname for url in watched.away()] == [AWAY]
