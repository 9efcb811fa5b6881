"""The panels of today's page: what waits, most urgent first; what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.views import ReferralRow, WorklistRow
from dashboard.ui import cached, look, rooms, words
from dashboard.ui.look import plain
from dashboard.ui.panels import emergencies
from dashboard.ui.settings import clinic

ROWS = 12
SIDE_ROWS = 5
_PLACES = "worklist_places"


def worklist(actor: Actor) -> None:
    """A page of the episodes awaiting review, with how many there are of each urgency."""
    places: list[Any] = st.session_state.setdefault(_PLACES, [None])
    waiting = casework.worklist(actor, after=places[-1], limit=ROWS)
    st.header("Awaiting review", anchor=False)
    if not any(waiting.counts.values()):
        look.empty_state(
            ":material/task_alt:",
            "Nothing awaits review",
            "A submitted intake appears here at once, the most urgent first.",
            "worklist",
        )
        return
    st.markdown("  ".join(f"{look.urgency_markdown(code)} {number}" for code, number in _by_urgency(waiting.counts)))
    with st.container(key="worklist", gap=None):
        for row in waiting.rows:
            _row(row)
    _pages(places, waiting.next)


def overdue(actor: Actor) -> None:
    """Referrals past their day and reviews that are due."""
    late = [row for row in casework.referrals(actor) if row.overdue]
    due = casework.reviews_due(actor, limit=SIDE_ROWS)
    st.header("Overdue", anchor=False)
    if not late and not due:
        look.empty_state(
            ":material/event_available:", "Nothing is overdue", "Late referrals and due reviews appear here.", "overdue"
        )
    for referral in late[:SIDE_ROWS]:
        _referral(referral)
    if len(late) > SIDE_ROWS:
        st.page_link(
            rooms.path_to("referrals"), label=f"All {len(late)} late referrals", icon=":material/arrow_forward:"
        )
    for row in due:
        _open(
            f"**Review due** {plain(row.patient_name)}  \n:small[:gray[since {clinic().day(row.review_due_on)}]]",
            row.episode_id,
        )


def for_manager(actor: Actor) -> None:
    """Where a manager goes from here, and how often a record of another site was opened in an emergency."""
    _way("cohort", "The cohort", "Intakes, urgency, pathway steps, referrals and outcomes of the clinic's runners.")
    _way("referrals", "Referrals", "Every open referral, where it is and what is late. Without names.")
    _way("knowledge", "The knowledge in force", "Every condition, number and citation the reasoning uses.")
    emergencies.numbers(actor)


def for_administrator(actor: Actor) -> None:
    """What an administrator has to look at, and where they go from here."""
    emergencies.mark(actor)
    _way("admin", "Administration", "People and roles, the audit trail, the clinic's settings and backups.")
    _way("knowledge", "The knowledge in force", "Every condition, number and citation the reasoning uses.")


def _row(row: WorklistRow) -> None:
    about = f"{row.age} · {words.sex(row.sex)} · {plain(row.record_number)}"
    leading, step = plain(cached.title_of_condition(row.leading_condition)), plain(cached.title_of_step(row.step))
    told = f"{leading} · {step}" if row.urgency == "routine" else f"**{step}**"
    whose = f" · {plain(row.clinician)}" if row.clinician else " · no clinician yet"
    with st.container(
        key=f"episode-{row.episode_id}", horizontal=True, wrap=False, vertical_alignment="center", gap="medium"
    ):
        st.markdown(look.urgency_markdown(row.urgency), width=140)
        st.markdown(
            f"**{plain(row.patient_name)}** :gray[{about}]  \n{told}  \n"
            f":small[:gray[waiting {words.since(row.waiting_since)} · {plain(row.site)}{whose}]]{_second(row)}",
            width="stretch",
        )
        st.page_link(
            rooms.path_to("episode"),
            label="Open",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"episode": str(row.episode_id)},
        )


def _second(row: WorklistRow) -> str:
    """That a colleague would lower it, and that someone else has to confirm."""
    if row.lowering_to is None:
        return ""
    lower = look.URGENCY_LOOK[row.lowering_to][2].lower()
    told = f"{plain(row.lowering_by or '')} would lower it to {lower}"
    return f"  \n:violet-badge[:material/group: Waits for a second clinician: {told}]"


def _pages(places: list[Any], following: object | None) -> None:
    first, last, back = len(places) == 1, following is None, ":material/arrow_back:"
    if first and last:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", key="worklist-pages"):
        st.button(
            "More urgent",
            key="worklist-before",
            icon=back,
            type="tertiary",
            disabled=first,
            on_click=_back,
            args=(places,),
        )
        st.button(
            "Less urgent",
            key="worklist-next",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            disabled=last,
            on_click=places.append,
            args=(following,),
        )


def _back(places: list[Any]) -> None:
    if len(places) > 1:  # a press on an outdated screen must not fall off the front
        places.pop()


def _referral(row: ReferralRow) -> None:
    kind = row.kind.replace("_", " ")
    days = (datetime.now(UTC).date() - row.due_on).days if row.due_on else 0
    _open(
        f"**{plain(kind.capitalize())}** {plain(row.patient_name or '')}  \n"
        f":small[:red[{days} days late] :gray[· {row.state}]]",
        row.episode_id,
    )


def _open(told: str, episode_id: int) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(told, width="stretch")
        st.page_link(
            rooms.path_to("episode"),
            label="Open",
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"episode": str(episode_id)},
        )


def _way(slug: str, heading: str, about: str) -> None:
    with st.container(border=True, key=f"way-{slug}"):
        st.page_link(rooms.path_to(slug), label=f"**{heading}**", icon=rooms.room(slug).icon)
        st.caption(about)


def _by_urgency(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    return [(code, counts.get(code, 0)) for code in reversed(look.URGENCY_CODES) if counts.get(code)]
