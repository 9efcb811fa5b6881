"""Reading the rest of the knowledge: red flags, ladder, gates, procedures, advice, questions, measures, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import labels
from dashboard.clinical.vocabulary import Cost
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import gates, library, markup, pathway, sources


def red_flags(wanted: str) -> None:
    """Every rule with each way it fires, what to do, and its source."""
    rows = []
    conditions = knowledge().conditions
    for rule in knowledge().red_flags:
        sought = ", ".join(conditions[condition].title for condition in rule.suspects)
        clauses = [
            markup.joined(
                [
                    markup.strong(labels.said(labels.URGENCIES, clause.urgency.code)),
                    clause.says,
                    markup.Html(f"<code>{markup.text(clause.when)}</code>"),
                ]
            )
            for clause in rule.clauses
        ]
        if library.matches(
            wanted, rule.id, rule.title, rule.action, rule.note, sought, *(clause.says for clause in rule.clauses)
        ):
            looks_for = [markup.quiet(f"Looks for: {sought}")] if sought else []
            title = markup.lines([markup.strong(f"{rule.id} {rule.title}"), *looks_for, markup.quiet(rule.note)])
            rows.append((title, markup.bullets(clauses), rule.action, *_source(rule)))
    _sheet("Red-flag rules", ("Rule", "Fires when", "What to do", "Source", "Status"), rows, wanted)
    st.caption(f"Safety net for every patient: {plain(knowledge().safety_net)}")


def ladder(wanted: str) -> None:
    """The steps of care, what each holds, and when a picture helps."""
    known = knowledge()
    rows = [
        (markup.strong(step.title), step.entry_says, step.exit_up_says, step.exit_down_says, *_source(step))
        for step in known.ladder
        if library.matches(wanted, step.title, step.entry_says, step.exit_up_says)
    ]
    _sheet("The ladder of care", ("Step", "Entered when", "Up when", "Down when", "Source", "Status"), rows, wanted)
    for step in known.ladder:
        held = [each for each in step.content if library.matches(wanted, step.title, each.text)]
        if held:
            markup.show(pathway.content_table(f"{step.title}: what it holds for everyone", held))
    images = [
        (rule.scenario, rule.first_test if rule.appropriate else "Usually not appropriate", rule.says, *_source(rule))
        for rule in known.imaging_rules
        if library.matches(wanted, rule.scenario, rule.says, rule.first_test)
    ]
    _sheet("Imaging", ("Situation", "First test", "What is said", "Source", "Status"), images, wanted)


def orthobiologics(wanted: str) -> None:
    """Gates, contraindications, drug holds and every procedure with its trials, the negative ones too."""
    known = knowledge()
    st.info(plain(known.notice), icon=":material/gavel:")
    opens = [
        (markup.strong(g.title), g.says, markup.Html(f"<code>{markup.text(g.met)}</code>"), *_source(g))
        for g in known.gates
        if library.matches(wanted, g.title, g.says)
    ]
    _sheet("Gates", ("Gate", "What it asks", "Met when", "Source", "Status"), opens, wanted)
    forbids = [
        (markup.strong(c.title), c.kind.capitalize(), c.says, *_source(c))
        for c in known.contraindications
        if library.matches(wanted, c.title, c.says)
    ]
    _sheet("Contraindications", ("What", "Kind", "Why", "Source", "Status"), forbids, wanted)
    for option in known.options:
        title = known.conditions[option.condition].title if option.condition in known.conditions else option.condition
        if library.matches(wanted, title, option.procedure, option.stance, *(trial.text for trial in option.trials)):
            st.markdown(f"## {plain(title)}")
            gates.procedure(
                option.procedure,
                option.offered,
                option.grade,
                option.stance,
                option.cite,
                option.status,
                [(t.text, t.direction, t.cite, t.status) for t in option.trials],
            )


def advice(wanted: str) -> None:
    """What may be said of prevention and lifestyle, with its honest grade."""
    rows = [
        (markup.strong(each.topic), each.claim, each.evidence, each.wording, pathway.grade(each.grade), *_source(each))
        for each in knowledge().advice
        if library.matches(wanted, each.topic, each.claim, each.evidence, each.wording)
    ]
    columns = ("Topic", "What is claimed", "What is known", "What we say", "Grade", "Source", "Status")
    _sheet("Prevention and lifestyle", columns, rows, wanted)


def items(wanted: str) -> None:
    """Every question, why it is asked, and its answers."""
    titles = {section.id: f"{section.letter} {section.title}" for section in knowledge().sections}
    rows = [
        (
            markup.lines([item.wording, markup.quiet(item.id)]),
            titles.get(item.section, ""),
            _answers(item),
            item.why,
            markup.Html(f"<code>{markup.text(item.show_if)}</code>") if item.show_if else "Always",
        )
        for item in knowledge().items.values()
        if library.matches(wanted, item.id, item.wording, item.why, *(option.label for option in item.options))
    ]
    _sheet("Questions", ("Question", "Section", "Answers", "Why", "Asked when"), rows, wanted)
    _minutes(wanted)


def _minutes(wanted: str) -> None:
    """The time it takes to find answers out, and what is assumed where no ratio says how common an answer is."""
    known = knowledge()
    titles = {section.id: section.title for section in known.sections}
    rows: list[Sequence[object]] = [
        (each.says, f"{each.minutes:g} min", _costing(each, titles), *_source(each))
        for each in known.costs
        if library.matches(wanted, each.says, _costing(each, titles))
    ]
    if (asking := known.asking) and library.matches(wanted, asking.note):
        says = "How common an answer is taken to be of which no ratio says"
        rows.append((says, f"{100 * asking.assumed_share:g} %", asking.note, *_source(asking)))
    if rows:
        columns = ("What an answer costs", "How much", "Of", "Source", "Status")
        markup.show(markup.table("Minutes, for choosing what to ask or examine next", columns, rows))


def _costing(cost: Cost, titles: Mapping[str, str]) -> str:
    named = [knowledge().items[item].wording.rstrip("?") for item in cost.items]
    return ", ".join([*named, *(f"everything else of {titles[section]}" for section in cost.sections)])


def _answers(item: object) -> str:
    from dashboard.clinical.vocabulary import Item

    if not isinstance(item, Item):
        return ""
    if item.options:
        return ", ".join(option.label for option in item.options)
    if item.minimum is not None and item.maximum is not None:
        return f"{item.minimum:g} to {item.maximum:g} {item.unit or ''}"
    return {"flag": "Yes, no, unknown"}.get(item.type, item.type)


def measures(wanted: str) -> None:
    """The outcome measures, of which only totals are kept."""
    rows = [
        (
            markup.strong(each.title),
            f"{each.minimum:g} to {each.maximum:g} {each.unit}",
            f"{each.better} is better",
            "" if each.minimal_important_change is None else f"{each.minimal_important_change:g}",
            each.licence,
            *_source(each),
        )
        for each in knowledge().instruments.values()
        if library.matches(wanted, each.title, each.licence)
    ]
    columns = ("Measure", "Range", "Direction", "Change that matters", "Licence", "Source", "Status")
    _sheet("Outcome measures", columns, rows, wanted)


def references(wanted: str) -> None:
    """Every source, what was seen of it, and where to read it."""
    rows = [
        (sources.links((each.id,)), each.text, each.note, sources.status(each.status))
        for each in sorted(knowledge().references.values(), key=lambda each: each.id)
        if library.matches(wanted, each.id, each.text, each.note)
    ]
    _sheet("Sources", ("Source", "Where", "What was taken from it", "Status"), rows, wanted)


def _source(noun: object) -> tuple[markup.Html, markup.Html]:
    return sources.links(noun.cite), sources.status(noun.status)  # type: ignore[attr-defined]


def _sheet(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]], wanted: str) -> None:
    if rows:
        markup.show(markup.table(f"{caption} ({len(rows)})", columns, rows))
    elif wanted:
        library.nothing_found(wanted)
    else:
        st.caption(f"{caption}: the knowledge holds none.")
