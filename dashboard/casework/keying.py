"""A paper form keyed in by two, the second blind to the first; what both agree on becomes answers of the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dashboard import clinic as settings
from dashboard import on_paper
from dashboard.access import Actor, Permission
from dashboard.casework.authority import changed, looking, name_of, stale, writing
from dashboard.casework.deeds import deed
from dashboard.casework.draft_rows import found_draft, open_to_answers
from dashboard.casework.errors import BadAnswer, NotReady
from dashboard.casework.rows import referred
from dashboard.casework.saving import save_answer
from dashboard.entry import Accepted, plain
from dashboard.letters import one_line, visible_in
from dashboard.on_paper import Difference
from dashboard.on_paper.codes import LONGEST
from dashboard.on_paper.form import EDITIONS
from db import queries, records
from db.queries import DraftEntry
from db.tables import PaperPass, Site

FIRST, SECOND = 1, 2


@dataclass(frozen=True)
class PaperView:
    """How far the keying of one draft's paper form is."""

    draft_id: str
    turn: int
    """1 or 2: the keying under way or to begin; 0 when both are finished and are compared."""
    texts: Mapping[str, str]
    """Of the keying under way: what was typed so far. Never anything of the other one."""
    first_by: str = ""
    second_by: str = ""
    same_person: bool = False
    """Whether one person keyed both, who may misread a word twice in the same way."""
    differences: tuple[Difference, ...] = ()
    ready: int = 0
    """Answers that both keyed alike or somebody settled."""
    taken: bool = False
    """Whether they have become answers of the draft."""
    open_by: str = ""
    """Who is keying, while a keying is under way."""


@dataclass(frozen=True)
class Taken:
    """What became of a paper form: questions whose answer was kept, and those refused with why."""

    kept: tuple[str, ...]
    refused: Mapping[str, str]


@deed(Permission.INTAKE_WRITE, of_a_site=True)
def read_keying(actor: Actor, draft_id: str) -> PaperView:
    """How far the keying of a draft's form is; NotFound for a draft of another site."""
    with looking(actor, Permission.INTAKE_WRITE) as session:
        return _view(session, found_draft(session, actor, draft_id))


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def begin_keying(actor: Actor, draft_id: str) -> PaperView:
    """Begin the first keying, or the second once the first is finished; go on with one that is under way."""
    try:
        with writing(actor, Permission.INTAKE_WRITE) as session:
            row = open_to_answers(session, actor, draft_id)
            passes = queries.paper_passes(session, row.draft.id)
            if all(each.state == "finished" for each in passes) and len(passes) < SECOND:
                begun = PaperPass(draft_id=row.draft.id, number=len(passes) + 1, by=actor.person_id)
                records.insert(session, actor, begun, "paper:begin")
            return _view(session, row)
    except IntegrityError:  # a colleague began it at the same moment: theirs is gone on with
        return read_keying(actor, draft_id)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def keep_keyed(actor: Actor, draft_id: str, texts: Mapping[str, str]) -> PaperView:
    """Keep lines of the keying under way as they were typed; what cannot be an answer is kept too, and told later.

    A line that is not on the form, or longer than a line can be, is a BadAnswer, and nothing is kept.
    """
    typed = {item: _line(item, text) for item, text in texts.items()}
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = open_to_answers(session, actor, draft_id)
        under_way = _under_way(session, row)
        session.refresh(under_way, with_for_update=True)
        kept = {item: text for item, text in {**under_way.texts, **typed}.items() if text}
        if kept != under_way.texts:
            changed(session, actor, under_way, under_way.version, "paper:key", texts=kept)
        return _view(session, row)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def finish_keying(actor: Actor, draft_id: str) -> PaperView:
    """End the keying under way: the second may begin, or the two are compared. Who ends it has keyed it."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = open_to_answers(session, actor, draft_id)
        under_way = _under_way(session, row)
        if not under_way.texts:
            raise NotReady("Nothing was typed yet. Key the form in, or leave it.")
        done: dict[str, Any] = {"state": "finished", "by": actor.person_id, "finished_at": datetime.now(UTC)}
        changed(session, actor, under_way, under_way.version, "paper:finish", **done)
        return _view(session, row)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def settle_keyed(actor: Actor, draft_id: str, item_id: str, text: str) -> PaperView:
    """Say what stands on the paper where the two keyings differ; BadAnswer when it cannot be an answer."""
    text = _line(item_id, text)
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = open_to_answers(session, actor, draft_id)
        _, second = _both(session, row)
        line = on_paper.line_of(item_id)
        assert line is not None
        on_paper.keyed(line, text, _units(session, row).get(item_id))
        settled = {**second.settled, item_id: text}
        changed(session, actor, second, second.version, "paper:settle", reason=item_id, settled=settled)
        return _view(session, row)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def drop_keying(actor: Actor, draft_id: str) -> PaperView:
    """Begin again with the paper: both keyings are put aside, and stay in the record."""
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = open_to_answers(session, actor, draft_id)
        for each in queries.paper_passes(session, row.draft.id):
            changed(session, actor, each, each.version, "paper:drop", state="dropped")
        return _view(session, row)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def take_from_paper(actor: Actor, draft_id: str) -> Taken:
    """Put what both keyed alike, or somebody settled, into the draft, each answer as one typed at the desk would be.

    NotReady while lines differ. Taken again after a cut, it goes on where it was: an answer that is there stays.
    """
    with looking(actor, Permission.INTAKE_WRITE) as session:
        row = _open(session, actor, draft_id)
        first, second = _both(session, row)
        if open_lines := _differences(session, row, first, second):
            raise NotReady(
                f"{len(open_lines)} lines differ. Look at the paper for each.",
                tuple(each.line.item.id for each in open_lines),
            )
        found = on_paper.agreed(first.texts, second.texts, second.settled, _units(session, row))
    kept, refused = [], {}
    for item, accepted in found.items():
        try:
            save_answer(actor, draft_id, item, *_as_typed(accepted), source="paper")
            kept.append(item)
        except BadAnswer as why:
            refused[item] = why.message
    _mark_taken(actor, draft_id)
    return Taken(tuple(kept), refused)


@deed(Permission.INTAKE_WRITE, writes=True, of_a_site=True)
def note_paper_form(actor: Actor, draft_id: str, edition: str = "staff") -> None:
    """Keep that somebody prints the paper form with a patient's name on it, and in which edition."""
    if edition not in EDITIONS:
        raise BadAnswer("edition", f"must be one of {', '.join(EDITIONS)}.")
    with writing(actor, Permission.INTAKE_WRITE) as session:
        row = found_draft(session, actor, draft_id)
        records.note(session, actor, "sheet:print", "draft", row.draft.id, after={"sheet": f"paper-form-{edition}"})


def _mark_taken(actor: Actor, draft_id: str) -> None:
    with writing(actor, Permission.INTAKE_WRITE) as session:
        for each in _both(session, open_to_answers(session, actor, draft_id)):
            if each.state != "taken":
                changed(session, actor, each, each.version, "paper:take", state="taken")


def _as_typed(accepted: Accepted) -> tuple[Any, str | None]:
    """What `save_answer` takes for an accepted answer: as it was entered, where that differs."""
    if accepted.entered is not None:
        return accepted.entered["raw"], accepted.entered["unit"]
    return plain(accepted.answer), None


def _line(item_id: str, text: str) -> str:
    if on_paper.line_of(item_id) is None:
        raise BadAnswer(item_id, "is not on the form.")
    text = one_line(str(visible_in(text)))
    if len(text) > LONGEST:
        raise BadAnswer(item_id, f"is longer than {LONGEST} characters. Shorten it.")
    return text


def _open(session: Session, actor: Actor, draft_id: str) -> DraftEntry:
    row = found_draft(session, actor, draft_id)
    if row.draft.state != "open":
        raise stale(session, "draft", row.draft.id)
    return row


def _under_way(session: Session, row: DraftEntry) -> PaperPass:
    found = next((each for each in queries.paper_passes(session, row.draft.id) if each.state == "open"), None)
    if found is None:
        raise NotReady("No keying is under way. Begin one.")
    return found


def _both(session: Session, row: DraftEntry) -> tuple[PaperPass, PaperPass]:
    passes = queries.paper_passes(session, row.draft.id)
    if len(passes) < SECOND or any(each.state == "open" for each in passes):
        raise NotReady("The form has to be keyed in twice first.")
    return passes[0], passes[1]


def _units(session: Session, row: DraftEntry) -> dict[str, str | None]:
    """The unit the form prints beside each amount: that of the patient's site."""
    here = settings.clinic().at(referred(session, Site, row.patient.site_id).code)
    items = [line.item for line in on_paper.lines()]
    return {item.id: here.unit_for((*item.units, item.unit or "")) or item.unit for item in items if item.unit}


def _there(row: DraftEntry, units: Mapping[str, str | None]) -> dict[str, str]:
    """What the draft says already, in the form's code."""
    answers, entered = row.draft.answers, row.draft.entered
    lines = [line for line in on_paper.lines() if line.item.id in answers]
    return {
        line.item.id: on_paper.spelled(line, answers[line.item.id], entered.get(line.item.id), units.get(line.item.id))
        for line in lines
    }


def _differences(session: Session, row: DraftEntry, first: PaperPass, second: PaperPass) -> tuple[Difference, ...]:
    units = _units(session, row)
    return on_paper.differences(first.texts, second.texts, second.settled, units, _there(row, units))


def _view(session: Session, row: DraftEntry) -> PaperView:
    passes = queries.paper_passes(session, row.draft.id)
    names = [name_of(session, each.by) for each in passes] + ["", ""]
    under_way = next((each for each in passes if each.state == "open"), None)
    if under_way is not None or len(passes) < SECOND:
        turn = under_way.number if under_way else len(passes) + 1
        texts = dict(under_way.texts) if under_way else {}
        who = name_of(session, under_way.by) if under_way else ""
        return PaperView(row.draft.id, turn, texts, names[0] if turn == SECOND else "", open_by=who)
    first, second = passes
    found = on_paper.agreed(first.texts, second.texts, second.settled, _units(session, row))
    taken = second.state == "taken"
    open_lines = () if taken else _differences(session, row, first, second)
    ready = len(found.keys() - {each.line.item.id for each in open_lines})
    return PaperView(row.draft.id, 0, {}, names[0], names[1], first.by == second.by, open_lines, ready, taken)
