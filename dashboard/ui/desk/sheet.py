"""An outcome measure asked item by item, from the file of a clinic that holds it; scored as it is answered."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from dashboard import instruments, intake
from dashboard.clinical.vocabulary import Instrument, Item
from dashboard.instruments import InstrumentFile, Question
from dashboard.ui import keeping, look, state
from dashboard.ui.desk import lease
from dashboard.ui.look import plain
from dashboard.ui.state import Stored
from dashboard.ui.taking import Taking

GONE_THROUGH = "finished"
"""The place among an instrument's items of the word that its whole sheet was gone through."""
SHORT_ENOUGH = 44
"""Characters of all choices together up to which they fit beside their item."""


def offer(taking: Taking, item: Item, measure: Instrument) -> bool:
    """The way to the items of a measure whose file is in force, and whether they are open.

    Where there is a file that cannot be used, this says so.
    """
    files = taking.sheets.get(item.id, ())
    if not files:
        if taking.shelf.fault_of(measure.id):
            st.caption(
                ":orange[:material/warning: The clinic's file for this measure cannot be used, so its total is asked. "
                "Administration, In use, says what is wrong with it.]"
            )
        return False
    kept = (taking.draft.entered.get(item.id) or {}).get("items")
    opened = f"{taking.draft.id}.{item.id}.sheet-open"
    is_open = st.session_state.setdefault(opened, bool(kept))
    st.button(
        "Close the items" if is_open else f"Ask the {len(files[0].questions)} items",
        key=f"open-sheet-{item.id}",
        icon=":material/keyboard_arrow_up:" if is_open else ":material/checklist:",
        type="tertiary",
        on_click=_turn,
        args=(opened,),
    )
    return bool(is_open)


def items(taking: Taking, item: Item) -> None:
    """The items, each answered with a digit, and under them the score as it stands."""
    with st.container(key=f"asking-{item.id}", border=True, gap="xsmall"):
        _items(taking, item, _chosen(taking, item, taking.sheets[item.id]))


def _turn(opened: str) -> None:
    st.session_state[opened] = not st.session_state.get(opened, False)


def _chosen(taking: Taking, item: Item, files: tuple[InstrumentFile, ...]) -> InstrumentFile:
    """The file to ask from: the one answered from already, else the one whose language is chosen."""
    languages = {file.language: file for file in files}
    if len(files) == 1:
        return files[0]
    used = ((taking.draft.entered.get(item.id) or {}).get("sheet") or {}).get("language")
    language = st.segmented_control(
        "Language of the items",
        list(languages),
        default=used if used in languages else files[0].language,
        required=True,
        format_func=look.label,
        key=f"{taking.draft.id}.{item.id}.sheet-language",
    )
    return languages.get(language or "", files[0])


def _items(taking: Taking, item: Item, file: InstrumentFile) -> None:
    entered = taking.draft.entered.get(item.id) or {}
    kept = {str(number): place for number, place in instruments.sheet_of(entered).items()}
    if file.introduction:
        st.caption(plain(file.introduction))
    for question in file.questions:
        _asked(taking, item, file, question, kept.get(str(question.number)))
    if file.scoring.missing == "unticked-is-nought":
        _gone_through(taking, item, file, bool((entered.get("sheet") or {}).get(GONE_THROUGH)))
    with st.container(key=f"sheet-score-{item.id}"):
        st.markdown(_score(file, {int(number): place for number, place in kept.items()}, entered))
    st.caption(plain(f"{file.version} · {file.language} · {file.licence}"))


def _asked(taking: Taking, item: Item, file: InstrumentFile, question: Question, kept: int | None) -> None:
    words = {place: choice.words for place, choice in enumerate(question.choices, 1)}
    _choice(taking, item, file, str(question.number), f"{question.number}. {question.wording}", words, kept)


def _gone_through(taking: Taking, item: Item, file: InstrumentFile, finished: bool) -> None:
    words = {1: "Gone through: what is not ticked is not so"}
    _choice(taking, item, file, GONE_THROUGH, "The whole sheet", words, 1 if finished else None)


def _choice(
    taking: Taking, item: Item, file: InstrumentFile, part: str, label: str, words: dict[int, str], kept: int | None
) -> None:
    """One item: started from what is kept, drawn, and saved as soon as a person changed it, like every field."""
    draft, locked = taking.draft.id, lease.reads_only(taking)
    memory = state.meet(draft, _name(item, part), Stored(kept, None), lambda stored: stored.answer)
    key = _key(draft, item, part, memory.generation)
    short = len(words) <= 4 and sum(map(len, words.values())) <= SHORT_ENOUGH
    widget: Any = st.segmented_control if short else st.pills
    widget(
        look.label(label),
        list(words),
        default=kept,
        format_func=lambda place: look.label(words.get(place, "")),
        key=key,
        on_change=partial(_keep, draft, item, file, part, memory.generation),
        disabled=locked,
    )
    if not locked and _keep(draft, item, file, part, memory.generation):
        taking.saved_late = True


def _keep(draft_id: str, item: Item, file: InstrumentFile, part: str, generation: int) -> bool:
    """Save an item's choice if a person changed it since it was last dealt with; whether anything was saved.

    The deed lays it over the items kept and scores the sheet; the total's own field starts again from the new total.
    """
    memory, key = state.held(draft_id, _name(item, part)), _key(draft_id, item, part, generation)
    if memory is None or memory.generation != generation or key not in st.session_state:
        return False
    place = st.session_state[key]
    if place == memory.raw:
        return False
    change: dict[str, Any] = {"instrument": file.id, "language": file.language}
    change |= {GONE_THROUGH: place is not None} if part == GONE_THROUGH else {"answers": {part: place}}
    if not keeping.put(draft_id, item, lambda _: {instruments.SHEET: change}):
        return False  # not dealt with: tried again at every run until it is saved
    memory.raw, memory.stored = place, Stored(place, None)
    _keep_parts(draft_id, item)
    return True


def _keep_parts(draft_id: str, item: Item) -> None:
    """What a sheet says of a part that is a measure of its own goes to that measure's question."""
    known = intake.knowledge()
    measure = instruments.measures_of(known).get(item.id)
    part = known.instruments.get(measure.part) if measure else None
    memory = state.held(draft_id, item.id)
    if part is None or memory is None:
        return
    value = ((memory.stored.entered or {}).get("parts") or {}).get(part.id)
    keeping.put(draft_id, known.items[instruments.source_of(part)], lambda _: None if value is None else int(value))


def _score(file: InstrumentFile, kept: dict[int, int], entered: Any) -> str:
    """The score as it stands: the total and what it was made over, or why there is none yet."""
    try:
        made = instruments.score(file, kept, bool((entered.get("sheet") or {}).get(GONE_THROUGH)))
    except (KeyError, IndexError):  # answered from an earlier version of the file, which had other items
        return ":orange[Answered from another version of these items: answer them again to score them.]"
    if made.total is None:
        return f":material/pending: {plain(made.says)}"
    return f":material/calculate: **{made.total:g}** {plain(made.says)}"


def _name(item: Item, part: str) -> str:
    return f"{item.id}#{part}"


def _key(draft_id: str, item: Item, part: str, generation: int) -> str:
    return keeping.field_key(draft_id, _name(item, part), generation)
