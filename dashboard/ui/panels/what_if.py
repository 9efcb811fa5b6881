"""What would change this: the fewest answers under which condition, urgency, step or a gate come out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard import labels
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.what_if import Change, Searched, Target
from dashboard.in_force import knowledge
from dashboard.ui import bring_to_view, look
from dashboard.ui.panels import altered, markup, naming
from dashboard.ui.panels.differential import TAB
from dashboard.ui.panels.pathway import RED_FLAG

EVERYTHING = "What would change"
NEAREST = 2
"""How many answers are named for each outcome before the rest are counted."""
ROWS = 25
"""How many ways to one outcome the full list shows."""
_NO_FLAG = "no_open_red_flag"
_TITLES: dict[Target, str] = {
    "leading": "In front",
    "urgency": "Urgency",
    "step": "Step",
    "gate": "Gates",
}


def panel(considered: Considered | None, file: EpisodeFile) -> None:
    """For each thing that could come out otherwise, the nearest answers that would do it."""
    st.header("What would change this", anchor=False)
    if considered is None:
        st.caption("The knowledge this was assessed with is no longer kept; assess again to see what would change it.")
        return
    changes = told(considered.what_if.changes)
    said = [
        (title, markup.joined(_outcomes(considered, [change for change in changes if change.target == target])))
        for target, title in _TITLES.items()
        if target != "gate"
    ]
    said.append((_TITLES["gate"], _gates([change for change in changes if change.target == "gate"])))
    with st.container(key="what-would-change", gap="small"):
        st.caption("Each was found by assessing this case again with that answer.")
        markup.show(markup.definitions(said, "story changes"))
        st.button(
            "See everything that was found",
            key="all-changes",
            type="tertiary",
            icon=":material/list:",
            on_click=_open,
        )


def told(changes: Iterable[Change]) -> list[Change]:
    """Without the echoes: an urgency above routine always brings the red flag's step and shuts the first gate."""
    return [change for change in changes if change.after != RED_FLAG and change.of != _NO_FLAG]


def _open() -> None:
    st.session_state[TAB] = EVERYTHING
    bring_to_view.ask("everything-tried")


def _outcomes(considered: Considered, changes: Sequence[Change]) -> list[markup.Html]:
    """Each way it could come out with its nearest answers; said plainly when there is none."""
    if not changes:
        return [markup.quiet("No answer or pair of answers tried would change it.")]
    return [_outcome(considered, [each for each in changes if each.after == after]) for after in _afters(changes)]


def _afters(changes: Sequence[Change]) -> list[str]:
    """The outcomes, the most urgent first, otherwise the easiest first."""
    found = list(dict.fromkeys(change.after for change in changes))
    if changes[0].target == "urgency":
        found.sort(key=labels.URGENCY_CODES.index, reverse=True)
    return found


def _outcome(considered: Considered, changes: Sequence[Change]) -> markup.Html:
    lines = altered.lines(considered, changes)
    left = len(lines) - NEAREST
    more = [markup.quiet("or 1 other way" if left == 1 else f"or {left} other ways")] if left > 0 else []
    outcome = markup.Html(f'<span class="outcome">{markup.text(became(changes[0]))}</span> if')
    return markup.joined([outcome, markup.bullets([*lines[:NEAREST], *more])])


def became(change: Change) -> str:
    """What it would become, in words."""
    if change.target in ("leading", "order"):
        return naming.condition(change.after)
    if change.target == "urgency":
        return look.URGENCY_LOOK[change.after][2]
    if change.target == "step":
        return naming.step(change.after)
    return labels.said(labels.CRITERION_STATES, change.after)


def _gates(changes: Sequence[Change]) -> markup.Html:
    """Gates are counted here; the full list names them."""
    opened = {change.of for change in changes if change.after == "met" and len(change.answers) == 1}
    shut = {change.of for change in changes if change.after == "not-met" and len(change.answers) == 1}
    if not opened and not shut:
        return markup.quiet("No single answer tried would change a gate.")
    return markup.text(f"{_gate(len(opened))} would be met, and {len(shut)} not met, after a single answer.")


def _gate(number: int) -> str:
    return "1 gate" if number == 1 else f"{number} gates"


def everything(considered: Considered | None) -> None:
    """Every change found, by what it changes: first what asking can bring, then, folded, what a correction would."""
    with st.container(key="everything-tried"):
        st.header("Everything that would change this", anchor=False)
        if considered is None:
            return
        st.markdown(searched(considered.what_if.searched))
        changes = told(considered.what_if.changes)
        st.header("By an answer that is still open", anchor=False)
        _tables(considered, [change for change in changes if not change.corrects])
        corrections = [change for change in changes if change.corrects]
        with st.expander(f"If an answer given were otherwise: {len(corrections):,} ways", key="corrections"):
            _tables(considered, corrections)


def _tables(considered: Considered, changes: Sequence[Change]) -> None:
    for target, title in _TITLES.items():
        _table(considered, title, [change for change in changes if change.target == target])


def searched(said: Searched) -> str:
    """What was looked through, and what was not."""
    pairs = "" if said.every_pair else " More pairs looked worth trying than were tried."
    return (
        f"Found by assessing this case again under {said.answers:,} other answers to {said.items} questions, one at a "
        f"time, and under {said.pairs:,} pairs. Answers are those that some rule can tell apart, to questions that are "
        "asked here (the desk's and the examination, whatever was answered of the rest); numbers just at and beside "
        "each limit a rule names. Pairs are those among the answers that bring the nearest conditions closest, those "
        "counted together, and those that together complete a red flag, a step's entry or a gate; a pair is listed "
        f"only where neither answer does it alone.{pairs} Three at once were not tried. A number that was given "
        "is tried only by itself; height, weight and other amounts of which only a ratio matters are not varied; "
        "age and sex are never varied."
    )


def _table(considered: Considered, title: str, changes: Sequence[Change]) -> None:
    """Everything found of one kind, under what would come of it."""
    ways = {each: [c for c in changes if (c.of, c.after) == each] for each in _outcomes_of(changes)}
    rows: list[Sequence[object] | markup.Heading] = []
    found = 0
    for same in ways.values():
        lines = altered.lines(considered, same)
        found += len(lines)
        rows += [markup.Heading(_heading(same[0], len(lines))), *((line,) for line in lines[:ROWS])]
    if rows:
        markup.show(markup.table(f"{title}: {found} found", ("If",), rows))
    else:
        st.caption(f"{title}: nothing tried would change it.")


def _outcomes_of(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """Each gate, or else nothing, with what would come of it."""
    gates = dict.fromkeys(change.of for change in changes)
    return [(of, after) for of in gates for after in _afters([change for change in changes if change.of == of])]


def _heading(change: Change, found: int) -> str:
    gates = {gate.id: gate.title for gate in knowledge().gates}
    subject = f"{gates.get(change.of, change.of)}: " if change.target == "gate" else ""
    counted = f" ({found} found, the easiest {ROWS} shown)" if found > ROWS else f" ({found})"
    return f"{subject}{became(change)}{counted}"
