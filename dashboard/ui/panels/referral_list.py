"""Every referral the person may see: late ones first, filtered by kind, site and state, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Permission
from dashboard.casework.views import ReferralRow
from dashboard.ui import look
from dashboard.ui.panels import referral_card

A_PAGE = 8
MOST = 1000
OPEN = tuple(state for state in labels.REFERRAL_STATES if state not in ("completed", "withdrawn", "declined"))
ALL = "All"


def panel(actor: Actor) -> None:
    """The filters, how many there are, and one page of cards."""
    kind, state, site, late_only = _filters(actor)
    states = OPEN if state is None else (state,)
    rows = casework.referrals(actor, states=states, kind=kind, limit=MOST)
    rows = tuple(row for row in rows if site in (None, row.site) and (row.overdue or not late_only))
    _tally(rows)
    if not rows:
        look.empty_state(
            ":material/inbox:", "No referral matches", "Take a filter away, or start one from an episode.", "referrals"
        )
        return
    for row in page_of(rows):
        referral_card.card(actor, row)


def _filters(actor: Actor) -> tuple[str | None, str | None, str | None, bool]:
    """What is asked for; kinds, states and sites stand in the address, for they name no one."""
    sites = [site.name for site in casework.sites(actor)]
    with st.container(key="referral-filters", horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = _choose("Kind", labels.REFERRALS, "kind")
        state = _choose("State", labels.REFERRAL_STATES, "state", "Open")
        site = st.selectbox("Site", sites, index=None, placeholder=ALL, key="site", bind="query-params", width=200)
        late_only = st.toggle("Only late ones", key="late", bind="query-params")
    return kind, state, site, late_only


def _choose(label: str, words: object, key: str, everything: str = ALL) -> str | None:
    options: dict[str, str] = dict(words)  # type: ignore[call-overload]
    chosen: str | None = st.selectbox(
        label,
        list(options),
        index=None,
        placeholder=everything,
        format_func=lambda code: options[code],
        key=key,
        bind="query-params",
        width=200,
    )
    return chosen


def _tally(rows: Sequence[ReferralRow]) -> None:
    late = sum(row.overdue for row in rows)
    st.markdown(f"**{len(rows)}** shown" + (f" · :red[**{late}** late]" if late else " · none late"))


def page_of(rows: Sequence[ReferralRow]) -> Sequence[ReferralRow]:
    """The rows of the page chosen; the choice of pages only when there is more than one."""
    pages = -(-len(rows) // A_PAGE)
    number = 1
    if pages > 1:
        number = min(st.session_state.get("referral-page", 1), pages)
        number = st.pagination(pages, key="referral-page") or 1
    return rows[(number - 1) * A_PAGE : number * A_PAGE]


def sees_names(actor: Actor) -> bool:
    """Whether the page shows who is referred."""
    return actor.may(Permission.PATIENT_READ)
