"""Setting the clinic up, once: the token from the terminal, and the first administrator's name and password."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard import accounts
from dashboard.accounts import Refused
from dashboard.casework import setup, storage
from dashboard.clinic import clinic
from dashboard.gate import origin, paper, starting
from dashboard.gate.paper import Fields, form, said
from dashboard.gate.signing import enter

ALSO = (("", "Administrator only"), ("clinician", "Also works as a clinician"), ("staff", "Also works at the desk"))
DIFFERENT = "The two passwords are not the same. Type the password twice."


def ask(request: Request) -> Response:
    """The form; on to the sign-in where the clinic was set up before."""
    if not accounts.first_run_needed():
        return paper.go("/signin")
    return _asking(request, {})


@form
def answer(request: Request, fields: Fields) -> Response:
    """Set up, sign the first administrator in, and say what was made."""
    if not accounts.first_run_needed():
        return paper.go("/signin?why=set-up")
    token, name, code = said(fields, "token"), said(fields, "name", 80), said(fields, "code", 40).lower()
    there = accounts.set_up_people(token)
    if fields.get("known") == "no" and there:
        return _asking(request, fields, there=there)
    if fields.get("password", "") != fields.get("again", ""):
        return _asking(request, fields, 400, DIFFERENT, there)
    here = storage.place()
    first = setup.set_up(token, name, code, fields.get("password", ""), said(fields, "also", 20))
    if isinstance(first, Refused):
        return _asking(request, fields, 403, first.why, there)
    return enter(request, first, "password", "/setup/made", here)


def made(request: Request) -> Response:
    """What setting up made, once, to whoever did it."""
    onward = "/act-as" if len(request.state.known.roles) > 1 else "/"
    return paper.page(request, "made.html", lines=setup.what_was_made(), next=onward)


@form
def print_again(request: Request, fields: Fields) -> Response:
    """A new token, for whoever sits at this machine, where only who looks after it can read it."""
    if origin.is_loopback(request.scope) and accounts.first_run_needed():
        starting.print_first_address(origin.own(request.scope), again=True)
    return paper.go("/setup")


def _asking(request: Request, fields: Fields, status: int = 200, error: str = "", there: Any = ()) -> Response:
    kept = {name: said(fields, name) for name in ("token", "name", "code", "also")}
    words = {"error": error, "there": there, "also": ALSO, "kept": kept, "clinic": clinic().name}
    words |= {"lines": setup.what_was_made(), "near": origin.is_loopback(request.scope)}
    return paper.page(request, "setup.html", status, **words)
