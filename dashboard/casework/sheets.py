"""What is taken along: who printed which sheet, or took which table of the cohort; codes only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard.access import Actor, Permission
from dashboard.casework.authority import writing
from dashboard.casework.deeds import deed
from dashboard.casework.errors import BadAnswer
from dashboard.casework.files import found_episode
from dashboard.casework.rows import number
from db import records

EPISODE_SHEETS = ("return-to-run", "shared-decision", "assessment")
"""Sheets about one patient."""
SOURCE_CARD = "source-card"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


@deed(Permission.PATIENT_READ, Permission.EPISODE_READ, writes=True, of_a_site=True, in_emergency=True)
def note_sheet(actor: Actor, episode_id: int, sheet: str, knowledge_sha256: str) -> None:
    """Keep that somebody who may read the patient prints a sheet; NotFound for an episode of another site."""
    if sheet not in EPISODE_SHEETS:
        raise BadAnswer("sheet", f"must be one of {', '.join(EPISODE_SHEETS)}.")
    with writing(actor, Permission.PATIENT_READ) as session:
        actor.must(Permission.EPISODE_READ)
        episode = found_episode(session, actor, episode_id).episode
        after = {"sheet": sheet, "knowledge": knowledge_sha256[:12]}
        records.note(session, actor, "sheet:print", "episode", number(episode), after=after)


@deed(Permission.KNOWLEDGE_READ, writes=True)
def note_source_card(actor: Actor, knowledge_sha256: str) -> None:
    """Keep that somebody prints the knowledge's source card."""
    with writing(actor, Permission.KNOWLEDGE_READ) as session:
        after = {"sheet": SOURCE_CARD, "knowledge": knowledge_sha256[:12]}
        records.note(session, actor, "sheet:print", "knowledge", knowledge_sha256[:12], after=after)


@deed(Permission.COHORT_READ, writes=True)
def note_table(actor: Actor, table: str, selection: Mapping[str, object]) -> None:
    """Keep that somebody takes a table of the cohort along, and of which selection (codes, months, site ids)."""
    if not _CODE.fullmatch(table):
        raise BadAnswer("table", "must be the code of a question about the cohort.")
    chosen = {name: list(value) if isinstance(value, tuple) else value for name, value in selection.items() if value}
    with writing(actor, Permission.COHORT_READ) as session:
        records.note(session, actor, "export:table", "cohort", table, after={"table": table, **chosen})
