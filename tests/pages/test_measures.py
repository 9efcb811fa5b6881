"""Outcome measures at the desk: totals with what they mean, and an instrument the clinic holds asked item by item."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework
from dashboard.casework.views import DraftView
from tests.cast import Clinic
from tests.instruments.invented import invented
from tests.pages.test_admin import open_tab
from tests.pages.visiting import keys, seen, visit


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clinic's folder of instrument files, still empty."""
    folder = tmp_path / "instruments"
    folder.mkdir()
    monkeypatch.setenv("BACKSTRIDE_INSTRUMENTS", str(folder))
    return folder


@pytest.fixture
def draft(clinic: Clinic) -> DraftView:
    """The intake of an invented runner, just begun by Noor."""
    noor = casework.actor_for("noor")
    born = date(date.today().year - 37, 1, 2)
    new = casework.NewPatient("Rosa", "Invented", born, "female", clinic.sites["north"].id)
    return casework.open_draft(noor, casework.register_patient(noor, new).id)


def kept(draft: DraftView) -> DraftView:
    """The draft as the server holds it now."""
    return casework.read_draft(casework.actor_for("noor"), draft.id)


def told(at: AppTest) -> str:
    """Every word on the screen as a person reads it."""
    return seen(at).replace("\\", "")


def at_measures(draft: DraftView, section: str = "measures") -> AppTest:
    """The intake, open at the outcome measures."""
    at = visit("noor", "intake", draft=draft.id)
    at.button(key=f"rail-{section}").click().run()
    assert not at.exception
    return at


def opened(at: AppTest, item: str) -> AppTest:
    """The items of a total, asked."""
    at.button(key=f"open-sheet-{item}").click().run()
    assert not at.exception
    return at


def choose(at: AppTest, draft: DraftView, item: str, part: str, place: int | None) -> AppTest:
    """One item answered by the place of its choice."""
    wanted = f"{draft.id}.{item}#{part}"
    groups = [each for each in (*at.segmented_control, *at.pills) if (each.key or "").startswith(wanted)]
    (group,) = [each for each in groups if each.key == wanted or each.key.startswith(wanted + ".")]
    group.set_value(place).run()
    assert not at.exception
    return at


def number(at: AppTest, draft: DraftView, item: str):
    """The field of a total."""
    return next(each for each in at.number_input if each.key.split("#")[0].startswith(f"{draft.id}.{item}"))


def test_a_total_says_its_range_before_and_its_band_after(draft: DraftView, shelf: Path):
    """With the smallest change that matters, as a group-level estimate, and its source."""
    at = at_measures(draft)
    assert "0 to 24, lower is better" in told(at)
    number(at, draft, "rmdq_total").set_value(12).run()
    words = told(at)
    assert "12 of 24: middle" in words
    assert "smallest change that matters: 5 (group-level estimate)" in words
    assert "Roland 2000" in words
    assert "Typed as a total, from paper." in words


@pytest.mark.parametrize(("item", "wrong"), [
    ("rmdq_total", 25), ("odi_percent", 101.0), ("uwri_total", 37), ("startback_total", 10), ("startback_psych", 6),
    ("promis_pf_t", 9.0), ("promis_pi_t", 91.0), ("paindetect_total", -2),
])  # fmt: skip
def test_a_total_outside_its_range_is_refused_where_it_is_typed(draft: DraftView, shelf: Path, item: str, wrong: float):
    """Nothing of it is kept."""
    at = at_measures(draft)
    number(at, draft, item).set_value(wrong).run()
    assert ":red[" in seen(at)
    assert item not in kept(draft).answers


def test_a_mood_total_answers_what_two_scores_would(draft: DraftView, shelf: Path):
    """With the total typed the two scores are not asked any more; taken back, they are."""
    at = at_measures(draft, "goals")
    assert f"{draft.id}.phq2_1" in {each.key for each in at.number_input}
    number(at, draft, "phq2_total").set_value(3).run()
    assert not [each.key for each in at.number_input if each.key and ".phq2_1" in each.key]
    assert "3 of 6: positive" in told(at)


def test_without_a_file_only_the_total_is_asked(draft: DraftView, shelf: Path):
    """Nobody is asked items that the clinic does not hold."""
    assert not [key for key in keys(at_measures(draft)) if key.startswith("open-sheet")]


def test_a_clinic_that_holds_an_instrument_is_asked_item_by_item(draft: DraftView, shelf: Path):
    """Each choice is on the server at once, beside the total it makes; before that, why there is none yet."""
    (shelf / "uwri.toml").write_text(invented("uwri", 9, range(5)), encoding="utf-8")
    at = opened(at_measures(draft), "uwri_total")
    assert "1. Invented item 1" in seen(at)
    for part in range(1, 9):
        choose(at, draft, "uwri_total", str(part), 3)
    assert "1 missing: no total yet" in told(at)
    assert "uwri_total" not in kept(draft).answers
    assert kept(draft).entered["uwri_total"]["items"] == {str(part): 3 for part in range(1, 9)}
    choose(at, draft, "uwri_total", "9", 5)
    assert kept(draft).answers["uwri_total"] == 8 * 2 + 4
    assert "20 of 36" in told(at)
    assert "Scored item by item, over all 9." in told(at)
    assert number(at, draft, "uwri_total").value == 20


def test_items_survive_coming_back_and_change_the_total(draft: DraftView, shelf: Path):
    """Another visit finds them chosen; one changed there is scored anew, one taken back leaves no total."""
    (shelf / "phq2.toml").write_text(invented("phq2", 2, range(4)), encoding="utf-8")
    at = opened(at_measures(draft, "goals"), "phq2_total")
    choose(choose(at, draft, "phq2_total", "1", 2), draft, "phq2_total", "2", 3)
    assert kept(draft).answers["phq2_total"] == 3
    again = at_measures(draft, "goals")
    again.button(key="take-over").click().run()
    choose(again, draft, "phq2_total", "2", 1)
    assert kept(draft).answers["phq2_total"] == 1
    choose(again, draft, "phq2_total", "2", None)
    assert "phq2_total" not in kept(draft).answers
    assert kept(draft).entered["phq2_total"]["items"] == {"1": 2}


def test_what_is_not_ticked_is_not_so_once_the_sheet_was_gone_through(draft: DraftView, shelf: Path):
    """Two ticks are no total of two while the rest was not looked at."""
    (shelf / "rmdq.toml").write_text(invented("rmdq", 24, [1]), encoding="utf-8")
    at = opened(at_measures(draft), "rmdq_total")
    choose(choose(at, draft, "rmdq_total", "4", 1), draft, "rmdq_total", "17", 1)
    assert "rmdq_total" not in kept(draft).answers
    choose(at, draft, "rmdq_total", "finished", 1)
    assert kept(draft).answers["rmdq_total"] == 2


def test_a_total_typed_over_items_is_from_paper_and_loses_none_of_them(draft: DraftView, shelf: Path):
    """The items stay on record beside it, and say what they would make."""
    (shelf / "phq2.toml").write_text(invented("phq2", 2, range(4)), encoding="utf-8")
    at = opened(at_measures(draft, "goals"), "phq2_total")
    choose(choose(at, draft, "phq2_total", "1", 2), draft, "phq2_total", "2", 3)
    number(at, draft, "phq2_total").set_value(5).run()
    assert kept(draft).answers["phq2_total"] == 5
    assert kept(draft).entered["phq2_total"]["how"] == "total"
    assert kept(draft).entered["phq2_total"]["items"] == {"1": 2, "2": 3}
    assert "Typed as a total, from paper." in told(at)


def test_a_part_and_the_group_follow_from_the_items(draft: DraftView, shelf: Path):
    """The psychosocial part goes to its own question, and the published cut-offs fill in the group."""
    part = '\n[[subscale]]\nid = "startback_psych"\nitems = [5, 6, 7, 8, 9]\n'
    (shelf / "startback.toml").write_text(invented("startback_total", 9, range(2)) + part, encoding="utf-8")
    at = opened(at_measures(draft), "startback_total")
    for number_ in range(1, 10):
        choose(at, draft, "startback_total", str(number_), 1 if number_ in (1, 2) else 2)
    at.run()
    answers = kept(draft).answers
    assert (answers["startback_total"], answers["startback_psych"], answers["startback_group"]) == (7, 5, "high")


def test_a_group_that_somebody_chose_is_never_chosen_again(draft: DraftView, shelf: Path):
    """The cut-offs are shown beside it and offered with one press."""
    noor = casework.actor_for("noor")
    for item, answer in (("startback_group", "low"), ("startback_total", 6), ("startback_psych", 2)):
        casework.save_answer(noor, draft.id, item, answer)
    at = at_measures(draft)
    assert kept(draft).answers["startback_group"] == "low"
    at.button(key="take-group-startback_group").click().run()
    assert kept(draft).answers["startback_group"] == "medium"


def test_a_broken_file_breaks_no_intake(draft: DraftView, shelf: Path):
    """The total is asked instead, and the fault is said beside it."""
    (shelf / "uwri.toml").write_text('id = "uwri"\nlicense = "?"\n', encoding="utf-8")
    at = at_measures(draft)
    assert "cannot be used, so its total is asked" in seen(at)
    number(at, draft, "uwri_total").set_value(30).run()
    assert kept(draft).answers["uwri_total"] == 30


HOSTILE = "<script>alert(1)</script> **bold** [link](https://example.invalid) :material/home: $x$ `code`"


def test_words_of_a_file_are_shown_as_words(draft: DraftView, shelf: Path):
    """No markup of a local file is ever anything but its letters."""
    text = invented("phq2", 2, range(4)).replace("Invented item 1", HOSTILE)
    (shelf / "phq2.toml").write_text(text, encoding="utf-8")
    at = opened(at_measures(draft, "goals"), "phq2_total")
    label = next(each.label for each in (*at.segmented_control, *at.pills) if "alert" in each.label)
    assert "\\<script" in label
    assert "\\*\\*bold" in label
    assert "\\[link" in label
    assert ":material" not in label


def test_the_administrator_reads_which_files_are_in_force(clinic: Clinic, shelf: Path):
    """With version, language and whose licence it is; of a faulty one what is wrong and the cure."""
    (shelf / "phq2.toml").write_text(invented("phq2", 2, range(4)), encoding="utf-8")
    (shelf / "uwri.toml").write_text('id = "uwri"\nlicense = "?"\n', encoding="utf-8")
    told = seen(open_tab("In use"))
    assert "phq2.toml" in told
    assert "invented 1" in told
    assert "Nobody: these items are invented for a test" in told
    assert "Did you mean" in told
    assert "licence" in told
