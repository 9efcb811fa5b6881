"""Which runners are looked at: months, site, clinician, age, sex, surface and shoes, all held in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from dashboard.cohort import Choices, Selection
from dashboard.cohort.scope import month_words

FILTERS = ("sites", "clinicians", "age_bands", "sexes", "surfaces", "shoe_types")
_LABELS = {
    "sites": ("Site", "site"),
    "clinicians": ("Clinician", "clinician"),
    "age_bands": ("Age", "age"),
    "sexes": ("Sex at birth", "sex"),
    "surfaces": ("Main surface", "surface"),
    "shoe_types": ("Shoe type", "shoe"),
}
"""Filter → its label and its name in the address."""


def panel(offered: Choices) -> Selection:
    """One row: from and to, site and clinician, and the rest folded away; all of it stays in the address."""
    chosen: dict[str, tuple[str, ...]] = {}
    with st.container(key="cohort-filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        first, last = _month("From", "from", offered.months), _month("To", "to", offered.months)
        for name in FILTERS[:2]:
            chosen[name] = _some(*_LABELS[name], getattr(offered, name), width=220)
        with st.popover(_more(), icon=":material/tune:", key="more-filters"):
            for name in FILTERS[2:]:
                chosen[name] = _some(*_LABELS[name], getattr(offered, name))
        clearing = ":material/filter_alt_off:"
        st.button(
            "Clear", type="tertiary", icon=clearing, help="Take every filter away", on_click=clear, key="clear-filters"
        )
    return Selection(
        first_month=first,
        last_month=last,
        sites=chosen["sites"],
        clinicians=chosen["clinicians"],
        age_bands=chosen["age_bands"],
        sexes=chosen["sexes"],
        surfaces=chosen["surfaces"],
        shoe_types=chosen["shoe_types"],
    )


def _month(label: str, key: str, months: Sequence[str]) -> str | None:
    """The first or last month looked at; None: as far as there are intakes."""
    chosen: str | None = st.selectbox(
        label,
        list(months),
        index=None,
        format_func=month_words,
        placeholder="All months",
        key=key,
        bind="query-params",
        width=170,
    )
    return chosen


def _some(
    label: str, key: str, options: Mapping[str, str], width: int | Literal["stretch"] = "stretch"
) -> tuple[str, ...]:
    chosen = st.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        placeholder="All",
        key=key,
        bind="query-params",
        width=width,
    )
    return tuple(chosen)


def _more() -> str:
    """The folded filters' label, with how many of them are in use."""
    used = sum(bool(st.session_state.get(_LABELS[name][1])) for name in FILTERS[2:])
    return f"More filters ({used})" if used else "More filters"


def clear() -> None:
    """Take every filter away (a button's callback)."""
    for _, key in _LABELS.values():
        st.session_state[key] = []
    for key in ("from", "to"):
        st.session_state[key] = None
