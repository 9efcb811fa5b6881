"""python -m db: what it says, and how it ends when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.__main__ import main
from db.engine import choose_database, file_of, file_url, forget
from db.schema import upgrade


def test_upgrade_makes_the_clinics_file_and_says_where(home: Path, capsys: pytest.CaptureFixture[str]):
    """A fresh machine has an empty, up-to-date clinic after it; the demo is not made unasked."""
    assert main(["upgrade"]) == 0
    assert file_of("clinic").exists()
    assert not file_of("demo").exists()
    assert str(home / "clinic.sqlite") in capsys.readouterr().out


def test_upgrade_takes_the_demo_along_once_it_exists(home: Path, capsys: pytest.CaptureFixture[str]):
    """An update of the program leaves neither behind."""
    choose_database("demo")
    upgrade()
    assert main(["upgrade"]) == 0
    assert capsys.readouterr().out.count("revision") == 2


def test_check_says_what_to_run_when_nothing_is_there_yet(home: Path, capsys: pytest.CaptureFixture[str]):
    """Exit status 1 and the next command."""
    assert main(["check"]) == 1
    assert "python -m db upgrade" in capsys.readouterr().err
    assert not file_of("clinic").exists()


def test_check_finds_a_damaged_file(home: Path, capsys: pytest.CaptureFixture[str]):
    """A file whose pages were overwritten is not called whole."""
    main(["upgrade"])
    file = file_of("clinic")
    forget(file_url(file))
    with file.open("r+b") as opened:
        opened.seek(4096 * 20)
        opened.write(b"\x00" * 4096 * 20)
    assert main(["check"]) == 1
    assert "restore" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_one_line_without_the_password(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """No traceback, and nothing secret on the screen."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://clinic:s3cret@127.0.0.1:1/backstride")
    assert main(["upgrade"]) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "s3cret" not in said


def test_an_unknown_kind_of_database_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What was given, and what would work."""
    monkeypatch.setenv("DATABASE_URL", "mysql://clinic")
    assert main(["upgrade"]) == 1
    assert "postgresql:// or sqlite:///" in capsys.readouterr().err


def test_a_backup_of_nothing_fails_and_leaves_no_file(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Better no backup than an empty one."""
    assert main(["backup", str(tmp_path / "monday")]) == 1
    assert list(tmp_path.glob("monday*")) == []
    assert "no database" in capsys.readouterr().err


@pytest.mark.parametrize("typed", [[], ["erase"], ["backup"]])
def test_what_is_not_a_command_shows_how_it_is_used(typed: list[str], capsys: pytest.CaptureFixture[str]):
    """Exit status 2, as for every command line."""
    with pytest.raises(SystemExit) as left:
        main(typed)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_url_of_a_file_names_it_fully(home: Path):
    """Whatever folder a command is started in."""
    assert file_url(file_of("clinic")) == f"sqlite:///{home}/clinic.sqlite"
