"""A clinic with its cast, a clock that tests turn, and passwords that cost nothing to check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from dashboard import accounts
from dashboard.access import Actor
from dashboard.accounts import clock, invitations, passwords
from db import queries
from db.tables import AuditEvent
from tests.cast import Clinic
from tests.conftest import _in_use_sqlite
from tests.sessions import reading, transaction

PASSWORD = "three kettles forget a violin"
OTHER = "seven lanterns under the river"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """What time it is, as a test says."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **much: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**much)
        return self.at


@pytest.fixture
def database(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[str]:
    """The embedded database with the cast in it; what the kind of database matters for is in test_both_kinds."""
    yield from _in_use_sqlite(home, sqlite_templates[True])


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The one clock everything about signing in reads."""
    turned = Clock()
    monkeypatch.setattr(clock, "now", turned)
    return turned


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """The weakest parameters argon2id takes: what is tested here is who asks for a hash, not how long it takes."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", hasher)
    return hasher


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic's file of its own, empty unless the test writes into it."""
    file = tmp_path / "clinic.toml"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(file))
    return file


class Door:
    """The clinic's cast at the door."""

    def __init__(self, clinic: Clinic, time: Clock) -> None:
        self.clinic, self.time = clinic, time

    def id(self, code: str) -> int:
        """A person's id."""
        return int(self.clinic.people[code].id or 0)

    def actor(self, code: str) -> Actor:
        """Someone who just signed in, as an actor."""
        actor = accounts.actor(accounts.begin(self.id(code), "password").sign_in)
        assert actor is not None
        return actor

    def invite(self, code: str, hours: int = invitations.HOURS) -> str:
        """Invite someone, as Dana does; the token."""
        with transaction() as session:
            return invitations.make(session, self.clinic.doer("dana"), self.id(code), hours)

    def account(self, code: str, password: str = PASSWORD) -> int:
        """Give someone an account, through an invitation; their id."""
        person_id = accounts.accept(self.invite(code), password)
        assert person_id == self.id(code)
        return person_id

    def telephone(self, code: str) -> pyotp.TOTP:
        """Set up a second factor for someone who has an account; their telephone."""
        offered = accounts.enrol(self.id(code))
        assert isinstance(offered, accounts.Enrolling)
        telephone = pyotp.TOTP(offered.secret)
        codes = accounts.enrolled(self.id(code), offered.secret, telephone.at(self.time()))
        assert isinstance(codes, tuple)
        self.paper = codes
        self.time.passes(seconds=30)
        return telephone


@pytest.fixture
def door(clinic: Clinic, time: Clock) -> Door:
    """The cast, none of whom has an account yet."""
    return Door(clinic, time)


@pytest.fixture
def trail_of() -> Callable[[str], list[AuditEvent]]:
    """The audit events of one deed, oldest first."""

    def read(deed: str) -> list[AuditEvent]:
        with reading() as session:
            return list(reversed(queries.audit_events(session, limit=10_000, deed=deed)))

    return read


TrailOf = Callable[[str], list[AuditEvent]]
