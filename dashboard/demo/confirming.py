"""What invented episodes turned out to be: for some the hidden cause is confirmed later, in one of four ways."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dashboard.casework.diagnoses import places
from dashboard.demo.calendar import when_open
from dashboard.demo.dice import Dice
from dashboard.demo.ledger import Doer, Held, Ledger
from dashboard.demo.made_up import made_up, said
from db.tables import Assessment, ConfirmedDiagnosis, DifferentialPlace


def confirm(
    ledger: Ledger,
    dice: Dice,
    episode: Held,
    latest: Assessment,
    cause: str,
    who: Doer,
    after: datetime,
    until: datetime,
) -> None:
    """Perhaps record what it was, some weeks after the last signature and before ``until``."""
    spec = made_up("clinic")["confirmed"]
    wanted = dice.chance(spec["share"])
    at = when_open(dice, after + timedelta(days=dice.between(*spec["days"])))
    none_of_these, how = dice.chance(spec["none_of_these"]), dice.pick(spec["how"])
    if not wanted or at >= until:
        return
    entries = latest.document["differential"]
    told: dict[str, Any] = {"condition": None, "words": said(dice, "none_of_these")}
    if not none_of_these:
        rank, entry = next((n, each) for n, each in enumerate(entries, 1) if each["condition"] == cause)
        told = {"condition": cause, "place": rank, "band": entry["band"], "probability": entry["probability"]}
    row = ledger.add(
        ConfirmedDiagnosis,
        "diagnosis:record",
        who,
        at,
        episode_id=episode["id"],
        intake_id=latest.intake_id,
        assessment_id=latest.id,
        knowledge_version=latest.knowledge_version,
        leader=latest.leading_condition,
        how=how,
        confirmed_on=at.date(),
        recorded_by=who.person_id,
        **told,
    )
    for place in places(row["id"], entries):
        ledger.add(DifferentialPlace, None, who, at, **place)
