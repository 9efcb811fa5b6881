"""The body chart without a screen: places and sides as marks, what a tap makes of them, and the two figures as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from dashboard import labels
from dashboard.citing import short
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import DIRECTIONS, BodyChart, Figure, Item, Region

SIDES = ("left", "right", "both")
NOT_SAID = ""
"""The side of a place whose side nobody said, and of a place that has none."""
_STAR = "M0 -9 L2.4 -3.2 L8.6 -2.8 L3.8 1.2 L5.3 7.3 L0 4 L-5.3 7.3 L-3.8 1.2 L-8.6 -2.8 L-2.4 -3.2 Z"
_MARGIN = 4


def marks(sites: Iterable[str] | None) -> dict[str, str]:
    """Places as the answer has them ("back_thigh:left") as {place: side}."""
    return {place: side for place, _, side in (each.partition(":") for each in sites or ())}


def sites(item: Item, marked: Mapping[str, str]) -> list[str]:
    """The same back: places in the order of the item's options, each with its side where one was said."""
    order = [option.code for option in item.options if option.code in marked]
    return [f"{place}:{marked[place]}" if marked[place] else place for place in order]


def tapped(item: Item, marked: Mapping[str, str], taps: object) -> dict[str, str]:
    """The marks after some taps of the chart; each says what a place is from now on, so a repeated one changes nothing.

    Taps come from a browser: {"place": code, "side": "left" | "right" | "both" | "" | None}, None taking the place
    away. Whatever is not of that shape, or names no place the figures have, is passed over.
    """
    sided = {option.code: option.sided for option in item.options if option.asked}
    now = dict(marked)
    for place, side in _readable(taps):
        if place not in sided:
            continue
        if side is None:
            now.pop(place, None)
        elif side in ((NOT_SAID, *SIDES) if sided[place] else (NOT_SAID,)):
            now[place] = side
    return now


def _readable(taps: object) -> Iterable[tuple[str, str | None]]:
    for tap in taps if isinstance(taps, Sequence) and not isinstance(taps, str) else ():
        if isinstance(tap, Mapping) and isinstance(tap.get("place"), str):
            side = tap.get("side")
            if side is None or isinstance(side, str):
                yield tap["place"], side


def told(item: Item, marked: Mapping[str, str], worst: str | None = None) -> str:
    """The marked places in words, for somebody who does not see the figures."""
    said = []
    for option in item.options:
        if option.code in marked:
            side = {"both": " on both sides", "": ""}.get(marked[option.code], f" on the {marked[option.code]}")
            said.append(f"{option.label}{side}" + (" (the worst)" if option.code == worst else ""))
    return f"Painful places: {'; '.join(said)}." if said else "No painful place is marked."


def drawing(known: Knowledge, live: bool) -> str:
    """Both figures with their areas as HTML: as buttons with the dermatome bands beside them, or as a picture.

    It depends on the knowledge alone, so a browser is sent it once and only the marks follow.
    """
    body = known.body
    sided = {option.code for option in known.items[_facts(body).item].options if option.sided}
    figures = "".join(_figure(body, figure, sided, live) for figure in body.figures.values())
    if not live:
        return f'<div class="chart shown"><div class="figures" role="img">{figures}</div></div>'
    return (
        f'<div class="chart">{_BAR}<div class="figures">{figures}</div>'
        f'<p class="readout" aria-live="off"></p>{_legend(known)}</div>'
    )


_BAR = (
    '<div class="bar">'
    '<button type="button" class="worst-next" aria-pressed="false"><svg viewBox="-10 -10 20 20" aria-hidden="true">'
    f'<path d="{_STAR}"/></svg><span>Worst place</span></button>'
    '<button type="button" class="with-bands" aria-pressed="false"><svg viewBox="0 0 20 20" aria-hidden="true">'
    '<path class="stripe" d="M2 5 L18 3 M2 11 L18 9 M2 17 L18 15"/></svg><span>Dermatomes</span></button></div>'
)


def _facts(body: BodyChart) -> Any:
    assert body.facts is not None
    return body.facts


def _figure(body: BodyChart, figure: Figure, sided: set[str], live: bool) -> str:
    facts, other = _facts(body), "right" if figure.drawn_side == "left" else "left"
    regions = [region for region in body.regions.values() if region.figure == figure.id]
    areas = "".join(_area(body, region, region.option in sided, figure.drawn_side, other, live) for region in regions)
    outline, title = escape(figure.outline), escape(figure.title)
    halves = "".join(f'<path d="{outline}"{turn}/>' for turn in ("", _mirror(facts.width)))
    lines = "".join(f'<path d="{escape(line)}"{turn}/>' for line in figure.lines for turn in ("", _mirror(facts.width)))
    box = f"{-_MARGIN} {-_MARGIN} {facts.width + 2 * _MARGIN:g} {facts.height + 2 * _MARGIN:g}"
    whose = "Patient’s " if live else ""
    group = f' role="group" aria-label="{title}"' if live else ' aria-hidden="true"'
    return (
        f'<div class="figure" data-figure="{escape(figure.id)}"><p class="title" aria-hidden="true">{title}</p>'
        f'<p class="sides" aria-hidden="true"><span>{whose}{figure.drawn_side}</span>'
        f"<span>{whose}{other}</span></p>"
        f'<svg viewBox="{box}"{group}><defs><clipPath id="cut-{escape(figure.id)}">{halves}</clipPath>'
        f'<linearGradient id="fade-{escape(figure.id)}" x1="0" y1="0" x2="0" y2="1">'
        '<stop offset="0" stop-color="#000"/><stop offset=".07" stop-color="#fff"/></linearGradient>'
        f'<mask id="soft-{escape(figure.id)}" maskUnits="userSpaceOnUse" x="-10" y="-10" width="{facts.width + 20:g}" '
        f'height="{facts.height + 20:g}"><rect x="-10" y="0" width="{facts.width + 20:g}" '
        f'height="{facts.height + 10:g}" fill="url(#fade-{escape(figure.id)})"/></mask></defs>'
        f'<g mask="url(#soft-{escape(figure.id)})"><g class="skin">{halves}</g></g>'
        f"{_bands(body, figure.id) if live else ''}{areas}"
        f'<g class="ink" mask="url(#soft-{escape(figure.id)})"><g class="outline">{halves}</g>'
        f'<g class="lines">{lines}</g></g>{_names(body, figure.id) if live else ""}'
        f"{_stars(regions, sided, figure, other, facts.width)}</svg></div>"
    )


def _mirror(width: float) -> str:
    return f' transform="matrix(-1 0 0 1 {width:g} 0)"'


def _area(body: BodyChart, region: Region, sided: bool, drawn: str, other: str, live: bool) -> str:
    """An area, or one and its mirror image: where a finger counts, and what is seen, which ends at the skin."""
    sides = ((drawn, ""), (other, _mirror(_facts(body).width))) if sided else (("", ""),)
    arrows = "".join(f' data-{way}="{escape(region.neighbour(way))}"' for way in DIRECTIONS if region.neighbour(way))
    path, cut = escape(region.path), f'clip-path="url(#cut-{escape(region.figure)})"'
    found = []
    for side, turn in sides:
        name = escape(f"{region.label}, {side}" if side else region.label)
        button = (
            f' role="button" tabindex="-1" aria-pressed="false" aria-label="{name}" data-name="{name}" '
            f'data-roots="{escape(", ".join(region.dermatomes))}"{arrows}'
        )
        found.append(
            f'<g class="area" data-id="{escape(region.id)}" data-place="{escape(region.option)}" data-side="{side}" '
            f'data-half="{"mirror" if turn else "drawn"}" data-y="{region.at[1]:g}"{button if live else ""}>'
            f'<path class="reach" d="{path}"{turn}/><g {cut}><path class="shape" d="{path}"{turn}/></g></g>'
        )
    return "".join(found)


def _stars(regions: Iterable[Region], sided: set[str], figure: Figure, other: str, width: float) -> str:
    """A star over every area, seen only on the worst place."""
    stars = []
    for region in regions:
        x, y = region.at
        places = ((figure.drawn_side, x), (other, width - x)) if region.option in sided else (("", x),)
        stars += [
            f'<path class="star" data-place="{escape(region.option)}" data-side="{side}" d="{_STAR}" '
            f'transform="translate({at:g} {y:g})"/>'
            for side, at in places
        ]
    return f'<g class="stars" aria-hidden="true">{"".join(stars)}</g>'


def _bands(body: BodyChart, figure: str) -> str:
    """The dermatome bands of a figure, cut at the skin."""
    drawn = [
        f'<path class="band tint-{number % 8}" d="{escape(band.path)}"{turn}/>'
        for number, dermatome in enumerate(body.dermatomes.values())
        for band in dermatome.bands
        if band.figure == figure
        for turn in ("", _mirror(_facts(body).width))
    ]
    return f'<g class="bands" aria-hidden="true" clip-path="url(#cut-{escape(figure)})">{"".join(drawn)}</g>'


def _names(body: BodyChart, figure: str) -> str:
    """The names of the bands on both halves; once where a band lies on the midline."""
    width = _facts(body).width
    names = [
        f'<text x="{x:g}" y="{band.at[1]:g}">{escape(dermatome.id)}</text>'
        for dermatome in body.dermatomes.values()
        for band in dermatome.bands
        if band.figure == figure
        for x in sorted({band.at[0], width - band.at[0]})
    ]
    return f'<g class="bands" aria-hidden="true">{"".join(names)}</g>'


def _legend(known: Knowledge) -> str:
    """The bands in words, what they are not, and where they come from."""
    body, facts = known.body, _facts(known.body)
    if not body.dermatomes:
        return ""
    entries = "".join(
        f'<li><b class="tint-{number % 8}">{escape(each.id)}</b> {escape(each.course)}</li>'
        for number, each in enumerate(body.dermatomes.values())
    )
    sources = "; ".join(f"{short(known.references[cite])}: {known.references[cite].text}" for cite in facts.cite)
    status = labels.said(labels.STATUSES, facts.status).lower()
    return (
        f'<div class="legend" hidden><ul>{entries}</ul><p>{escape(facts.says)}</p>'
        f"<p>Source ({escape(status)}): {escape(sources)}</p></div>"
    )
