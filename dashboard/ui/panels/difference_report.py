"""What a candidate would change for the stored histories: counts, cross-tables, and a way to each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard import labels
from dashboard.access import Actor, Permission
from dashboard.casework import differing
from dashboard.casework.knowledge_views import DifferenceRow, ReportView
from dashboard.disclosure import shown
from dashboard.in_force import knowledge
from dashboard.ui import rooms, words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming
from dashboard.ui.settings import clinic

A_PAGE = 25
_PARTS = {
    "lowered": "Urgency lowered",
    "raised": "Urgency raised",
    "changed:leading": "Another condition first",
    "changed:step": "Another step",
    "changed:may_discuss": "PRP or stem cell talk opened or shut",
    "changed:gates": "A gate moved",
    "changed:red_flags": "A red flag fires or falls silent",
}
_KINDS = {"prp": "PRP may be discussed", "stem-cell": "Stem-cell treatment may be discussed"}
_TURNS = {"open": "opens", "shut": "shuts", "fires": "would fire", "silent": "would fall silent"}
_GATES = {**labels.CRITERION_STATES, "not-shown": "Not shown"}


def panel(actor: Actor, report: ReportView) -> None:
    """The report as counts and tables, and the histories themselves for those who may read them."""
    count = _Counts(report, protect=not actor.may(Permission.EPISODE_READ))
    _headline(report, count)
    if not report.changed and not report.unreadable:
        return
    markup.show(markup.table("What would come out differently", ("What", "Histories"), count.summary(), (1,)))
    _crossed("Urgency", count.cross("urgency", labels.URGENCY_CODES, labels.URGENCIES))
    if count.counts.get("changed:step"):
        _crossed("Step", count.cross("step", *_steps()))
    _moved(count)
    if actor.may(Permission.EPISODE_READ):
        _histories(actor, report)
    else:
        st.caption(":material/lock: Names and single histories are for those who look after patients.")


class _Counts:
    """A report's counts as they may be shown to this reader."""

    def __init__(self, report: ReportView, protect: bool) -> None:
        self.counts: Mapping[str, int] = report.counts
        self.protect = protect

    def words(self, key: str) -> str:
        """A count in words."""
        return shown(int(self.counts.get(key, 0)), self.protect).words

    def summary(self) -> list[tuple[str, str]]:
        """Each kind of change with how many histories have it."""
        return [(title, self.words(key)) for key, title in _PARTS.items()]

    def cross(self, part: str, codes: Iterable[str], titles: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
        """Before down, after across; only codes that occur. Headings, and rows that begin with theirs."""
        pairs = self.pairs(part)
        met = [code for code in codes if any(code in pair for pair in pairs)]
        rows = [
            [titles.get(was, was), *(self.words(f"{part}|{was}|{is_}") if (was, is_) in pairs else "" for is_ in met)]
            for was in met
        ]
        return [titles.get(code, code) for code in met], rows

    def pairs(self, part: str) -> list[tuple[str, str]]:
        """(before, after) of every count of a part, the most frequent first."""
        keys = sorted((key for key in self.counts if key.startswith(f"{part}|")), key=lambda key: -self.counts[key])
        return [(was, is_) for _, was, is_ in (key.split("|") for key in keys)]


def _headline(report: ReportView, count: _Counts) -> None:
    when = words.here(report.finished_at or report.begun_at)
    told = f"{clinic().day(when.date())} {when:%H:%M}"
    same = "None" if not report.changed else f"{count.words('changed')}"
    st.markdown(
        f"**{same} of {report.total:,} stored histories** would come out differently under {plain(report.to_version)} "
        f"than under {plain(report.from_version)}."
    )
    st.caption(
        f"Latest answers of every intake, assessed under both versions; made {told}, begun by {plain(report.begun_by)}"
        f" · `{report.from_sha256[:12]}` → `{report.to_sha256[:12]}`"
    )
    if report.unreadable:
        st.error(
            f"{report.unreadable} histories cannot be assessed under this candidate; it cannot be approved.",
            icon=":material/error:",
        )
    if report.counts.get("lowered"):
        st.warning("Urgencies would be lowered. Read those histories first.", icon=":material/warning:")


def _steps() -> tuple[list[str], Mapping[str, str]]:
    ladder = knowledge().ladder
    return [step.id for step in ladder], {step.id: step.title for step in ladder}


def _crossed(title: str, table: tuple[list[str], list[list[str]]]) -> None:
    columns, rows = table
    if rows:
        caption = f"{title}: now (down) and under the candidate (across)"
        markup.show(markup.table(caption, ("Now", *columns), rows, range(1, len(columns) + 1)))


def _moved(count: _Counts) -> None:
    """Which condition gave way to which, which gates moved, which flags fire: each with how many histories."""
    known = knowledge()
    turns = [("leading", "First condition", naming.condition)] + [
        (f"gate:{gate.id}", f"Gate: {gate.title}", lambda state: _GATES.get(state, state)) for gate in known.gates
    ]
    rows = [
        (what, f"{name(was)} → {name(is_)}", count.words(f"{part}|{was}|{is_}"))
        for part, what, name in turns
        for was, is_ in count.pairs(part)
    ]
    flags = {flag.id: f"{flag.id} {flag.title}" for flag in known.red_flags}
    for part, names in (("may_discuss", _KINDS), ("red_flag", flags)):
        for code, now in count.pairs(part):
            rows.append((names.get(code, code), _TURNS[now], count.words(f"{part}|{code}|{now}")))
    if rows:
        markup.show(markup.table("In detail", ("What", "From → to", "Histories"), rows, (2,)))


def _histories(actor: Actor, report: ReportView) -> None:
    pages = st.session_state.setdefault(f"report-{report.id}-pages", 1)
    rows: tuple[DifferenceRow, ...] = ()
    for _ in range(pages):
        after = (rows[-1].weight, rows[-1].id) if rows else None
        rows += differing.report_rows(actor, report.id, after, A_PAGE)
    if not rows:
        st.caption("None of them is of a site you work at.")
        return
    with st.expander("The histories, what matters most first", icon=":material/list:", key=f"report-{report.id}-list"):
        with st.container(key="report-histories", gap="xsmall"):
            for row in rows:
                _history(row)
        if len(rows) == pages * A_PAGE:
            st.button("Show more", key=f"report-{report.id}-more", on_click=_more, args=(report.id,))


def _more(report_id: int) -> None:
    st.session_state[f"report-{report_id}-pages"] += 1


def _history(row: DifferenceRow) -> None:
    st.page_link(
        rooms.path_to("episode"),
        label=f"{plain(row.patient_name)} ({plain(row.record_number)}): {plain('; '.join(_said(row)))}",
        icon=":material/assignment_ind:",
        query_params={"episode": str(row.episode_id)},
    )


def _said(row: DifferenceRow) -> list[str]:
    """What differs, in words, such as "urgency Routine → Urgent: within 2 weeks"."""
    told = ["cannot be assessed under this candidate"] if row.after.get("unreadable") else []
    for part, title, name in (
        ("urgency", "urgency", lambda code: labels.said(labels.URGENCIES, code)),
        ("leading", "first", naming.condition),
        ("step", "step", naming.step),
    ):
        if part in row.before:
            told.append(f"{title} {name(row.before[part])} → {name(row.after[part])}")
    for kind in _moved_in(row, "may_discuss"):
        told.append(f"{_KINDS.get(kind, kind)}: {'yes' if kind in row.after['may_discuss'] else 'no longer'}")
    for flag in _moved_in(row, "red_flags"):
        told.append(f"{flag} {'fires' if flag in row.after['red_flags'] else 'falls silent'}")
    gates = row.before.get("gates", {})
    return [*told, *([f"{len(gates)} gate{'s' * (len(gates) != 1)} moved"] if gates else [])]


def _moved_in(row: DifferenceRow, part: str) -> list[Any]:
    return sorted({*row.before.get(part, ())} ^ {*row.after.get(part, ())})
