"""What was done: suggested, decided and referred steps, how far referrals came, and orthobiologic discussions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sqlmodel import Session

from dashboard import disclosure, labels
from dashboard.charts.rows import Bar, Funnel, Months, Routes
from dashboard.cohort.reply import Asked, Cell, Drawing, Reply, Rows, nothing, sum_by
from dashboard.disclosure import Shown
from db import cohort as counts
from db.cohort import Flow, Reached

REJECTED, UNDECIDED, NOT_REFERRED = "Suggestion rejected", "Not decided yet", "No referral"


def step_flow(session: Session, asked: Asked) -> Reply:
    """From the suggested step, through what the clinician decided, to what was referred."""
    question = "What becomes of the suggestions?"
    definition = (
        "Each submitted intake once. Suggested: the step of the assessment that was decided on, or of the intake's own "
        "while undecided. Decided: the newest signed decision; kept means the step stayed as suggested. Referred: the "
        "episode's newest referral."
        f"{asked.note()}"
    )
    found = counts.step_flow(session, asked.selection)
    decided = [row for row in found if row.verdict]
    many = asked.shown(sum(row.number for row in decided))
    kept = asked.shown(sum(row.number for row in decided if _is_kept(row)))
    if asked.everyone.number in (None, 0):
        return nothing("flow", question, asked, definition)
    finding = f"Clinicians kept the suggested step in {disclosure.share_words(kept, many)} of {many.words} decisions"
    if not many.number:
        finding = "Too few decisions to say how often the suggestion was kept"
    waiting = asked.shown(sum(row.number for row in found if not row.verdict))
    rows = _flow_rows(asked, found)
    return Reply(
        "flow",
        question,
        finding,
        f"{asked.everyone.words} intakes, of which {waiting.words} are not decided yet.",
        f"Flow diagram from suggested step to decided step to referral. {finding}. The table lists every route.",
        definition,
        ("Suggested", "Decided", "Referred", "Intakes"),
        rows,
        _routes(asked, found),
    )


def _is_kept(row: Flow) -> bool:
    return row.verdict != "rejected" and row.decided == row.suggested


def _stations(asked: Asked, row: Flow) -> tuple[str, str, str]:
    """The three places a route passes, in words."""
    decided = {None: UNDECIDED, "rejected": REJECTED}.get(row.verdict, asked.step(row.decided))
    referred = labels.REFERRALS.get(row.referred, NOT_REFERRED) if row.referred else NOT_REFERRED
    return asked.step(row.suggested), decided, referred


def _totals(pairs: Sequence[tuple[tuple[str, ...], int]]) -> Mapping[tuple[str, ...], int]:
    totals: dict[tuple[str, ...], int] = {}
    for route, count in pairs:
        totals[route] = totals.get(route, 0) + count
    return totals


def _flow_rows(asked: Asked, found: Sequence[Flow]) -> Rows:
    """Every route that may be told, the most travelled first."""
    totals = _totals([(_stations(asked, row), row.number) for row in found])
    told = [(route, asked.shown(count)) for route, count in totals.items() if asked.shown(count).number]
    told.sort(key=lambda pair: (-(pair[1].number or 0), pair[0]))  # by the shown count: the order must not tell more
    rows: list[tuple[Cell, ...]] = [(*route, count) for route, count in told]
    if asked.protect:
        rows.append(("Every other route, each", "", "", asked.shown(0)))
    return tuple(rows)


def _routes(asked: Asked, found: Sequence[Flow]) -> Routes:
    """The links between neighbouring columns; those too small to tell are left out."""
    links: dict[tuple[tuple[int, str], tuple[int, str]], int] = {}
    for row in found:
        stations = list(enumerate(_stations(asked, row)))
        for link in pairwise(stations):
            links[link] = links.get(link, 0) + row.number
    told = [(link, asked.shown(count)) for link, count in links.items() if asked.shown(count).number]
    reached = {end for (_, end), _ in told}
    # A route whose first half is too small to tell would begin in the middle of the figure.
    told = [(link, shown) for link, shown in told if link[0][0] == 0 or link[0] in reached]
    order = _order(asked)
    nodes = sorted({station for link, _ in told for station in link}, key=lambda node: (node[0], order.index(node[1])))
    place = {node: number for number, node in enumerate(nodes)}
    lines = [(place[a], place[b], shown.drawn, f"{shown.words} intakes") for (a, b), shown in told]
    headings = ("Suggested", "Decided", "Referred")
    return Routes([label for _, label in nodes], [column for column, _ in nodes], lines, headings)


def _order(asked: Asked) -> list[str]:
    """Every place a route may pass, as they stand from top to bottom: the ladder's own order."""
    steps = sorted(asked.knowledge.ladder, key=lambda step: step.rank)
    return [
        *(step.title for step in steps),
        asked.step(None),
        REJECTED,
        UNDECIDED,
        *labels.REFERRALS.values(),
        NOT_REFERRED,
    ]


def referral_funnel(session: Session, asked: Asked) -> Reply:
    """How far referrals of each kind came."""
    question = "How far do referrals come?"
    definition = (
        "Referrals made for the selected intakes' episodes. A referral counts at every stage it ever reached: one that "
        "was declined after being received counts as made, sent and received. Open or closed does not matter."
        f"{asked.note()}"
    )
    found = counts.referral_funnel(session, asked.selection)
    made, done = (asked.shown(_reached(found, None, rank)) for rank in (0, len(counts.REACHED)))
    if not made.number:
        return nothing("funnel", question, asked, definition)
    finding = f"{done.words} of {made.words} referrals were completed"
    if done.number is not None:
        finding = f"{disclosure.share_words(done, made)} of {made.words} referrals were completed"
    stages = ("Made", *(labels.REFERRAL_STATES[state] for state in counts.REACHED))
    kinds = {
        labels.REFERRALS[kind]: [asked.shown(_reached(found, kind, rank)) for rank in range(len(stages))]
        for kind in labels.REFERRALS
        if asked.protect or _reached(found, kind, 0)
    }
    stopped = asked.shown(sum(row.number for row in found if row.state in ("declined", "withdrawn")))
    drawn = {
        kind: [Bar(stage, count.drawn, count.words) for stage, count in zip(stages, row, strict=True)]
        for kind, row in kinds.items()
        if any(count.number for count in row)  # a kind with nothing to tell is in the table only
    }
    return Reply(
        "funnel",
        question,
        finding,
        f"{made.words} referrals made; {stopped.words} were declined or withdrawn.",
        f"Bars of referrals by stage and kind. {finding}.",
        definition,
        ("Referral", *stages),
        tuple((kind, *row) for kind, row in kinds.items()),
        Funnel(stages, drawn),
    )


def _reached(found: Sequence[Reached], kind: str | None, rank: int) -> int:
    """How many referrals (of a kind) came at least as far as a rank; 0 is "made"."""
    return sum(row.number for row in found if row.furthest >= rank and kind in (None, row.kind))


def orthobiologics(session: Session, asked: Asked) -> Reply:
    """PRP and stem-cell discussions over time."""
    question = "How often are PRP and stem cells discussed?"
    definition = (
        "Referrals to a PRP or stem-cell discussion made for the selected intakes' episodes, by when the referral "
        "was made. A discussion is not a treatment: whether one followed is not recorded here."
        f"{asked.note()}"
    )
    found = counts.referrals_by_month(session, asked.selection, labels.ORTHOBIOLOGIC)
    totals = sum_by([(row.code or "", row.number) for row in found])
    prp, cells = (asked.shown(totals.get(kind, 0)) for kind in labels.ORTHOBIOLOGIC)
    if not any(shown.number for shown in (prp, cells)):
        return nothing("orthobiologics", question, asked, definition)
    finding = f"{prp.words} PRP and {cells.words} stem cell discussions were asked for"
    if asked.protect:
        found = [row._replace(month=row.month[:4]) for row in found]  # a month would be one small band after another
    cells_by = _totals([((row.month, row.code or ""), row.number) for row in found])
    months = tuple(sorted({row.month for row in found} | set(() if asked.protect else asked.months)))
    span = "year" if asked.protect else "month"
    series = {
        labels.REFERRALS[kind]: [asked.shown(cells_by.get((month, kind), 0)) for month in months]
        for kind in labels.ORTHOBIOLOGIC
    }
    return Reply(
        "orthobiologics",
        question,
        finding,
        f"Among {asked.everyone.words} intakes, in {asked.span()}.",
        f"Bars of PRP and stem cell discussions by {span}. {finding}.",
        definition,
        (span.capitalize(), *series),
        tuple((month, *(row[place] for row in series.values())) for place, month in enumerate(months)),
        _discussions(asked, months, series),
    )


def _discussions(asked: Asked, spans: Sequence[str], series: Mapping[str, Sequence[Shown]]) -> Drawing:
    """Bars by month; by kind and year for those who see bands only."""
    if not asked.protect:
        return Months(spans, {name: [shown.drawn for shown in row] for name, row in series.items()})
    return [
        Bar(f"{name}, {spans[place]}", shown.drawn, shown.words)
        for name, row in series.items()
        for place, shown in enumerate(row)
    ]
