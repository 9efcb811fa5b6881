"""The gate in a real browser: the way in by both doors, what a browser may run, and the end of a sign-in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from dashboard import accounts
from dashboard.demo.making import make_demo
from dashboard.gate.cookies import LOOPBACK_NAME
from dashboard.gate.sockets import ENDED
from db.engine import choose_database, home
from db.tables import SignIn
from tests.e2e.person import READY, Person
from tests.e2e.test_first_day import register_runner
from tests.running import Server
from tests.sessions import transaction

FIRST_ADDRESS = re.compile(r"http://localhost:\d+(/setup#[\w-]+)")
CLOSES_WITHIN_SECONDS = 10
PASSWORD = "four invented words here"
ROOMS = {"noor": ("", "intake"), "amina": ("episode", "referrals", "cohort", "knowledge"), "dana": ("admin",)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that was just installed; a small demo clinic was made there before, and none was chosen."""
    running = Server(tmp_path_factory.mktemp("gate") / "home")
    with running.at_home():
        make_demo(runners=6)
        (home() / "active").unlink(missing_ok=True)
    with running:
        yield running


@pytest.fixture
def demo(server: Server) -> Server:
    """The same server with its demo clinic open."""
    with server.at_home():
        choose_database("demo")
    return server


class Clicks:
    """Counts what a person presses, and how long it takes from the first page to the last."""

    def __init__(self, page: Page) -> None:
        self.page, self.count, self.started = page, 0, time.monotonic()

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        """Press the button (or link) with this name."""
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.count += 1

    def told(self, what: str) -> None:
        """Say how it went, for whoever runs with -s."""
        print(f"\n{what}: {self.count} presses, {time.monotonic() - self.started:.1f} s")


def test_a_newcomer_sets_up_the_clinic_and_takes_a_first_history(server: Server, page: Page):
    """From the address in the terminal to the intake of a first patient, through every page of the gate on the way."""
    person, clicks = Person(page, server), Clicks(page)
    page.goto(server.address)
    expect(page.get_by_role("heading", name="Welcome to Backstride")).to_be_visible()
    found = FIRST_ADDRESS.findall(server.log.read_text())
    assert len(found) == 1, "the address is printed once"

    page.goto(server.address + found[0])
    expect(page.get_by_label("Token from the terminal")).to_be_hidden()
    assert "#" not in page.url
    page.get_by_label("Your name").fill("Dana")
    page.get_by_label("Name you sign in with").fill("dana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_label("Also works at the desk").check()
    clicks.press("Set up this clinic")
    expect(page.get_by_role("heading", name="The clinic is set up")).to_be_visible()
    clicks.press("Go on", "link")
    clicks.press(re.compile("^At the desk"))
    prove_a_telephone(page, clicks)
    expect(page.get_by_role("heading", name="Keep these codes")).to_be_visible()
    clicks.press("I have kept them, go on", "link")
    person.settle()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    register_runner(person)
    clicks.told("a clinic set up, to the first history")

    signs_out_and_in_again(page)


def prove_a_telephone(page: Page, clicks: Clicks) -> None:
    """Type the key into an authenticator app, and its code into the page."""
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_text("I cannot scan it").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("The code the app shows now").fill(pyotp.TOTP(secret).now())
    clicks.press("Check the code")


def signs_out_and_in_again(page: Page) -> None:
    """Out through the person's menu; a wrong password says nothing of which part was wrong."""
    page.locator(".st-key-person-menu button").first.click()
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_label("Name you sign in with").fill("dana")
    page.get_by_label("Password", exact=True).fill("another password, wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")


def test_a_newcomer_explores_the_demo_with_a_press(server: Server, page: Page):
    """From the first page to a history in the demo clinic, which says everywhere that it is one."""
    with server.at_home():
        (home() / "active").unlink(missing_ok=True)
    person, clicks = Person(page, server), Clicks(page)
    page.goto(server.address)
    clicks.press("Open the demo clinic")
    expect(page.get_by_text("Demo clinic: everybody in it is invented")).to_be_visible()
    clicks.press("Noor")
    person.settle()
    expect(person.place("demo-banner")).to_be_visible()
    register_runner(person)
    clicks.told("the demo, to the first history")


def test_every_room_is_drawn_under_the_strict_policy(demo: Server, page: Page):
    """Nothing on any page asks for what the content security policy forbids, or for anything from outside."""
    person, broken, asked = Person(page, demo), [], []
    page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for who, rooms in ROOMS.items():
        person.sign_in(who)
        for room in rooms:
            person.visit(f"/{room}")
            person.sees_no_failure()
            if room == "cohort":
                expect(page.locator(".js-plotly-plot .plot-container").first).to_be_visible()
    policy = page.request.get(demo.address + "/").headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert [url for url in asked if not url.startswith((demo.address, "data:", "blob:"))] == []
    assert broken == []


def idle_in(server: Server, seconds: float) -> datetime:
    """Let every sign-in there idle out that soon, as if nobody had done anything for a while; the moment it does."""
    limit = datetime.now(UTC) + timedelta(seconds=seconds)
    with server.at_home(), transaction() as session:
        for row in session.exec(select(SignIn).where(col(SignIn.ended_at).is_(None))):
            row.idle_until, row.seen_at = limit, limit - timedelta(minutes=15)
    return limit


def at_an_intake(server: Server, page: Page) -> str:
    """Noor with a patient's page open; the token she is signed in by."""
    person = Person(page, server)
    person.sign_in("noor")
    person.visit("/intake")
    return next(each["value"] for each in page.context.cookies() if each["name"] == LOOPBACK_NAME)


def closes(socket: ClientConnection) -> datetime:
    """When the server closed a socket that nobody else closes, because its sign-in ended."""
    with pytest.raises(ConnectionClosed) as closed:
        listen(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == ENDED
    return datetime.now(UTC)


def listen(socket: ClientConnection) -> None:
    """Read whatever comes, until it is closed."""
    while True:
        socket.recv(timeout=60)


def test_a_screen_left_alone_is_cleared_and_its_socket_closed(demo: Server, page: Page):
    """Within ten seconds of the limit nothing of a patient is left; the way back leads to where one was."""
    with socket_of(demo, at_an_intake(demo, page)) as left_open:
        limit = idle_in(demo, 6)
        expect(page.get_by_text("You will be signed out in")).to_be_visible()
        page.wait_for_url("**/signin?why=idle&next=%2Fintake*")
        assert datetime.now(UTC) - limit < timedelta(seconds=CLOSES_WITHIN_SECONDS)
        assert timedelta(0) <= closes(left_open) - limit < timedelta(seconds=CLOSES_WITHIN_SECONDS)
    expect(page.get_by_text("You were signed out because nothing was typed")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/signin*")


def test_typing_keeps_a_sign_in_alive(demo: Server, page: Page):
    """A key pressed in the last minute is enough; the warning goes away and the page stays as it is."""
    at_an_intake(demo, page)
    idle_in(demo, 30)
    expect(page.get_by_text("You will be signed out in")).to_be_visible()
    with page.expect_response("**/gate/alive"):
        page.keyboard.press("Shift")
    expect(page.get_by_text("You will be signed out in")).to_be_hidden()
    expect(page.locator(READY)).to_have_count(1)


def test_a_sign_in_ended_elsewhere_clears_the_screen(demo: Server, page: Page):
    """As when somebody is disabled: within ten seconds the page is gone and the socket closed, whatever is open."""
    token = at_an_intake(demo, page)
    with socket_of(demo, token) as left_open:
        ended = datetime.now(UTC)
        with demo.at_home():
            known = accounts.known(token)
            assert known is not None
            accounts.end_all(known.person_id, "disabled")
        assert closes(left_open) - ended < timedelta(seconds=CLOSES_WITHIN_SECONDS)
        page.wait_for_url("**/signin?why=ended*")
        assert datetime.now(UTC) - ended < timedelta(seconds=CLOSES_WITHIN_SECONDS)


def test_another_persons_streamlit_session_is_of_no_use(demo: Server):
    """Bruno brings the id of Amina's open page, and of the page she left: he gets his own; she gets hers back."""
    amina, bruno = demo.token("amina"), demo.token("bruno")
    with socket_of(demo, amina) as open_page:
        hers = session_of(open_page)
        with socket_of(demo, bruno, hers) as other:
            assert session_of(other) != hers
    with socket_of(demo, bruno, hers) as other:
        assert session_of(other) != hers
    with socket_of(demo, amina, hers) as again:
        assert session_of(again) == hers


def socket_of(server: Server, token: str, wanted: str = "") -> connect:
    """A socket under a sign-in; ``wanted`` is the id of a Streamlit session to take up again."""
    return connect(
        server.address.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=["streamlit", "x", *([wanted] if wanted else [])],  # type: ignore[list-item]
        origin=server.address,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"backstride={token}"},
        max_size=None,
    )


def session_of(socket: ClientConnection) -> str:
    """The id of the Streamlit session a socket was given, once its page has run."""
    asked, given = BackMsg(), ""
    asked.rerun_script.query_string = ""
    socket.send(asked.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(socket.recv(timeout=30)))
        if message.WhichOneof("type") == "new_session":
            given = message.new_session.initialize.session_id
        elif message.WhichOneof("type") == "script_finished":
            return given
