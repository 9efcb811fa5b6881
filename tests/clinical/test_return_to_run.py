"""Taking up running again: never a run beyond the cap, never a plan against a red flag, one order of load."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.return_to_run import from_answers, plan
from dashboard.clinical.run_plan import PHASES, NoPlan, Plan, Session, Wishes
from dashboard.clinical.vocabulary import Case, Urgency

KNOWN = load()
MONDAY = date(2026, 11, 30)
STRAIN = "nonspecific_lbp_strain"
SACRAL = "sacral_bone_stress_injury"
RUNNER: dict[str, Any] = {
    "runner": "yes",
    "run_status": "reduced",
    "nprs_back_now": 4,
    "nprs_leg": 0,
    "weekly_distance_km": 30.0,
    "sessions_per_week": 4,
    "hard_sessions_per_week": 1,
    "longest_run_last7_km": 14.0,
    "longest_run_prev30_km": 12.0,
    "pace_min_per_km": 6.0,
    "exam_hop": "negative",
    "exam_sacral_tender": "no",
    "exam_slr": "negative",
    "exam_midline_tender": "no",
}
GROWTH = 1.10
WITHIN = sorted(c.condition for c in KNOWN.load.clearances.values() if c.running == "within-pain-rule")
STRESS = sorted(c.condition for c in KNOWN.load.clearances.values() if c.running == "run-walk")
SPECIALIST = sorted(c.condition for c in KNOWN.load.clearances.values() if c.running == "specialist-only")


def cleared_for(condition: str, **changes: Any) -> Wishes:
    """Wishes under which the condition's own entry is fulfilled."""
    clearance = KNOWN.load.clearances[condition]
    wishes = Wishes(MONDAY, condition, recent_longest_km=9.0, cleared=frozenset(p.id for p in clearance.point))
    if clearance.wait:
        wishes = wishes.with_(wait=clearance.wait[-1].id, off_since=MONDAY - timedelta(weeks=20))
    return wishes.with_(**changes)


def planned(condition: str = STRAIN, answers: Mapping[str, Any] | None = None, **changes: Any) -> Plan | NoPlan:
    """What comes of the invented runner's answers, changed."""
    told = {key: value for key, value in {**RUNNER, **(answers or {})}.items() if value is not None}
    return plan(KNOWN, Case(told), from_answers(KNOWN, Case(told), cleared_for(condition)).with_(**changes))


def a_plan(condition: str = STRAIN, answers: Mapping[str, Any] | None = None, **changes: Any) -> Plan:
    """A plan, which there must be."""
    made = planned(condition, answers, **changes)
    assert isinstance(made, Plan), made
    return made


def no_plan(condition: str = STRAIN, answers: Mapping[str, Any] | None = None, **changes: Any) -> NoPlan:
    """A refusal, which there must be."""
    made = planned(condition, answers, **changes)
    assert isinstance(made, NoPlan)
    return made


def sessions(made: Plan) -> list[Session]:
    """Every session of a plan in order."""
    return [session for week in made.weeks for session in week.sessions]


loads = st.fixed_dictionaries(
    {
        "weekly_distance_km": st.floats(3, 200),
        "sessions_per_week": st.integers(1, 14),
        "hard_sessions_per_week": st.integers(0, 7),
        "longest_run_last7_km": st.floats(0.3, 80),
        "longest_run_prev30_km": st.floats(0.3, 80),
        "pace_min_per_km": st.one_of(st.none(), st.floats(3, 12)),
        "nprs_back_now": st.integers(0, 10),
        "nprs_leg": st.integers(0, 2),
        "run_status": st.sampled_from(["full", "reduced", "stopped"]),
    }
)
wished = st.fixed_dictionaries(
    {
        "recent_longest_km": st.floats(0.3, 80),
        "cut": st.one_of(st.none(), st.floats(0, 1)),
        "pause_days": st.one_of(st.none(), st.integers(0, 30)),
        "irritability": st.sampled_from([None, "low", "moderate", "high"]),
    }
)


@given(condition=st.sampled_from(WITHIN + STRESS), answers=loads, wishes=wished)
def test_no_run_is_longer_than_110_percent_of_the_longest_of_the_30_days_before(condition, answers, wishes):
    """The rule of the largest cohort of runners, for every run of every plan, the month before it included."""
    made = a_plan(condition, answers, **wishes)
    runs = [(each.day, each.km) for each in sessions(made) if each.km]
    if made.route == "run":
        runs.insert(0, (made.start - timedelta(days=1), wishes["recent_longest_km"]))
    staged = sum(each.kind == "run-walk" for each in sessions(made)) if made.route == "run-walk" else 0
    for place in range(1, len(runs)):
        day, km = runs[place]
        before = [longer for earlier, longer in runs[:place] if timedelta() <= day - earlier <= timedelta(days=30)]
        if place > staged:  # run-walk sessions all last 30 minutes: what grows is the share that is run
            assert km <= GROWTH * max(before) + 1e-9


@given(condition=st.sampled_from(WITHIN + STRESS), answers=loads, wishes=wished)
def test_no_session_of_the_stages_lasts_longer_than_the_walk_it_began_with(condition, answers, wishes):
    """Run-walk grows by running more of the same half hour."""
    made = a_plan(condition, answers, **wishes)
    staged = [s for week in made.weeks if week.phase == "stages" for s in week.sessions]
    assert all(each.minutes == staged[0].minutes == 30 for each in staged)
    shares = [each.running for each in staged]
    assert shares == sorted(shares)


@given(condition=st.sampled_from(WITHIN + STRESS), answers=loads, wishes=wished)
def test_load_comes_back_in_one_order_stages_then_length_then_number_then_hills(condition, answers, wishes):
    """Phases never go back, and nothing grows before its turn."""
    made = a_plan(condition, answers, **wishes)
    phases = [PHASES.index(week.phase) for week in made.weeks]
    assert phases == sorted(phases)
    assert [week.number for week in made.weeks] == list(range(1, len(made.weeks) + 1))
    for before, after in zip(made.weeks, made.weeks[1:], strict=False):
        assert after.first_day - before.first_day == timedelta(days=7)
        if "stages" not in (before.phase, after.phase):
            assert len(after.sessions) >= len(before.sessions)
            assert (len(after.sessions) > len(before.sessions)) <= (after.phase == "frequency")
            hard = [sum(s.kind == "hard" for s in week.sessions) for week in (before, after)]
            assert (hard[1] > hard[0]) <= (after.phase == "hills-and-speed")


@given(condition=st.sampled_from(WITHIN + STRESS), answers=loads, wishes=wished)
def test_a_plan_never_goes_beyond_the_usual_running(condition, answers, wishes):
    """It brings somebody back to their own running, not further."""
    made = a_plan(condition, answers, **wishes)
    usual = max(answers["longest_run_last7_km"], answers["longest_run_prev30_km"])
    staged = [s for week in made.weeks if week.phase == "stages" for s in week.sessions]
    grown = [s for s in sessions(made) if s not in staged]
    assert all(each.km <= usual + 1e-9 for each in grown)
    if made.complete:
        assert made.weeks[-1].longest_km == pytest.approx(usual)
        assert len(made.weeks[-1].sessions) <= answers["sessions_per_week"]
    else:
        assert made.missing == ("pace_min_per_km",) or len(made.weeks) >= 78


@pytest.mark.parametrize("urgency", [Urgency.EMERGENCY, Urgency.SAME_DAY, Urgency.URGENT])
@given(condition=st.sampled_from(sorted(KNOWN.load.clearances)), answers=loads)
def test_no_plan_is_made_while_a_red_flag_is_open(urgency, condition, answers):
    """Whatever the condition and however well the runner is."""
    refused = no_plan(condition, answers, urgency=urgency)
    assert "red flag" in refused.forbids[0].says


@pytest.mark.parametrize(
    ("sign", "word"),
    [
        ({"exam_hop": "positive"}, "Bone stress"),
        ({"imaging_findings": ("bone_stress",)}, "Bone stress"),
        ({"exam_sacral_tender": "left"}, "Bone stress"),
        ({"focal_bone_pain": "sacrum"}, "Bone stress"),
        ({"pain_sites": ("groin:left",)}, "Groin"),
        ({"weakness_self": "left"}, "weak leg"),
        ({"runner": "no"}, "does not run"),
        ({"pregnancy_status": "pregnant"}, "Pregnant"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_sign_that_forbids_running_is_said_and_sourced(sign, word):
    """Each alone is enough, with its source."""
    refused = no_plan(answers=sign)
    assert any(word in reason.says and reason.cite for reason in refused.forbids)


@pytest.mark.parametrize("condition", ["spondylolysis_pars_stress", "vertebral_fracture"])
@pytest.mark.parametrize("sign", [{"exam_hop": "positive"}, {"exam_sacral_tender": "both"}], ids=str)
def test_a_sign_that_hurts_today_forbids_running_after_any_bone_stress(condition, sign):
    """A picture on file is of the injury that healed; a painful hop is of today, whatever was ticked."""
    assert isinstance(planned(condition, {"imaging_findings": ("bone_stress",)}), Plan)
    assert "Bone stress" in no_plan(condition, sign).forbids[0].says


@pytest.mark.parametrize("wait", ["pars", "no such grade", None])
def test_the_time_off_of_another_injury_counts_for_none(wait):
    """Only this condition's own grades tell how long the bone needs."""
    for weeks_off in (1, 20):
        off_since = MONDAY - timedelta(weeks=weeks_off)
        assert "wait" in no_plan(SACRAL, wait=wait, off_since=off_since).missing


@pytest.mark.parametrize("condition", SPECIALIST)
def test_a_condition_that_belongs_to_a_specialist_gets_no_plan(condition):
    """It says who decides instead."""
    assert no_plan(condition).forbids[0].cite


def test_stenosis_is_offered_other_exercise_instead_of_a_run_plan():
    """Flat running is replaced, not graded."""
    assert "cycling" in no_plan("lumbar_spinal_stenosis").forbids[0].says


def test_before_a_decision_there_is_no_plan():
    """The plan follows the diagnosis a clinician signs."""
    refused = plan(KNOWN, Case(RUNNER), Wishes(MONDAY))
    assert isinstance(refused, NoPlan)
    assert "decided" in refused.forbids[0].says


@pytest.mark.parametrize("point", [p.id for p in KNOWN.load.clearances[SACRAL].point if p.when is None])
def test_every_point_of_the_clearance_of_a_sacral_injury_must_be_confirmed(point):
    """Leaving out a single one leaves the plan closed and names it."""
    every = {p.id for p in KNOWN.load.clearances[SACRAL].point}
    refused = no_plan(SACRAL, cleared=frozenset(every - {point}))
    assert [open_.id for open_ in refused.unconfirmed] == [point]


def test_a_tick_does_not_overrule_what_was_examined():
    """A sore sacrum stays a sore sacrum whatever is ticked."""
    refused = no_plan(SACRAL, {"exam_sacral_tender": "left"})
    assert [open_.id for open_ in refused.unconfirmed] == ["tender"]


def test_a_point_the_answers_confirm_needs_no_tick():
    """Examined and negative counts."""
    ticked = frozenset({"daily_life", "strength", "energy"})
    assert a_plan(SACRAL, cleared=ticked).route == "run-walk"


@given(weeks_off=st.integers(0, 30), wait=st.sampled_from(KNOWN.load.clearances[SACRAL].wait))
def test_a_bone_gets_its_time_and_a_start_before_the_longer_one_is_said(weeks_off, wait):
    """Too early is refused; inside the range it is a note; after it, nothing is said of it."""
    made = planned(SACRAL, wait=wait.id, off_since=MONDAY - timedelta(weeks=weeks_off))
    assert isinstance(made, NoPlan) == (weeks_off < wait.weeks_from)
    if isinstance(made, Plan):
        said = any("weeks off" in note.says for note in made.notes)
        assert said == (weeks_off < wait.weeks_to)


@pytest.mark.parametrize(
    "left_out", ["nprs_back_now", "nprs_leg", "run_status", "weekly_distance_km", "sessions_per_week"]
)
def test_what_is_not_known_is_named_and_nothing_is_invented(left_out):
    """An answer left out is asked for by its own name."""
    assert left_out in no_plan(answers={"nprs_back_now": 2, left_out: None}).missing


def test_the_longest_run_must_be_known_from_the_usual_weeks_and_from_the_last_month():
    """Without either there is nothing to measure against."""
    nothing = {"longest_run_last7_km": None, "longest_run_prev30_km": None}
    assert "longest_run_prev30_km" in no_plan(answers=nothing).missing
    assert "recent_longest_km" in no_plan(recent_longest_km=None).missing


def test_run_walk_needs_no_recent_longest_run():
    """It begins with a walk."""
    assert a_plan(answers={"run_status": "stopped"}, recent_longest_km=None).weeks[0].phase == "stages"


def test_without_a_pace_the_stages_stand_and_the_rest_is_asked_for():
    """How far half an hour is depends on the pace, and nobody guesses it."""
    made = a_plan(answers={"run_status": "stopped", "pace_min_per_km": None})
    assert (made.complete, made.missing) == (False, ("pace_min_per_km",))
    assert {week.phase for week in made.weeks} == {"stages"}


def test_high_irritability_cross_trains_first_and_then_run_walks():
    """The longer end of the range unless the clinician shortens it, never shorter than its beginning."""
    made = a_plan(answers={"nprs_back_now": 8})
    assert (made.route, made.pause_until) == ("run-walk", MONDAY + timedelta(days=10))
    assert made.weeks[0].first_day == made.pause_until
    assert a_plan(answers={"nprs_back_now": 8}, pause_days=1).pause_until == MONDAY + timedelta(days=3)


@pytest.mark.parametrize(("pain", "cut"), [(2, 0.2), (4, 0.5)])
def test_the_careful_end_of_the_reduction_is_taken_unless_a_clinician_says_less(pain, cut):
    """And no wish leaves the range of the irritability."""
    assert a_plan(answers={"nprs_back_now": pain}).cut == cut
    least = a_plan(answers={"nprs_back_now": pain}, cut=0.0).cut
    assert least == (0.0 if pain == 2 else 0.3)


def test_hills_and_speed_stay_in_at_low_irritability_and_come_back_last_at_moderate():
    """Moderate irritability leaves them out at first."""
    calm, stirred = a_plan(answers={"nprs_back_now": 1}), a_plan(answers={"nprs_back_now": 4})
    assert any(session.kind == "hard" for session in calm.weeks[0].sessions)
    hard = [week.phase for week in stirred.weeks if any(s.kind == "hard" for s in week.sessions)]
    assert set(hard) == {"hills-and-speed"}


def test_answers_that_do_not_fit_together_are_said():
    """Four runs of at most five kilometres never make sixty."""
    made = a_plan(answers={"weekly_distance_km": 60.0, "longest_run_last7_km": 5.0, "longest_run_prev30_km": 5.0})
    assert any("check the answers" in note.says for note in made.notes)


def test_a_race_before_the_end_of_the_plan_is_said_with_how_far_the_runner_will_be():
    """The longest run by then stands beside the race."""
    made = a_plan(answers={"run_status": "stopped", "goal_race": "half"}, race_day=MONDAY + timedelta(weeks=6))
    assert made.race is not None
    assert not made.race.in_time
    assert made.race.longest_km is not None
    assert made.race.longest_km < made.race.distance_km


def test_the_plan_of_a_knowledge_without_load_rules_is_no_plan(small: Knowledge):
    """An older version of the knowledge says nothing of it, and nothing is made up."""
    refused = plan(small, Case({}), Wishes(MONDAY, "strain"))
    assert isinstance(refused, NoPlan)
    assert "no rules" in refused.forbids[0].says


def test_what_a_clinician_takes_back_is_not_filled_in_again():
    """A pace that is doubted is unknown, whatever was answered."""
    made = a_plan(answers={"run_status": "stopped"}, pace_min_per_km=None)
    assert made.missing == ("pace_min_per_km",)


def test_nothing_is_filled_in_that_nobody_said():
    """An empty history leaves every wish as it was."""
    assert from_answers(KNOWN, Case({}), Wishes(MONDAY)) == Wishes(MONDAY)


def test_every_condition_of_the_differential_has_a_rule_for_running():
    """No diagnosis is left without an answer to the runner's first question."""
    conditions = {each.id for each in KNOWN.conditions.values() if each.kind == "condition"}
    assert set(KNOWN.load.clearances) == conditions


@pytest.mark.parametrize(
    ("pain_days", "asked_days_ago", "recent"),
    [(3, 0, 14.0), (23, 0, 14.0), (24, 0, None), (3, 20, 14.0), (3, 21, None)],
)
def test_the_longest_run_before_the_pain_counts_while_its_week_lies_in_the_last_30_days(
    pain_days: int, asked_days_ago: int, recent: float | None
):
    """Pain begun days ago, a history taken days ago: both age the answer."""
    case = Case({**RUNNER, "pain_duration_days": pain_days})
    wishes = Wishes(MONDAY, asked_on=MONDAY - timedelta(days=asked_days_ago))
    assert from_answers(KNOWN, case, wishes).recent_longest_km == recent
