"""The administrator's view of the clinic: its people, its settings, the database in use, and changing it."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor, Role
from dashboard.casework import approving, storage
from dashboard.clinic import clinic
from dashboard.in_force import knowledge
from dashboard.ui import door, first_screen, rooms
from dashboard.ui.door import ROLE_WORDS
from dashboard.ui.look import plain
from dashboard.ui.panels import markup

_DATABASES = {
    "demo": "The demo clinic: invented people, in a file of its own",
    "clinic": "This clinic's own file on this machine",
    "external": "The database server named by DATABASE_URL",
}


def people(actor: Actor) -> None:
    """Everyone who works or worked here."""
    st.header("People and roles", anchor=False)
    rows = [
        (
            markup.strong(each.name),
            each.code,
            ROLE_WORDS[Role(each.role)],
            each.site or "Every site",
            markup.badge("Active", "good") if each.active else markup.badge("Left", "quiet"),
        )
        for each in casework.people(actor)
    ]
    counted = "1 person" if len(rows) == 1 else f"{len(rows)} people"
    markup.show(markup.table(counted, ("Name", "Code", "Role", "Site", "State"), rows))
    st.caption("People come from the clinic's settings file when the clinic is set up.")


def in_use(actor: Actor) -> None:
    """Settings, database and knowledge in force."""
    st.header("In use", anchor=False)
    settings, known, decided = clinic(), knowledge(), approving.in_force_now(actor)
    since = decided.effective_on if decided and decided.effective_on else known.effective
    sites = ", ".join(f"{site.name} ({site.code})" for site in casework.sites(actor))
    pairs = (
        ("Clinic", settings.name),
        ("Sites", sites),
        ("Settings", settings.says()),
        ("Units and dates", f"{settings.distance_unit}, {settings.weight_unit}, {settings.date_format}"),
        (
            "Two clinicians to lower",
            ", ".join(map(_urgency, settings.second_clinician_for)) or "Nothing: one is enough",
        ),
        ("Database", _DATABASES.get(storage.chosen() or "", "None")),
        ("Knowledge", f"{known.version}, in force since {settings.day(since)}"),
        ("Its hash", known.sha256),
    )
    markup.show(markup.definitions(pairs, "story"))
    st.page_link(rooms.path_to("knowledge"), label="Read the knowledge", icon=":material/menu_book:")


def _urgency(code: str) -> str:
    return labels.said(labels.URGENCIES, code)


def other_clinic(actor: Actor) -> None:
    """Changing between the demo clinic and the real one, asked twice because it changes it for everybody."""
    if storage.chosen() == "external" or not storage.may_choose(actor):
        return
    st.header("Demo or clinic", anchor=False)
    st.caption("Both keep everything; only which of them is open changes, for everybody who uses this installation.")
    if st.button("Open the other one …", icon=":material/swap_horiz:", key="other-clinic"):
        _ask()


@st.dialog("Open another clinic?")
def _ask() -> None:
    here = "the demo clinic" if storage.chosen() == "demo" else "this clinic's own records"
    st.write(f"Now open: **{here}**. Everybody who is working in it will be asked to choose again. Nothing is deleted.")
    with st.container(horizontal=True):
        icon = ":material/swap_horiz:"
        chosen = st.button("Choose again", type="primary", icon=icon, key="other-clinic-yes", on_click=_choose_again)
        if st.button("Stay here", key="other-clinic-no") or chosen:
            st.rerun()  # of the whole page: a dialog by itself redraws only itself


def _choose_again() -> None:
    actor = door.who()
    if actor is not None and storage.may_choose(actor):
        first_screen.ask_again()


def backup() -> None:
    """How to keep a copy safe, in the words to type."""
    st.header("Backup", anchor=False)
    st.markdown("A copy that can be restored, made while people work:")
    st.code("python -m db backup FILE\npython -m db check", language="shell")
    st.caption(plain("Restore with python -m db restore FILE when nobody is working."))
