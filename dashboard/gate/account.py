"""One's own password and telephone: changed by whoever proves again who they are."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dashboard import accounts
from dashboard.gate import paper
from dashboard.gate.paper import Fields, form, said

DIFFERENT = "The two new passwords are not the same. Type the new one twice."
WRONG = "That did not prove who you are. Check the password and the newest code."
CHANGED = "Your password is changed. Other browsers you were signed in with are signed out."


def ask(request: Request) -> Response:
    """The page, for whoever signed in with a password; the others have nothing to change here."""
    return paper.go("/act-as") if request.state.known.how != "password" else _asking(request)


@form
def new_password(request: Request, fields: Fields) -> Response:
    """Change the password."""
    if fields.get("new", "") != fields.get("again", ""):
        return _asking(request, 400, DIFFERENT)
    proof = (fields.get("password", ""), said(fields, "second", 40))
    refused = accounts.change_password(request.state.known.sign_in, *proof, fields.get("new", ""))
    return _asking(request, 403, refused.why) if refused else _asking(request, notice=CHANGED)


@form
def other_telephone(request: Request, fields: Fields) -> Response:
    """Take the telephone off the account, and put another one on."""
    proof = (fields.get("password", ""), said(fields, "second", 40))
    if not accounts.drop_second_factor(request.state.known.sign_in, *proof):
        return _asking(request, 403, WRONG)
    return paper.go("/enrol")


def _asking(request: Request, status: int = 200, error: str = "", notice: str = "") -> Response:
    return paper.page(request, "account.html", status, error=error, notice=notice)
