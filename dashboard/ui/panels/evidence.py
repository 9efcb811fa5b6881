"""Why: the evidence for and against one condition, as a waterfall of weights and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from dashboard import labels
from dashboard.access import Actor
from dashboard.casework.considering import Considered
from dashboard.casework.views import EpisodeFile
from dashboard.charts import evidence as figures
from dashboard.charts.figure import signed, unsigned
from dashboard.charts.rows import Step
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import asking, markup, naming, next_question, sources, uses
from dashboard.ui.panels.differential import CHOSEN

COLUMNS = ("Finding", "Answer", "Weight", "LR", "Source", "Status", "Studied in")
LIMITS = ("group:", "family:")
"""How the ids of adjustments begin that limit weights counted before them."""
WHO = ("age_years", "sex_at_birth")
"""Who somebody is, is corrected with the patient's record, not on the sheet."""
ANSWERS, STILL_OPEN = 8, 4
WIDTHS = (20, 22, 8, 9, 14, 9, 18)
READING = (
    "Each bar is one weight of evidence. 300 doubles the odds or halves them, 1,000 is a factor of ten. The bars add "
    "up exactly, from the starting point of age and sex to the score that ranks the conditions."
)


def panel(actor: Actor, file: EpisodeFile, considered: Considered | None = None) -> None:
    """The evidence of the chosen condition; the first one until another is chosen."""
    entries = {entry["condition"]: entry for entry in file.document["differential"]}
    if not entries:
        st.info("No condition was weighed.")
        return
    if st.session_state.get(CHOSEN) not in entries:
        st.session_state[CHOSEN] = _first_worth_reading(file.document["differential"])
    with st.container(key="why"):
        chosen = st.selectbox(
            "Condition",
            list(entries),
            key=CHOSEN,
            format_func=lambda each: entries[each]["title"],
            persist_state="page",
        )
        entry = entries[chosen]
        _balance(entry)
    with st.container(key="why-evidence"):
        left, right = st.columns([7, 4], gap="large")
    with left:
        _waterfall(entry)
    with right:
        _words(entry)
    _table(file, entry)
    behind, open_ = st.columns([7, 5], gap="large")
    with behind:
        _answers_behind(actor, file, entry)
    with open_:
        st.header("Still open, and would tell of it", anchor=False)
        if considered is not None:
            next_question.separating(actor, file, considered.telling(chosen)[:STILL_OPEN], "tells")
    _limits()


def _balance(entry: Mapping[str, Any]) -> None:
    """How many findings speak for it and how many against, and how many are carried without being scored."""
    counted = [each["millibans"] for each in entry["weights"] if each["millibans"]]
    shown = sum(each["use"] != "score" for each in entry["weights"])
    carried = f" {shown} more are shown and not scored." if shown else ""
    st.caption(
        f"{sum(each > 0 for each in counted)} findings speak for it and {sum(each < 0 for each in counted)} against."
        f"{carried}"
    )


def _answers_behind(actor: Actor, file: EpisodeFile, entry: Mapping[str, Any]) -> None:
    """Each answer that counted, as it was given; one press leads to its field, where it can be corrected."""
    st.header("The answers behind it", anchor=False)
    counted = sorted((each for each in entry["weights"] if each["counted"]), key=lambda each: -abs(each["millibans"]))
    items = list(dict.fromkeys(item for each in counted for item in each["items"] if item not in WHO))[:ANSWERS]
    if not items:
        st.caption("No answer counted for or against it.")
    for item in items:
        with st.container(key=f"behind-{item}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
            given = naming.answer(file, item) or "not known"
            st.markdown(f"{plain(naming.question(item))}  \n:small[:gray[{plain(given)}]]", width="stretch")
            if asking.may_ask(actor, file):
                asking.button(file, item, "behind", known=item in file.answers)


def _limits() -> None:
    """What must be known to read any of this rightly."""
    texts = knowledge().settings.session_text
    with st.expander("How far this can be trusted", icon=":material/balance:", key="limits"):
        markup.show(markup.bullets(texts.honesty))
        st.markdown(sources.markdown(texts.cite, texts.status))


def _first_worth_reading(differential: Sequence[Mapping[str, Any]]) -> str:
    """The most probable condition that any evidence moves; else the most probable."""
    moved = (entry for entry in differential if any(each["millibans"] for each in entry["weights"]))
    return str(next(moved, differential[0])["condition"])


def _waterfall(entry: Mapping[str, Any]) -> None:
    steps = steps_of(entry)
    st.markdown(f"**{plain(finding(entry))}**")
    st.plotly_chart(
        _figure(tuple((step.label, step.millibans, step.kind) for step in steps)),
        key=f"waterfall-{entry['condition']}",
        config={"displayModeBar": False},
        alt=alt(entry, steps),
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _figure(steps: tuple[tuple[str, int, str], ...]) -> go.Figure:
    """The figure of these steps; a resource because copying a figure costs more than building it."""
    return figures.contributions([Step(*step) for step in steps])


def steps_of(entry: Mapping[str, Any]) -> list[Step]:
    """From the starting point through every weight that counts, the strongest for first, to the score."""
    made = [Step("Starting point: age and sex", entry["prior_millibans"], "start")]
    before, limits = adjustments(entry)
    made += [Step(each["says"], each["millibans"]) for each in before if each["millibans"]]
    counted = [each for each in entry["weights"] if each["millibans"]]
    counted.sort(key=lambda each: (each["millibans"] < 0, -abs(each["millibans"])))
    made += [Step(answered(each), each["millibans"]) for each in counted]
    made += [Step(each["says"], each["millibans"]) for each in limits if each["millibans"]]
    return [*made, Step("Score", entry["score_millibans"], "end")]


def adjustments(entry: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What multiplies the starting point, and the limits set on groups of weights, which are read after those."""
    before = [each for each in entry["adjustments"] if not each["id"].startswith(LIMITS)]
    return before, [each for each in entry["adjustments"] if each["id"].startswith(LIMITS)]


def answered(weight: Mapping[str, Any]) -> str:
    """A finding with its presence, such as "Straight-leg raise: no"."""
    return f"{weight['title']}: {labels.said(labels.PRESENCES, weight['presence']).lower()}"


def finding(entry: Mapping[str, Any]) -> str:
    """What the waterfall says, in one line."""
    gained, band = entry["score_millibans"] - entry["prior_millibans"], labels.BANDS[entry["band"]].lower()
    if gained == 0:
        return f"{entry['title']}: {band}, and no evidence of its own moves it"
    return f"{entry['title']}: the evidence speaks {'for' if gained > 0 else 'against'} it; {band} among all"


def alt(entry: Mapping[str, Any], steps: Sequence[Step]) -> str:
    """The waterfall for someone who cannot see it; the table below has every number."""
    most = ", ".join(f"{step.label} {signed(step.millibans)}" for step in steps[1:-1][:3])
    return f"Waterfall of weights of evidence. {finding(entry)}. Strongest: {most or 'no finding counts'}."


def _words(entry: Mapping[str, Any]) -> None:
    condition = knowledge().conditions.get(entry["condition"])
    st.caption(READING)
    if condition is None:
        return
    st.markdown(plain(condition.plain))
    markup.show(
        markup.joined(
            [markup.quiet("Starting probabilities:"), sources.line(condition.prior_cite, condition.prior_status)]
        )
    )
    for note in condition.notes:
        st.caption(f":material/notes: {plain(note)}")


def _table(file: EpisodeFile, entry: Mapping[str, Any]) -> None:
    before, limits = adjustments(entry)
    rows: list[Sequence[object] | markup.Heading] = [_start(entry), *(_adjustment(each) for each in before)]
    kinds = ["total", *("" for _ in before)]
    for says, weights in groups(entry["weights"]):
        rows += [markup.Heading(says), *(_row(file, each) for each in weights)]
        kinds += ["", *("" if each["counted"] else "idle" for each in weights)]
    if limits:
        rows += [markup.Heading("What limits these weights together"), *map(_adjustment, limits)]
        kinds += ["" for _ in range(1 + len(limits))]
    rows.append(("Score", "", markup.strong(unsigned(entry["score_millibans"])), "", "", "", ""))
    caption = f"Evidence for and against {entry['title']}"
    markup.show(markup.table(caption, COLUMNS, rows, (2, 3), [*kinds, "total"], WIDTHS))
    st.caption(
        "LR: the likelihood ratio applied, weakened from the published one where the studies are small or of other "
        "people; the published value stands beside it. Findings that are not known count as nothing."
    )


def groups(weights: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Weights under the rule they are counted by, the rules that moved most first, and within each the strongest."""
    gathered: dict[str, list[Mapping[str, Any]]] = {}
    for each in weights:
        gathered.setdefault(each["group"], []).append(each)
    for together in gathered.values():
        together.sort(key=lambda each: (not each["counted"], -abs(each["millibans"])))
    moved = sorted(gathered.values(), key=lambda together: -sum(abs(each["millibans"]) for each in together))
    return [(together[0]["group_says"] or together[0]["group"], together) for together in moved]


def _start(entry: Mapping[str, Any]) -> tuple[object, ...]:
    condition = knowledge().conditions.get(entry["condition"])
    cite, status = (condition.prior_cite, condition.prior_status) if condition else ((), None)
    weight = unsigned(entry["prior_millibans"])
    return ("Starting point: age and sex", "", weight, "", sources.links(cite), sources.status(status), "")


def _adjustment(each: Mapping[str, Any]) -> tuple[object, ...]:
    cite, status = each["citation"], sources.status(each["status"])
    return (each["says"], "", signed(each["millibans"]), "", sources.links(cite), status, "")


def _row(file: EpisodeFile, each: Mapping[str, Any]) -> tuple[object, ...]:
    told = "; ".join(naming.answered(file, each["items"]))
    answer = markup.lines([labels.said(labels.PRESENCES, each["presence"]), markup.quiet(told)])
    weight = signed(each["millibans"]) if each["counted"] else _not_counted(each)
    return (
        each["title"],
        answer,
        weight,
        _ratio(each),
        sources.links(each["citation"]),
        sources.status(each["status"]),
        markup.lines([each["population"], markup.quiet(each["note"])]),
    )


def _not_counted(each: Mapping[str, Any]) -> markup.Html:
    """Why a finding that is known adds nothing: it is not scored at all, or another of its group spoke for it."""
    why = uses.said(each["use"]) if each["use"] != "score" else "another of the group counts"
    return markup.lines(["0", markup.quiet(why)])


def _ratio(each: Mapping[str, Any]) -> markup.Html:
    applied = each["likelihood_ratio"] if each["counted"] else each["own_likelihood_ratio"]
    published = f"published {each['published']}" if each["published"] else ""
    return markup.lines([f"{applied:.3g}" if applied is not None else "", markup.quiet(published) if published else ""])
