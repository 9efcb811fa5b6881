"""How one person signs in: invitation, lock, open sign-ins, and links to the clinic's own accounts."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import staffing, storage
from dashboard.casework.staffing import StaffCard
from dashboard.clinic import clinic
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels.person_deeds import INVITED, attempt, press


def show(actor: Actor, person: StaffCard) -> None:
    """What can be done about a person's signing in, as it stands."""
    st.subheader("Signing in", anchor=False)
    _invitation(person)
    how = person.standing
    with st.container(horizontal=True):
        if storage.is_demo():
            st.caption("In the demo clinic a press is enough to sign in; nobody is invited.")
        elif clinic().open_id.local_passwords:
            label = "Invite anew: a new password and telephone" if how.has_account else "Invite"
            press(label, "invite", ":material/mail:", partial(_invited, actor, person))
        if how.locked:
            press("Unlock", "unlock", ":material/lock_open:", partial(_unlocked, actor, person))
        if how.signed_in:
            press("Sign out everywhere", "end", ":material/logout:", partial(_ended, actor, person))
    if clinic().open_id.on:
        _links(actor, person)


def _links(actor: Actor, person: StaffCard) -> None:
    for link in person.links:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plain(link.issuer)} · `{plain(link.subject)}`", width="stretch")
            unlink = partial(_unlinked, actor, person, link.id)
            press("Unlink", f"unlink-{link.id}", ":material/link_off:", unlink)
    with st.form(f"person-link-{person.id}", border=False, clear_on_submit=True):
        subject = st.text_input(
            "Subject at the clinic's OpenID provider",
            key=f"person-subject-{person.id}",
            max_chars=255,
            help="After a refused first try the audit trail shows it, under sign-in:refused.",
        )
        if st.form_submit_button("Link", key=f"person-link-yes-{person.id}", icon=":material/link:"):
            attempt(lambda: _linked(actor, person, subject))


def _invitation(person: StaffCard) -> None:
    """The link of an invitation made a moment ago: never to be seen again once this is closed."""
    whose, token, until = st.session_state.get(INVITED, (None, "", None))
    if whose != person.id or until is None:
        return
    parts, ends = urlsplit(st.context.url or "http://localhost:8501/"), words.here(until)
    st.markdown(
        f"Give {plain(person.name)} this link, in person or by a safe way. It works once, until **{ends:%H:%M}** on "
        f"**{clinic().day(ends.date())}**, and is shown only now."
    )
    st.code(f"{parts.scheme}://{parts.netloc}/join#{token}", language=None, wrap_lines=True)


def _invited(actor: Actor, person: StaffCard) -> str:
    made = staffing.invite_person(actor, person.id)
    st.session_state[INVITED] = (person.id, made.token, made.until)
    return f"{person.name} is invited."


def _unlocked(actor: Actor, person: StaffCard) -> str:
    staffing.unlock_person(actor, person.id)
    return f"{person.name} may try again."


def _ended(actor: Actor, person: StaffCard) -> str:
    places = staffing.end_sign_ins(actor, person.id)
    return f"{person.name} was signed out of {places} place{'' if places == 1 else 's'}."


def _linked(actor: Actor, person: StaffCard, subject: str) -> str:
    staffing.link_person(actor, person.id, subject)
    return f"{person.name} can sign in with that account."


def _unlinked(actor: Actor, person: StaffCard, link_id: int) -> str:
    staffing.unlink_person(actor, person.id, link_id)
    return "That account lets nobody in any more."
