"""Audit events as FHIR R4 AuditEvents, one JSON document a line, in the shape of IHE's Basic Audit Log Patterns."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from db.audit import EVENTS
from db.tables import Person, Site

AT_ONCE = 500

TYPES = {
    "read": ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation"),
    "change": ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation"),
    "sign-in": ("http://dicom.nema.org/resources/ontology/DCM", "110114", "User Authentication"),
    "export": ("http://dicom.nema.org/resources/ontology/DCM", "110106", "Export"),
}
ACTIONS = {"register": "C", "make": "C", "add": "C", "open": "C", "submit": "C", "record": "C", "invite": "C"}
"""Deeds that bring something into being; any other change is an update."""
BREAK_THE_GLASS = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "BTG", "break the glass")
DEEDS = "https://backstride.invalid/fhir/deed"
ROLES = "https://backstride.invalid/fhir/role"


def lines(connection: Connection, asked: Select[Any] | None = None) -> Iterator[str]:
    """The events asked for (default: every one), oldest first, each a line."""
    wanted = asked if asked is not None else select(EVENTS).order_by(EVENTS.c.id)
    places = sites(connection)
    for row in connection.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield line(dict(row._mapping), places)


def sites(connection: Connection) -> dict[int | None, str]:
    """The code of the site each person works at; nobody who works at every site is in it."""
    people, places = Person.__table__, Site.__table__  # type: ignore[attr-defined]
    asked = select(people.c.id, places.c.code).join(places, places.c.id == people.c.site_id)
    return {person: code for person, code in connection.execute(asked)}  # noqa: C416 - rows are not pairs to dict()


def line(event: Mapping[str, Any], places: Mapping[int | None, str]) -> str:
    """One event as a line."""
    return json.dumps(resource(event, places), ensure_ascii=False, separators=(",", ":")) + "\n"


def resource(event: Mapping[str, Any], places: Mapping[int | None, str]) -> dict[str, Any]:
    """One event as an AuditEvent."""
    told: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": str(event["id"]),
        "type": _coding(*TYPES[event["kind"]]),
        "subtype": [_coding(DEEDS, event["deed"], event["deed"])],
        "action": action(event["kind"], event["deed"]),
        "recorded": _instant(event["at"]),
        "outcome": "4" if event["outcome"] == "refused" else "0",
        "agent": [_agent(event, places)],
        "source": {
            "observer": {"display": "Backstride"},
            "type": [_coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server")],
        },
        "entity": [*_patients(event), _record(event)],
    }
    if event["purpose"] == "emergency":
        told["purposeOfEvent"] = [{"coding": [_coding(*BREAK_THE_GLASS)]}]
    return told


def action(kind: str, deed: str) -> str:
    """What FHIR calls it: C create, R read, U update, E execute; nothing here is ever deleted."""
    if kind == "read":
        return "R"
    if kind in ("sign-in", "export"):
        return "E" if kind == "sign-in" else "R"
    return ACTIONS.get(deed.partition(":")[2], "U") if deed != "refused" else "E"


def _agent(event: Mapping[str, Any], places: Mapping[int | None, str]) -> dict[str, Any]:
    person, name = event["person_id"], event["person_name"] or "Backstride"
    agent: dict[str, Any] = {
        "type": {"coding": [_coding("http://dicom.nema.org/resources/ontology/DCM", "110153", "Source Role ID")]},
        "role": [{"coding": [_coding(ROLES, event["role"] or "unknown", event["role"] or "unknown")]}],
        "name": name,
        "requestor": True,
    }
    if person is None:
        agent["who"] = {"display": name}
        return agent
    agent["who"] = {"reference": f"Practitioner/{person}", "display": name}
    if site := places.get(person):
        agent["location"] = {"reference": f"Location/{site}", "display": site}
    if event["sign_in"]:
        agent["policy"] = [f"urn:backstride:sign-in:{event['sign_in']}"]
    return agent


def _patients(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "what": {"reference": f"Patient/{patient}"},
            "type": _coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1", "Person"),
            "role": _coding("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient"),
        }
        for patient in event["patients"] or ()
    ]


def _record(event: Mapping[str, Any]) -> dict[str, Any]:
    """What it was done to, with what was before and after as details."""
    told = {"before": event["before"], "after": event["after"], "reason": event["reason"]}
    details = [{"type": name, "valueString": _words(value)} for name, value in told.items() if value]
    entity: dict[str, Any] = {
        "what": {"display": f"{event['record']} {event['record_id']}".strip() or "Backstride"},
        "type": _coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "2", "System Object"),
    }
    return entity | ({"detail": details} if details else {})


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
