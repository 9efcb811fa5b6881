"""The first screen of an empty Backstride: explore an invented clinic, or set up this one."""

from __future__ import annotations

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import setup, storage
from dashboard.ui import demo_making, door, look

ASKING = "choose_clinic_again"
WELCOME = "what_was_set_up"


def is_needed() -> bool:
    """Whether there is no clinic to enter yet, or its administrator asked for the choice."""
    return bool(st.session_state.get(ASKING) or st.session_state.get(WELCOME)) or not storage.is_staffed()


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
            _choice(door.who() if storage.is_staffed() else None)


def _choice(actor: Actor | None) -> None:
    look.brand()
    st.markdown("Decision support for runners with low back pain. It supports clinicians; it does not decide.")
    explore, set_up = st.columns(2, gap="medium")
    if storage.may_choose(actor):
        with explore.container(border=True, key="card-demo", height="stretch", gap="medium"):
            _explore(actor)
    with set_up.container(border=True, key="card-clinic", height="stretch", gap="medium"):
        _begin(actor)
    if storage.is_staffed():
        st.button("Stay where I was", type="tertiary", icon=":material/arrow_back:", key="stay", on_click=_forget)


def _explore(actor: Actor | None) -> None:
    st.header(":material/explore: Explore the demo clinic", anchor=False)
    st.write(
        "An invented clinic with two sites, four clinicians and two years of runners, to look around in. "
        "Everybody in it is made up. It lives in its own file and never touches a real clinic."
    )
    if not storage.has_demo():
        _make_demo(actor, "Explore the demo clinic")
        return
    if st.button("Open the demo clinic", type="primary", width="stretch", key="open-demo"):
        storage.choose("demo", actor)
        _enter()
    with st.popover("Make it anew", type="tertiary", key="demo-anew"):
        st.write("Everything tried out in the demo clinic is lost, and it starts again from the beginning.")
        _make_demo(actor, "Yes, make it anew")


def _make_demo(actor: Actor | None, words: str) -> None:
    if st.button(words, type="primary", width="stretch", key="explore-demo"):
        demo_making.begin(actor)
        st.rerun()


def _begin(actor: Actor | None) -> None:
    st.header(":material/home_health: Set up this clinic", anchor=False)
    st.write(
        "Start empty, for real work. The name, sites and people come from the clinic's settings file; "
        "you will see exactly what was made."
    )
    if st.button("Set up this clinic", width="stretch", key="set-up-clinic"):
        _set_up(actor)


def _set_up(actor: Actor | None) -> None:
    if storage.may_choose(actor):
        storage.choose("clinic", actor)
    made = setup.set_up_clinic()
    if not made.made:
        _enter()
    st.session_state[WELCOME] = made
    st.rerun()


def _what_was_set_up() -> None:
    made = st.session_state[WELCOME]
    look.title("The clinic is set up", "This is what was made. It can be changed under Administration later.")
    for line in made.lines:
        st.markdown(f"- {look.plain(line)}")
    if st.button("Continue", type="primary", icon=":material/arrow_forward:", key="continue"):
        _enter()


def _enter() -> None:
    _forget()
    st.rerun()


def _forget() -> None:
    for key in (ASKING, WELCOME):
        st.session_state.pop(key, None)
