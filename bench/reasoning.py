"""The reasoning beside a plain loop and public engines, on the same work, in one run and in turn."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.agreement import Masks, contributed, masks, shown, told
from bench.machine import described, one_core
from bench.stopwatch import HEAD, Contender, in_turn
from bench.work import Work
from dashboard.clinical.answers import read_document
from dashboard.clinical.assessment import assess, outline_batch, score_batch, score_sheet, sheet_of
from dashboard.clinical.engine import engine_of
from dashboard.clinical.knowledge import Knowledge, load
from dashboard.clinical.vocabulary import Case
from tests.clinical.some_cases import clinic_cases
from tests.running import ROOT

RUNNERS, MANY, SINGLES, SINGLE_LOOKS, LOOKS = 300, 16_384, 60, 4, 7


def measure() -> bool:
    """Print the tables and the goals; True when no goal is missed. Every result is compared before it is timed."""
    print(f"machine: {described()}\n")
    started = time.perf_counter()
    knowledge = load()
    print(f"knowledge {knowledge.version} loaded and checked in {time.perf_counter() - started:.2f} s")
    desk = clinic_cases(knowledge, RUNNERS, seed=7)
    answers = sum(len(case.answers) for case in desk) / len(desk)
    print(f"cases: {len(desk)} invented intakes and examinations, {answers:.0f} answers each on average\n")
    with one_core():
        goals = Contest(knowledge, desk).run()
    print(f"\nmachine at the end: {described()}")
    print("\n".join(f"{'kept  ' if kept else 'MISSED'} {goal}" for goal, kept in goals))
    return all(kept for _, kept in goals)


class Contest:
    """All contenders on one knowledge and the same cases."""

    def __init__(self, knowledge: Knowledge, desk: Sequence[Case]) -> None:
        from bench.rivals.bayes import Bayes
        from bench.rivals.formulas import Formulas
        from bench.rivals.frames import Frames
        from bench.rivals.plain import PlainLoop
        from bench.rivals.rules_in_rust import RulesInRust

        self.knowledge, self.desk = knowledge, list(desk)
        self.engine, self.work = engine_of(knowledge), Work(knowledge)
        self.plain, self.zen = PlainLoop(knowledge), RulesInRust(self.work)
        self.frames, self.formulas = Frames(self.work), Formulas(self.work)
        self.present, self.absent = masks(self.work)
        self.bayes = Bayes(self.present, self.absent)

    def run(self) -> list[tuple[str, bool]]:
        """Check, time, print; the goals, and whether each is kept."""
        self._check(self.desk[:200])
        return [*self._singles(), *self._batches(), *self._evidence()]

    def _check(self, cases: Sequence[Case]) -> None:
        """Every contender says the same of the same cases, to the last milliban."""
        sheet = sheet_of(cases, self.knowledge)
        facts, (urgency, weights) = self.work.given(sheet), self.work.expected(sheet)
        scores = score_batch(cases, self.knowledge)
        for row, (case, facts_told) in enumerate(zip(cases, self.work.rows(facts), strict=True)):
            plain = self.plain.assess(case.answers)
            assert (plain["urgency"], [*plain["scores"].values()]) == (urgency[row], [*scores.score_millibans[row]])
            engine_told = told(self.engine.differential, self._findings([case])[0].tolist())
            assert engine_told == [*plain["contributions"].values()]
            assert contributed(plain["contributions"]) == shown(assess(case, self.knowledge).document())
            zen = self.zen.assess(facts_told)
            assert (zen["urgency"], zen["scores"]) == (urgency[row], weights[row].tolist())
        for found in (self.frames.assess(self.frames.frame(facts)), self.formulas.assess(facts)):
            assert (found[0] == urgency).all()
            assert (found[1] == weights).all()
        urgencies, sums = self.work.assess(facts)
        assert (urgencies == urgency).all()
        assert (weights == sums.T).all()
        findings = self._findings(cases)
        summed = self._two_masks(findings)
        assert np.abs(self.bayes.assess(findings) - summed).max() < 1e-6
        print(f"checked: on {len(cases)} cases all say the same urgency, scores and contributions\n")

    # One case

    def _singles(self) -> list[tuple[str, bool]]:
        cases = self.desk[:: max(1, len(self.desk) // SINGLES)][:SINGLES]
        facts = self.work.given(sheet_of(cases, self.knowledge))
        stated = self.work.rows(facts)
        columns = [np.ascontiguousarray(facts[:, row : row + 1]) for row in range(len(cases))]
        answers = [case.answers for case in cases]
        whole = Contender("Backstride assess().document()", self._whole, "all of the explained document")
        same = Contender("Backstride, as much as the plain loop", self._contributing, "urgency, scores, contributions")
        bare = Contender("Backstride, as much as zen-engine", self._bare, "urgency, scores")
        plain = Contender("plain loop", self.plain.assess, "urgency, scores, contributions")
        zen = Contender("zen-engine", self.zen.assess, "urgency, scores; from facts")
        fisca = Contender("OpenFisca", self.formulas.assess, "urgency, scores; from facts")
        ours = [(contender, cases) for contender in (whole, same, bare)]
        in_turn([*ours, (plain, answers), (zen, stated), (fisca, columns)], SINGLE_LOOKS)
        _table("One case, from its answers unless said otherwise", [whole, same, bare, plain, zen, fisca])
        return [
            _under("single assessment with its document, ms", whole.cost * 1e3, 5),
            _under("single, same work, × plain loop", same.cost / plain.cost, 0.6),
            _under("single, same work, × zen-engine", bare.cost / zen.cost, 0.1),
        ]

    def _whole(self, case: Case) -> object:
        return assess(case, self.knowledge).document()

    def _bare(self, case: Case) -> object:
        return score_batch([case], self.knowledge)

    def _contributing(self, case: Case) -> object:
        sheet = sheet_of([case], self.knowledge)
        truths = self.engine.scoring.evaluate(sheet)
        differential = self.engine.differential
        scores = differential.scored(sheet, truths)
        contributions = told(differential, scores.findings[0].tolist())
        return self.engine.red_flags.urgency(truths), scores.total, contributions

    # Many cases

    def _batches(self) -> list[tuple[str, bool]]:
        many = _no_two_alike(self.desk, MANY)
        short = _worked(self.knowledge) * (MANY // 38)
        sheet = sheet_of(many, self.knowledge)
        facts = self.work.given(sheet)
        scored = Contender("Backstride from answers", self._score, "urgency, scores, probabilities", MANY)
        brief = Contender("Backstride from answers, worked cases", self._score, "12 to 29 answers each", len(short))
        columns = Contender("Backstride from answers in columns", self._columns, "the same", MANY)
        outlined = Contender("Backstride outline from answers", self._outline, "+ leading, step, gates", MANY)
        stated = Contender("Backstride from facts, one byte each", self.work.assess, "urgency, scores", MANY)
        bits = Contender("Backstride from facts, two bits each", self.work.joined, "urgency, scores", MANY)
        frames = Contender("polars", self.frames.assess, "urgency, scores; from facts", MANY)
        fisca = Contender("OpenFisca", self.formulas.assess, "urgency, scores; from facts", MANY)
        ours = [(scored, [many]), (brief, [short]), (columns, [sheet]), (outlined, [many])]
        in_turn(
            [
                *ours,
                (stated, [facts]),
                (bits, [self.work.planes(facts)]),
                (frames, [self.frames.frame(facts)]),
                (fisca, [facts]),
            ],
            LOOKS,
        )
        _table(f"{MANY:,} cases at once, no two alike", [scored, brief, columns, outlined, stated, bits, frames, fisca])
        return [
            _over("batch from answers in columns, cases/s", 1 / columns.cost, 100_000),
            _over("batch from answers as dictionaries, cases/s", 1 / scored.cost, 100_000),
            _over("batch, facts in each engine's own columns, times as fast as polars", frames.cost / bits.cost, 3),
            _over("batch, facts in each engine's own columns, times as fast as OpenFisca", fisca.cost / bits.cost, 15),
        ]

    def _score(self, cases: Sequence[Case]) -> object:
        return score_batch(cases, self.knowledge)

    def _outline(self, cases: Sequence[Case]) -> object:
        return outline_batch(cases, self.knowledge)

    def _columns(self, sheet: Any) -> object:
        return score_sheet(sheet, self.knowledge)

    # The evidence alone

    def _evidence(self) -> list[tuple[str, bool]]:
        by_case = self._findings(_no_two_alike(self.desk, 2048))
        by_finding = np.ascontiguousarray(by_case.T)
        weighed = Contender("Backstride, groups and limits kept", self.engine.differential.weighed, "", 2048)
        bound = Contender("two-mask float32 product", self._two_masks, "no groups: the algebra's lower bound", 2048)
        bayes = Contender("CategoricalNB", self.bayes.assess, "no groups", 2048)
        in_turn([(weighed, [by_finding]), (bound, [by_case]), (bayes, [by_case])], 10 * LOOKS)
        _table("The evidence alone, 2,048 cases at once, from findings to sums", [weighed, bound, bayes])
        return [_under("evidence, × the algebra's lower bound", weighed.cost / bound.cost, 2)]

    def _two_masks(self, findings: NDArray[np.int8]) -> Masks:
        present, absent = (findings == 1).astype(np.float32), (findings == -1).astype(np.float32)
        return present @ self.present + absent @ self.absent

    def _findings(self, cases: Sequence[Case]) -> NDArray[np.int8]:
        truths = self.engine.scoring.evaluate(sheet_of(cases, self.knowledge))
        return np.ascontiguousarray(truths[self.engine.differential.places].T)


def _worked(knowledge: Knowledge) -> list[Case]:
    """The published and textbook cases that come with the tests."""
    files = (ROOT / "tests" / "cases" / name for name in ("published.jsonl", "textbook.jsonl"))
    return [read_document(knowledge, json.loads(line)).case for file in files for line in file.read_text().splitlines()]


def _no_two_alike(cases: Sequence[Case], how_many: int) -> list[Case]:
    """The cases over and over with every measured number a little different, so that nothing remembered helps."""
    draw = random.Random(11)
    return [
        Case({i: round(a * draw.uniform(0.9, 1.1), 3) if isinstance(a, float) else a for i, a in case.answers.items()})
        for case in (cases[number % len(cases)] for number in range(how_many))
    ]


def _table(title: str, contenders: Sequence[Contender]) -> None:
    print(f"{title}\n{HEAD}")
    print("\n".join(contender.line() for contender in contenders), end="\n\n")


def _under(what: str, figure: float, goal: float) -> tuple[str, bool]:
    return f"{what}: {figure:.2f} (goal: at most {goal:g})", figure <= goal


def _over(what: str, figure: float, goal: float) -> tuple[str, bool]:
    return f"{what}: {figure:,.1f} (goal: at least {goal:,})", figure >= goal
