"""The first page of a new Backstride, and the way between the demo clinic and the real one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import accounts
from dashboard.access import Actor, Forbidden
from dashboard.casework import storage
from dashboard.demo import background
from dashboard.gate import origin, paper, refusals
from dashboard.gate.paper import Fields, form
from dashboard.gate.sockets import LIVE


def welcome(request: Request) -> Response:
    """The choice: the demo clinic or this one; to the sign-in for whoever may not choose."""
    if not _may_choose(request):
        return paper.go("/signin")
    near, has_demo = origin.is_loopback(request.scope), storage.has_demo()
    return paper.page(request, "welcome.html", near=near, has_demo=has_demo, chosen=storage.chosen())


@form
def open_demo(request: Request, fields: Fields) -> Response:
    """Open the demo clinic, making it first when there is none or when it is wanted anew."""
    if not _may_choose(request) or not origin.is_loopback(request.scope):
        return refusals.told(request, 403, NOT_YOURS, ())
    if storage.has_demo() and fields.get("anew") != "yes":
        storage.choose("demo", _actor(request))
        LIVE.end_all()
        return paper.go("/signin")
    background.begin(_actor(request))
    return paper.go("/making")


@form
def open_clinic(request: Request, fields: Fields) -> Response:
    """Open this clinic's own records: to be set up where nobody works there yet, else to its sign-in."""
    if not _may_choose(request):
        return refusals.told(request, 403, NOT_YOURS, ())
    if storage.chosen() not in ("clinic", "external"):
        storage.choose("clinic", _actor(request))
        LIVE.end_all()
    if not accounts.first_run_needed():
        return paper.go("/signin")
    return paper.go("/setup")


def watch(request: Request) -> Response:
    """How far the making of the demo clinic is; on to its sign-in once it is ready."""
    making = background.making()
    if making is None or making.ready:
        return paper.go("/signin" if storage.chosen() else "/welcome")
    status = 500 if making.trouble else 200
    return paper.page(request, "making.html", status, making=making, percent=round(100 * making.share))


def state(request: Request) -> Response:
    """The same in numbers, for the page that is open."""
    making = background.making()
    if making is None:
        return JSONResponse({"done": True})
    done = making.ready or bool(making.trouble)
    return JSONResponse({"done": done, "percent": round(100 * making.share), "what": making.what})


NOT_YOURS = "Only an administrator may open another clinic"


def _may_choose(request: Request) -> bool:
    """Whoever may set up the clinic; before there is one, and in the demo, whoever sits at this machine too."""
    if not storage.may_choose(_actor(request)):
        return False
    return request.state.known is not None or storage.chosen() is None or origin.is_loopback(request.scope)


def _actor(request: Request) -> Actor | None:
    known = request.state.known
    try:
        return accounts.actor(known.sign_in) if known else None
    except Forbidden:
        return None
