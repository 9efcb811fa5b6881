"""Markup typed into any field, or carried by the knowledge, stands on every page as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from dashboard.ui import look
from dashboard.ui.panels import asking, compare, differential, what_if
from tests.cast import Clinic
from tests.hostile import MARK, PROBES, plant, put_in_force
from tests.pages.visiting import visit

PLAIN = {
    *("text_input.value", "text_input.default", "text_input.placeholder", "text_area.value", "text_area.default"),
    *("text_area.placeholder", "selectbox.options", "multiselect.options", "selectbox.placeholder"),
    *("selectbox.raw_value", "multiselect.raw_values"),
    *("code.code_text", "text.body", "plotly_chart.alt", "plotly_chart.spec", "download_button.url"),
}
"""Where words are shown as they are, whatever they are: no markup is read there."""


def strings(message: Message, path: str) -> Iterator[tuple[str, str]]:
    """Every text of a message with where it stands."""
    for field, value in message.ListFields():
        here = f"{path}.{field.name}"
        values = value if field.is_repeated else [value]
        for each in values:
            if isinstance(each, str):
                yield here, each
            elif isinstance(each, Message):
                yield from strings(each, here)


def told(at: AppTest) -> Iterator[tuple[str, str]]:
    """Every text a page sends to the browser, with the kind of element and field it stands in."""
    waiting: list[Any] = [at._tree]
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            yield from strings(proto, getattr(node, "type", "") or type(proto).__name__)


def leaks(at: AppTest) -> set[tuple[str, str]]:
    """Where a probe would be read as markup: as it was typed, though it ought to be escaped there."""
    return {
        (where, probe)
        for where, words in told(at)
        for probe in (*PROBES, MARK)
        if where not in PLAIN and safely(where, probe) != probe and re.search(rf"(?<!\\){re.escape(probe)}", words)
    }


def safely(where: str, words: str) -> str:
    """The words as they must stand there."""
    return escape(words) if where == "html.body" else look.plain(words)


EPISODE = (
    *(differential.WHY, compare.COMPARE, what_if.EVERYTHING, "Pathway", "Gates", asking.EXAMINE, "Refer", "Outcomes"),
    *("History", "Return to run", "Codes and sheets"),
)
KNOWLEDGE = (
    *("Conditions", "Red flags", "Ladder and imaging", "Orthobiologics", "Questions", "Source card", "Versions"),
)
COHORT, ADMIN = ("The clinic", "The suggestions", "Export"), ("People", "Audit trail", "In use")
OPENED = {
    "other-signs": True,
    **{f"moves-{number}": True for number in (1, 2)},
    **{f"more-{reply}": True for reply in ("intakes", "urgency", "flow", "orthobiologics", "funnel", "reasons")},
}
"""What is folded away until somebody opens it."""


def everywhere(clinic: Clinic) -> Iterator[tuple[str, AppTest]]:
    """Every page with every part of it open, as those see it who may see most of it."""
    put_in_force(clinic)
    made = plant(clinic)
    yield "home", visit("noor", "home")
    yield "home", visit("amina", "home")
    yield "intake", visit("noor", "intake", draft=made.draft)
    yield "waiting", visit("amina", "episode", episode=str(made.waiting))
    yield from parts(visit("amina", "episode", episode=str(made.episode)), differential.TAB, EPISODE)
    yield from parts(visit("bruno", "knowledge"), "knowledge-tab", KNOWLEDGE)
    yield from parts(visit("chidi", "cohort"), "cohort-tab", COHORT)
    yield from parts(visit("dana", "admin"), "admin-tab", ADMIN)
    yield from parts(visit("amina", "referrals"), "", ("referrals",))


def parts(at: AppTest, tab: str, names: tuple[str, ...]) -> Iterator[tuple[str, AppTest]]:
    """The page as each of its parts is opened."""
    for key, value in OPENED.items():
        at.session_state[key] = value
    for name in names:
        if tab:
            at.session_state[tab] = name
        yield name, at.run()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_reads_markup_in_what_was_typed_or_in_the_knowledge(clinic: Clinic):
    """Names, answers, comments, reasons, notes, sites, people, titles and wordings: everywhere as they were typed."""
    seen, found, failed = set[str](), set[tuple[str, str, str]](), list[str]()
    for name, at in everywhere(clinic):
        failed += [name] * bool(at.exception)
        found |= {(name, where, probe) for where, probe in leaks(at)}
        seen |= {probe for _, words in told(at) for probe in PROBES if carries(words, probe)}
    assert found == set()
    assert failed == []
    assert seen == set(PROBES), "every probe was on some page, or nothing was proven"


def carries(words: str, probe: str) -> bool:
    """Whether a text shows a probe, however it is escaped there."""
    return any(form(probe) in words for form in (str, escape, look.plain, look.label))
