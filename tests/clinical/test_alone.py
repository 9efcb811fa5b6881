"""One case in plain Python and many in arrays: two arrangements of one network that never differ."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.clinical.assessment import sheet_of
from dashboard.clinical.circuit import Plan
from dashboard.clinical.engine import engine_of
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case
from tests.clinical.some_cases import random_cases


@pytest.mark.parametrize("name", ["small", "real"])
def test_every_node_and_every_number_of_one_case_is_that_of_many(name: str, request: pytest.FixtureRequest) -> None:
    """Whatever is answered, and when nothing is: all nodes and all measures agree to the bit."""
    knowledge: Knowledge = request.getfixturevalue(name)
    engine_of(knowledge)
    plan, cases = Plan(knowledge.names.circuit), [Case({}), *random_cases(knowledge, 150, seed=21)]
    sheet = sheet_of(cases, knowledge)
    truths, numbers = plan.work_out(sheet)
    for row in range(sheet.size):
        alone, own = plan.work_out(sheet.part(row, row + 1))
        assert np.array_equal(alone[:, 0], truths[:, row])
        assert np.array_equal(own[:, 0], numbers[:, row], equal_nan=True)
    assert {-1, 0, 1} == set(truths.ravel().tolist())


@pytest.mark.parametrize("name", ["small", "real"])
def test_the_answers_of_one_case_stand_where_they_stand_among_many(name: str, request: pytest.FixtureRequest) -> None:
    """The sheet of a single case is its column of everybody's sheet; what is no item and None change neither."""
    knowledge: Knowledge = request.getfixturevalue(name)
    cases = [Case({}), *random_cases(knowledge, 150, seed=22)]
    cases += [Case({**case.answers, "no_such_item": "x", next(iter(knowledge.items)): None}) for case in cases[1:20]]
    together = sheet_of(cases, knowledge)
    for row, case in enumerate(cases):
        alone = sheet_of([case], knowledge)
        assert np.array_equal(alone.states[:, 0], together.states[:, row])
        assert np.array_equal(alone.numbers[:, 0], together.numbers[:, row], equal_nan=True)


def test_a_division_by_zero_is_unknown_for_one_case_and_for_many(small: Knowledge) -> None:
    """No error, no infinity: a number that cannot be worked out is not known."""
    item = next(item for item in small.items.values() if item.type in ("integer", "decimal"))
    criterion = small.criterion(f"10 / {item.id} > 1")
    zero, some = {item.id: 0}, {item.id: 5}
    assert [criterion.presence(small.view(answers)) for answers in (zero, some)] == [0, 1]
    assert criterion.values(small.view([zero, some])).tolist() == [0, 1]
