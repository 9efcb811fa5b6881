"""The clinic's own settings: its name, sites, people, state, units and date form, from one file."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from dashboard import dates
from dashboard.access import Role
from dashboard.open_id import OpenId, read_open_id

DEFAULTS = Path(__file__).with_name("clinic_defaults.toml")
ROOT = Path(__file__).resolve().parent.parent

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "distance_unit": ("mi", "km"),
    "weight_unit": ("lb", "kg"),
    "height_unit": ("ft", "cm"),
    "date_format": dates.FORMS,
    "second_factor": ("required", "offered"),
}
OF_A_SITE = ("date_format", "distance_unit", "weight_unit", "height_unit")
"""Settings that a site may have of its own."""
_WHOLE = {"idle_minutes": (5, 30), "sign_in_hours": (1, 12), "tablet_idle_minutes": (1, 10), "draft_days": (1, 90)}
"""Settings that are whole numbers, with the least and the most."""
URGENCIES_TO_LOWER = ("emergency", "same-day", "urgent")
"""Every urgency there is something below."""
LONGEST_WORDS = 80
MOST_DAYS = 3650
_CODE = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
"""Codes of people and sites stand in addresses."""


class ClinicError(ValueError):
    """The settings cannot be used; the message names the file, the key and the cure."""


@dataclass(frozen=True)
class SiteSetting:
    """A place the clinic works at."""

    code: str
    name: str
    own: Mapping[str, str] = field(default_factory=dict)
    """What this site writes differently: of OF_A_SITE, the settings it gives itself."""


@dataclass(frozen=True)
class PersonSetting:
    """Someone who may sign in once the clinic is set up; ``site`` None: every site."""

    code: str
    name: str
    role: Role
    site: str | None = None


@dataclass(frozen=True)
class Clinic:
    """The settings in force, and which of them are Backstride's own defaults."""

    name: str
    state: str
    distance_unit: str
    weight_unit: str
    height_unit: str
    date_format: str
    sites: tuple[SiteSetting, ...]
    people: tuple[PersonSetting, ...]
    """Who is made when the clinic is set up, to be invited later; whoever sets it up need not be among them."""
    referral_due_days: Mapping[str, Mapping[str, int]]
    """Referral kind → urgency code → days until a still open referral counts as late."""
    second_clinician_for: tuple[str, ...] = ()
    """Urgency codes that take a second clinician to lower."""
    open_id: OpenId = field(default_factory=OpenId)
    """Whose accounts sign people in, besides or instead of the passwords kept here."""
    idle_minutes: int = 15
    """How long nobody has to do anything for a sign-in to end."""
    sign_in_hours: int = 12
    """How long a sign-in lasts at most."""
    tablet_idle_minutes: int = 3
    """How long nobody has to touch a tablet in a patient's hands for its page to be cleared."""
    draft_days: int = 14
    """How long an intake that nobody works on is kept open; after that it is read only until somebody renews it."""
    second_factor: str = "required"
    """ "required" of everybody who signs in with a password, or only "offered"."""
    source: Path | None = None
    """The clinic's file, or None if there is none and everything is default."""
    defaulted: tuple[str, ...] = ()
    """Keys the clinic's file does not give."""

    def unit_for(self, units: tuple[str, ...]) -> str | None:
        """The unit this clinic prefers among those an item may be entered in, or None if it has no preference."""
        preferred = (self.distance_unit, self.weight_unit, self.height_unit, f"min/{self.distance_unit}")
        return next((unit for unit in preferred if unit in units), None)

    def at(self, site: str | None) -> Clinic:
        """The settings as they are at the site of that code: its own laid over the clinic's; as they are for None."""
        own: Mapping[str, Any] = next((each.own for each in self.sites if each.code == site), {})
        return replace(self, **own) if own else self

    def day(self, when: date | None) -> str:
        """A date as this clinic writes it; an empty string for None."""
        return dates.written(when, self.date_format)

    def says(self) -> str:
        """One sentence on where the settings come from, for the administration page."""
        if self.source is None:
            return "No clinic.toml was found: every setting is a default. Copy clinic.toml.example to clinic.toml."
        if not self.defaulted:
            return f"Every setting comes from {self.source.name}."
        return f"From {self.source.name}; defaults for {', '.join(self.defaulted)}."


def clinic() -> Clinic:
    """The settings in force, read again when the file changes; raises ClinicError."""
    named = os.environ.get("BACKSTRIDE_CLINIC")
    for seen in _seen:
        if seen.named == named and monotonic() < seen.until:
            return seen.clinic
    path = clinic_file()
    found = _read(path, path.stat().st_mtime_ns if path else 0)
    if _every[0]:
        _seen[:] = [_Seen(named, monotonic() + _every[0], found)]
    return found


class _Seen(NamedTuple):
    """The settings as they were, and until when nobody looks whether their file changed."""

    named: str | None
    until: float
    clinic: Clinic


_seen: list[_Seen] = []
_every = [0.0]


def look_every(seconds: float) -> None:
    """Look whether the file changed at most this often: a server asks for the settings hundreds of times a second.

    Each look at a file lets other threads have the processor first, so that many looks make one page slow.
    """
    _every[0] = seconds
    _seen.clear()


def clinic_file() -> Path | None:
    """The file named by BACKSTRIDE_CLINIC, else clinic.toml in the working folder or beside the code, else None."""
    named = os.environ.get("BACKSTRIDE_CLINIC")
    if named and not Path(named).is_file():
        raise ClinicError(f"BACKSTRIDE_CLINIC names {named}, which is not a file. Create it or unset the variable.")
    places = [Path(named)] if named else [Path.cwd() / "clinic.toml", ROOT / "clinic.toml"]
    return next((place for place in places if place.is_file()), None)


def read_clinic(path: Path | None) -> Clinic:
    """The settings of one file over the defaults; raises ClinicError naming file, key and cure."""
    defaults = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    given = _toml(path) if path else {}
    reader = _Reader(path.name if path else DEFAULTS.name)
    reader.known_keys(given, {**defaults, "person": []}, "")
    merged = {**defaults, **given}
    sites = reader.sites(merged["site"])
    return Clinic(
        name=reader.text(merged, "name"),
        state=reader.text(merged, "state"),
        distance_unit=reader.choice(merged, "distance_unit"),
        weight_unit=reader.choice(merged, "weight_unit"),
        height_unit=reader.choice(merged, "height_unit"),
        date_format=reader.choice(merged, "date_format"),
        second_factor=reader.choice(merged, "second_factor"),
        sites=sites,
        idle_minutes=reader.whole(merged, "idle_minutes"),
        sign_in_hours=reader.whole(merged, "sign_in_hours"),
        tablet_idle_minutes=reader.whole(merged, "tablet_idle_minutes"),
        draft_days=reader.whole(merged, "draft_days"),
        people=reader.people(merged.get("person", []), {site.code for site in sites}),
        second_clinician_for=reader.urgencies(merged, "second_clinician_for"),
        referral_due_days=reader.days(defaults["referral_due_days"], given.get("referral_due_days", {})),
        open_id=reader.open_id(defaults["open_id"], given.get("open_id", {})),
        source=path,
        defaulted=tuple(key for key in defaults if key not in given),
    )


def is_code(text: str) -> bool:
    """Whether a text can be the code of a person or a site."""
    return len(text) <= LONGEST_WORDS and _CODE.fullmatch(text) is not None


@lru_cache(maxsize=8)
def _read(path: Path | None, changed: int) -> Clinic:
    """``changed`` is only part of the cache's key: a file edited on disk is read anew."""
    return read_clinic(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as why:
        raise ClinicError(f"{path.name}: the file cannot be read ({why.strerror}). Check who may read it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise ClinicError(f"{path.name}: this is not TOML ({why}). Compare it with clinic.toml.example.") from None


@dataclass(frozen=True)
class _Reader:
    """Reads one file's values and names the file in every error."""

    file: str

    def wrong(self, key: str, cure: str) -> ClinicError:
        return ClinicError(f"{self.file}: {key} {cure}")

    def known_keys(self, given: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> None:
        for key in given:
            if key not in known:
                close = difflib.get_close_matches(key, known, 1)
                hint = f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(known)}."
                raise self.wrong(f"{prefix}{key}", f"is not a setting. {hint}")

    def text(self, table: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{prefix}{key}", 'must be words in quotes, such as "Main site".')
        words = value.strip()
        if len(words) > LONGEST_WORDS or not words.isprintable():
            raise self.wrong(f"{prefix}{key}", f"must be one line of at most {LONGEST_WORDS} letters.")
        return words

    def code(self, table: Mapping[str, Any], prefix: str) -> str:
        code = self.text(table, "code", prefix)
        if not is_code(code):
            raise self.wrong(f"{prefix}code", f"is '{code}'; use small letters, digits and hyphens only.")
        return code

    def choice(self, table: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = table[key]
        if value not in _CHOICES[key]:
            raise self.wrong(prefix + key, f"is {value!r}; choose one of {', '.join(_CHOICES[key])}.")
        return str(value)

    def whole(self, table: Mapping[str, Any], key: str) -> int:
        value, (least, most) = table[key], _WHOLE[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"is {value!r}; give a whole number from {least} to {most}.")
        return value

    def urgencies(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        given = table[key]
        if not isinstance(given, list) or not all(code in URGENCIES_TO_LOWER for code in given):
            raise self.wrong(key, f"is {given!r}; give a list of any of {', '.join(URGENCIES_TO_LOWER)}.")
        return tuple(dict.fromkeys(given))

    def sites(self, rows: Any) -> tuple[SiteSetting, ...]:
        rows = self.tables(rows, "site")
        return self.unique(tuple(self.site(row) for row in rows), "site")

    def site(self, row: Mapping[str, Any]) -> SiteSetting:
        self.known_keys(row, dict.fromkeys(("code", "name", *OF_A_SITE)), "site.")
        own = {key: self.choice(row, key, "site.") for key in OF_A_SITE if key in row}
        return SiteSetting(self.code(row, "site."), self.text(row, "name", "site."), own)

    def people(self, rows: Any, sites: set[str]) -> tuple[PersonSetting, ...]:
        rows = self.tables(rows, "person") if rows else []
        return self.unique(tuple(self.person(row, sites) for row in rows), "person")

    def person(self, row: Mapping[str, Any], sites: set[str]) -> PersonSetting:
        self.known_keys(row, {"code": 0, "name": 0, "role": 0, "site": 0}, "person.")
        role, site = row.get("role"), row.get("site")
        if role not in list(Role):
            raise self.wrong("person.role", f"is {role!r}; choose one of {', '.join(Role)}.")
        if site is not None and not (isinstance(site, str) and site in sites):
            raise self.wrong("person.site", f"is {site!r}; choose one of {', '.join(sorted(sites))}.")
        return PersonSetting(self.code(row, "person."), self.text(row, "name", "person."), Role(role), site)

    def tables(self, rows: Any, key: str) -> list[Mapping[str, Any]]:
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise self.wrong(key, f"must be given as one or more [[{key}]] tables.")
        return rows

    def unique(self, rows: tuple[Any, ...], key: str) -> tuple[Any, ...]:
        codes = [row.code for row in rows]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            raise self.wrong(f"{key}.code", f"'{twice}' is used twice; give each {key} its own code.")
        return rows

    def days(self, defaults: Mapping[str, Any], given: Any) -> dict[str, dict[str, int]]:
        if not isinstance(given, dict):
            raise self.wrong("referral_due_days", "must be given as [referral_due_days.imaging] and so on.")
        self.known_keys(given, defaults, "referral_due_days.")
        return {kind: self.due(kind, days, given.get(kind, {})) for kind, days in defaults.items()}

    def open_id(self, defaults: Mapping[str, Any], given: Any) -> OpenId:
        if not isinstance(given, dict):
            raise self.wrong("open_id", "must be given as [open_id].")
        self.known_keys(given, defaults, "open_id.")
        return read_open_id({**defaults, **given}, self.wrong)

    def due(self, kind: str, defaults: Mapping[str, int], given: Any) -> dict[str, int]:
        key = f"referral_due_days.{kind}."
        if not isinstance(given, dict):
            raise self.wrong(key.rstrip("."), "must be a table of days by urgency, such as routine = 14.")
        self.known_keys(given, defaults, key)
        for urgency, days in given.items():
            if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_DAYS:
                raise self.wrong(key + urgency, f"is {days!r}; give whole days, 0 or more and at most {MOST_DAYS}.")
        return {**defaults, **given}
