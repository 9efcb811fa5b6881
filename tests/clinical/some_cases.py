"""Random answers to a knowledge's items: as strategies for properties, and by the thousand from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Answer, Case, Item

Answers = dict[str, Answer]


def random_answer(item: Item, draw: random.Random) -> Any:
    """A canonical answer an item may have; the edges of numbers come often, because rules sit there."""
    if item.type == "flag":
        return draw.choice(["yes", "no", "no", "unknown"])
    if item.type == "choice":
        return draw.choice(item.options).code
    if item.type in ("choices", "sites"):
        return _several(item, draw)
    if item.type in ("integer", "decimal"):
        return _number(item, draw)
    if item.type == "grid":
        cells = [f"{row.code}.{side}" for row in item.rows for side in item.sides]
        chosen = [cell for cell in cells if draw.random() < 0.7] or cells[:1]
        return {cell: float(draw.randint(int(item.minimum or 0), int(item.maximum or 5))) for cell in chosen}
    if item.type == "mix":
        return {draw.choice(item.options).code: 100.0}
    if item.type == "activities":
        return (("running up hills", draw.randint(0, 10)),)
    return "2031-05-31" if item.coming else "invented words"


def _several(item: Item, draw: random.Random) -> tuple[str, ...]:
    alone = [option.code for option in item.options if option.exclusive]
    if alone and draw.random() < 0.2:
        return (alone[0],)
    codes = [option.code for option in item.options if not option.exclusive]
    chosen = set(draw.sample(codes, draw.randint(1, min(4, len(codes)))))
    sided = item.type == "sites"
    return tuple(code + (draw.choice(["", ":left", ":both"]) if sided else "") for code in codes if code in chosen)


def _number(item: Item, draw: random.Random) -> float:
    low, high = item.minimum or 0, item.maximum or 100
    number = draw.choice([low, high, draw.uniform(low, high), draw.uniform(low, min(high, low + 60))])
    return int(number) if item.type == "integer" else round(number, 1)


def random_answers(knowledge: Knowledge, draw: random.Random) -> Answers:
    """Answers to some of the items, sometimes few and sometimes nearly all."""
    share = draw.choice([0.1, 0.4, 0.7, 0.95])
    return {item.id: random_answer(item, draw) for item in knowledge.items.values() if draw.random() < share}


def random_cases(knowledge: Knowledge, how_many: int, seed: int) -> Iterator[Case]:
    """The same cases every time for a seed."""
    draw = random.Random(seed)
    for _ in range(how_many):
        yield Case(random_answers(knowledge, draw))


def clinic_cases(knowledge: Knowledge, runners: int, seed: int) -> tuple[Case, ...]:
    """Intakes and examinations of invented runners, as the demo clinic tells them: consistent, most of them calm."""
    from dashboard.demo.populating import take_courses  # late: it brings the whole casework with it
    from dashboard.demo.runners import invent_runners
    from dashboard.intake import case_of

    until = datetime(2026, 1, 1, tzinfo=UTC)
    told = take_courses(seed, invent_runners(seed, runners, until.date()), runners, until, knowledge, lambda *_: None)
    return tuple(case_of(contact.answers, knowledge) for course in told for contact in course.contacts)


def cases(knowledge: Knowledge) -> st.SearchStrategy[Case]:
    """Any case of a knowledge."""
    return st.integers(0, 2**32 - 1).map(lambda seed: Case(random_answers(knowledge, random.Random(seed))))


def with_answers(case: Case, **answers: Any) -> Case:
    """The same case with some answers changed; None takes one away."""
    changed: Mapping[str, Any] = {**case.answers, **answers}
    return Case({item: answer for item, answer in changed.items() if answer is not None})
