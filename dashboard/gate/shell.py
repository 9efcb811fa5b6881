"""Streamlit's own page with the gate's script in it, and the fingerprint of every script that stands in the page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
HEAD_ENDS = "</head>"
POINTER = re.compile(r'<link rel="service-desc"[^>]*>')
"""Streamlit's pointer to its agents' door, which stays shut."""
SCRIPT = '<script src="/gate/alive.js" defer></script>'


@dataclass(frozen=True)
class Shell:
    """The page every room is drawn in, and what a browser may run of it."""

    page: bytes
    hashes: tuple[str, ...]
    """For the content security policy: sha256 of each script written in the page itself."""


@lru_cache(maxsize=1)
def shell() -> Shell:
    """Streamlit's page as installed; RuntimeError when it is not as expected after an upgrade."""
    text = (static_folder() / "index.html").read_text(encoding="utf-8")
    if text.count(HEAD_ENDS) != 1:
        raise RuntimeError("Streamlit's index.html has no single </head>: the gate's script finds no place")
    page = POINTER.sub("", text).replace(HEAD_ENDS, f"  {SCRIPT}\n  {HEAD_ENDS}")
    return Shell(page.encode(), tuple(_hash(script) for script in INLINE.findall(text)))


def static_folder() -> Path:
    """Where Streamlit keeps what browsers load, found without importing it."""
    found = find_spec("streamlit")
    if found is None or found.origin is None:
        raise RuntimeError("Streamlit is not installed")
    return Path(found.origin).parent / "static"


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
