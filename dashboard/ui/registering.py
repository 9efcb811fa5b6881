"""Registering a new patient: whoever may be here already stands beside the form while it is being filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import casework, intake
from dashboard.access import Actor
from dashboard.casework.finding import day_in, digits_in
from dashboard.casework.views import AlikeCard, Newcomer, NewPatient
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.patient_lines import facts
from dashboard.ui.settings import clinic

Go = Callable[[Actor, int], None]
"""On to the intake of a patient."""

_OPEN, _TYPED, _REFUSED = "registering", "registering-typed", "registering-refused"
_COMPARED, _SHOWN, _ASKED = "registering-compared", "registering-shown", "registering-asked"
KEYS = {
    "given_name": "new-given",
    "family_name": "new-family",
    "date_of_birth": "new-born",
    "sex_at_birth": "new-sex",
    "phone": "new-phone",
    "record_number": "new-number",
    "postal_code": "new-postal-code",
}
"""Each field with its key; the site stands apart, it is always filled in."""
_NEEDED = {
    "given_name": "The given name is needed.",
    "family_name": "The family name is needed.",
    "date_of_birth": "The date of birth is needed.",
    "sex_at_birth": "Choose one; there is also an answer for who would not say.",
}
_LEVELS = {
    "sure": ("red", ":material/person_alert:", "Very likely the same person"),
    "likely": ("orange", ":material/group:", "Likely the same person"),
    "possible": ("gray", ":material/group:", "Possibly the same person"),
}
_SHOWN_AT_MOST = 4


def is_open() -> bool:
    """Whether the form is open."""
    return bool(st.session_state.get(_OPEN))


def begin() -> None:
    """Open the form, with what was typed in the search where it belongs."""
    typed = st.session_state.get(_TYPED) or carried(st.session_state.get("find-patient") or "", clinic().date_format)
    st.session_state.update({_OPEN: True, _TYPED: typed, _REFUSED: {}, _SHOWN: set(), _ASKED: False})
    for field, key in KEYS.items():
        st.session_state.pop(key, None)
        if typed.get(field):
            st.session_state[key] = typed[field]


def close() -> None:
    """Put the form away with all that was typed: somebody is registered, or was found."""
    for key in (_OPEN, _TYPED, _REFUSED, _COMPARED, _SHOWN, _ASKED):
        st.session_state.pop(key, None)


def _put_aside() -> None:
    """The window was closed: what was typed is there when it is opened again."""
    st.session_state.pop(_OPEN, None)


def carried(text: str, form: str) -> dict[str, str]:
    """What was typed in a search, by the field it belongs to: a day, digits, a number with letters, or names."""
    day, rest = day_in(text, form)
    found = {"date_of_birth": clinic().day(day)} if day else {}
    digits, named = digits_in(rest)
    if len(digits) >= 7:
        found["phone"] = " ".join(word for word in rest.split() if word not in named.split())
    numbers = [word for word in named.split() if any(sign.isdigit() for sign in word)]
    if numbers:
        found["record_number"] = numbers[0]
    return found | _names(" ".join(word for word in named.split() if word not in numbers))


def _names(text: str) -> dict[str, str]:
    """The names in the order they were typed, or the family name before a comma; one alone is the family name."""
    text = text.title() if text == text.lower() else text
    first, comma, second = (part.strip() for part in text.partition("," if "," in text else " "))
    given, family = (second, first) if comma.strip() or not second else (first, second)
    return {field: name for field, name in (("given_name", given), ("family_name", family)) if name}


@st.dialog("Register a new patient", icon=":material/person_add:", width="large", on_dismiss=_put_aside)
def form(actor: Actor, go: Go) -> None:
    """The form, who may be here already, and the button; whatever is typed is compared at once."""
    if st.session_state.get("new-submit"):  # known before anything is drawn, so that what is wrong is drawn with it
        _pressed(actor, go)
    fields, beside = st.columns([3, 2], gap="large")
    with fields:
        typed = _fields(actor)
    st.session_state[_TYPED] = typed
    alike = _alike(actor, typed)
    with beside, st.container(key="already-here"):
        _already_here(actor, alike, go)
    label = "Register as a new person" if alike else "Register and take the history"
    st.button(label, type="primary", key="new-submit", icon=":material/person_add:")
    if st.session_state.get(_ASKED):
        st.caption("Nobody of those beside? Press once more and a new person is registered.")
    st.session_state[_SHOWN] = _ids(alike)


def _fields(actor: Actor) -> dict[str, str]:
    """The fields, and what is typed in each."""
    typed: dict[str, str] = {}
    given, family = st.columns(2)
    with given:
        typed["given_name"] = _text("given_name", "Given name")
    with family:
        typed["family_name"] = _text("family_name", "Family name")
    born, phone = st.columns(2)
    with born:
        typed["date_of_birth"] = _text("date_of_birth", "Date of birth", clinic().date_format, 24)
        st.caption(plain(words.day_told(typed["date_of_birth"])) or " ")
    with phone:
        typed["phone"] = _text("phone", "Telephone")
    labels = {option.code: option.label for option in intake.knowledge().items["sex_at_birth"].options}
    sex = st.segmented_control("Sex recorded at birth", labels, format_func=labels.__getitem__, key="new-sex")
    typed["sex_at_birth"] = sex or ""
    _refused("sex_at_birth")
    number, postal = st.columns(2)
    with number:
        typed["record_number"] = _text("record_number", "Record number, if there is one")
    with postal:
        typed["postal_code"] = _text("postal_code", "Postal code, if known", most=20)
    st.selectbox("Site", casework.sites(actor), format_func=lambda each: each.name, key="new-site")
    return typed


def _text(field: str, label: str, placeholder: str = "", most: int = 100) -> str:
    """One field, heard while it is typed, with what is wrong of it under it."""
    text = st.text_input(label, key=KEYS[field], placeholder=placeholder or None, max_chars=most, live="400ms")
    _refused(field)
    return (text or "").strip()


def _refused(field: str) -> None:
    with st.container(key=f"refused-{KEYS[field]}"):  # always there, so that what follows keeps its place
        if why := (st.session_state.get(_REFUSED) or {}).get(field):
            st.markdown(f":red[:material/error: {plain(why)}]")


def _newcomer(typed: Mapping[str, str]) -> Newcomer:
    return Newcomer(**_plain(typed), date_of_birth=words.day_typed(typed["date_of_birth"]))


def _alike(actor: Actor, typed: Mapping[str, str]) -> tuple[AlikeCard, ...]:
    """Who may be here already; asked once for what stands in the form, not once a drawing."""
    new = _newcomer(typed)
    compared = st.session_state.get(_COMPARED)
    if compared is None or compared[0] != new:
        compared = st.session_state[_COMPARED] = (new, casework.possible_duplicates(actor, new))
    found: tuple[AlikeCard, ...] = compared[1]
    return found


def _ids(alike: tuple[AlikeCard, ...], *levels: str) -> set[int]:
    """Those who are shown, of some levels or of all."""
    return {each.patient.id for each in alike[:_SHOWN_AT_MOST] if not levels or each.level in levels}


def _already_here(actor: Actor, alike: tuple[AlikeCard, ...], go: Go) -> None:
    st.markdown("**Perhaps here already?**")
    if not alike:
        st.caption("Nobody so far. Whoever is like what you type is shown here.")
    for each in alike[:_SHOWN_AT_MOST]:
        colour, icon, said = _LEVELS[each.level]
        with st.container(key=f"alike-{each.patient.id}", border=True, gap="xsmall"):
            st.markdown(f":{colour}-badge[{icon} {said}]")
            st.markdown(f"**{plain(each.patient.name)}**  \n:small[:gray[{facts(each.patient)}]]")
            st.markdown("  \n".join(f":small[:material/check: {plain(why)}]" for why in each.alike))
            if each.unlike:
                st.markdown("  \n".join(f":small[:orange[:material/remove: {plain(why)}]]" for why in each.unlike))
            if st.button("Yes, this is the one", key=f"same-{each.patient.id}", width="stretch"):
                go(actor, each.patient.id)


def _pressed(actor: Actor, go: Go) -> None:
    """Register; or say at each field what is wrong with it; or let be seen once who is very like."""
    typed = {field: (st.session_state.get(key) or "").strip() for field, key in KEYS.items()}
    refused = st.session_state[_REFUSED] = wrong_with(typed)
    born = words.day_typed(typed["date_of_birth"])
    if refused or born is None:
        return
    unseen = _ids(_alike(actor, typed), "sure", "likely") - (st.session_state.get(_SHOWN) or set())
    st.session_state[_ASKED] = bool(unseen)
    if unseen:
        return
    new = NewPatient(**_plain(typed), date_of_birth=born, site_id=st.session_state["new-site"].id)
    try:
        patient = casework.register_patient(actor, new)
    except casework.BadAnswer as why:
        refused[why.item] = f"This {why.message.rstrip('.')}."
    else:
        go(actor, patient.id)


def _plain(typed: Mapping[str, str]) -> dict[str, Any]:
    return {field: typed[field] for field in KEYS if field != "date_of_birth"}


def wrong_with(typed: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong with what was typed in it, with the cure."""
    wrong = {field: why for field, why in _NEEDED.items() if not typed[field]}
    if typed["date_of_birth"] and words.day_typed(typed["date_of_birth"]) is None:
        wrong["date_of_birth"] = words.day_told(typed["date_of_birth"])
    return wrong
