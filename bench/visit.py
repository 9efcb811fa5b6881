"""One visitor's Streamlit session over a real websocket, timed from request to script finished."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from dashboard.gate.cookies import LOOPBACK_NAME


class Visit:
    """A page opened by one person; every ``run`` is one full script run in that session.

    It works in one thread at a time. What was typed stays in its fields, as in a browser. ``token`` is that of a
    sign-in: the gate lets nobody in without.
    """

    def __init__(self, address: str, page: str = "", query: str = "", token: str = "") -> None:
        self.address, self.page, self.query = address, page, query
        self.page_hash = ""
        self.exceptions: list[str] = []
        self.elements = 0
        self.fields: dict[str, str] = {}
        """Widget key → the id the server gave the widget."""
        self.typed: dict[str, float | str] = {}
        headers = {"Cookie": f"{LOOPBACK_NAME}={token}"} if token else {}
        self.socket: ClientConnection = connect(
            f"ws://{urlsplit(address).netloc}/_stcore/stream",
            subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN"],
            origin=address,
            additional_headers=headers,
            max_size=None,
        )

    def run(self, typed: Mapping[str, float | str] | None = None) -> float:
        """Ask for one run of the page; seconds until the server says the script has finished.

        ``typed`` are values put into fields, each by the end of its widget's key; KeyError when there is no such field.
        """
        self.elements = 0
        self.typed |= {self._field(end): value for end, value in (typed or {}).items()}
        started = time.perf_counter()
        self.socket.send(self._request())
        for message in self._messages():
            if message.WhichOneof("type") == "script_finished" and (
                message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                break
        return time.perf_counter() - started

    def _request(self) -> bytes:
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self.page_hash
        asked.rerun_script.page_name = "" if self.page_hash else self.page
        asked.rerun_script.context_info.timezone = "UTC"
        asked.rerun_script.context_info.locale = "en-US"
        asked.rerun_script.context_info.url = f"{self.address}/{self.page}"
        asked.rerun_script.widget_states.SetInParent()
        for field, value in self.typed.items():
            state = asked.rerun_script.widget_states.widgets.add(id=field)
            if isinstance(value, str):
                state.string_value = value
            else:
                state.double_value = value
        return asked.SerializeToString()

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(self.socket.recv(timeout=60)))
            self._note(message)
            yield message

    def _note(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.elements += 1
            self._note_element(message.delta.new_element)

    def _note_element(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.exceptions.append(element.exception.message)
        elif (field := getattr(getattr(element, kind or "", None), "id", "")) and str(field).startswith("$$ID-"):
            self.fields[field.split("-", 2)[2]] = field

    def _field(self, end: str) -> str:
        found = (
            [self.fields[end]] if end in self.fields else [self.fields[key] for key in self.fields if key.endswith(end)]
        )
        if not found:
            raise KeyError(f"no field {end!r} on the page; there are {', '.join(sorted(self.fields))}")
        return found[0]

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()
