"""Lowering a grave urgency takes two clinicians, and until the second has agreed nothing is lowered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dashboard import casework
from dashboard.casework import Line
from dashboard.casework.suggestions import ALARM_STEP, STEP
from dashboard.casework.views import EpisodeFile
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import EMERGENCY, SAME_DAY, URGENT
from tests.casework.test_at_once import at_once, late
from tests.judging import lower, open_all, read_and_sign
from tests.sessions import transaction

WORDS = {"reason_code": "cds-not-applicable", "comment": "examined: sensation and tone are normal"}
TO_ROUTINE = {"urgency": "routine", **WORDS}


def reread(cast: Cast, file: EpisodeFile) -> EpisodeFile:
    """The same episode as it is now."""
    return casework.read_episode(cast.amina, file.episode.id)


def asked(cast: Cast, **changes: Any) -> EpisodeFile:
    """An episode whose grave urgency Amina would lower to routine; Bruno has read its flags."""
    file = cast.episode(**(changes or EMERGENCY))
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE)
    open_all(cast.bruno, file)
    return reread(cast, file)


def confirm(cast: Cast, file: EpisodeFile, who: str = "bruno") -> casework.views.Signed:
    """A colleague confirms the file as they see it."""
    return casework.confirm_lowering(cast.people[who], file.episode.id, file.version)


@pytest.mark.parametrize(("changes", "was"), [(EMERGENCY, "emergency"), (SAME_DAY, "same-day")])
def test_until_a_second_clinician_confirms_it_stays_as_urgent(cast: Cast, changes: dict[str, Any], was: str) -> None:
    """High, awaiting review, on the flag's step; the decision is on record, and who asked."""
    waiting = asked(cast, **changes)
    assert (waiting.episode.urgency, waiting.episode.state, waiting.episode.step) == (
        was,
        "awaiting-review",
        ALARM_STEP,
    )
    assert waiting.decisions[0].urgency == "routine"
    lowering = waiting.waiting_lowering
    assert lowering is not None
    assert (lowering.from_urgency, lowering.to_urgency, lowering.asked_by) == (was, "routine", "Amina")
    assert lowering.decision_id == waiting.decisions[0].id


def test_colleagues_see_it_in_their_worklist(cast: Cast) -> None:
    """Still among the most urgent, with who asks for what; others are without."""
    waiting, plain = asked(cast), cast.episode(**URGENT)
    rows = {row.episode_id: row for row in casework.worklist(cast.bruno).rows}
    first = casework.worklist(cast.bruno).rows[0]
    assert first.episode_id == waiting.episode.id
    assert (first.lowering_to, first.lowering_by, first.urgency) == ("routine", "Amina", "emergency")
    assert (rows[plain.episode.id].lowering_to, rows[plain.episode.id].lowering_by) == (None, None)


def test_confirmed_it_takes_effect_with_the_step_that_holds_without_the_flag(cast: Cast) -> None:
    """Routine, in care, no longer on the step that acts on a red flag, and with a review day."""
    waiting = asked(cast)
    done = confirm(cast, waiting)
    after = reread(cast, waiting)
    assert (after.episode.urgency, after.episode.state) == ("routine", "in-care")
    assert after.episode.step == casework.step_without_flags(waiting.document) != ALARM_STEP
    assert after.episode.clinician == "Amina"
    assert done.review_due_on == after.episode.review_due_on is not None
    assert (after.lowerings[-1].state, after.lowerings[-1].second_by) == ("confirmed", "Bruno")
    assert after.waiting_lowering is None


def test_lowered_from_emergency_to_the_same_day_it_stays_on_the_flags_step(cast: Cast) -> None:
    """A flag is still acted on, only not within the hour."""
    file = cast.episode(**EMERGENCY)
    read_and_sign(cast.amina, file, "changed", **{**TO_ROUTINE, "urgency": "same-day"})
    open_all(cast.bruno, file)
    confirm(cast, reread(cast, file))
    after = reread(cast, file).episode
    assert (after.urgency, after.step) == ("same-day", ALARM_STEP)


def test_the_step_decided_with_it_is_the_one_that_holds(cast: Cast) -> None:
    """The clinician's own step is not overwritten by the one that would follow."""
    file = cast.episode(**EMERGENCY)
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE, step="imaging_specialist")
    open_all(cast.bruno, file)
    confirm(cast, reread(cast, file))
    assert reread(cast, file).episode.step == "imaging_specialist"


def test_who_asks_cannot_confirm_or_refuse(cast: Cast, trail: Trail) -> None:
    """Two people: Amina's own confirmation is refused, and that is noted."""
    waiting = asked(cast)
    with pytest.raises(casework.Forbidden):
        confirm(cast, waiting, "amina")
    with pytest.raises(casework.Forbidden):
        casework.refuse_lowering(cast.amina, waiting.episode.id, waiting.version, "cds-not-applicable")
    assert reread(cast, waiting) == waiting
    assert [event.person_name for event in trail("refused")] == ["Amina", "Amina"]


def test_the_database_itself_wants_two_people(cast: Cast) -> None:
    """Not even written past the deeds can one person be both, or a settled lowering be nobody's."""
    waiting = asked(cast)
    lowering = waiting.waiting_lowering
    assert lowering is not None
    for columns in (
        f"state = 'confirmed', second_by = {lowering.asked_by_id}, settled_at = created_at",
        "state = 'confirmed'",
        f"state = 'refused', second_by = {cast.bruno.person_id}, settled_at = created_at, reason_code = NULL",
        "to_urgency = from_urgency",
    ):
        with pytest.raises(Exception, match=r"(?i)check"), transaction() as session:
            session.execute(text(f"UPDATE lowering SET {columns} WHERE id = {lowering.id}"))
    assert reread(cast, waiting) == waiting


def test_the_desk_the_manager_and_those_who_left_confirm_nothing(cast: Cast) -> None:
    """Only clinicians, and only at the site."""
    waiting = asked(cast)
    others = ("noor", "chidi", "dana", "mallory")
    refused(cast, lambda a: casework.confirm_lowering(a, waiting.episode.id, waiting.version), *others)
    told = (waiting.episode.id, waiting.version, "cds-not-applicable")
    refused(cast, lambda a: casework.refuse_lowering(a, *told), *others)
    assert reread(cast, waiting) == waiting


def test_the_second_reads_the_flags_first(cast: Cast) -> None:
    """A confirmation that read nothing is none."""
    file = cast.episode(**EMERGENCY)
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE)
    with pytest.raises(casework.NotReady) as refusal:
        confirm(cast, reread(cast, file))
    assert refusal.value.missing == ("basis",)
    open_all(cast.bruno, file)
    confirm(cast, reread(cast, file))


def test_refused_with_a_reason_it_stays_high_and_is_decided_anew(cast: Cast) -> None:
    """Amina reads why; she may accept the urgency, and it is an emergency in care."""
    waiting = asked(cast)
    told = (waiting.episode.id, waiting.version)
    casework.refuse_lowering(cast.bruno, *told, "recipient-disagrees-evidence", "tone was not examined")
    after = reread(cast, waiting)
    assert (after.episode.urgency, after.episode.state) == ("emergency", "awaiting-review")
    (lowering,) = after.lowerings
    assert (lowering.state, lowering.second_by, lowering.comment) == ("refused", "Bruno", "tone was not examined")
    assert lowering.reason == casework.REASONS["recipient-disagrees-evidence"]
    read_and_sign(cast.amina, after)
    assert (reread(cast, waiting).episode.urgency, reread(cast, waiting).episode.state) == ("emergency", "in-care")


@pytest.mark.parametrize(
    ("told", "error"),
    [(("because",), casework.BadAnswer), (("other",), casework.NotReady), (("other", " \u202e "), casework.NotReady)],
)
def test_refusing_needs_a_known_reason_and_words_for_another(
    cast: Cast, told: tuple[str, ...], error: type[Exception]
) -> None:
    """The first clinician learns why."""
    waiting = asked(cast)
    with pytest.raises(error):
        casework.refuse_lowering(cast.bruno, waiting.episode.id, waiting.version, *told)
    assert reread(cast, waiting) == waiting


def test_what_changed_meanwhile_is_not_confirmed(cast: Cast) -> None:
    """An examination overtakes what waited: it was asked of another assessment."""
    waiting = asked(cast)
    casework.add_examination(cast.amina, waiting.episode.id, waiting.version, {"exam_step": "no"})
    with pytest.raises(casework.StaleRecord):
        confirm(cast, waiting)
    now = reread(cast, waiting)
    assert [each.state for each in now.lowerings] == ["overtaken"]
    with pytest.raises(casework.NotReady) as refusal:
        confirm(cast, now)
    assert refusal.value.missing == ("lowering",)
    assert now.episode.urgency == "emergency"


def test_a_new_intake_or_decision_overtakes_it_too(cast: Cast) -> None:
    """There is never more than one to answer."""
    patient = cast.runner()
    file = cast.episode(patient, **EMERGENCY)
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE)
    read_and_sign(cast.amina, reread(cast, file), "changed", **{**TO_ROUTINE, "urgency": "urgent"})
    assert [each.state for each in reread(cast, file).lowerings] == ["overtaken", "waiting"]
    cast.submitted(patient)
    assert [each.state for each in reread(cast, file).lowerings] == ["overtaken", "overtaken"]
    assert reread(cast, file).episode.urgency == "emergency"


def test_an_episode_that_waits_is_not_closed(cast: Cast) -> None:
    """Nobody puts an emergency away while a colleague is asked about it."""
    waiting = asked(cast)
    with pytest.raises(casework.NotReady):
        casework.close_episode(cast.bruno, waiting.episode.id, waiting.version, "recovered")


def test_of_two_who_answer_at_once_one_has_answered(cast: Cast) -> None:
    """Confirmed or refused, never both."""
    waiting = asked(cast)
    told = (waiting.episode.id, waiting.version)
    results = at_once(
        [
            lambda: casework.confirm_lowering(cast.bruno, *told),
            lambda: casework.refuse_lowering(cast.bruno, *told, "cds-not-applicable"),
        ]
    )
    assert late(results) == 1
    (lowering,) = reread(cast, waiting).lowerings
    assert lowering.state in ("confirmed", "refused")
    assert (reread(cast, waiting).episode.urgency == "routine") == (lowering.state == "confirmed")


def test_every_deed_of_it_leaves_its_audit_event_without_words(cast: Cast, trail: Trail) -> None:
    """Asked, confirmed, refused: who, from what, to what."""
    confirm(cast, asked(cast))
    waiting = asked(cast)
    casework.refuse_lowering(cast.bruno, waiting.episode.id, waiting.version, "cds-not-applicable", "he is a swimmer")
    first, second = trail("lowering:ask")
    assert (first.person_name, coded(first)[1]["from_urgency"], coded(first)[1]["to_urgency"]) == ("Amina", 3, 0)
    (confirmed,), (kept,) = trail("lowering:confirm"), trail("lowering:refuse")
    assert (confirmed.person_name, coded(confirmed)[0]["state"], coded(confirmed)[1]["state"]) == (
        "Bruno",
        "waiting",
        "confirmed",
    )
    assert (confirmed.record_id, kept.record_id) == (first.record_id, second.record_id)
    assert "swimmer" not in f"{[(event.before, event.after, event.reason) for event in trail()]}"


def test_a_clinic_says_which_urgencies_take_two(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic with one clinician turns it off; one that is stricter adds the urgent."""
    settings = tmp_path / "clinic.toml"
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(settings))
    settings.write_text("second_clinician_for = []\n", encoding="utf-8")
    file = cast.episode(**EMERGENCY)
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE)
    assert (reread(cast, file).episode.urgency, reread(cast, file).lowerings) == ("routine", ())
    settings.write_text('second_clinician_for = ["urgent"]\n# stricter\n', encoding="utf-8")
    file = cast.episode(**URGENT)
    read_and_sign(cast.amina, file, "changed", **TO_ROUTINE)
    assert reread(cast, file).episode.urgency == "urgent"
    assert reread(cast, file).waiting_lowering is not None


def test_after_two_have_lowered_it_the_decided_step_can_be_followed(cast: Cast) -> None:
    """Therapy, imaging and specialist may be asked for again; what the flag shuts of orthobiologics stays shut."""
    waiting = asked(cast)
    told = (waiting.episode.id, waiting.version)
    with pytest.raises(casework.GateClosed):
        casework.refer(cast.amina, *told, "physical_therapy", "graded return")
    confirm(cast, waiting)
    now = reread(cast, waiting)
    assert casework.refer(cast.amina, now.episode.id, now.version, "physical_therapy", "graded return").state == "draft"
    for kind in ("prp_discussion", "stem_cell_discussion"):
        with pytest.raises(casework.GateClosed):
            casework.refer(cast.amina, now.episode.id, now.version, kind, "asks for it")


@pytest.mark.parametrize("changes", [EMERGENCY, SAME_DAY])
@pytest.mark.parametrize("verdict", ["changed", "rejected"])
def test_the_step_that_acts_on_a_grave_flag_is_not_put_aside_alone(
    cast: Cast, changes: dict[str, Any], verdict: str
) -> None:
    """Neither by another step nor by none: an emergency would wait for weeks that nobody ever lowered."""
    file = cast.episode(**changes)
    instead = "imaging_specialist" if verdict == "changed" else None
    with pytest.raises(casework.BadAnswer) as refusal:
        read_and_sign(cast.amina, file, lines=[Line(STEP, ALARM_STEP, verdict, instead, **WORDS)])
    assert refusal.value.item == "step"
    with pytest.raises(casework.BadAnswer):
        read_and_sign(cast.amina, file, verdict, step=instead, **WORDS)
    assert reread(cast, file) == file


def test_a_grave_urgency_is_not_closed_away_alone(cast: Cast) -> None:
    """In care at an emergency: it may go on elsewhere, but that it is over takes a second clinician."""
    file = cast.in_care(**EMERGENCY)
    for reason in ("recovered", "improved"):
        with pytest.raises(casework.NotReady) as refusal:
            casework.close_episode(cast.amina, file.episode.id, file.version, reason)
        assert refusal.value.missing == ("urgency",)
    lower(cast.amina, cast.bruno, file, **TO_ROUTINE)
    casework.close_episode(cast.amina, file.episode.id, reread(cast, file).version, "recovered")
    other = cast.in_care(**EMERGENCY)
    casework.close_episode(cast.amina, other.episode.id, other.version, "transferred")
    assert {reread(cast, each).episode.state for each in (file, other)} == {"closed"}
