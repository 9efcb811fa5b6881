"""The trail as FHIR R4 AuditEvents: every event has what the resource requires, and says no more than the trail."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.__main__ import main
from db.audit_fhir import line, resource
from db.records import note
from db.sealing import KINDS
from tests.cast import Clinic
from tests.db.rows import an_episode
from tests.sessions import transaction

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
REFERENCE = re.compile(r"(Patient|Practitioner|Location)/[A-Za-z0-9.\-]{1,64}")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
DOCUMENTS = st.none() | st.dictionaries(WORDS, st.none() | st.integers() | WORDS, max_size=3)

EVENTS = st.fixed_dictionaries(
    {
        "id": st.integers(1, 10**9),
        "at": st.datetimes(
            datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=-8)))
        ),
        "person_id": st.none() | st.integers(1, 99),
        "person_name": WORDS,
        "role": st.sampled_from(["", "staff", "clinician"]),
        "sign_in": st.sampled_from(["", "0123456789abcdef"]),
        "deed": st.sampled_from(["refused", "patient:read", "patient:register", "episode:close", "sign-in:begin"]),
        "kind": st.sampled_from(KINDS),
        "outcome": st.sampled_from(["done", "refused"]),
        "purpose": st.sampled_from(["", "emergency"]),
        "record": st.sampled_from(["", "patient", "episode"]),
        "record_id": WORDS,
        "patients": st.none() | st.lists(st.integers(1, 99), max_size=3),
        "before": DOCUMENTS,
        "after": DOCUMENTS,
        "reason": WORDS,
    }
)


def is_coding(told: Any) -> bool:
    """A FHIR Coding with a system, a code and words."""
    return set(told) == {"system", "code", "display"} and all(isinstance(each, str) for each in told.values())


def wrong(told: dict[str, Any]) -> list[str]:
    """What of an AuditEvent is not as R4 and IHE's Basic Audit Log Patterns have it; empty for a good one."""
    checks = {
        "type": told["resourceType"] == "AuditEvent" and is_coding(told["type"]),
        "subtype": len(told["subtype"]) >= 1 and all(map(is_coding, told["subtype"])),
        "action": told["action"] in {"C", "R", "U", "D", "E"},
        "recorded": bool(INSTANT.fullmatch(told["recorded"])),
        "outcome": told["outcome"] in {"0", "4", "8", "12"},
        "agent": [each["requestor"] for each in told["agent"]] == [True],
        "who": all(each["who"] and is_coding(each["type"]["coding"][0]) for each in told["agent"]),
        "role": all(is_coding(coding) for each in told["agent"] for role in each["role"] for coding in role["coding"]),
        "source": bool(told["source"]["observer"]) and all(map(is_coding, told["source"]["type"])),
        "entity": len(told["entity"]) >= 1 and all(is_coding(each["type"]) and each["what"] for each in told["entity"]),
        "detail": all(set(d) == {"type", "valueString"} for e in told["entity"] for d in e.get("detail", ())),
        "references": all(REFERENCE.fullmatch(each) for each in references(told)),
        "empty": not has_nothing(told),
    }
    return [name for name, is_right in checks.items() if not is_right]


def references(told: Any) -> list[str]:
    """Every reference in a resource."""
    if isinstance(told, list):
        return [found for each in told for found in references(each)]
    if not isinstance(told, dict):
        return []
    return [v for k, v in told.items() if k == "reference"] + [f for v in told.values() for f in references(v)]


def has_nothing(told: Any) -> bool:
    """Whether a list, an object or a word in it is empty, which FHIR forbids."""
    if isinstance(told, dict | list):
        return not told or any(map(has_nothing, told.values() if isinstance(told, dict) else told))
    return told is None or told == ""


@given(EVENTS)
def test_every_event_becomes_an_audit_event_of_the_right_shape(event: dict[str, Any]):
    """Whatever it says: a line of JSON whose required parts are there and coded."""
    written = line(event, {7: "north"})
    assert written.count("\n") == 1
    told = json.loads(written)
    assert told == resource(event, {7: "north"})
    assert wrong(told) == []


def an_event(**columns: Any) -> dict[str, Any]:
    """A clinician read a patient."""
    said: dict[str, Any] = {"id": 7, "at": datetime(2026, 3, 2, 9, tzinfo=UTC), "person_id": 3, "person_name": "Amina"}
    said |= {
        "role": "clinician",
        "sign_in": "",
        "deed": "patient:read",
        "kind": "read",
        "outcome": "done",
        "reason": "",
    }
    said |= {"purpose": "", "record": "patient", "record_id": "5", "patients": [5], "before": None, "after": None}
    return said | columns


def test_who_where_whom_and_why_are_told():
    """The person with role and site, the patient, and that it was an emergency."""
    told = resource(an_event(purpose="emergency"), {3: "north"})
    (agent,) = told["agent"]
    assert agent["who"] == {"reference": "Practitioner/3", "display": "Amina"}
    assert agent["role"][0]["coding"][0]["code"] == "clinician"
    assert agent["location"] == {"reference": "Location/north", "display": "north"}
    assert told["entity"][0]["what"] == {"reference": "Patient/5"}
    assert told["purposeOfEvent"][0]["coding"][0]["code"] == "BTG"


@pytest.mark.parametrize(
    ("columns", "action", "outcome", "kind"),
    [
        ({}, "R", "0", "rest"),
        ({"deed": "patient:register", "kind": "change"}, "C", "0", "rest"),
        ({"deed": "episode:close", "kind": "change"}, "U", "0", "rest"),
        ({"deed": "sign-in:begin", "kind": "sign-in"}, "E", "0", "110114"),
        ({"deed": "sheet:print", "kind": "export"}, "R", "0", "110106"),
        ({"deed": "refused", "kind": "change", "outcome": "refused"}, "E", "4", "rest"),
    ],
)
def test_what_was_done_is_coded(columns: dict[str, Any], action: str, outcome: str, kind: str):
    """Create, read, update, execute; done or refused; what sort of event it is."""
    told = resource(an_event(**columns), {})
    assert (told["action"], told["outcome"], told["type"]["code"]) == (action, outcome, kind)


def test_the_command_writes_every_event_and_notes_that_it_did(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """A line each, oldest first, readable by the owner only; the last says that the trail was exported."""
    with transaction() as session:
        episode = an_episode(session, clinic)
        note(session, clinic.doer("amina"), "patient:read", "episode", episode.id)
    file = tmp_path / "trail.ndjson"
    assert main(["audit-export", str(file)]) == 0
    told = [json.loads(each) for each in file.read_text("utf-8").splitlines()]
    assert [each["id"] for each in told] == [str(number) for number in range(1, len(told) + 1)]
    assert [each["subtype"][0]["code"] for each in told[-2:]] == ["patient:read", "audit:export"]
    assert [problem for each in told for problem in wrong(each)] == []
    assert file.stat().st_mode & 0o077 == 0
    assert f"{len(told)} audit events" in capsys.readouterr().out
    assert main(["audit-export", str(file)]) == 2
