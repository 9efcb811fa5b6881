"""Stepwise care and the gates before an orthobiologic: no rung passed by, unknown never climbs, flags shut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clinical.assessment import assess
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Case
from tests.clinical.conftest import SMALL
from tests.clinical.some_cases import cases

BOTH = {"small": load(SMALL), "real": load()}
CALM: dict[str, Any] = {"numb_saddle": "no", "fever": "no", "age_years": 45}
DISC: dict[str, Any] = {
    **CALM, "below_knee": "yes", "leg_worse": "yes", "cough": "yes", "slr": "positive",
    "worse_with": ("sitting", "bending"),
}  # fmt: skip
ALLOWED = {"injection_allowed": "yes", "allergic": "no"}


def document(knowledge: Knowledge, **answers: Any) -> dict[str, Any]:
    """The assessment of some answers."""
    return assess(Case(answers), knowledge).document()


def any_document() -> st.SearchStrategy[tuple[Knowledge, dict[str, Any]]]:
    """The assessment of any case of either knowledge."""
    knowledges = st.sampled_from(list(BOTH.values()))
    return knowledges.flatmap(lambda k: cases(k).map(lambda case: (k, assess(case, k).document())))


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ({**CALM, "weeks": 1.0}, "self_care"),
        ({**CALM}, "self_care"),
        ({**CALM, "weeks": 6.0}, "supervised_care"),
        ({**CALM, "weeks": 11.0}, "imaging_specialist"),
        ({**CALM, "weeks": 30.0}, "imaging_specialist"),
        ({**DISC, "weeks": 9.0}, "imaging_specialist"),
        ({**DISC, "leg_worse": "no", "weeks": 9.0}, "supervised_care"),
        ({**DISC, "weeks": 30.0}, "imaging_specialist"),
        ({**DISC, "weeks": 30.0, **ALLOWED}, "orthobiologic_discussion"),
        ({**DISC, "weeks": 30.0, **ALLOWED, "fever": "yes"}, "act_on_red_flag"),
    ],
)
def test_care_climbs_as_far_as_the_entries_allow(small: Knowledge, answers: dict[str, Any], step: str) -> None:
    """Rung by rung, by the condition's own entry where it has one, and by its gates to the last."""
    assert document(small, **answers)["pathway"]["step"] == step


def test_an_unknown_entry_does_not_climb_and_names_what_is_missing(small: Knowledge) -> None:
    """Nobody said how long it has lasted: care begins at the first rung and asks."""
    pathway = document(small, **CALM)["pathway"]
    assert pathway["step"] == "self_care"
    assert pathway["missing"] == ["below_knee", "weeks"]
    assert {rung["step"]: rung["entry"] for rung in pathway["ladder"]}["supervised_care"] == "unknown"


@settings(max_examples=60, deadline=None)
@given(any_document())
def test_no_rung_is_ever_passed_by(found: tuple[Knowledge, dict[str, Any]]) -> None:
    """Everything below the present rung was entered; above routine urgency every other rung waits."""
    _, document_ = found
    ladder = document_["pathway"]["ladder"]
    states = [rung["state"] for rung in ladder]
    assert states.count("now") == 1
    now = states.index("now")
    assert ladder[now]["step"] == document_["pathway"]["step"]
    if document_["urgency"] != "routine":
        assert (now, set(states[1:])) == (0, {"closed"})
    else:
        assert now > 0
        assert all(rung["entry"] == "met" for rung in ladder[2 : now + 1])
        assert all(state == "done" for state in states[1:now])
        assert all(state in ("ahead", "closed") for state in states[now + 1 :])


@settings(max_examples=60, deadline=None)
@given(any_document())
def test_orthobiologics_stay_behind_every_gate(found: tuple[Knowledge, dict[str, Any]]) -> None:
    """With a blocking flag nothing is shown; a discussion opens only when everything that applies is met."""
    knowledge, document_ = found
    gates, biologics = document_["referral_gates"], document_["orthobiologics"]
    blocking = [flag for flag in document_["red_flags"] if flag["blocks_biologics"]]
    assert document_["urgency"] == "routine" or blocking
    if blocking:
        assert (biologics["shown"], biologics["options"]) == (False, [])
        assert biologics["why_hidden"]
    for name, kind in (("prp_discussion", "prp"), ("stem_cell_discussion", "stem-cell")):
        if gates[name]["open"]:
            _must_be_open(knowledge, document_, kind)
        else:
            assert gates[name]["why"]


def _must_be_open(knowledge: Knowledge, document_: dict[str, Any], kind: str) -> None:
    assert not [flag for flag in document_["red_flags"] if flag["blocks_biologics"]]
    absolute = [c["state"] for c in document_["contraindications"] if c["kind"] == "absolute"]
    assert set(absolute) <= {"not-met"}
    offered = {o["condition"] for o in document_["orthobiologics"]["options"] if o["offered"] and o["kind"] == kind}
    states = {gate["id"]: gate["state"] for gate in document_["gates"]}
    applies = {gate.id: gate.applies_to for gate in knowledge.gates}
    assert any(
        all(state == "met" for id_, state in states.items() if not applies[id_] or condition in applies[id_])
        for condition in offered
    )


def test_a_gate_that_is_not_known_keeps_the_discussion_shut(small: Knowledge) -> None:
    """Everything else is met; nobody has said whether the disc may be injected."""
    found = document(small, **DISC, weeks=30.0, allergic="no")
    assert found["referral_gates"]["prp_discussion"] == {
        "open": False, "why": "Gates not met: The disc may be injected.",
    }  # fmt: skip
    gates = {gate["id"]: (gate["state"], gate["because"]) for gate in found["gates"]}
    assert gates["disc_allowed"] == ("unknown", ["injection_allowed"])
    assert gates["long_enough"] == ("met", ["weeks"])
    assert found["pathway"]["missing"] == ["injection_allowed"]


def test_an_unknown_contraindication_keeps_the_discussion_shut(small: Knowledge) -> None:
    """Unknown is not no: a possible allergy is not yet excluded."""
    shut = document(small, **DISC, weeks=30.0, injection_allowed="yes")["referral_gates"]["prp_discussion"]
    assert shut == {"open": False, "why": "Not yet excluded: Citrate allergy."}
    forbidden = document(small, **DISC, weeks=30.0, injection_allowed="yes", allergic="yes")
    assert forbidden["referral_gates"]["prp_discussion"]["why"] == "Contraindicated: Citrate allergy."


def test_what_the_evidence_refuses_is_never_offered(small: Knowledge) -> None:
    """With every gate met the refused procedure stays shut, and is shown as refused with its reasons."""
    found = document(small, **DISC, weeks=30.0, **ALLOWED)
    assert found["referral_gates"]["prp_discussion"]["open"]
    assert not found["referral_gates"]["stem_cell_discussion"]["open"]
    options = {option["procedure"]: option for option in found["orthobiologics"]["options"]}
    assert options["Cells into the disc"]["offered"] is False
    assert {t["direction"] for t in options["PRP into the disc"]["trials"]} == {"positive", "negative"}


def test_an_unanswered_emergency_question_keeps_the_first_gate_open_to_doubt(small: Knowledge) -> None:
    """No red flag has fired, and yet one could: the gate is unknown until the required questions are answered."""
    asked = {key: answer for key, answer in DISC.items() if key != "numb_saddle"}
    found = document(small, **asked, weeks=30.0, **ALLOWED)
    assert {gate["id"]: gate["state"] for gate in found["gates"]}["no_open_red_flag"] == "unknown"
    assert not found["referral_gates"]["prp_discussion"]["open"]


def test_an_emergency_sends_to_the_emergency_department_before_any_referral(small: Knowledge) -> None:
    """No referral of any kind is started while an emergency is open."""
    gates = document(small, **{**CALM, "numb_saddle": "yes"})["referral_gates"]
    assert not any(gate["open"] for gate in gates.values())
    assert gates["physical_therapy"]["why"].startswith("Emergency department first")


def test_imaging_may_be_asked_for_although_it_is_usually_not_appropriate(small: Knowledge) -> None:
    """The rule is said; the clinician decides."""
    found = document(small, **CALM, weeks=1.0)
    assert found["pathway"]["imaging"]["appropriate"] is False
    assert found["referral_gates"]["imaging"] == {"open": True, "why": "Usually not appropriate."}
    weak = document(small, **CALM, weeks=1.0, strength={"l5.left": 4.0})
    assert weak["pathway"]["imaging"]["id"] == "deficit"


def test_a_note_that_does_not_block_leaves_the_card_on_show(small: Knowledge) -> None:
    """A routine note of its own kind is listed, and hides nothing."""
    found = document(small, **DISC, weeks=60.0, **ALLOWED)
    assert [flag["id"] for flag in found["red_flags"]] == ["NOTE"]
    assert found["orthobiologics"]["shown"]
    assert found["pathway"]["step"] == "orthobiologic_discussion"


def test_two_conditions_close_together_are_said_to_be_inseparable(small: Knowledge) -> None:
    """Within the ratio nobody is declared the leader, and the questions that would part them are named."""
    close = document(small, **CALM)
    first, second = (entry["score_millibans"] for entry in close["differential"][:2])
    assert (first - second < 176) == (not close["separable"])
    assert not close["separable"]
    assert close["separates_best"]
    clear = document(small, **DISC, leg_numb="right")
    assert clear["separable"]
    assert clear["separates_best"] == []
