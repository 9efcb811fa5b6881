"""Deciding on the page: bases opened, suggestions accepted, changed or rejected, one signature, two to lower."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework, labels
from dashboard.casework.views import EpisodeFile
from dashboard.in_force import knowledge
from dashboard.ui.panels import history
from tests.casework.histories import EMERGENCY
from tests.cast import Clinic
from tests.judging import open_all, read_and_sign
from tests.pages.episodes import again, an_episode, in_care
from tests.pages.visiting import keys, seen, signed_out_elsewhere, visit

LOWERED = {"urgency": "routine", "reason_code": "cds-not-applicable", "comment": "examined: tone and feeling normal"}


def opened(file: EpisodeFile, person: str = "amina") -> AppTest:
    """The episode's page as that person sees it."""
    at = visit(person, "episode", episode=str(file.episode.id))
    assert not at.exception, at.exception
    return at


def read(at: AppTest) -> AppTest:
    """Press the one button that opens the basis of everything."""
    at.button(key="open-basis").click().run()
    assert not at.exception, at.exception
    return at


def accept(at: AppTest) -> AppTest:
    """Press the one button that accepts what has no verdict yet."""
    at.button(key="accept-all").click().run()
    assert not at.exception, at.exception
    return at


def plainly(at: AppTest) -> str:
    """What is seen, without the signs that keep typed words from becoming formatting."""
    return seen(at).replace("\\", "")


def key(file: EpisodeFile, kind: str, name: str) -> str:
    """The key of a suggestion's field, before anything was signed in this session."""
    subject = next(each.subject for each in casework.suggestions(file.document) if each.kind == kind)
    return f"decide-{file.episode.id}-0-{kind}.{subject}.{name}"


def test_before_the_basis_was_opened_nothing_can_be_signed(clinic: Clinic):
    """The button says how many are still to open, and one press opens them all."""
    file = an_episode(clinic)
    at = opened(file)
    made = casework.suggestions(file.document)
    assert at.button(key="sign").disabled
    assert f"{len(made)} still to open" in at.button(key="sign").label
    assert all(each.title in plainly(at) for each in made)
    assert "accept-all" not in keys(at)
    accept(read(at))
    assert not at.button(key="sign").disabled
    assert not {"open-basis", "accept-all"} & keys(at)
    assert casework.opened_basis(casework.actor_for("amina"), file.assessment_id) == {each.key for each in made}


def test_what_was_opened_is_still_opened_after_a_refresh_and_only_for_that_person(clinic: Clinic):
    """Amina comes back in another window and may sign; Bruno has not read it yet."""
    file = an_episode(clinic)
    read(opened(file))
    assert "to decide" in opened(file).button(key="sign").label
    assert "to open" in opened(file, "bruno").button(key="sign").label


def test_unfolding_one_basis_by_hand_counts_as_well(clinic: Clinic):
    """Each fold by itself; the rest is still to open."""
    file = an_episode(clinic)
    at = opened(file)
    step = next(each for each in casework.suggestions(file.document) if each.kind == "step")
    at.session_state[f"basis-{file.assessment_id}-step.{step.subject}"] = True
    at.run()
    assert casework.opened_basis(casework.actor_for("amina"), file.assessment_id) == {step.key}
    assert "The rule:" in plainly(at)
    assert at.button(key="sign").disabled


def test_the_basis_shows_answers_evidence_and_rule_with_sources(clinic: Clinic):
    """What each rests on: the answer behind the flag, findings with their ratio, the rule of the step."""
    file = an_episode(clinic, **EMERGENCY)
    shown = plainly(read(opened(file)))
    flag = file.document["red_flags"][0]
    assert flag["note"] in shown
    assert knowledge().items["rf_saddle_numbness"].wording.rstrip("?") in shown
    rung = next(each for each in file.document["pathway"]["ladder"] if each["state"] == "now")
    assert f"The rule:** {rung['says']}" in shown
    assert "Source:" in shown


def test_accepting_all_is_one_press_after_reading(clinic: Clinic):
    """The decision, a line for each suggestion, the state and the review day are stored, and the page says so."""
    file = an_episode(clinic)
    at = accept(read(opened(file)))
    assert at.button(key="sign").label == "Sign: 2 accepted"
    at.button(key="sign").click().run()
    assert not at.exception
    now = again(file)
    assert (now.episode.state, now.episode.clinician) == ("in-care", "Amina")
    (decision,) = now.decisions
    assert (decision.verdict, {line.verdict for line in decision.lines}) == ("accepted", {"accepted"})
    assert len(decision.lines) == len(casework.suggestions(file.document))
    assert "Accepted by Amina" in seen(at)


def test_no_verdict_is_chosen_for_the_clinician(clinic: Clinic):
    """Until each suggestion has one, nothing can be signed; a verdict may be taken back."""
    file = an_episode(clinic)
    at = read(opened(file))
    verdict = key(file, "step", "verdict")
    assert at.segmented_control(key=verdict).value is None
    assert at.button(key="sign").label == "Sign: 2 still to decide"
    assert at.button(key="sign").disabled
    at.segmented_control(key=verdict).select("accepted").run()
    assert at.button(key="sign").label == "Sign: 1 still to decide"
    at.segmented_control(key=verdict).unselect("accepted").run()
    assert at.button(key="sign").label == "Sign: 2 still to decide"


def test_one_suggestion_is_changed_and_the_others_accepted(clinic: Clinic):
    """Without a reason nothing is signed and nothing typed is lost; with one the change is stored in its own line."""
    file = an_episode(clinic)
    at = read(opened(file))
    at.segmented_control(key=key(file, "step", "verdict")).select("changed").run()
    at.selectbox(key=key(file, "step", "changed_to")).select("imaging_specialist")
    at.text_input(key=key(file, "step", "comment")).input("Second opinion wanted").run()
    accept(at)
    assert at.button(key="sign").label == "Sign: 1 accepted, 1 changed"
    at.button(key="sign").click().run()
    assert "Still needed" in seen(at)
    assert again(file).decisions == ()
    assert at.text_input(key=key(file, "step", "comment")).value == "Second opinion wanted"
    at.selectbox(key=key(file, "step", "reason")).select("recipient-disagrees-evidence").run()
    at.button(key="sign").click().run()
    (decision,) = again(file).decisions
    by_kind = {line.kind: line for line in decision.lines}
    assert (decision.verdict, decision.step) == ("changed", "imaging_specialist")
    assert (by_kind["step"].changed_to, by_kind["step"].comment) == ("imaging_specialist", "Second opinion wanted")
    assert by_kind["step"].reason_code == "recipient-disagrees-evidence"
    assert by_kind["condition"].verdict == "accepted"
    assert again(file).episode.step == "imaging_specialist"


def test_another_reason_asks_for_words(clinic: Clinic):
    """ "Another reason" alone says nothing."""
    file = an_episode(clinic)
    at = read(opened(file))
    at.segmented_control(key=key(file, "condition", "verdict")).select("rejected").run()
    accept(at)
    at.selectbox(key=key(file, "condition", "reason")).select("other").run()
    at.button(key="sign").click().run()
    assert "which other reason" in plainly(at)
    at.text_input(key=key(file, "condition", "comment")).input("Fits nothing I have seen").run()
    at.button(key="sign").click().run()
    now = again(file)
    assert now.episode.leading_condition is None
    assert now.episode.step == file.episode.step


def test_an_emergency_is_lowered_by_two(clinic: Clinic):
    """Amina needs a reason and words; then it waits, high, for Bruno; he reads, confirms, and it is routine."""
    file = an_episode(clinic, **EMERGENCY)
    at = read(opened(file))
    at.segmented_control(key=key(file, "red_flag", "verdict")).select("changed").run()
    at.selectbox(key=key(file, "red_flag", "changed_to")).select("routine").run()
    accept(at)
    assert "a second clinician" in plainly(at)
    assert casework.step_without_flags(file.document) != "act_on_red_flag"
    at.button(key="sign").click().run()
    assert "Lowering" in seen(at)
    at.selectbox(key=key(file, "red_flag", "reason")).select("cds-not-applicable").run()
    at.text_input(key=key(file, "red_flag", "comment")).input("Old numbness, examined today, unchanged").run()
    at.button(key="sign").click().run()
    assert again(file).episode.urgency == "emergency"
    assert "Waits for a second clinician" in plainly(at)
    assert "takes effect when a second clinician confirms" in plainly(at)
    assert "second-confirm" not in keys(at)

    second = opened(file, "bruno")
    assert second.button(key="second-confirm").disabled
    second.button(key="second-open").click().run()
    assert file.document["red_flags"][0]["note"] in plainly(second)
    second.button(key="second-confirm").click().run()
    assert not second.exception
    now = again(file)
    assert (now.episode.urgency, now.episode.state) == ("routine", "in-care")
    assert now.episode.step == casework.step_without_flags(file.document)


def test_the_second_clinician_refuses_with_a_reason_and_it_is_decided_anew(clinic: Clinic):
    """It stays an emergency, the first one reads why, and the form is there again."""
    file = an_episode(clinic, **EMERGENCY)
    read_and_sign(casework.actor_for("amina"), file, "changed", **LOWERED)
    at = opened(file, "bruno")
    at.button(key="second-refuse").click().run()
    assert "Choose the reason first" in plainly(at)
    at.selectbox(key=f"second-reason-{file.episode.id}").select("recipient-disagrees-evidence")
    at.text_input(key=f"second-comment-{file.episode.id}").input("No rectal tone was examined").run()
    at.button(key="second-refuse").click().run()
    assert again(file).episode.urgency == "emergency"
    shown = opened(file)
    assert "Bruno refused to lower it" in plainly(shown)
    assert "No rectal tone was examined" in plainly(shown)
    assert "sign" in keys(shown)


def test_what_waits_for_a_second_clinician_stands_in_the_worklist(clinic: Clinic):
    """Still among the emergencies, with who asks."""
    file = an_episode(clinic, **EMERGENCY)
    read_and_sign(casework.actor_for("amina"), file, "changed", **LOWERED)
    shown = plainly(visit("bruno", "home"))
    assert "second clinician" in shown
    assert "Amina" in shown


def test_an_urgency_from_before_is_kept_unless_someone_lowers_it(clinic: Clinic):
    """After a corrected answer the assessment is calm; signing it as it stands keeps the emergency."""
    amina = casework.actor_for("amina")
    file = an_episode(clinic, **EMERGENCY)
    casework.add_examination(amina, file.episode.id, file.version, {"rf_saddle_numbness": "no"})
    at = accept(read(opened(file)))
    assert "stands at Emergency" in at.segmented_control(key=f"decide-{file.episode.id}-0-lower").label
    at.button(key="sign").click().run()
    now = again(file)
    assert (now.episode.urgency, now.episode.state) == ("emergency", "in-care")


def test_being_more_careful_takes_one_choice(clinic: Clinic):
    """Raising needs no reason, no words, no second clinician."""
    file = an_episode(clinic)
    at = accept(read(opened(file)))
    at.selectbox(key=f"decide-{file.episode.id}-0-raised").select("same-day").run()
    at.button(key="sign").click().run()
    assert again(file).episode.urgency == "same-day"


def test_a_stale_page_signs_nothing_loses_nothing_and_says_who(clinic: Clinic):
    """Bruno signs while Amina writes: her page says so, keeps her words, and signs once she has looked."""
    file = an_episode(clinic)
    comment = f"decide-{file.episode.id}-0-comment"
    at = accept(read(opened(file)))
    at.text_area(key=comment).input("Half a sentence").run()
    read_and_sign(casework.actor_for("bruno"), file)
    at.button(key="sign").click().run()
    assert "changed by Bruno" in seen(at)
    assert [each.signed_by for each in again(file).decisions] == ["Bruno"]
    assert at.button(key="sign").disabled
    at.button(key="catch-up").click().run()
    assert at.text_area(key=comment).value == "Half a sentence"
    at.button(key="sign").click().run()
    assert [each.signed_by for each in again(file).decisions] == ["Bruno", "Amina"]


def test_a_sign_out_elsewhere_signs_and_opens_nothing_here(clinic: Clinic):
    """A callback runs before the page's door, so it asks for itself who is there."""
    file = an_episode(clinic)
    at = accept(read(opened(file)))
    signed_out_elsewhere(at)
    at.button(key="sign").click().run()
    assert again(file).decisions == ()
    other = an_episode(clinic)
    at = opened(other)
    signed_out_elsewhere(at)
    at.button(key="open-basis").click().run()
    assert casework.opened_basis(casework.actor_for("amina"), other.assessment_id) == frozenset()


def test_what_was_decided_of_each_suggestion_is_in_the_history(clinic: Clinic):
    """Every line with its reason, and who confirmed a lowered urgency."""
    file = an_episode(clinic, **EMERGENCY)
    amina, bruno = casework.actor_for("amina"), casework.actor_for("bruno")
    read_and_sign(amina, file, "changed", **LOWERED)
    open_all(bruno, file)
    casework.confirm_lowering(bruno, file.episode.id, again(file).version)
    at = opened(file)
    at.session_state["episode-tab"] = "History"
    at.run()
    shown = plainly(at)
    for words in ("Suspected cauda equina syndrome", "changed to routine", casework.REASONS["cds-not-applicable"]):
        assert words in shown, words
    assert "Lowered urgency confirmed" in shown
    assert "Bruno" in shown


def test_what_was_decided_stands_under_the_signature(clinic: Clinic):
    """Suggestion by suggestion: whoever opens the page later need not look for it in the history."""
    file = an_episode(clinic)
    read_and_sign(casework.actor_for("amina"), file)
    shown = plainly(opened(file))
    (lines,) = [each.lines for each in again(file).decisions]
    assert lines
    for each in lines:
        assert f"{history.kind_of(each)}: {history.told_of(each)}" in shown


@pytest.mark.parametrize("person", ["noor", "chidi"])
def test_others_can_neither_open_nor_sign(clinic: Clinic, person: str):
    """Nothing of the form is there for them."""
    file = in_care(clinic)
    at = visit(person, "episode", episode=str(file.episode.id))
    assert not {"sign", "open-basis", "second-confirm"} & keys(at)


def test_a_verdict_is_said_in_words(clinic: Clinic):
    """Never its code."""
    assert set(labels.VERDICTS) == set(casework.VERDICTS)
