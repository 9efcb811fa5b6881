"""Handing the tablet to a patient, taking it back, and looking over what was answered on it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlmodel import Session

from dashboard import accounts, entry, patient_words
from dashboard.access import Actor, Permission
from dashboard.accounts import clock
from dashboard.casework.authority import changed, looking, name_of, stale, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import open_to_answers
from dashboard.casework.errors import BadAnswer, NotFound, NotReady
from dashboard.casework.files import found_episode
from dashboard.casework.rows import findable, number
from dashboard.casework.saving import save_answer
from dashboard.casework.shapes import full_name
from dashboard.clinical.vocabulary import Urgency
from dashboard.in_force import knowledge
from dashboard.letters import one_line
from db import queries, records
from db.keys import subkey
from db.queries import DraftEntry, HandoverEntry
from db.queries import before as earlier
from db.tables import Draft, Handover
from db.trail import sign_in_reference

PIN_LENGTHS = range(4, 9)
"""Digits a PIN may have: enough for five tries, few enough to keep in mind for ten minutes."""
NO_SUCH = "The tablet was not handed over for a patient of your sites."
STILL_OUT = "The patient still has the tablet: take it back first."
ON_ANOTHER = "This intake is in the patient's hands on another tablet: take that one back first."
WAITING_ASIDE = "The patient's own answers wait to be looked over ({number}): accept or reject each, then put it aside."
"""An intake put aside is on no list: a red flag among them would be seen by nobody."""
WAITING = "{number} of the patient's own answers wait to be looked over: accept or reject each, then submit."
REASONS: Mapping[str, str] = {
    "said-otherwise": "The patient says otherwise when asked",
    "misunderstood": "The question was misunderstood",
    "slip": "A slip of the finger",
    "not-the-patient": "Somebody else answered",
}
"""Why an answer of the patient's is not taken over."""


@dataclass(frozen=True)
class PatientAnswer:
    """One answer given on the tablet, and what the intake has for the same question."""

    item: str
    answer: Any
    """Canonical; None when it was declined, or cannot be read."""
    entered: Mapping[str, Any] | None
    before: Any
    """What stands in the intake; None for nothing."""
    before_entered: Mapping[str, Any] | None
    declined: bool
    """The patient did not know, or would rather not say."""
    typed: str
    """What was typed and is no answer to the question."""
    changed_from: tuple[Any, ...]
    """What the patient had answered before changing it, the first answer first."""
    verdict: str = ""
    """"" (it waits), "accepted", "noted" or "rejected"."""

    @property
    def waits(self) -> bool:
        """Whether nobody has looked at it yet."""
        return not self.verdict

    @property
    def agrees(self) -> bool:
        """Whether the intake says nothing else: it can be taken over without asking anybody."""
        if self.typed:
            return False
        return self.declined or self.before is None or self.before == self.answer


@dataclass(frozen=True)
class HandoverView:
    """One time the tablet was handed over, as the desk sees it."""

    id: int
    draft_id: str
    patient_name: str
    state: str
    """begun, wiped (untouched for a while), returned or reviewed."""
    in_hands: bool
    """Whether the patient has it at this moment."""
    asked_back: bool
    """Whether the tablet asked the patient to hand it back at once."""
    language: str
    begun_at: datetime
    begun_by: str
    seen_at: datetime
    urgency: str
    """The code of the highest urgency the patient's answers set, also where an answer was taken back since."""
    alarms: tuple[tuple[str, str], ...]
    """The red flags the patient's answers fired, each with its urgency, likewise."""
    answers: tuple[PatientAnswer, ...]

    @property
    def waiting(self) -> tuple[PatientAnswer, ...]:
        """The answers nobody has looked at."""
        return tuple(each for each in self.answers if each.waits)

    @property
    def given(self) -> Mapping[str, Any]:
        """The answers nobody has looked at, by item: what a preview is made of."""
        return {each.item: each.answer for each in self.waiting if each.answer is not None}


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def begin_hand_over(
    actor: Actor,
    draft_id: str,
    sections: Sequence[str],
    language: str,
    pin: str,
    section: str | None = None,
    ask_again: bool = False,
) -> HandoverView:
    """Hand the tablet over: until the PIN is typed nothing but these questions is open under the actor's sign-in.

    ``section`` is where the intake is gone on with; ``ask_again`` asks also what the intake knows already. NotReady
    says what is in the way: no question left, a PIN too easy to guess, a tablet that is out for this intake already.
    """
    with writing(actor, Permission.INTAKE_WRITE) as session:
        found = open_to_answers(session, actor, draft_id)
        draft = found.draft
        items = _to_ask(session, draft, sections, ask_again)
        _must_be_good(pin)
        if language not in patient_words.LANGUAGES:
            raise NotReady("Choose the language of the questions.", ("language",))
        _must_be_in(session, draft)
        told: dict[str, Any] = {
            "draft_id": draft.id,
            "sign_in": actor.sign_in,
            "begun_by": actor.person_id,
            "language": language,
        }
        row = Handover(**told, section=section or draft.section, items=items, pin="", seen_at=clock.now())
        row = records.insert(session, actor, row, "handover:begin")
        row.pin = sealed_pin(number(row), pin)
        if not accounts.hand_over_in(session, actor.sign_in, number(row)):
            raise NotReady("The tablet cannot be handed over from here: sign in on it first.", ("sign_in",))
        _stop_writing(session, actor, found)
        session.flush()
        return _view(session, actor, number(row))


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def take_back(actor: Actor, handover_id: int) -> HandoverView:
    """Take the tablet back from another desk: what was answered is kept, and the sign-in on the tablet ends."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = _found(session, actor, handover_id, to_change=True).handover
        if row.state not in ("begun", "wiped"):
            raise stale(session, "handover", handover_id)
        state = "returned" if told_of(row) else "reviewed"
        ended: dict[str, Any] = {"state": state, "ended_at": clock.now(), "ended_why": "desk", "asked_back": False}
        changed(session, actor, row, row.version, "handover:take-back", **ended)
        sign_in, view = row.sign_in, _view(session, actor, handover_id)
    accounts.end(sign_in, "tablet-taken-back")
    return view


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def handed_over(actor: Actor) -> tuple[HandoverView, ...]:
    """Every tablet in a patient's hands and every answer nobody has looked over, the most urgent first."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        found = queries.handovers_waiting(session, sorted(actor.site_ids))
        return _views(session, found)


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def handovers_of(actor: Actor, draft_id: str) -> tuple[HandoverView, ...]:
    """Every time the tablet was handed over for an intake, the first one first."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        entry_of = queries.draft(session, one_line(draft_id), sorted(actor.site_ids))
        if entry_of is None:
            raise NotFound("There is no such draft at your sites.")
        rows = queries.handovers_of(session, entry_of.draft.id)
        return _views(session, tuple(HandoverEntry(row, entry_of.draft, entry_of.patient) for row in rows))


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def accept_patient_answers(actor: Actor, handover_id: int, items: Sequence[str] | None = None) -> HandoverView:
    """Take over answers of the patient's as the intake's own; without ``items`` every one that contradicts nothing.

    What was declined is noted and answers nothing. BadAnswer for one that cannot be read: it is rejected, or typed
    anew at its question.
    """
    view = _to_look_over(actor, handover_id)
    chosen = [each for each in view.waiting if (each.agrees if items is None else each.item in set(items))]
    for each in chosen:
        if each.typed:
            raise BadAnswer(each.item, "cannot be read as it was typed. Ask again, or reject it.")
        if not each.declined:
            raw, unit = (each.entered["raw"], each.entered["unit"]) if each.entered else (each.answer, None)
            save_answer(actor, view.draft_id, each.item, raw, unit, source="patient")
    verdicts = {each.item: "noted" if each.declined else "accepted" for each in chosen}
    return _judge(actor, handover_id, verdicts, "handover:accept")


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def reject_patient_answer(actor: Actor, handover_id: int, item: str, reason: str) -> HandoverView:
    """Leave one answer of the patient's out of the intake, for one of REASONS; it stays on record where it is."""
    if reason not in REASONS:
        raise NotReady("Say why the answer is not taken over.", ("reason",))
    view = _to_look_over(actor, handover_id)
    if item not in {each.item for each in view.waiting}:
        raise NotReady("This answer was looked over before.", ("item",))
    return _judge(actor, handover_id, {item: "rejected"}, "handover:reject", reason)


@deed(Permission.EPISODE_READ, of_a_site=True, in_emergency=True)
def answered_alone(actor: Actor, episode_id: int) -> tuple[str, ...]:
    """The questions of an episode's latest intake that the patient answered alone, on the tablet."""
    with looking(actor, Permission.EPISODE_READ) as session:
        latest = earlier.latest_intake_of_episode(session, number(found_episode(session, actor, episode_id).episode))
        sources = earlier.sources_of(session, latest.draft_id or "") if latest is not None else {}
        own = {item for item, source in sources.items() if source == "patient" and latest and item in latest.answers}
        return tuple(item for item in knowledge().items if item in own)


def must_be_looked_over(session: Session, draft: Draft) -> None:
    """Return quietly unless answers of the patient's wait, or may still come; else NotReady says so."""
    if waiting := _number_waiting(queries.handovers_of(session, draft.id)):
        raise NotReady(WAITING.format(number=waiting), ("handover",))


def must_be_settled(session: Session, draft: Draft) -> None:
    """Return quietly unless the patient has the tablet, or answers given on it wait; else NotReady says so."""
    rows = queries.handovers_of(session, draft.id)
    if any(is_in_hands(session, row) for row in rows):
        raise NotReady(STILL_OUT, ("tablet",))
    if waiting := _number_waiting(rows):
        raise NotReady(WAITING_ASIDE.format(number=waiting), ("handover",))


def is_out(session: Session, draft: Draft) -> bool:
    """Whether the patient has the tablet for an intake, or said there what nobody looked over."""
    rows = queries.handovers_of(session, draft.id)
    return any(is_in_hands(session, row) or (row.state != "reviewed" and _waiting(row)) for row in rows)


def is_in_hands(session: Session, row: Handover) -> bool:
    """Whether the patient has the tablet: it was not taken back, and the sign-in on it lasts."""
    return row.state in ("begun", "wiped") and bool(queries.sign_ins_alive(session, [row.sign_in], clock.now()))


def sealed_pin(handover_id: int, pin: str) -> str:
    """What is stored of a PIN: of use only together with the clinic's key, and for this handover alone."""
    return hmac.new(subkey("tablet"), f"{handover_id} {pin}".encode(), hashlib.sha256).hexdigest()


def is_good_pin(pin: str) -> bool:
    """Whether a number is worth asking for: some digits, not all the same, not counted up or down."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_LENGTHS):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps not in ({0}, {1}, {-1})


def askable_sections(answers: Mapping[str, Any], ask_again: bool = False) -> Mapping[str, tuple[str, ...]]:
    """Section id → the questions of it that can be handed over, in the order they are asked."""
    known, found = knowledge(), dict[str, tuple[str, ...]]()
    for item in (item for screen in patient_words.screens(known) for item in screen):
        if ask_again or entry.is_blank(answers.get(item)):
            section = known.items[item].section
            found[section] = (*found.get(section, ()), item)
    return found


def _to_ask(session: Session, draft: Draft, sections: Sequence[str], ask_again: bool) -> list[str]:
    given = {item for row in queries.handovers_of(session, draft.id) for item in _waiting(row)}
    offered = askable_sections(draft.answers, ask_again)
    items = [item for section, its in offered.items() if section in set(sections) for item in its if item not in given]
    if not items:
        raise NotReady("There is no question left in these sections that the patient could answer.", ("sections",))
    return items


def _must_be_good(pin: str) -> None:
    if not is_good_pin(pin):
        says = "Choose a PIN of 4 to 8 digits that are not all the same and not counted up or down."
        raise NotReady(says, ("pin",))


def _must_be_in(session: Session, draft: Draft) -> None:
    if any(is_in_hands(session, row) for row in queries.handovers_of(session, draft.id)):
        raise NotReady(ON_ANOTHER, ("tablet",))


def _stop_writing(session: Session, actor: Actor, found: DraftEntry) -> None:
    """Nobody writes the intake under a sign-in that is handed over: the next who opens it need not wait."""
    if found.lease is not None and found.lease.sign_in == sign_in_reference(actor.sign_in):
        session.delete(found.lease)
        records.note(session, actor, "draft:let-go", "draft", found.draft.id)


def _found(session: Session, actor: Actor, handover_id: int, to_change: bool = False) -> HandoverEntry:
    found = queries.handover(session, findable(handover_id), sorted(actor.site_ids), to_change)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def _to_look_over(actor: Actor, handover_id: int) -> HandoverView:
    with looking(actor, Permission.INTAKE_WRITE) as session:
        view = _view(session, actor, handover_id)
    if view.in_hands:
        raise NotReady(STILL_OUT, ("tablet",))
    return view


def _judge(actor: Actor, handover_id: int, verdicts: Mapping[str, str], deed: str, reason: str = "") -> HandoverView:
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = _found(session, actor, handover_id, to_change=True).handover
        now = clock.now()
        told = {"by": actor.person_id, "at": now.isoformat(), "reason": reason}
        reviews = {**row.reviews, **{item: {"verdict": verdict, **told} for item, verdict in verdicts.items()}}
        fields: dict[str, Any] = {"reviews": reviews}
        left = [item for item in told_of(row) if item not in reviews]
        if not left:
            fields |= {"state": "reviewed", "reviewed_by": actor.person_id, "reviewed_at": now}
            fields |= {} if row.ended_at else {"ended_at": now, "ended_why": "sign-in-over"}
        changed(session, actor, row, row.version, deed, reason=reason or ",".join(verdicts), **fields)
        return _view(session, actor, handover_id)


def _views(session: Session, found: Sequence[HandoverEntry]) -> tuple[HandoverView, ...]:
    asked = [each.handover.sign_in for each in found if each.handover.state in ("begun", "wiped")]
    alive = queries.sign_ins_alive(session, asked, clock.now()) if asked else set()
    made = (_viewed(session, each, each.handover.sign_in in alive) for each in found)
    return tuple(each for each in made if each.in_hands or each.waiting or each.state == "reviewed")


def _view(session: Session, actor: Actor, handover_id: int) -> HandoverView:
    found = _found(session, actor, handover_id)
    return _viewed(session, found, is_in_hands(session, found.handover))


def _viewed(session: Session, found: HandoverEntry, alive: bool) -> HandoverView:
    row, out = found.handover, found.handover.state in ("begun", "wiped") and alive
    return HandoverView(
        id=number(row),
        draft_id=row.draft_id,
        patient_name=full_name(found.patient),
        state=row.state if out or row.state == "reviewed" else "returned",
        in_hands=out,
        asked_back=row.asked_back,
        language=row.language,
        begun_at=row.begun_at,
        begun_by=name_of(session, row.begun_by),
        seen_at=row.seen_at,
        urgency=Urgency(row.urgency).code,
        alarms=tuple((flag, urgency) for flag, urgency, _ in row.alarms),
        answers=tuple(_answer(row, found.draft, item) for item in told_of(row)),
    )


def _answer(row: Handover, draft: Draft, item: str) -> PatientAnswer:
    answer, gave = row.answers.get(item), [value for each, value, _ in row.given if each == item]
    return PatientAnswer(
        item=item,
        answer=answer,
        entered=row.entered.get(item),
        before=draft.answers.get(item),
        before_entered=draft.entered.get(item),
        declined=item in row.declined,
        typed=str(row.typed.get(item, "")),
        changed_from=tuple(value for value in gave[:-1] if value != answer and value is not None),
        verdict=row.reviews.get(item, {}).get("verdict", ""),
    )


def told_of(row: Handover) -> list[str]:
    """The questions the patient dealt with, in the order they are asked."""
    dealt = {*row.answers, *row.declined, *row.typed}
    order = {item: place for place, item in enumerate(row.items)}
    return sorted(dealt, key=lambda item: (order.get(item.removesuffix(entry.DETAIL), len(order)), item))


def _number_waiting(rows: Sequence[Handover]) -> int:
    return sum(len(_waiting(row)) for row in rows if row.state != "reviewed")


def _waiting(row: Handover) -> list[str]:
    return [item for item in told_of(row) if item not in row.reviews]


__all__ = [
    "REASONS", "HandoverView", "PatientAnswer", "accept_patient_answers", "answered_alone", "askable_sections",
    "begin_hand_over", "handed_over", "handovers_of", "is_good_pin", "reject_patient_answer", "take_back",
]  # fmt: skip
