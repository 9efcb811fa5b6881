"""What Backstride is made of: pinned and hashed, billed, audited with open eyes, and packed without a secret."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dashboard.gate import routes
from supply import audit, bill
from supply.audit import BLIND, CANARIES, CLEAN, WEAK, Answer, verdict
from supply.bill import Different
from supply.pins import Unpinned, pins

ROOT = Path(__file__).parent.parent
LOCKED = sorted(ROOT.glob("requirements*.txt"))
A_HASH = "--hash=sha256:" + "0" * 64


def tracked() -> list[Path]:
    """Every file of the repository."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in said.split("\0") if name]


class TestRequirements:
    """What is installed is what was looked at: one version, and files known by their hash."""

    def test_there_are_requirements_to_look_at(self) -> None:
        """The claims below are about something."""
        assert {file.name for file in LOCKED} >= {"requirements.txt", "requirements-dev.txt", "requirements-audit.txt"}
        assert len(pins((ROOT / "requirements.txt").read_text("utf-8"))) > 40

    @pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
    def test_every_requirement_has_one_version_and_its_hashes(self, file: Path) -> None:
        """pins() refuses every line that says less; no line is an option or an address."""
        text = file.read_text("utf-8")
        assert all(pin.hashes for pin in pins(text))
        assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)
        assert "://" not in text

    @pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
    def test_what_a_person_wrote_is_what_was_locked(self, file: Path) -> None:
        """Each direct requirement names one version, and the locked file has that one."""
        locked = {pin.name: pin.version for pin in pins(file.read_text("utf-8"))}
        wanted = _written(file.with_suffix(".in"))
        assert wanted
        assert {name: locked.get(name) for name in wanted} == wanted

    @pytest.mark.parametrize(
        "line",
        [
            f"streamlit>=1.67 {A_HASH}",
            f"streamlit {A_HASH}",
            "streamlit==1.67.0",
            f"streamlit==1.67.* {A_HASH}",
            "streamlit==1.67.0 --hash=md5:0123",
            "-e .",
            f"streamlit @ https://example.org/streamlit.whl {A_HASH}",
            "--extra-index-url https://example.org/simple",
        ],
    )
    def test_a_loose_requirement_is_seen(self, line: str) -> None:
        """The canary of the claims above."""
        with pytest.raises(Unpinned):
            pins(f"numpy==2.4.6 \\\n    {A_HASH}\n{line}\n")

    def test_a_pin_is_read_whole(self) -> None:
        """Name, version, marker and every hash, over several lines and between comments."""
        text = f"# why\nA_b==1.0 ; sys_platform == 'never' \\\n    {A_HASH} \\\n    {A_HASH[:-1]}1\n    # via c\n"
        (one,) = pins(text)
        assert (one.name, one.version, one.marker) == ("a-b", "1.0", "sys_platform == 'never'")
        assert one.hashes == ("0" * 64, "0" * 63 + "1")
        assert not one.applies_here


def _written(file: Path) -> dict[str, str]:
    """Name → version of each requirement a person wrote; a file it includes speaks for itself."""
    lines = [line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
    wanted = [Requirement(line) for line in lines if line and not line.startswith("-r ")]
    assert all(re.fullmatch(r"==[^*]+", str(one.specifier)) for one in wanted), file.name
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in wanted}


def test_no_file_names_the_host_of_a_registry() -> None:
    """Where packages come from is the business of whoever installs."""
    hosts = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "docker" + ".io", "ghcr" + ".io", "quay" + ".io"]
    hosts += ["anaconda" + ".org", "deb." + "debian", "proxy." + "golang", "artifact" + "ory", "crates" + ".io"]
    pattern = re.compile("|".join(map(re.escape, hosts)).encode(), re.IGNORECASE)
    files = [file for file in tracked() if file.is_file()]
    assert len(files) > 300
    assert [str(file.relative_to(ROOT)) for file in files if pattern.search(file.read_bytes())] == []


ASKED = {"streamlit": "1.67.0", "typing-extensions": "4.16.0"}


def said(weak: dict[str, list[str]] | None = None, **changes: Any) -> Answer:
    """An answer as pip-audit prints it: every canary weak and what was asked about clean, but for the changes."""
    weaknesses: dict[str, list[str]] = {name: ["A-1"] for name in CANARIES} | (weak or {})
    about = {
        name: {
            "name": name,
            "version": version,
            "vulns": [{"id": one, "fix_versions": ["9.9"]} for one in weaknesses.get(name, [])],
        }
        for name, version in {**ASKED, **CANARIES}.items()
    }
    about = {name: changes.get(name.replace("-", "_"), one) for name, one in about.items()}
    return Answer(json.dumps({"dependencies": [one for one in about.values() if one is not None], "fixes": []}))


class TestTheAudit:
    """An audit that saw nothing must never look like an audit that found nothing."""

    def test_a_service_that_recognised_every_canary_is_believed(self) -> None:
        """The one way to a clean result."""
        found = verdict(said(), ASKED)
        assert found.code == CLEAN
        assert found.lines[-1] == "No weakness is known of what runs."
        assert "2 packages; all 3 canaries" in found.lines[0]

    def test_a_weakness_is_named_with_its_cure(self) -> None:
        """Package, version, number and the version that mends it."""
        found = verdict(said({"streamlit": ["CVE-1", "CVE-2"]}), ASKED)
        assert found.code == WEAK
        assert found.lines[-2:] == (
            "  streamlit 1.67.0: CVE-1, mended in 9.9",
            "  streamlit 1.67.0: CVE-2, mended in 9.9",
        )

    @pytest.mark.parametrize("canary", CANARIES)
    def test_a_service_silent_about_one_canary_is_blind(self, canary: str) -> None:
        """Even if it answered for everything else, and even if it found weaknesses elsewhere."""
        for weak in ({}, {"streamlit": ["CVE-1"]}):
            found = verdict(said({canary: [], **weak}), ASKED)
            assert found.code == BLIND
            assert found.lines[0] == f"BLIND: the service knows no weakness of {canary}, which are known to be weak."

    @pytest.mark.parametrize("name", [*ASKED, *CANARIES])
    @pytest.mark.parametrize(
        "answer",
        [
            None,
            {"skip_reason": "Dependency not found and could not be audited"},
            {"version": "0.0.1", "vulns": [{"id": "A-1"}]},
            {"version": None, "vulns": []},
        ],
        ids=["left out", "skipped", "another version", "no version"],
    )
    def test_a_package_without_an_answer_makes_the_audit_blind(self, name: str, answer: Any) -> None:
        """One unanswered package is enough: it may be the weak one."""
        given = None if answer is None else {"name": name, **answer}
        found = verdict(said(None, **{name.replace("-", "_"): given}), ASKED)
        assert found.code == BLIND
        assert "did not answer for 1 of 5: " + name in found.lines[0]

    @pytest.mark.parametrize(
        "text",
        ["", "No known vulnerabilities found", "[]", "{}", '{"dependencies": 3}', '{"dependencies": [3]}', "null"],
    )
    def test_what_is_no_answer_makes_the_audit_blind(self, text: str) -> None:
        """Among them the very words pip-audit prints when it was blind itself."""
        found = verdict(Answer(text, "first line\nERROR: the service is away\n"), ASKED)
        assert found.code == BLIND
        assert "ERROR: the service is away" in found.lines[0] or text == '{"dependencies": []}'

    def test_nothing_asked_is_still_no_proof_without_canaries(self) -> None:
        """An empty list of packages does not pass either."""
        assert verdict(Answer('{"dependencies": [], "fixes": []}'), {}).code == BLIND

    def test_canaries_are_never_installed(self) -> None:
        """No requirements file of what runs or is tested pins one: the answer for it is the canary's alone."""
        pinned = {pin.name for file in LOCKED if "bench" not in file.name for pin in pins(file.read_text("utf-8"))}
        assert not set(CANARIES) & pinned

    def test_one_run_asks_about_the_files_and_the_canaries_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So a service that failed in between cannot have seen only the canaries."""
        seen: list[str] = []

        def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
            seen.extend(command)
            seen.append(Path(command[-1]).read_text("utf-8"))
            return subprocess.CompletedProcess(command, 1, said().said, "")

        monkeypatch.setattr(audit.subprocess, "run", run)
        assert audit.ask(["requirements.txt"]) == said()
        assert "--strict" in seen
        assert seen[seen.index("-r") + 1] == "requirements.txt"
        assert seen[-1].splitlines() == [f"{name}=={version}" for name, version in CANARIES.items()]

    @pytest.mark.parametrize(
        ("silent", "code"), [((), CLEAN), (("django",), BLIND)], ids=["every canary sang", "one was silent"]
    )
    def test_the_command_ends_with_the_verdict(
        self,
        silent: tuple[str, ...],
        code: int,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """What continuous integration sees is the exit code, and a person reads why."""
        file = tmp_path / "requirements.txt"
        lines = (f"{name}=={version} {A_HASH}" for name, version in ASKED.items())
        file.write_text("\n".join((*lines, f"elsewhere==1 ; sys_platform == 'never' {A_HASH}")), encoding="utf-8")
        monkeypatch.setattr(audit, "ask", lambda files: said({name: [] for name in silent}))
        assert audit.main([str(file)]) == code
        assert ("BLIND" in capsys.readouterr().out) is (code == BLIND)


def installed(**versions: str) -> dict[str, Any]:
    """What cyclonedx-py says is installed: these packages, the first needing all the others."""
    names = [name.replace("_", "-") for name in versions]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"tools": {}},
        "components": [
            {"bom-ref": f"{name}=={version}", "name": name, "version": version, "type": "library"}
            for name, version in zip(names, versions.values(), strict=True)
        ],
        "dependencies": [
            {
                "ref": f"{names[0]}=={versions[names[0]]}",
                "dependsOn": [f"{n}=={v}" for n, v in versions.items() if n != names[0]],
            }
        ],
    }


class TestTheBill:
    """The bill of materials names what runs, no more and no less."""

    def test_tools_and_tests_are_not_on_it(self) -> None:
        """Only what is pinned to run, with what needs what among it, under Backstride itself."""
        made = bill.bill(installed(a="1", b="2", pytest="9"), pins(f"A==1 {A_HASH}\nb==2 {A_HASH}"), "0.3.0")
        assert [part["name"] for part in made["components"]] == ["a", "b"]
        assert made["dependencies"] == [
            {"ref": "backstride", "dependsOn": ["a==1", "b==2"]},
            {"ref": "a==1", "dependsOn": ["b==2"]},
        ]
        assert made["metadata"]["component"]["version"] == "0.3.0"
        assert made["components"][0]["properties"] == [{"name": bill.ALLOWED, "value": "0" * 64}]

    @pytest.mark.parametrize("there", [installed(a="1.1"), installed(b="1")])
    def test_another_version_or_nothing_installed_is_an_error(self, there: dict[str, Any]) -> None:
        """A bill of something else would be worse than none."""
        with pytest.raises(Different, match="a: 1 is pinned"):
            bill.bill(there, pins(f"a==1 {A_HASH}"), "0")

    def test_its_version_is_the_change_logs_newest(self) -> None:
        """One place says which Backstride this is."""
        assert bill.version_of("# Changelog\n\n## 0.3.0 — today\n## 0.2.0 — before\n") == "0.3.0"
        assert bill.version_of(bill.CHANGELOG.read_text("utf-8")) != "0"


Instruction = tuple[str, str]


def instructions(text: str) -> list[Instruction]:
    """The words of a Containerfile: each instruction with what it says, lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    parted = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [(word.upper(), re.sub(r"\s+", " ", rest.strip())) for word, _, rest in parted]


CONTAINERFILE = ROOT / "Containerfile"
ALL = instructions(CONTAINERFILE.read_text("utf-8"))
LAST_STAGE = ALL[max(index for index, (word, _) in enumerate(ALL) if word == "FROM") :]
COPIED = [rest.split()[0] for word, rest in ALL if word == "COPY" and not rest.startswith("--from=")]


class TestTheContainer:
    """No daemon builds it here; what it says is read, and what it copies is run."""

    def test_nobody_is_root_in_it(self) -> None:
        """The last word on who runs it is a number that is not 0, before anything runs."""
        words = [word for word, _ in LAST_STAGE]
        users = [rest for word, rest in LAST_STAGE if word == "USER"]
        assert users == ["10001:10001"]
        assert words.index("USER") < min(words.index("CMD"), words.index("HEALTHCHECK"), words.index("VOLUME"))
        assert "RUN" not in words[words.index("USER") :]

    def test_its_base_has_a_version(self) -> None:
        """Never whatever is newest that day."""
        bases = [rest.split()[0] for word, rest in ALL if word == "FROM"]
        assert len(bases) == 2
        assert all(re.fullmatch(r"python:3\.\d+(\.\d+)?-slim(@sha256:[0-9a-f]{64})?", base) for base in bases)

    def test_nothing_is_fetched_but_hashed_requirements(self) -> None:
        """No address, no script piped into a shell, nothing from the machine's package manager."""
        said = "\n".join(rest for _, rest in ALL)
        assert not re.search(r"curl|wget|https?:(?!//127)|\|\s*(ba)?sh|apt|apk|git clone", said)
        assert "ADD" not in [word for word, _ in ALL]
        installs = [rest for word, rest in ALL if word == "RUN" and "install --" in rest and "pip" in rest]
        assert installs
        assert all("--require-hashes --only-binary :all: -r" in rest for rest in installs)

    def test_no_secret_is_in_a_layer(self) -> None:
        """No argument of the build, and no setting that is a key, a password or an address with one."""
        assert "ARG" not in [word for word, _ in ALL]
        names = re.findall(r"(\w+)=", " ".join(rest for word, rest in ALL if word in ("ENV", "LABEL")))
        assert len(names) > 4
        assert not [name for name in names if re.search(r"KEY|SECRET|PASSWORD|TOKEN|URL|OPEN_ID", name)]

    def test_it_takes_what_runs_and_nothing_else(self) -> None:
        """No data, no history, no tests; and nothing reaches the builder beside it."""
        assert sorted(COPIED) == sorted(
            [".streamlit/config.toml", "clinic.toml.example", "requirements.txt", "dashboard", "db", "pages"]
        )
        assert not [rest for word, rest in ALL if word == "COPY" and rest.split()[0] in (".", "*", "./")]
        lines = (ROOT / ".containerignore").read_text("utf-8").splitlines()
        rules = [line for line in lines if line and not line.startswith("#")]
        assert rules[0] == "*"
        assert sorted(line[1:] for line in rules if line.startswith("!")) == sorted(COPIED)
        assert (ROOT / ".dockerignore").read_text("utf-8").splitlines() == lines, "not every builder reads the other"

    def test_its_health_is_asked_at_an_address_that_is_there(self) -> None:
        """That of the process alone: who restarts a container because a backup is late locks the clinic out."""
        (asked,) = [rest for word, rest in LAST_STAGE if word == "HEALTHCHECK"]
        (path,) = re.findall(r"http://127\.0\.0\.1:8501(/\w+)", asked)
        assert path == "/healthz"
        assert path in routes.WELL

    def test_what_it_copies_is_enough_to_run_and_is_not_written_to(self, tmp_path: Path) -> None:
        """The files alone, in a folder of their own, bring a database up to date and make the server."""
        place = tmp_path / "srv"
        for name in COPIED:
            source, to = ROOT / name, place / name
            to.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, to)
        before = sorted(place.rglob("*"))
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BACKSTRIDE_HOME": str(tmp_path / "data"),
            "BACKSTRIDE_KEY": os.environ["BACKSTRIDE_KEY"],
            "BACKSTRIDE_PRODUCTION": "1",
        }
        script = "from db.__main__ import main; assert main(['upgrade']) == 0; import dashboard.app"
        run = subprocess.run(
            [sys.executable, "-c", script], cwd=place, env=surroundings, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        assert (tmp_path / "data" / "clinic.sqlite").exists()
        assert sorted(place.rglob("*")) == before
