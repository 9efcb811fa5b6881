"""The administration page: people, the audit trail, and what is in use."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.in_force import knowledge
from dashboard.ui.panels import trail, trail_words
from tests.cast import PEOPLE, Clinic
from tests.db.rows import a_patient
from tests.db.tampering import edit, struck
from tests.pages.episodes import in_care
from tests.pages.visiting import seen, visit
from tests.sessions import transaction


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
    for words in ("Review signed", "review:sign", "intake:submit", "Amina", "Noor", f"episode {file.episode.id}"):
        assert words in shown
    assert ">state:</span> Waiting for review → In care" in shown
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
        ("trail-kind", "read", "patient:read", "review:sign"),
        ("trail-kind", "change", "review:sign", "patient:read"),
    ],
)
def test_the_trail_can_be_narrowed(clinic: Clinic, key: str, choice: str, kept: str, gone: str):
    """To one deed, to one person, to a kind of deeds."""
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
    monkeypatch.setattr(trail, "PAGES", (5, 50))
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
        ({"state": "sent", "kind": "imaging"}, {"state": "received", "kind": "imaging"}, ["state: Sent → Received"]),
        (None, {"month": "2026-03"}, ["month: 2026-03"]),
        ({"step": "self_care", "urgency": 2}, {"step": None, "urgency": 0}, ["step: Self-care", "urgency: Same day"]),
        ({"review_due_on": None}, {"review_due_on": "2026-03-09"}, ["review due: nothing → 03/09/2026"]),
        (None, {"changed": ["comment"]}, ["changed, not told here: comment"]),
        (None, {"name": "<b>Ines</b>"}, ["name: &lt;b&gt;Ines"]),
        (None, None, []),
    ],
)
def test_a_change_is_told_by_what_differs(before: dict | None, after: dict | None, words: list[str]):
    """In the words of the clinic, a line each; what stayed the same is left out."""
    told = re.sub(r"</?span[^>]*>", "", trail.changed(before, after)).split("<br>")
    assert [line[: len(start)] for line, start in zip(told, words, strict=False)] == words
    assert len([line for line in told if line]) == len(words)


def test_the_trail_can_be_narrowed_to_a_patient(clinic: Clinic):
    """By the record number; of one nobody has it is said that nobody has it."""
    with transaction() as session:
        runner = a_patient(session, clinic)
        a_patient(session, clinic)
    at = open_tab("Audit trail")
    at.text_input(key="trail-patient").set_value(runner.record_number).run()
    rows = seen(at).split("<tbody>")[-1]
    assert rows.count("Patient registered") == 1
    assert f"patient {runner.id}" in rows
    at.text_input(key="trail-patient").set_value("TEST-nobody").run()
    assert "No patient has this record number" in seen(at)


def test_whether_the_trail_is_whole_is_asked_with_a_press_and_stays_said(clinic: Clinic):
    """Nobody has, then it is; and when an event was edited, which."""
    at = open_tab("Audit trail")
    assert "Nobody has verified yet" in seen(at)
    at.button(key="trail-verify").click().run()
    assert not at.exception
    assert "The trail is whole" in seen(open_tab("Audit trail"))
    with struck() as database:
        edit(database, 3, deed="nothing happened")
    at.button(key="trail-verify").click().run()
    told = seen(open_tab("Audit trail"))
    assert "The trail was tampered with" in told
    assert "event 3 was edited" in told


def test_every_deed_that_leaves_an_event_has_words():
    """What is written into the trail by its code is read there in words."""
    codes = re.compile(r"records\.(?:note|insert|change)\([^)]*?[\"]([a-z-]+:[a-z-]+)[\"]", re.DOTALL)
    found = {code for file in Path("dashboard").rglob("*.py") for code in codes.findall(file.read_text("utf-8"))}
    assert len(found) > 10
    assert found - set(trail_words.DEEDS) == set()
