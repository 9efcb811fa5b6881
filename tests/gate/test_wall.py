"""The wall: nothing passes without a sign-in that lasts, whatever it is dressed up as; with one it does."""

from __future__ import annotations

import pytest

from dashboard import accounts
from dashboard.gate import cookies, routes
from dashboard.gate.wall import SHUT, Wall
from tests.gate.asking import HERE, ORIGIN, Inside, ask, opens, scope_of
from tests.gate.strangers import ROUTES, STREAMLITS, Try, tries
from tests.signing import signed_in

COUNT = 4_000
SCHEMES = {"http": "http", "websocket": "ws"}


def answered_openly(attempt: Try) -> bool:
    """Whether the address is one of those everybody may ask: its page answers then, and nothing behind it."""
    path = scope_of(attempt.target, attempt.method, ())["path"]
    return path in routes.WELL | routes.ASSETS | routes.OPEN


def passes(wall: Wall, inside: Inside, attempt: Try) -> bool:
    """Whether an attempt reached what is behind the wall, or was answered as if it had."""
    inside.reached.clear()
    if attempt.kind == "websocket":
        let_in = opens(wall, attempt.target, attempt.headers, scheme=attempt.scheme, client=attempt.client)
        return let_in or bool(inside.reached)
    more = {"scheme": attempt.scheme, "client": attempt.client}
    answer = ask(wall, attempt.target, attempt.method, attempt.headers, **more)
    kindly = answer.status < 300 and not answered_openly(attempt)
    return kindly or bool(inside.reached)


def test_four_thousand_strangers_and_none_comes_in(staffed: object, wall: Wall, inside: Inside):
    """Every route with path tricks, forged cookies and headers, other hosts and methods, sockets included: 0 pass."""
    through = [attempt for attempt in tries(COUNT) if passes(wall, inside, attempt)]
    assert through == []


def test_the_same_strangers_would_be_seen_coming_in(staffed: object, wall: Wall, inside: Inside):
    """The canary: every plain request and socket among them passes once it carries a living sign-in's cookie."""
    headers = (
        ("Host", HERE),
        ("Cookie", f"backstride={signed_in('noor').token}"),
        ("Origin", ORIGIN),
        ("Accept", "*/*"),
    )
    targets = {(each.kind, each.target) for each in tries(COUNT) if each.target in STREAMLITS}
    wanted = {(kind, target) for kind, target in targets if kind == "http" and not target.startswith(SHUT)}
    wanted.add(("websocket", routes.STREAM))
    known = {Try(kind, "GET", target, headers, SCHEMES[kind], "127.0.0.1") for kind, target in targets}
    through = {(each.kind, each.target) for each in known if passes(wall, inside, each)}
    assert len(through) > 20
    assert through == wanted


def test_the_attempts_are_as_many_and_as_different_as_they_say():
    """They reach every route, by every method, in both kinds, and hardly one is like another."""
    made = list(tries(COUNT))
    assert len(made) == COUNT
    assert len({(each.kind, each.method, each.target, each.headers, each.client) for each in made}) > 0.9 * COUNT
    assert {each.kind for each in made} == {"http", "websocket"}
    assert set(ROUTES) <= {each.target for each in made}


@pytest.mark.parametrize(
    "path", ["/", "/intake", "/media/0123.pdf", "/static/js/index.js", "/_stcore/health", "/gate/left"]
)
def test_a_program_without_a_sign_in_is_refused_in_a_line(staffed: object, wall: Wall, path: str):
    """401 and no word about what is there."""
    answer = ask(wall, path, headers=[("Accept", "*/*")])
    assert (answer.status, answer.text) == (401, '{"error":"sign in first"}')


def test_a_person_without_a_sign_in_is_asked_who_they_are_and_comes_back(staffed: object, wall: Wall):
    """The address asked for, query included, is where signing in leads."""
    answer = ask(wall, "/episode?episode=7", headers=[("Accept", "text/html")])
    assert (answer.status, answer.headers["location"]) == (303, "/signin?next=%2Fepisode%3Fepisode%3D7")


def test_what_is_known_of_a_person_is_told_inside_by_the_wall_alone(staffed: object, wall: Wall, inside: Inside):
    """A browser's own headers of that name are taken off, in any writing."""
    begun = signed_in("noor")
    forged = [("X-Backstride-Sign-In", "another"), ("x-backstride-person", "99"), ("X-Backstride-New", "1")]
    ask(wall, "/_stcore/health", headers=[("Cookie", f"backstride={begun.token}"), *forged])
    (scope,) = inside.reached
    told = [(name, value) for name, value in scope["headers"] if name.startswith(b"x-backstride")]
    known = accounts.known(begun.token)
    assert known is not None
    assert told == [
        (b"x-backstride-person", str(known.person_id).encode()),
        (b"x-backstride-sign-in", begun.sign_in.encode()),
    ]


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://localhost:9999", "https://localhost:8501"]
)
def test_a_socket_of_another_site_is_refused_whoever_is_signed_in(staffed: object, wall: Wall, origin: str | None):
    """A cookie alone opens no socket: the page that asks has to be one of ours."""
    headers = [("Host", HERE), ("Cookie", f"backstride={signed_in('noor').token}")]
    headers += [("Origin", origin)] if origin else []
    assert not opens(wall, "/_stcore/stream", headers)
    assert opens(wall, "/_stcore/stream", [*headers[:2], ("Origin", ORIGIN)])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/gate/alive", "/signin", "/act-as"])
def test_what_another_site_sends_is_refused_whoever_is_signed_in(staffed: object, wall: Wall, path: str, method: str):
    """No form of another site does anything here with somebody's cookie."""
    cookie = ("Cookie", f"backstride={signed_in('noor').token}")
    for origin in ([("Origin", "https://evil.example")], [("Origin", "null")], [], [("Sec-Fetch-Site", "same-site")]):
        assert ask(wall, path, method, [cookie, *origin]).status == 403


@pytest.mark.parametrize(
    "path", ["/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/metrics", "/_stcore/agent"]
)
def test_some_doors_stay_shut_for_everybody(staffed: object, wall: Wall, inside: Inside, path: str):
    """The agents' interface and the figures of the server are nobody's business in a clinic."""
    assert ask(wall, path, headers=[("Cookie", f"backstride={signed_in('dana').token}")]).status == 404
    assert inside.reached == []


def test_a_sign_in_that_ended_opens_nothing(staffed: object, wall: Wall, inside: Inside):
    """The saved cookie of somebody who signed out is as good as none."""
    begun = signed_in("noor")
    cookie = ("Cookie", f"backstride={begun.token}")
    assert ask(wall, "/_stcore/health", headers=[cookie]).status == 200
    accounts.end(begun.sign_in, "signed-out")
    assert ask(wall, "/_stcore/health", headers=[cookie]).status == 401
    assert not opens(wall, "/_stcore/stream", [("Host", HERE), cookie, ("Origin", ORIGIN)])
    assert len(inside.reached) == 1


def test_two_cookies_of_one_name_are_none(staffed: object, wall: Wall):
    """Whoever could plant a second one would otherwise choose which of them counts."""
    token = signed_in("noor").token
    assert (
        ask(wall, "/_stcore/health", headers=[("Cookie", f"backstride={token}; backstride={'x' * 43}")]).status == 401
    )


def test_a_broken_database_lets_nobody_in(staffed: object, wall: Wall, inside: Inside, monkeypatch: pytest.MonkeyPatch):
    """Whatever fails at the wall refuses; the words of the failure stay in the log."""
    token = signed_in("noor").token
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/x")
    answer = ask(wall, "/", headers=[("Cookie", f"backstride={token}"), ("Accept", "text/html")])
    assert answer.status == 503
    assert "database cannot be used" in answer.text
    assert "s3cret" not in answer.text
    assert not opens(wall, "/_stcore/stream", [("Host", HERE), ("Cookie", f"backstride={token}"), ("Origin", ORIGIN)])
    assert inside.reached == []


@pytest.mark.parametrize("client", ["203.0.113.9", ""])
def test_nobody_signs_in_over_an_open_line(staffed: object, wall: Wall, client: str):
    """From another machine without encryption no cookie counts, and the page says what is needed instead of asking."""
    token = signed_in("noor").token
    headers = [
        ("Host", "clinic.example"),
        ("Accept", "text/html"),
        ("Cookie", f"{cookies.SAFE_NAME}={token}; backstride={token}"),
    ]
    for path in ("/signin", "/", "/setup"):
        answer = ask(wall, path, headers=headers, client=client)
        assert answer.status == 403
        assert "not encrypted" in answer.text
        assert "<form" not in answer.text


def test_the_real_server_stands_behind_this_wall():
    """The application that is served has the wall as its outermost layer."""
    from dashboard.app import app

    assert app._user_middleware[0].cls is Wall


@pytest.mark.parametrize("path", ["/static/no-such-file", "/_stcore/upload_file/a/b", "/component/x/index.html"])
def test_no_page_is_opened_that_nothing_clears(staffed: object, wall: Wall, inside: Inside, path: str):
    """Streamlit would answer an unknown file with its own page, without the script that ends it; a download passes."""
    cookie = ("Cookie", f"backstride={signed_in('noor').token}")
    as_a_page = (cookie, ("Accept", "text/html,application/xhtml+xml"))
    assert ask(wall, path, headers=as_a_page).status == 404
    assert inside.reached == []
    assert ask(wall, path, headers=(cookie, ("Accept", "*/*"))).status == 200
    assert ask(wall, "/media/0123.pdf", headers=as_a_page).text == "inside"
