"""The tablet in a patient's hands: plain pages that know the questions, the answers given on it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import accounts, patient_words
from dashboard.casework import tablet
from dashboard.casework.tablet import NotHeld, Showing
from dashboard.entry import DETAIL
from dashboard.gate import paper, tablet_fields
from dashboard.gate.paper import Fields, form, said
from dashboard.gate.sockets import LIVE

PLACE = "/tablet"
DONE, PIN = "done", "pin"
LONGEST_PIN, LONGEST_PLACE = 20, 60


def show(request: Request) -> Response:
    """What the tablet shows: its greeting, a screen of questions, the end, or the way back to the desk."""
    known = request.state.known
    if known.handed_over is None:
        return paper.go("/")
    try:
        return _shown(request, tablet.showing(known.sign_in))
    except NotHeld:
        return _over(request)


def _for_the_tablet(deed: Callable[[Request, str, Fields], Response]) -> Callable[[Request, Fields], Response]:
    """A form of the tablet: a sign-in that is not handed over has nothing to send here."""

    @wraps(deed)
    def checked(request: Request, fields: Fields) -> Response:
        known = request.state.known
        if known.handed_over is None:
            return paper.go("/")
        try:
            return deed(request, known.sign_in, fields)
        except NotHeld:
            return _over(request)

    return checked


@form
@_for_the_tablet
def answer(request: Request, sign_in: str, fields: Fields) -> Response:
    """Keep what was answered on a screen, or of one question of it, and say where to go on."""
    showing = tablet.showing(sign_in)
    items = [item for screen in showing.screens for item in screen]
    given = tablet_fields.given(items, fields)
    kept = tablet.give(sign_in, given)
    words = patient_words.words(showing.language)
    refused = {
        item: tablet_fields.refusal(_item(items, item), given[item], why, words) for item, why in kept.refused.items()
    }
    accounts.touch(sign_in)
    at, after = said(fields, "at"), tablet.showing(sign_in)
    if after.state != "asking":
        where = PLACE
    elif refused or fields.get("go") not in ("next", "back"):
        where = _address(at)
    else:
        where = _address(_neighbour(after, at, 1 if fields["go"] == "next" else -1))
    if _wants_json(request):
        return JSONResponse({"refused": refused, "where": where, "state": after.state})
    if refused and after.state == "asking":
        return _shown(request, after, at, refused)
    return paper.go(where)


@form
@_for_the_tablet
def touch(request: Request, sign_in: str, fields: Fields) -> Response:
    """Somebody touched the tablet."""
    tablet.touch(sign_in)
    return Response(status_code=204)


@form
@_for_the_tablet
def wipe(request: Request, sign_in: str, fields: Fields) -> Response:
    """Nobody touched it for a while: clear the page."""
    tablet.wipe(sign_in)
    return Response(status_code=204)


@form
@_for_the_tablet
def speak(request: Request, sign_in: str, fields: Fields) -> Response:
    """Go on in the other language."""
    tablet.speak(sign_in, said(fields, "language", 2))
    return paper.go(_address(said(fields, "at")))


@form
@_for_the_tablet
def give_back(request: Request, sign_in: str, fields: Fields) -> Response:
    """The staff's PIN: back to the intake, or to the patient again; a wrong one is counted."""
    to_patient = fields.get("then") == "patient"
    draft_id = tablet.give_back(sign_in, said(fields, "pin", LONGEST_PIN), to_patient)
    if draft_id is not None:
        return paper.go(PLACE if to_patient else f"/intake?draft={draft_id}")
    if accounts.holder(sign_in) is None:
        LIVE.end(sign_in)
        return paper.go("/signin?why=ended")
    return _shown(request, tablet.showing(sign_in), PIN, wrong=True)


@form
@_for_the_tablet
def leave(request: Request, sign_in: str, fields: Fields) -> Response:
    """Whoever does not know the PIN signs in anew."""
    tablet.leave(sign_in)
    LIVE.end(sign_in)
    return paper.go("/signin")


def state(request: Request) -> Response:
    """What a page that is open has to know: whether it may stay, and how long it may stay untouched."""
    known = request.state.known
    try:
        if known.handed_over is None:
            raise NotHeld
        showing = tablet.showing(known.sign_in)
    except NotHeld:
        return JSONResponse({"state": "over", "idle": 0})
    return JSONResponse({"state": showing.state, "idle": showing.idle_seconds_left})


TABLET_ROUTES = (
    Route(PLACE, show, methods=["GET"]),
    Route("/tablet/answer", answer, methods=["POST"]),
    Route("/tablet/touch", touch, methods=["POST"]),
    Route("/tablet/wipe", wipe, methods=["POST"]),
    Route("/tablet/language", speak, methods=["POST"]),
    Route("/tablet/return", give_back, methods=["POST"]),
    Route("/tablet/leave", leave, methods=["POST"]),
    Route("/tablet/state", state, methods=["GET"]),
)


def _shown(
    request: Request, showing: Showing, at: str = "", refused: Mapping[str, str] | None = None, wrong: bool = False
) -> Response:
    at = at or _known_address(request.query_params.get("at", ""))
    words = patient_words.words(showing.language)
    told: dict[str, Any] = {
        "words": words,
        "says": words.says,
        "names": patient_words.NAMES,
        "showing": showing,
        "idle": showing.idle_seconds_left,
        "at": at,
        "before": _known_address(request.query_params.get("from", "")),
        "tries": showing.tries_left,
        "wrong": wrong,
    }
    if showing.state != "asking" or at in (DONE, PIN):
        what = showing.state if showing.state != "asking" else at
        return _page(request, "tablet_back.html", what=what, **told)
    if not at and not showing.answers and not showing.declined:
        first = showing.screens[0][0].id if showing.screens else DONE
        return _page(request, "tablet_hello.html", first=first, **told)
    place = _place(showing, at)
    if place is None:
        return _page(request, "tablet_back.html", what=DONE, **told)
    screen = showing.screens[place]
    questions = [tablet_fields.question(item, showing, words, (refused or {}).get(item.id, "")) for item in screen]
    section = words.sections.get(screen[0].section, "")
    progress = {"number": place + 1, "count": len(showing.screens)}
    told |= {"questions": questions, "section": section, "at": screen[0].id, "is_first": place == 0, **progress}
    return _page(request, "tablet.html", **told)


def _page(request: Request, template: str, **told: Any) -> Response:
    return paper.page(request, template, **told)


def _over(request: Request) -> Response:
    """The sign-in still says it is handed over, and what it was handed over for is not there any more: end it."""
    sign_in = request.state.known.sign_in
    accounts.end(sign_in, "tablet-taken-back")
    LIVE.end(sign_in)
    return JSONResponse({"state": "over"}, 401) if _wants_json(request) else paper.go("/signin?why=ended")


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _place(showing: Showing, at: str) -> int | None:
    """The screen a question is on; else the first one with something left to answer; None when there is none."""
    asked = [tuple(item.id for item in screen) for screen in showing.screens]
    found = next((place for place, ids in enumerate(asked) if at in ids), None)
    if found is not None:
        return found
    dealt = {*showing.answers, *showing.declined}
    return next((place for place, ids in enumerate(asked) if not dealt.issuperset(ids)), None)


def _neighbour(showing: Showing, at: str, step: int) -> str:
    """The first question of the screen after or before."""
    place = _place(showing, at)
    if place is None or place + step >= len(showing.screens):
        return DONE
    return str(showing.screens[max(0, place + step)][0].id)


def _address(at: str) -> str:
    return f"{PLACE}?at={at}" if _known_address(at) else PLACE


def _known_address(at: str) -> str:
    """A place as an address may have it; "" for anything that is none."""
    return at if len(at) <= LONGEST_PLACE and at.isascii() and at.replace("_", "").isalnum() else ""


def _item(items: list[Any], item_id: str) -> Any:
    base = item_id.removesuffix(DETAIL)
    return next(item for item in items if item.id in (item_id, base))


__all__ = ["PLACE", "TABLET_ROUTES", "show"]
