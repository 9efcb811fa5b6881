"""polars: every sentence, group and score an expression over columns, planned and run by its own optimiser."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.work import Family, Group, Join, Work

NAME = f"polars {version('polars')}"


class Frames:
    """One lazy query: facts in as int8 columns, urgency and scores out."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.stages = [[_join(join).alias(join.name) for join in stage] for stage in _stages(work)]
        self.stages.append([_group(group).alias(f"group{number}") for number, group in enumerate(work.groups)])
        levels = [
            pl.when(pl.col(name) == 1).then(pl.lit(level, pl.Int8)).otherwise(pl.lit(0, pl.Int8))
            for name, level in work.clauses
        ]
        self.outcome = [pl.max_horizontal(levels).alias("urgency")]
        self.outcome += [self._score(condition).alias(f"score{condition}") for condition in range(work.conditions)]

    def frame(self, facts: NDArray[np.int8]) -> pl.DataFrame:
        """The facts as polars holds them; made before the clock starts."""
        return pl.DataFrame(dict(zip(self.work.facts, facts, strict=True)))

    def assess(self, frame: pl.DataFrame) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
        """Urgency int8[N] and the weight of the evidence int32[N, conditions]."""
        query = frame.lazy()
        for stage in self.stages:
            query = query.with_columns(stage)
        found = query.select(self.outcome).collect()
        scores = np.stack([found[f"score{condition}"].to_numpy() for condition in range(self.work.conditions)], axis=1)
        return found["urgency"].to_numpy(), scores

    def _score(self, condition: int) -> pl.Expr:
        families = [family for family in self.work.families if family.condition == condition]
        inside = {number for family in families for number in family.groups}
        alone = [n for n, group in enumerate(self.work.groups) if group.condition == condition and n not in inside]
        parts = [pl.col(f"group{number}") for number in alone] + [_family(family) for family in families]
        return pl.sum_horizontal([pl.lit(0, pl.Int32), *parts]).cast(pl.Int32)


def _stages(work: Work) -> list[list[Join]]:
    """Joins by how many joins they stand on."""
    depth: dict[str, int] = {}
    stages: list[list[Join]] = []
    for join in work.joins:
        depth[join.name] = at = 1 + max((depth.get(part, -1) for part in join.parts), default=-1)
        stages += [[]] if at == len(stages) else []
        stages[at].append(join)
    return stages


def _join(join: Join) -> pl.Expr:
    parts = [pl.col(part) for part in join.parts]
    yes, no, open_ = (pl.lit(value, pl.Int8) for value in (1, -1, 0))
    if join.kind == "not":
        return -parts[0]
    if join.kind == "known":
        return pl.when(parts[0] == 0).then(no).otherwise(yes)
    if join.kind == "finding":
        return pl.when(parts[0] == 1).then(yes).when(parts[1] == 1).then(no).otherwise(open_)
    if join.kind == "at_least":
        met, possible = (
            pl.sum_horizontal([part == 1 for part in parts]),
            pl.sum_horizontal([part >= 0 for part in parts]),
        )
        return pl.when(met >= join.wanted).then(yes).when(possible < join.wanted).then(no).otherwise(open_)
    return pl.min_horizontal(parts) if join.kind == "all" else pl.max_horizontal(parts)


def _group(group: Group) -> pl.Expr:
    if group.rule == "count":
        code = pl.sum_horizontal([pl.col(f).cast(pl.Int32) * 3**n for n, (f, _, _) in enumerate(group.members)])
        weight = pl.lit(pl.Series(group.table, dtype=pl.Int32)).gather(code + len(group.table) // 2)
        return _limited(weight, group.floor, group.cap)
    weights = [
        pl.when(pl.col(f) == 1)
        .then(pl.lit(p, pl.Int32))
        .when(pl.col(f) == -1)
        .then(pl.lit(a, pl.Int32))
        .otherwise(pl.lit(0, pl.Int32))
        for f, p, a in group.members
    ]
    best, worst = pl.max_horizontal([*weights, pl.lit(0, pl.Int32)]), pl.min_horizontal([*weights, pl.lit(0, pl.Int32)])
    if group.rule == "strongest":
        weight = pl.when(best >= -worst).then(best).otherwise(worst)
    else:
        weight = best + worst if group.rule == "for-and-against" else pl.sum_horizontal(weights)
    return _limited(weight, group.floor, group.cap)


def _family(family: Family) -> pl.Expr:
    return _limited(pl.sum_horizontal([pl.col(f"group{number}") for number in family.groups]), family.floor, family.cap)


def _limited(weight: pl.Expr, floor: int | None, cap: int | None) -> pl.Expr:
    return weight if floor is None and cap is None else weight.clip(floor, cap)
