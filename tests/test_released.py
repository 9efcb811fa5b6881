"""What was released stays readable for ever: an old assessment is explained from the knowledge of its own day."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dashboard.casework.explaining import says_all_of
from dashboard.clinical import knowledge as library
from dashboard.clinical.answers import read_document
from dashboard.clinical.assessment import assess

RELEASES = sorted((Path(__file__).parent / "released").glob("knowledge-*.zip"))


def opened(release: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The files of a release, and what its program said of some invented cases."""
    with zipfile.ZipFile(release) as kept:
        texts = {name: kept.read(name).decode() for name in kept.namelist() if name.endswith(".toml")}
        return texts, json.loads(kept.read("said.json"))


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.stem)
def test_a_released_knowledge_still_loads_under_its_own_hash(release: Path):
    """Whatever the loader has learned since: it never asks an old file for what nobody knew then."""
    texts, said = opened(release)
    known = library.load_texts(texts)
    assert {each["document"]["knowledge"]["sha256"] for each in said} == {known.sha256}
    assert release.stem == f"knowledge-{known.version}"


def test_a_released_number_is_never_given_to_another_text():
    """Whoever changes a file after a release raises the version."""
    shipped = library.load()
    for release in RELEASES:
        released = library.load_texts(opened(release)[0])
        assert released.version != shipped.version or released.sha256 == shipped.sha256


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.stem)
def test_it_still_says_what_it_said_to_the_bit(release: Path):
    """Every word and number of then; a newer program may say more beside it, and never anything else."""
    texts, said = opened(release)
    known = library.load_texts(texts)
    assert said
    for then in said:
        now = assess(read_document(known, then).case, known).document()
        assert says_all_of(then["document"], json.loads(json.dumps(now))), then["id"]


def test_saying_all_of_it_is_strict():
    """More keys are fine; another value, another type, a longer or a shorter list are not."""
    then = {"a": [1, {"b": 0.5}], "c": "x"}
    assert says_all_of(then, {"a": [1, {"b": 0.5, "new": 1}], "c": "x", "d": 2})
    for now in ({"a": [1, {"b": 0.5}]}, {**then, "c": "y"}, {**then, "a": [1.0, {"b": 0.5}]}, {**then, "a": [1]}):
        assert not says_all_of(then, now)
