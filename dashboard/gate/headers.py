"""What every answer carries: what a browser may load and run, and that nothing is kept, framed or passed on."""

from __future__ import annotations

from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from dashboard.gate import origin
from dashboard.gate.shell import shell

NO_STORE = "no-store"
HASHED = "/static/"
"""Streamlit's own files, named after what is in them: the one thing a browser may keep."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": ", ".join(
        f"{what}=()"
        for what in (
            *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation"),
            *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
            *("picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"),
            *("window-management", "xr-spatial-tracking"),
        )
    ),
}
SAFE_LINE = {"Strict-Transport-Security": "max-age=31536000"}


def dressed(scope: Scope, send: Send) -> Send:
    """``send`` with these headers on the answer, instead of whatever the answer said itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            _dress(scope, MutableHeaders(scope=message), message["status"])
        await send(message)

    return sending


def _dress(scope: Scope, headers: MutableHeaders, status: int) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    if origin.is_encrypted(scope):
        headers.update(SAFE_LINE)
    headers["Content-Security-Policy"] = policy(origin.host(scope), origin.is_encrypted(scope))
    if not (scope["path"].startswith(HASHED) and status in (200, 206, 304)):
        headers["Cache-Control"] = NO_STORE
    elif "immutable" in headers.get("Cache-Control", ""):
        headers["Cache-Control"] = "private, immutable, max-age=31536000"


@lru_cache(maxsize=32)
def policy(host: str, encrypted: bool) -> str:
    """What a page of ours may load and run: its own files, and Streamlit's own script in the page by its hash."""
    socket = f" {'wss' if encrypted else 'ws'}://{host}" if host else ""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *shell().hashes, "blob:")),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self'{socket}",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "media-src": "'self'",
        "object-src": "'none'",
        "frame-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
