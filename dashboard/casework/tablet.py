"""What a tablet in a patient's hands may do: ask its questions, keep the answers, and go back to the desk.

Nobody acts here in their job. A request names the sign-in it comes under, and that has to be handed over; what is
reached is the one handover of it and, to know which questions to ask, the answers of its draft, which are never shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from dashboard import accounts, entry, intake, patient_words
from dashboard.access import Actor
from dashboard.accounts import clock
from dashboard.casework.authority import scope_of
from dashboard.casework.errors import BadAnswer
from dashboard.casework.handing_over import sealed_pin, told_of
from dashboard.clinic import clinic
from dashboard.clinical.vocabulary import Item, Urgency
from dashboard.in_force import knowledge
from db import engine, queries, records
from db.tables import Draft, Handover, Site

TRIES = 5
"""Wrong PINs in a row after which the sign-in ends: then only a password gets anybody further."""
MOST_GIVEN = 2_000
"""Answers, changed ones included, that are kept of one handover; nobody gives as many."""
TOUCHED_EVERY = timedelta(seconds=5)
ASKED_BACK_FROM = Urgency.SAME_DAY


class NotHeld(LookupError):  # noqa: N818 - what it is not
    """The tablet is not, or no longer, in a patient's hands under this sign-in."""


@dataclass(frozen=True)
class AtTheTablet:
    """Whom the trail names for what is done on the tablet: the patient, under the sign-in it was handed over from."""

    sign_in: str
    person_id: int | None = None
    name: str = "patient, on the tablet"
    role: str = "patient"


@dataclass(frozen=True)
class Given:
    """What came of one question: ``raw`` None leaves it blank, ``declined``: not known, or rather not said."""

    raw: Any = None
    unit: str | None = None
    declined: bool = False


@dataclass(frozen=True)
class Kept:
    """What became of a screen's answers; ``refused``: why, by question."""

    refused: Mapping[str, BadAnswer]
    asked_back: bool


@dataclass(frozen=True)
class Showing:
    """What the tablet shows: the questions in their screens, and the answers given on it, nobody else's."""

    state: str
    """asking, asked-back or wiped."""
    language: str
    screens: tuple[tuple[Item, ...], ...]
    """Those asked now, given the answers so far."""
    answers: Mapping[str, Any]
    entered: Mapping[str, Any]
    declined: frozenset[str]
    typed: Mapping[str, str]
    places: tuple[str, ...]
    """Codes of the places on the body named so far, for "which is worst"."""
    site: str
    idle_seconds_left: int
    tries_left: int


def showing(sign_in: str) -> Showing:
    """What the tablet shows now; one that nobody touched for too long is wiped by this. Raises NotHeld."""
    with _held(sign_in) as held:
        _wipe_if_idle(held)
        return _showing(held)


def give(sign_in: str, given: Mapping[str, Given]) -> Kept:
    """Keep the answers to some questions; each one that cannot be read is kept as it was typed, and told.

    They are assessed at once: when they set an urgency of the same day or graver, the patient is asked to hand the
    tablet back. Questions that were not handed over are passed over. Raises NotHeld, also for a tablet that waits.
    """
    with _held(sign_in) as held:
        _wipe_if_idle(held)
        if held.row.state != "begun" or held.row.asked_back or held.draft.state != "open":
            return Kept({}, asked_back=True)
        refused = _keep(held, {item: each for item, each in given.items() if _was_asked(held.row, item)})
        return Kept(refused, held.row.asked_back)


def touch(sign_in: str) -> None:
    """Somebody touched the tablet: neither its page nor the sign-in idles out."""
    with _held(sign_in) as held:
        _wipe_if_idle(held)
        if held.row.state != "begun" or clock.now() - held.row.seen_at < TOUCHED_EVERY:
            return
        held.row.seen_at = clock.now()
    accounts.touch(sign_in)


def wipe(sign_in: str) -> None:
    """Show nothing any more but the way back to the desk; the answers are kept."""
    with _held(sign_in) as held:
        _wipe(held)


def speak(sign_in: str, language: str) -> None:
    """Go on in another language; one there are no words in changes nothing."""
    with _held(sign_in) as held:
        if language in patient_words.LANGUAGES and held.row.language != language:
            _change(held, "handover:language", language=language)


def give_back(sign_in: str, pin: str, to_patient: bool = False) -> str | None:
    """Take the tablet back by its PIN, or (``to_patient``) let the patient go on where the page was cleared.

    The id of the intake to go on with, None for a wrong PIN. It counts before it is looked at; the fifth wrong one in
    a row ends the sign-in, and nothing but a password gets anybody further.
    """
    with _held(sign_in) as held:
        _change_quietly(held, wrong_pins=held.row.wrong_pins + 1)
        told = sealed_pin(held.row.id or 0, pin.strip())
        right = held.row.wrong_pins <= TRIES and hmac.compare_digest(told, held.row.pin)
        if right:
            _take_back(held, to_patient)
            return held.row.draft_id
        left = TRIES - held.row.wrong_pins
        records.note(held.session, held.doer, "pin:refused", "handover", held.row.id, after={"left": max(0, left)})
        if left <= 0:
            _end(held, "guessing")
    if left <= 0:
        accounts.end(sign_in, "guessing")
    return None


def leave(sign_in: str) -> None:
    """End the sign-in on the tablet, for whoever would rather sign in anew; the answers are kept."""
    with _held(sign_in) as held:
        _end(held, "sign-in-over")
    accounts.end(sign_in, "signed-out")


@dataclass
class _Held:
    """A handover in the patient's hands, kept from others until the transaction ends."""

    session: Session
    actor: Actor
    doer: AtTheTablet
    row: Handover
    draft: Draft
    by_staff: bool = False
    """Whether the PIN was typed: what is done then is its person's deed."""


@contextmanager
def _held(sign_in: str) -> Iterator[_Held]:
    found = accounts.holder(sign_in)
    if found is None:
        raise NotHeld("this sign-in is not handed over")
    actor, handover_id = found
    with engine.transaction(scope=scope_of(actor)) as session:
        row = queries.handover_held(session, handover_id, sign_in, to_change=True)
        draft = session.get(Draft, row.draft_id) if row is not None else None
        if row is None or draft is None or row.state not in ("begun", "wiped"):
            raise NotHeld("this sign-in is not handed over")
        yield _Held(session, actor, AtTheTablet(sign_in), row, draft)


def _showing(held: _Held) -> Showing:
    row, known = held.row, knowledge()
    merged = _merged(held)
    shown = intake.visible(merged)
    asked = [
        tuple(known.items[item] for item in screen if item in shown and item in row.items)
        for screen in patient_words.screens(known)
    ]
    out = row.asked_back or held.draft.state != "open"
    return Showing(
        state="wiped" if row.state == "wiped" else "asked-back" if out else "asking",
        language=row.language,
        screens=tuple(screen for screen in asked if screen),
        answers=dict(row.answers),
        entered=dict(row.entered),
        declined=frozenset(row.declined),
        typed={item: str(typed) for item, typed in row.typed.items()},
        places=tuple(each.partition(":")[0] for each in _places(merged)),
        site=_site(held),
        idle_seconds_left=int(max(timedelta(), idle_time() - (clock.now() - row.seen_at)).total_seconds()),
        tries_left=max(0, TRIES - row.wrong_pins),
    )


def idle_time() -> timedelta:
    """How long nobody has to touch a tablet for its page to be cleared."""
    return timedelta(minutes=clinic().tablet_idle_minutes)


def _site(held: _Held) -> str:
    """The code of the site the patient belongs to, whose units are used."""
    patient = queries.patient(held.session, held.draft.patient_id, None)
    site = held.session.get(Site, patient.site_id) if patient else None
    return site.code if site else ""


def _places(merged: Mapping[str, Any]) -> tuple[str, ...]:
    known = knowledge().items
    return tuple(each for item in merged if item in known and known[item].type == "sites" for each in merged[item])


def _merged(held: _Held) -> dict[str, Any]:
    """The answers of the intake with the patient's own over them: what decides which questions are asked."""
    return {**held.draft.answers, **held.row.answers}


def _was_asked(row: Handover, item: str) -> bool:
    return item in row.items or (item.endswith(entry.DETAIL) and item.removesuffix(entry.DETAIL) in row.items)


def _keep(held: _Held, given: Mapping[str, Given]) -> dict[str, BadAnswer]:
    row, refused = held.row, dict[str, BadAnswer]()
    answers, entered, declined = dict(row.answers), dict(row.entered), list(row.declined)
    typed, log = dict(row.typed), list(row.given)
    for item, each in given.items():
        try:
            accepted = _accepted(item, each)
        except BadAnswer as why:
            refused[item] = why
            accepted, typed[item] = entry.Accepted(None), str(each.raw)[:200]
        else:
            typed.pop(item, None)
        answer = entry.plain(accepted.answer)
        was = answers.get(item)
        _put(answers, item, answer)
        _put(entered, item, dict(accepted.entered) if accepted.entered else None)
        declined = [other for other in declined if other != item]
        if each.declined and answer is None:
            declined.append(item)
        if was != answer and len(log) < MOST_GIVEN:
            log.append([item, answer, clock.now().isoformat()])
    fields = {"answers": answers, "entered": entered, "declined": declined, "typed": typed, "given": log}
    before = {name: getattr(row, name) for name in fields}
    if fields != before:
        alarm = _alarms(held, answers)
        _change(held, "handover:answer", reason=",".join(sorted(given))[:200], seen_at=clock.now(), **fields, **alarm)
    return refused


def _accepted(item_id: str, each: Given) -> entry.Accepted:
    """ "I don't know" is the answer "unknown" where the question has one, else no answer."""
    if not each.declined:
        return entry.accept(item_id, each.raw, each.unit)
    item = entry.question(item_id)
    if item.type == "flag":
        return entry.accept(item, "unknown")
    codes = sorted(item.unknown_codes) if item.type == "choice" else []
    return entry.accept(item, codes[0]) if len(codes) == 1 else entry.Accepted(None)


def _put(answers: dict[str, Any], item: str, value: Any) -> None:
    if value is None:
        answers.pop(item, None)
    else:
        answers[item] = value


def _alarms(held: _Held, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the patient's answers set off beyond the intake's own; what was set off once stays set off."""
    row, known_before = held.row, {each[0] for each in held.row.alarms}
    desk = {flag["id"] for flag in intake.preview(held.draft.answers)["red_flags"]}
    fired = intake.preview({**held.draft.answers, **answers})["red_flags"]
    now = clock.now().isoformat()
    new = [[flag["id"], flag["urgency"], now] for flag in fired if flag["id"] not in desk | known_before]
    if not new:
        return {}
    highest = max(Urgency.of(urgency) for _, urgency, _ in new)
    asked_back = row.asked_back or highest >= ASKED_BACK_FROM
    return {"alarms": [*row.alarms, *new], "urgency": max(row.urgency, int(highest)), "asked_back": asked_back}


def _wipe_if_idle(held: _Held) -> None:
    if held.row.state == "begun" and clock.now() - held.row.seen_at > idle_time():
        _wipe(held)


def _wipe(held: _Held) -> None:
    if held.row.state == "begun":
        _change(held, "handover:wipe", state="wiped")


def _take_back(held: _Held, to_patient: bool) -> None:
    """Whoever knows the PIN acts in their own name."""
    held.by_staff = True
    if to_patient and held.draft.state == "open":
        _change(held, "handover:go-on", state="begun", asked_back=False, wrong_pins=0, seen_at=clock.now())
        return
    _end(held, "pin")
    _turn_back_to(held, held.row.section)
    accounts.take_back_in(held.session, held.doer.sign_in, held.row.id or 0)


def _turn_back_to(held: _Held, section: str | None) -> None:
    """Go on with the intake where it was left, wherever another desk turned meanwhile."""
    draft = held.draft
    # Kept from others and read again: a merge may have moved it, or put it aside, since it was read.
    if queries.draft_locked(held.session, draft.id, None) is None:
        return
    held.session.refresh(draft)
    if section and draft.state == "open" and draft.section != section:
        records.change(held.session, held.actor, draft, draft.version, "draft:turn-to-section", section=section)


def _end(held: _Held, why: str) -> None:
    state = "returned" if told_of(held.row) else "reviewed"
    _change(held, "handover:return", state=state, ended_at=clock.now(), ended_why=why, asked_back=False)


def _change(held: _Held, deed: str, reason: str = "", **fields: Any) -> None:
    who = held.actor if held.by_staff else held.doer
    held.row = records.change(held.session, who, held.row, held.row.version, deed, reason, **fields)


def _change_quietly(held: _Held, wrong_pins: int) -> None:
    """Count a try before it is looked at; what becomes of it is noted after."""
    held.row.wrong_pins = wrong_pins
    held.session.flush()
