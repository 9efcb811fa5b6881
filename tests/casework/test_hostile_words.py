"""Words and numbers nobody would type in earnest: kept without harm or refused, on every database alike."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import casework
from dashboard.casework.views import NewPatient
from tests.casework.conftest import Cast
from tests.judging import read_and_sign

HOSTILE = ["a\x00b", "a\ud800b", "\u202eab", "ab\u2066", "\x1b[31mab", "ab\ufeff"]
BEYOND = [2**31, 2**63, -(2**70), 10**30]


@pytest.mark.parametrize("words", HOSTILE)
def test_signs_nobody_sees_are_left_out_wherever_words_are_kept(cast: Cast, words: str) -> None:
    """A name, an answer, a comment and a reason are stored and found again without them."""
    new = NewPatient(words, words, date(1990, 1, 1), "female", cast.site("north"), words, words)
    runner = casework.register_patient(cast.noor, new)
    seen = runner.name.split()[0]
    assert set(seen) - set("[31m") == {"a", "b"}
    assert casework.find_patients(cast.noor, words) == (runner,)

    draft = casework.open_draft(cast.noor, runner.id)
    kept = casework.save_answer(cast.noor, draft.id, "psfs", [[words, 3]])
    kept = casework.save_answer(cast.noor, draft.id, "goal_text", words)
    assert (kept.answers["goal_text"], kept.answers["psfs"]) == (seen, [[seen, 3]])

    file = cast.episode()
    other = next(iter(casework.REASONS))
    read_and_sign(cast.amina, file, "rejected", other, f"{words}, {words}")
    file = casework.read_episode(cast.amina, file.episode.id)
    assert file.decisions[0].comment == f"{seen}, {seen}"
    row = casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", words)
    assert row.reason == seen
    moved = casework.move_referral(cast.amina, row.id, row.version, "withdrawn", words)
    assert moved.moves[-1].note == seen


@pytest.mark.parametrize("words", ["\x00", "\u202e \ud800"])
def test_nothing_but_unseen_signs_is_nothing(cast: Cast, words: str) -> None:
    """A required name, reason or word made of them is missing."""
    with pytest.raises(casework.BadAnswer):
        casework.register_patient(cast.noor, NewPatient(words, "Testova", date(1990, 1, 1), "female", 1))
    file = cast.in_care()
    with pytest.raises(casework.NotReady):
        casework.refer(cast.amina, file.episode.id, file.version, "physical_therapy", words)


@pytest.mark.parametrize("words", [*HOSTILE, "", "../../etc/passwd", "x" * 5000, "' OR 1=1 --"])
def test_an_address_made_up_leads_nowhere(cast: Cast, words: str) -> None:
    """Neither a draft nor a person answers to it, whatever signs are in it."""
    with pytest.raises(casework.NotFound):
        casework.read_draft(cast.noor, words)
    with pytest.raises(casework.NotFound):
        casework.actor_for(words)


@pytest.mark.parametrize("number", BEYOND)
def test_a_number_no_record_has_leads_nowhere(cast: Cast, number: int) -> None:
    """Also one larger than the database can count to."""
    for read in (casework.read_episode, casework.read_patient, casework.episodes_of, casework.read_referral):
        with pytest.raises(casework.NotFound):
            read(cast.amina, number)
    with pytest.raises(casework.NotFound):
        casework.explain(cast.amina, number)
    with pytest.raises(casework.NotFound):
        casework.open_draft(cast.noor, number)
