"""Nothing at the door grows with the years: how the database says it would answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from dashboard.accounts import throttle
from db import queries
from db.tables import Attempt, SignIn
from tests.accounts.conftest import START
from tests.db.test_plans import how

GROWING = ("signin", "attempt", "invitation", "auditevent")

ASKED: dict[str, Callable[[Session], Any]] = {
    "a browser's token": lambda s: queries.sign_in_of_token(s, "ab" * 32),
    "whether a sign-in lasts": lambda s: queries.sign_in_alive(s, "x", START, (1, "staff")),
    "which of the open connections last": lambda s: queries.sign_ins_alive(s, ["x", "y", "z"], START),
    "a person's sign-ins": lambda s: queries.open_sign_ins(s, 1),
    "those nobody ended": lambda s: queries.overdue_sign_ins(s, START, 50),
    "an account": lambda s: queries.account_of(s, 1),
    "an invitation": lambda s: queries.invitation_of(s, "ab" * 32, START),
    "what a person was invited with": lambda s: queries.invitations_waiting(s, 1),
    "what the one who sets up was given": lambda s: queries.invitations_waiting(s, None),
    "whether an administrator can sign in": queries.can_an_administrator_sign_in,
    "how often a name was tried": lambda s: throttle.seconds_left(s, "person:1", START),
    "sign-ins to forget": lambda s: s.scalars(select(SignIn).where(col(SignIn.lasts_until) < START)),
    "names to forget": lambda s: s.scalars(select(Attempt).where(col(Attempt.last_at) < START)),
}


@pytest.mark.parametrize("what", ASKED)
def test_nothing_is_found_by_going_through_a_table(database: str, what: str):
    """Each is found along an index, however many signed in before."""
    walked = [step for step in how(ASKED[what]) if (told := re.match(r"SCAN (\w+)", step)) and told[1] in GROWING]
    assert walked == []
