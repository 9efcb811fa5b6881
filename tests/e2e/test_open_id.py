"""Signing in with the clinic's own accounts in a real browser, which goes to another site and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Page, expect
from starlette.responses import HTMLResponse

from dashboard.accounts import identities
from dashboard.gate import provider
from dashboard.gate.wall import Wall
from db.tables import Account
from tests.cast import Clinic
from tests.running import free_port
from tests.sessions import transaction

CODE_OF_AMINA = "amina-at-the-issuer"


async def rooms(scope: Any, receive: Any, send: Any) -> None:
    """Stands for Streamlit behind the wall, and says who the wall says it is."""
    person = dict(scope["headers"])[b"x-backstride-person"].decode()
    await HTMLResponse(f"<h1>Person {person} is inside</h1>")(scope, receive, send)


@contextmanager
def serving() -> Iterator[str]:
    """The wall on a port of its own; its address as this machine's browser knows it."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(Wall(rooms), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the wall did not start"
            time.sleep(0.01)
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def issuer(clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real provider on another site (for a browser 127.0.0.1 is not localhost), named in the clinic's settings."""
    with run_server_in_thread(require_nonce=True) as running:
        here = f"http://127.0.0.1:{running.server_port}"
        settings = tmp_path / "clinic.toml"
        settings.write_text(
            f'[open_id]\nissuer = "{here}"\nclient_id = "backstride"\nask_every_time = false\n', encoding="utf-8"
        )
        monkeypatch.setenv("BACKSTRIDE_CLINIC", str(settings))
        monkeypatch.setenv("BACKSTRIDE_OPEN_ID_SECRET", "a secret of this test")
        provider.forget()
        yield here
    provider.forget()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the provider's own libraries
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_browser_brings_its_cookies_back_from_another_site(clinic: Clinic, issuer: str, page: Page) -> None:
    """The button, the issuer's own page, and inside: the linked person; nobody else by the same way."""
    amina = clinic.people["amina"]
    identities.link("amina", CODE_OF_AMINA)
    with transaction() as session:
        session.add(Account(person_id=clinic.people["dana"].id or 0, password_hash="of no use"))
    with serving() as here:
        page.goto(f"{here}/media/note")
        page.get_by_role("link", name="Sign in with the clinic's account").click()
        assert page.url.startswith(issuer)
        page.get_by_placeholder("sub").fill(CODE_OF_AMINA)
        page.get_by_role("button", name="Authorize").click()
        expect(page.get_by_role("heading", name=f"Person {amina.id} is inside")).to_be_visible()
        assert page.url == f"{here}/media/note"
        assert [cookie["name"] for cookie in page.context.cookies(here)] == ["backstride"]

        page.goto(f"{here}/signout")
        page.get_by_role("link", name="Sign in with the clinic's account").click()
        page.get_by_placeholder("sub").fill("a-stranger")
        page.get_by_role("button", name="Authorize").click()
        expect(page.get_by_role("heading", name="You are not known here yet")).to_be_visible()
        expect(page.get_by_text("a-stranger", exact=True)).to_be_visible()
        assert page.context.cookies(here) == []
