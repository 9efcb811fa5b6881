"""Who may import whom: the diamond that keeps reasoning and storage apart and Streamlit at the door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STANDARD_AND_NUMPY = "only the standard library and NumPy"


def imports_of(file: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file the import stands, in full dotted form."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{name.name}" for name in node.names)


def files_in(*places: str) -> list[Path]:
    """The Python files in folders, or single files, of the repository."""
    found: list[Path] = []
    for place in places:
        path = ROOT / place
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def offences(files: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    """Each import of a forbidden module (or of anything inside it), as "file imports module"."""
    return [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in files
        for module in imports_of(file)
        if any(module == name or module.startswith(name + ".") for name in forbidden)
    ]


def outside_screens() -> list[Path]:
    """All of dashboard that is not a screen."""
    screens = ("dashboard/ui", "dashboard/app.py", "dashboard/main.py")
    return [f for f in files_in("dashboard") if not str(f.relative_to(ROOT)).startswith(screens)]


def test_the_reasoning_imports_only_the_standard_library_and_numpy():
    """So it can be checked, run and trusted without a patient, a clock, a database or a screen."""
    import sys

    allowed = set(sys.stdlib_module_names) | {"numpy", "__future__"}
    strays = [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in files_in("dashboard/clinical")
        for module in imports_of(file)
        if module.split(".")[0] not in allowed and not module.startswith("dashboard.clinical")
    ]
    assert strays == [], STANDARD_AND_NUMPY


def test_storage_knows_nothing_of_the_dashboard():
    """It stores codes and numbers and does not know what they mean."""
    assert offences(files_in("db"), ("dashboard", "pages", "streamlit")) == []


READS_THE_SOCKET = ["dashboard/gate/presses.py imports streamlit.proto.BackMsg_pb2.BackMsg"]
"""The gate reads what a browser sends: the shape of the message, and nothing that runs."""


def test_streamlit_stays_in_the_app_the_front_door_the_pages_and_the_ui():
    """Everything below the screen can be tested, and used, without it; the gate knows one shape of its messages."""
    assert offences([*outside_screens(), *files_in("db")], ("streamlit",)) == READS_THE_SOCKET


SERVED = [
    "dashboard/app.py imports dashboard.gate.starting",
    "dashboard/app.py imports dashboard.gate.wall.Wall",
]


def test_the_gate_knows_accounts_and_deeds_but_no_screen_and_no_table():
    """Whoever stands outside meets none of what draws patients, and nothing that could ask for them."""
    forbidden = ("db", "sqlmodel", "sqlalchemy", "dashboard.ui", "pages", "dashboard.clinical", "dashboard.cohort")
    assert offences(files_in("dashboard/gate"), forbidden) == []


def test_the_gate_is_met_by_nothing_it_guards():
    """No deed, page or panel reaches back to it: what it says of a request comes by two headers alone."""
    guarded = [file for file in files_in("dashboard", "pages") if "gate" not in file.relative_to(ROOT).parts]
    assert offences(guarded, ("dashboard.gate",)) == SERVED


def test_pages_and_panels_reach_storage_only_through_the_deeds():
    """The screen is never the lock: each deed checks the permission again."""
    assert offences(files_in("pages", "dashboard/ui", "dashboard/main.py"), ("db", "sqlmodel", "sqlalchemy")) == []


def test_nothing_below_the_screen_imports_a_screen():
    """The arrows of the diamond point one way."""
    assert offences([*outside_screens(), *files_in("db")], ("pages", "dashboard.ui", "dashboard.main")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import db.records", ["db.records"]),
        ("from db import records", ["db.records"]),
        ("from . import sibling", ["dashboard.clinical.sibling"]),
        ("def f():\n    import streamlit as st", ["streamlit"]),
    ],
)
def test_the_watchman_sees_every_way_of_importing(line: str, expected: list[str], tmp_path: Path, monkeypatch):
    """An import inside a function, with an alias or relative to the package, is seen all the same."""
    monkeypatch.setattr("tests.test_layers.ROOT", tmp_path)
    file = tmp_path / "dashboard" / "clinical" / "stray.py"
    file.parent.mkdir(parents=True)
    file.write_text(line, encoding="utf-8")
    assert list(imports_of(file)) == expected
