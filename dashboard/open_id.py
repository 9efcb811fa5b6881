"""The clinic's OpenID Connect settings: whose accounts sign people in here, checked before they are used."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECRET = "BACKSTRIDE_OPEN_ID_SECRET"
"""The environment variable that holds the client's secret where no file does."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_ADDRESS = 300
LONGEST_WORDS = 80


class SecretUnreadable(RuntimeError):  # noqa: N818 - the word the clinic uses
    """The file with the client's secret cannot be read; the message names the file and never the secret."""


@dataclass(frozen=True)
class OpenId:
    """Whose accounts sign people in; ``on`` is False while no issuer is named."""

    issuer: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    button: str = ""
    address: str = ""
    """Where browsers reach Backstride, such as https://backstride.example.org; needed beyond this machine."""
    also_from: tuple[str, ...] = ()
    """Further addresses the issuer serves its keys or tokens from."""
    ask_every_time: bool = True
    """Whether the issuer has to ask who is there at every sign-in, and say when it last did."""
    local_passwords: bool = True
    """Whether passwords kept here still sign people in."""

    @property
    def on(self) -> bool:
        """Whether people may sign in through the issuer."""
        return bool(self.issuer)

    def trusts(self, address: str) -> bool:
        """Whether an endpoint the issuer names lies where the clinic said the issuer lives."""
        return origin(address) in {origin(self.issuer), *self.also_from} - {""}

    def secret(self) -> str:
        """The client's secret from its file or the environment, "" for a public client; raises SecretUnreadable."""
        if not self.client_secret_file:
            return os.environ.get(SECRET, "").strip()
        try:
            return Path(self.client_secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SecretUnreadable(f"open_id.client_secret_file {self.client_secret_file} cannot be read") from None


def origin(address: str) -> str:
    """Scheme, host and port of an address that is safe to ask: https, or http on this very machine; else ""."""
    parts = _split(address)
    if parts is None or not parts.hostname or "@" in parts.netloc:
        return ""
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}:{port}"


Wrong = Callable[[str, str], Exception]
"""Makes the error of one key: its name and the cure."""


def read_open_id(table: Mapping[str, Any], wrong: Wrong) -> OpenId:
    """The settings of one ``[open_id]`` table, whose keys are all known; raises what ``wrong`` makes."""
    words = {key: _words(table, key, wrong) for key in ("issuer", "client_id", "client_secret_file", "address")}
    setting = OpenId(
        **words,
        button=_button(table, wrong),
        also_from=_also_from(table, wrong),
        ask_every_time=_yes_or_no(table, "ask_every_time", wrong),
        local_passwords=_yes_or_no(table, "local_passwords", wrong),
    )
    _belong_together(setting, wrong)
    return setting


def _words(table: Mapping[str, Any], key: str, wrong: Wrong) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_ADDRESS:
        raise wrong(f"open_id.{key}", f"must be one line in quotes of at most {LONGEST_ADDRESS} letters.")
    return value.strip()


def _button(table: Mapping[str, Any], wrong: Wrong) -> str:
    words = _words(table, "button", wrong)
    if not words or len(words) > LONGEST_WORDS:
        raise wrong("open_id.button", f"must be the button's words, at most {LONGEST_WORDS} letters.")
    return words


def _also_from(table: Mapping[str, Any], wrong: Wrong) -> tuple[str, ...]:
    given = table["also_from"]
    if not isinstance(given, list) or not all(isinstance(one, str) and _is_origin(one) for one in given):
        raise wrong("open_id.also_from", 'must be a list of addresses such as "https://keys.example.org".')
    return tuple(origin(one) for one in given)


def _yes_or_no(table: Mapping[str, Any], key: str, wrong: Wrong) -> bool:
    given = table[key]
    if not isinstance(given, bool):
        raise wrong(f"open_id.{key}", "must be true or false.")
    return given


def _belong_together(setting: OpenId, wrong: Wrong) -> None:
    if not setting.issuer:
        if setting.client_id or not setting.local_passwords:
            raise wrong("open_id.issuer", "is missing; without it nobody could sign in this way.")
        return
    if not origin(setting.issuer) or urlsplit(setting.issuer).query or "#" in setting.issuer:
        raise wrong("open_id.issuer", "must be the issuer's https:// address, without a query.")
    if not setting.client_id:
        raise wrong("open_id.client_id", "is missing; the issuer gave one when Backstride was registered there.")
    if setting.address and not _is_origin(setting.address):
        raise wrong("open_id.address", 'must be an address without a path, such as "https://backstride.example.org".')


def _is_origin(address: str) -> bool:
    parts = _split(address)
    return parts is not None and bool(origin(address)) and not (parts.path.strip("/") or parts.query or parts.fragment)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # only asking shows that a port is no number
    except ValueError:
        return None
    return parts
