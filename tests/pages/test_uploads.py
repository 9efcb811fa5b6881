"""Files come in at one place only, and what is wrong with them is said without anything being done."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.panels.proposing import LARGEST
from tests.cast import Clinic
from tests.hostile import PROBES
from tests.pages.test_hostile_words import leaks
from tests.pages.visiting import seen, visit
from tests.test_layers import ROOT, files_in

TAKES_FILES = {"file_uploader", "camera_input", "audio_input", "chat_input", "data_editor"}
"""What of Streamlit's takes a file, or anything pasted as one."""


def test_one_place_takes_files():
    """A clinician's changed knowledge, and nothing about a patient: nothing else has to be defended."""
    found = {
        str(file.relative_to(ROOT))
        for file in files_in("pages", "dashboard")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in TAKES_FILES
    }
    assert found == {"dashboard/ui/panels/proposing.py"}


@pytest.fixture
def bringing(clinic: Clinic) -> AppTest:
    """The place where a clinician brings knowledge files along."""
    at = visit("amina", "knowledge")
    at.session_state["knowledge-tab"] = "Versions"
    at.session_state["propose-way"] = "upload"
    return at.run()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_files_that_are_none_are_named_and_left(bringing: AppTest, tmp_path: Path):
    """Bytes that are no text, more than a file of knowledge has, names that are paths or markup: said, and not kept."""
    before = {file for file in tmp_path.rglob("*") if file.is_file()}
    at = bringing.file_uploader[0].upload(f"{PROBES[1]}.toml", b"\xff\xfe\x00", "text/plain").run()
    assert "Not UTF-8 text, or too large" in seen(at)
    at = at.file_uploader[0].upload("large.toml", b"#" * (LARGEST + 1), "text/plain").run()
    assert "large.toml" in seen(at).replace("\\", "")
    assert leaks(at) == set()
    at = (
        at.file_uploader[0].upload("../../../clinic.sqlite.toml", b"title = '" + PROBES[4].encode() + b"'", "x/y").run()
    )
    assert not at.exception
    assert leaks(at) == set()
    assert "clinic.sqlite.toml" in seen(at).replace("\\", "")
    now = {file for file in tmp_path.rglob("*") if file.is_file() and "sqlite" not in file.name}
    assert now <= before
