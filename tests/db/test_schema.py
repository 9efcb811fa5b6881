"""Bringing a database up to date."""

from db.schema import state, upgrade


def test_an_upgraded_database_is_current(empty_database: str):
    """Empty before, current after."""
    assert state() == "empty"
    upgrade()
    assert state() == "current"


def test_the_cast_is_there(clinic):
    """x"""
    assert set(clinic.people) == {"noor", "amina", "bruno", "chidi", "dana", "mallory"}
