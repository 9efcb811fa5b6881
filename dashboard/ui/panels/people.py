"""People in Administration: who works here, in which role and where, and how their signing in stands."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import staffing
from dashboard.casework.staffing import StaffCard
from dashboard.ui.look import plain
from dashboard.ui.panels import person_dialog
from dashboard.ui.panels.person_dialog import EVERY_SITE, NEW
from dashboard.ui.panels.person_standing import roles, standing


def panel(actor: Actor) -> None:
    """Everyone who works here, then those who left; one dialog for whoever is chosen."""
    everyone = staffing.staff(actor)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("People and roles", anchor=False, width="content")
        st.button(
            "Add somebody", key="person-add", icon=":material/person_add:", on_click=person_dialog.ask, args=(NEW,)
        )
    here, left = ([each for each in everyone if each.active is active] for active in (True, False))
    with st.container(key="people", gap=None):
        for person in here:
            _row(person)
    if left:
        st.subheader("No longer here", anchor=False)
        with st.container(key="people-left", gap=None):
            for person in left:
                _row(person)
    person_dialog.show(actor, everyone)


def _row(person: StaffCard) -> None:
    with st.container(key=f"somebody-{person.id}", horizontal=True, wrap=False, vertical_alignment="center"):
        where = plain(person.site or EVERY_SITE)
        st.markdown(
            f"**{plain(person.name)}** :gray[{plain(person.code)} · {roles(person)} · {where}]  \n{standing(person)}",
            width="stretch",
        )
        st.button(
            "Manage", key=f"person-manage-{person.id}", type="tertiary", on_click=person_dialog.ask, args=(person.id,)
        )
