"""Answers: liberal in spelling, never ambiguous, and never repeating what a patient said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clinical.answers import BadAnswer, CaseError, derive, read_answer, read_case, read_document, shown
from dashboard.clinical.knowledge import Knowledge, load
from tests.clinical.some_cases import random_cases

REAL = load()


def read(item: str, raw: object, lenient: bool = False) -> Any:
    """One answer to an item of the real knowledge."""
    return read_answer(REAL.items[item], raw, lenient)


STRICT: list[tuple[str, object, object]] = [
    ("rf_fever", True, "yes"),
    ("rf_fever", "No", "no"),
    ("rf_fever", "Unknown", "unknown"),
    ("rf_fever", None, None),
    ("rf_fever", "", None),
    ("exam_crossed_slr", "+", "yes"),
    ("exam_crossed_slr", "-", "no"),
    ("rf_cancer_history", "yes breast 6 y", "yes"),
    ("rf_cancer_history", "no known cancer", "no"),
    ("runner", True, "yes"),
    ("sex_at_birth", "F", "female"),
    ("onset_type", "Sudden, for no reason", "sudden_no_event"),
    ("night_pain", "constant whatever I do", "constant"),
    ("night_pain", "second half of night, better on getting up", "second_half"),
    ("bilateral_leg", "yes new or changing", "new_or_changing"),
    ("menstrual_status", "none >=3 mo", "none_3_months"),
    ("pregnancy_status", "post-partum (~1-3 months)", "postpartum_6mo"),
    ("exam_slr", "-", "negative"),
    ("exam_slr", "R 35 +", "right"),
    ("exam_slr", "R 35 -", "negative"),
    ("exam_slr", "+", "positive"),
    ("exam_hop", "not done", "not_done"),
    ("pain_sites", ["side of low back", "calf right"], ("side_low_back", "calf_shin:right")),
    ("pain_sites", ["low back left", "low back right"], ("low_back:both",)),
    ("pain_sites", ["psis_buttock:left"], ("psis_buttock:left",)),
    ("pain_sites", "buttocks both, groin", ("psis_buttock:both", "groin")),
    ("aggravating", ["Lifting", "arching back"], ("arching_back", "lifting")),
    ("aggravating", [], None),
    ("meds", "none", ("none",)),
    ("age_years", 41.0, 41),
    ("age_years", "41", 41),
    ("age_years", "unknown", None),
    ("pain_duration_days", 0.3, 0.3),
    ("height_cm", "170 cm", 170.0),
    ("pace_min_per_km", "5:30", 5.5),
    ("exam_myotomes", {"l5.right": 4}, {"l5.right": 4.0}),
    ("exam_myotomes", {"l5": {"right": 4, "left": 5}}, {"l5.right": 4.0, "l5.left": 5.0}),
    ("exam_myotomes", "R PF 4/5", {"s1.right": 4.0}),
    ("exam_myotomes", "right EHL 3/5; left EHL 5/5", {"l5.right": 3.0, "l5.left": 5.0}),
    ("exam_myotomes", "L EHL 4-/5", {"l5.left": 4.0}),
    ("exam_reflexes", "R ankle 0", {"ankle.right": 0.0}),
    ("exam_reflexes", "both knee 2", {"knee.right": 2.0, "knee.left": 2.0}),
    ("surface_mix", {"trail": 60, "road": 40}, {"road_concrete": 40.0, "trail": 60.0}),
    ("surface_mix", "trail", {"trail": 100.0}),
    ("psfs", [["running", 3], {"activity": "stairs", "rating": None}], (("running", 3), ("stairs", None))),
    ("goal_text", " a marathon ", "a marathon"),
]


@pytest.mark.parametrize(("item", "raw", "expected"), STRICT)
def test_spellings_of_the_desk_and_of_files_are_read(item: str, raw: object, expected: object) -> None:
    """Codes, labels, accepted spellings, signs, sides, shorthand and units."""
    assert read(item, raw) == expected


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        ("rf_trauma", "fall 4-5 ft", "yes"),
        ("rf_urinary", "blood + colicky", "yes"),
        ("exam_midline_tender", "L2", "yes"),
        ("rf_trauma", "denies any fall", "no"),
        ("rf_trauma", "unclear", "unknown"),
        ("exam_crossed_slr", "left", "yes"),
        ("nprs_worst", "8/10", 8),
        ("exam_sij_count", "3 of 5 positive", 3),
        ("pain_duration_days", "about 90", 90.0),
        ("exam_pulses", "absent dorsalis pedis bilaterally", "absent"),
        ("exam_hip_ir", "10 deg painful", ("ir_painful",)),
        ("exam_gt_tender", "yes + 30-s SLS pain at 15 s", ("tender", "stance_pain")),
        ("exam_myotomes", "right EHL 2/5, TA strength 4-/5", {"l5.right": 2.0, "l4.right": 4.0}),
        ("exam_myotomes", "plantarflexion 3/5 left and 4/5 EHL right", {"l5.right": 4.0, "s1.left": 3.0}),
        ("pregnancy_status", "8 weeks post-partum, breastfeeding", "postpartum_6mo"),
        ("numbness_leg", "pins and needles of the sole", "side_not_said"),
    ],
)
def test_descriptions_are_read_in_published_cases_only(item: str, raw: str, expected: object) -> None:
    """A record's own words count there; a case file written for Backstride has to be plain."""
    assert read(item, raw, lenient=True) == expected


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        ("pain_duration_days", "3 weeks", 21.0),
        ("pain_duration_days", "2 mo", 60.0),
        ("pain_duration_days", "12 hours", 0.5),
        ("no_improvement_weeks", "14 days", 2.0),
        ("exam_temp_c", "38.5 C", 38.5),
        ("lab_ck_value", "22,000 U/L", 22000.0),
        ("age_years", "41 years", 41),
        ("morning_stiffness_min", "45 minutes", 45),
    ],
)
def test_a_number_may_carry_its_unit(item: str, raw: str, expected: float) -> None:
    """A length of time in other units is reckoned; a thousand may have its comma."""
    assert read(item, raw) == expected


@pytest.mark.parametrize(
    ("item", "raw"),
    [("pain_duration_days", "3 fortnights"), ("weight_kg", "1,5 kg"), ("age_years", "41 weeks"),
     ("exam_temp_c", "101 F"), ("pain_duration_days", "2-3 weeks"), ("morning_stiffness_min", "2 weeks")],
)  # fmt: skip
def test_a_unit_nobody_agreed_on_is_refused(item: str, raw: str) -> None:
    """No guess at what was meant."""
    with pytest.raises(BadAnswer):
        read(item, raw)


def test_a_published_fact_is_read_where_it_says_most() -> None:
    """A figure for a yes, an option inside free words, weakness without a grade, an option used as a name."""
    facts = {"lab_crp": 95, "fever": "38.9 C", "sport": "gymnastics", "exam_motor": "weak plantarflexion bilaterally",
             "foot_drop": True, "imaging_mri": "bilateral L5 pars defects"}  # fmt: skip
    found = read_document(REAL, {"id": "V0", "facts": facts})
    assert found.case.answers == {
        "lab_crp_value": 95.0, "exam_temp_c": 38.9, "other_sport": ("extension_rotation",), "weakness_self": "both",
        "exam_gait": "foot_drop", "imaging_findings": ("pars_defect",),
    }  # fmt: skip
    assert not found.not_used


@pytest.mark.parametrize(
    ("fact", "item"),
    [({"exam_motor": "5/5 throughout"}, "exam_motor_normal"), ({"exam_reflexes": "normal"}, "exam_reflex_normal"),
     ({"exam_neuro": "intact"}, "exam_neuro_normal")],
)  # fmt: skip
def test_a_normal_finding_in_one_word_is_normal(fact: dict[str, str], item: str) -> None:
    """An examination that found nothing is read as such."""
    assert read_document(REAL, {"id": "V0", "facts": fact}).case.answers == {item: "yes"}
    if REAL.item_called(next(iter(fact))):
        assert read_case(REAL, fact).answers == {item: "yes"}


def test_a_mix_may_be_one_line_of_words() -> None:
    """Surfaces and their shares, as a chart note has them."""
    assert read("surface_mix", "asphalt 60 %, trail 40") == {"asphalt": 60.0, "trail": 40.0}
    with pytest.raises(BadAnswer, match="adds up to 90"):
        read("surface_mix", "asphalt 50, trail 40")


@pytest.mark.parametrize("motor", ["right leg normal strength", "no weakness", "intact"])
def test_strength_that_is_not_weak_is_no_weakness(motor: str) -> None:
    """Words about a leg do not make it weak."""
    found = read_document(REAL, {"id": "V0", "facts": {"exam_motor": motor}})
    assert "weakness_self" not in found.case.answers


REFUSED: list[tuple[str, object, str]] = [
    ("rf_fever", "sometimes", "should be yes, no or unknown"),
    ("rf_fever", 1, "should be yes, no or unknown"),
    ("rf_fever", ["yes"], "should be yes, no or unknown"),
    ("age_years", "forty", "should be a whole number"),
    ("age_years", 41.5, "should be a whole number"),
    ("age_years", True, "should be a whole number"),
    ("age_years", 140, "out of range"),
    ("age_years", 10**400, "out of range"),
    ("weight_kg", float("nan"), "not finite"),
    ("weight_kg", float("inf"), "not finite"),
    ("weight_kg", "80 lb", "in kg"),
    ("onset_type", "suden_event", "Did you mean 'sudden_event'?"),
    ("onset_type", ["gradual"], "should be one of"),
    ("aggravating", ["siting"], "Did you mean 'sitting'?"),
    ("aggravating", ["nothing_specific", "sitting"], "Leave one of them out"),
    ("aggravating", {"sitting": True}, "should be a list of options"),
    ("aggravating", [3], "should be a list of options"),
    ("exam_myotomes", {"l9.right": 4}, "names a row that does not exist"),
    ("exam_myotomes", {"l5": 4}, "should say right or left"),
    ("exam_myotomes", {"l5.right": 7}, "number from 0 to 5"),
    ("exam_myotomes", "R PF weak", "without a number"),
    ("exam_myotomes", "R PF 4/10", "scored out of 5"),
    ("exam_myotomes", 4, "should be a table"),
    ("surface_mix", {"trail": 60, "road": 60}, "adds up to 120"),
    ("surface_mix", {"sand": 100}, "does not exist"),
    ("surface_mix", {"trail": -5}, "no per cent"),
    ("psfs", [["running", 11]], "rating"),
    ("psfs", 3, "list of at most"),
    ("nprs_worst", "8/10", "written in digits"),
    ("exam_crossed_slr", "left", "should be yes, no or unknown"),
    ("goal_text", True, "should be words"),
    ("goal_text", "x" * 5000, "Shorten it"),
]


@pytest.mark.parametrize(("item", "raw", "said"), REFUSED)
def test_what_an_item_cannot_have_is_refused_with_the_cure(item: str, raw: object, said: str) -> None:
    """The item is named, and what to write instead."""
    with pytest.raises(BadAnswer) as caught:
        read(item, raw)
    assert caught.value.item == item
    assert said in caught.value.message


@given(st.sampled_from(sorted(REAL.items)), st.text(min_size=12, max_size=60), st.booleans())
def test_a_refusal_never_repeats_what_was_said(item: str, words: str, lenient: bool) -> None:
    """Whatever a patient says, an error message does not carry it further."""
    try:
        read(item, words, lenient)
    except BadAnswer as bad:
        known = str([(option.code, option.label) for option in REAL.items[item].options])
        assert words in known or words not in str(bad)  # noqa: PT017


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(REAL.items)), anything, st.booleans())
def test_anything_at_all_is_read_or_refused(item: str, raw: object, lenient: bool) -> None:
    """No value a file can hold does anything else; what is read reads again as itself."""
    try:
        answer = read(item, raw, lenient)
    except BadAnswer:
        return
    if answer is not None:
        again = [list(entry) for entry in answer] if REAL.items[item].type == "activities" else answer
        assert read(item, list(again) if isinstance(again, tuple) else again) == answer


def test_canonical_answers_read_as_themselves() -> None:
    """What Backstride stores it can read again, for every item."""
    for case in random_cases(REAL, 60, seed=11):
        for item, answer in case.answers.items():
            raw = [list(e) if isinstance(e, tuple) else e for e in answer] if isinstance(answer, tuple) else answer
            assert read(item, raw) == answer


def test_a_plain_case_is_strict_and_tells_everything_at_once() -> None:
    """Unknown item, bad option and bad number in one message, with a suggestion each."""
    with pytest.raises(CaseError) as caught:
        read_case(REAL, {"rf_fevr": "no", "onset_type": "gradualy", "age_years": 7})
    told = " | ".join(caught.value.problems)
    assert "rf_fevr is not an item of the intake. Did you mean 'rf_fever'?" in told
    assert "onset_type" in told
    assert "'gradual'" in told
    assert "age_years is out of range: it should lie from 10 to 100 years." in told


def test_other_names_of_an_item_are_understood_but_must_agree() -> None:
    """An alias is the same item, whatever its case; two different answers to it are a mistake."""
    assert read_case(REAL, {"EXAM_CVA_tender": True}).answers == {"exam_cva": "yes"}
    assert read_case(REAL, {"exam_cva_tender": True, "exam_cva": "yes"}).answers == {"exam_cva": "yes"}
    with pytest.raises(CaseError, match="same item"):
        read_case(REAL, {"exam_cva_tender": True, "exam_cva": "no"})


def test_notes_of_the_known_families_are_taken_and_not_reasoned_about() -> None:
    """Imaging and laboratory words, details and notes are no mistake in a plain case."""
    case = read_case(REAL, {"imaging_petscan": "hot", "lab_vitamin_d": 31, "shoe_note": "worn", "rf_fever": "no"})
    assert dict(case.answers) == {"rf_fever": "no"}


def test_a_published_case_is_read_with_patience() -> None:
    """What cannot be read is set aside and named, and the rest is used."""
    facts = {
        "rf_fever": False, "favourite_colour": "blue", "aggravating": ["sitting", "moonlight"], "age_years": None,
        "onset_type": "nobody knows", "uveitis_ever": True, "lab_ck": 45000,
        "exam_clonus": False, "exam_babinski": True,
    }  # fmt: skip
    found = read_document(REAL, {"id": "V99", "source": {"year": 2001}, "facts": facts})
    assert (found.name, found.envelope) == ("V99", True)
    assert dict(found.case.answers) == {
        "rf_fever": "no", "aggravating": ("sitting",), "spa_features": ("uveitis",), "lab_ck_value": 45000.0,
        "exam_umn": "yes",
    }  # fmt: skip
    assert set(found.not_used) == {"favourite_colour", "aggravating", "onset_type"}
    assert "moonlight" not in str(found.not_used)


@pytest.mark.parametrize("document", [None, 3, "case", [], [{"age_years": 30}], {"facts": 3}])
def test_what_is_no_case_object_is_refused(document: object) -> None:
    """A case is one object."""
    with pytest.raises(CaseError, match="object"):
        read_document(REAL, document)


def test_hidden_questions_show_no_others(small: Knowledge) -> None:
    """What was answered before a question was hidden does not keep its follow-up on the screen."""
    running = {"runner": "yes", "km_now": 20.0}
    assert {"km_now", "km_before"} <= shown(small, running)
    stopped = shown(small, {**running, "runner": "no"})
    assert not {"km_now", "km_before"} & stopped
    assert {"age_years", "fever"} <= stopped


def test_derived_values_have_a_band_and_wait_for_what_they_need(small: Knowledge) -> None:
    """A limit that says "above" is not reached by the limit itself."""
    assert derive(small, {"km_now": 11.0, "km_before": 10.0})["spike"].band == "usual"
    high = derive(small, {"km_now": 12.0, "km_before": 10.0})["spike"]
    assert (high.value, high.band, high.label, high.says) == (1.2, "high", "High", "More than before.")
    assert derive(small, {"km_now": 12.0})["spike"].value is None
    assert derive(small, {"km_now": 12.0, "km_before": 0.0})["spike"].value is None
