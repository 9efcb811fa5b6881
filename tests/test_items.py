"""The questions of the intake: complete, answerable, spelled one way only, and free of other people's wording."""

from __future__ import annotations

import re

import pytest

from dashboard.clinical.answers import derive, read_answer, shown
from dashboard.clinical.assessment import assess
from dashboard.clinical.knowledge import load
from dashboard.clinical.vocabulary import Answer, Case, Item, Option

KNOWLEDGE = load()
ITEMS = tuple(KNOWLEDGE.items.values())
ASKED = tuple(item for item in ITEMS if KNOWLEDGE.audiences[item.id] != "file")
STAFF = tuple(item for item in ITEMS if KNOWLEDGE.audiences[item.id] == "staff")
CHOOSING = [(item, option) for item in ITEMS if item.type in ("choice", "choices", "sites") for option in item.options]
CAUDA_EQUINA = ("rf_saddle_numbness", "rf_bladder_retention", "rf_bladder_incontinence", "rf_bowel",
                "rf_sexual_dysfunction")  # fmt: skip
NAME = re.compile(r"[a-z_][a-z0-9_]*")
RUNNER: dict[str, Answer] = {"runner": "yes", "age_years": 30, "sex_at_birth": "female", "nprs_leg": 4}


def _spelled(chosen: tuple[Item, Option]) -> str:
    return f"{chosen[0].id}-{chosen[1].code}"


def test_sixty_four_questions_must_be_answered_and_no_examination_is_one_of_them() -> None:
    """What the desk must ask is settled: 64 required items, all of them in the history."""
    required = [item for item in ITEMS if item.required]
    assert len(required) == 64
    assert set(required) <= set(STAFF)


@pytest.mark.parametrize("item", ASKED, ids=lambda item: item.id)
def test_a_question_says_what_it_asks_why_and_how_long_it_takes(item: Item) -> None:
    """Nobody is asked without a reason that can be shown."""
    assert item.wording.strip()
    assert item.why.endswith(".")
    assert 2 <= item.seconds <= 20


@pytest.mark.parametrize(("item", "option"), CHOOSING, ids=map(_spelled, CHOOSING))
def test_every_spelling_of_an_option_is_read_as_that_option(item: Item, option: Option) -> None:
    """Code, label and other spellings mean the same answer and no other, in any case and with any hyphen."""
    for spelling in (option.code, option.label, *option.accepts):
        for written in (spelling, spelling.upper(), spelling.replace("-", " ").strip() or spelling):
            answer = read_answer(item, written)
            assert answer in (option.code, (option.code,)) or (option.unknown and answer is None), written


@pytest.mark.parametrize("item", [i for i in ITEMS if i.minimum is not None], ids=lambda item: item.id)
def test_a_number_has_room_between_its_limits(item: Item) -> None:
    """Both limits are given and in order."""
    assert item.minimum is not None
    assert item.maximum is not None
    assert item.minimum < item.maximum


def test_bladder_bowel_and_sexual_questions_may_be_answered_alone() -> None:
    """They are marked sensitive, and the help says why they are asked."""
    for item in CAUDA_EQUINA:
        assert KNOWLEDGE.items[item].sensitive
        assert "alone" in KNOWLEDGE.items[item].help


def test_every_red_flag_question_is_required_of_everyone() -> None:
    """No red-flag question of the desk hides behind another answer, except the two about pregnancy."""
    hidden = [item.id for item in KNOWLEDGE.items_of("red_flags") if item.show_if or not item.required]
    assert hidden == ["pregnancy_status", "pelvic_bleeding_or_dizzy"]


def test_consent_is_the_very_first_question() -> None:
    """Nothing is asked before somebody agreed that answers are kept."""
    assert STAFF[0].id == "consent_record"


@pytest.mark.parametrize("sex", ["female", "male", "intersex"])
@pytest.mark.parametrize("age", [11, 34, 67, 88])
def test_every_emergency_question_is_asked_on_the_first_three_screens(age: int, sex: str) -> None:
    """Whatever the engine says must not stay unknown is in the first three sections, but age and sex of the record."""
    first = {item.id for section in KNOWLEDGE.sections[:3] for item in KNOWLEDGE.items_of(section.id)}
    document = assess(Case({"age_years": age, "sex_at_birth": sex}), KNOWLEDGE).document()
    assert set(document["unknown_emergency_items"]) <= first


@pytest.mark.parametrize("age", [34, 67])
def test_the_emergency_questions_of_a_runner_with_leg_pain_take_less_than_three_minutes(age: int) -> None:
    """The seconds of consent and every required question until the last of the three screens."""
    said = RUNNER | {"age_years": age, "pain_below_knee": "yes", "pain_duration_days": 28.0, "weakness_self": "left"}
    asked = shown(KNOWLEDGE, said)
    first = [item for section in KNOWLEDGE.sections[:3] for item in KNOWLEDGE.items_of(section.id)]
    assert sum(item.seconds for item in first if item.id in asked and item.required) <= 180


@pytest.mark.parametrize("item", [item for item in STAFF if item.show_if], ids=lambda item: item.id)
def test_a_question_waits_only_for_answers_asked_before_it(item: Item) -> None:
    """No answer brings a question on a screen that was left already, once age and sex are known from the record."""
    place = {each.id: number for number, each in enumerate(STAFF)}
    waits = set(NAME.findall(item.show_if or "")) & set(place) - {"age_years", "sex_at_birth"}
    assert all(place[other] < place[item.id] for other in waits)


def test_what_is_carried_from_visit_to_visit_is_a_lasting_fact() -> None:
    """No red flag, no consent, no pain and no outcome is ever taken over from the last intake."""
    first = {section.id for section in KNOWLEDGE.sections[:3]} | {"goals", "treatment", "energy"}
    carried = [item for item in ITEMS if item.carried]
    assert carried
    assert all(KNOWLEDGE.audiences[item.id] == "staff" and item.section not in first for item in carried)
    assert not {"consent_registry", "age_years", "weight_kg"} & {item.id for item in carried}
    assert not set(KNOWLEDGE.instruments) & {item.id for item in carried}


def test_questionnaires_that_need_a_licence_are_numbers_only() -> None:
    """Mood and disability scores are entered from the clinic's own sheets; none of their sentences is here."""
    for item in ("phq2_1", "phq2_2", "rmdq_total", "odi_percent"):
        assert KNOWLEDGE.items[item].type in ("integer", "decimal")
        assert not KNOWLEDGE.items[item].options


def test_a_man_is_not_asked_about_periods_or_pregnancy() -> None:
    """Questions follow the answers given."""
    asked = shown(KNOWLEDGE, RUNNER | {"sex_at_birth": "male"})
    assert not {"menstrual_status", "pregnancy_status"} & asked
    assert {"menstrual_status", "pregnancy_status"} <= shown(KNOWLEDGE, RUNNER)


def test_who_does_not_run_is_not_asked_about_shoes() -> None:
    """Nor about distances."""
    assert not {"shoe_model", "weekly_distance_km", "bsi_history"} & shown(KNOWLEDGE, RUNNER | {"runner": "no"})


def test_an_unknown_answer_shows_no_question_that_depends_on_it() -> None:
    """Whether the leg hurts is not known yet: the leg questions wait."""
    assert not {"leg_worse_than_back", "pain_below_knee", "running_pain_pattern"} & shown(KNOWLEDGE, {})


@pytest.mark.parametrize(
    ("last", "before", "band"),
    [(10, 10, "usual"), (11, 10, "usual"), (11.1, 10, "small"), (13, 10, "small"), (13.1, 10, "moderate"),
     (20, 10, "moderate"), (20.1, 10, "large")],
)  # fmt: skip
def test_the_longest_run_is_banded_as_in_the_study(last: float, before: float, band: str) -> None:
    """Up to 10%, 30% and 100% longer are inside their bands; the study and its limits are named."""
    spike = derive(KNOWLEDGE, {"longest_run_last7_km": last, "longest_run_prev30_km": before})["session_spike"]
    assert spike.band == band
    assert "any site" in spike.says


def test_nothing_to_compare_with_gives_no_ratio() -> None:
    """No earlier run: the ratio is unknown, not endless."""
    assert derive(KNOWLEDGE, {"longest_run_last7_km": 5, "longest_run_prev30_km": 0})["session_spike"].value is None


@pytest.mark.parametrize(("days", "stage"), [(0, "acute"), (41, "acute"), (42, "subacute"), (84, "subacute"),
                                             (85, "chronic")])  # fmt: skip
def test_an_episode_is_acute_subacute_or_chronic(days: float, stage: str) -> None:
    """Under 6 weeks, 6 to 12, and over 12."""
    assert derive(KNOWLEDGE, {"pain_duration_days": days})["duration_class"].band == stage


def test_a_mood_total_needs_both_questions() -> None:
    """One of two is not a total; three together is positive."""
    assert derive(KNOWLEDGE, {"phq2_1": 3})["phq2"].value is None
    assert derive(KNOWLEDGE, {"phq2_1": 2, "phq2_2": 1})["phq2"].band == "positive"


def test_the_body_mass_index_is_weight_over_height_squared() -> None:
    """70 kg at 175 cm is 22.9."""
    assert derive(KNOWLEDGE, {"weight_kg": 70, "height_cm": 175})["bmi"].value == pytest.approx(22.857, abs=0.05)
