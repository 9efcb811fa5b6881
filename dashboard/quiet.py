"""What a log may say: what failed and where in the program; never what a person is called, is or said."""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LEFT_OUT = "(words left out)"
"""What stands for anything that may come from a person: a value, or a message put together while running."""
MOST_PLACES = 6
MOST_FRAMES_UP = 40
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters nobody mistakes for each other on the telephone."""
_log = logging.getLogger("backstride")


class Said(str):
    """Words of the program itself, which a log may repeat."""


def install() -> None:
    """From now on this process writes nothing of a person to a log, to standard error or anywhere beside the record."""
    logging.setLogRecordFactory(record)
    logging.basicConfig(format=FORM, level=logging.WARNING)
    _log.setLevel(logging.INFO)  # our own: the head of the audit trail is told once an hour
    access = logging.getLogger("uvicorn.access")
    access.disabled, access.propagate = True, False
    warnings.showwarning = _warned
    sys.excepthook = _failed
    sys.unraisablehook = lambda seen: _failed(seen.exc_type, seen.exc_value, seen.exc_traceback)
    threading.excepthook = lambda seen: _failed(seen.exc_type, seen.exc_value, seen.exc_traceback)
    traceback.print_exception = _printed  # what libraries call that write past the log


def reference() -> str:
    """A number to find one failure by, on the screen and in the log: eight signs that can be read out."""
    signs = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def noted(error: BaseException) -> str:
    """Write a failure to the log under a new reference, which is given back."""
    number = reference()
    _log.error("reference %s: %s", Said(number), Said(where(error)))
    return number


def where(error: BaseException | None) -> Said:
    """The kind of a failure and the places it came through, innermost first; its words are left out."""
    told, seen = list[str](), set[int]()
    while error is not None and id(error) not in seen and len(told) < MOST_PLACES:
        seen.add(id(error))
        told.append(f"{_kind(error)} at {_places(error.__traceback__)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return Said("; because of ".join(told) or "no exception")


def record(
    name: str, level: int, path: str, line: int, message: object, args: Any, exc_info: Any, *rest: Any, **more: Any
) -> logging.LogRecord:
    """A log record (the logging module's factory) with its words, values and exception made fit to be kept."""
    words = _words(message, args, path, line)
    if exc_info and isinstance(exc_info, tuple) and exc_info[1] is not None:
        words = f"{words.rstrip()} | {where(exc_info[1])}"
    if LEFT_OUT in words:
        words += f" | logged at {_place(path, line)}"
    return logging.LogRecord(name, level, path, line, words, (), None, *rest, **more)


def _words(message: object, args: Any, path: str, line: int) -> str:
    """The message if it stands in the program as it is, its values reduced; else that it was left out."""
    template = str(message) if isinstance(message, Said) or _is_written_at(message, path, line) else LEFT_OUT
    if not args or template == LEFT_OUT:
        return template
    one = args[0] if isinstance(args, tuple) and len(args) == 1 and isinstance(args[0], Mapping) else args
    try:
        if isinstance(one, Mapping):
            return template % {key: _reduced(value) for key, value in one.items()}
        return template % tuple(map(_reduced, one))
    except (TypeError, ValueError, KeyError):
        return f"{template} {LEFT_OUT}"


def _reduced(value: object) -> object:
    """A value as a log may have it: numbers and the program's own words; of anything else, what kind it is."""
    if value is None or isinstance(value, Said | bool | int | float):
        return value
    if isinstance(value, BaseException):
        return where(value)
    return value if isinstance(value, str) and value in _kinds_of_failure(BaseException) else LEFT_OUT


def _kinds_of_failure(kind: type[BaseException]) -> set[str]:
    """The names of every kind of exception there is: what a program says of a failure without its words."""
    return {kind.__name__}.union(*map(_kinds_of_failure, type.__subclasses__(kind)))


def _is_written_at(message: object, path: str, line: int) -> bool:
    """Whether a message is a constant of the code that logs it, and so was known before anybody came."""
    code = _code_at(path, line)
    return isinstance(message, str) and code is not None and message in code.co_consts


def _code_at(path: str, line: int) -> CodeType | None:
    frame = sys._getframe(1)
    for _ in range(MOST_FRAMES_UP):
        if frame.f_code.co_filename == path and frame.f_lineno == line:
            return frame.f_code
        if frame.f_back is None:
            break
        frame = frame.f_back
    return None


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _places(trace: TracebackType | None) -> str:
    """Where it was raised, and the clinic's own code it came through."""
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)]
    ours = [step for step in steps[:-1] if Path(step[0]).is_relative_to(ROOT) and ".venv" not in step[0]]
    return " < ".join(_place(*step) for step in [*steps[-1:], *reversed(ours)][:MOST_PLACES]) or "an unknown place"


def _place(path: str, line: int) -> str:
    """A place in the program, without the folders of this machine."""
    file = path.rpartition("site-packages/")[2]
    return f"{file.removeprefix(f'{ROOT}/')}:{line}"


def _failed(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _log.critical("the program failed: %s", where(error))


def _printed(*told: Any, **how: Any) -> None:
    """In place of traceback.print_exception: the same failure, without its words."""
    error = next((each for each in (*told, how.get("value")) if isinstance(each, BaseException)), None)
    _log.error("printed: %s", where(error))


def _warned(message: Any, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
    logging.getLogger("py.warnings").warning("%s at %s", Said(category.__name__), Said(_place(filename, lineno)))
