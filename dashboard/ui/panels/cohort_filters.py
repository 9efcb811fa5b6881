"""Which runners are looked at: months, site, clinician, age, sex, surface and shoes, all held in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    """The filters; what is chosen names no patient and stays in the address, so that a view can be shared."""
    with st.container(key="cohort-filters", gap="small"):
        first, last = _months(offered.months)
        chosen: dict[str, tuple[str, ...]] = {}
        for row in (FILTERS[:3], FILTERS[3:]):
            for column, name in zip(st.columns(3), row, strict=True):
                with column:
                    chosen[name] = _some(*_LABELS[name], getattr(offered, name))
        st.button(
            "Clear filters", type="tertiary", icon=":material/filter_alt_off:", on_click=clear, key="clear-filters"
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


def _months(months: Sequence[str]) -> tuple[str | None, str | None]:
    """The first and the last month; None where it is the clinic's own first or last."""
    if len(months) < 2:
        return None, None
    first, last = st.select_slider(
        "Months",
        list(months),
        value=(months[0], months[-1]),
        format_func=month_words,
        key="months",
        bind="query-params",
    )
    return (None if first == months[0] else first), (None if last == months[-1] else last)


def _some(label: str, key: str, options: Mapping[str, str]) -> tuple[str, ...]:
    chosen = st.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        placeholder="All",
        key=key,
        bind="query-params",
    )
    return tuple(chosen)


def clear() -> None:
    """Take every filter away (a button's callback)."""
    for _, key in _LABELS.values():
        st.session_state[key] = []
    st.session_state.pop("months", None)
