"""The shipped figures are those of the literature collected for them: each row, each starting probability, each rule.

The expected figures stand in ``literature/``, written from the collection and not from the knowledge files. Whoever
changes a number in the knowledge changes it there too, with the reason.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dashboard.clinical.bans import millibans
from dashboard.clinical.differential import Differential
from dashboard.clinical.engine import engine_of
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.weights import Voice

FOLDER = Path(__file__).with_name("literature")
BANDS = ("10-19", "20-39", "40-59", "60-74", "75+")


def sheet(name: str) -> list[dict[str, str]]:
    """The rows of one of the sheets."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS, PRIORS = sheet("evidence.csv"), sheet("priors.csv")
RULES: dict[str, list[dict[str, Any]]] = tomllib.loads((FOLDER / "groups.toml").read_text(encoding="utf-8"))


def number(text: str) -> float | None:
    """A figure of a sheet; None where the sheet leaves it out."""
    return float(text) if text else None


def named(rows: list[dict[str, Any]], *keys: str) -> list[str]:
    """How the rows of a sheet are called in a test's name."""
    return ["-".join(str(row.get(key, place)) for key in keys) for place, row in enumerate(rows)]


def test_every_row_of_the_literature_is_in_the_sheet() -> None:
    """138 rows were collected; none is left out, and those read in two ways stand twice."""
    assert {int(row["row"]) for row in ROWS} == set(range(1, 139))


@pytest.mark.parametrize("row", ROWS, ids=named(ROWS, "row", "finding"))
def test_a_row_is_carried_with_its_figures_its_sources_and_its_status(real: Knowledge, row: dict[str, str]) -> None:
    """The same use, ratios, group, citations and status; what is not scored has no ratio that could be."""
    lines = [
        line
        for line in real.conditions[row["condition"]].evidence
        if (line.finding, line.use) == (row["finding"], row["use"])
    ]
    assert len(lines) == 1
    line = lines[0]
    assert (line.present, line.absent) == (number(row["present"]), number(row["absent"]))
    assert (line.group, line.status, " ".join(line.cite)) == (row["group"], row["status"], row["cite"])


def test_a_ratio_that_no_row_gives_says_that_it_is_ours(real: Knowledge) -> None:
    """Every other scored line is marked expert, or is a member of a counted instrument without a ratio for."""
    known = {(row["condition"], row["finding"], row["use"]) for row in ROWS}
    for condition in real.conditions.values():
        for line in condition.evidence:
            if line.use == "score" and (condition.id, line.finding, "score") not in known:
                counted = real.groups[line.group].rule == "count" and line.present is None
                assert line.status == "expert" or counted, (condition.id, line.finding)


@pytest.mark.parametrize("row", PRIORS, ids=named(PRIORS, "condition"))
def test_a_starting_probability_is_the_collected_one(real: Knowledge, row: dict[str, str]) -> None:
    """By age band, with the multipliers of both sexes."""
    condition = real.conditions[row["condition"]]
    assert {band: condition.prior[band] for band in BANDS} == {band: float(row[band]) for band in BANDS}
    assert [condition.sex.get(sex, 1.0) for sex in ("male", "female")] == [float(row["male"]), float(row["female"])]


def test_the_starting_probabilities_are_of_all_conditions_and_add_up(real: Knowledge) -> None:
    """22 conditions, and exactly one in each age band."""
    assert {row["condition"] for row in PRIORS} == {c.id for c in real.conditions.values() if c.kind == "condition"}
    for band in BANDS:
        assert round(sum(float(row[band]) for row in PRIORS), 9) == 1.0


def the_voice(differential: Differential, condition: str, group: str) -> Voice:
    """How a group speaks for a condition."""
    return next(v for v in differential.voices if (v.condition, v.group.id) == (condition, group))


@pytest.mark.parametrize("rule", RULES["rule"], ids=named(RULES["rule"], "group", "says"))
def test_a_group_of_correlated_findings_speaks_once(real: Knowledge, rule: dict[str, Any]) -> None:
    """Its findings together weigh what the collection says, by count, strongest, sum or cap."""
    voice = the_voice(engine_of(real).differential, rule["condition"], rule["group"])
    findings = [member.line.finding for member in voice.members]
    yes, no = set(rule.get("yes", ())), set(rule.get("no", ()))
    assert yes | no <= set(findings)
    states = [1 if finding in yes else -1 if finding in no else 0 for finding in findings]
    place = sum((state + 1) * 3**power for power, state in enumerate(states))
    assert int(voice.table()[place]) == millibans(rule["ratio"], rule.get("exponent", 1.0))


def test_the_groups_of_a_nerve_root_share_their_limits(real: Knowledge) -> None:
    """History, tension and deficit together change the odds by no more than the family's cap and floor."""
    for wanted in RULES["family"]:
        family = real.families[wanted["id"]]
        assert (family.cap, family.floor) == (wanted["cap"], wanted["floor"])
        assert sorted(group.id for group in real.groups.values() if group.family == family.id) == wanted["groups"]


@pytest.mark.parametrize("multiplier", RULES["multiplier"], ids=named(RULES["multiplier"], "answers"))
def test_what_raises_a_starting_probability_does_so_by_its_factor(real: Knowledge, multiplier: dict[str, Any]) -> None:
    """These answers multiply the starting probabilities of these conditions, and of no others."""
    differential = engine_of(real).differential
    answers = {key: tuple(value) if isinstance(value, list) else value for key, value in multiplier["answers"].items()}
    found = differential.priors.of(real.view([answers])).by_modifiers[0]
    factors = {c.id: int(weight) for c, weight in zip(differential.conditions, found, strict=True) if weight}
    cap = millibans(real.settings.priors.modifier_cap)
    assert factors == {id_: min(millibans(factor), cap) for id_, factor in multiplier["conditions"].items()}
