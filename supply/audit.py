"""Known weaknesses of what runs: python -m supply.audit FILE… asks pip-audit, and believes no answer given blindly.

pip-audit says "no known vulnerabilities" also of packages the advisory service has never heard of. So every run asks
about a few old versions too that are known to be weak, the canaries: only a service that sings for each of them, and
that answered for every package asked about, was seeing. Exit code 0: nothing known; 1: weaknesses; 2: blind.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply.pins import pins

CANARIES: Mapping[str, str] = {"django": "1.11.0", "pyyaml": "5.1", "tornado": "5.0"}
"""Never installed, only asked about: each has had published weaknesses for years."""
CLEAN, WEAK, BLIND = 0, 1, 2


@dataclass(frozen=True)
class Answer:
    """What pip-audit printed."""

    said: str
    complained: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the answer is worth: one of CLEAN, WEAK and BLIND, and the lines that say why."""

    code: int
    lines: tuple[str, ...]


def verdict(answer: Answer, asked: Mapping[str, str]) -> Verdict:
    """What may be believed of an answer about ``asked`` (name → version) and the canaries."""
    try:
        found = _by_name(json.loads(answer.said))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _blind("pip-audit gave no answer: " + (answer.complained.strip().splitlines() or ["nothing said"])[-1])
    wanted = {**asked, **CANARIES}
    unanswered = sorted(name for name, version in wanted.items() if found.get(name, {}).get("version") != version)
    if unanswered:
        return _blind(f"the service did not answer for {len(unanswered)} of {len(wanted)}: {_some(unanswered)}")
    silent = sorted(name for name in CANARIES if not found[name]["vulns"])
    if silent:
        return _blind(f"the service knows no weakness of {_some(silent)}, which are known to be weak")
    return _seen({name: found[name]["vulns"] for name in asked}, asked)


def _seen(weaknesses: Mapping[str, Sequence[Mapping[str, Any]]], asked: Mapping[str, str]) -> Verdict:
    lines = tuple(_line(name, asked[name], weak) for name in sorted(asked) for weak in weaknesses[name])
    proof = f"Asked about {len(asked)} packages; all {len(CANARIES)} canaries were recognised."
    if lines:
        return Verdict(WEAK, (proof, f"{len(lines)} known weaknesses:", *lines))
    return Verdict(CLEAN, (proof, "No weakness is known of what runs."))


def _line(name: str, version: str, weak: Mapping[str, Any]) -> str:
    cure = ", ".join(weak.get("fix_versions") or ()) or "no version yet"
    return f"  {name} {version}: {weak['id']}, mended in {cure}"


def _by_name(said: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The answers that are answers: one that only says why it was skipped is none."""
    answers = [one for one in said["dependencies"] if "skip_reason" not in one and isinstance(one["vulns"], list)]
    return {canonicalize_name(one["name"]): one for one in answers}


def _blind(why: str) -> Verdict:
    return Verdict(BLIND, (f"BLIND: {why}.", "Nothing is known about what runs. This is no clean result."))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def main(files: Sequence[str]) -> int:
    """Audit the files and print what may be believed of the answer."""
    asked = {pin.name: pin.version for file in files for pin in pins(Path(file).read_text("utf-8")) if pin.applies_here}
    found = verdict(ask(files), asked)
    print(*found.lines, sep="\n")
    return found.code


def ask(files: Sequence[str]) -> Answer:
    """One run of pip-audit over the files and the canaries, nothing installed and nothing resolved."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as canaries:
        canaries.write("".join(f"{name}=={version}\n" for name, version in CANARIES.items()))
        canaries.flush()
        given = [word for file in (*files, canaries.name) for word in ("-r", file)]
        options = ["--strict", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"]
        run = subprocess.run(
            [sys.executable, "-m", "pip_audit", *options, *given], capture_output=True, text=True, check=False
        )
    return Answer(run.stdout, run.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["requirements.txt"]))
