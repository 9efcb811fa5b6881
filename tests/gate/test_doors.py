"""The gate's own pages: what each says, whom it lets on, and what it puts into a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlmodel import select
from starlette.requests import Request

from dashboard import accounts, casework
from dashboard.accounts import passwords
from dashboard.casework import setup, staffing, storage
from dashboard.demo import background
from dashboard.gate import address, cookies, signing
from dashboard.gate.wall import Wall
from db.engine import choose_database
from db.tables import SignIn
from tests.gate.asking import ORIGIN, Answer, Inside, Pairs, ask
from tests.sessions import reading
from tests.signing import signed_in

PASSWORD = "four invented words here"
PAGE = ("Accept", "text/html")
OWN = (PAGE, ("Origin", ORIGIN), ("Content-Type", "application/x-www-form-urlencoded"))
FAR = {"scheme": "https", "client": "203.0.113.9"}
FAR_OWN = (PAGE, ("Host", "clinic.example"), ("Origin", "https://clinic.example"), OWN[2])


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What costs an attacker time costs the tests none."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def sent(wall: Wall, path: str, fields: Mapping[str, object], headers: Pairs = OWN, **more: str) -> Answer:
    """A form of one of our own pages."""
    return ask(wall, path, "POST", headers, urlencode(fields).encode(), **more)


def as_person(token: str) -> tuple[str, str]:
    """The cookie of a sign-in."""
    return ("Cookie", f"{cookies.LOOPBACK_NAME}={token}")


def cookie_of(answer: Answer) -> tuple[str, str, set[str]]:
    """Name, value and attributes of the one cookie an answer sets, beside that of the browser."""
    (line,) = (line for line in answer.headers.getlist("set-cookie") if f"{cookies.OF_BROWSER}=" not in line)
    first, *rest = line.split("; ")
    name, _, value = first.partition("=")
    return name, value.strip('"'), {part.lower() for part in rest}


@pytest.fixture
def dana(home: Path, sqlite_templates: dict[bool, Path]) -> Path:
    """A clinic that Dana set up, with a password and without a second factor yet."""
    home.mkdir()
    shutil.copy(sqlite_templates[False], home / "clinic.sqlite")
    made = setup.set_up(accounts.first_token(), "Dana", "dana", PASSWORD, "staff")
    assert isinstance(made, int), made
    return home


@pytest.fixture
def demo(home: Path, sqlite_templates: dict[bool, Path]) -> Path:
    """A demo clinic: the cast with the clinic's own doors off."""
    choose_database("demo")
    shutil.copy(sqlite_templates[True], home / "demo.sqlite")
    return home


def test_a_new_backstride_offers_the_demo_and_setting_up(home: Path, wall: Wall):
    """Whatever page is asked for first leads to the choice between the two."""
    assert ask(wall, "/", headers=[PAGE]).headers["location"] == "/signin"
    assert ask(wall, "/signin", headers=[PAGE]).headers["location"] == "/welcome"
    said = ask(wall, "/welcome", headers=[PAGE]).text
    assert "Explore the demo clinic" in said
    assert "Set up this clinic" in said


def test_from_another_machine_there_is_no_demo(home: Path, wall: Wall):
    """What has no password opens only at the machine itself."""
    headers = (PAGE, ("Host", "clinic.example"))
    assert "demo clinic</button>" not in ask(wall, "/welcome", headers=headers, **FAR).text
    assert sent(wall, "/welcome/demo", {}, FAR_OWN, **FAR).status == 403
    assert background.making() is None


def test_the_demos_people_come_in_with_a_press_at_this_machine_alone(demo: Path, wall: Wall):
    """From another machine, through a proxy or in production nobody is offered and nobody let in."""
    page = ask(wall, "/signin", headers=[PAGE]).text
    number = re.findall(r'name="person" value="(\d+)"', page)
    assert len(number) == 5, "everybody but Mallory, who left"
    answer = sent(wall, "/signin/demo", {"person": number[0], "next": "/intake"})
    assert (answer.status, answer.headers["location"]) == (303, "/intake")
    known = accounts.known(cookie_of(answer)[1])
    assert known is not None
    assert known.how == "demo"

    through_a_proxy = (*OWN, ("X-Forwarded-For", "203.0.113.9"))
    assert sent(wall, "/signin/demo", {"person": number[0]}, through_a_proxy).status == 403
    far = sent(wall, "/signin/demo", {"person": number[0]}, FAR_OWN, **FAR)
    assert far.headers["location"] == "/signin"
    assert "set-cookie" not in far.headers
    said = ask(wall, "/signin", headers=(PAGE, ("Host", "clinic.example")), **FAR).text
    assert "Only at its own machine" in said
    assert "Noor" not in said


@pytest.mark.parametrize("path", ["/act-as", "/emergency", "/welcome", "/join"])
def test_every_page_of_the_gate_says_that_the_demo_is_invented(demo: Path, wall: Wall, path: str):
    """As every room does; the page that sets the real clinic up does not."""
    at_the_door = ask(wall, "/signin", headers=[PAGE]).text
    assert "everybody in it is invented" in at_the_door
    number = re.findall(r'name="person" value="(\d+)"', at_the_door)[0]
    name, token, *_ = cookie_of(sent(wall, "/signin/demo", {"person": number}))
    headers = [PAGE, ("Cookie", f"{name}={token}")]
    assert "everybody in it is invented" in ask(wall, path, headers=headers).text
    assert "everybody in it is invented" not in ask(wall, "/setup", headers=headers).text


def test_production_is_never_near(demo: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch):
    """A proxy on the same machine that adds no header makes nobody look as if they sat at it."""
    monkeypatch.setenv("BACKSTRIDE_PRODUCTION", "1")
    answer = ask(wall, "/signin", headers=[PAGE])
    assert answer.status == 403
    assert "not encrypted" in answer.text


@pytest.mark.parametrize("far", [False, True])
def test_the_cookie_is_out_of_reach_of_scripts_and_of_open_lines(dana: Path, wall: Wall, far: bool):
    """HttpOnly, Lax, the whole site, no end of its own; behind encryption Secure and bound to the host by its name."""
    form = {"name": "Dana", "password": PASSWORD, "second": "", "next": "/cohort"}
    answer = sent(wall, "/signin", form, FAR_OWN, **FAR) if far else sent(wall, "/signin", form)
    assert (answer.status, answer.headers["location"]) == (303, "/cohort")
    name, value, attributes = cookie_of(answer)
    assert name == ("__Host-backstride" if far else "backstride")
    assert attributes == {"httponly", "path=/", "samesite=lax"} | ({"secure"} if far else set())
    assert len(value) >= 43
    assert ("strict-transport-security" in answer.headers) == far


def test_a_cookie_of_one_kind_of_line_counts_on_no_other(dana: Path, wall: Wall):
    """A token caught on an open line is of no use over an encrypted one under the other name, and the other way."""
    token = signed_in("dana").token
    near, far = ("Cookie", f"backstride={token}"), ("Cookie", f"__Host-backstride={token}")
    assert ask(wall, "/gate/left", headers=[near]).status == 200
    assert ask(wall, "/gate/left", headers=[far]).status == 401
    assert ask(wall, "/gate/left", headers=[("Host", "clinic.example"), far], **FAR).status == 200
    assert ask(wall, "/gate/left", headers=[("Host", "clinic.example"), near], **FAR).status == 401


@pytest.mark.parametrize("name", ["dana", "noor", "nobody-at-all", "'; --", "<script>"])
def test_a_wrong_sign_in_says_the_same_of_everybody(dana: Path, wall: Wall, name: str):
    """Not which part was wrong, nor whether there is such a person; what was typed comes back as text only."""
    answer = sent(wall, "/signin", {"name": name, "password": "wrong", "second": "123456"})
    assert answer.status == 403
    assert signing.WRONG in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers


def test_whoever_guesses_waits_and_is_told_how_long(dana: Path, wall: Wall):
    """After a few wrong tries the page asks to wait, the right password included."""
    tries = [sent(wall, "/signin", {"name": "dana", "password": "wrong"}).status for _ in range(8)]
    assert tries[0] == 403
    assert tries[-1] == 429
    answer = sent(wall, "/signin", {"name": "dana", "password": PASSWORD})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert re.search(r"Wait (a second|\d+ seconds|\d+ minutes)", answer.text)


def test_nobody_comes_further_than_the_second_factor_before_it_is_set_up(dana: Path, wall: Wall, inside: Inside):
    """A page leads to it, a program and the account's page are refused, and one code opens the way."""
    token = cookie_of(sent(wall, "/signin", {"name": "dana", "password": PASSWORD}))[1]
    me = as_person(token)
    assert ask(wall, "/cohort", headers=[PAGE, me]).headers["location"] == "/enrol?next=%2Fcohort"
    assert ask(wall, "/_stcore/health", headers=[me]).status == 403
    assert ask(wall, "/account", headers=[me]).status == 403
    assert inside.reached == []

    page = ask(wall, "/enrol", headers=[PAGE, me]).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    form = {**hidden, "uri": hidden["uri"].replace("&amp;", "&")}
    wrong = sent(wall, "/enrol", {**form, "code": "000000"}, (*OWN, me))
    assert wrong.status == 403
    assert hidden["secret"] in wrong.text, "the picture already scanned stays good"
    right = sent(wall, "/enrol", {**form, "code": pyotp.TOTP(hidden["secret"]).now()}, (*OWN, me))
    assert right.status == 200
    assert len(re.findall(r"<li><code>", right.text)) >= 8
    assert ask(wall, "/_stcore/health", headers=[me]).status == 200


def test_signing_out_ends_the_sign_in_and_clears_the_browser(staffed: Path, wall: Wall):
    """The token is of no use any more, the cookie is outdated, and what the page stored is cleared."""
    me = as_person(signed_in("noor").token)
    answer = ask(wall, "/signout", headers=[PAGE, me, ("Sec-Fetch-Site", "same-origin")])
    assert answer.headers["location"] == "/signin?why=out"
    assert "max-age=0" in cookie_of(answer)[2]
    assert '"storage"' in answer.headers["clear-site-data"]
    assert ask(wall, "/gate/left", headers=[me]).status == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_a_link_of_another_site_signs_nobody_out(staffed: Path, wall: Wall, site: str | None):
    """It leads to a page that asks first."""
    me = as_person(signed_in("noor").token)
    headers = [PAGE, me, *([("Sec-Fetch-Site", site)] if site else [])]
    assert "Sign out?" in ask(wall, "/signout", headers=headers).text
    assert ask(wall, "/gate/left", headers=[me]).status == 200
    assert sent(wall, "/signout", {}, (*OWN, me)).status == 303
    assert ask(wall, "/gate/left", headers=[me]).status == 401


def test_signing_in_again_ends_the_sign_in_before(dana: Path, wall: Wall):
    """A browser has one sign-in, never two, and its token is a new one each time."""
    before = signed_in("dana").token
    answer = sent(wall, "/signin", {"name": "dana", "password": PASSWORD}, (*OWN, as_person(before)))
    assert accounts.known(before) is None
    assert accounts.known(cookie_of(answer)[1]) is not None


def test_an_invited_person_chooses_a_password_and_is_in(staffed: Path, wall: Wall):
    """The invitation's token works once; a short password is explained and costs nothing."""
    dana = casework.actor_for("dana")
    noor = next(each.id for each in casework.people(dana) if each.code == "noor")
    token = staffing.invite_person(dana, noor).token
    assert sent(wall, "/join", {"token": token, "password": "short", "again": "short"}).status == 403
    unlike = sent(wall, "/join", {"token": token, "password": PASSWORD, "again": PASSWORD + "!"})
    assert "not the same" in unlike.text
    answer = sent(wall, "/join", {"token": token, "password": PASSWORD, "again": PASSWORD})
    assert answer.status == 303
    known = accounts.known(cookie_of(answer)[1])
    assert known is not None
    assert (known.person_id, known.must) == (noor, "enrol")
    assert sent(wall, "/join", {"token": token, "password": PASSWORD, "again": PASSWORD}).status == 403


def test_whom_the_demo_knows_is_nobody_in_a_clinic_opened_meanwhile(
    demo: Path, wall: Wall, sqlite_templates: dict[bool, Path], monkeypatch: pytest.MonkeyPatch
):
    """Whoever proves who they are in the demo, where anybody may open the clinic, is not let into the clinic by it."""
    shutil.copy(sqlite_templates[True], demo / "clinic.sqlite")
    dana = casework.actor_for("dana")
    token = staffing.invite_person(dana, dana.person_id).token
    accept, press = accounts.accept, signing.demo_people

    def accepted(*given: str) -> int | accounts.Refused:
        found = accept(*given)
        choose_database("clinic")
        return found

    def pressed(request: Request) -> Sequence[accounts.Face]:
        found = press(request)
        choose_database("clinic")
        return found

    monkeypatch.setattr(accounts, "accept", accepted)
    monkeypatch.setattr(signing, "demo_people", pressed)
    for path, form in (
        ("/join", {"token": token, "password": PASSWORD, "again": PASSWORD}),
        ("/signin/demo", {"person": dana.person_id}),
    ):
        choose_database("demo")
        answer = sent(wall, path, form)
        assert storage.chosen() == "clinic"
        assert answer.status == 403
        assert "set-cookie" not in answer.headers
    with reading() as session:
        assert session.scalars(select(SignIn)).all() == []


def test_setting_up_needs_the_token_of_the_terminal(home: Path, wall: Wall, capsys: pytest.CaptureFixture[str]):
    """Without it nothing is made; pressing for a new one prints it where only the machine's keeper reads."""
    form = {"name": "Dana", "code": "dana", "password": PASSWORD, "again": PASSWORD, "also": "clinician"}
    assert sent(wall, "/setup", {**form, "token": "x" * 43}).status == 403
    assert storage.chosen() is None
    assert sent(wall, "/setup/token", {}, FAR_OWN, **FAR).status == 303
    assert "/setup#" not in capsys.readouterr().err
    answer = sent(wall, "/setup/token", {})
    (token,) = re.findall(r"/setup#([\w-]+)", capsys.readouterr().err)
    assert token not in answer.text + str(answer.headers)
    made = sent(wall, "/setup", {**form, "token": token})
    assert (made.status, made.headers["location"]) == (303, "/setup/made")
    assert storage.chosen() == "clinic"
    known = accounts.known(cookie_of(made)[1])
    assert known is not None
    assert [role.value for role in known.roles] == ["administrator", "clinician"]
    assert sent(wall, "/setup", {**form, "token": token}).headers["location"] == "/signin?why=set-up"


def test_a_second_role_is_taken_up_and_laid_down(dana: Path, wall: Wall):
    """One role at a time; a role that is not one's own changes nothing."""
    begun = signed_in("dana")
    me = as_person(begun.token)
    for wanted, then in (("staff", "staff"), ("clinician", "staff"), ("administrator", "administrator")):
        sent(wall, "/act-as", {"role": wanted}, (*OWN, me))
        known = accounts.known(begun.token)
        assert known is not None
        assert known.role == then


@pytest.mark.parametrize(
    ("person", "may"), [("noor", False), ("amina", False), ("chidi", False), (None, False), ("dana", True)]
)
def test_only_an_administrator_leaves_a_real_clinic(staffed: Path, wall: Wall, person: str | None, may: bool):
    """The page is shown, and the press counts, for Dana alone."""
    me = [as_person(signed_in(person).token)] if person else []
    assert (ask(wall, "/welcome", headers=[PAGE, *me]).status == 200) == may
    if not may:
        assert sent(wall, "/welcome/demo", {}, (*OWN, *me)).status == 403
        assert sent(wall, "/welcome/clinic", {}, (*OWN, *me)).status == 403
    assert storage.chosen() == "clinic"


def test_a_demo_that_cannot_be_made_says_so_and_leads_back(home: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch):
    """A failing disk ends in a sentence and a way back to the choice, not in a technical error."""
    trouble = background.Making(trouble="The demo clinic could not be made (OSError).")
    monkeypatch.setattr(background, "_making", trouble)
    said = ask(wall, "/making", headers=[PAGE]).text
    assert "could not be made" in said
    assert 'href="/welcome"' in said


def test_a_demo_being_made_shows_how_far_it_is(home: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch):
    """With scripts and without: the page and the numbers behind it say the same."""
    making = background.Making(share=0.4, what="Taking histories: 351 of 900")
    monkeypatch.setattr(background, "_making", making)
    page = ask(wall, "/making", headers=[PAGE]).text
    assert "Taking histories: 351 of 900 (40 %)" in page
    assert '<progress value="40"' in page
    assert ask(wall, "/making/state").text == '{"done":false,"percent":40,"what":"Taking histories: 351 of 900"}'


ELSEWHERE = (
    *("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\n/elsewhere", "", None, "x"),
    *("/\t/elsewhere.example", "\\/elsewhere", "javascript:alert(1)", "/signout", "/\u2028/x", "/" + "x" * 600),
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(wanted: str | None):
    """Only a plain path of this server is followed, and none that would lead straight out again."""
    assert address.local(wanted) == "/"


@pytest.mark.parametrize("path", ["/signin", "/", "/nowhere", "/healthz", "/gate/gate.css", "/gate/left"])
def test_every_answer_carries_the_headers(staffed: Path, wall: Wall, path: str):
    """Pages, refusals and files alike: nothing is stored, framed, sniffed or passed on."""
    answer = ask(wall, path, headers=[PAGE])
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_only_files_named_after_their_content_may_be_kept(staffed: Path, wall: Wall):
    """Streamlit's own scripts and styles stay in the browser; a document of a patient does not, whatever it says."""
    me = as_person(signed_in("noor").token)
    assert "immutable" in ask(wall, "/static/js/index.js", headers=[me]).headers["cache-control"]
    assert ask(wall, "/media/0123.pdf", headers=[me]).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_a_page_of_the_gate_answers_no_method_it_does_not_have(staffed: Path, wall: Wall, inside: Inside, method: str):
    """Nothing falls through to Streamlit."""
    for path in ("/signin", "/welcome/clinic", "/healthz", "/setup/token"):
        assert ask(wall, path, method, [("Origin", ORIGIN)]).status == 405
    assert inside.reached == []


@pytest.mark.parametrize("body", [b"x" * 30_000, b"a=1&" * 60, b"name=%ff%fe", b"\xff\xfe"])
def test_what_is_no_form_of_ours_is_refused(staffed: Path, wall: Wall, body: bytes):
    """Too long, too many fields, or no text at all: an answer in the four hundreds, never a failure."""
    assert 400 <= ask(wall, "/signin", "POST", OWN, body).status < 500
    assert ask(wall, "/signin", "POST", OWN[:2], b"name=x").status == 415


def test_strangers_who_guess_do_not_keep_anybody_from_the_browser_they_use(dana: Path, wall: Wall):
    """It shows the mark it was given; the mark alone lets nobody in, and a far browser without it has to wait."""
    right = {"name": "dana", "password": PASSWORD, "second": ""}
    given = sent(wall, "/signin", right).headers.getlist("set-cookie")
    (mark,) = (line for line in given if f"{cookies.OF_BROWSER}=" in line)
    told = {part.strip().lower() for part in mark.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={accounts.LASTS_DAYS * 86400}"} <= told
    for _ in range(6):
        sent(wall, "/signin", {**right, "password": "not this one at all"})
    assert sent(wall, "/signin", right).status == 429
    shown = (*OWN, ("Cookie", mark.partition(";")[0]))
    assert ask(wall, "/", headers=[PAGE, shown[-1]]).headers["location"].startswith("/signin")
    assert sent(wall, "/signin", right, shown).status == 303
