"""The dialog about one person: adding and changing them, how they sign in, and ending their work here."""

from __future__ import annotations

import streamlit as st

from dashboard import casework
from dashboard.access import Actor, Role
from dashboard.casework import staffing
from dashboard.casework.staffing import LeftBehind, PersonTyped, StaffCard
from dashboard.role_words import ROLE_DEEDS, ROLE_WORDS
from dashboard.ui.look import label, plain
from dashboard.ui.panels import person_deeds, person_signing_in
from dashboard.ui.panels.person_deeds import attempt, press, told
from dashboard.ui.panels.person_standing import standing

_OPEN = "person_open"
NEW = "new"
"""In place of an id: somebody is being added."""
EVERY_SITE = "Every site"
_LEFT = {"draft": "open draft", "episode": "episode in their care", "lowering": "lowering that waits for a colleague"}
_LEFT_MANY = {"draft": "open drafts", "episode": "episodes in their care", "lowering": "lowerings that wait"}


def ask(person_id: int | str) -> None:
    """In a callback: open the dialog about this person, or about somebody new."""
    st.session_state[_OPEN] = person_id
    person_deeds.forget()


def show(actor: Actor, everyone: tuple[StaffCard, ...]) -> None:
    """The dialog that was asked for, if one was."""
    chosen = st.session_state.get(_OPEN)
    if chosen == NEW:
        _add(actor)
    elif person := next((each for each in everyone if each.id == chosen), None):
        dialog = st.dialog(label(person.name), icon=":material/manage_accounts:", width="medium", on_dismiss=_close)
        dialog(_manage)(actor, person.id)


def _close() -> None:
    st.session_state.pop(_OPEN, None)
    person_deeds.forget()


@st.dialog("Add somebody", icon=":material/person_add:", width="medium", on_dismiss=_close)
def _add(actor: Actor) -> None:
    with st.form("person-new", border=False):
        code = st.text_input("Name to sign in with", key="person-code", max_chars=40, help="Small letters and digits")
        typed = _typed(actor, None)
        if st.form_submit_button("Add", type="primary", key="person-add-yes"):
            attempt(lambda: _added(actor, code, typed))
    told()


def _added(actor: Actor, code: str, typed: PersonTyped) -> str:
    made = staffing.add_person(actor, code, typed)
    st.session_state[_OPEN] = made.id
    return f"{made.name} was added. Invite them, so that they can sign in."


def _manage(actor: Actor, person_id: int) -> None:
    person = next((each for each in staffing.staff(actor) if each.id == person_id), None)
    if person is None:
        return
    st.markdown(standing(person))
    told()
    if person.active:
        _change(actor, person)
        person_signing_in.show(actor, person)
    _coming_and_going(actor, person)


def _change(actor: Actor, person: StaffCard) -> None:
    own = person.id == actor.person_id
    with st.form(f"person-change-{person.id}-{person.version}", border=False):
        typed = _typed(actor, person, fixed=own)
        if own:
            st.caption("Your own role and site are changed by another administrator.")
        if st.form_submit_button("Save", type="primary", key=f"person-save-{person.id}"):
            attempt(lambda: _changed(actor, person, typed))


def _changed(actor: Actor, person: StaffCard, typed: PersonTyped) -> str:
    new = staffing.change_person(actor, person.id, person.version, typed)
    if new.version == person.version:
        return "Nothing was changed."
    moved = (new.role, new.also_role, new.site_id) != (person.role, person.also_role, person.site_id)
    return f"{new.name} was changed{' and signed out everywhere, to begin anew' if moved else ''}."


def _typed(actor: Actor, person: StaffCard | None, fixed: bool = False) -> PersonTyped:
    """The fields of a person, filled with what is known."""
    key = f"{person.id}-{person.version}" if person else NEW
    name = st.text_input("Name", person.name if person else "", key=f"person-name-{key}", max_chars=80)
    roles, sites = list(Role), {None: EVERY_SITE} | {site.id: site.name for site in casework.sites(actor)}
    first, second = st.columns(2)
    role = first.selectbox(
        "Role",
        roles,
        index=roles.index(person.role) if person else 0,
        format_func=ROLE_WORDS.__getitem__,
        key=f"person-role-{key}",
        disabled=fixed,
    )
    also = second.selectbox(
        "Also works as",
        [None, *roles],
        index=[None, *roles].index(person.also_role) if person else 0,
        format_func=lambda each: ROLE_WORDS[each] if each else "Nothing else",
        key=f"person-also-{key}",
        disabled=fixed,
        help="One acts in one role at a time, and may change between them.",
    )
    site = st.selectbox(
        "Site",
        list(sites),
        index=list(sites).index(person.site_id) if person and person.site_id in sites else 0,
        format_func=sites.__getitem__,
        key=f"person-site-{key}",
        disabled=fixed,
        help="Managers and administrators work for every site whatever stands here.",
    )
    st.caption(f"{ROLE_WORDS[role]}: {ROLE_DEEDS[role]}")
    return PersonTyped(name, role, also, site)


def _coming_and_going(actor: Actor, person: StaffCard) -> None:
    st.divider()
    if not person.active:
        _left_behind(staffing.left_behind(actor, person.id))
        press("Let them work here again", "enable", ":material/person_check:", lambda: _enabled(actor, person))
    elif person.id != actor.person_id:
        with st.popover("End their work here …", icon=":material/person_off:", key="person-leave"):
            st.write("They are signed out everywhere at once. Nothing of theirs is deleted.")
            _left_behind(staffing.left_behind(actor, person.id))
            press("End it", "disable", ":material/person_off:", lambda: _disabled(actor, person))


def _left_behind(what: tuple[LeftBehind, ...]) -> None:
    if not what:
        st.caption("Nothing waits for them.")
        return
    st.markdown("Left behind, for a colleague to take up:")
    lines = [
        f"- {each.number} {(_LEFT if each.number == 1 else _LEFT_MANY)[each.what]}, {plain(each.site)}" for each in what
    ]
    st.markdown("\n".join(lines))


def _disabled(actor: Actor, person: StaffCard) -> str:
    staffing.disable_person(actor, person.id, person.version)
    return f"{person.name} no longer works here and is signed out."


def _enabled(actor: Actor, person: StaffCard) -> str:
    staffing.enable_person(actor, person.id, person.version)
    return f"{person.name} works here again."
