"""Deciding one suggestion at a time: each its line, each departure its reason, nothing signed that was not read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard import casework
from dashboard.casework import Line
from dashboard.casework.suggestions import ALARM_STEP, suggestions
from dashboard.casework.views import DecisionView, EpisodeFile, LineView
from dashboard.clinical.pathway import BIOLOGIC_STEP
from dashboard.in_force import knowledge
from db import queries
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import EMERGENCY, SAME_DAY, URGENT
from tests.casework.test_governance import approved, proposed
from tests.governing import CENTRALISES
from tests.judging import open_all, read_and_sign
from tests.sessions import reading

WHY = "recipient-disagrees-evidence"
ELSEWHERE = "supervised_care"


def reread(cast: Cast, file: EpisodeFile) -> EpisodeFile:
    """The same episode as it is now."""
    return casework.read_episode(cast.amina, file.episode.id)


def line(file: EpisodeFile, kind: str, verdict: str, **told: Any) -> Line:
    """A line on the file's suggestion of a kind."""
    subject = next(each.subject for each in suggestions(file.document) if each.kind == kind)
    return Line(kind, subject, verdict, **told)


def signed(cast: Cast, file: EpisodeFile, *lines: Line, **told: Any) -> DecisionView:
    """What Amina signed with these lines, everything else accepted."""
    read_and_sign(cast.amina, file, lines=lines, **told)
    return reread(cast, file).decisions[-1]


def of(decision: DecisionView, kind: str) -> LineView:
    """A decision's line of a kind."""
    return next(each for each in decision.lines if each.kind == kind)


def test_an_assessment_suggests_an_urgency_for_each_flag_a_condition_and_a_step(cast: Cast) -> None:
    """Most urgent first; notes that ask for nothing are no suggestions."""
    document = cast.episode(**EMERGENCY).document
    made = suggestions(document)
    fired = [flag["id"] for flag in document["red_flags"] if flag["urgency"] != "routine"]
    assert [each.subject for each in made if each.kind == "red_flag"] == fired
    assert [each.kind for each in made if each.kind != "red_flag"] == ["condition", "step"]
    quiet = {**document, "red_flags": [{**document["red_flags"][0], "urgency": "routine"}]}
    assert [each.kind for each in suggestions(quiet)] == ["condition", "step"]


def test_a_discussion_is_a_suggestion_when_its_gates_are_open(cast: Cast) -> None:
    """And none while they are shut."""
    document = cast.episode().document
    assert not any(each.kind == "orthobiologic" for each in suggestions(document))
    gates = {**document["referral_gates"], "prp_discussion": {"open": True, "why": "Every gate is met."}}
    opened = suggestions({**document, "referral_gates": gates})
    assert [each.subject for each in opened if each.kind == "orthobiologic"] == ["prp_discussion"]


def test_accepting_leaves_a_line_for_every_suggestion(cast: Cast) -> None:
    """Each accepted, without a reason, under the knowledge that made it."""
    file = cast.episode(**URGENT)
    decision = signed(cast, file)
    assert [(each.kind, each.subject) for each in decision.lines] == [each.key for each in suggestions(file.document)]
    assert {(each.verdict, each.reason_code, each.changed_to) for each in decision.lines} == {("accepted", None, None)}
    with reading() as session:
        rows = queries.lines(session, file.episode.id)
    assert {row.knowledge_version for row in rows} == {knowledge().version}
    assert {row.intake_id for row in rows} == {reread(cast, file).assessments[0].intake_id}


def test_one_is_changed_one_rejected_and_the_rest_accepted(cast: Cast) -> None:
    """The episode carries what each line leaves it; the whole is told as changed."""
    file = cast.episode()
    step = line(file, "step", "changed", changed_to="imaging_specialist", reason_code=WHY, comment="second look")
    decision = signed(cast, file, line(file, "condition", "rejected", reason_code="cds-not-applicable"), step)
    after = reread(cast, file).episode
    assert (after.leading_condition, after.step, after.state) == (None, "imaging_specialist", "in-care")
    assert (decision.verdict, decision.step, decision.condition) == ("changed", "imaging_specialist", None)
    assert (of(decision, "step").comment, of(decision, "step").reason) == ("second look", casework.REASONS[WHY])
    assert of(decision, "condition").verdict == "rejected"


def test_a_rejected_step_is_a_rejected_plan(cast: Cast) -> None:
    """The whole is read as what became of the plan; the condition stays accepted."""
    file = cast.episode()
    decision = signed(cast, file, line(file, "step", "rejected", reason_code=WHY))
    after = reread(cast, file).episode
    assert decision.verdict == "rejected"
    assert (after.step, after.leading_condition) == (None, file.episode.leading_condition)
    assert after.review_due_on is not None


def test_changing_to_what_was_suggested_is_accepting(cast: Cast) -> None:
    """No override is counted that was none."""
    file = cast.episode()
    decision = signed(cast, file, line(file, "step", "changed", changed_to=file.episode.step, reason_code=WHY))
    assert (decision.verdict, of(decision, "step").verdict) == ("accepted", "accepted")


def test_an_urgent_flag_is_rejected_and_the_step_follows(cast: Cast) -> None:
    """Lowered to routine the episode leaves the step that acts on a flag for the one that holds without."""
    file = cast.episode(**URGENT)
    assert file.episode.step == ALARM_STEP
    decision = signed(cast, file, line(file, "red_flag", "rejected", reason_code=WHY))
    after = reread(cast, file).episode
    assert after.urgency == decision.urgency == "routine"
    assert after.step == of(decision, "step").changed_to == casework.step_without_flags(file.document) != ALARM_STEP
    assert of(decision, "step").reason_code == WHY


def test_without_its_flags_the_same_history_stands_on_that_step(cast: Cast) -> None:
    """The step that holds without the flags is the step of the same runner without them."""
    for changes in ({}, {"nprs_worst": 9, "nprs_back_now": 8}, {"no_improvement_weeks": 5, "pain_duration_days": 40}):
        with_flag = cast.episode(**{**changes, **URGENT}).document
        without = cast.episode(**{**changes, **URGENT, "weakness_self": "no"}).document
        assert without["urgency"] == "routine"
        assert casework.step_without_flags(with_flag) == without["pathway"]["step"]


def test_a_flag_changed_to_less_lowers_only_what_no_other_flag_asks_for(cast: Cast) -> None:
    """Of two flags the other still stands: the urgency stays, and so does the step."""
    file = cast.episode(**EMERGENCY, **URGENT)
    lowest = next(each for each in suggestions(file.document) if each.urgency == "urgent")
    decision = signed(cast, file, Line("red_flag", lowest.subject, "rejected", reason_code=WHY))
    assert decision.urgency is None
    assert reread(cast, file).episode.urgency == "emergency"
    assert reread(cast, file).episode.step == ALARM_STEP


def test_a_jump_to_the_discussion_past_its_gates_is_an_exception_with_words(cast: Cast) -> None:
    """Recorded with its reason and words; it opens no referral, and a red flag forbids it."""
    file = cast.episode()
    jump = line(file, "step", "changed", changed_to=BIOLOGIC_STEP, reason_code="does-not-align-preferences")
    with pytest.raises(casework.NotReady) as refusal:
        signed(cast, file, replace(jump, comment="she insists"))
    assert refusal.value.missing == ("comment",)
    decision = signed(cast, file, replace(jump, comment="asks for the evidence to be explained"))
    assert of(decision, "step").changed_to == reread(cast, file).episode.step == BIOLOGIC_STEP
    with pytest.raises(casework.GateClosed):
        casework.refer(cast.amina, file.episode.id, reread(cast, file).version, "prp_discussion", "asks for it")
    flagged = cast.episode(**URGENT)
    jump = replace(jump, subject=ALARM_STEP, comment="asks for the evidence to be explained")
    with pytest.raises(casework.BadAnswer) as refused_at:
        signed(cast, flagged, jump)
    assert refused_at.value.item == "step"


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"verdict": "rejected"}, ("reason_code",)),
        ({"verdict": "changed", "changed_to": ELSEWHERE}, ("reason_code",)),
        ({"verdict": "changed", "reason_code": WHY}, ("changed_to",)),
        ({"verdict": "rejected", "reason_code": "other"}, ("comment",)),
    ],
)
def test_a_departure_from_one_suggestion_needs_its_reason(
    cast: Cast, told: dict[str, str], missing: tuple[str, ...]
) -> None:
    """Also what it is changed to, and words for another reason than the six; nothing is signed without."""
    file = cast.episode()
    with pytest.raises(casework.NotReady) as refusal:
        signed(cast, file, line(file, "step", **told))
    assert refusal.value.missing == missing
    assert reread(cast, file) == file


def test_the_reason_for_the_whole_serves_every_line_without_its_own(cast: Cast) -> None:
    """Said once, it need not be said again; a line's own reason is not overwritten."""
    file = cast.episode()
    lines = line(file, "step", "rejected"), line(file, "condition", "rejected", reason_code="other", comment="a hernia")
    decision = signed(cast, file, *lines, reason_code=WHY, comment="nothing fits")
    assert (of(decision, "step").reason_code, of(decision, "step").comment) == (WHY, "nothing fits")
    assert (of(decision, "condition").reason_code, of(decision, "condition").comment) == ("other", "a hernia")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([Line("step", "spa", "rejected", reason_code=WHY)], "lines"),
        ([Line("red_flag", "RF01", "rejected", reason_code=WHY)], "lines"),
        ([Line("mood", "low")], "lines"),
    ],
)
def test_a_suggestion_that_was_not_made_cannot_be_decided(cast: Cast, lines: list[Line], wrong: str) -> None:
    """A forged line names nothing."""
    file = cast.episode()
    with pytest.raises(casework.BadAnswer) as refusal:
        signed(cast, file, *lines)
    assert refusal.value.item == wrong
    assert reread(cast, file) == file


@pytest.mark.parametrize(
    ("kind", "told", "wrong"),
    [
        ("step", {"verdict": "maybe"}, "lines"),
        ("step", {"verdict": "rejected", "reason_code": "because"}, "reason_code"),
        ("step", {"verdict": "changed", "changed_to": "spa", "reason_code": WHY}, "step"),
        ("condition", {"verdict": "changed", "changed_to": "sciatica_radicular_pain", "reason_code": WHY}, "condition"),
        ("condition", {"verdict": "changed", "changed_to": "flu", "reason_code": WHY}, "condition"),
        ("red_flag", {"verdict": "changed", "changed_to": "soon", "reason_code": WHY}, "red_flag"),
    ],
)
def test_a_line_can_only_say_what_the_knowledge_has(cast: Cast, kind: str, told: dict[str, str], wrong: str) -> None:
    """No invented verdict, reason, step, condition (a syndrome is none) or urgency."""
    file = cast.episode(**URGENT)
    with pytest.raises(casework.BadAnswer) as refusal:
        signed(cast, file, line(file, kind, **told))
    assert refusal.value.item == wrong


def test_one_suggestion_is_decided_once_in_one_signature(cast: Cast) -> None:
    """Two lines for the same one contradict each other."""
    file = cast.episode()
    twice = line(file, "step", "accepted"), line(file, "step", "rejected", reason_code=WHY)
    with pytest.raises(casework.BadAnswer):
        signed(cast, file, *twice)


def test_nothing_is_signed_before_its_basis_was_opened(cast: Cast) -> None:
    """NotReady names what is unread; each suggestion by itself, each person by themselves, each assessment anew."""
    file = cast.episode(**URGENT)
    first, *others = suggestions(file.document)
    ask = (file.episode.id, file.version, file.assessment_id, "accepted")
    with pytest.raises(casework.NotReady) as refusal:
        casework.sign_review(cast.amina, *ask)
    assert refusal.value.missing == ("basis",)
    casework.open_basis(cast.amina, file.assessment_id, [each.key for each in others])
    with pytest.raises(casework.NotReady, match=first.title):
        casework.sign_review(cast.amina, *ask)
    open_all(cast.bruno, file)
    with pytest.raises(casework.NotReady):
        casework.sign_review(cast.amina, *ask)
    assert reread(cast, file) == file
    casework.open_basis(cast.amina, file.assessment_id, [first.key])
    casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_step": "no"})
    now = reread(cast, file)
    with pytest.raises(casework.NotReady):
        casework.sign_review(cast.amina, now.episode.id, now.version, now.assessment_id, "accepted")


def test_what_was_opened_is_kept_once_with_who_and_when(cast: Cast, trail: Trail) -> None:
    """Opened twice, noted once; the audit trail names assessment and suggestion."""
    file = cast.episode()
    open_all(cast.amina, file)
    open_all(cast.amina, file)
    keys = {each.key for each in suggestions(file.document)}
    assert casework.opened_basis(cast.amina, file.assessment_id) == keys
    assert casework.opened_basis(cast.bruno, file.assessment_id) == frozenset()
    events = trail("basis:open")
    assert {(event.person_name, coded(event)[1]["assessment_id"]) for event in events} == {
        ("Amina", file.assessment_id)
    }
    assert {(coded(event)[1]["kind"], coded(event)[1]["subject"]) for event in events} == keys
    assert len(events) == len(keys)


def test_only_what_is_suggested_can_be_opened_and_only_by_who_may_sign(cast: Cast) -> None:
    """Not what another assessment suggests; not by the desk, the manager, or at another site."""
    file = cast.episode()
    with pytest.raises(casework.BadAnswer):
        casework.open_basis(cast.amina, file.assessment_id, [("red_flag", "RF01")])
    keys = [each.key for each in suggestions(file.document)]
    refused(cast, lambda a: casework.open_basis(a, file.assessment_id, keys), "noor", "chidi", "dana", "mallory")
    with pytest.raises(casework.NotFound):
        casework.open_basis(cast.amina, 999_999, keys)


def test_each_line_leaves_its_audit_event_without_words(cast: Cast, trail: Trail) -> None:
    """Which suggestion, which verdict, which reason; the comment stays in the line."""
    file = cast.episode()
    signed(cast, file, line(file, "step", "rejected", reason_code=WHY, comment="she is a swimmer"))
    told = {(coded(event)[1]["kind"], coded(event)[1]["verdict"]) for event in trail("review:line")}
    assert told == {("condition", "accepted"), ("step", "rejected")}
    assert "swimmer" not in f"{[(event.before, event.after, event.reason) for event in trail()]}"


def test_nothing_is_ever_applied_by_itself(cast: Cast) -> None:
    """Submitting, examining, opening and reading decide, refer and lower nothing, whatever the assessment says."""
    patient = cast.runner()
    file = cast.in_care(patient, **SAME_DAY)
    before = reread(cast, file)
    casework.add_examination(cast.amina, file.episode.id, file.version, {"bilateral_leg": "no"})
    open_all(cast.amina, reread(cast, file))
    cast.submitted(patient)
    after = reread(cast, file)
    assert after.document["urgency"] == "routine"
    assert after.episode.urgency == before.episode.urgency == "same-day"
    assert after.episode.state == "awaiting-review"
    assert (after.decisions, after.referrals, after.lowerings) == (before.decisions, (), ())


def test_a_new_intake_never_lowers_what_a_clinician_signed(cast: Cast) -> None:
    """Only a signature lowers a grave urgency: not a calmer history a week later."""
    patient = cast.runner()
    file = cast.in_care(patient, **EMERGENCY)
    assert file.episode.urgency == "emergency"
    cast.submitted(patient)
    assert reread(cast, file).episode.urgency == "emergency"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_approving_a_knowledge_changes_no_decision_referral_or_urgency(cast: Cast) -> None:
    """Another knowledge in force: what was signed, asked for and found before stays as it was, under its own."""
    signed_before, waiting = cast.in_care(**CENTRALISES), cast.episode(**URGENT)
    casework.refer(cast.amina, signed_before.episode.id, signed_before.version, "physical_therapy", "graded return")
    before = [reread(cast, file) for file in (signed_before, waiting)]
    approved(cast, proposed(cast))
    assert cast.episode(**CENTRALISES).episode.leading_condition != signed_before.episode.leading_condition
    assert [reread(cast, file) for file in (signed_before, waiting)] == before
