"""The body chart's file: every mistake in it is answered with its file, its key and a cure."""

from __future__ import annotations

import pytest

from dashboard.clinical.knowledge import Knowledge, KnowledgeError, load_texts

CHART = "body_chart.toml"
MISTAKES = {
    "a question there is not": (
        'worst_item = "pain_main_site"',
        'worst_item = "pain_main_sit"',
        "chart, worst_item: names the item 'pain_main_sit', which there is not. Did you mean 'pain_main_site'?",
    ),
    "a question of no places": ('item = "pain_sites"', 'item = "onset_type"', "is no question of places"),
    "a place nobody asks": ('option = "thoracic"', 'option = "low_back"', "region 'thoracic_back', option: names the"),
    "a place left out": ('option = "thoracic"', 'option = "flank"', "has places without an area: thoracic"),
    "a figure there is not": ('figure = "back"\nlabel = "Calf"', 'figure = "bak"\nlabel = "Calf"', "mean 'back'?"),
    "a label that is empty": ('label = "Calf"', 'label = ""', "region 'calf_back', label: is empty"),
    "a path that is a script": ('path = "M84 6', 'path = "M84 6\\"/><script>', "region 'thoracic_back', path: 'M84"),
    "an outline of no path": ('outline = "M120.6 0', 'outline = "120.6 0', "figure 'back', outline: '120.6"),
    "a mark outside": ("at = [120, 62]", "at = [320, 62]", "region 'thoracic_back', at: lies outside the figure"),
    "an arrow to nowhere": ('below = "calf_back"', 'below = "calve_back"', "thigh_back', below: names the area"),
    "an arrow to the other figure": ('below = "calf_back"', 'below = "shin_front"', "area of the same figure"),
    "an area no arrow leads to": (
        'above = "thigh_back"\nbelow = "foot_back"',
        'above = "thigh_back"',
        "has areas no arrow key leads to: foot_back",
    ),
    "a root there is not": ('["L4", "L5", "S1", "S2"]', '["L4", "L6", "S1", "S2"]', "names the dermatome 'L6'"),
    "a band without a source": (
        'course = "top of the buttock and the groin"\ncite = ["lee-2008"]',
        'course = "top of the buttock and the groin"\ncite = []',
        "dermatome 'L1', cite: is empty",
    ),
    "a band on no figure": ('{ figure = "back", path = "M120 126', '{ figure = "side", path = "M120 126', "'side'"),
    "a side that is none": ('drawn_side = "left"', 'drawn_side = "both"', "figure 'back', drawn_side"),
    "a figure of no size": ("width = 240", "width = 0", "chart, width: and height should be above 0"),
    "a key nobody knows": ('label = "Calf"', 'label = "Calf"\ncolour = "red"', "has the key 'colour'"),
}


def told(real: Knowledge, old: str, new: str) -> str:
    """Everything said of the real knowledge with one change in the chart's file."""
    assert old in real.texts[CHART]
    with pytest.raises(KnowledgeError) as caught:
        load_texts({**real.texts, CHART: real.texts[CHART].replace(old, new, 1)})
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_every_mistake_in_the_chart_is_answered_with_file_key_and_cure(real: Knowledge, mistake: str) -> None:
    """Whoever draws is told where, what is wrong and what to write instead."""
    old, new, cure = MISTAKES[mistake]
    problems = told(real, old, new)
    assert cure in problems
    assert CHART in problems


def test_a_knowledge_that_draws_nothing_is_whole(real: Knowledge) -> None:
    """Versions of before the chart load as they did, and draw nothing."""
    without = load_texts({path: text for path, text in real.texts.items() if path != CHART})
    assert not without.body
    assert real.body


def test_areas_without_a_chart_are_noticed(real: Knowledge) -> None:
    """Areas that answer no question are a mistake, not a drawing."""
    text = real.texts[CHART]
    alone = text[text.index("[[figure]]") :]
    with pytest.raises(KnowledgeError, match=r"is drawn without a chart\. Write \[chart\]\."):
        load_texts({**real.texts, CHART: alone})


def test_a_day_to_come_belongs_to_a_text(real: Knowledge) -> None:
    """Only what is typed as words can be a day."""
    items = real.texts["items.toml"]
    wrong = items.replace('type = "text"\ncoming = true', 'type = "flag"\ncoming = true')
    assert wrong != items
    with pytest.raises(KnowledgeError, match="goal_race_date', coming: belongs to a text item"):
        load_texts({**real.texts, "items.toml": wrong})
