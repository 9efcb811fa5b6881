"""A person in a line: their roles, and how their signing in stands."""

from __future__ import annotations

from dashboard.casework import storage
from dashboard.casework.staffing import StaffCard
from dashboard.role_words import ROLE_WORDS
from dashboard.ui import words


def roles(person: StaffCard) -> str:
    """The first role, and the second one if there is one."""
    also = f", also {ROLE_WORDS[person.also_role].lower()}" if person.also_role else ""
    return f"{ROLE_WORDS[person.role]}{also}"


def standing(person: StaffCard) -> str:
    """How signing in stands, as badges with words, and when they last did."""
    if not person.active:
        return ":gray-badge[:material/person_off: Left]"
    how, badges = person.standing, []
    if how.locked:
        badges.append(":red-badge[:material/lock: Locked after too many tries]")
    if person.links:
        badges.append(":green-badge[:material/link: Clinic's account]")
    if how.has_account and how.has_second_factor:
        badges.append(":green-badge[:material/password: Password and one-time codes]")
    elif how.has_account:
        badges.append(":orange-badge[:material/password: Password, no one-time codes yet]")
    if how.invited:
        badges.append(":violet-badge[:material/mail: Invited]")
    elif not how.has_account and not person.links and storage.chosen() != "demo":
        badges.append(":gray-badge[:material/block: Cannot sign in yet]")
    if how.signed_in:
        badges.append(":blue-badge[:material/radio_button_checked: Signed in now]")
    last = f"last came {words.since(person.last_sign_in)} ago" if person.last_sign_in else "never signed in"
    return " ".join([*badges, f":small[:gray[{last}]]"])
