"""Checks of the body chart: every place can be tapped, every path is a drawing, and no arrow leads astray."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from dashboard.clinical.checking import Checker
from dashboard.clinical.vocabulary import DIRECTIONS, BodyChart, Item, Region

_PATH = re.compile(r"M[MLHVCSQTAZa-z0-9 ,.\-]+")
_LETTERS = set("MLHVCSQTAZmlhvcsqtaz")
"""What a drawn path may be made of: it is put into a page as it stands."""


def check_body(checker: Checker) -> None:
    """Every check of the chart; a knowledge that draws none is whole as well."""
    body = checker.knowledge.body
    facts = body.facts
    if facts is None:
        for record in chain(body.figures.values(), body.regions.values(), body.dermatomes.values()):
            checker.complain(record, "id", "is drawn without a chart. Write [chart].")
        return
    checker.unless(facts.width > 0 and facts.height > 0, facts, "width", "and height should be above 0.")
    checker.cited(facts, needed=True)
    item = _places(checker)
    for figure in body.figures.values():
        _paths(checker, figure, "outline", figure.outline)
        _paths(checker, figure, "lines", *figure.lines)
    for region in body.regions.values():
        _check_region(checker, region, item)
    if item is not None:
        _check_coverage(checker, item)
    _check_dermatomes(checker)


def _places(checker: Checker) -> Item | None:
    """The question of places the chart answers, and the one of the worst beside it."""
    items, facts = checker.knowledge.items, checker.knowledge.body.facts
    assert facts is not None
    checker.known([facts.item], items, facts, "item", "the item")
    checker.known([facts.worst_item], items, facts, "worst_item", "the item")
    item, worst = items.get(facts.item), items.get(facts.worst_item)
    if item is None or worst is None:
        return None
    checker.unless(item.type == "sites", facts, "item", f"'{item.id}' is no question of places (type sites).")
    same = worst.type == "choice" and {o.code for o in worst.options} <= {o.code for o in item.options}
    checker.unless(same, facts, "worst_item", f"'{worst.id}' does not choose among the places of '{item.id}'.")
    return item


def _paths(checker: Checker, record: Any, key: str, *paths: str) -> None:
    for path in paths:
        letters = {letter for letter in path if letter.isalpha()}
        fine = _PATH.fullmatch(path) is not None and letters <= _LETTERS
        checker.unless(fine, record, key, f"'{path[:24]}' is no path. Write moves and numbers: M10 20 L30 40 Z.")


def _within(checker: Checker, record: Any, key: str, at: tuple[float, float]) -> None:
    facts = checker.knowledge.body.facts
    assert facts is not None
    inside = 0 <= at[0] <= facts.width and 0 <= at[1] <= facts.height
    checker.unless(inside, record, key, f"lies outside the figure of {facts.width:g} by {facts.height:g}.")


def _check_region(checker: Checker, region: Region, item: Item | None) -> None:
    body = checker.knowledge.body
    checker.known([region.figure], body.figures, region, "figure", "the figure")
    checker.known(region.dermatomes, body.dermatomes, region, "dermatomes", "the dermatome")
    checker.unless(bool(region.label), region, "label", "is empty: it is the only name some people get.")
    _paths(checker, region, "path", region.path)
    _within(checker, region, "at", region.at)
    if item is not None:
        asked = [option.code for option in item.options if option.asked]
        checker.known([region.option], asked, region, "option", f"the place of '{item.id}'")
    beside = {each.id for each in body.regions.values() if each.figure == region.figure and each is not region}
    for way in DIRECTIONS:
        if other := region.neighbour(way):
            checker.known([other], beside, region, way, "the area of the same figure")


def _check_coverage(checker: Checker, item: Item) -> None:
    """Every place that is asked can be tapped, and the arrow keys lead to every area of a figure."""
    body, facts = checker.knowledge.body, checker.knowledge.body.facts
    drawn = {region.option for region in body.regions.values()}
    missing = [option.code for option in item.options if option.asked and option.code not in drawn]
    checker.unless(not missing, facts, "item", f"has places without an area: {', '.join(missing)}. Draw [[region]].")
    for figure in body.figures:
        on_it = [region for region in body.regions.values() if region.figure == figure]
        lost = _unreached(body, on_it)
        checker.unless(not lost, facts, "item", f"has areas no arrow key leads to: {', '.join(lost)}.")


def _unreached(body: BodyChart, on_it: Iterable[Region]) -> list[str]:
    ids = [region.id for region in on_it]
    reached, ahead = set(ids[:1]), ids[:1]
    while ahead:
        region = body.regions[ahead.pop()]
        for other in filter(None, map(region.neighbour, DIRECTIONS)):
            if other in body.regions and other not in reached:
                reached.add(other)
                ahead.append(other)
    return [id_ for id_ in ids if id_ not in reached]


def _check_dermatomes(checker: Checker) -> None:
    body = checker.knowledge.body
    for dermatome in body.dermatomes.values():
        checker.cited(dermatome, needed=True)
        checker.unless(bool(dermatome.course), dermatome, "course", "is empty: say where the band runs.")
        checker.unless(bool(dermatome.bands), dermatome, "bands", "is empty: a band without a figure is not shown.")
        for band in dermatome.bands:
            checker.known([band.figure], body.figures, dermatome, "bands, figure", "the figure")
            _paths(checker, dermatome, f"bands, {band.figure}, path", band.path)
            _within(checker, dermatome, f"bands, {band.figure}, at", band.at)
