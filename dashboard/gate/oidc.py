"""Signing in with the clinic's own accounts: out to the issuer and back, every defect a plain page and no sign-in."""

from __future__ import annotations

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import accounts
from dashboard.access import Forbidden
from dashboard.accounts import identities
from dashboard.casework import storage
from dashboard.clinic import clinic
from dashboard.gate import address, cookies, id_token, pending, provider
from dashboard.gate.id_token import Expected, Unproven
from dashboard.gate.origin import is_encrypted, is_loopback, own
from dashboard.gate.paper import go, page
from dashboard.gate.pending import Pending
from dashboard.gate.provider import Provider, Unreachable
from dashboard.gate.sockets import LIVE
from dashboard.open_id import OpenId
from dashboard.quiet import Said

BACK = "/open-id/back"
_log = logging.getLogger(__name__)


class Defect(Exception):  # noqa: N818 - what it says of the return
    """The browser came back with something that is no answer to what Backstride asked."""


def button() -> str:
    """The words on the sign-in page's button, "" while the clinic uses no issuer."""
    setting = clinic().open_id
    return setting.button if setting.on else ""


def local_passwords() -> bool:
    """Whether passwords kept here still sign people in."""
    return clinic().open_id.local_passwords


async def start(request: Request) -> Response:
    """Send the browser to the issuer, and remember in it what has to come back."""
    setting = clinic().open_id
    back = _return_address(request, setting)
    if not setting.on or not back:
        return page(request, "open_id.html", 404, why="off")
    try:
        issuer = await provider.found(setting)
    except Unreachable as why:
        _log.warning("OpenID Connect: the issuer cannot be asked (%s)", Said(why))
        return page(request, "open_id.html", 503, why="unreachable")
    again = request.state.known is not None and "again" in request.query_params
    begun = Pending(address.local(request.query_params.get("next")), again)
    response = go(issuer.asks(begun, back))
    _remember(response, request, begun.sealed())
    return response


async def back(request: Request) -> Response:
    """Take the browser back; whatever is wrong with the return, it is refused with a page and nothing is begun."""
    setting = clinic().open_id
    try:
        begun = _returned(request, setting)
        subject = await _vouched(request, setting, begun)
        response = await run_in_threadpool(_met, request, setting, begun, subject)
    except (Defect, Unreachable, Unproven) as why:
        _log.warning("OpenID Connect: a return was refused (%s)", Said(why))
        if isinstance(why, Unproven):
            await run_in_threadpool(identities.note_refused, str(why))
        response = page(request, "open_id.html", 400, why="defect")
    return _forget(request, response)


def _met(request: Request, setting: OpenId, begun: Pending, subject: str) -> Response:
    """What follows for a proven subject: signed in, proved anew, or told calmly why not."""
    here = storage.place()
    met = identities.met(setting.issuer, subject)
    if met.person_id is None:
        return page(request, "open_id.html", 403, why=met.why, subject=subject, issuer=setting.issuer)
    if begun.again:
        return _proved(request, begun, met.person_id)
    return _entered(request, met.person_id, begun.next, here)


def _entered(request: Request, person_id: int, wanted: str, here: str) -> Response:
    """Begin a sign-in in this browser, ending the one it had, and go on."""
    try:
        signed_in = accounts.begin(person_id, "open-id", at=here)
    except Forbidden:  # disabled since the link was looked up, or another clinic was opened
        return page(request, "open_id.html", 403, why="refused")
    if request.state.known is not None:
        accounts.end(request.state.known.sign_in, "replaced")
        LIVE.end(request.state.known.sign_in)
    response = go(wanted)
    cookies.give(response, request, signed_in.token)
    return response


def _proved(request: Request, begun: Pending, person_id: int) -> Response:
    """Note that whoever is signed in at this browser has just proved it again; raises Defect for anybody else."""
    known = request.state.known
    if known is None or known.person_id != person_id or known.how != "open-id":
        raise Defect("somebody else")
    accounts.proved(known.sign_in)
    return go(begun.next)


def _returned(request: Request, setting: OpenId) -> Pending:
    """The sign-in this browser began and now comes back from, for the first time."""
    begun = pending.opened(request.cookies.get(_cookie(request), ""))
    if not setting.on or begun is None or not pending.use(begun, _only(request, "state")):
        raise Defect("state")
    return begun


async def _vouched(request: Request, setting: OpenId, begun: Pending) -> str:
    """Whom the issuer vouches for; raises Defect, Unreachable or Unproven."""
    issuer = await provider.found(setting)
    _is_from(issuer, request)
    if "error" in request.query_params:
        raise Defect("the issuer declined")
    tokens = await issuer.exchange(_only(request, "code"), begun, _return_address(request, setting))
    expected = Expected(setting.issuer, setting.client_id, begun.nonce, begun.begun, issuer.asks_anew(begun))
    return id_token.subject_of(tokens, await issuer.keys(), expected)


def _is_from(issuer: Provider, request: Request) -> None:
    """A return that says whom it is from says the issuer; it must say so where the issuer promised it."""
    named = request.query_params.getlist("iss")
    if named != [issuer.setting.issuer] and (named or issuer.names_itself):
        raise Defect("iss")


def _only(request: Request, name: str) -> str:
    """The one value of a parameter; raises Defect for none or several."""
    values = request.query_params.getlist(name)
    if len(values) != 1 or not values[0]:
        raise Defect(name)
    return values[0]


def _return_address(request: Request, setting: OpenId) -> str:
    """Where the issuer sends the browser back to: never what a stranger's Host header says."""
    if setting.address:
        return setting.address.rstrip("/") + BACK
    if is_loopback(request.scope):
        return own(request.scope) + BACK
    return ""


def _cookie(request: Request) -> str:
    return "__Host-backstride-open-id" if is_encrypted(request.scope) else "backstride-open-id"


def _remember(response: Response, request: Request, sealed: str) -> None:
    response.set_cookie(
        _cookie(request),
        sealed,
        max_age=pending.LASTS_SECONDS,
        path="/",
        secure=is_encrypted(request.scope),
        httponly=True,
        samesite="lax",
    )


def _forget(request: Request, response: Response) -> Response:
    response.delete_cookie(
        _cookie(request), path="/", secure=is_encrypted(request.scope), httponly=True, samesite="lax"
    )
    return response


OPEN_ID_ROUTES = [Route("/open-id/start", start), Route(BACK, back)]
