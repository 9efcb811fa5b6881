"""Handing the tablet over: staff choose the sections, the language and a PIN; Streamlit never meets the PIN."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import accounts, intake, patient_words
from dashboard.access import Actor, Forbidden, Permission
from dashboard.casework import handing_over
from dashboard.casework.drafts import read_draft
from dashboard.casework.errors import NotFound, NotReady, StaleRecord
from dashboard.casework.views import DraftView
from dashboard.gate import paper, refusals
from dashboard.gate.paper import Fields, form, said
from dashboard.gate.sockets import LIVE
from dashboard.gate.tablet import PLACE

HEADING = "Hand the tablet over"
NOT_YOURS = "Only staff and clinicians take an intake. Nothing was opened."
NO_SUCH = "There is no such intake at your sites."
DIFFERENT = "The two PINs are not the same. Type the same one twice."
OVER = "This intake is not open any more."
SECTION = "section."
LONGEST_PIN = 20


def ask(request: Request) -> Response:
    """The form, for whoever takes the intake."""
    section = request.query_params.get("section", "")

    def asking(actor: Actor, draft: DraftView) -> Response:
        return _asking(request, draft, {SECTION + section: "on"}, section)

    return _with_draft(request, request.query_params.get("draft", ""), asking)


@form
def answer(request: Request, fields: Fields) -> Response:
    """Hand it over: from here on this sign-in shows the patient's questions and nothing else."""

    def begin(actor: Actor, draft: DraftView) -> Response:
        section = said(fields, "section")
        if fields.get("pin", "") != fields.get("again", ""):
            return _asking(request, draft, fields, section, 400, DIFFERENT)
        chosen = [name.removeprefix(SECTION) for name in fields if name.startswith(SECTION)]
        pin, language = said(fields, "pin", LONGEST_PIN), said(fields, "language", 2)
        try:
            again = "again-asked" in fields
            handing_over.begin_hand_over(actor, draft.id, chosen, language, pin, section or None, ask_again=again)
        except NotReady as why:
            return _asking(request, draft, fields, section, 400, str(why))
        except StaleRecord:
            return refusals.told(request, 409, HEADING, (OVER,))
        LIVE.end(request.state.known.sign_in)
        return paper.go(PLACE)

    return _with_draft(request, said(fields, "draft"), begin)


HANDING_OVER_ROUTES = (
    Route("/hand-over", ask, methods=["GET"]),
    Route("/hand-over", answer, methods=["POST"]),
)


def _with_draft(request: Request, draft_id: str, go_on: Callable[[Actor, DraftView], Response]) -> Response:
    actor = accounts.actor(request.state.known.sign_in)
    if actor is None:
        return paper.go("/signin")
    if not actor.may(Permission.INTAKE_WRITE):
        return refusals.told(request, 403, HEADING, (NOT_YOURS,))
    try:
        draft = read_draft(actor, draft_id)
        if draft.state != "open":
            return refusals.told(request, 409, HEADING, (OVER,))
        return go_on(actor, draft)
    except NotFound:
        return refusals.told(request, 404, HEADING, (NO_SUCH,))
    except Forbidden as why:
        return refusals.told(request, 403, HEADING, (str(why),))


def _asking(
    request: Request, draft: DraftView, fields: Fields, section: str, status: int = 200, error: str = ""
) -> Response:
    every = handing_over.askable_sections(draft.answers, ask_again=True)
    open_ones = handing_over.askable_sections(draft.answers)
    sections = [
        (each, len(every[each.id]), len(open_ones.get(each.id, ())))
        for each in intake.asked_sections()
        if each.id in every
    ]
    chosen = {name.removeprefix(SECTION) for name in fields if name.startswith(SECTION)}
    told = {
        "draft": draft,
        "sections": sections,
        "chosen": chosen,
        "section": section,
        "names": patient_words.NAMES,
        "language": said(fields, "language", 2) or "en",
        "again": "again-asked" in fields,
        "error": error,
    }
    return paper.page(request, "hand_over.html", status, **told)
