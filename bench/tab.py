"""A browser tab without a browser: it holds its fields by itself, over lost connections and restarted servers."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from dashboard.gate.cookies import LOOPBACK_NAME

GONE = (OSError, EOFError, TimeoutError, WebSocketException)
"""What a server that is not there any more looks like."""
PATIENCE_SECONDS = 60
QUIET_SECONDS = 0.15
_ID = "$$ID-"


@dataclass
class Widget:
    """A field as it was last drawn, and what stands in it."""

    id: str
    kind: str
    drawn: Any
    value: Any

    @property
    def key(self) -> str:
        """The key the page gave it."""
        return self.id[len(_ID) :].partition("-")[2]

    @property
    def labels(self) -> list[str]:
        """What can be chosen."""
        return [each.content for each in self.drawn.options]

    @property
    def is_locked(self) -> bool:
        """Whether it is shown and cannot be changed."""
        return bool(self.drawn.disabled)


class Tab:
    """One tab on the intake page of a draft."""

    def __init__(self, address: str, token: str, draft: str) -> None:
        self.address, self.token, self.draft = address, token, draft
        self.widgets: dict[str, Widget] = {}
        self.failures: list[str] = []
        self.session_id = self.page_hash = ""
        self.socket: ClientConnection | None = None
        self._fresh: dict[str, Widget] = {}

    def open(self) -> Tab:
        """Open the page as a new tab does, with nothing in any field."""
        self.widgets, self.session_id, self.page_hash = {}, "", ""
        return self.reconnect()

    def reconnect(self) -> Tab:
        """Connect, asking for the same session, and draw the page with what the fields hold."""
        protocols = ["streamlit", "PLACEHOLDER_AUTH_TOKEN", *([self.session_id] if self.session_id else [])]
        self.socket = connect(
            f"ws://{urlsplit(self.address).netloc}/_stcore/stream",
            subprotocols=protocols,  # type: ignore[arg-type]
            origin=self.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"{LOOPBACK_NAME}={self.token}"},
            max_size=None,
            compression=None,
        )
        self.run()
        with suppress(TimeoutError):
            self._read(QUIET_SECONDS)  # the run that was cut off may have been told of first
        return self

    def turn_to(self, draft: str) -> None:
        """Open another draft in the same tab, as following a link within the page does."""
        self.draft = draft
        self.run()

    def run(self, pressed: str = "") -> None:
        """Ask for a run of the page, and wait until it is drawn."""
        self.send(pressed)
        self._read()

    def send(self, pressed: str = "") -> None:
        """Ask for a run of the page and wait for nothing."""
        assert self.socket is not None
        self.socket.send(self._request(pressed))

    def put(self, item: str, value: Any) -> None:
        """Let a value stand in a field, sent with whatever asks for the next run."""
        self.field(item).value = value

    def press(self, key: str) -> None:
        """Press a button."""
        self.run(next(each.id for each in self.widgets.values() if each.key == key))

    def has(self, key: str) -> bool:
        """Whether something with this key is on the page."""
        return any(each.key == key for each in self.widgets.values())

    def field(self, item: str) -> Widget:
        """The field of a question; KeyError when it is not on the page."""
        start = f"{self.draft}.{item}"
        for each in self.widgets.values():
            if each.key == start or (each.key.startswith(start + ".") and each.key[len(start) + 1 :].isdigit()):
                return each
        raise KeyError(item)

    def close(self) -> None:
        """Close the tab: the browser says goodbye."""
        if self.socket is not None:
            with suppress(*GONE):
                self.socket.close()

    def cut(self) -> None:
        """The network goes: the connection breaks without a word."""
        if self.socket is not None:
            line = self.socket.socket
            with suppress(OSError):  # it may be gone already
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.close()

    def _request(self, pressed: str) -> bytes:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = f"draft={self.draft}"
        asked.page_script_hash = self.page_hash
        asked.page_name = "" if self.page_hash else "intake"
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        asked.context_info.url = f"{self.address}/intake"
        asked.widget_states.SetInParent()
        for widget in self.widgets.values():
            _fill(asked.widget_states, widget)
        if pressed:
            asked.widget_states.widgets.add(id=pressed, trigger_value=True)
        return message.SerializeToString()

    def _read(self, patience: float = PATIENCE_SECONDS) -> None:
        """Take in what the server draws until a run of the page that began meanwhile has finished."""
        assert self.socket is not None
        begun = False
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(self.socket.recv(timeout=patience)))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                begun, patience = True, PATIENCE_SECONDS
                self.session_id = message.new_session.initialize.session_id
                self._fresh = dict(self.widgets) if message.metadata.run.fragment_ids else {}
            elif kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._draw(message.delta.new_element)
            elif kind == "script_finished" and begun:
                self.widgets = dict(self._fresh)
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return

    def _draw(self, element: Any) -> None:
        kind = str(element.WhichOneof("type"))
        drawn = getattr(element, kind, None)
        if kind == "exception":
            self.failures.append(drawn.message)
        if not str(getattr(drawn, "id", "")).startswith(_ID):
            return
        known = {**self.widgets, **self._fresh}.get(drawn.id)
        keeps = known is not None and not getattr(drawn, "set_value", False)
        value = known.value if known is not None and keeps else _begun(kind, drawn)
        self._fresh[drawn.id] = Widget(drawn.id, kind, drawn, value)


def _begun(kind: str, drawn: Any) -> Any:
    """What a field begins with, or was set to by the server, as a browser works it out."""
    if kind in ("text_input", "text_area", "number_input"):
        if drawn.set_value:
            return drawn.value if drawn.HasField("value") else None
        return drawn.default if drawn.HasField("default") else None
    if kind == "button_group":
        return list(drawn.raw_values) if drawn.set_value else [drawn.options[each].content for each in drawn.default]
    return None


def _fill(states: Any, widget: Widget) -> None:
    if widget.value is None:
        return
    if widget.kind in ("text_input", "text_area"):
        states.widgets.add(id=widget.id, string_value=widget.value)
    elif widget.kind == "number_input":
        states.widgets.add(id=widget.id, double_value=float(widget.value))
    elif widget.kind == "button_group":
        state = states.widgets.add(id=widget.id)
        state.string_array_value.data.extend(widget.value)
        state.string_array_value.SetInParent()
