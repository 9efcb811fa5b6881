"""Invented episodes for the page tests: a submitted history of an invented runner."""

from __future__ import annotations

from datetime import date
from itertools import count

from dashboard import casework
from dashboard.casework.views import EpisodeFile
from db import records
from db.tables import Draft
from tests.casework.histories import a_history, typed
from tests.cast import NOBODY_YET, Clinic
from tests.judging import read_and_sign
from tests.sessions import transaction

_NUMBER = count(1)


def an_episode(clinic: Clinic, family_name: str = "Testova", **answers: object) -> EpisodeFile:
    """A runner of the north site whose history, with these answers, was just submitted; as Amina sees it."""
    noor, amina = casework.actor_for("noor"), casework.actor_for("amina")
    told = {
        "given_name": "Ines",
        "family_name": family_name,
        "date_of_birth": date(1990, 5, 17),
        "sex_at_birth": "female",
    }
    new = casework.NewPatient(**told, site_id=clinic.sites["north"].id, record_number=f"PAGE-{next(_NUMBER):04}")
    draft = casework.open_draft(noor, casework.register_patient(noor, new).id)
    with transaction() as session:
        row = session.get(Draft, draft.id)
        records.change(session, NOBODY_YET, row, row.version, "test:fill", answers=typed(a_history(**answers)))
    draft = casework.read_draft(noor, draft.id)
    submitted = casework.submit_intake(noor, draft.id, draft.version)
    return casework.read_episode(amina, submitted.episode_id)


def in_care(clinic: Clinic, **answers: object) -> EpisodeFile:
    """An episode whose suggestion Amina accepted."""
    file, amina = an_episode(clinic, **answers), casework.actor_for("amina")
    read_and_sign(amina, file)
    return casework.read_episode(amina, file.episode.id)


def again(file: EpisodeFile) -> EpisodeFile:
    """The episode as it is now."""
    return casework.read_episode(casework.actor_for("amina"), file.episode.id)
