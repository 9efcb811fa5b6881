"""Open sockets: cut when their sign-in ends, and a person's press, not the page's own refreshing, keeps it alive."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard import accounts
from dashboard.gate import presses
from dashboard.gate import sockets as open_sockets
from dashboard.gate.sockets import ENDED, Socket, Sockets
from dashboard.gate.wall import Wall
from tests.gate.asking import HERE, ORIGIN, Inside, scope_of
from tests.signing import signed_in


def rerun(is_auto_rerun: bool = False) -> bytes:
    """What a browser sends to have the page run."""
    said = BackMsg()
    said.rerun_script.query_string = "draft=1"
    said.rerun_script.is_auto_rerun = is_auto_rerun
    return said.SerializeToString()


class Browser:
    """The browser's end of a socket: says what it is given to say, then nothing more, and remembers what came."""

    def __init__(self, *says: bytes) -> None:
        self.says, self.came, self.silence = list(says), [], asyncio.Event()

    async def receive(self) -> Message:
        """The next message, or silence."""
        if self.says:
            return {"type": "websocket.receive", "bytes": self.says.pop(0)}
        await self.silence.wait()
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(self, message: Message) -> None:
        """Take a message."""
        self.came.append(message)


def test_a_socket_whose_sign_in_ended_is_cut_on_both_sides():
    """Streamlit, waiting for the next message, hears that the browser left; the browser hears why, once."""

    async def scene() -> None:
        browser, sockets = Browser(), Sockets(lambda asked: {"hers"})
        hers, his = (Socket(browser.receive, browser.send, lambda message: None) for _ in range(2))
        with sockets.opened("hers", hers), sockets.opened("his", his):
            waiting, other = asyncio.ensure_future(his.receive()), asyncio.ensure_future(hers.receive())
            await asyncio.sleep(0)
            await sockets.look()
            assert await waiting == {"type": "websocket.disconnect", "code": ENDED}
            await his.send({"type": "websocket.send", "bytes": b"a patient's name"})
            assert browser.came == [{"type": "websocket.close", "code": ENDED}]
            assert not other.done()
            other.cancel()
        assert (sockets.count("hers"), sockets.count("his")) == (0, 0)

    asyncio.run(scene())


def test_sockets_are_cut_when_nobody_can_say_whether_their_sign_ins_last():
    """Without the database nobody is known, so nothing stays open."""

    def broken(asked: frozenset[str]) -> set[str]:
        raise OSError("no database")

    async def scene() -> None:
        browser, sockets = Browser(), Sockets(broken)
        socket = Socket(browser.receive, browser.send, lambda message: None)
        with sockets.opened("hers", socket):
            await sockets.look()
            assert (await socket.receive())["type"] == "websocket.disconnect"

    asyncio.run(scene())


def test_signing_out_in_another_thread_cuts_the_socket_at_once():
    """The press on "sign out" is dealt with beside the event loop; the sockets do not wait for the next look."""

    async def scene() -> None:
        browser, sockets = Browser(), Sockets(lambda asked: set(asked))
        socket = Socket(browser.receive, browser.send, lambda message: None)
        with sockets.opened("hers", socket):
            waiting = asyncio.ensure_future(socket.receive())
            await asyncio.to_thread(sockets.end, "hers")
            assert (await asyncio.wait_for(waiting, 5))["type"] == "websocket.disconnect"

    asyncio.run(scene())


def test_what_the_browser_says_is_heard_and_passed_on():
    """The gate listens and changes nothing."""

    async def scene() -> None:
        heard: list[bytes] = []
        browser = Browser(b"one", b"two")
        socket = Socket(browser.receive, browser.send, heard.append)
        assert [(await socket.receive())["bytes"] for _ in range(2)] == [b"one", b"two"]
        assert heard == [b"one", b"two"]
        await socket.send({"type": "websocket.send", "bytes": b"answer"})
        assert browser.came == [{"type": "websocket.send", "bytes": b"answer"}]

    asyncio.run(scene())


def test_a_browser_that_left_counts_as_there_while_what_it_said_last_is_kept(monkeypatch: pytest.MonkeyPatch):
    """Streamlit stops the run of a session whose browser left: it hears so only when the run had its time."""
    monkeypatch.setattr(open_sockets, "FINISH_WITHIN_SECONDS", 60.0)

    async def scene() -> None:
        sockets = Sockets(lambda asked: set(asked))
        said_something, said_nothing = Browser(b"an answer"), Browser()
        busy, idle = (Socket(each.receive, each.send, lambda message: None) for each in (said_something, said_nothing))
        said_something.silence.set()
        said_nothing.silence.set()
        assert (await idle.receive())["type"] == "websocket.disconnect"
        await busy.receive()
        with sockets.opened("hers", busy):
            waiting = asyncio.ensure_future(busy.receive())
            await asyncio.wait((waiting,), timeout=0.05)
            assert not waiting.done()
            sockets.end("hers")  # a sign-in that ended waits for nothing
            assert (await asyncio.wait_for(waiting, 5))["type"] == "websocket.disconnect"

    asyncio.run(scene())


def test_what_is_drawn_for_a_browser_that_left_goes_nowhere_and_stops_nothing():
    """A page still being drawn meets no failure because nobody looks at it any more."""

    async def gone(message: Message) -> None:
        raise OSError("the browser left")

    socket_of = Browser()

    async def scene() -> None:
        socket = Socket(socket_of.receive, gone, lambda message: None)
        await socket.send({"type": "websocket.send", "bytes": b"a page"})

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("message", "is_a_persons"),
    [
        (rerun(), True),
        (rerun(is_auto_rerun=True), False),
        (BackMsg(app_heartbeat=True).SerializeToString(), False),
        (BackMsg(stop_script=True).SerializeToString(), False),
        (b"", False),
        (b"\xff\xfe not a message", False),
        (rerun() + b"\0" * presses.LARGEST, False),
    ],
    ids=["a press", "a page refreshing itself", "a heartbeat", "stop", "nothing", "nonsense", "too much"],
)
def test_only_what_a_person_did_counts(message: bytes, is_a_persons: bool):
    """A page that refreshes itself would otherwise keep an empty room signed in for ever."""
    assert presses.is_a_persons(message) == is_a_persons


def test_a_press_in_the_page_keeps_the_sign_in_alive_and_its_own_refreshing_does_not(
    staffed: object, inside: Inside, monkeypatch: pytest.MonkeyPatch
):
    """At most once in a while, and only for what a person did: the same over the socket as by the page's script."""
    touched: list[str] = []
    monkeypatch.setattr(accounts, "touch", touched.append)
    begun = signed_in("noor")
    headers = (("Host", HERE), ("Origin", ORIGIN), ("Cookie", f"backstride={begun.token}"))

    async def scene(*says: bytes) -> None:
        browser = Browser(*says)
        browser.silence.set()
        wall = Wall(inside)
        await wall(scope_of("/_stcore/stream", "GET", headers, "ws", kind="websocket"), browser.receive, browser.send)
        await asyncio.gather(*wall.sockets.under_way())

    asyncio.run(scene(rerun(is_auto_rerun=True), b"nonsense"))
    assert touched == []
    asyncio.run(scene(rerun(), rerun(), rerun()))
    assert touched == [begun.sign_in]


def test_a_sign_in_nobody_begun_has_no_living_socket(staffed: object):
    """The question asked every two seconds: made-up sign-ins are not among the living."""
    assert accounts.alive({"made-up"}) == set()
