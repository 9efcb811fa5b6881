"""Signing in with a password or, in the demo, with a press; and signing out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard import accounts
from dashboard.access import Forbidden, Role
from dashboard.casework import storage
from dashboard.clinic import clinic
from dashboard.gate import address, cookies, oidc, origin, paper
from dashboard.gate.paper import Fields, form, said
from dashboard.gate.sockets import LIVE
from dashboard.role_words import ROLE_DEEDS, ROLE_WORDS

WHY = {
    "idle": "You were signed out because nothing was typed or pressed for a while. What you entered is kept.",
    "ended": "Your sign-in has ended. What you entered is kept.",
    "out": "You are signed out.",
    "set-up": "The clinic is set up. Sign in to begin.",
}
"""Why somebody is asked again who they are."""
WRONG = "Name, password and code do not fit together. Check them and try again."
LOCKED = "This account is locked after too many tries. An administrator can unlock it."
SECOND = "Name, password and code do not fit together. If you use one-time codes, type the newest one as well."


def ask(request: Request) -> Response:
    """The page that asks who is there; on from here for whoever is known, to the beginning where nobody works yet."""
    wanted = address.local(request.query_params.get("next"))
    why = WHY.get(request.query_params.get("why", ""), "")
    if storage.chosen() is None:
        return paper.go("/welcome")
    if request.state.known is not None:
        return paper.go(wanted)
    if accounts.first_run_needed():
        return paper.go("/setup")
    return _asking(request, wanted, notice=why)


@form
def answer(request: Request, fields: Fields) -> Response:
    """Name, password and code: in, or the page again with what is wrong and how long to wait."""
    wanted, code = address.local(fields.get("next")), said(fields, "name")
    if storage.is_demo() or not oidc.local_passwords():
        return paper.go("/signin")
    mark, here = cookies.mark_in(request.scope), storage.place()
    found = accounts.check(code, fields.get("password", ""), said(fields, "second", 40), mark)
    if found.person_id is not None:
        return enter(request, found.person_id, "password", wanted, here)
    if found.locked:
        return _asking(request, wanted, 403, error=LOCKED, name=code)
    if found.wait_seconds:
        words = f"Too many tries. Wait {_lasting(found.wait_seconds)}, then try again."
        again = _asking(request, wanted, 429, error=words, name=code)
        again.headers["Retry-After"] = str(round(found.wait_seconds))
        return again
    return _asking(request, wanted, 403, error=SECOND if found.needs_second else WRONG, name=code)


@form
def answer_demo(request: Request, fields: Fields) -> Response:
    """One press in the demo clinic, and only at the machine it runs on."""
    here = storage.place()
    chosen = [each for each in demo_people(request) if str(each.id) == fields.get("person")]
    if not chosen:
        return paper.go("/signin")
    return enter(request, chosen[0].id, "demo", address.local(fields.get("next")), here)


def enter(request: Request, person_id: int, how: Any, wanted: str, here: str) -> Response:
    """Begin a sign-in in this browser, ending the one it had, and go on.

    ``here`` is the database the person proved it in: from the demo anybody may open the clinic at any moment.
    """
    try:
        begun = accounts.begin(person_id, how, at=here)
    except Forbidden:
        return _asking(request, wanted, 403, error=WRONG)
    if request.state.known is not None:
        end(request.state.known.sign_in, "replaced")
    response = paper.go(wanted)
    cookies.give(response, request, begun.token)
    if how == "password":
        cookies.give_mark(response, request, accounts.mark(person_id), accounts.LASTS_DAYS)
    return response


def leave(request: Request) -> Response:
    """Sign out when a person asked for it here; from another site's link first ask whether they want to."""
    known = request.state.known
    if known is not None and not origin.came_by_hand(request):
        return paper.page(request, "sign_out.html")
    return _left(request)


@form
def leave_now(request: Request, fields: Fields) -> Response:
    """Sign out: the press on the page that asks."""
    return _left(request)


def end(sign_in: str, why: str) -> None:
    """End a sign-in and cut its sockets at once."""
    accounts.end(sign_in, why)
    LIVE.end(sign_in)


def demo_people(request: Request) -> Sequence[Any]:
    """Whom one may be in the demo with a press: nobody outside it, and nobody from another machine."""
    return accounts.demo_people() if storage.is_demo() and origin.is_loopback(request.scope) else ()


def _left(request: Request) -> Response:
    if request.state.known is not None:
        end(request.state.known.sign_in, "signed out")
    response = paper.go("/signin?why=out")
    cookies.take_away(response, request)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _asking(
    request: Request, wanted: str, status: int = 200, notice: str = "", error: str = "", name: str = ""
) -> Response:
    people = demo_people(request)
    groups = [(ROLE_WORDS[r], ROLE_DEEDS[r], [each for each in people if each.role == r]) for r in Role]
    words: dict[str, Any] = {"next": wanted, "notice": notice, "error": error, "name": name, "clinic": clinic().name}
    words |= {"open_id": oidc.button(), "passwords": oidc.local_passwords() and not storage.is_demo()}
    words["open_id_at"] = address.with_next("/open-id/start", wanted)
    return paper.page(request, "sign_in.html", status, **words, groups=[g for g in groups if g[2]])


def _lasting(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 100:
        return f"{whole} seconds" if whole > 1 else "a second"
    return f"{-(-whole // 60)} minutes"
