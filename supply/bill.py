"""The bill of materials of what runs: python -m supply.bill PYTHON FILE writes CycloneDX 1.6 to build/sbom.json.

cyclonedx-py describes whatever is installed beside PYTHON, tests and tools included. The bill keeps what the
requirements file pins, in exactly the versions and with the hashes pinned there; a difference is an error, not a note.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply.pins import Pin, pins

OUT = Path("build/sbom.json")
CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
SELF = "backstride"
ALLOWED = "backstride:allowed-sha256"

Document = dict[str, Any]


class Different(ValueError):  # noqa: N818 - what it says of the two
    """What is installed is not what is pinned; the message names each difference."""


def bill(installed: Mapping[str, Any], pinned: Sequence[Pin], version: str) -> Document:
    """The bill of ``pinned`` out of a description of everything ``installed``; raises Different."""
    parts: dict[str, Document] = {canonicalize_name(part["name"]): part for part in installed["components"]}
    _must_agree(parts, pinned)
    kept = {parts[pin.name]["bom-ref"]: _with_hashes(parts[pin.name], pin) for pin in pinned}
    return {
        **{key: installed[key] for key in ("$schema", "bomFormat", "specVersion")},
        "version": 1,
        "metadata": {**installed.get("metadata", {}), "component": _itself(version)},
        "components": [kept[reference] for reference in sorted(kept, key=str.lower)],
        "dependencies": [{"ref": SELF, "dependsOn": sorted(kept)}, *_among(installed.get("dependencies", ()), kept)],
    }


def _must_agree(parts: Mapping[str, Mapping[str, Any]], pinned: Sequence[Pin]) -> None:
    lines = [
        f"{pin.name}: {pin.version} is pinned, {parts.get(pin.name, {}).get('version', 'nothing')} is installed"
        for pin in pinned
        if parts.get(pin.name, {}).get("version") != pin.version
    ]
    if lines:
        raise Different("; ".join(lines))


def _with_hashes(part: Mapping[str, Any], pin: Pin) -> Document:
    """The part with the SHA-256 of every file it may be installed from: one of these files is the one installed."""
    allowed = {"name": ALLOWED, "value": " ".join(pin.hashes)}
    return {**part, "properties": [*part.get("properties", ()), allowed]}


def _among(dependencies: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]) -> list[Document]:
    """Which of the parts need which of the parts."""
    return [
        {"ref": one["ref"], "dependsOn": [other for other in one.get("dependsOn", ()) if other in kept]}
        for one in dependencies
        if one["ref"] in kept
    ]


def _itself(version: str) -> Document:
    return {"bom-ref": SELF, "type": "application", "name": SELF, "version": version}


def version_of(changelog: str) -> str:
    """The newest version a change log names."""
    found = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    return found.group(1) if found else "0"


def main(python: str, file: str) -> int:
    """Describe what is installed beside ``python``, write the bill of what ``file`` pins; 0 if it is sound."""
    pinned = [pin for pin in pins(Path(file).read_text("utf-8")) if pin.applies_here]
    try:
        made = bill(_installed(python), pinned, version_of(CHANGELOG.read_text("utf-8")))
    except Different as why:
        print(f"No bill was written. {why}", file=sys.stderr)
        return 1
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if mistakes := _mistakes(text):
        print(f"No bill was written: {mistakes}", file=sys.stderr)
        return 1
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(text, encoding="utf-8")
    unlicensed = sum(1 for part in made["components"] if not part.get("licenses"))
    print(f"{OUT}: {len(pinned)} packages, CycloneDX {made['specVersion']}; {unlicensed} name no licence.")
    return 0


def _installed(python: str) -> Document:
    options = ["environment", "--output-format", "JSON", "--spec-version", "1.6", "--output-reproducible", python]
    tool = Path(sys.executable).with_name("cyclonedx-py")
    described = subprocess.run([tool, *options], capture_output=True, text=True, check=True).stdout
    found: Document = json.loads(described)
    return found


def _mistakes(text: str) -> str:
    """What is wrong with a bill by the schema of CycloneDX 1.6; "" for nothing."""
    # Only the tools' own environment has it.
    from cyclonedx.schema import SchemaVersion  # type: ignore[import-not-found,unused-ignore]
    from cyclonedx.validation.json import JsonStrictValidator  # type: ignore[import-not-found,unused-ignore]

    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return str(wrong) if wrong else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
