"""The first screen of an empty Backstride: explore an invented clinic, or set up this one."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor, Permission
from dashboard.casework import setup, storage
from dashboard.ui import demo_making, look

ASKING = "choose_clinic_again"
WELCOME = "what_was_set_up"


def is_needed() -> bool:
    """Whether there is no clinic to enter yet, or its administrator asked for the choice."""
    return bool(st.session_state.get(ASKING) or st.session_state.get(WELCOME)) or not storage.is_staffed()


def may_change(actor: Actor) -> bool:
    """Whether this person may go back to the choice: anybody in the demo clinic, the administrator in a real one."""
    choice = storage.chosen()
    return choice == "demo" or (choice == "clinic" and actor.may(Permission.CLINIC_SET_UP))


def ask_again() -> None:
    """Show the choice at the next run (a button's callback)."""
    st.session_state[ASKING] = True


def show() -> None:
    """The choice, the demo clinic being made, or what was just set up."""
    with st.container(key="first-screen"):
        if WELCOME in st.session_state:
            _what_was_set_up()
        elif demo_making.under_way():
            demo_making.watch(when_ready=_enter)
        else:
            _choice()


def _choice() -> None:
    look.title(
        "Backstride", "Decision support for runners with low back pain. It supports clinicians; it does not decide."
    )
    explore, set_up = st.columns(2, gap="large")
    with explore.container(border=True, key="card-demo", height="stretch"):
        st.subheader("Explore the demo clinic", anchor=False)
        st.write(
            "An invented clinic with two sites, four clinicians and two years of runners, to look around in. "
            "Everybody in it is made up. It lives in its own file and never touches a real clinic."
        )
        if st.button("Explore the demo clinic", type="primary", icon=":material/explore:", key="explore-demo"):
            _open_demo()
    with set_up.container(border=True, key="card-clinic", height="stretch"):
        st.subheader("Set up this clinic", anchor=False)
        st.write(
            "Start empty, for real work. The name, sites and people come from the clinic's settings file; "
            "you will see exactly what was made."
        )
        if st.button("Set up this clinic", icon=":material/home_health:", key="set-up-clinic"):
            _set_up()
    if storage.is_staffed() and st.button(
        "Stay where I was", type="tertiary", icon=":material/arrow_back:", key="stay"
    ):
        _enter()


def _open_demo() -> None:
    demo_making.begin()
    st.rerun()


def _set_up() -> None:
    storage.choose("clinic")
    st.session_state[WELCOME] = setup.set_up_clinic() if not storage.is_staffed() else None
    if st.session_state[WELCOME] is None:
        _enter()
    st.rerun()


def _what_was_set_up() -> None:
    made = st.session_state[WELCOME]
    look.title("The clinic is set up", "This is what was made. It can be changed under Administration later.")
    for line in made.lines:
        st.markdown(f"- {look.plain(line)}")
    if st.button("Continue", type="primary", icon=":material/arrow_forward:", key="continue"):
        _enter()


def _enter() -> None:
    for key in (ASKING, WELCOME):
        st.session_state.pop(key, None)
    st.rerun()
