"""Emergency access: the form with which a clinician opens one patient of another site; no password meets Streamlit."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import accounts
from dashboard.access import Actor, Forbidden, Permission
from dashboard.casework.emergency import LASTS, REASON_AT_LEAST, REASON_AT_MOST, open_in_emergency
from dashboard.casework.errors import NotFound, NotReady
from dashboard.clinic import clinic
from dashboard.gate import paper, refusals
from dashboard.gate.paper import Fields, form, said

HEADING = "Emergency access"
NOT_YOURS = "Only clinicians open another site's record in an emergency. Nothing was opened."
BORN = "The date of birth cannot be read: year, month and day are needed."
KEPT = ("record_number", "born", "reason")
"""What stands in the form again when something was wrong; the password never."""


def ask(request: Request) -> Response:
    """The form, for clinicians only."""
    actor = _actor(request)
    if actor is None or not actor.may(Permission.EMERGENCY_OPEN):
        return refusals.told(request, 403, HEADING, (NOT_YOURS,))
    return _asking(request, {})


@form
def answer(request: Request, fields: Fields) -> Response:
    """Open the record and go there; else the form again with what is wrong."""
    actor, known = _actor(request), request.state.known
    if actor is None:
        return paper.go("/signin")
    try:
        born = date.fromisoformat(said(fields, "born", 10))
    except ValueError:
        return _asking(request, fields, 400, BORN)

    def confirm() -> str:
        password, second = fields.get("password", ""), said(fields, "second", 40)
        return known.how if accounts.confirm(known.sign_in, password, second) else ""

    try:
        reason = said(fields, "reason", REASON_AT_MOST)
        opened = open_in_emergency(actor, said(fields, "record_number"), born, reason, confirm)
    except NotFound as why:
        return _asking(request, fields, 404, str(why))
    except NotReady as why:
        return _asking(request, fields, 400, str(why))
    except Forbidden as why:
        may = actor.may(Permission.EMERGENCY_OPEN)
        return _asking(request, fields, 403, str(why)) if may else refusals.told(request, 403, HEADING, (NOT_YOURS,))
    return paper.go("/" if opened.episode_id is None else f"/episode?episode={opened.episode_id}")


EMERGENCY_ROUTES = (
    Route("/emergency", ask, methods=["GET"]),
    Route("/emergency", answer, methods=["POST"]),
)


def _actor(request: Request) -> Actor | None:
    return accounts.actor(request.state.known.sign_in)


def _asking(request: Request, fields: Fields, status: int = 200, error: str = "") -> Response:
    kept = {name: said(fields, name, REASON_AT_MOST) for name in KEPT}
    words = {
        "kept": kept,
        "error": error,
        "clinic": clinic().name,
        "shortest": REASON_AT_LEAST,
        "longest": REASON_AT_MOST,
    }
    return paper.page(request, "emergency.html", status, minutes=int(LASTS.total_seconds() // 60), **words)
