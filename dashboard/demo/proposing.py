"""A change of the knowledge that waits to be decided in the demo clinic, so that its way can be tried at once."""

from __future__ import annotations

from datetime import timedelta

from dashboard.casework.proposals import MANIFEST, next_version, stamped
from dashboard.clinical import knowledge as library
from dashboard.clinical.rewriting import with_evidence
from dashboard.demo.care import Clinic
from dashboard.demo.ledger import Ledger
from dashboard.demo.made_up import made_up
from db.tables import KnowledgeText, KnowledgeVersion

BEFORE_TODAY = timedelta(hours=20)


def propose_a_change(ledger: Ledger, clinic: Clinic) -> None:
    """One likelihood ratio changed, kept as a candidate the evening before the clinic's last day."""
    wanted, known, at = made_up("clinic")["proposal"], clinic.knowledge, clinic.until - BEFORE_TODAY
    who = clinic.people[wanted["by"]]
    file = f"conditions/{wanted['condition']}.toml"
    evidence = known.conditions[wanted["condition"]].evidence
    row = next(place for place, each in enumerate(evidence) if each.finding == wanted["finding"])
    version = next_version(known.version)
    changed = {
        file: with_evidence(known.texts[file], row, {"present": wanted["present"]}),
        MANIFEST: stamped(known.texts[MANIFEST], version, at.date()),
    }
    texts = {**known.texts, **changed}
    told = {"sha256": library.fingerprint(texts), "knowledge_version": version}
    ledger.add(KnowledgeText, "knowledge:keep", who, at, texts=texts, **told)
    ledger.add(
        KnowledgeVersion,
        "knowledge:propose",
        who,
        at,
        origin="edit",
        based_on_sha256=known.sha256,
        sentence=wanted["sentence"],
        proposed_by=who.person_id,
        proposed_at=at,
        **told,
    )
