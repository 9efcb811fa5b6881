"""The administrator's view of the clinic: its settings, the database in use, changing it, and backups."""

from __future__ import annotations

import streamlit as st

from dashboard import casework, labels
from dashboard.access import Actor
from dashboard.casework import approving, storage
from dashboard.clinic import clinic
from dashboard.in_force import knowledge
from dashboard.ui import rooms
from dashboard.ui.look import plain
from dashboard.ui.panels import markup

_DATABASES = {
    "demo": "The demo clinic: invented people, in a file of its own",
    "clinic": "This clinic's own file on this machine",
    "external": "The database server named by DATABASE_URL",
}


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
    st.html('<a class="quiet-link" href="/welcome" target="_self">Open the other one …</a>')


def backup() -> None:
    """How to keep a copy safe, in the words to type."""
    st.header("Backup", anchor=False)
    st.markdown("A copy that can be restored, made while people work:")
    st.code("python -m db backup FILE\npython -m db check", language="shell")
    st.caption(plain("Restore with python -m db restore FILE when nobody is working."))
