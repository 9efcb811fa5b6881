"""One visitor's Streamlit session over a real websocket, timed from request to script finished."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


class Visit:
    """A page opened by one person; every ``run`` is one full script run in that session."""

    def __init__(self, address: str, page: str = "", query: str = "", person: str | None = None) -> None:
        self.address, self.page, self.query = address, page, query
        self.page_hash = ""
        self.exceptions: list[str] = []
        self.elements = 0
        headers = {"Cookie": f"backstride_person={person}"} if person else {}
        self.socket: ClientConnection = connect(
            f"ws://{urlsplit(address).netloc}/_stcore/stream",
            subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN"],
            origin=address,
            additional_headers=headers,
            max_size=None,
        )

    def run(self) -> float:
        """Ask for one run of the page; seconds until the server says the script has finished."""
        self.elements = 0
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
            if message.delta.new_element.WhichOneof("type") == "exception":
                self.exceptions.append(message.delta.new_element.exception.message)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()
