"""Reads a clinic's instrument file: TOML into a frozen InstrumentFile; errors name the file, the key and the cure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.spelling import did_you_mean
from dashboard.clinical.vocabulary import Instrument, Scoring
from dashboard.clinical.vocabulary.care import MissingRule, ScoringMethod
from dashboard.instruments.shapes import Choice, InstrumentFile, Question, Subscale
from dashboard.letters import one_line

MOST_BYTES = 200_000
MOST_ITEMS = 60
MOST_CHOICES = 12
MOST_DOTS = 50
"""A key of thousands of parts would keep the TOML reader busy for hours."""
LONGEST = {"wording": 500, "words": 200, "version": 80, "language": 20, "licence": 300, "introduction": 1000}
KEYS = ("id", "version", "language", "licence", "introduction", "scoring", "choices", "item", "subscale", "table")
ONE_CHOICE = '{ words = "…", score = 0 }'
DOCS = "docs/instrument-files.md"
_NUMERIC = ("integer", "decimal")


class FileError(ValueError):
    """An instrument file that cannot be used; the message names the file, the key and the cure."""


def read(file: str, content: bytes, known: Knowledge) -> InstrumentFile:
    """The instrument that a file's bytes describe; raises FileError. ``file`` is the name that errors say."""
    return _Reader(file, known).instrument(_toml(file, content))


def scorable(known: Knowledge) -> dict[str, Instrument]:
    """The measures of the intake that are a total, by id: those a file may ask item by item."""
    found = {}
    for each in known.instruments.values():
        item = known.items.get(each.taken_from)
        if item is not None and item.type in _NUMERIC and each.scoring is not None:
            found[each.id] = each
    return found


def _toml(file: str, content: bytes) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise FileError(f"{file}: is larger than {MOST_BYTES // 1000} kB. An instrument is a few pages of text.")
    try:
        text = content.decode("utf-8-sig")
        if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
            raise FileError(f"{file}: has a line with more than {MOST_DOTS} dots. Shorten it.")
        return tomllib.loads(text)
    except RecursionError:
        raise FileError(f"{file}: is nested too deeply. Compare it with {DOCS}.") from None
    except FileError:
        raise
    except ValueError as why:  # not UTF-8, not TOML, or a number of thousands of digits
        raise FileError(f"{file}: this is not TOML ({str(why)[:160]}). Compare it with {DOCS}.") from None


class _Reader:
    """Reads one file's values and names the file in every error."""

    def __init__(self, file: str, known: Knowledge) -> None:
        self.file, self.known = file, known

    def wrong(self, key: str, cure: str) -> FileError:
        return FileError(f"{self.file}: {key} {cure}")

    def instrument(self, given: Mapping[str, Any]) -> InstrumentFile:
        self.keys(given, KEYS, "")
        measure = self.measure(given.get("id"))
        scoring = self.scoring(measure, given.get("scoring"))
        sets = self.sets(given.get("choices", {}))
        questions = self.questions(given.get("item"), sets, scoring)
        return InstrumentFile(
            id=measure.id,
            version=self.text(given, "version"),
            language=self.text(given, "language"),
            licence=self.text(given, "licence"),
            introduction=self.text(given, "introduction") if "introduction" in given else "",
            questions=questions,
            scoring=scoring,
            minimum=measure.minimum,
            maximum=measure.maximum,
            subscales=self.subscales(given.get("subscale", []), measure, questions),
            table=self.table(given.get("table"), measure, scoring, questions),
        )

    def keys(self, given: Mapping[str, Any], known: Sequence[str], prefix: str) -> None:
        for key in given:
            if key not in known:
                cure = did_you_mean(key, known) or f" Known keys: {', '.join(known)}."
                raise self.wrong(f"{prefix}{_cut(key)}", f"is not a key of this file.{cure}")

    def text(self, given: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value, most = given.get(key), LONGEST[key]
        if key == "licence" and not isinstance(value, str):
            raise self.wrong(key, "is missing. Say who holds the licence and since when; without it nothing is asked.")
        if not isinstance(value, str) or not one_line(value):
            raise self.wrong(f"{prefix}{key}", "must be words in quotes.")
        if len(value) > most:
            raise self.wrong(f"{prefix}{key}", f"is longer than {most} letters. Shorten it.")
        return one_line(value)

    def measure(self, id_: Any) -> Instrument:
        measures = scorable(self.known)
        if id_ not in measures:
            cure = did_you_mean(id_, measures) or f" It is one of {', '.join(measures)}."
            raise self.wrong("id", f"is {_cut(id_)!r}, which is no measure asked at intake.{cure}")
        return measures[id_]

    def scoring(self, measure: Instrument, given: Any) -> Scoring:
        """The published way, which a file may repeat and not change."""
        published = measure.scoring
        assert published is not None  # scorable() lists no other
        if given is None:
            return published
        if not isinstance(given, Mapping):
            raise self.wrong("scoring", "must be a table: write [scoring].")
        self.keys(given, ("method", "missing"), "scoring.")
        for key, known in (("method", get_args(ScoringMethod)), ("missing", get_args(MissingRule))):
            said, wanted = given.get(key, getattr(published, key)), getattr(published, key)
            if said not in known:
                cure = did_you_mean(said, known) or f" It is one of {', '.join(known)}."
                raise self.wrong(f"scoring.{key}", f"is {_cut(said)!r}.{cure}")
            if said != wanted:
                raise self.wrong(
                    f"scoring.{key}", f"is {said!r}; {measure.id} is published as {wanted!r}. Leave it out."
                )
        return published

    def sets(self, given: Any) -> Mapping[str, tuple[Choice, ...]]:
        if not isinstance(given, Mapping):
            raise self.wrong("choices", "must be a table of named lists: write [choices].")
        return {str(name): self.choices(rows, f"choices.{_cut(name)}") for name, rows in given.items()}

    def choices(self, rows: Any, key: str) -> tuple[Choice, ...]:
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_CHOICES:
            raise self.wrong(key, f"must be a list of 1 to {MOST_CHOICES} choices, such as {ONE_CHOICE}.")
        return tuple(self.choice(row, f"{key}, choice {place}") for place, row in enumerate(rows, 1))

    def choice(self, row: Any, key: str) -> Choice:
        if not isinstance(row, Mapping):
            raise self.wrong(key, f"must be {ONE_CHOICE}.")
        self.keys(row, ("words", "score"), f"{key}, ")
        return Choice(self.text(row, "words", f"{key}, "), self.number(row.get("score"), f"{key}, score"))

    def number(self, value: Any, key: str) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= 1000:
            raise self.wrong(key, f"is {_cut(value)!r}; give a number.")
        return float(value)

    def questions(self, rows: Any, sets: Mapping[str, tuple[Choice, ...]], scoring: Scoring) -> tuple[Question, ...]:
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            raise self.wrong("item", "must be given as one or more [[item]] tables.")
        if len(rows) > MOST_ITEMS:
            raise self.wrong("item", f"is given {len(rows)} times; at most {MOST_ITEMS}.")
        questions = tuple(self.question(row, place, sets, scoring) for place, row in enumerate(rows, 1))
        if scoring.items and len(questions) != scoring.items:
            raise self.wrong("item", f"is given {len(questions)} times; the instrument has {scoring.items} items.")
        return questions

    def question(
        self, row: Mapping[str, Any], place: int, sets: Mapping[str, tuple[Choice, ...]], scoring: Scoring
    ) -> Question:
        key = f"item {place}, "
        self.keys(row, ("number", "wording", "choices", "reversed"), key)
        if row.get("number") != place or isinstance(row.get("number"), bool):
            raise self.wrong(f"{key}number", f"is {_cut(row.get('number'))!r}; number the items 1, 2, 3 in order.")
        given = row.get("choices")
        if isinstance(given, str) and given not in sets:
            cure = did_you_mean(given, sets)
            raise self.wrong(f"{key}choices", f"names {_cut(given)!r}, which [choices] has not.{cure}")
        choices = sets[given] if isinstance(given, str) else self.choices(given, f"{key}choices")
        turned = row.get("reversed", False)
        if not isinstance(turned, bool):
            raise self.wrong(f"{key}reversed", "must be true or false.")
        question = Question(place, self.text(row, "wording", key), choices, turned)
        self.fits(question, scoring, key)
        return question

    def fits(self, question: Question, scoring: Scoring, key: str) -> None:
        if question.is_tick and (question.reversed or scoring.missing != "unticked-is-nought"):
            raise self.wrong(f"{key}choices", "must be two or more: this instrument is not one of ticks alone.")
        wanted = (scoring.lowest, scoring.highest)
        if wanted != (0, 0) and (question.lowest, question.highest) != wanted:
            ends = f"{wanted[0]:g} to {wanted[1]:g}"
            raise self.wrong(f"{key}choices", f"must score from {ends}, as the instrument does.")

    def subscales(self, rows: Any, measure: Instrument, questions: Sequence[Question]) -> tuple[Subscale, ...]:
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self.wrong("subscale", "must be given as [[subscale]] tables.")
        return tuple(self.subscale(row, measure, questions) for row in rows)

    def subscale(self, row: Mapping[str, Any], measure: Instrument, questions: Sequence[Question]) -> Subscale:
        self.keys(row, ("id", "items"), "subscale.")
        id_, numbers = row.get("id"), row.get("items")
        if not measure.part or id_ != measure.part:
            cure = did_you_mean(id_, [measure.part]) or f" It has {measure.part or 'none'}."
            raise self.wrong("subscale.id", f"is {_cut(id_)!r}, which is no part of {measure.id}.{cure}")
        part = self.known.instruments[measure.part]
        there = {question.number for question in questions}
        wanted = part.scoring.items if part.scoring else 0
        given = numbers if isinstance(numbers, list) else []
        whole = given and all(type(each) is int and each in there for each in given)
        if not whole or len(set(given)) != len(given) or (wanted and len(given) != wanted):
            raise self.wrong("subscale.items", f"must be the numbers of its {wanted or ''} items, each once.")
        return Subscale(part.id, tuple(given))

    def table(
        self, rows: Any, measure: Instrument, scoring: Scoring, questions: Sequence[Question]
    ) -> Mapping[float, float]:
        low, high = sum(each.lowest for each in questions), sum(each.highest for each in questions)
        if scoring.method != "table":
            if rows is not None:
                raise self.wrong("table", f"is not used: the method is {scoring.method!r}. Take it out.")
            if scoring.method == "sum" and (low < measure.minimum or high > measure.maximum):
                raise self.wrong("item", f"scores sum to {low:g} to {high:g}; {measure.id} runs from "
                                 f"{measure.minimum:g} to {measure.maximum:g}.")  # fmt: skip
            return {}
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
            raise self.wrong("table", "must be a list of pairs, [sum, score], from the holder's own scoring sheet.")
        found = {self.number(raw, "table"): self.number(total, "table") for raw, total in rows}
        short = next((each for each in range(int(low), int(high) + 1) if each not in found), None)
        if short is not None:
            raise self.wrong("table", f"lacks the sum {short}; it must run from {low:g} to {high:g}.")
        if not all(measure.minimum <= total <= measure.maximum for total in found.values()):
            raise self.wrong("table", f"holds a score outside {measure.minimum:g} to {measure.maximum:g}.")
        return found


def _cut(value: object) -> str:
    """What was written, short enough for a message."""
    return one_line(str(value))[:60]
