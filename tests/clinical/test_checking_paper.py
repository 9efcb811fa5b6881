"""Load rules, codes and the source card: every mistake in them is answered with its file, its key and a cure."""

from __future__ import annotations

import pytest

from dashboard.clinical.knowledge import Knowledge, KnowledgeError, load_texts

LOAD, CODING, CARD = "load.toml", "coding.toml", "source_card.toml"
MISTAKES = {
    "a number that is missing": (
        LOAD,
        'id = "longest_run_growth"',
        'id = "longest_growth"',
        "lacks the number 'longest_run_growth'",
    ),
    "a number that is nothing": (LOAD, "value = 0.10", "value = 0", "should be above 0"),
    "a number without a source": (LOAD, 'cite = ["frandsen-2025"]', "cite = []", "names its source"),
    "a source there is not": (
        LOAD,
        'cite = ["frandsen-2025"]',
        'cite = ["frandsen-2024"]',
        "Did you mean 'frandsen-2025'?",
    ),
    "a pain band that is missing": (LOAD, 'id = "shorten"', 'id = "short"', "lacks the pain_band 'shorten'"),
    "a cut above one": (LOAD, "cut_to = 0.2", "cut_to = 20", "are shares"),
    "an irritability nobody can have": (
        LOAD,
        "nprs_back_now <= 3 and",
        "nprs_bakc <= 3 and",
        "irritability 'low', when",
    ),
    "a stage that runs less than the one before": (LOAD, "run_minutes = 2\n", "run_minutes = 1\n", "more running than"),
    "a wait that ends before it begins": (
        LOAD,
        "weeks_from = 6, weeks_to = 8",
        "weeks_from = 8, weeks_to = 6",
        "weeks_from ≤ weeks_to",
    ),
    "a condition there is not": (
        LOAD,
        'condition = "facet_joint_pain"',
        'condition = "facet_pain"',
        "Did you mean 'facet_joint_pain'?",
    ),
    "a way of running there is not": (LOAD, 'running = "other-exercise"', 'running = "none"', "other-exercise"),
    "a stop that names no condition": (LOAD, 'unless = ["hip_osteo', 'unless = ["hip_arthro', "unless"),
    "a code that is none": (CODING, 'code = "G83.4"', 'code = "G834-"', "not written as an ICD-10-CM code"),
    "a code twice": (CODING, 'code = "M43.17"', 'code = "M43.16"', "names a code twice"),
    "a code its condition has and the candidates lack": (CODING, 'code = "M53.3"', 'code = "M53.2X8"', "M53.3"),
    "a side from an item without one": (
        CODING,
        '"numbness_leg", "weakness_self"',
        '"numbness_leg", "age_years"',
        "the item with sides",
    ),
    "a place there is not": (CODING, '"calf_shin", "foot", "leg"]', '"calf", "foot", "leg"]', "the place"),
    "a criterion of a code that does not read": (
        CODING,
        "claudication == 'no'",
        "claudication = 'no'",
        "codes M48.061, when",
    ),
    "attributes out of order": (CARD, "number = 2\n", "number = 3\n", "should be numbered"),
    "a day that is none": (CARD, 'checked_on = "2026-11-23"', 'checked_on = "November"', "should be a day"),
    "a statement without a source": (CARD, 'cite = ["onc-hti1-2024"]', "cite = []", "names its source"),
    "a verdict on the law there is not": (CARD, 'stands = "in-doubt"', 'stands = "exempt"', "in-doubt"),
    "a part of the card there is not": (CARD, 'part = "limits"', 'part = "limit"', "Did you mean 'limits'?"),
}


@pytest.fixture(scope="module")
def told(real: Knowledge) -> str:
    """What the loader says of the real files with every mistake in them at once."""
    texts = dict(real.texts)
    for what, (path, old, new, _) in MISTAKES.items():
        assert old in texts[path], what
        texts[path] = texts[path].replace(old, new, 1)
    with pytest.raises(KnowledgeError) as caught:
        load_texts(texts)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("what", MISTAKES)
def test_every_mistake_is_answered_with_file_and_cure(told: str, what: str) -> None:
    """On a line that names the file, among all the others."""
    path, _, _, says = MISTAKES[what]
    assert any(path in problem and says in problem for problem in told.splitlines()), told


def test_the_real_files_have_none_of_these_mistakes(real: Knowledge) -> None:
    """So each complaint above is of its mistake alone."""
    assert load_texts(real.texts).sha256 == real.sha256


@pytest.mark.parametrize("left_out", [(LOAD,), (CODING, CARD)], ids=" ".join)
def test_a_knowledge_without_these_files_is_whole(real: Knowledge, left_out: tuple[str, ...]) -> None:
    """Older versions have none of them and load for ever."""
    less = load_texts({path: text for path, text in real.texts.items() if path not in left_out})
    assert bool(less.load) == (LOAD not in left_out)
    assert bool(less.codings) == (CODING not in left_out)
    assert (less.card.facts is not None) == (CARD not in left_out)
    assert less.conditions == real.conditions
