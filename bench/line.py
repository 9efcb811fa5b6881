"""A line to a server that can be cut and mended: a relay of bytes between a browser and the server."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from tests.running import free_port


class Line:
    """Listens on a port of its own and passes everything on, until it is cut."""

    def __init__(self, server_port: int) -> None:
        self.server_port, self.port = server_port, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.is_cut = False
        self._ends: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Break everything that is open, and let nothing new through."""
        self.is_cut = True
        for end in list(self._ends):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._ends.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=(here,), daemon=True).start()

    def _pass_on(self, here: socket.socket) -> None:
        with suppress(OSError):
            if self.is_cut:
                here.close()
                return
            there = socket.create_connection(("127.0.0.1", self.server_port))
            self._ends |= {here, there}
            threading.Thread(target=self._copy, args=(there, here), daemon=True).start()
            self._copy(here, there)
            return
        with suppress(OSError):
            here.close()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            self._ends.discard(end)
            with suppress(OSError):
                end.close()
