"""Logs say what failed and where in the program, and nothing of a person."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import quiet
from dashboard.quiet import LEFT_OUT, Said

ROOT = Path(__file__).parent.parent
NAME = "Wilhelmina Quackenbush"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What is written once quiet is installed, here and nowhere else."""
    for module, names in {
        logging: (),
        warnings: ("showwarning",),
        sys: ("excepthook", "unraisablehook"),
        threading: ("excepthook",),
        traceback: ("print_exception",),
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name))
    before, out = logging.getLogRecordFactory(), io.StringIO()
    taking = logging.StreamHandler(out)
    taking.setFormatter(logging.Formatter(quiet.FORM))
    access = logging.getLogger("uvicorn.access")
    was = access.disabled, access.propagate
    quiet.install()
    logging.getLogger().addHandler(taking)
    yield out.getvalue
    logging.getLogger().removeHandler(taking)
    logging.setLogRecordFactory(before)
    access.disabled, access.propagate = was


def failing(words: str = NAME) -> None:
    """Fail as a page may: the person's name is in the message, and in the one it came from."""
    try:
        raise LookupError(f"no such patient: {words}")
    except LookupError as why:
        raise ValueError(f"cannot show {words}") from why


def caught(words: str = NAME) -> ValueError:
    """The failure, with its places."""
    try:
        failing(words)
    except ValueError as error:
        return error
    raise AssertionError


def test_an_exception_is_logged_by_its_kind_and_its_places(log: Callable[[], str]):
    """Enough to mend the program, nothing to know a patient by."""
    try:
        failing()
    except ValueError:
        logging.getLogger("some.library").exception("Uncaught app execution")
    told = log()
    assert "Uncaught app execution" in told
    assert "ValueError at tests/test_quiet.py:" in told
    assert "because of LookupError at tests/test_quiet.py:" in told
    assert "Quackenbush" not in told
    assert "Traceback" not in told


def test_words_of_the_program_stay_and_values_go(log: Callable[[], str]):
    """A constant message is kept with its numbers; a value, or a message put together while running, is not."""
    logger, name = logging.getLogger("some.library"), NAME
    logger.warning("took %d ms for %s", 12, name)
    logger.warning(f"cannot find {name}")
    logger.warning("cannot find " + name)
    logger.warning("by name: %(who)s, %(rows)d rows", {"who": name, "rows": 3})
    logger.warning("wrongly given %d", name)
    logger.warning("an exception as value: %s", caught())
    logger.warning("our own: %s", Said("the knowledge cannot be used"))
    logger.warning("a kind: %s", type(caught()).__name__)
    told = log()
    assert f"took 12 ms for {LEFT_OUT}" in told
    assert f"by name: {LEFT_OUT}, 3 rows" in told
    assert "our own: the knowledge cannot be used" in told
    assert "a kind: ValueError" in told
    assert told.count("logged at tests/test_quiet.py:") >= 4
    assert "Quackenbush" not in told


def test_every_way_past_the_log_is_closed(log: Callable[[], str], capsys: pytest.CaptureFixture[str]):
    """Warnings, a thread, a task nobody waited for, the last hook and a library that prints tracebacks."""
    warnings.warn(f"odd value {NAME}", stacklevel=1)
    thread = threading.Thread(target=failing)
    thread.start()
    thread.join()
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": f"lost {NAME}", "exception": caught()})
    loop.close()
    sys.excepthook(ValueError, caught(), None)
    try:
        failing()
    except ValueError:
        traceback.print_exc()
    told = log()
    printed = capsys.readouterr()
    assert "UserWarning at tests/test_quiet.py:" in told
    assert told.count("ValueError at tests/test_quiet.py:") == 4
    assert "Quackenbush" not in told + printed.out + printed.err


def test_addresses_are_not_logged(log: Callable[[], str]):
    """The access log is off: an address says which record somebody opened."""
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").info('%s - "%s %s HTTP/%s" %d', "127.0.0.1", "GET", "/episode?id=7", "1.1", 200)
    assert log() == ""


@given(st.text(min_size=4, max_size=40).filter(lambda words: words.strip() and not words.isascii()))
def test_no_words_survive_in_what_is_said_of_a_failure(words: str):
    """Whatever the name is."""
    assert words not in quiet.where(caught(words))


def test_a_reference_is_short_readable_and_in_the_log(log: Callable[[], str]):
    """Eight signs in two groups, never the same twice."""
    numbers = {quiet.noted(caught()) for _ in range(20)}
    assert len(numbers) == 20
    assert all(len(number) == 9 and number[4] == "-" and number in log() for number in numbers)


def test_a_whole_process_keeps_quiet_when_it_dies():
    """Also one that fails before anybody set anything else up."""
    program = f"from dashboard import quiet; quiet.install(); raise ValueError({NAME!r})"
    died = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert died.returncode == 1
    assert "the program failed: ValueError at <string>:1" in died.stderr
    assert "Quackenbush" not in died.stdout + died.stderr
