"""What a person does about their own sign-in: accept an invitation, set up a second factor, change role, confirm."""

from __future__ import annotations

import segno
from starlette.requests import Request
from starlette.responses import Response

from dashboard import accounts
from dashboard.access import Role
from dashboard.accounts import Enrolling, Refused
from dashboard.casework import storage
from dashboard.gate import address, paper, refusals
from dashboard.gate.paper import Fields, form, said
from dashboard.gate.signing import enter
from dashboard.role_words import ROLE_DEEDS, ROLE_WORDS

LONGEST_URI = 400

DIFFERENT = "The two passwords are not the same. Type the new one twice."


def join(request: Request) -> Response:
    """The page an invitation leads to; its token stands in the address where no server sees it."""
    return paper.page(request, "join.html", error="", token="")


@form
def joined(request: Request, fields: Fields) -> Response:
    """Make the account of whoever was invited, and sign them in."""
    token, password, here = said(fields, "token"), fields.get("password", ""), storage.place()
    if password != fields.get("again", ""):
        return paper.page(request, "join.html", 400, error=DIFFERENT, token=token)
    accepted = accounts.accept(token, password)
    if isinstance(accepted, Refused):
        return paper.page(request, "join.html", 403, error=accepted.why, token=token)
    return enter(request, accepted, "password", "/", here)


def enrol(request: Request) -> Response:
    """A new second factor: a picture for the telephone's app and the same in letters."""
    offered = accounts.enrol(request.state.known.person_id)
    if isinstance(offered, Refused):
        return refusals.told(request, 403, "One-time codes", (offered.why,))
    return _enrolling(request, offered, address.local(request.query_params.get("next")))


@form
def enrolled(request: Request, fields: Fields) -> Response:
    """Check the first code; then the recovery codes, shown this once."""
    wanted = address.local(fields.get("next"))
    offered = Enrolling(said(fields, "secret"), said(fields, "uri", LONGEST_URI))
    codes = accounts.enrolled(request.state.known.person_id, offered.secret, said(fields, "code", 40))
    if isinstance(codes, Refused):
        return _enrolling(request, offered, wanted, 403, codes.why)
    return paper.page(request, "recovery.html", codes=codes, next=wanted)


def roles(request: Request) -> Response:
    """The jobs this person may do, one at a time."""
    known = request.state.known
    offered = [(role.value, ROLE_WORDS[role], ROLE_DEEDS[role], role == known.role) for role in known.roles]
    return paper.page(request, "act_as.html", offered=offered, next=address.local(request.query_params.get("next")))


@form
def act_as(request: Request, fields: Fields) -> Response:
    """Work in another of one's roles from now on."""
    known, wanted = request.state.known, fields.get("role", "")
    if wanted in [role.value for role in known.roles]:
        accounts.act_as(known.sign_in, Role(wanted))
    return paper.go("/")


def _enrolling(request: Request, offered: Enrolling, wanted: str, status: int = 200, error: str = "") -> Response:
    picture = segno.make(offered.uri, error="m").svg_data_uri(scale=5, border=3, dark="#1D2A2E", light="#FFFFFF")
    grouped = " ".join(offered.secret[at : at + 4] for at in range(0, len(offered.secret), 4))
    words = {"picture": picture, "offered": offered, "grouped": grouped, "next": wanted, "error": error}
    return paper.page(request, "enrol.html", status, **words)
