"""The report as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.clinical.knowledge import Knowledge
from tests.report.flags import RuleTold, rules_told
from tests.report.judging import ENOUGH_ANSWERS, TOLD, Judged, Share, judged
from tests.report.sensitivity import Sensitivity, sensitivity

URGENCY = {"emergency": "emergency", "same-day": "same day", "urgent": "urgent", "routine": "routine"}
BAND = {"likely": "likely", "possible": "possible", "less-likely": "less likely", "not-suggested": "not suggested"}


def page(knowledge: Knowledge) -> str:
    """The whole report; the same text for the same knowledge and cases."""
    published, textbook = judged(knowledge, "published"), judged(knowledge, "textbook")
    reported = judged(knowledge, "published_facts")
    parts = [
        _beginning(knowledge),
        _figures(published, reported, textbook),
        _definition(published, textbook),
        _priors(sensitivity(knowledge, (*published, *textbook))),
        _cases("Published cases", knowledge, published),
        _misses(knowledge, published),
        _cases("Textbook presentations", knowledge, textbook, _INVENTED),
        _rules(rules_told(knowledge)),
    ]
    return "\n\n".join(parts) + "\n"


_INVENTED = "Invented, and labelled so. They show that the rules do what they say; they are no measure of accuracy."


def _beginning(knowledge: Knowledge) -> str:
    return f"""\
# Worked cases

Written by `make cases`; do not edit. Knowledge {knowledge.version} ({knowledge.sha256[:12]}).

What the reasoning makes of 20 published case reports, 18 invented textbook presentations and one case for every \
clause of every red flag. The criteria were written with these cases in view, so agreement with them is a check that \
nothing is broken, not an estimate of accuracy in patients."""


def _figures(published: Sequence[Judged], reported: Sequence[Judged], textbook: Sequence[Judged]) -> str:
    every = [("Published, coded answers", published), ("Published, words of the report", reported)]
    every.append(("Textbook, coded answers", textbook))
    rows = []
    for name, collection in every:
        emergencies = [case for case in collection if case.row["expected_triage"] == "emergency"]
        enough = [case for case in collection if case.enough]
        rows.append((
            name,
            f"{sum(case.recognised for case in emergencies)} of {len(emergencies)}",
            f"{sum(case.as_urgent_as_expected for case in collection)} of {len(collection)}",
            str(Share.over(case.suggested for case in enough)),
            str(Share.over(case.ranked for case in enough)),
        ))  # fmt: skip
    heads = ("Cases", "Emergencies recognised", "As urgent as expected", "Suggested in the first three")
    return "## In figures\n\n" + _table((*heads, "First three by probability alone"), rows)


def _definition(published: Sequence[Judged], textbook: Sequence[Judged]) -> str:
    short = [case.id for case in (*published, *textbook) if not case.enough]
    left_out = f"Left out for too few facts: {', '.join(short)}." if short else "No case is left out."
    sufficient = sum(case.document["sufficient"] for case in published)
    return f"""\
**Suggested in the first three** means: the confirmed diagnosis, or the syndrome it belongs to where that syndrome is \
present, is among the first three conditions the episode page names. The page names first the conditions that a red \
flag open above routine is there to find, the most urgent first; then those that a picture or a measurement on file \
settles; then the others by probability. The last column leaves the rules out. Serious conditions are so rare that \
probability alone seldom brings them up, which is why they are found by rule. Intervals are 95 % (Wilson).

**Enough facts** means: the case says where it hurts and gives at least {ENOUGH_ANSWERS} answers. {left_out} By the \
stricter measure of the intake (no more than 30 % of the telling questions unanswered) {sufficient} of \
{len(published)} reports would be sufficient: a published case answers few questions, and the page says so each time."""


def _priors(found: Sensitivity) -> str:
    rows = [
        ("Urgencies that changed, all of them halved at once and doubled at once", str(found.urgencies)),
        ("Another condition leads the ranking, over all changes of all cases", str(found.changes)),
        ("Another condition leads the ranking when the leader's own is halved, over cases", str(found.leader)),
        ("Another condition leads the ranking under at least one change, over cases", str(found.any)),
        ("Another condition is named first on the page under at least one change, over cases", str(found.named)),
    ]
    return f"""\
## Starting probabilities halved and doubled

Each of the 22 starting probabilities in turn, in all 38 cases. The aim is that no urgency changes and that the first \
condition changes in fewer than one case in four. The last row is that aim for what the page names first: a rule or a \
picture that names it does so whatever the starting probabilities. The ranking by itself is more easily moved, which \
is one more reason to show words instead of decimals and to replace these priors by the clinic's own.

{_table(("What", "How often"), rows)}"""


def _cases(title: str, knowledge: Knowledge, collection: Sequence[Judged], says: str = "") -> str:
    heads = ("Case", "What it is about", "Urgency: expected → seen", "Confirmed", "Suggested", "By probability")
    rows = [(*_case(case), _names(knowledge, case.order[:3])) for case in collection]
    return "\n\n".join(part for part in (f"## {title}", says, _table((*heads, "First three suggested"), rows)) if part)


def _case(case: Judged) -> tuple[str, ...]:
    seen, expected = case.document["urgency"], case.row["expected_triage"]
    return (
        case.id,
        TOLD[case.id]["says"],
        f"{URGENCY[expected]} → {URGENCY[seen]}{'' if case.as_urgent_as_expected else ' ✗'}",
        case.row["confirmed_diagnosis"],
        f"{case.place(case.order)}{'' if case.suggested else ' ✗'}",
        f"{case.place(case.ranking)}, {BAND[case.band]}",
    )


def _misses(knowledge: Knowledge, published: Sequence[Judged]) -> str:
    missed = [case for case in published if not case.suggested]
    told = "\n\n".join(_miss(knowledge, case) for case in missed) or "None."
    return f"### Missed, and why\n\n{told}"


def _miss(knowledge: Knowledge, case: Judged) -> str:
    entries = {entry["condition"]: entry for entry in case.document["differential"]}
    own = entries[min(case.confirmed, key=case.ranking.index)]
    counted = [weight for weight in own["weights"] if weight["millibans"]]
    speaking = ", ".join(f"{w['title'].lower()} {w['millibans']:+d}" for w in counted) or "nothing that was reported"
    fired = ", ".join(flag["id"] for flag in case.document["red_flags"]) or "none"
    return f"""\
**{case.id}, {case.row["confirmed_diagnosis"]}.** {TOLD[case.id]["missed"]}
Place {case.place(case.order)} of {len(case.order)} suggested, {case.place(case.ranking)} by probability; the first \
is {_names(knowledge, case.order[:1])}. For or against it (millibans): {speaking}. Rules that fired: {fired}."""


def _rules(told: Sequence[RuleTold]) -> str:
    rows = [
        (
            f"{rule.flag.id} {rule.flag.title}",
            str(len(rule.flag.clauses)),
            f"{rule.fires} of {rule.cases}",
            str(rule.by_itself),
            f"{rule.quiet} of {rule.cases}",
            str(rule.still_open),
            f"{rule.kept} of {rule.laid}",
        )
        for rule in told
    ]
    heads = ("Rule", "Clauses", "Fires at its urgency", "With no other rule", "Unanswered: not raised, not cleared")
    table = _table((*heads, "Listed to be asked", "Urgency kept over a benign picture"), rows)
    return f"""\
## Red flags

Every clause of every rule in a case of its own (`tests/cases/red_flags.toml`): its answers laid over a calm case, the \
same answers taken away, and the same answers laid over a picture in which a harmless condition is likely. A rule with \
0 in "with no other rule" stands on an answer that is itself another rule (RF05: cancer, which is RF06). A rule with 0 \
in "listed to be asked" rests on what only a clinician or a laboratory enters.

{table}"""


def _names(knowledge: Knowledge, conditions: Iterable[str]) -> str:
    return "; ".join(knowledge.conditions[condition].title for condition in conditions)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
