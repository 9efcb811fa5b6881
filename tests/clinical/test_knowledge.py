"""Loading the knowledge: every mistake is answered with its file, its key and a cure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.clinical.knowledge import Knowledge, KnowledgeError, load, load_texts
from tests.clinical.conftest import SMALL

Texts = dict[str, str]


def problems_of(texts: Mapping[str, str]) -> tuple[str, ...]:
    """What the loader says of some files; they must not load."""
    with pytest.raises(KnowledgeError) as caught:
        load_texts(texts)
    return caught.value.problems


def spoilt(texts: Texts, path: str, old: str, new: str) -> Texts:
    """The same files with one thing changed, which must be there to be changed."""
    assert old in texts[path]
    return {**texts, path: texts[path].replace(old, new, 1)}


MISTAKES = tomllib.loads(Path(__file__).with_name("mistakes.toml").read_text())["mistake"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["what"] for mistake in MISTAKES])
def test_every_mistake_is_answered_with_file_key_and_cure(small_texts: Texts, mistake: dict[str, Any]) -> None:
    """One thing spoilt in good files: the loader names where, what and the cure."""
    problems = "\n".join(problems_of(spoilt(small_texts, mistake["file"], mistake["old"], mistake["new"])))
    for words in mistake["says"]:
        assert words in problems


@pytest.mark.parametrize(
    ("hostile", "cure"),
    [
        ("x = " + "[" * 100_000, "is nested too deeply"),
        ("x = " + "{a = " * 5_000 + "1" + "}" * 5_000, "is nested too deeply"),
        ("x = " + "9" * 5_000, "does not read as TOML"),
        (" . ".join("a" * 200_000) + " = 1", "parts with dots between"),
        ("[" + ".".join("a" * 200_000) + "]", "parts with dots between"),
        ("# " + "x" * 500_000 + "\nx = 1", "has the key 'x'"),
    ],
    ids=["lists", "tables", "digits", "dotted", "heading", "long"],
)
def test_a_file_made_to_hurt_is_a_problem_like_any_other(small_texts: Texts, hostile: str, cure: str) -> None:
    """Nested, dotted or endless: it is named with its cure, at once, and nothing is brought down."""
    told = problems_of({**small_texts, "groups.toml": f"{small_texts['groups.toml']}\n{hostile}"})
    assert any(problem.startswith("groups.toml") and cure in problem for problem in told)


def test_findings_that_need_each_other_are_told_of_the_circle(small_texts: Texts) -> None:
    """Two findings that name each other have no value; both names stand in the message."""
    texts = spoilt(small_texts, "findings.toml", 'present = "below_knee"', 'present = "leg_pain_worse"')
    texts = spoilt(texts, "findings.toml", 'present = "leg_worse"', 'present = "pain_below_knee"')
    told = "\n".join(problems_of(texts))
    assert "circle: pain_below_knee → leg_pain_worse → pain_below_knee" in told


def test_all_mistakes_are_told_at_once(small_texts: Texts) -> None:
    """An author mends everything after one reading."""
    texts = spoilt(small_texts, "findings.toml", 'present = "below_knee"', 'present = "bellow_knee"')
    texts = spoilt(texts, "red_flags.toml", 'when = "fever"', 'when = "fevr"')
    texts = spoilt(texts, "conditions/strain.toml", "young = 0.60", "young = 0.61")
    told = "\n".join(problems_of(texts))
    assert "bellow_knee" in told
    assert "fevr" in told
    assert "prior.young" in told


@pytest.mark.parametrize("path", ["manifest.toml", "settings.toml"])
def test_a_missing_file_is_named(small_texts: Texts, path: str) -> None:
    """Without its manifest or its settings no knowledge loads."""
    del small_texts[path]
    assert any(problem.startswith(f"{path}: is missing") for problem in problems_of(small_texts))


def test_a_file_that_is_no_knowledge_is_named(small_texts: Texts) -> None:
    """A stray file is a mistake: somebody believes it counts."""
    problems = problems_of({**small_texts, "finding.toml": ""})
    assert any(p.startswith("finding.toml: is not a knowledge file") and "findings" in p for p in problems)


def test_a_folder_that_is_not_there_is_named() -> None:
    """Loading from nowhere says so."""
    with pytest.raises(KnowledgeError, match="there is no such folder"):
        load(SMALL / "nowhere")


def test_stored_texts_load_as_the_same_knowledge(small: Knowledge) -> None:
    """The texts a knowledge carries make the same knowledge again, hash and all."""
    again = load_texts(small.texts)
    assert (again.sha256, again.version, again.items) == (small.sha256, small.version, small.items)


def test_any_change_of_any_file_changes_the_hash(small: Knowledge) -> None:
    """Also a comment: what is stored is exactly what was read."""
    for path, text in small.texts.items():
        assert load_texts({**small.texts, path: text + "# a remark\n"}).sha256 != small.sha256


def test_the_real_knowledge_loads_and_has_everything_it_promises(real: Knowledge) -> None:
    """Twenty-two conditions and a syndrome, each with a pathway; every evidence line and rule sourced."""
    conditions = [c for c in real.conditions.values() if c.kind == "condition"]
    assert len(conditions) == 22
    assert {c.id for c in conditions} <= set(real.pathways)
    assert len(real.red_flags) >= 33
    assert real.safety_net
    assert all(line.cite for c in real.conditions.values() for line in c.evidence)


def test_knowledge_cannot_be_changed_once_loaded(small: Knowledge) -> None:
    """What an assessment names by its hash stays what it was."""
    with pytest.raises(TypeError):
        small.items["age_years"] = small.items["fever"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        small.version = "2"  # type: ignore[misc]
