"""Another knowledge for the tests: changed in one place, and put in force as if two clinicians had decided it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard.casework import following
from dashboard.casework.authority import today
from dashboard.clinical import knowledge as library
from dashboard.clinical.knowledge import Knowledge
from dashboard.in_force import shipped
from db import records
from db.base import now
from db.tables import KnowledgeReport, KnowledgeVersion
from tests.cast import Clinic
from tests.sessions import transaction

DISC = "conditions/degenerative_disc_discogenic.toml"
CENTRALISES: dict[str, str] = {"exam_repeated_movement": "centralises"}
"""Laid over the quiet history it leaves non-specific pain just ahead of the disc."""


def raised(version: str, texts: Mapping[str, str] | None = None) -> dict[str, str]:
    """The files shipped (or others) with another version number in the manifest."""
    changed = dict(texts or shipped().texts)
    was = library.load_texts(changed).version if texts else shipped().version
    changed["manifest.toml"] = changed["manifest.toml"].replace(f'version = "{was}"', f'version = "{version}"')
    return changed


def with_ratio(ratio: str = "9.0", texts: Mapping[str, str] | None = None) -> dict[str, str]:
    """The one file changed in which the disc's likelihood ratio of centralising pain stands: 9 lets the disc lead."""
    text = (texts or shipped().texts)[DISC]
    changed, times = re.subn(r'(finding = "centralization"[^[]*?\npresent = )[\d.]+', rf"\g<1>{ratio}", text)
    assert times == 1
    return {DISC: changed}


def put_in_force(clinic: Clinic, known: Knowledge) -> KnowledgeVersion:
    """Store a version as proposed by Amina and approved by Bruno today, and follow it."""
    amina, bruno = clinic.people["amina"].id, clinic.people["bruno"].id
    with transaction() as session:
        following.keep(session, clinic.doer("amina"), known)
        told = {"sha256": known.sha256, "knowledge_version": known.version, "origin": "edit", "proposed_by": amina}
        row = records.insert(session, clinic.doer("amina"), KnowledgeVersion(**told), "test:propose")
        between = {"from_sha256": known.sha256, "to_sha256": known.sha256, "begun_by": amina}
        report = KnowledgeReport(candidate_id=row.id, **between, state="done", finished_at=now())
        report = records.insert(session, clinic.doer("amina"), report, "test:report")
        decided = {"approved_by": bruno, "approved_at": now(), "effective_on": today(), "report_id": report.id}
        doer = clinic.doer("bruno")
        row = records.change(session, doer, row, row.version, "test:approve", state="approved", **decided)
    following.catch_up(at_once=True)
    return row
