"""The rooms of the house: which script each is, who may enter, and the menu of one person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.access import Actor, Permission

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

_PAGES = "pages_of_the_menu"
PAGES = Path(__file__).resolve().parent.parent.parent / "pages"


@dataclass(frozen=True)
class Room:
    """One page: its script, its name on the menu, and the permission its first statement asks for."""

    slug: str
    title: str
    icon: str
    permission: Permission
    on_menu: bool = True
    """False for rooms entered through another one, such as an episode from the worklist."""

    @property
    def script(self) -> Path:
        """The page's file."""
        return PAGES / f"{self.slug}.py"

    def is_for(self, actor: Actor | None) -> bool:
        """Whether this person may enter."""
        return actor is not None and actor.may(self.permission)


ROOMS = (
    Room("home", "Today", ":material/today:", Permission.KNOWLEDGE_READ),
    Room("intake", "Intake", ":material/edit_note:", Permission.INTAKE_WRITE),
    Room("patients", "Patients", ":material/person_search:", Permission.PATIENT_MERGE),
    Room("episode", "Episode", ":material/assignment_ind:", Permission.EPISODE_READ, on_menu=False),
    Room("referrals", "Referrals", ":material/forward_to_inbox:", Permission.REFERRAL_READ),
    Room("cohort", "Cohort", ":material/monitoring:", Permission.COHORT_READ),
    Room("knowledge", "Knowledge", ":material/menu_book:", Permission.KNOWLEDGE_READ),
    Room("admin", "Administration", ":material/admin_panel_settings:", Permission.PERSON_READ),
)


def room(slug: str) -> Room:
    """The room of that name; StopIteration if there is none."""
    return next(each for each in ROOMS if each.slug == slug)


def path_to(slug: str) -> str:
    """What `st.switch_page` and `st.page_link` take for a room."""
    return str(room(slug).script)


def menu(actor: Actor | None) -> Page:
    """Put this person's rooms on the menu and give back the one they asked for.

    Every other room is registered without a menu entry: its own first statement then answers calmly,
    where an unregistered address would be a "page not found" in front of the default page.
    """
    on_menu = tuple(each.on_menu and each.is_for(actor) for each in ROOMS)
    kept = st.session_state.get(_PAGES)  # making a page looks at its file three times
    if kept is None or kept[0] != on_menu:
        there = [(each, shown) for each, shown in zip(ROOMS, on_menu, strict=True) if each.script.exists()]
        kept = st.session_state[_PAGES] = (on_menu, [_page(each, shown) for each, shown in there])
    return st.navigation(kept[1], position="top" if actor else "hidden")


def _page(each: Room, visible: bool) -> Page:
    return st.Page(
        each.script,
        title=each.title,
        icon=each.icon,
        url_path=each.slug,
        default=each.slug == "home",
        visibility="visible" if visible else "hidden",
    )
