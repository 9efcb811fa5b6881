"""What clinicians make of the suggestions: accepted, changed or rejected, by rule, condition, step and version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dashboard import disclosure
from dashboard.casework.reasons import REASONS
from dashboard.casework.suggestions import CONDITION, DISCUSSIONS, ORTHOBIOLOGIC, RED_FLAG, STEP
from dashboard.charts.rows import Bar, Shares
from dashboard.cohort.drift import Drift, drifts
from dashboard.cohort.reply import Asked, Cell, Reply, Rows, nothing
from dashboard.cohort.shares import drawn, interval_words, share_with_interval
from db.judgement import Judged

DRAWN = 16
"""How many suggestions one figure holds; the table has them all."""
COLUMNS = ("Signed for", "Accepted", "Changed", "Rejected", "Accepted share", "95 % interval")
HOW = (
    "Each suggestion of a signed assessment once, as it was last signed for: a red flag's urgency, the leading "
    "condition, the step, an open discussion. Accepted share: accepted among signed for, with Wilson's 95 % interval. "
    "A suggestion that was overridden is not thereby wrong, nor one that was accepted right: see what was confirmed."
)


@dataclass(frozen=True)
class About:
    """One figure of acceptance: which suggestions, and how they are named."""

    id: str
    question: str
    kinds: tuple[str, ...]
    what: str
    """The suggestions in words, such as "red-flag rules"."""


ABOUT = (
    About("rules", "Are the red-flag rules followed?", (RED_FLAG,), "Red-flag urgencies"),
    About("conditions", "Are the leading conditions accepted?", (CONDITION,), "Leading conditions"),
    About("steps", "Are the steps accepted?", (STEP, ORTHOBIOLOGIC), "Suggested steps"),
)
KINDS = {RED_FLAG: "Red flags", CONDITION: "Conditions", STEP: "Steps", ORTHOBIOLOGIC: "Discussions"}


def acceptance(asked: Asked, about: About, found: Sequence[Judged]) -> Reply:
    """How often the suggestions of some kinds are accepted, each by itself."""
    mine = [row for row in found if row.kind in about.kinds]
    alarms = drifts(asked, mine)
    definition = f"{HOW} {Drift.definition()}{asked.note()}"
    whole, kept = _counts(asked, mine), _counts(asked, mine, "accepted")
    if not whole.number:
        return nothing(about.id, about.question, asked, definition)
    finding = f"{about.what} were accepted in {share_with_interval(kept, whole)} of {whole.words}"
    named = _grouped(asked, mine, lambda row: title(asked, row))
    return Reply(
        about.id,
        about.question,
        finding,
        " ".join([f"{whole.words} suggestions were signed for.", *(alarm.says() for alarm in alarms)]),
        f"Points with intervals: the share accepted of each. {finding}.",
        definition,
        (about.what, *COLUMNS),
        _rows(asked, named),
        _shares(asked, named),
    )


def versions(asked: Asked, found: Sequence[Judged]) -> Reply:
    """How often suggestions are accepted under each version of the knowledge."""
    question, definition = "Does a newer knowledge fare better?", f"{HOW} By the version that made it.{asked.note()}"
    whole = _counts(asked, found)
    if not whole.number:
        return nothing("versions", question, asked, definition)
    named = _grouped(asked, found, lambda row: f"{row.knowledge_version}, {KINDS[row.kind].lower()}")
    several = len({row.knowledge_version for row in found})
    finding = f"{several} versions of the knowledge were signed for" if several > 1 else _only(found)
    return Reply(
        "versions",
        question,
        finding,
        f"{whole.words} suggestions were signed for.",
        f"Points with intervals: the share accepted under each version. {finding}.",
        definition,
        ("Version and kind", *COLUMNS),
        _rows(asked, named),
        _shares(asked, named),
    )


def _only(found: Sequence[Judged]) -> str:
    return f"Everything was signed for under one version of the knowledge, {found[0].knowledge_version}"


def reasons(asked: Asked, found: Sequence[Judged]) -> Reply:
    """Why suggestions were changed or rejected."""
    question = "Why are suggestions overridden?"
    definition = (
        "The reason given for each suggestion that was changed or rejected when last signed for: the six categories of "
        f"the HL7 CDS Hooks non-adherence reasons, and another reason in words.{asked.note()}"
    )
    away = [row for row in found if row.verdict != "accepted"]
    whole = _counts(asked, away)
    if not whole.number:
        return nothing("reasons", question, asked, definition)
    by = {code: _counts(asked, [row for row in away if row.reason_code == code]) for code in REASONS}
    most = max(by, key=lambda code: by[code].number or 0)
    finding = f"Most often: “{REASONS[most]}”, {disclosure.share_words(by[most], whole)} of {whole.words} overrides"
    rows: Rows = tuple(
        (REASONS[code], *(_counts(asked, _of(away, kind, code)) for kind in KINDS), by[code])
        for code in sorted(by, key=lambda code: -(by[code].number or 0))
    )
    return Reply(
        "reasons",
        question,
        finding,
        f"{whole.words} of {_counts(asked, found).words} suggestions were changed or rejected.",
        f"Bars of reasons. {finding}.",
        definition,
        ("Reason", *KINDS.values(), "All"),
        rows,
        [Bar(REASONS[code], by[code].drawn, by[code].words) for code in by],
    )


def title(asked: Asked, row: Judged) -> str:
    """What a judged suggestion is called."""
    if row.kind == RED_FLAG:
        known = {flag.id: flag.title for flag in asked.knowledge.red_flags}
        return f"{row.subject} {known.get(row.subject, '')}".strip()
    if row.kind == CONDITION:
        return asked.condition(row.subject)
    return asked.step(row.subject) if row.kind == STEP else DISCUSSIONS.get(row.subject, row.subject)


def _of(rows: Iterable[Judged], kind: str, code: str) -> list[Judged]:
    return [row for row in rows if row.kind == kind and row.reason_code == code]


def _counts(asked: Asked, rows: Iterable[Judged], verdict: str | None = None) -> disclosure.Shown:
    return asked.shown(sum(row.number for row in rows if verdict in (None, row.verdict)))


def _grouped(asked: Asked, rows: Sequence[Judged], name: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """Rows under their names, those signed for most often first, by the count as it is shown."""
    groups: dict[str, list[Judged]] = {}
    for row in rows:
        groups.setdefault(name(row), []).append(row)
    return dict(sorted(groups.items(), key=lambda pair: (-(_counts(asked, pair[1]).number or 0), pair[0])))


def _rows(asked: Asked, named: dict[str, list[Judged]]) -> Rows:
    told: list[tuple[Cell, ...]] = []
    for name, rows in named.items():
        whole, kept = _counts(asked, rows), _counts(asked, rows, "accepted")
        if whole.number:
            others = (_counts(asked, rows, "changed"), _counts(asked, rows, "rejected"))
            share = (disclosure.share_words(kept, whole), interval_words(kept, whole))
            told.append((name, whole, kept, *others, *share))
    if asked.protect:
        told.append(("Every other one, each", *(asked.shown(0) for _ in range(4)), "too few to say", ""))
    return tuple(told)


def _shares(asked: Asked, named: dict[str, list[Judged]]) -> Shares:
    points = [drawn(name, _counts(asked, rows, "accepted"), _counts(asked, rows)) for name, rows in named.items()]
    return Shares([point for point in points if point.share is not None][:DRAWN], "Accepted, %")
