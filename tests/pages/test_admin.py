"""The administration page: people, the audit trail, and what is in use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.in_force import knowledge
from dashboard.ui.panels import trail
from tests.cast import PEOPLE, Clinic
from tests.pages.episodes import in_care
from tests.pages.visiting import seen, visit


def open_tab(tab: str) -> object:
    """The administrator's page with one of its tabs open."""
    at = visit("dana", "admin")
    at.session_state["admin-tab"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def test_everyone_is_listed_with_role_and_whether_they_are_still_here(clinic: Clinic):
    """Mallory too, as someone who left."""
    shown = seen(visit("dana", "admin"))
    for name, *_ in PEOPLE.values():
        assert name in shown
    assert "Left" in shown


def test_the_trail_tells_who_did_what_to_which_record(clinic: Clinic):
    """Newest first, with what was before and after."""
    file = in_care(clinic)
    shown = seen(open_tab("Audit trail"))
    for words in ("review:sign", "intake:submit", "Amina", "Noor", f"episode {file.episode.id}"):
        assert words in shown
    assert "state: awaiting-review → in-care" in shown
    assert shown.index("review:sign") < shown.index("intake:submit")


def test_the_trail_names_no_patient(clinic: Clinic):
    """Codes and ids only."""
    in_care(clinic, family_name="Secretova")
    shown = seen(open_tab("Audit trail"))
    assert "Secretova" not in shown
    assert "Ines" not in shown


@pytest.mark.parametrize(
    ("key", "choice", "kept", "gone"),
    [
        ("trail-deed", "review:sign", "review:sign", "intake:submit"),
        ("trail-person", "Noor", "intake:submit", "review:sign"),
    ],
)
def test_the_trail_can_be_narrowed(clinic: Clinic, key: str, choice: str, kept: str, gone: str):
    """To one deed, or to one person."""
    in_care(clinic)
    at = open_tab("Audit trail")
    value = clinic.people["noor"].id if choice == "Noor" else choice
    at.selectbox(key=key).select(value).run()
    tables = seen(at).split("<tbody>")[-1]
    assert kept in tables
    assert gone not in tables


def test_the_trail_can_be_narrowed_to_days(clinic: Clinic):
    """A day long ago holds nothing."""
    in_care(clinic)
    at = open_tab("Audit trail")
    long_ago = date.today() - timedelta(days=400)
    at.date_input(key="trail-days").set_value((long_ago, long_ago)).run()
    assert not at.exception
    assert "Nothing was done that matches" in seen(at)


def test_the_trail_is_read_a_page_at_a_time(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """Older and newer lead through all of it without skipping or repeating."""
    monkeypatch.setattr(trail, "A_PAGE", 5)
    in_care(clinic)
    at = open_tab("Audit trail")
    first = seen(at).split("<tbody>")[-1]
    older = next(button for button in at.button if button.label == "Older")
    older.click().run()
    second = seen(at).split("<tbody>")[-1]
    assert first != second
    next(button for button in at.button if button.label == "Newer").click().run()
    assert seen(at).split("<tbody>")[-1] == first


def test_what_is_in_use_is_told(clinic: Clinic):
    """Database, settings, knowledge and its hash."""
    at = open_tab("In use")
    shown = seen(at)
    assert knowledge().sha256 in shown
    assert "North Harbor" in shown
    assert "clinic.toml" in shown
    assert any("python -m db backup" in code.value for code in at.code)


def test_the_other_clinic_is_chosen_at_the_gate(clinic: Clinic, monkeypatch: pytest.MonkeyPatch):
    """A link leads there: nothing changes by opening this page."""
    from dashboard.casework import storage

    monkeypatch.setattr(storage, "chosen", lambda: "demo")
    at = open_tab("In use")
    assert 'href="/welcome"' in seen(at)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"state": "sent", "kind": "imaging"}, {"state": "received", "kind": "imaging"}, "state: sent → received"),
        (None, {"month": "2026-03"}, "month: 2026-03"),
        ({"step": "self_care"}, {"step": None}, "step: self_care → None"),
        (None, None, ""),
    ],
)
def test_a_change_is_told_by_what_differs(before: dict | None, after: dict | None, words: str):
    """What stayed the same is left out."""
    assert trail.changed(before, after) == words
