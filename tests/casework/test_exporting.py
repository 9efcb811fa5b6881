"""The export that names nobody: what leaves, of whom, for whom, and that it is noted."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import String
from sqlmodel import select

from dashboard.casework import exporting
from dashboard.casework.errors import BadAnswer
from dashboard.exports.columns import ANSWER, ColumnsError, allowed, written
from dashboard.exports.reductions import Names
from dashboard.in_force import knowledge
from db import engine
from db import exporting as rows_of
from db.columns import Code
from db.scope import program
from db.tables import Intake
from tests.casework.conftest import Cast, Trail, refused

GIVEN, FAMILY, NUMBER, PHONE, WORDS = "Wilhelmina", "Quackenbush", "MRN-424242", "555-0199", "petunias"
TODAY = date(2026, 11, 23)
ON_ONE_KIND = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What does not depend on the kind of database is asked on one."""


def made(cast: Cast, first: int | None = None, last: int | None = None) -> exporting.Export:
    """An export by the manager."""
    return exporting.make_export(cast.chidi, knowledge(), first, last, TODAY)


def members(export: exporting.Export) -> dict[str, str]:
    """The files inside, by name."""
    with zipfile.ZipFile(io.BytesIO(export.file.content)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def lines_of(export: exporting.Export, table: str = "intakes") -> list[dict[str, str]]:
    """The lines of one table."""
    return list(csv.DictReader(io.StringIO(members(export)[f"{table}.csv"])))


def planted(cast: Cast, **changes: Any) -> Any:
    """A patient with planted names and words and an episode in care."""
    patient = cast.runner(
        given_name=GIVEN, family_name=FAMILY, record_number=NUMBER, phone=PHONE, date_of_birth=date(1979, 7, 6),
        postal_code="97214-1234",
    )  # fmt: skip
    told = {"goal_text": f"water the {WORDS}", "psfs": [[f"carry {WORDS}", 4]], "shoe_model": WORDS}
    return cast.in_care(patient, **(told | changes))


def test_nothing_a_person_is_or_said_leaves(cast: Cast):
    """Names, numbers, days, sites, clinicians and free words: none in any file of the export."""
    planted(cast)
    everything = "\n".join(members(made(cast)).values())
    names = ("North Harbor", "north", "Amina", "amina", "Noor")
    today = datetime.now(UTC)
    for word in (GIVEN, FAMILY, NUMBER, PHONE, WORDS, "1979", "97214", *names, f"{today:%Y-%m-}", f"{today:%m/%d}"):
        assert word.casefold() not in everything.replace(TODAY.isoformat(), "").casefold(), word
    (line,) = lines_of(made(cast))
    assert line["year"] == str(today.year)
    assert (line["sex_at_birth"], line["decided"], line["rmdq_total"]) == ("female", "accepted", "12")
    assert line["postal_prefix"] == "972"


@ON_ONE_KIND
def test_only_what_is_listed_leaves(cast: Cast):
    """The heads are the list's names, in its order, and every line has just as many cells."""
    planted(cast)
    inside = members(made(cast))
    for table in exporting.columns_that_leave(knowledge()).tables:
        rows = list(csv.reader(io.StringIO(inside[f"{table.name}.csv"])))
        assert rows[0] == [column.name for column in table.columns]
        assert {len(row) for row in rows} == {len(rows[0])}
    assert set(inside) == {"about.txt", "columns.csv", "intakes.csv", "outcomes.csv", "referrals.csv"}


@ON_ONE_KIND
def test_a_new_column_does_not_leave_until_somebody_lists_it(cast: Cast):
    """Neither one of a table nor one of the questionnaire: what is not in the list is not even read."""
    planted(cast)
    known, permitted = knowledge(), exporting.columns_that_leave(knowledge())
    listed = {column.source for table in permitted.tables for column in table.columns}
    stored = {f"intake.{column.name}" for column in Intake.__table__.columns}  # type: ignore[attr-defined]
    assert stored - listed >= {"intake.answers", "intake.entered", "intake.month", "intake.site_id", "intake.draft_id"}
    asked = {ANSWER + item for item in known.items}
    assert asked - listed >= {"answer.goal_text", "answer.psfs", "answer.goal_race_date", "answer.suicidal_statement"}
    wanted = rows_of.Wanted(None, None, permitted.consent)
    for table in permitted.tables:
        sources = [column.source for column in table.columns]
        with engine.reading(scope=program("test")) as session:
            ids = rows_of.numbers(session, table.name, wanted)
            assert all(set(row) == set(sources) for row in rows_of.rows(session, table.name, ids, sources))


def test_every_listed_column_exists_and_codes_come_from_columns_of_codes():
    """A column that leaves as a code is one that can hold nothing typed."""
    for table in exporting.columns_that_leave(knowledge()).tables:
        for column in table.columns:
            if column.source.startswith(ANSWER):
                continue
            kind = rows_of.column(table.name, column.source).type
            if column.reduction == "code":
                assert isinstance(kind, Code), column.name
            elif column.reduction != "postal":
                assert not isinstance(kind, String), column.name


@pytest.mark.parametrize("item", ["goal_text", "psfs", "goal_race_date", "exam_myotomes", "no_such_item"])
@pytest.mark.parametrize("reduction", ["code", "option", "number", "flag"])
def test_free_words_cannot_be_listed(item: str, reduction: str):
    """Whoever tries is told."""
    items = {each.id: (each.type, frozenset[str]()) for each in knowledge().items.values()}
    line = {"name": "x", "from": ANSWER + item, "as": reduction, "says": "something", "why": "because"}
    raw = {**written(), "file": [{"name": "intakes", "says": "", "column": [line]}]}
    with pytest.raises(ColumnsError, match="may not leave"):
        allowed(items, raw)


@pytest.mark.parametrize("change", [{"why": " "}, {"says": ""}, {"as": "as it is"}])
def test_a_column_is_listed_with_its_reason(change: dict[str, str]):
    """And with a reduction that exists."""
    items = {each.id: (each.type, frozenset[str]()) for each in knowledge().items.values()}
    line = {"name": "x", "from": "intake.sex", "as": "code", "says": "something", "why": "because"} | change
    raw = {**written(), "file": [{"name": "intakes", "says": "", "column": [line]}]}
    with pytest.raises(ColumnsError):
        allowed(items, raw)


def test_only_those_who_said_yes_leave(cast: Cast):
    """Unknown is not yes, and neither is not having been asked; who took a yes back takes the older intakes along."""
    for said in ("no", "unknown", None):
        cast.submitted(consent_registry=said)
    assert lines_of(made(cast)) == []
    agreed = cast.runner()
    cast.submitted(agreed)
    assert len(lines_of(made(cast))) == 1
    cast.submitted(agreed, consent_registry="no")
    assert lines_of(made(cast)) == []


@ON_ONE_KIND
def test_signs_join_the_tables_of_one_export_and_no_two_exports(cast: Cast):
    """Drawn anew each time, from nothing in the record."""
    file = planted(cast)
    cast.submitted(file.patient)
    first, second = made(cast), made(cast)
    signs = [{line["runner"] for line in lines_of(export)} for export in (first, second)]
    assert [len(each) for each in signs] == [1, 1]
    assert signs[0] != signs[1]
    assert [len({line[name] for line in lines_of(first)}) for name in ("episode", "runner")] == [1, 1]
    assert len(lines_of(first)) == 2
    assert Names().sign("patient.id", 7) != Names().sign("patient.id", 7)


def test_whole_years_narrow_it_and_nothing_finer(cast: Cast):
    """A month or a site cannot be chosen, for the choice would tell it of everybody inside."""
    planted(cast)
    year = datetime.now(UTC).year
    assert exporting.export_years(cast.chidi) == (year,)
    assert len(lines_of(made(cast, year, year))) == 1
    assert lines_of(made(cast, year + 1)) == lines_of(made(cast, None, year - 1)) == []
    with pytest.raises(BadAnswer):
        made(cast, year, year - 1)


@ON_ONE_KIND
def test_every_export_is_noted_before_it_is_given_out(cast: Cast, trail: Trail):
    """Who, how many lines, which columns and years, and by what the file is known again."""
    planted(cast)
    export = made(cast, 2020, 2030)
    baseline = lines_of(export, "outcomes")
    (event,) = trail("export:make")
    assert (event.person_name, event.record) == ("Chidi", "export")
    assert event.after is not None
    assert event.after["rows"] == {"intakes": 1, "outcomes": len(baseline), "referrals": 0}
    assert len({each["instrument"] for each in baseline}) == len(baseline) == 6, "each total of the intake, once"
    assert (event.after["first_year"], event.after["last_year"]) == (2020, 2030)
    assert event.after["sha256"] == export.file.sha256
    assert "age" in event.after["columns"]["intakes"]


@ON_ONE_KIND
def test_who_may_not_export_gets_nothing(cast: Cast, trail: Trail):
    """Neither the desk nor an administrator, who sees no patient in any form, nor somebody who left."""
    refused(cast, exporting.export_years, "noor", "dana", "mallory")
    refused(cast, lambda who: exporting.make_export(who, knowledge(), None, None, TODAY), "noor", "dana", "mallory")
    assert trail("export:make") == []


@ON_ONE_KIND
def test_answers_that_are_no_listed_code_stay_behind(cast: Cast):
    """Even if words were ever stored where a code belongs."""
    planted(cast)
    with engine.transaction(scope=program("test")) as session:
        intake = session.exec(select(Intake)).one()
        intake.answers = {**intake.answers, "onset_type": WORDS, "aggravating": [WORDS, "sitting"], "nprs_worst": WORDS}
    (line,) = lines_of(made(cast))
    assert (line["onset_type"], line["aggravating"], line["nprs_worst"]) == ("", "sitting", "")


@ON_ONE_KIND
def test_progress_is_told(cast: Cast):
    """From nothing to done, never backwards."""
    planted(cast)
    told: list[tuple[float, str]] = []
    exporting.make_export(cast.chidi, knowledge(), None, None, TODAY, lambda share, what: told.append((share, what)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
