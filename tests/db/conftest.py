"""Rows that several tests of storage start from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import Clinic
from tests.db.rows import an_episode, put
from tests.sessions import transaction


@pytest.fixture
def a_row_in(clinic: Clinic) -> Callable[[str], None]:
    """Puts one row into an append-only table."""
    from db.tables import Draft, DraftRevision, Referral, ReferralMove
    from tests.db.rows import a_confirmed_place, a_decision_line, a_difference, an_opening

    def add(table: str) -> None:
        with transaction() as session:
            episode = an_episode(session, clinic)
            noor = clinic.people["noor"].id
            if table == "draftrevision":
                draft = put(session, Draft(patient_id=episode.patient_id, owner_id=noor))
                put(session, DraftRevision(draft_id=draft.id, item="age_years", value=41, by=noor))
            elif table in (
                others := {
                    "decisionline": a_decision_line,
                    "opening": an_opening,
                    "differentialplace": a_confirmed_place,
                    "knowledgedifference": a_difference,
                }
            ):
                others[table](session, clinic, episode)
            else:
                columns = {"episode_id": episode.id, "patient_id": episode.patient_id, "site_id": episode.site_id}
                referral = put(session, Referral(**columns, kind="imaging", created_by=noor, month="2026-03"))
                put(session, ReferralMove(referral_id=referral.id, from_state="draft", to_state="sent", by=noor))

    return add
