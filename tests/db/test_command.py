"""python -m db: what it says, and how it ends when something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from db.__main__ import main
from db.engine import choose_database, file_of, file_url, forget
from db.schema import upgrade
from db.sqlite import connect
from tests.postgres import OWNER, SUPERUSER, Postgres


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
    """Exit status 2 and the next command."""
    assert main(["check"]) == 2
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
    assert main(["check"]) == 2
    assert "restore" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_one_line_without_the_password(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """No traceback, and nothing secret on the screen."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://clinic:s3cret@127.0.0.1:1/backstride")
    assert main(["upgrade"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "s3cret" not in said


def test_an_unknown_kind_of_database_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What was given, and what would work."""
    monkeypatch.setenv("DATABASE_URL", "mysql://clinic")
    assert main(["upgrade"]) == 2
    assert "postgresql:// or sqlite:///" in capsys.readouterr().err


def test_a_backup_of_nothing_fails_and_leaves_no_file(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Better no backup than an empty one."""
    assert main(["backup", str(tmp_path / "monday")]) == 2
    assert list(tmp_path.glob("monday*")) == []
    assert "no database" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["garbage", "s3cret", "://", " ", "sqlite://", "http://x", "postgresql://u:s3cret@host:port/x"]
)
@pytest.mark.parametrize("typed", [["upgrade"], ["check"], ["backup", "new"], ["restore", "there"]])
def test_an_address_that_makes_no_sense_is_one_line(
    address: str, typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Whatever is typed: the two kinds of address there are, and nothing of a password."""
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("")
    assert main(typed) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "sqlite:///" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("typed", ["upgrade", "backup", "restore"])
def test_a_folder_that_cannot_be_written_is_named_in_one_line(
    typed: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The operating system's reason, and no traceback; /proc takes no folders from anybody."""
    main(["upgrade"])
    good = tmp_path / "good.sqlite"
    assert main(["backup", str(good)]) == 0
    capsys.readouterr()
    if typed != "backup":
        monkeypatch.setenv("BACKSTRIDE_HOME", "/proc/nowhere")
    words = {"upgrade": [], "backup": ["/proc/nowhere/file"], "restore": [str(good)]}[typed]
    assert main([typed, *words]) == 2
    said = capsys.readouterr().err
    assert said.startswith("/proc/nowhere: ")
    assert len(said.splitlines()) == 1


def at_revision(file: Path, revision: str | None) -> None:
    """Note another revision in a database, or none at all."""
    with closing(connect(file)) as connection:
        connection.execute("DELETE FROM alembic_version")
        if revision:
            connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))


@pytest.mark.parametrize(("revision", "said"), [("9999", "start the newer Backstride"), (None, "restore a backup")])
@pytest.mark.parametrize("deed", ["upgrade", "check"])
def test_tables_of_another_program_are_left_alone(
    deed: str, revision: str | None, said: str, home: Path, capsys: pytest.CaptureFixture[str]
):
    """A newer revision, or tables nobody noted the revision of: the right cure, and not a byte is changed."""
    main(["upgrade"])
    forget(file_url(file_of("clinic")))
    at_revision(file_of("clinic"), revision)
    before = file_of("clinic").read_bytes()
    assert main([deed]) == 2
    assert said in capsys.readouterr().err
    forget(file_url(file_of("clinic")))
    assert file_of("clinic").read_bytes() == before


@pytest.mark.parametrize("content", [b"no database", b"", b"newer"])
def test_the_cure_for_a_spoiled_database_is_a_restore(
    content: bytes, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """It works whatever is in the way, and what was in the way is kept byte by byte."""
    main(["upgrade"])
    assert main(["backup", str(tmp_path / "good.sqlite")]) == 0
    forget(file_url(file_of("clinic")))
    if content == b"newer":
        at_revision(file_of("clinic"), "9999")
        content = file_of("clinic").read_bytes()
    file_of("clinic").write_bytes(content)
    assert main(["restore", str(tmp_path / "good.sqlite")]) == 0
    assert main(["check"]) == 0
    [kept] = home.glob("clinic.before-restore-*.sqlite")
    assert content in (kept.read_bytes(), b"")


def test_a_backups_name_may_hold_any_sign(home: Path, tmp_path: Path):
    """A question mark or a number sign does not lead to another file."""
    main(["upgrade"])
    file = tmp_path / "what? #1 100%41.sqlite"
    assert main(["backup", str(file)]) == 0
    assert main(["restore", str(file)]) == 0
    assert [found.name for found in tmp_path.glob("*what*")] == [file.name]


def test_a_backup_that_does_not_fit_leaves_nothing_behind(home: Path, tmp_path: Path):
    """A full disk (here: a limit on a file's size) is one line, status 2, and no half a file."""
    main(["upgrade"])
    program = (
        "import resource, sys; from db.__main__ import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "backup", str(tmp_path / "monday")]
    environment = {**os.environ, "BACKSTRIDE_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert list(tmp_path.glob("monday*")) == []
    assert main(["check"]) == 0


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


def test_check_warns_of_a_role_that_no_policy_holds_for(
    postgres: Postgres, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """A superuser passes every row-level policy: the database works, and whoever looks after it is told."""
    name = postgres.make()
    upgrade(postgres.url(name))
    said = {}
    for role in (OWNER, SUPERUSER):
        monkeypatch.setenv("DATABASE_URL", postgres.url(name, role))
        assert main(["check"]) == 0
        said[role] = capsys.readouterr().err
        forget(postgres.url(name, role))
    postgres.drop(name)
    assert said[OWNER] == ""
    assert all(word in said[SUPERUSER] for word in ("WARNING", "BYPASSRLS", "CREATE ROLE"))
