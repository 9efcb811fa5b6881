"""Who may do what: the deeds of the register against the roles, and each permission in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import streamlit as st

from dashboard.access import PERMISSIONS, Permission, Role
from dashboard.casework.deeds import Deed, deeds
from dashboard.deed_words import DEED_WORDS
from dashboard.role_words import ROLE_WORDS
from dashboard.ui.panels import markup
from dashboard.ui.panels.markup import Heading, Html

EVERY_SITE = (Role.MANAGER, Role.ADMINISTRATOR)
"""The roles that work for every site; the others for their own, unless a person was given every site."""

PERMISSION_WORDS = {
    Permission.PATIENT_READ: "find patients and see who they are",
    Permission.PATIENT_WRITE: "register patients and correct who they are",
    Permission.PATIENT_MERGE: "merge two records of one patient, and take them apart again",
    Permission.INTAKE_WRITE: "take a history and hand it over",
    Permission.EPISODE_READ: "read an episode: what was told, suggested, decided and measured",
    Permission.EPISODE_CLOSE: "end an episode",
    Permission.EXAMINATION_WRITE: "add examination findings and correct answers",
    Permission.REVIEW_SIGN: "open what a suggestion rests on, decide and sign; confirm a colleague's lowering",
    Permission.DIAGNOSIS_WRITE: "record what it turned out to be",
    Permission.REFERRAL_READ: "see referrals, without names for whoever may not read patients",
    Permission.REFERRAL_WRITE: "refer, and move a referral on",
    Permission.OUTCOME_WRITE: "record outcome measures",
    Permission.COHORT_READ: "see the population in counts; small ones are hidden from whoever may not read patients",
    Permission.EXPORT_MAKE: "take out rows that name nobody",
    Permission.KNOWLEDGE_READ: "read the knowledge and its history",
    Permission.KNOWLEDGE_PROPOSE: "propose a change of the knowledge",
    Permission.KNOWLEDGE_APPROVE: "put a colleague's change in force, or refuse it",
    Permission.PERSON_READ: "see who works here and how their signing in stands",
    Permission.PERSON_WRITE: "add and change people, end their work and their sign-ins",
    Permission.PERSON_INVITE: "give somebody the link with which they choose a password",
    Permission.AUDIT_READ: "read the audit trail",
    Permission.AUDIT_VERIFY: "check that nobody changed the audit trail",
    Permission.EMERGENCY_OPEN: "open one patient of another site for an hour, with a reason",
    Permission.EMERGENCY_COUNT: "see how often that happened, in numbers",
    Permission.EMERGENCY_REVIEW: "read why it happened, and say what they found",
    Permission.CLINIC_SET_UP: "set the clinic up, and change between it and the demo",
}
"""What each permission lets somebody do, as the end of "They may …"."""


def panel() -> None:
    """Both tables, made from the register the program itself goes by."""
    st.header("Who may do what", anchor=False)
    st.caption(
        "Made from the register of deeds that the program itself goes by; its tests call every deed in every role, at "
        "their own site and at another. Whatever is not allowed here is refused, and the refusal is in the audit trail."
    )
    columns = ("Deed", *(ROLE_WORDS[role] for role in Role), "In an emergency")
    markup.show(markup.table(_counted(), columns, list(_rows()), widths=(40, 12, 12, 12, 12, 12)))
    st.subheader("Permissions in words", anchor=False)
    told = [
        (
            Html(f"<code>{permission.value}</code>"),
            _sentence(PERMISSION_WORDS[permission]),
            ", ".join(ROLE_WORDS[role] for role in Role if permission in PERMISSIONS[role]),
        )
        for permission in Permission
    ]
    markup.show(markup.table("What each permission is for", ("Permission", "They may …", "Held by"), told))


def _rows() -> Iterator[Sequence[object] | Heading]:
    order = {permission: place for place, permission in enumerate(Permission)}
    in_order = sorted(deeds().values(), key=lambda deed: (order[deed.needs[0]], deed.name))
    for resource, group in groupby(in_order, key=lambda deed: deed.resource):
        yield Heading(resource.capitalize())
        for deed in group:
            yield _named(deed), *(_cell(deed, role) for role in Role), _emergency(deed)


def _named(deed: Deed) -> Html:
    needs = ", ".join(permission.value for permission in deed.needs)
    return markup.lines((DEED_WORDS[deed.name], markup.quiet(Html(f"<code>{deed.name}</code> · <code>{needs}</code>"))))


def _cell(deed: Deed, role: Role) -> Html:
    if not deed.allowed(role):
        return _no()
    if not deed.of_a_site:
        return _yes("")
    return _yes("every site" if role in EVERY_SITE else "own site")


def _emergency(deed: Deed) -> Html:
    allowed = deed.in_emergency and deed.allowed(Role.CLINICIAN)
    return _yes("") if allowed else _no()


def _yes(where: str) -> Html:
    words = f"Allowed, {where}" if where else "Allowed"
    tick = f'<span class="tick" role="img" aria-label="{words}" title="{words}">✓</span>'
    return markup.joined((Html(tick), Html(f'<span class="quiet" aria-hidden="true">{where}</span>')))


def _no() -> Html:
    return Html('<span class="cross" role="img" aria-label="Refused" title="Refused">–</span>')


def _counted() -> str:
    return f"{len(deeds())} deeds, {len(Permission)} permissions, {len(Role)} roles"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
