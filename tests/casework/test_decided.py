"""Which condition stands: the one signed, the one found out later, or none while a decision is due."""

from __future__ import annotations

from datetime import date

from dashboard import casework, decided
from tests.casework.conftest import Cast
from tests.casework.histories import EMERGENCY
from tests.judging import open_all, read_and_sign


def test_before_a_signature_no_condition_stands_and_nobody_signed(cast: Cast) -> None:
    """What is suggested is not decided."""
    file = cast.episode()
    assert file.episode.leading_condition is not None
    assert (decided.condition(file), decided.clinician(file)) == (None, "")


def test_what_was_accepted_stands_with_who_signed(cast: Cast) -> None:
    """The suggestion's own condition."""
    file = cast.in_care()
    assert decided.condition(file) == file.document["pathway"]["condition"]
    assert decided.clinician(file) == "Amina"


def test_what_was_changed_to_stands(cast: Cast) -> None:
    """Not what was suggested."""
    file = cast.episode()
    other = "facet_joint_pain"
    reason = next(iter(casework.REASONS))
    read_and_sign(cast.amina, file, "changed", reason, "told otherwise", condition=other)
    assert decided.condition(casework.read_episode(cast.amina, file.episode.id)) == other


def test_a_new_examination_waits_for_a_new_signature(cast: Cast) -> None:
    """The old decision was of another assessment."""
    file = cast.in_care()
    casework.add_examination(cast.amina, file.episode.id, file.version, {"exam_hop": "negative"})
    assert decided.condition(casework.read_episode(cast.amina, file.episode.id)) is None


def test_while_a_lowered_urgency_waits_for_a_second_clinician_nothing_stands(cast: Cast) -> None:
    """One signature does not lower an emergency."""
    file = cast.episode(**EMERGENCY)
    open_all(cast.amina, file)
    reason = next(iter(casework.REASONS))
    read_and_sign(cast.amina, file, "changed", reason, "examined myself and found no deficit", urgency="routine")
    waiting = casework.read_episode(cast.amina, file.episode.id)
    assert waiting.waiting_lowering is not None
    assert decided.condition(waiting) is None


def test_what_it_turned_out_to_be_stands_above_what_was_signed(cast: Cast) -> None:
    """Also when it is none of the conditions there are: then none stands."""
    file = cast.in_care()
    told = {"how": "imaging", "confirmed_on": date.today()}
    first = casework.record_diagnosis(cast.amina, file.episode.id, None, "facet_joint_pain", **told)
    assert first.condition == decided.condition(casework.read_episode(cast.amina, file.episode.id))
    now = casework.read_episode(cast.amina, file.episode.id).diagnosis
    assert now is not None
    casework.record_diagnosis(cast.amina, file.episode.id, now.version, None, words="something rare", **told)
    assert decided.condition(casework.read_episode(cast.amina, file.episode.id)) is None
