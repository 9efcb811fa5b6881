"""How a source is named in passing, and where it can be read."""

from __future__ import annotations

import re

from dashboard.clinical.vocabulary import Citation

_AUTHOR = re.compile(r"^(?P<family>(?:[a-z]+ )*[^\W\d_][\w'’-]+(?: [a-z]\w+)?) [A-Z]{1,5}(?:\b|,)")


def short(citation: Citation) -> str:
    """The first author's family name and the year, or how the source begins."""
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
