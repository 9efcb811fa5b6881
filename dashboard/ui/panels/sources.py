"""Where a statement comes from and how good it is: source links and status badges, the same on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard import labels
from dashboard.clinical.vocabulary import Citation
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels.markup import Html, badge, joined, link, text

_AUTHOR = re.compile(r"^(?P<family>(?:[a-z]+ )*[^\W\d_][\w'’-]+(?: [a-z]\w+)?) [A-Z]{1,5}(?:\b|,)")
_TONES = {"source-seen": "good", "to-check": "care", "expert": "quiet"}
_COLOURS = {"source-seen": "green", "to-check": "orange", "expert": "gray"}


def short(citation: Citation) -> str:
    """A source as it is named in passing: the first author's family name and the year, or how it begins."""
    if citation.status == "expert":
        return "Authors' own proposal"
    author = _AUTHOR.match(citation.text)
    named = author["family"] if author else citation.text.split(". ")[0].split(":")[0].rstrip(".")
    named = named if len(named) <= 34 else named[:32].rsplit(" ", 1)[0] + " …"
    year = str(citation.year or "")
    return named if not year or year in named else f"{named} {year}"


def address(citation: Citation) -> str | None:
    """Where the source can be read."""
    if citation.doi:
        return f"https://doi.org/{citation.doi}"
    if citation.pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{citation.pmcid}/"
    return f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/" if citation.pmid else citation.url


def links(cite: Sequence[str]) -> Html:
    """The sources named, each a link where it can be read; an id that is no longer known is shown as it is."""
    known = knowledge().references
    return joined((_link(known[each]) if each in known else text(each) for each in cite), ", ")


def _link(citation: Citation) -> Html:
    where = address(citation)
    return link(short(citation), where) if where else text(short(citation))


def status(code: str | None) -> Html:
    """How good a number or statement is: seen in its source, to be checked, or opinion."""
    words = labels.said(labels.STATUSES, code)
    return badge(words, _TONES.get(code or "", "plain"), labels.STATUS_HELP.get(code or "", ""))


def line(cite: Sequence[str], code: str | None) -> Html:
    """Sources and status on one line."""
    return joined([links(cite), status(code)])


def markdown(cite: Sequence[str], code: str | None) -> str:
    """The same as markdown, for inside a Streamlit element."""
    known = knowledge().references
    named = ", ".join(_markdown_link(known[each]) if each in known else plain(each) for each in cite)
    words, colour = labels.said(labels.STATUSES, code), _COLOURS.get(code or "", "gray")
    return f":small[:gray[Source: {named}]] :{colour}-badge[{words}]"


def _markdown_link(citation: Citation) -> str:
    where = address(citation)
    return f"[{plain(short(citation))}]({where})" if where else plain(short(citation))
