"""Whatever is typed into any question: refused with a cure, or kept as words; nothing is lost, echoed or logged."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from dashboard import casework, entry, intake
from tests.cases.bad_inputs import BAD_INPUTS, BEYOND, BLANK, KINDS, WORDS, Bad
from tests.casework.conftest import Cast

CURES = (
    "type it",
    "should",
    "keep it",
    "give",
    "use ",
    "write",
    "check",
    "make it",
    "did you mean",
    "it has ",
    "needs",
    "leave",
)
NEVER = ("Traceback", "Error", "<class", "object at 0x", "Exception", "None", BEYOND, "DROP", "window.hit", "evil")
LONGEST_MESSAGE = 700
NOT_TAKEN = object()


def expected(bad: Bad, kind: str) -> Any:
    """What a question of that kind keeps of the value; NOT_TAKEN where it is refused."""
    if kind in bad.taken:
        return bad.taken[kind]
    if kind not in WORDS or bad.words is None:
        return NOT_TAKEN
    return [[bad.words, None]] if kind == "activities" else bad.words


def test_there_are_enough_of_them() -> None:
    """At least sixty, each with a name of its own, for every type of question there is."""
    assert len(BAD_INPUTS) >= 60
    assert len({bad.name for bad in BAD_INPUTS}) == len(BAD_INPUTS)
    asked = {item.type for item in intake.knowledge().items.values()}
    assert asked <= {intake.question(item).type for item, _ in KINDS.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_value_is_refused_with_a_cure_or_kept_as_words(kind: str) -> None:
    """Every value at this kind of question: what is kept is what was said, and a refusal says what to do."""
    item, unit = KINDS[kind]
    wrong = []
    for bad in BAD_INPUTS:
        found, said = tried(item, bad, unit)
        wrong += [f"{bad.name}: {fault}" for fault in (faults(*said, bad) if found is NOT_TAKEN else [])]
        if not same(found, expected(bad, kind)):
            wrong.append(f"{bad.name}: {'refused: ' + said[0] if found is NOT_TAKEN else 'kept'}")
    assert wrong == []


def tried(item: str, bad: Bad, unit: str | None) -> tuple[Any, tuple[str, str]]:
    """What an answer becomes, or NOT_TAKEN with the message and the whole error."""
    try:
        answer = entry.accept(item, bad.raw, unit).answer
    except casework.BadAnswer as why:
        return NOT_TAKEN, (why.message, str(why))
    return (BLANK if answer is None else entry.plain(answer)), ("", "")


def test_what_is_refused_leaves_a_draft_as_it_was(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """Every value saved at a question in words and at one of another kind: kept in the draft, or nothing changed."""
    caplog.set_level(logging.DEBUG, "backstride")
    draft, kinds = casework.open_draft(cast.noor, cast.runner().id), list(KINDS)
    kept = dict(draft.answers)
    for place, bad in enumerate(BAD_INPUTS):
        for kind in ("text", kinds[place % len(kinds)]):
            item, unit = KINDS[kind]
            wanted = expected(bad, kind)
            if wanted is NOT_TAKEN:
                with pytest.raises(casework.BadAnswer):
                    casework.save_answer(cast.noor, draft.id, item, bad.raw, unit=unit)
                continue
            kept[item] = None if wanted is BLANK else wanted
            casework.save_answer(cast.noor, draft.id, item, bad.raw, unit=unit)
    found = casework.read_draft(cast.noor, draft.id).answers
    assert found.keys() == {item for item, answer in kept.items() if answer is not None}
    assert [item for item in found if not same(found[item], kept[item])] == []
    assert BEYOND not in caplog.text


def same(found: Any, wanted: Any) -> bool:
    """Whether what was kept is what should be."""
    if isinstance(wanted, float):
        return isinstance(found, float) and found == pytest.approx(wanted)
    return bool(found == wanted or found is wanted)


def faults(message: str, whole: str, bad: Bad) -> list[str]:
    """What is wrong with a message: no cure, technical, too long, or with what was typed in it."""
    found = []
    if not any(cure in message.lower() for cure in CURES):
        found.append(f"names no cure: {message}")
    if not message.endswith((".", "?")) or len(message) > LONGEST_MESSAGE:
        found.append(f"is no sentence: {message[-40:]}")
    if any(sign in whole for sign in NEVER):
        found.append("is technical or repeats what was typed")
    if isinstance(bad.raw, str) and len(bad.raw) > 5 and bad.raw in whole:
        found.append("repeats what was typed")
    return found


def test_what_is_too_long_is_refused_before_anything_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pasted page costs the desk nothing: its length alone is looked at."""

    def read(raw: object) -> object:
        raise AssertionError("read")

    monkeypatch.setattr(entry, "visible_in", read)
    for item, unit in KINDS.values():
        for raw in ("x" * 1_000_000, ["x" * 1_000_000], {"x" * 1_000_000: 1}, ["x"] * 1000):
            with pytest.raises(casework.BadAnswer, match=r"at most"):
                entry.accept(item, raw, unit)


@pytest.mark.parametrize("unit", ["stone", "Xq7" * 100, "<b>", "", "km\x00", 7, ["km"]])
def test_a_unit_nobody_offers_is_refused_without_an_echo(unit: Any) -> None:
    """Made up by a browser or a file: the message names the units there are, and not the one given."""
    if unit == "":
        assert entry.accept("weekly_distance_km", 5, unit).answer == 5.0
        return
    with pytest.raises(casework.BadAnswer, match="that unit; use km or mi") as refusal:
        entry.accept("weekly_distance_km", 5, unit)
    assert BEYOND not in str(refusal.value)


@pytest.mark.parametrize("item", ["no_such_item", "rf_fever_detail_detail", "__class__", "", "Xq7" * 400, "nprs\x00"])
def test_a_question_nobody_asks_is_refused(item: str, cast: Cast) -> None:
    """An item that does not exist takes no answer."""
    draft = casework.open_draft(cast.noor, cast.runner().id)
    with pytest.raises(casework.BadAnswer, match="is not a question of this intake"):
        casework.save_answer(cast.noor, draft.id, item, 1)


def test_patients_are_searched_for_with_anything(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """In the search field every one of these finds nobody or somebody, and breaks nothing."""
    caplog.set_level(logging.DEBUG, "backstride")
    cast.runner()
    for bad in BAD_INPUTS:
        if isinstance(bad.raw, str):
            casework.find_patients(cast.noor, bad.raw)
    assert BEYOND not in caplog.text
