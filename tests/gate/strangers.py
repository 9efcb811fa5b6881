"""Thousands of requests by people without a sign-in: every route, and the tricks that opened other people's doors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from dashboard.gate import routes
from tests.gate.asking import HERE, ORIGIN, Pairs

SEED = 4_000
STREAMLITS = (
    *("/", "/index.html", "/home", "/intake", "/episode?episode=1", "/referrals", "/cohort", "/knowledge", "/admin"),
    *("/_stcore/stream", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check"),
    *(
        "/_stcore/upload_file/a/b",
        "/_stcore/bidi-components/x/index.js",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
    ),
    *("/_stcore/agent/openapi.json", "/media/0123456789abcdef.pdf", "/component/x/index.html", "/static/js/index.js"),
    *(
        "/app/static/x.html",
        "/auth/login",
        "/oauth2callback",
        "/auth/logout",
        "/manifest.json",
        "/favicon.png",
        "/healthz/x",
    ),
)
ROUTES = (*STREAMLITS, *sorted(routes.BEHIND))
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "QUERY")
ACCEPTS = ("text/html", "*/*", "application/json", "text/html,application/xhtml+xml;q=0.9")
OPEN_DOORS = ("/signin", "/healthz", "/gate/gate.css", "/welcome", "/setup", "/join", "/signout")


@dataclass(frozen=True)
class Try:
    """One attempt to come in."""

    kind: str
    method: str
    target: str
    headers: Pairs
    scheme: str
    client: str


def tries(count: int) -> Iterator[Try]:
    """That many attempts, the same every time."""
    chance = random.Random(SEED)
    for number in range(count):
        yield _one(chance, ROUTES[number % len(ROUTES)])


def _one(chance: random.Random, route: str) -> Try:
    kind = "websocket" if chance.random() < 0.15 else "http"
    target = chance.choice(PATHS)(chance, route)
    headers = [("Host", chance.choice(HOSTS)), ("Accept", chance.choice(ACCEPTS))]
    for trick in chance.sample(HEADERS, chance.randint(0, 4)):
        headers += trick(chance, route)
    chance.shuffle(headers)
    scheme = chance.choice(("http", "http", "https"))
    scheme = {"http": "ws", "https": "wss"}[scheme] if kind == "websocket" else scheme
    client = chance.choice(("127.0.0.1", "127.0.0.1", "::1", "203.0.113.9", "", "localhost"))
    return Try(kind, chance.choice(METHODS), target, tuple(headers), scheme, client)


def _token(chance: random.Random) -> str:
    return "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789-_", k=43))


def _behind_an_open_door(chance: random.Random, route: str) -> str:
    door, join = (
        chance.choice(OPEN_DOORS),
        chance.choice(("/..", "/../..", "/%2e%2e", "/..%2f", ";", "/;/..", "%00", "#")),
    )
    return door + join + route


PATHS = (
    lambda chance, route: route,
    lambda chance, route: route,
    lambda chance, route: route,
    lambda chance, route: "/" + route,
    lambda chance, route: route + "/",
    lambda chance, route: (
        route + chance.choice(("%00", "%20", "%2f", ".", ";x=1", "%0d%0a", "?next=/signin", "/signin", "%ff"))
    ),
    lambda chance, route: route.upper(),
    lambda chance, route: quote(route, safe=""),
    lambda chance, route: "/" + quote(route[1:], safe="").replace("%", "%25"),
    lambda chance, route: "".join(f"%{ord(c):02x}" if chance.random() < 0.4 and c != "/" else c for c in route),
    lambda chance, route: route.replace("/", "\\"),
    lambda chance, route: "/." + route,
    lambda chance, route: "http://localhost:8501" + route,
    lambda chance, route: "//localhost:8501" + route,
    lambda chance, route: route.replace("/", "//"),
    lambda chance, route: route.replace("e", "\u0435").replace("a", "\uff41"),
    _behind_an_open_door,
    _behind_an_open_door,
)
HOSTS = (
    HERE,
    HERE,
    HERE,
    "127.0.0.1:8501",
    "[::1]:8501",
    "clinic.example",
    "localhost:8501@evil.example",
    "localhost/signin?",
    "",
)
HEADERS = [
    lambda chance, route: [("X-Backstride-Person", "1"), ("X-Backstride-Sign-In", _token(chance))],
    lambda chance, route: [("x-backstride-sign-in", "1"), ("X_Backstride_Person", "1")],
    lambda chance, route: [("Cookie", f"backstride={_token(chance)}")],
    lambda chance, route: [("Cookie", f"__Host-backstride={_token(chance)}; backstride={_token(chance)}")],
    lambda chance, route: [
        ("Cookie", chance.choice(("backstride=", "backstride=null", "backstride=' OR 1=1--", "backstride=%00")))
    ],
    lambda chance, route: [
        ("Cookie", "_streamlit_user=eyJpc19sb2dnZWRfaW4iOnRydWV9; backstride_person=amina; st_session=x")
    ],
    lambda chance, route: [("Authorization", f"Bearer {_token(chance)}"), ("Proxy-Authorization", "Basic YTpi")],
    lambda chance, route: [("X-Original-URL", "/signin"), ("X-Rewrite-URL", "/healthz")],
    lambda chance, route: [
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Host", HERE),
        ("X-Forwarded-Proto", "https"),
    ],
    lambda chance, route: [("X-Forwarded-Prefix", "/signin"), ("X-Forwarded-Path", "/signin"), ("X-Real-IP", "::1")],
    lambda chance, route: [("X-HTTP-Method-Override", "GET"), ("X-Method-Override", "GET")],
    lambda chance, route: [("X-Remote-User", "dana"), ("Remote-User", "dana"), ("X-Forwarded-User", "dana")],
    lambda chance, route: [
        ("Origin", chance.choice((ORIGIN, "null", "https://evil.example", "http://clinic.example")))
    ],
    lambda chance, route: [("Origin", ORIGIN), ("Sec-Fetch-Site", "same-origin"), ("Referer", ORIGIN + "/")],
    lambda chance, route: [("Host", HERE)],
    lambda chance, route: [
        ("Sec-WebSocket-Protocol", f"streamlit, x, {_token(chance)[:36]}"),
        ("Upgrade", "websocket"),
    ],
    lambda chance, route: [("Content-Length", "0"), ("Transfer-Encoding", "chunked"), ("Range", "bytes=0-99")],
]
