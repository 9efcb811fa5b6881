"""Invented referrals: made where the gates are open, and on their way as far as time allows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dashboard.casework.moves import NEEDS_A_WORD
from dashboard.casework.referrals import due_on
from dashboard.demo.calendar import when_open
from dashboard.demo.dice import Dice
from dashboard.demo.ledger import Doer, Held, Ledger
from dashboard.demo.made_up import made_up, reason_to_refer, said
from db.tables import Referral, ReferralMove

WAY = ("sent", "received", "scheduled", "completed")
CLOSED = ("completed", "declined", "withdrawn")


def refer(
    ledger: Ledger, episode: Held, gates: dict[str, Any], who: Doer, at: datetime, until: datetime, dice: Dice
) -> list[Held]:
    """The referrals a decision leads to, each as far on its way as it came before ``until``."""
    spec = made_up("clinic")["refers"]
    wanted = dice.some_of({**spec.get(episode["step"], {}), **spec["whenever_open"]})
    return [
        _on_its_way(ledger, _make(ledger, episode, kind, who, at, dice), who, at, until, dice)
        for kind in wanted
        if gates[kind]["open"]
    ]


def withdraw_open(ledger: Ledger, referrals: list[Held], who: Doer, at: datetime, dice: Dice) -> None:
    """What is still open when an episode ends is withdrawn."""
    for referral in referrals:
        if referral["state"] not in CLOSED:
            _move(ledger, referral, "withdrawn", who, at, dice)


def _make(ledger: Ledger, episode: Held, kind: str, who: Doer, at: datetime, dice: Dice) -> Held:
    whose = {"episode_id": episode["id"], "patient_id": episode["patient_id"], "site_id": episode["site_id"]}
    return ledger.add(
        Referral,
        "referral:make",
        who,
        at,
        **whose,
        kind=kind,
        priority=episode["urgency"],
        reason=reason_to_refer(dice, kind),
        created_by=who.person_id,
        due_on=due_on(kind, episode["urgency"], at.date()),
        month=f"{at:%Y-%m}",
    )


def _on_its_way(ledger: Ledger, referral: Held, who: Doer, at: datetime, until: datetime, dice: Dice) -> Held:
    ends = made_up("clinic")["referral_ends"]
    for state in WAY:
        at = when_open(dice, at + timedelta(days=dice.between(*made_up("clinic")["referral_days"][state])))
        recent = (until - at).days < ends["noticed_after_days"]
        if state != "sent" and recent and dice.chance(ends["stalls"]):
            return referral
        if at > until:
            return referral
        ended = dice.some_of({other: ends[other] / 2 for other in ("declined", "withdrawn")})
        if ended and state != "sent":
            _move(ledger, referral, ended[0], who, at, dice)
            return referral
        _move(ledger, referral, state, who, at, dice)
    return referral


def _move(ledger: Ledger, referral: Held, to_state: str, who: Doer, at: datetime, dice: Dice) -> None:
    came_from = referral["state"]
    ledger.change(referral, "referral:move", who, at, state=to_state)
    note = said(dice, "closed") if to_state in NEEDS_A_WORD else ""
    moved = {"referral_id": referral["id"], "from_state": came_from, "to_state": to_state}
    ledger.add(ReferralMove, "referral:step", who, at, **moved, by=who.person_id, note=note)
