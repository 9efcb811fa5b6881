"""How the invented clinicians sign: read first, one line a suggestion, two of them to lower a grave urgency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dashboard.casework.lines import Line
from dashboard.casework.lowerings import needs_second
from dashboard.casework.signing import carried, judged, line_columns
from dashboard.casework.suggestions import RED_FLAG, suggestions
from dashboard.casework.verdicts import Verdict
from dashboard.clinical.vocabulary import Urgency
from dashboard.demo.dice import Dice
from dashboard.demo.ledger import Doer, Held, Ledger
from dashboard.demo.made_up import made_up, said
from db.tables import Assessment, Decision, DecisionLine, Lowering, Opening

CONFIRMED = 0.82
"""Share of lowered urgencies that the second clinician confirms."""


@dataclass
class Signing:
    """One episode's signatures as they are told to the ledger."""

    ledger: Ledger
    episode: Held
    read: set[tuple[Any, ...]] = field(default_factory=set)
    """Whose basis of what was opened already."""

    def sign(
        self, who: Doer, latest: Assessment, decided: dict[str, Any], own: Sequence[Line], at: datetime
    ) -> tuple[dict[str, Any], Held | None]:
        """Read and sign; what the episode then carries, and the lowering that waits for a second clinician, if any."""
        stands_at = max(latest.urgency, self.episode["urgency"])
        urgency = None if decided["urgency"] is None else Urgency(decided["urgency"]).code
        verdict, lines = judged(latest, self.episode["urgency"], Verdict(**{**decided, "urgency": urgency}), own)
        self.open(who, latest, at)
        decision = self._keep(who, latest, verdict, lines, at)
        final = latest.urgency if verdict.urgency_rank is None else verdict.urgency_rank
        carries = {**carried(latest, lines), "urgency": final}
        if not needs_second(stands_at, final):
            return carries, None
        asked = {"from_urgency": stands_at, "to_urgency": final, "asked_by": who.person_id}
        asked |= {name: carries[name] for name in ("leading_condition", "step")}
        whose = {"episode_id": self.episode["id"], "decision_id": decision["id"]}
        return carries, self.ledger.add(Lowering, "lowering:ask", who, at, **whose, **asked)

    def open(self, who: Doer, latest: Assessment, at: datetime, kinds: Iterable[str] | None = None) -> None:
        """Open what each suggestion rests on, in the minutes before."""
        wanted = [each for each in suggestions(latest.document) if kinds is None or each.kind in kinds]
        for place, each in enumerate(wanted):
            key = (latest.id, who.person_id, *each.key)
            if key not in self.read:
                self.read.add(key)
                told = {"assessment_id": latest.id, "person_id": who.person_id, "kind": each.kind}
                when = at - timedelta(minutes=8) + timedelta(seconds=40 * place)
                self.ledger.add(Opening, "basis:open", who, when, **told, subject=each.subject)

    def answer(self, dice: Dice, second: Doer, latest: Assessment, waiting: Held, at: datetime) -> bool:
        """The second clinician reads the flags and confirms, or refuses with a reason; true when confirmed."""
        confirms = dice.chance(CONFIRMED)
        self.open(second, latest, at, (RED_FLAG,))
        told: dict[str, Any] = {"state": "confirmed" if confirms else "refused"}
        told |= {"second_by": second.person_id, "settled_at": at}
        if not confirms:
            told |= {"reason_code": "recipient-concerns-outcomes", "comment": said(dice, "refused")}
        self.ledger.change(waiting, "lowering:confirm" if confirms else "lowering:refuse", second, at, **told)
        return confirms

    def _keep(self, who: Doer, latest: Assessment, verdict: Verdict, lines: Sequence[Line], at: datetime) -> Held:
        columns: dict[str, Any] = {**vars(verdict), "urgency": verdict.urgency_rank}
        signed = {"signed_by": who.person_id, "signed_at": at, "assessment_id": latest.id}
        decision = self.ledger.add(Decision, "review:sign", who, at, **columns, **signed, episode_id=self.episode["id"])
        for line in lines:
            self.ledger.add(
                DecisionLine, "review:line", who, at, decision_id=decision["id"], **line_columns(latest, line, at)
            )
        return decision


def of_late(dice: Dice, document: dict[str, Any], at: datetime, until: datetime) -> list[Line]:
    """The lines of rules the invented clinicians have lately come to reject: something for a drift alarm to find."""
    spec = made_up("clinic")["of_late"]
    recent = (until - at).days < spec["days"]
    flags = {each.subject for each in suggestions(document) if each.kind == RED_FLAG}
    rejected = [rule for rule in spec["rejects"] if rule in flags and recent and dice.chance(spec["share"])]
    words = [said(dice, "too_often") for _ in rejected]
    reason = "recipient-disagrees-evidence"
    return [Line(RED_FLAG, rule, "rejected", None, reason, told) for rule, told in zip(rejected, words, strict=True)]
