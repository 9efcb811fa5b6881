"""Signing in with the clinic's own accounts: the honest return lets one linked person in, every other return nobody."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import run_server_in_thread
from sqlmodel import col, func, select
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.testclient import TestClient

from dashboard import accounts
from dashboard.accounts import identities
from dashboard.accounts.identities import NotLinked
from dashboard.gate import id_token, pending, provider
from dashboard.gate.sockets import LIVE
from dashboard.gate.wall import Wall
from dashboard.open_id import OpenId, SecretUnreadable
from db.tables import Account, Attempt, AuditEvent, Identity, Person, SignIn
from tests.cast import Clinic
from tests.gate import issuer as forging
from tests.gate.issuer import CLIENT, HERE, SECRET, Issuer, changed
from tests.sessions import reading, transaction

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What an issuer's answer proves does not depend on the database."""
INSIDE = "You are inside."


async def rooms(scope: Any, receive: Any, send: Any) -> None:
    """Stands for everything behind the wall."""
    await PlainTextResponse(INSIDE)(scope, receive, send)


def settings(file: Path, **words: Any) -> None:
    """Write the clinic's settings with an issuer in them."""
    lines = {"issuer": HERE, "client_id": CLIENT, **words}
    written = (
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in lines.items()
    )
    file.write_text("\n".join(("[open_id]", *written)), encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The clinic's settings: an issuer it trusts, and the secret in the environment."""
    path = tmp_path / "clinic.toml"
    settings(path)
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(path))
    monkeypatch.setenv("BACKSTRIDE_OPEN_ID_SECRET", SECRET)
    provider.forget()
    yield path
    provider.forget()


@pytest.fixture
def issuer(file: Path, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """The clinic's issuer, honest until told otherwise; nothing leaves this machine."""
    made = Issuer()

    def client(_: OpenId) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(made.app), follow_redirects=False)

    monkeypatch.setattr(provider, "client", client)
    return made


@pytest.fixture
def noor(clinic: Clinic, file: Path) -> Person:
    """Noor, whose account at the issuer is linked."""
    return identities.link("noor", "subject-of-noor", HERE)


def browser() -> TestClient:
    """A browser at this very machine; it follows no redirect by itself."""
    address = {"base_url": "http://localhost:8501", "client": ("127.0.0.1", 50000)}
    return TestClient(Wall(rooms, LIVE), follow_redirects=False, raise_server_exceptions=False, **address)


def went_out(there: TestClient, query: str = "") -> str:
    """Press the button; where the browser is sent."""
    answer = there.get(f"/open-id/start{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def came_back(there: TestClient, issuer: Issuer, query: str = "") -> httpx.Response:
    """Go out to the issuer, agree there, and come back."""
    return there.get(f"/open-id/back?{issuer.visited(went_out(there, query))}")


def sign_ins() -> int:
    """How many sign-ins there ever were."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(SignIn)) or 0


def refusals() -> list[AuditEvent]:
    """The refused sign-ins of the trail, oldest first."""
    with reading() as session:
        wanted = select(AuditEvent).where(col(AuditEvent.deed) == "sign-in:refused").order_by(col(AuditEvent.id))
        return list(session.scalars(wanted))


def is_inside(there: TestClient) -> bool:
    """Whether the browser gets through the wall."""
    answer = there.get("/media/anything")
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


@pytest.mark.usefixtures("noor")
def test_an_honest_return_lets_the_linked_person_in_and_on_to_where_they_wanted(issuer: Issuer) -> None:
    """The canary of every refusal below: the same way, with nothing forged, leads inside."""
    there = browser()
    answer = came_back(there, issuer, "?next=/episode%3Fid%3D7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/episode?id=7")
    assert is_inside(there)
    assert sign_ins() == 1
    assert issuer.asked == ["describe", "token", "keys"]


@ON_SQLITE
def test_the_browser_is_sent_out_with_a_state_a_nonce_and_a_challenge(noor: Person, issuer: Issuer) -> None:
    """Nothing in the address is a secret, and the answer comes back to this machine only."""
    there = browser()
    sent = urlsplit(went_out(there))
    words = {key: values[0] for key, values in parse_qs(sent.query).items()}
    assert sent._replace(query="").geturl() == f"{HERE}/authorize"
    assert {key: words[key] for key in ("response_type", "client_id", "scope", "code_challenge_method")} == {
        "response_type": "code",
        "client_id": CLIENT,
        "scope": "openid",
        "code_challenge_method": "S256",
    }
    assert words["redirect_uri"] == "http://localhost:8501/open-id/back"
    assert min(len(words[key]) for key in ("state", "nonce", "code_challenge")) >= 43
    assert SECRET not in sent.query
    kept = there.cookies["backstride-open-id"]
    assert not any(words[key] in kept for key in ("state", "nonce"))


FORGED = {
    "for another client": changed(aud="another-client"),
    "for others only": changed(aud=["another-client", "a-third"]),
    "for many and for nobody in particular": changed(aud=[CLIENT, "another-client"]),
    "from another issuer": changed(iss="https://elsewhere.example.org"),
    "from nobody": changed(iss=None),
    "from an issuer that is a list": changed(iss=[HERE]),
    "expired": changed(exp=int(time.time()) - 120),
    "that never expires": changed(exp=None),
    "that expires at some word": changed(exp="never"),
    "with another nonce": changed(nonce="another"),
    "without a nonce": changed(nonce=None),
    "with an empty nonce": changed(nonce=""),
    "made out for another party": changed(azp="another-client"),
    "with an empty party": changed(azp=""),
    "issued before this sign-in began": changed(iat=int(time.time()) - 3600),
    "issued tomorrow": changed(iat=int(time.time()) + 86_400),
    "issued at no time": changed(iat=None),
    "not valid yet": changed(nbf=int(time.time()) + 3600),
    "with the hash of another access token": changed(at_hash=forging.half_hash("another")),
    "with an empty hash": changed(at_hash=""),
    "of nobody": changed(sub=None),
    "of an empty name": changed(sub=""),
    "of a number": changed(sub=7),
    "of a list": changed(sub=["subject-of-noor"]),
    "of an endless name": changed(sub="n" * 256),
    "of a name with a line break": changed(sub="subject-of-noor\n"),
    "without a signature": forging.unsigned,
    "signed with the public key as a secret": forging.with_the_public_key,
    "signed by somebody else": forging.by_somebody_else,
    "that brings its own key": forging.with_its_own_key,
    "changed after it was signed": forging.altered,
    "that is no token": lambda *_: "not a token",
    "that is empty": lambda *_: "",
    "that is missing": lambda *_: None,
    "signed, but no object": lambda *_: forging.signed_words("[]"),
}


@ON_SQLITE
@pytest.mark.parametrize("forgery", FORGED.values(), ids=list(FORGED))
def test_a_forged_token_is_refused_and_nobody_is_signed_in(
    noor: Person, issuer: Issuer, forgery: forging.Forgery, caplog: pytest.LogCaptureFixture
) -> None:
    """400 with a plain page and an event in the trail; never a failure, never a word of the token in the log."""
    issuer.forge = forgery
    there = browser()
    with caplog.at_level(logging.DEBUG):
        answer = came_back(there, issuer)
    assert answer.status_code == 400
    assert "That did not sign you in" in answer.text
    assert not is_inside(there)
    assert sign_ins() == 0
    assert [event.after["how"] for event in refusals() if event.after] == ["open-id"]
    assert "eyJ" not in caplog.text
    assert "subject-of-noor" not in caplog.text + answer.text


ODD_ANSWERS: dict[str, Response] = {
    "an error": JSONResponse({"error": "invalid_grant"}, 400),
    "a failure": PlainTextResponse("failed", 500),
    "a page": PlainTextResponse("<html>", 200),
    "a list": JSONResponse([]),
    "a redirect": Response(status_code=302, headers={"location": f"{HERE}/keys"}),
    "too much": PlainTextResponse(" " * 1_100_000),
    "nesting without end": PlainTextResponse("[" * 200_000),
    "letters that are none": Response(b"\xff\xfe{}", media_type="application/json"),
    "nothing": Response(b""),
    "a token that is a number": JSONResponse({"id_token": 7, "access_token": forging.ACCESS}),
}


@ON_SQLITE
@pytest.mark.parametrize("said", ODD_ANSWERS.values(), ids=list(ODD_ANSWERS))
def test_an_issuer_that_answers_oddly_signs_nobody_in(noor: Person, issuer: Issuer, said: Response) -> None:
    """Whatever comes instead of tokens is a defect of the return, not a failure of Backstride."""
    issuer.answers = lambda: said
    assert came_back(browser(), issuer).status_code == 400
    assert sign_ins() == 0


ODD_KEYS: dict[str, Any] = {
    "none": {"keys": []},
    "not even a list": {},
    "one for another purpose": {"keys": [{**forging.KEY.as_dict(private=False), "use": "enc"}]},
    "a secret": {"keys": [{"kty": "oct", "kid": "now", "k": forging.base64url(forging.PUBLIC_PEM)}]},
    "words": {"keys": ["now"]},
}


@ON_SQLITE
@pytest.mark.parametrize("keys", ODD_KEYS.values(), ids=list(ODD_KEYS))
def test_without_a_key_of_the_issuer_no_token_proves_anything(noor: Person, issuer: Issuer, keys: Any) -> None:
    """Nor does a token "signed" with a secret the issuer publishes."""
    issuer.keys, issuer.forge = keys, forging.with_the_public_key if keys == ODD_KEYS["a secret"] else forging.honest
    assert came_back(browser(), issuer).status_code == 400
    assert sign_ins() == 0


@ON_SQLITE
def test_a_new_key_of_the_issuer_is_believed_at_once(noor: Person, issuer: Issuer) -> None:
    """Keys are asked for at each return: a key that was taken back yesterday proves nothing today."""
    issuer.forge = lambda _, claims: forging.signed(claims, forging.CURVE_KEY, alg="ES256", kid="curve")
    assert came_back(browser(), issuer).status_code == 303
    issuer.keys = {"keys": [forging.KEY.as_dict(private=False)]}
    assert came_back(browser(), issuer).status_code == 400
    assert sign_ins() == 1


@ON_SQLITE
def test_a_return_counts_once(noor: Person, issuer: Issuer) -> None:
    """The address of a return, and even the browser's own cookie with it, is of no use a second time."""
    there = browser()
    address = f"/open-id/back?{issuer.visited(went_out(there))}"
    kept = there.cookies["backstride-open-id"]
    assert there.get(address).status_code == 303
    assert there.get(address).status_code == 400
    another = browser()
    another.cookies.set("backstride-open-id", kept)
    assert another.get(address).status_code == 400
    assert sign_ins() == 1


@ON_SQLITE
def test_of_many_returns_at_the_same_moment_one_counts(noor: Person, issuer: Issuer) -> None:
    """However fast somebody is who saw the address and the cookie."""
    there = browser()
    address = f"/open-id/back?{issuer.visited(went_out(there))}"
    cookie = {"cookie": f"backstride-open-id={there.cookies['backstride-open-id']}"}

    async def all_at_once() -> list[int]:
        line = httpx.ASGITransport(Wall(rooms), client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=line, base_url="http://localhost:8501") as many:
            answers = await asyncio.gather(*(many.get(address, headers=cookie) for _ in range(12)))
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(all_at_once()) == [303] + [400] * 11
    assert sign_ins() == 1


@ON_SQLITE
def test_a_return_counts_only_in_the_browser_that_went_out(noor: Person, issuer: Issuer) -> None:
    """Nobody can be signed in as somebody else by being led to a prepared address."""
    mine, theirs = browser(), browser()
    address = f"/open-id/back?{issuer.visited(went_out(mine))}"
    assert theirs.get(address).status_code == 400
    went_out(theirs)
    assert theirs.get(address).status_code == 400
    assert sign_ins() == 0


@ON_SQLITE
@pytest.mark.parametrize(
    "query",
    [
        *("", "code=code-0", "state={state}", "code=&state={state}", "code=code-0&state="),
        *("code=code-0&state=foreign", "code=code-0&state={state}&state={state}", "code=code-0&code=x&state={state}"),
        *("error=access_denied&state={state}", "code=code-0&state={state}&error=x", "code=unknown&state={state}"),
        *("code=code-0&state={state}&iss=https%3A%2F%2Felsewhere.example.org", "code=%00&state=%ff", "state=%F0%9F%92"),
    ],
)
def test_a_return_with_something_wrong_in_its_address_is_refused(noor: Person, issuer: Issuer, query: str) -> None:
    """Missing, doubled, foreign and declined: 400, each of them."""
    there = browser()
    state = parse_qs(issuer.visited(went_out(there)))["state"][0]
    assert there.get(f"/open-id/back?{query.format(state=state)}").status_code == 400
    assert sign_ins() == 0


@ON_SQLITE
def test_an_issuer_that_promised_to_say_who_it_is_has_to(noor: Person, issuer: Issuer) -> None:
    """So the answer of one issuer cannot be passed off as another's."""
    issuer.says = {"authorization_response_iss_parameter_supported": True}
    assert came_back(browser(), issuer).status_code == 400
    there = browser()
    back = f"/open-id/back?{issuer.visited(went_out(there))}&iss={HERE}"
    assert there.get(back).status_code == 303


@ON_SQLITE
@pytest.mark.parametrize("cookie", ["", "x", "gAAAAAB", "é", "a" * 5000])
def test_a_cookie_that_is_not_ours_remembers_nothing(noor: Person, issuer: Issuer, cookie: str) -> None:
    """Made up, cut off or endless: refused, without a failure."""
    there = browser()
    address = f"/open-id/back?{issuer.visited(went_out(there))}"
    answer = browser().get(address, headers={"cookie": f"backstride-open-id={cookie}".encode()})
    assert answer.status_code == 400
    assert sign_ins() == 0


@ON_SQLITE
def test_a_sign_in_that_took_too_long_is_begun_again(
    noor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After ten minutes the browser's cookie is worth nothing."""
    there = browser()
    address = f"/open-id/back?{issuer.visited(went_out(there))}"
    late = time.time() + pending.LASTS_SECONDS + 1
    monkeypatch.setattr("cryptography.fernet.time.time", lambda: late)
    assert there.get(address).status_code == 400


@ON_SQLITE
def test_a_saved_cookie_is_worth_nothing_after_signing_out(noor: Person, issuer: Issuer) -> None:
    """What a thief copied before the sign-out does not open the door after it."""
    there, thief = browser(), browser()
    came_back(there, issuer)
    thief.cookies.set("backstride", there.cookies["backstride"])
    assert is_inside(thief)
    there.post(
        "/signout", headers={"origin": "http://localhost:8501", "content-type": "application/x-www-form-urlencoded"}
    )
    assert not is_inside(thief)
    assert thief.get("/media/anything").status_code == 401


@ON_SQLITE
def test_signing_in_anew_ends_the_sign_in_this_browser_had(noor: Person, issuer: Issuer) -> None:
    """One browser, one sign-in."""
    there, before = browser(), browser()
    came_back(there, issuer)
    before.cookies.set("backstride", there.cookies["backstride"])
    came_back(there, issuer)
    assert is_inside(there)
    assert not is_inside(before)


@pytest.mark.usefixtures("clinic")
def test_an_unknown_subject_is_told_what_to_give_the_administrator(issuer: Issuer) -> None:
    """Nobody is made by arriving: the page names the account, the trail keeps it, and no person is added."""
    issuer.subject = "subject-<b>of</b>-somebody"
    with reading() as session:
        before = session.scalar(select(func.count()).select_from(Person))
    answer = came_back(there := browser(), issuer)
    assert answer.status_code == 403
    assert "subject-&lt;b&gt;of&lt;/b&gt;-somebody" in answer.text
    assert HERE in answer.text
    assert not is_inside(there)
    assert [(event.record_id, event.after) for event in refusals()] == [
        (issuer.subject, {"how": "open-id", "why": "unknown"})
    ]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == before


@ON_SQLITE
def test_nobody_is_matched_by_name_or_address(noor: Person, issuer: Issuer) -> None:
    """A token that calls itself Noor, with Noor's address, is still a stranger's."""
    issuer.subject = "a-stranger"
    issuer.forge = changed(email="noor@example.org", email_verified=True, preferred_username="noor", name="Noor")
    assert came_back(browser(), issuer).status_code == 403
    assert sign_ins() == 0


@ON_SQLITE
@pytest.mark.parametrize("subject", ["Subject-of-Noor", "subject-of-noor ", " subject-of-noor", "subject-of-noо" + "r"])
def test_a_subject_is_compared_letter_by_letter(noor: Person, issuer: Issuer, subject: str) -> None:
    """Capitals, spaces and letters that only look alike make another account."""
    issuer.subject = subject
    assert came_back(browser(), issuer).status_code == 403


@ON_SQLITE
def test_the_same_subject_of_another_issuer_is_somebody_else(clinic: Clinic, file: Path, issuer: Issuer) -> None:
    """A link holds for the issuer it was made for; changing the issuer lets nobody in by chance."""
    with transaction() as session:
        identities_of_another = Identity(
            issuer="https://old.example.org", subject="subject-of-noor", person_id=clinic.people["noor"].id or 0
        )
        session.add(identities_of_another)
    assert came_back(browser(), issuer).status_code == 403


@ON_SQLITE
def test_strangers_who_guess_at_a_password_keep_nobody_from_this_door(noor: Person, issuer: Issuer) -> None:
    """The password's lock is the password's: nothing can be guessed here."""
    with transaction() as session:
        now = datetime.now(UTC)
        lock = Attempt(key=f"person:{noor.id}", failures=100, guesses_since=now, last_at=now, locked_at=now)
        session.add(lock)
    assert accounts.locked(noor.id or 0)
    came_back(there := browser(), issuer)
    assert is_inside(there)


@ON_SQLITE
def test_whoever_left_does_not_come_back_by_this_door(noor: Person, issuer: Issuer) -> None:
    """The issuer vouches for them; that does not bring them back."""
    with transaction() as session:
        session.get_one(Person, noor.id).active = False
    answer = came_back(there := browser(), issuer)
    assert answer.status_code == 403
    assert "You cannot sign in here" in answer.text
    assert not is_inside(there)
    assert sign_ins() == 0
    assert [event.after for event in refusals()] == [{"how": "open-id", "why": "disabled"}]


ODD_DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "that it is another": {"issuer": "https://elsewhere.example.org"},
    "that it is nearly this one": {"issuer": HERE + "/"},
    "that tokens are elsewhere": {"token_endpoint": "https://elsewhere.example.org/token"},
    "that keys are elsewhere": {"jwks_uri": "https://elsewhere.example.org/keys"},
    "that keys lie open": {"jwks_uri": "http://accounts.example.org/clinic/keys"},
    "that keys are at another door": {"jwks_uri": "https://accounts.example.org:8443/clinic/keys"},
    "that keys are on this machine": {"jwks_uri": "http://127.0.0.1:9/keys"},
    "that keys are a file": {"jwks_uri": "file:///etc/passwd"},
    "that keys are with a name in front": {"jwks_uri": "https://accounts.example.org@elsewhere.example.org/keys"},
    "nothing of keys": {"jwks_uri": None},
    "that one signs in at a script": {"authorization_endpoint": "javascript:alert(1)"},
    "a number for an address": {"token_endpoint": 7},
}


@ON_SQLITE
@pytest.mark.parametrize("says", ODD_DESCRIPTIONS.values(), ids=list(ODD_DESCRIPTIONS))
def test_an_issuer_is_believed_only_about_itself(clinic: Clinic, issuer: Issuer, says: dict[str, Any]) -> None:
    """What it says of other machines is not followed: nobody is sent there, and no token fetched from there."""
    issuer.says = says
    answer = browser().get("/open-id/start")
    assert answer.status_code == 503
    assert "do not answer" in answer.text


@ON_SQLITE
def test_keys_at_another_address_are_fetched_where_the_settings_allow_it(
    noor: Person, file: Path, issuer: Issuer
) -> None:
    """Some issuers keep their keys on a host of their own; the clinic names it, and nothing else is asked."""
    issuer.says = {"jwks_uri": "https://keys.example.org/clinic/keys"}
    assert browser().get("/open-id/start").status_code == 503
    settings(file, also_from=["https://keys.example.org"])
    assert came_back(browser(), issuer).status_code == 303


@ON_SQLITE
@pytest.mark.usefixtures("clinic", "file")
def test_an_issuer_that_cannot_be_reached_is_said_calmly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that says so, not a failure."""

    def refusing(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(provider, "client", lambda _: httpx.AsyncClient(transport=httpx.MockTransport(refusing)))
    assert browser().get("/open-id/start").status_code == 503


@ON_SQLITE
def test_from_another_machine_the_return_address_is_the_one_in_the_settings(
    noor: Person, file: Path, issuer: Issuer
) -> None:
    """Whatever the Host header says; without the setting nobody is sent out at all."""
    far = {"base_url": "https://backstride.example.org", "client": ("192.0.2.7", 50000)}
    there = TestClient(Wall(rooms, LIVE), follow_redirects=False, **far)
    assert there.get("/open-id/start").status_code == 404
    settings(file, address="https://backstride.example.org")
    sent = parse_qs(urlsplit(went_out(there)).query)
    assert sent["redirect_uri"] == ["https://backstride.example.org/open-id/back"]
    answer = there.get("/open-id/start", headers={"host": "evil.example.org"})
    assert "evil" not in answer.headers["location"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-backstride-open-id=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"))


@ON_SQLITE
def test_the_cookies_of_both_kinds_are_closed_to_scripts(noor: Person, issuer: Issuer) -> None:
    """The pending one is taken away again with the answer that gives the other."""
    answer = came_back(browser(), issuer)
    given = answer.headers.get_list("set-cookie")
    assert len(given) == 2
    assert all("HttpOnly" in one and "SameSite=lax" in one for one in given)
    assert any(re.match(r'backstride-open-id="";.*Max-Age=0', one) for one in given)


@ON_SQLITE
@pytest.mark.parametrize(
    "wanted", ["https://evil.example.org", "//evil.example.org", "/\\evil.example.org", "/open-id/start"]
)
def test_afterwards_the_browser_stays_here(noor: Person, issuer: Issuer, wanted: str) -> None:
    """No address leads from the sign-in to another site, nor round in a circle."""
    answer = came_back(browser(), issuer, f"?next={wanted}")
    assert answer.headers["location"] == "/"


@ON_SQLITE
def test_proving_it_again_needs_the_same_person_and_a_fresh_proof(clinic: Clinic, noor: Person, issuer: Issuer) -> None:
    """Before a deed that asks for it: the issuer asks them anew, once, and nobody else can do it for them."""
    identities.link("amina", "subject-of-amina", HERE)
    there = browser()
    came_back(there, issuer)
    mine = sign_in_of(noor)
    assert not accounts.confirm(mine)
    assert asks_anew(went_out(there, "?again=1&next=/emergency"))
    issuer.subject = "subject-of-amina"
    assert came_back(there, issuer, "?again=1").status_code == 400
    issuer.subject, issuer.forge = "subject-of-noor", changed(auth_time=int(time.time()) - 3600)
    assert came_back(there, issuer, "?again=1").status_code == 400
    issuer.forge = changed(auth_time=None)
    assert came_back(there, issuer, "?again=1").status_code == 400
    assert not accounts.confirm(mine)
    issuer.forge = forging.honest
    answer = came_back(there, issuer, "?again=1&next=/emergency")
    assert (answer.status_code, answer.headers["location"]) == (303, "/emergency")
    assert accounts.confirm(mine)
    assert not accounts.confirm(mine)
    assert sign_ins() == 1


@ON_SQLITE
def test_a_desk_that_was_left_does_not_sign_the_next_person_in_with_one_press(noor: Person, issuer: Issuer) -> None:
    """The issuer is told to ask who is there, and a token that it remembered instead is refused."""
    assert asks_anew(went_out(browser()))
    for remembered in (int(time.time()) - 3600, None, "now", True):
        issuer.forge = changed(auth_time=remembered)
        assert came_back(browser(), issuer).status_code == 400
    assert sign_ins() == 0


@ON_SQLITE
def test_where_the_issuer_cannot_say_when_it_asked_the_clinic_may_do_without(
    noor: Person, file: Path, issuer: Issuer
) -> None:
    """For signing in; a proof before a grave deed is a fresh one all the same."""
    settings(file, ask_every_time=False)
    issuer.forge = changed(auth_time=None)
    there = browser()
    assert not asks_anew(went_out(there))
    assert came_back(there, issuer).status_code == 303
    assert asks_anew(went_out(there, "?again=1"))
    assert came_back(there, issuer, "?again=1").status_code == 400


def asks_anew(address: str) -> bool:
    """Whether the issuer is told to ask who is there, whatever it remembers."""
    return "prompt=login" in address and "max_age=0" in address


def sign_in_of(person: Person) -> str:
    """The id of somebody's newest sign-in."""
    with reading() as session:
        wanted = select(SignIn.id).where(col(SignIn.person_id) == person.id).order_by(col(SignIn.begun_at).desc())
        return session.scalars(wanted).first() or ""


@ON_SQLITE
@pytest.mark.usefixtures("clinic")
def test_without_an_issuer_the_door_is_not_there(file: Path) -> None:
    """404 to start; a return nobody asked for is refused like every other."""
    file.write_text("", encoding="utf-8")
    assert browser().get("/open-id/start").status_code == 404
    assert browser().get("/open-id/back?code=x&state=y").status_code == 400


@ON_SQLITE
def test_passwords_can_be_switched_off(clinic: Clinic, file: Path) -> None:
    """Then the page shows the button alone, and the form of old is not answered."""
    with transaction() as session:
        session.add(Account(person_id=clinic.people["dana"].id or 0, password_hash="of no use"))
    assert 'type="password"' in browser().get("/signin").text
    settings(file, local_passwords=False, button="Sign in with the harbor account")
    page = browser().get("/signin").text
    assert "Sign in with the harbor account" in page
    assert 'type="password"' not in page
    form = {"origin": "http://localhost:8501"}
    answer = browser().post("/signin", data={"name": "noor", "password": "x" * 20}, headers=form)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/signin")


class TestLinking:
    """An account of the issuer is linked to a person beforehand, by somebody who may."""

    def test_a_link_is_made_once_and_noted(self, clinic: Clinic, file: Path) -> None:
        """The same words again change nothing; the trail says whose it became."""
        for _ in range(2):
            assert identities.link("noor", "s-1").id == clinic.people["noor"].id
        with reading() as session:
            assert [one.subject for one in identities.linked_in(session, clinic.people["noor"].id or 0)] == ["s-1"]
            events = session.scalars(select(AuditEvent).where(col(AuditEvent.deed) == "person:link")).all()
        assert [event.after for event in events] == [{"person_id": clinic.people["noor"].id, "linked_by": None}]

    @ON_SQLITE
    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (("nobody", "s-1"), "Nobody here signs in as 'nobody'."),
            (("amina", "taken"), "already linked to somebody else"),
            (("noor", ""), "A subject is one line"),
            (("noor", "s" * 256), "A subject is one line"),
            (("noor", "s\n1"), "A subject is one line"),
            (("noor", "s-1", "https://elsewhere.example.org"), f"The issuer in clinic.toml is {HERE}"),
        ],
    )
    def test_a_link_that_cannot_be_made_says_why(
        self, clinic: Clinic, file: Path, words: tuple[str, ...], why: str
    ) -> None:
        """And nothing is stored."""
        identities.link("noor", "taken")
        with pytest.raises(NotLinked, match=re.escape(why)):
            identities.link(*words)
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(Identity)) == 1

    @ON_SQLITE
    def test_without_an_issuer_in_the_settings_one_must_be_named(self, clinic: Clinic, file: Path) -> None:
        """A link to no issuer would match none, or every one."""
        file.write_text("", encoding="utf-8")
        with pytest.raises(NotLinked, match="names no issuer yet"):
            identities.link("noor", "s-1")
        assert identities.link("noor", "s-1", HERE).code == "noor"

    def test_a_link_taken_away_lets_nobody_in(self, noor: Person, issuer: Issuer) -> None:
        """At the next return the subject is a stranger again."""
        with transaction() as session:
            (one,) = identities.linked_in(session, noor.id or 0)
            assert identities.unlink_in(session, identities.trail.COMMAND_LINE, one.id or 0) == noor.id
            assert identities.unlink_in(session, identities.trail.COMMAND_LINE, one.id or 0) is None
        assert came_back(browser(), issuer).status_code == 403


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the provider's own libraries
class TestARealProvider:
    """oidc-provider-mock on a port of its own: discovery, sign-in page, code, token and keys over real HTTP."""

    @pytest.fixture
    def server(self, file: Path) -> Iterator[str]:
        """Its address, written into the clinic's settings."""
        with run_server_in_thread(require_nonce=True) as running:
            here = f"http://localhost:{running.server_port}"
            settings(file, issuer=here, ask_every_time=False)  # it does not say when it asked
            yield here

    def test_signs_a_linked_person_in(self, clinic: Clinic, server: str) -> None:
        """The whole way a person goes, with every request really sent."""
        identities.link("amina", "amina-there")
        there = browser()
        agreed = httpx.post(went_out(there, "?next=/cohort"), data={"sub": "amina-there"}, trust_env=False)
        back = urlsplit(agreed.headers["location"])
        assert back._replace(query="").geturl() == "http://localhost:8501/open-id/back"
        answer = there.get(f"{back.path}?{back.query}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/cohort")
        assert is_inside(there)
        with reading() as session:
            (row,) = session.scalars(select(SignIn)).all()
        assert (row.person_id, row.how) == (clinic.people["amina"].id, "open-id")

    @ON_SQLITE
    def test_turns_away_whom_nobody_linked_and_who_declines(self, clinic: Clinic, server: str) -> None:
        """403 for the stranger, 400 for the one who pressed "deny"."""
        for said, status in (({"sub": "a-stranger"}, 403), ({"action": "deny"}, 400)):
            there = browser()
            agreed = httpx.post(went_out(there), data=said, trust_env=False)
            back = urlsplit(agreed.headers["location"])
            assert there.get(f"{back.path}?{back.query}").status_code == status
            assert not is_inside(there)


class TestSettings:
    """What the settings mean, apart from how they are read (tests/test_clinic.py)."""

    @pytest.mark.parametrize(
        ("address", "trusted"),
        [
            (f"{HERE}/keys", True),
            ("https://accounts.example.org/elsewhere", True),
            ("https://accounts.example.org:443/keys", True),
            ("https://keys.example.org/keys", True),
            ("https://accounts.example.org.evil.example/keys", False),
            ("https://user@accounts.example.org/keys", False),
            ("http://accounts.example.org/keys", False),
            ("http://localhost/keys", False),
            ("https://accounts.example.org:port/keys", False),
            ("//accounts.example.org/keys", False),
            ("", False),
        ],
    )
    def test_an_address_is_trusted_by_scheme_host_and_port(self, address: str, trusted: bool) -> None:
        """And by nothing that only looks like them."""
        setting = OpenId(HERE, CLIENT, also_from=("https://keys.example.org:443",))
        assert setting.trusts(address) is trusted

    def test_the_secret_is_read_from_its_file_and_never_repeated(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A missing file is named; the environment is asked only without one."""
        kept = tmp_path / "secret"
        kept.write_text("from the file\n", encoding="utf-8")
        monkeypatch.setenv("BACKSTRIDE_OPEN_ID_SECRET", " from the environment ")
        setting = OpenId(HERE, CLIENT, client_secret_file=str(kept))
        assert setting.secret() == "from the file"
        assert replace(setting, client_secret_file="").secret() == "from the environment"
        kept.unlink()
        with pytest.raises(SecretUnreadable, match=str(kept)):
            setting.secret()


def test_no_algorithm_allowed_can_be_signed_with_what_everybody_knows() -> None:
    """No shared secrets, and not "none"."""
    assert not [name for name in id_token.ALGORITHMS if name.startswith("HS") or name == "none"]
