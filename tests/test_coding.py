"""Codes for the record: every code is real, the side and the answers choose, and what excludes what is explained."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from threading import Event
from typing import Any

import pytest

from dashboard import code_book, coding, intake
from dashboard.clinical.knowledge import load
from dashboard.clinical.vocabulary import Case
from dashboard.code_book import CodeBook, CodeBookError
from tests.clinical.conftest import SMALL
from tests.running import ROOT

KNOWN = load()
SMALL_KNOWN = load(SMALL)
CODES = coding.all_codes(KNOWN)


@pytest.fixture(scope="module")
def book() -> CodeBook:
    """The release, as much of it as the knowledge speaks of; read once for all these tests."""
    return code_book.read(CODES)


def case(**answers: Any) -> Case:
    """A case with these answers and no others."""
    return intake.case_of(answers)


def fitting(book: CodeBook, condition: str, **answers: Any) -> list[str]:
    """The codes that fit."""
    return [each.code for each in coding.candidates(KNOWN, book, condition, case(**answers)) if each.fit == "fits"]


def test_every_code_of_the_knowledge_is_in_the_release_and_billable(book: CodeBook):
    """A candidate that could not be billed would be a trap of our own."""
    unknown = [code for code in CODES if code not in book.codes]
    families = [code for code in CODES if code in book.codes and not book.codes[code].billable]
    assert (unknown, families) == ([], [])


def test_every_condition_has_candidates_and_names_no_code_they_lack():
    """The library page and the episode page speak of the same codes."""
    assert set(KNOWN.codings) == set(KNOWN.conditions)
    for condition in KNOWN.conditions.values():
        assert {each.code for each in KNOWN.codings[condition.id].codes} >= set(condition.icd10)


LEG = {"nprs_leg": 5, "nprs_back_now": 3}


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ({"pain_sites": ("back_thigh:left",)}, ["M54.42"]),
        ({"pain_sites": ("back_thigh:right", "calf_shin:right")}, ["M54.41"]),
        ({"pain_sites": ("back_thigh:both",)}, ["M54.41", "M54.42"]),
        ({"pain_sites": ("back_thigh:right",), "numbness_leg": "left"}, ["M54.41", "M54.42"]),
        ({"numbness_leg": "left"}, ["M54.42"]),
        ({"pain_sites": ("outer_hip:left",)}, []),
        ({}, []),
        ({"numbness_leg": "left", "nprs_back_now": 0}, ["M54.32"]),
        ({"numbness_leg": "no"}, []),
    ],
    ids=str,
)
def test_the_side_of_sciatica_is_the_leg_that_was_told(book: CodeBook, told: dict[str, Any], codes: list[str]):
    """Both legs are both codes; a side nobody told is left to choose."""
    assert fitting(book, "sciatica_radicular_pain", **{**LEG, **told}) == codes


@pytest.mark.parametrize(
    ("claudication", "codes"),
    [("no", ["M48.061"]), ("eases_sitting_bending", ["M48.062"]), ("eases_standing_still", []), (None, [])],
)
def test_stenosis_is_coded_by_neurogenic_claudication(book: CodeBook, claudication: str | None, codes: list[str]):
    """Claudication of arteries is neither."""
    told = {**LEG} if claudication is None else {**LEG, "claudication": claudication}
    assert fitting(book, "lumbar_spinal_stenosis", **told) == codes


@pytest.mark.parametrize(
    ("back", "leg", "ends"), [(4, 0, "0"), (0, 4, "1"), (4, 4, "2"), (0, 0, "9")], ids=["back", "leg", "both", "none"]
)
def test_disc_degeneration_is_coded_by_where_it_hurts(book: CodeBook, back: int, leg: int, ends: str):
    """The last character of M51.36- and M51.37-."""
    codes = fitting(book, "degenerative_disc_discogenic", nprs_back_now=back, nprs_leg=leg)
    assert codes == [f"M51.36{ends}", f"M51.37{ends}"]


def test_a_code_for_both_hips_stands_before_two_single_ones(book: CodeBook):
    """Where the release has a code for both, the single ones do not fit."""
    told = {"pain_sites": ("groin:both",), "imaging_done": ("xray",)}
    assert "M16.0" in fitting(book, "hip_osteoarthritis_intraarticular", **told)
    assert "M16.11" not in fitting(book, "hip_osteoarthritis_intraarticular", **told)


def test_what_made_a_code_fit_is_named(book: CodeBook):
    """The answers that chose it, and none that did not."""
    chosen = coding.candidates(KNOWN, book, "sciatica_radicular_pain", case(**LEG, numbness_leg="left"))[0]
    assert (chosen.code, set(chosen.because)) == ("M54.42", {"nprs_back_now", "numbness_leg"})


def test_stress_fractures_of_spine_and_sacrum_are_never_m84_3(book: CodeBook):
    """They are M48.4- with a seventh character; only the femur is M84.3-."""
    for condition in ("sacral_bone_stress_injury", "spondylolysis_pars_stress", "vertebral_fracture"):
        assert not any(each.code.startswith("M84.3") for each in KNOWN.codings[condition].codes)
    (sacrum,) = coding.candidates(KNOWN, book, "sacral_bone_stress_injury", case())
    assert (sacrum.code, sacrum.fit) == ("M48.48XA", "fits")
    assert "initial encounter" in sacrum.seventh["A"]
    assert {"A", "D", "G", "S"} <= set(sacrum.seventh)


@pytest.mark.parametrize(
    ("one", "other", "kept", "bearer"),
    [
        ("M54.41", "M51.16", "M51.16", "M54.4"),
        ("M54.42", "M51.17", "M51.17", "M54.4"),
        ("M54.31", "M51.16", "M51.16", "M54.3"),
        ("M54.50", "M54.42", "M54.42", "M54.5"),
        ("M54.50", "M51.360", "M51.360", "M54.5"),
        ("M54.50", "S39.012A", "S39.012A", "M54.5"),
        ("M54.16", "M51.16", "M51.16", "M54.1"),
        ("G57.01", "M54.31", "G57.01", "M54.3"),
        ("M48.56XA", "M80.08XA", "M80.08XA", "M48.5"),
    ],
)
def test_two_codes_that_exclude_each_other_are_told_with_the_one_to_keep(
    book: CodeBook, one: str, other: str, kept: str, bearer: str
):
    """In either order, with the release's own note."""
    for chosen in ((one, other), (other, one)):
        (found,) = coding.exclusions(book, chosen)
        assert (found.kept, found.bearer) == (kept, bearer)
        assert {found.kept, found.dropped} == {one, other}
        assert any(
            found.kept.replace(".", "").startswith(ref.rstrip("-").replace(".", ""))
            for ref in coding.references(found.note)
        )
        assert found.kept in found.why


@pytest.mark.parametrize(
    "chosen", [("M54.41", "M54.42"), ("M51.16", "M48.062"), ("M54.41",), (), ("M16.11", "M54.50")], ids=str
)
def test_codes_that_go_together_raise_nothing(book: CodeBook, chosen: tuple[str, ...]):
    """A warning without a note in the release would be an invention."""
    assert coding.exclusions(book, chosen) == ()


def test_no_condition_offers_two_fitting_codes_that_exclude_each_other(book: CodeBook):
    """Whatever the answers: what fits one condition may stand together."""
    answers = [
        {**LEG, "numbness_leg": side, "claudication": claudication, "onset_type": onset}
        for side in ("left", "both")
        for claudication in ("no", "eases_sitting_bending")
        for onset in ("gradual", "sudden_event")
    ]
    for condition in KNOWN.codings:
        for told in answers:
            assert coding.exclusions(book, fitting(book, condition, **told)) == (), (condition, told)


def test_a_family_is_not_billable_and_its_codes_are_offered(book: CodeBook):
    """M51.36 and M51.37 became families in October 2024."""
    told = dict(coding.not_billable(book, ["M51.36", "M51.37", "M51.360", "Z99.99"]))
    assert [each.code for each in told["M51.36"]] == ["M51.360", "M51.361", "M51.362", "M51.369"]
    assert [each.code for each in told["M51.37"]] == ["M51.370", "M51.371", "M51.372", "M51.379"]
    assert "M51.360" not in told
    assert told["Z99.99"] == ()


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("lumbago with sciatica due to intervertebral disc disorder (M51.1-)", ("M51.1-",)),
        ("traumatic fracture (S12.-, S22.-, S32.-)", ("S12.-", "S22.-", "S32.-")),
        ("current injury - see Injury of spine, by body region", ()),
        ("pathological fracture NOS (M84.4.-)", ("M84.4",)),
    ],
)
def test_the_codes_of_a_note_are_read_from_its_brackets(note: str, codes: tuple[str, ...]):
    """As the release writes them."""
    assert tuple(code.rstrip("-.") for code in coding.references(note)) == tuple(code.rstrip("-.") for code in codes)


def test_the_release_says_which_it_is_and_when_a_newer_one_is_in_force(book: CodeBook):
    """A release is valid to the end of September."""
    assert book.released == date(2026, 4, 1)
    assert not book.superseded(date(2026, 9, 30))
    assert book.superseded(date(2026, 10, 1))
    assert CodeBook(date(2026, 10, 1), {}).superseded(date(2027, 9, 30)) is False
    assert CodeBook(None, {}).superseded(date(2026, 1, 1))


def test_a_condition_without_codes_gives_none(book: CodeBook):
    """An older version of the knowledge says nothing of codes."""
    assert coding.candidates(SMALL_KNOWN, book, "strain", Case({})) == ()
    assert coding.all_codes(SMALL_KNOWN) == ()


def test_a_code_the_release_lacks_is_said_to_be_unknown(book: CodeBook):
    """A new release may retire a code: it is shown as not billable, without a title."""
    without = CodeBook(book.released, {code: each for code, each in book.codes.items() if code != "G83.4"})
    (only,) = coding.candidates(KNOWN, without, "cauda_equina_syndrome", case())
    assert (only.title, only.billable, only.below) == ("", False, ())


def test_a_code_set_that_cannot_be_read_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch):
    """The next to ask gets another reading, not the same failure for ever."""
    tried = []

    def broken(*_: object, **__: object) -> object:
        tried.append(1)
        raise subprocess.SubprocessError("no")

    monkeypatch.setattr(subprocess, "run", broken)
    for _ in range(2):
        with pytest.raises(CodeBookError):
            code_book.read(("X00",))
    assert len(tried) == 2


READS_CODES = """
import sys
import dashboard.ui.panels.coding
from dashboard import code_book
assert code_book.read(("M54.41",)).codes["M54.41"].billable
print(sorted({"simple_icd_10_cm", "dashboard.code_extract"} & set(sys.modules)))
"""


def test_the_code_library_is_never_loaded_into_the_process_that_asks():
    """It weighs 150 MB and takes seconds: only the reading process imports it, and that one ends."""
    asked = subprocess.run([sys.executable, "-c", READS_CODES], capture_output=True, text=True, check=True, cwd=ROOT)
    assert asked.stdout.strip() == "[]"


def test_a_page_that_begins_the_reading_does_not_wait_for_it(monkeypatch):
    """The first episode page of the day is drawn while the code set is still being read."""
    may_end = Event()

    def slowly(codes):
        may_end.wait(60)
        return CodeBook(None, {})

    monkeypatch.setattr(code_book, "_read", slowly)
    try:
        reading = code_book.begin(("not read by any other test",))
        assert not reading.done()
    finally:
        may_end.set()
        code_book._begun.cache_clear()
    assert reading.result(60) == CodeBook(None, {})
