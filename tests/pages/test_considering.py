"""The episode page asked back: what would change this, what to ask next, why one condition stands above another."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework
from dashboard.casework import considering
from dashboard.casework.views import EpisodeFile
from dashboard.clinical.contrast import contrast
from dashboard.clinical.knowledge import load_texts
from dashboard.in_force import knowledge, shipped
from dashboard.ui.panels import altered, compare, naming, next_question, uses, what_if
from dashboard.ui.panels.markup import text
from db.engine import choose_database, file_url, forget
from tests.cast import Clinic
from tests.governing import put_in_force, raised
from tests.pages.episodes import again, an_episode
from tests.pages.test_episode import LEG, WALKING, open_episode, plainly
from tests.pages.visiting import keys, seen

DISC = "lumbar_disc_herniation_radiculopathy"


@pytest.fixture
def database(home: Path, sqlite_templates: dict[bool, Path]) -> Iterator[str]:
    """The embedded database alone: what is said here is worked out beside storage, whose deeds are tested on both."""
    choose_database("clinic")
    file = home / "clinic.sqlite"
    shutil.copy(sqlite_templates[True], file)
    yield file_url(file)
    forget(file_url(file))


def considered(file: EpisodeFile) -> considering.Considered:
    """What was tried in a case, as Amina's page has it."""
    return considering.considered(casework.actor_for("amina"), file)


def test_the_page_says_what_would_change_each_thing_in_words(clinic: Clinic):
    """The nearest answer for another condition in front and for each urgency, with what is answered now."""
    file = an_episode(clinic, **WALKING)
    shown = seen(open_episode(file))
    found = considered(file)
    for target in ("leading", "urgency"):
        nearest = found.what_if.of(target)[0]
        assert text(knowledge().items[nearest.answers[0].item].wording.rstrip("?")) in shown
        assert text(what_if.became(nearest)) in shown
    assert "now Yes" in shown
    assert "not examined" in shown


def test_the_full_list_says_what_was_searched_and_keeps_corrections_apart(clinic: Clinic):
    """How many answers and pairs were tried, what was not, and every outcome found."""
    file = an_episode(clinic, **LEG)
    at = open_episode(file, tab=what_if.EVERYTHING)
    shown = plainly(at)
    told = considered(file).what_if.searched
    for words in (f"{told.answers:,} other answers", f"{told.pairs:,} pairs", "age and sex are never varied"):
        assert words in shown
    assert any("If an answer given were otherwise" in fold.label for fold in at.expander)


def test_an_order_no_answer_changes_is_said_to_be_so(clinic: Clinic):
    """A list that stands whatever is answered says so plainly instead of saying nothing."""
    file = an_episode(clinic, rf_saddle_numbness="yes")
    assert not considered(file).what_if.of("leading")
    assert "No answer or pair of answers tried would change it." in plainly(open_episode(file))


def test_there_is_one_ranking_of_questions_on_the_page(clinic: Clinic):
    """The panel, the marks on the sheet and the assessment's emergency questions agree."""
    file = an_episode(clinic, **LEG)
    at = open_episode(file, tab="Examine")
    ranked = [question.item for question in considered(file).ranking.then]
    offered = [key.removeprefix("ask-next-") for key in order_of(at, "ask-next-")]
    assert offered[: next_question.SHOWN] == ranked[: next_question.SHOWN]
    marked = {key for key in ranked[:6] if knowledge().audiences[key] == "clinician"}
    assert marked
    labels = [each.label for kind in (at.segmented_control, at.pills, at.number_input) for each in kind]
    for item in marked:
        wording = knowledge().items[item].wording
        if knowledge().items[item].type != "grid":
            assert any("would help" in label and wording[:12] in label.replace("\\", "") for label in labels), item


def order_of(at: AppTest, beginning: str) -> list[str]:
    """The keys of the buttons that begin so, in the order of the screen."""
    return [button.key for button in at.button if button.key and button.key.startswith(beginning)]


def test_a_press_on_an_examination_opens_the_sheet_at_it(clinic: Clinic):
    """The Examine tab is open, its field is drawn, and the page is asked to bring it into view."""
    file = an_episode(clinic, **LEG)
    at = open_episode(file)
    wanted = considered(file).ranking.then[0].item
    assert knowledge().audiences[wanted] == "clinician"
    at.button(key=f"ask-next-{wanted}").click().run()
    assert not at.exception
    assert at.session_state["episode-tab"] == "Examine"
    assert at.session_state["brought_to_view"][0] == f"item-{wanted}"
    assert any(f"examine-{file.assessment_id}-{wanted}" == key for key in drawn(at))


def drawn(at: AppTest) -> list[str]:
    """The keys of every field on the screen."""
    kinds = (at.segmented_control, at.pills, at.number_input, at.text_input, at.selectbox)
    return [field.key for kind in kinds for field in kind if field.key]


def test_an_answer_of_the_history_is_corrected_where_the_evidence_names_it(clinic: Clinic):
    """From the evidence to the field, the other answer, and the case assessed again: the finding has turned."""
    file = an_episode(clinic, **WALKING)
    at = open_episode(file)
    at.button(key="ask-behind-worse_standing_alone").click().run()
    assert "Asked now" in seen(at)
    field = f"examine-{file.assessment_id}-worse_standing_alone"
    assert at.segmented_control(key=field).value == "yes"
    at.segmented_control(key=field).select("no").run()
    at.button(key="examine").click().run()
    assert not at.exception
    now = again(file)
    assert now.answers["worse_standing_alone"] == "no"
    assert now.assessments[-1].basis == "exam"
    assert "Asked now" not in seen(at)


def test_what_the_page_says_would_change_the_condition_in_front_does(clinic: Clinic):
    """Its first single answer, typed on the sheet, brings the condition named to the front."""
    file = an_episode(clinic, **LEG)
    change = next(c for c in considered(file).what_if.of("leading") if len(c.answers) == 1)
    amina = casework.actor_for("amina")
    needed = {each.item: each.answer for each in change.answers}
    said = casework.add_examination(amina, file.episode.id, file.version, needed).document
    assert file.document["differential"][0]["condition"] == change.before
    assert said["differential"][0]["condition"] == change.after


def test_two_conditions_are_compared_part_by_part_and_it_adds_up(clinic: Clinic):
    """For any two: the parts give each its score, and their differences the difference."""
    file = an_episode(clinic, **WALKING)
    entries = file.document["differential"]
    for one in entries[:6]:
        for other in entries[:6]:
            made = contrast(one, other)
            assert sum(share.difference for share in made.shares) == made.difference
            assert made.difference == one["score_millibans"] - other["score_millibans"]
            assert sum(share.one for share in made.shares) == one["score_millibans"]
            assert sum(share.other for share in made.shares) == other["score_millibans"]


def test_the_comparison_shows_every_part_with_its_answer_and_source(clinic: Clinic):
    """Opened from the row of the condition that stands lower."""
    file = an_episode(clinic, **WALKING)
    at = open_episode(file)
    at.button(key=f"beside-{DISC}").click().run()
    assert not at.exception
    shown = plainly(at)
    first, disc = (
        file.document["differential"][0],
        next(each for each in file.document["differential"] if each["condition"] == DISC),
    )
    assert "Why lumbar spinal stenosis stands above lumbar disc herniation" in shown
    for share in contrast(first, disc).shares:
        assert text(share.title) in seen(at)
    assert "What would turn the order round" in shown
    assert "What would tell them apart" in shown


def test_a_condition_is_not_compared_with_itself(clinic: Clinic):
    """The page asks for two."""
    file = an_episode(clinic)
    first = file.document["differential"][0]["condition"]
    at = open_episode(file, tab=compare.COMPARE)
    at.selectbox(key=compare.OTHER).select(first).run()
    assert not at.exception
    assert "Choose two different conditions" in seen(at)


def test_what_cannot_be_told_apart_is_said_with_what_would_tell(clinic: Clinic):
    """Two in front too close to call: both are named, with the questions that separate best."""
    file = an_episode(clinic, **LEG)
    assert file.document["separable"] is False
    first, second = file.document["differential"][:2]
    shown = plainly(open_episode(file))
    assert f"{first['title']} and {second['title']} cannot be told apart" in shown
    best = considered(file).separating(first["condition"], second["condition"])[0]
    assert f"Best told apart by: {naming.question(best.item).rstrip('?')}" in shown


def test_evidence_that_is_carried_without_being_scored_says_why(clinic: Clinic):
    """Shown, not scored; check of the calibration; settles the matter: each with its weight of nought and its why."""
    file = an_episode(clinic, **WALKING, imaging_done=["mri"], imaging_findings=["spondylolisthesis"])
    carried = {
        (entry["condition"], weight["use"]): weight
        for entry in file.document["differential"]
        for weight in entry["weights"]
        if weight["use"] != "score"
    }
    kinds = {use for _, use in carried}
    assert {"display-only", "calibration-check", "definitive"} <= kinds
    for condition, use in {(condition, use) for condition, use in carried if use in kinds}:
        weight = carried[condition, use]
        assert weight["millibans"] == 0
        assert weight["note"]
    stenosis = seen(open_episode(file))
    for use in ("display-only", "calibration-check"):
        weight = carried["lumbar_spinal_stenosis", use]
        assert text(uses.said(use)) in stenosis
        assert text(weight["note"]) in stenosis


def test_staff_read_what_would_change_and_are_offered_no_field(clinic: Clinic):
    """Noor sees the ranking; only a clinician enters an examination."""
    offered = keys(open_episode(an_episode(clinic, **LEG), "noor"))
    assert not any(key.startswith("ask-") for key in offered)
    assert "why-above" in offered


@pytest.mark.parametrize("tab", [compare.COMPARE, what_if.EVERYTHING])
@pytest.mark.parametrize("person", ["noor", "amina"])
def test_the_new_tabs_open_for_staff_and_clinicians(clinic: Clinic, person: str, tab: str):
    """Cold, each on its own, and nothing fails."""
    open_episode(an_episode(clinic, **WALKING), person, tab)


def test_an_older_assessment_is_considered_under_the_knowledge_that_made_it(clinic: Clinic):
    """After another version takes effect, what would change an old assessment is worked out as it was said then."""
    file = an_episode(clinic, **LEG)
    before = considered(file)
    texts = raised("9.9.9")
    old = 'finding = "slr_positive"'
    path = f"conditions/{DISC}.toml"
    assert old in texts[path]
    texts[path] = re.sub(r"(finding = \"slr_positive\"[^[]*?\npresent = )[\d.]+", r"\g<1>1.01", texts[path])
    put_in_force(clinic, load_texts(texts))
    assert knowledge().version == "9.9.9"
    after = considered(again(file))
    assert after.knowledge.sha256 == before.knowledge.sha256 == shipped().sha256
    assert after.what_if == before.what_if
    open_episode(again(file))


def test_the_same_answers_are_worked_out_once(clinic: Clinic):
    """Two runners who answered alike share what was tried: it holds no identity."""
    one, other = an_episode(clinic, "One", **LEG), an_episode(clinic, "Other", **LEG)
    assert considered(one) is considered(other)
    assert considered(one) is not considered(an_episode(clinic, "Third"))
    assert "One" not in repr(considered(one))


def test_answers_that_do_the_same_are_named_together(clinic: Clinic):
    """A straight-leg raise positive on either side is one line, not three."""
    file = an_episode(clinic, **LEG)
    found = considered(file)
    slr = [c for c in found.what_if.of("leading") if [each.item for each in c.answers] == ["exam_slr"]]
    assert slr
    (line,) = altered.lines(found, slr)
    assert "or" in line
    assert "not examined" in line
