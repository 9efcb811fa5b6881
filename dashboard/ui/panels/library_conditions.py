"""Reading a condition: what it is, how often it is expected, and every piece of evidence for and against it."""

from __future__ import annotations

import streamlit as st

from dashboard.clinical.vocabulary import Condition, Evidence
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import library, markup, pathway, sources, uses


def panel(wanted: str) -> None:
    """The conditions found, and the chosen one in full."""
    found = {each.id: each for each in knowledge().conditions.values() if _holds(each, wanted)}
    if not found:
        library.nothing_found(wanted)
        return
    chosen = st.selectbox(
        "Condition", list(found), format_func=lambda code: found[code].title, key="condition", bind="query-params"
    )
    _condition(found[chosen])


def _holds(each: Condition, wanted: str) -> bool:
    names = (knowledge().findings[row.finding].title for row in each.evidence if row.finding in knowledge().findings)
    return library.matches(wanted, each.title, each.plain, *each.icd10, *each.aliases, *names)


def _condition(each: Condition) -> None:
    st.header(plain(each.title), anchor=False)
    st.markdown(plain(each.plain))
    codes = ", ".join(each.icd10) or "none"
    kinds = [
        each.kind,
        "serious" if each.serious else "",
        "what is left when nothing else fits" if each.residual else "",
    ]
    st.caption(f"{', '.join(filter(None, kinds)).capitalize()} · ICD-10-CM: {plain(codes)}")
    for note in each.notes:
        st.caption(f":material/notes: {plain(note)}")
    _prior(each)
    if each.evidence:
        rows = [_row(row) for row in each.evidence]
        columns = (
            "Finding",
            "Use",
            "LR present",
            "LR absent",
            "Published",
            "Counted as",
            "Studied in",
            "Source",
            "Status",
        )
        markup.show(markup.table(f"Evidence for and against {each.title}", columns, rows, (2, 3)))
    _care(each)


def _prior(each: Condition) -> None:
    if not each.prior:
        st.caption(f"A syndrome: present when {plain(each.present or '')}")
        return
    bands = {band.id: band.label for band in knowledge().settings.age_bands}
    rows = [[f"{100 * each.prior[code]:.2g} %" for code in bands if code in each.prior]]
    columns = [bands[code] for code in bands if code in each.prior]
    sexes = ", ".join(f"{sex} × {factor:g}" for sex, factor in each.sex.items()) or "none"
    table = markup.table("Expected before any answer, by age", ["Age", *columns], [["Share", *rows[0]]], range(1, 9))
    markup.show(
        markup.lines(
            [
                table,
                markup.joined(
                    [markup.quiet(f"Sex multipliers: {sexes}."), sources.line(each.prior_cite, each.prior_status)]
                ),
            ]
        )
    )


def _row(row: Evidence) -> tuple[object, ...]:
    known = knowledge()
    finding = known.findings.get(row.finding)
    group = known.groups.get(row.group)
    published = markup.lines(
        [
            f"+ {row.published_present}" if row.published_present else "",
            f"− {row.published_absent}" if row.published_absent else "",
        ]
    )
    return (
        markup.lines([finding.title if finding else row.finding, markup.quiet(row.note)]),
        uses.said(row.use),
        "" if row.present is None else f"{row.present:g}",
        "" if row.absent is None else f"{row.absent:g}",
        published,
        group.says if group else "",
        row.population,
        sources.links(row.cite),
        sources.status(row.status),
    )


def _care(each: Condition) -> None:
    care = knowledge().pathways.get(each.id)
    if care is None:
        return
    st.header("Pathway", anchor=False)
    st.markdown(plain(care.summary))
    for step in knowledge().ladder:
        if held := care.content.get(step.id, ()):
            markup.show(pathway.content_table(step.title, held))
    for title, words in (
        ("Imaging", care.imaging),
        ("Return to running", care.return_to_run),
        ("Referral", care.referral),
    ):
        if words:
            st.markdown(f"**{title}.** {plain(words)}")
    markup.show(sources.line(care.cite, care.status))
