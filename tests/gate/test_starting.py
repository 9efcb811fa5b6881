"""Starting: where others can reach the server, nobody's patients are sealed with a key nobody keeps."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dashboard.gate import starting
from db import keys


@pytest.fixture(autouse=True)
def no_key(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new installation: no key was given and none was made."""
    for name in ("BACKSTRIDE_KEY", "BACKSTRIDE_KEY_FILE", "BACKSTRIDE_PRODUCTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(keys, "_only_given", False)
    return home


def start(bound_to: str | None) -> None:
    """Start the gate and stop it again."""

    async def once() -> None:
        async with starting.lifespan("http://localhost:8501", bound_to):
            pass

    asyncio.run(once())


@pytest.mark.parametrize("bound_to", ["0.0.0.0", "::", "192.0.2.7", "", None])
def test_a_server_others_reach_does_not_start_without_a_given_key(bound_to, no_key: Path, capsys):
    """It says so with the cure, and makes neither key nor database."""
    with pytest.raises(keys.KeyMissing):
        start(bound_to)
    said = capsys.readouterr().err
    assert "does not start" in said
    assert "BACKSTRIDE_KEY_FILE" in said
    assert not no_key.exists()


def test_production_does_not_start_without_a_given_key_either(no_key: Path, monkeypatch, capsys):
    """Also when it listens on this machine only, behind a proxy."""
    monkeypatch.setenv("BACKSTRIDE_PRODUCTION", "1")
    with pytest.raises(keys.KeyMissing):
        start("127.0.0.1")
    assert "does not start" in capsys.readouterr().err


def test_on_one_machine_a_key_is_made_with_a_loud_note(no_key: Path, capsys):
    """Who tries Backstride at their own machine is not asked for anything."""
    start("127.0.0.1")
    assert (no_key / "key").stat().st_mode & 0o777 == 0o600
    assert "keep a copy" in capsys.readouterr().err
