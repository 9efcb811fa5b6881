"""Outlines: what many assessments come to is what each whole assessment says."""

from __future__ import annotations

import pytest

from dashboard.casework.shapes import leading
from dashboard.clinical import assessment
from dashboard.clinical.answers import shown
from dashboard.clinical.assessment import (
    assess_batch,
    outline_batch,
    outline_variants,
    score_batch,
    score_sheet,
    sheet_of,
)
from dashboard.clinical.circuit import Plan
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.outline import NOT_SHOWN, outliner_of
from dashboard.clinical.vocabulary import Case, Urgency
from tests.clinical.some_cases import clinic_cases, random_cases, with_answers

STATES = {"met": 1, "unknown": 0, "not-met": -1}


@pytest.fixture(scope="module", params=["small", "real"])
def knowledge(request: pytest.FixtureRequest) -> Knowledge:
    """Each of the two knowledges."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def some(knowledge: Knowledge) -> list[Case]:
    """Random cases, nearly all of them alarming; of the real knowledge also a clinic's, nearly all of them calm."""
    calm = clinic_cases(knowledge, 60, seed=12) if knowledge.sha256 == load().sha256 else ()
    return [*random_cases(knowledge, 60, seed=11), *calm]


def test_an_outline_is_what_the_whole_assessment_says(knowledge: Knowledge, some: list[Case]) -> None:
    """Urgency, flags, the condition shown first, step, gates, what is open, scores and probabilities."""
    outlines = outline_batch(some, knowledge)
    for row, whole in enumerate(assess_batch(some, knowledge)):
        document = whole.document()
        assert outlines.urgency[row] == Urgency.of(document["urgency"])
        assert {outlines.flag_ids[n] for n in outlines.fired[row].nonzero()[0]} == {
            f["id"] for f in document["red_flags"]
        }
        assert outlines.conditions[outlines.leading[row]] == leading(document)
        assert outlines.steps[outlines.step[row]] == document["pathway"]["step"]
        gates = zip(outlines.gate_ids, outlines.gates[row].tolist(), strict=True)
        assert {id_: state for id_, state in gates if state != NOT_SHOWN} == {
            gate["id"]: STATES[gate["state"]] for gate in document["gates"]
        }
        referrals = document["referral_gates"]
        named = [referrals["prp_discussion"]["open"], referrals["stem_cell_discussion"]["open"]]
        assert outlines.open_for[row].tolist() == named
        entries = {entry["condition"]: entry for entry in document["differential"]}
        for place, id_ in enumerate(outlines.conditions):
            assert entries[id_]["score_millibans"] == outlines.score_millibans[row, place]
            assert entries[id_]["probability"] == outlines.probability[row, place]


def test_the_clinics_cases_are_worth_outlining(real: Knowledge) -> None:
    """Among them every urgency, several steps, gates open, shut and unknown: the equality above is no empty one."""
    outlines = outline_batch(clinic_cases(real, 60, seed=12), real)
    assert set(outlines.urgency.tolist()) == {0, 1, 2, 3}
    assert len(set(outlines.step.tolist())) >= 3
    assert len(set(outlines.leading.tolist())) >= 6
    flag_gate = outlines.gates[:, outlines.gate_ids.index("no_open_red_flag")]
    assert set(flag_gate.tolist()) == {-1, 0, 1}
    assert outlines.open_for.any()


def test_outlines_and_scores_are_the_same_numbers_in_any_company(knowledge: Knowledge, some: list[Case]) -> None:
    """A case alone, in a batch, in another order: the same to the bit; no case is no outline."""
    outlines, scores = outline_batch(some, knowledge), score_batch(some, knowledge)
    assert (outlines.score_millibans == scores.score_millibans).all()
    assert (outlines.probability == scores.probability).all()
    assert (outlines.urgency == scores.urgency).all()
    backwards = outline_batch(some[::-1], knowledge)
    for name in ("urgency", "leading", "step", "gates", "open_for", "fired", "probability"):
        assert (getattr(backwards, name)[::-1] == getattr(outlines, name)).all(), name
        assert (getattr(outline_batch(some[-1:], knowledge), name)[0] == getattr(outlines, name)[-1]).all(), name
    assert outline_batch([], knowledge).size == 0


def test_answers_in_columns_score_as_the_cases_do(knowledge: Knowledge, some: list[Case]) -> None:
    """Columns made once give, again and again and in any part, the numbers of the cases themselves."""
    scores, sheet = score_batch(some, knowledge), sheet_of(some, knowledge)
    for again in (score_sheet(sheet, knowledge), score_sheet(sheet, knowledge)):
        assert (again.score_millibans == scores.score_millibans).all()
        assert (again.probability == scores.probability).all()
        assert (again.urgency == scores.urgency).all()
    part = score_sheet(sheet.part(10, 20), knowledge)
    assert (part.score_millibans == scores.score_millibans[10:20]).all()
    assert sheet.size == len(some)


def test_what_is_asked_is_worked_out_for_many_as_for_one(knowledge: Knowledge, some: list[Case]) -> None:
    """The questions asked of each case, and those answered with more than "unknown", are the single case's."""
    screening, layout = outliner_of(knowledge).screening, knowledge.names.circuit.layout
    sheet = sheet_of(some, knowledge)
    asked, known = screening.shown(sheet, Plan(screening.circuit).evaluate(sheet)), layout.known(sheet)
    for row, case in enumerate(some):
        assert {item for item, place in screening.place.items() if asked[place, row]} == shown(knowledge, case.answers)
        one = knowledge.view(case.answers).known_items(0)
        assert {item for item, place in screening.place.items() if known[place, row]} == one


def test_a_change_comes_to_what_the_changed_case_comes_to(knowledge: Knowledge, some: list[Case]) -> None:
    """Answers put in, replaced and taken away by the thousand: each is the outline of the case written out."""
    case, others = some[-1], some[:60]
    changes = [
        {},
        *({item: None} for item in case.answers),
        *(dict(list(other.answers.items())[:3]) for other in others),
    ]
    written = [with_answers(case, **change) for change in changes]
    expected, found = outline_batch(written, knowledge), outline_variants(case, changes, knowledge)
    for name in ("urgency", "leading", "step", "gates", "open_for", "fired", "score_millibans", "probability"):
        assert (getattr(found, name) == getattr(expected, name)).all(), name
    assert len(set(map(tuple, found.probability.tolist()))) > 1


def test_it_does_not_matter_in_how_many_parts_a_batch_is_worked_out(
    knowledge: Knowledge, some: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven at a time or all at once: the same numbers, in the order given."""
    whole, scores, sheet = outline_batch(some, knowledge), score_batch(some, knowledge), sheet_of(some, knowledge)
    monkeypatch.setattr(assessment, "_TOGETHER", 7)
    parts = outline_batch(some, knowledge)
    for name in ("urgency", "leading", "step", "gates", "open_for", "fired", "score_millibans", "probability"):
        assert (getattr(parts, name) == getattr(whole, name)).all(), name
    for again in (score_batch(some, knowledge), score_sheet(sheet, knowledge)):
        assert (again.score_millibans == scores.score_millibans).all()
        assert (again.urgency == scores.urgency).all()
