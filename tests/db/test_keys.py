"""The clinic's key: where it comes from, who may read it, and when none is made."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from db import keys
from db.engine import database_url, forget
from db.keys import KeyMissing, clinic_key, new_key, own_file, read_key, subkey
from db.schema import state, upgrade


@pytest.fixture
def keyless(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no key was given and none was made yet; its folder."""
    monkeypatch.delenv("BACKSTRIDE_KEY")
    monkeypatch.setattr(keys, "_only_given", False)
    keys.forget()
    return home


def a_key_file(folder: Path, key: bytes = bytes(range(32))) -> Path:
    """A file with a key in it that only its owner can read."""
    file = folder / "clinic.key"
    file.write_text(base64.b64encode(key).decode() + "\n")
    file.chmod(0o600)
    return file


def test_the_first_run_here_makes_a_key_and_says_that_backups_need_it(
    keyless: Path, capsys: pytest.CaptureFixture[str]
):
    """Readable by its owner only, and the same from then on."""
    first = clinic_key()
    said = capsys.readouterr()
    assert str(keyless / "key") in said.err
    assert "backup" in said.err
    assert base64.b64encode(first).decode() not in said.err + said.out
    assert stat.S_IMODE(own_file().stat().st_mode) == 0o600
    keys.forget()
    assert clinic_key() == first
    assert capsys.readouterr().err == ""


def test_a_key_that_was_lost_is_asked_for_and_not_replaced(keyless: Path, tmp_path: Path):
    """Beside a sealed database a new key would open nothing, and would be kept as if it did; the old one opens it."""
    upgrade(database_url())
    forget(database_url())
    lost = own_file().rename(tmp_path / "lost")
    keys.forget()
    with pytest.raises(KeyMissing, match=r"clinic\.sqlite is sealed with the key it held"):
        clinic_key()
    assert not own_file().exists()
    lost.rename(own_file())
    assert state(database_url()) == "current"
    forget(database_url())


def test_of_many_first_runs_at_once_all_have_the_same_key(keyless: Path):
    """The second must not overwrite what the first already sealed with."""
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: clinic_key(), range(40)))) == 1


def test_a_key_given_in_the_environment_wins_over_a_file(
    keyless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """And a file that is named wins over the one made here."""
    made = clinic_key()
    monkeypatch.setenv("BACKSTRIDE_KEY_FILE", str(a_key_file(tmp_path)))
    assert clinic_key() == bytes(range(32)) != made
    monkeypatch.setenv("BACKSTRIDE_KEY", base64.b64encode(b"k" * 32).decode())
    assert clinic_key() == b"k" * 32


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
@pytest.mark.parametrize("where", ["given", "made here"])
def test_a_key_that_others_can_read_is_refused_with_the_cure(
    mode: int, where: str, keyless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """chmod 600, and the key itself is not in the message."""
    file = a_key_file(tmp_path) if where == "given" else own_file()
    if where == "given":
        monkeypatch.setenv("BACKSTRIDE_KEY_FILE", str(file))
    key = clinic_key()
    file.chmod(mode)
    keys.forget()
    with pytest.raises(KeyMissing, match=f"chmod 600 {file}") as refusal:
        clinic_key()
    assert base64.b64encode(key).decode() not in str(refusal.value)


NO_KEYS = ["secret", "c2VjcmV0", base64.b64encode(b"s" * 31).decode(), "ключ"]


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_is_no_key_is_refused_without_repeating_it(text: str, keyless: Path, monkeypatch: pytest.MonkeyPatch):
    """Too short or not base64: one line that says what is expected."""
    monkeypatch.setenv("BACKSTRIDE_KEY", text)
    with pytest.raises(KeyMissing, match="32 bytes in base64") as refusal:
        clinic_key()
    assert text not in str(refusal.value)


@pytest.mark.parametrize("text", [*NO_KEYS, "", "\0" * 44])
def test_a_file_that_holds_no_key_is_refused_without_repeating_it(
    text: str, keyless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An empty one as well: no other key is taken in its place."""
    file = a_key_file(tmp_path)
    file.write_text(text)
    monkeypatch.setenv("BACKSTRIDE_KEY_FILE", str(file))
    with pytest.raises(KeyMissing, match="32 bytes in base64") as refusal:
        clinic_key()
    assert not text or text not in str(refusal.value)


def test_a_key_file_that_is_not_there_is_named(keyless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No other key is taken or made in its place."""
    monkeypatch.setenv("BACKSTRIDE_KEY_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(KeyMissing, match=r"nowhere.*new-key"):
        clinic_key()
    assert not own_file().exists()


@pytest.mark.parametrize("why", ["a database was given", "production", "others can reach the server"])
@pytest.mark.parametrize("made_before", [False, True])
def test_where_others_rely_on_it_no_key_is_made_or_taken_unasked(
    why: str, made_before: bool, keyless: Path, monkeypatch: pytest.MonkeyPatch
):
    """The refusal says how to give one: the one made here earlier, if there is one."""
    if made_before:
        clinic_key()
    if why == "a database was given":
        monkeypatch.setenv("DATABASE_URL", "postgresql://clinic@server/backstride")
    elif why == "production":
        monkeypatch.setenv("BACKSTRIDE_PRODUCTION", "1")
    else:
        keys.require_given()
    with pytest.raises(KeyMissing, match=f"BACKSTRIDE_KEY_FILE={own_file() if made_before else 'FILE'}"):
        clinic_key()
    assert own_file().exists() == made_before


def test_a_server_without_a_key_ends_with_one_line(keyless: Path, tmp_path: Path):
    """Nothing is opened, made or traced back."""
    environment = {**os.environ, "BACKSTRIDE_PRODUCTION": "1", "BACKSTRIDE_HOME": str(keyless)}
    command = [sys.executable, "-m", "db", "upgrade"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (2, 1, "")
    assert list(keyless.glob("key*")) == []


def test_keys_of_different_purposes_have_nothing_in_common(home: Path):
    """Always the same for one purpose and clinic, never for two."""
    purposes = ("database", "field", "blind", "audit", "second-factor")
    assert [len(subkey(purpose)) for purpose in purposes] == [32] * 5
    assert len({subkey(purpose) for purpose in purposes} | {clinic_key()}) == 6
    assert subkey("audit") == subkey("audit") == subkey("audit", clinic_key())
    assert subkey("audit", b"k" * 32) != subkey("audit")


def test_a_key_is_never_overwritten(tmp_path: Path):
    """Not even by a new one of the same name."""
    new_key(tmp_path / "key")
    before = read_key(tmp_path / "key")
    with pytest.raises(FileExistsError):
        new_key(tmp_path / "key")
    assert read_key(tmp_path / "key") == before
    assert [file.name for file in tmp_path.iterdir()] == ["key"]
