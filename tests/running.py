"""A real Backstride server in a process of its own, for tests and measurements that need one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.signing import signed_in

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 90
"""How long a start may take before it counts as failed; a starting server is polled, never slept for."""


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Backstride on its own port with its own home folder; can be killed and started again."""

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        surroundings: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "streamlit"),
    ) -> None:
        self.home = home
        self.surroundings = dict(surroundings or {})
        self.program = list(program)
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start and wait until it answers; RuntimeError with the log's end if it never does."""
        self.home.mkdir(parents=True, exist_ok=True)
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        environment |= {"BACKSTRIDE_HOME": str(self.home), **self.surroundings}
        command = [sys.executable, *self.program, "run", "dashboard/app.py", "--server.port", str(self.port)]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.running is None or self.running.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.address + "/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        end = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        self.stop()
        raise RuntimeError(f"Backstride did not start on port {self.port}. The end of its log:\n{end}")

    @contextmanager
    def at_home(self) -> Iterator[None]:
        """This process too works in the server's home folder meanwhile, as a command beside it would."""
        before = {name: os.environ.pop(name, None) for name in ("BACKSTRIDE_HOME", "DATABASE_URL")}
        os.environ["BACKSTRIDE_HOME"] = str(self.home)
        try:
            yield
        finally:
            del os.environ["BACKSTRIDE_HOME"]
            os.environ.update({name: value for name, value in before.items() if value is not None})

    def token(self, code: str) -> str:
        """The token of a new sign-in of the person with this code, for a cookie named backstride."""
        with self.at_home():
            return signed_in(code).token

    def kill(self) -> None:
        """SIGKILL, as a power cut would: no clean-up of any kind."""
        if self.running is not None:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None

    def stop(self) -> None:
        """Ask it to stop, then make it."""
        if self.running is None:
            return
        self.running.terminate()
        try:
            self.running.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.running = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
