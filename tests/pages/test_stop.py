"""In an emergency the form stops: what to do stands first, one press hands over, and going on is a choice."""

from __future__ import annotations

from dashboard import casework
from dashboard.casework.views import DraftView
from tests.casework.histories import EMERGENCY
from tests.pages.test_intake import at_section, draft, fill, kept
from tests.pages.visiting import keys, seen

__all__ = ["draft"]


def test_the_form_stops_in_the_run_that_brings_the_emergency(draft: DraftView):
    """The answer is given, and in the same run the alarm stands there and the questions are gone."""
    at = at_section(draft, "red_flags")
    at.segmented_control(key=f"{draft.id}.rf_saddle_numbness").set_value("yes").run()
    assert "Emergency" in at.error[0].value
    assert "By when:** Now, before the patient leaves" in at.error[0].value
    assert "The form has stopped" in seen(at)
    assert f"{draft.id}.rf_fever" not in {each.key for each in at.segmented_control}
    assert "hand-over" in keys(at)


def test_a_slip_leads_back_to_its_question(draft: DraftView):
    """What the alarm rests on is a way to the question; answered anew, the alarm goes and the form runs on."""
    fill(draft, **EMERGENCY)
    at = at_section(draft, "pain")
    at.button(key="because-rf_saddle_numbness").click().run()
    at.segmented_control(key=f"{draft.id}.rf_saddle_numbness").set_value("no").run()
    assert not at.error
    assert "The form has stopped" not in seen(at)


def test_whoever_chooses_to_may_go_on_asking(draft: DraftView):
    """The questions come back with the alarm above them, everything else is said to be optional, on every section."""
    fill(draft, **EMERGENCY)
    at = at_section(draft, "pain")
    assert f"{draft.id}.nprs_worst" not in {each.key for each in at.number_input}
    at.button(key="go-on-asking").click().run()
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(9).run()
    assert kept(draft)["nprs_worst"] == 9
    assert "Everything else is optional now" in seen(at)
    at.button(key="rail-goals").click().run()
    assert "go-on-asking" not in keys(at)
    assert "hand-over" in keys(at)


def test_another_emergency_stops_the_form_again(draft: DraftView):
    """Going on after one alarm is not going on after the next."""
    fill(draft, **EMERGENCY)
    at = at_section(draft, "red_flags")
    at.button(key="go-on-asking").click().run()
    at.segmented_control(key=f"{draft.id}.rf_collapse").set_value("yes").run()
    assert "go-on-asking" in keys(at)


def test_one_press_hands_over_what_there_is(draft: DraftView):
    """With almost everything unasked, one press makes the episode, first in the worklist."""
    fill(draft, **EMERGENCY)
    at = at_section(draft, "red_flags")
    at.button(key="hand-over").click().run()
    assert not at.exception
    assert "The intake is with the clinicians" in seen(at)
    assert casework.worklist(casework.actor_for("amina")).rows[0].urgency == "emergency"


def test_handing_over_without_consent_says_why_not(draft: DraftView):
    """A refusal stands at the button, and nothing is handed over."""
    fill(draft, consent_record="no", **EMERGENCY)
    at = at_section(draft, "red_flags")
    at.button(key="hand-over").click().run()
    assert "has not agreed" in seen(at)
    assert casework.read_draft(casework.actor_for("noor"), draft.id).state == "open"


def test_each_urgency_has_its_own_look_and_its_own_words(draft: DraftView):
    """Same day and urgent are two colours, two symbols and two times; neither stops the form."""
    fill(draft, rf_urinary="yes", rf_trauma="yes")
    at = at_section(draft, "pain")
    looks = {each.value.partition(":")[0].strip("*"): each.icon for each in at.warning}
    assert set(looks) == {"Same day", "Urgent, 2 weeks"}
    assert len(set(looks.values())) == 2
    assert "By when:** Today" in seen(at)
    assert "By when:** Within 2 weeks" in seen(at)
    assert "hand-over" not in keys(at)
    assert f"{draft.id}.nprs_worst" in {each.key for each in at.number_input}


def test_a_doubtful_answer_takes_a_note_beside_its_question(draft: DraftView):
    """The doubt stands under the question that was answered last; a quick reason or a line of words is kept."""
    fill(draft, nprs_back_now=8)
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(3).run()
    at.text_input(key=f"{draft.id}.note.worst_below_now.0").set_value("mornings only").run()
    notes = casework.read_draft(casework.actor_for("noor"), draft.id).notes
    assert notes["worst_below_now"][-1]["text"] == "mornings only"
    at.pills(key=f"{draft.id}.note.worst_below_now.quick").set_value("Asked twice, it is right").run()
    at.button(key="rail-review").click().run()
    assert "1 answer is doubtful: with a note" in seen(at)
    assert "Asked twice, it is right" in seen(at)


def test_a_changed_answer_says_that_its_note_counts_no_longer(draft: DraftView):
    """The earlier note is shown as such, and the answer is without a note again."""
    fill(draft, nprs_back_now=8, nprs_worst=3)
    casework.note_doubt(casework.actor_for("noor"), draft.id, "worst_below_now", "mornings only")
    at = at_section(draft, "pain")
    at.number_input(key=f"{draft.id}.nprs_worst").set_value(4).run()
    assert "Noted of an earlier answer" in seen(at)
    at.button(key="rail-review").click().run()
    assert "1 without a note" in seen(at)


def test_the_review_says_that_nothing_else_is_required_now(draft: DraftView):
    """What has no answer yet is counted as what can be asked later, neither there nor in the list as required."""
    fill(draft, consent_record="yes", **EMERGENCY)
    at = at_section(draft, "review")
    assert "Nothing else is required now" in seen(at)
    assert "can be asked later" in seen(at)
    assert "nothing else required now" in at.button(key="rail-review").label
    assert "required questions have no answer yet" not in seen(at)
    assert "missing-" in " ".join(keys(at))
