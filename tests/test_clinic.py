"""The clinic's settings: read from one file, defaults said, every error naming file, key and cure."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import Role
from dashboard.clinic import DEFAULTS, ROOT, ClinicError, clinic, look_every, read_clinic

EXAMPLE = ROOT / "clinic.toml.example"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic file of one's own, in force."""
    path = tmp_path / "clinic.toml"
    monkeypatch.setenv("BACKSTRIDE_CLINIC", str(path))
    return path


def test_without_a_file_the_defaults_are_used_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that configures nothing works, and is told that nothing is configured."""
    monkeypatch.delenv("BACKSTRIDE_CLINIC", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dashboard.clinic.ROOT", tmp_path)
    here = clinic()
    assert (here.distance_unit, here.weight_unit, here.height_unit) == ("mi", "lb", "ft")
    assert here.source is None
    assert "default" in here.says()


def test_the_example_file_says_what_the_defaults_do() -> None:
    """Copying the example changes nothing, so it can be edited line by line."""
    example, defaults = read_clinic(EXAMPLE), read_clinic(None)
    assert example.defaulted == ()
    for name in ("name", "state", "distance_unit", "weight_unit", "height_unit", "date_format", "sites"):
        assert getattr(example, name) == getattr(defaults, name)
    assert example.referral_due_days == defaults.referral_due_days
    assert example.open_id == defaults.open_id
    assert not defaults.open_id.on
    assert example.second_clinician_for == defaults.second_clinician_for == ("emergency", "same-day")
    for name in ("idle_minutes", "sign_in_hours", "tablet_idle_minutes", "draft_days", "second_factor"):
        assert getattr(example, name) == getattr(defaults, name)
    assert example.people == defaults.people == ()


def test_a_server_that_looks_now_and_then_still_notices_a_change(file: Path) -> None:
    """Within the time between two looks what was read holds; another file that is named holds at once."""
    file.write_text('name = "Hilltop"\n', encoding="utf-8")
    other = file.with_name("other.toml")
    other.write_text('name = "Lakeside"\n', encoding="utf-8")
    look_every(3600)
    try:
        assert clinic().name == "Hilltop"
        file.write_text('name = "Valley"\n', encoding="utf-8")
        os.utime(file, ns=(1, 1))
        assert clinic().name == "Hilltop"
        os.environ["BACKSTRIDE_CLINIC"] = str(other)  # put back by the fixture
        assert clinic().name == "Lakeside"
    finally:
        look_every(0)
    os.environ["BACKSTRIDE_CLINIC"] = str(file)
    assert clinic().name == "Valley"


def test_a_file_changes_what_it_names_and_says_what_it_does_not(file: Path) -> None:
    """Keys left out stay default, and says() lists them."""
    file.write_text('name = "Hilltop Running Clinic"\ndistance_unit = "km"\n', encoding="utf-8")
    here = clinic()
    assert (here.name, here.distance_unit, here.weight_unit) == ("Hilltop Running Clinic", "km", "lb")
    assert "weight_unit" in here.says()
    assert "distance_unit" not in here.says()


def test_an_edited_file_is_read_again(file: Path) -> None:
    """Nobody restarts the server to correct a name."""
    file.write_text('name = "First"\n', encoding="utf-8")
    assert clinic().name == "First"
    file.write_text('name = "Second"\n', encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert clinic().name == "Second"


def test_one_late_referral_target_can_change_alone(file: Path) -> None:
    """Days not given keep their default, for that kind and for the others."""
    file.write_text("[referral_due_days.imaging]\nroutine = 21\n", encoding="utf-8")
    days, defaults = clinic().referral_due_days, read_clinic(None).referral_due_days
    assert days["imaging"] == {**defaults["imaging"], "routine": 21}
    assert days["spine_specialist"] == defaults["spine_specialist"]


def test_sign_ins_are_short_and_need_a_second_factor_unless_the_clinic_says_otherwise(file: Path) -> None:
    """A quarter of an hour without a deed, half a day at most; a clinic may shorten it and make the factor a choice."""
    defaults = read_clinic(None)
    assert (defaults.idle_minutes, defaults.sign_in_hours, defaults.second_factor) == (15, 12, "required")
    file.write_text('idle_minutes = 5\nsign_in_hours = 1\nsecond_factor = "offered"\n', encoding="utf-8")
    here = clinic()
    assert (here.idle_minutes, here.sign_in_hours, here.second_factor) == (5, 1, "offered")


def test_people_belong_to_a_site_or_to_all(file: Path) -> None:
    """A person without a site works at every one."""
    file.write_text(
        '[[site]]\ncode = "a"\nname = "A"\n[[person]]\ncode = "x"\nname = "X"\nrole = "staff"\nsite = "a"\n'
        '[[person]]\ncode = "y"\nname = "Y"\nrole = "clinician"\n',
        encoding="utf-8",
    )
    assert [(person.code, person.role, person.site) for person in clinic().people] == [
        ("x", Role.STAFF, "a"),
        ("y", Role.CLINICIAN, None),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('nmae = "Typo"', "clinic.toml: nmae is not a setting. Did you mean 'name'?"),
        ("name = 3", "clinic.toml: name must be words in quotes"),
        ('name = " "', "clinic.toml: name must be words in quotes"),
        ('distance_unit = "miles"', "clinic.toml: distance_unit is 'miles'; choose one of mi, km."),
        ('date_format = "MDY"', "clinic.toml: date_format is 'MDY'; choose one of MM/DD/YYYY"),
        ('site = "main"', "clinic.toml: site must be given as one or more [[site]] tables."),
        ("site = []", "clinic.toml: site must be given as one or more [[site]] tables."),
        ('[[site]]\ncode = "a"', "clinic.toml: site.name must be words in quotes"),
        ('[[site]]\ncode = "a"\nname = "A"\n[[site]]\ncode = "a"\nname = "B"', "site.code 'a' is used twice"),
        ('[[person]]\ncode = "x"\nname = "X"\nrole = "boss"', "person.role is 'boss'; choose one of staff, clinician"),
        (
            '[[person]]\ncode = "x"\nname = "X"\nrole = "staff"\nsite = "moon"',
            "person.site is 'moon'; choose one of main",
        ),
        ('[[person]]\ncode = "x"\nname = "X"\nroel = "staff"', "person.roel is not a setting. Did you mean 'role'?"),
        (
            "[referral_due_days.imagin]\nroutine = 3",
            "referral_due_days.imagin is not a setting. Did you mean 'imaging'",
        ),
        ("[referral_due_days.imaging]\nroutine = -3", "referral_due_days.imaging.routine is -3; give whole days"),
        ("[referral_due_days.imaging]\nroutine = true", "referral_due_days.imaging.routine is True; give whole days"),
        ("[referral_due_days]\nimaging = 3", "referral_due_days.imaging must be a table of days"),
        ('second_clinician_for = "emergency"', "second_clinician_for is 'emergency'; give a list of any of emergency"),
        ('second_clinician_for = ["routine"]', "any of emergency, same-day, urgent."),
        ("idle_minutes = 4", "idle_minutes is 4; give a whole number from 5 to 30."),
        ("idle_minutes = 31", "idle_minutes is 31; give a whole number from 5 to 30."),
        ("idle_minutes = 15.0", "idle_minutes is 15.0; give a whole number from 5 to 30."),
        ("tablet_idle_minutes = 0", "tablet_idle_minutes is 0; give a whole number from 1 to 10."),
        ("tablet_idle_minutes = 11", "tablet_idle_minutes is 11; give a whole number from 1 to 10."),
        ("draft_days = 0", "draft_days is 0; give a whole number from 1 to 90."),
        ("draft_days = 91", "draft_days is 91; give a whole number from 1 to 90."),
        ("sign_in_hours = 13", "sign_in_hours is 13; give a whole number from 1 to 12."),
        ("sign_in_hours = true", "sign_in_hours is True; give a whole number from 1 to 12."),
        ('second_factor = "no"', "second_factor is 'no'; choose one of required, offered."),
        ('person = "noor"', "clinic.toml: person must be given as one or more [[person]] tables."),
        ("second_clinician_for = [3]", "second_clinician_for is [3]; give a list"),
        ('name = "unfinished', "clinic.toml: this is not TOML"),
        ('name = "two\\nlines"', "clinic.toml: name must be one line of at most 80 letters."),
        (f'name = "{"x" * 81}"', "clinic.toml: name must be one line of at most 80 letters."),
        ('[[site]]\ncode = "a"\nname = "A"\nnote = "x"', "site.note is not a setting."),
        ('[[site]]\ncode = "A 1"\nname = "A"', "site.code is 'A 1'; use small letters, digits and hyphens only."),
        ('[[person]]\ncode = "a/b"\nname = "X"\nrole = "staff"', "person.code is 'a/b'; use small letters"),
        ('[[person]]\ncode = "x"\nname = "X"\nrole = "staff"\nsite = ["main"]', "person.site is ['main']; choose one"),
        ("open_id = 3", "clinic.toml: open_id must be given as [open_id]."),
        (
            '[open_id]\nclient_secret = "x"',
            "open_id.client_secret is not a setting. Did you mean 'client_secret_file'?",
        ),
        ('[open_id]\nissuer = "http://a.example"\nclient_id = "x"', "open_id.issuer must be the issuer's https://"),
        ('[open_id]\nissuer = "https://x@a.example"\nclient_id = "x"', "open_id.issuer must be the issuer's https://"),
        (
            '[open_id]\nissuer = "https://a.example?x=1"\nclient_id = "x"',
            "open_id.issuer must be the issuer's https://",
        ),
        ('[open_id]\nissuer = "https://a.example:port"\nclient_id = "x"', "open_id.issuer must be the issuer's"),
        ("[open_id]\nissuer = 3", "open_id.issuer must be one line in quotes of at most 300 letters."),
        ('[open_id]\nissuer = "https://a.example"', "open_id.client_id is missing"),
        ('[open_id]\nclient_id = "x"', "open_id.issuer is missing"),
        ("[open_id]\nlocal_passwords = false", "open_id.issuer is missing"),
        ('[open_id]\nlocal_passwords = "no"', "open_id.local_passwords must be true or false."),
        ("[open_id]\nask_every_time = 1", "open_id.ask_every_time must be true or false."),
        ('[open_id]\nbutton = ""', "open_id.button must be the button's words"),
        ('[open_id]\nalso_from = ["ftp://a.example"]', "open_id.also_from must be a list of addresses"),
        ('[open_id]\nalso_from = "https://a.example"', "open_id.also_from must be a list of addresses"),
        (
            '[open_id]\nissuer = "https://a.example"\nclient_id = "x"\naddress = "https://b.example/path"',
            "open_id.address must be an address without a path",
        ),
        ("[referral_due_days.imaging]\nroutine = 99999999", "give whole days, 0 or more and at most 3650."),
    ],
)
def test_an_error_names_file_key_and_cure(file: Path, text: str, expected: str) -> None:
    """Whoever edits the file learns where the mistake is and what would be right."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ClinicError, match=re.escape(expected)):
        clinic()


def test_a_byte_order_mark_is_no_mistake(file: Path) -> None:
    """Editors of other systems write one; the settings are read all the same."""
    file.write_text('name = "Test clinic"', encoding="utf-8-sig")
    assert clinic().name == "Test clinic"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The operating system's reason, as an error of the settings (here: a folder of that name)."""
    with pytest.raises(ClinicError, match=f"{tmp_path.name}: the file cannot be read"):
        read_clinic(tmp_path)


def test_a_named_file_that_is_not_there_is_an_error(file: Path) -> None:
    """A mistyped BACKSTRIDE_CLINIC does not quietly fall back to the defaults."""
    with pytest.raises(ClinicError, match="not a file"):
        clinic()


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("MM/DD/YYYY", "03/09/2026"),
        ("DD/MM/YYYY", "09/03/2026"),
        ("YYYY-MM-DD", "2026-03-09"),
        ("D Mon YYYY", "9 Mar 2026"),
    ],
)
def test_dates_are_written_as_the_clinic_writes_them(file: Path, form: str, written: str) -> None:
    """One form everywhere, whatever the machine's own language."""
    file.write_text(f'date_format = "{form}"', encoding="utf-8")
    assert clinic().day(date(2026, 3, 9)) == written
    assert clinic().day(None) == ""


def test_the_clinics_units_are_preferred_where_an_item_takes_them(file: Path) -> None:
    """Miles for a distance, minutes a mile for a pace, and no preference for what has one unit only."""
    file.write_text('distance_unit = "mi"\nweight_unit = "kg"\nheight_unit = "ft"', encoding="utf-8")
    here = clinic()
    assert here.unit_for(("km", "mi")) == "mi"
    assert here.unit_for(("kg", "lb")) == "kg"
    assert here.unit_for(("cm", "ft", "in")) == "ft"
    assert here.unit_for(("min/km", "min/mi")) == "min/mi"
    assert here.unit_for(("days", "weeks")) is None


def test_the_defaults_name_no_real_clinic() -> None:
    """The clinic's own name is never in the code: the shipped name is a placeholder."""
    assert 'name = "Our clinic"' in DEFAULTS.read_text(encoding="utf-8")
