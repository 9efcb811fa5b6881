"""The episode page: what is suggested, on what basis, how good that is, and what each person may do about it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework, labels
from dashboard.casework.views import EpisodeFile
from dashboard.charts import figure
from dashboard.in_force import knowledge
from dashboard.ui.panels import differential, evidence, examination, signs
from tests.casework.histories import EMERGENCY
from tests.cast import Clinic
from tests.pages.episodes import again, an_episode, in_care
from tests.pages.visiting import keys, seen, visit
from tests.sessions import transaction

LEG = {
    "nprs_leg": 6,
    "pain_below_knee": "yes",
    "leg_worse_than_back": "yes",
    "cough_sneeze_worse": "yes",
    "claudication": "no",
}
WALKING = {
    "age_years": 70,
    "nprs_leg": 6,
    "leg_worse_than_back": "yes",
    "pain_below_knee": "no",
    "claudication": "eases_sitting_bending",
    "no_pain_when_seated": "yes",
    "better_bending_forward": "yes",
    "bilateral_leg": "long_standing_walking",
    "worse_standing_alone": "yes",
    "aggravating": ["walking", "standing_still"],
    "menstrual_status": None,
    "pregnancy_status": None,
}
TABS = ("Why", "Pathway", "Gates", "Examine", "Refer", "Outcomes", "History")


def open_episode(file: EpisodeFile, person: str = "amina", tab: str = "Why") -> AppTest:
    """The episode's page as that person sees it, with one of its tabs open."""
    at = visit(person, "episode", episode=str(file.episode.id))
    if tab != "Why":
        at.session_state["episode-tab"] = tab
        at.run()
    assert not at.exception, at.exception
    return at


def plainly(at: AppTest) -> str:
    """What is seen, without the signs that keep typed words from becoming formatting."""
    return seen(at).replace("\\", "")


def test_the_first_screen_says_who_how_urgent_what_now_and_what_is_likely(clinic: Clinic):
    """Everything a clinician needs in the first minute stands before the tabs."""
    file = an_episode(clinic)
    shown = plainly(open_episode(file))
    first = file.document["differential"][0]
    for words in (
        "Ines Testova",
        "36-year-old woman",
        first["title"],
        labels.BANDS[first["band"]],
        file.document["pathway"]["title"],
        "What would change this",
        "Ask or examine next",
        "Decision",
    ):
        assert words in shown, words
    assert file.document["knowledge"]["sha256"][:12] in shown
    assert file.document["knowledge"]["version"] in shown


def test_the_most_urgent_thing_comes_first(clinic: Clinic):
    """A fired red flag stands above story and differential, with what to do, why it fired and its source."""
    file = an_episode(clinic, **EMERGENCY)
    at = open_episode(file)
    flag = file.document["red_flags"][0]
    box = at.error[0].value.replace("\\", "")
    for words in (
        flag["title"],
        flag["action"],
        knowledge().items["rf_saddle_numbness"].wording.rstrip("?"),
        "Source:",
    ):
        assert words in box, words
    assert "Emergency" in at.error[0].value


def test_a_probability_is_a_word_and_never_a_decimal(clinic: Clinic):
    """Bands only: the page shows no probability as a number."""
    file = an_episode(clinic)
    shown = seen(open_episode(file))
    for entry in file.document["differential"]:
        for probability in (entry["probability"], entry["pre_test_probability"]):
            assert f"{100 * probability:.1f} %" not in shown
            assert f"{probability:.3f}" not in shown


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("person", ["noor", "amina"])
def test_every_tab_opens_for_staff_and_clinicians(clinic: Clinic, person: str, tab: str):
    """Cold, each on its own, and nothing fails."""
    open_episode(in_care(clinic), person, tab)


def test_the_waterfall_adds_up_to_the_score_of_every_condition(clinic: Clinic):
    """What is drawn is the whole explanation: start, every weight, score."""
    file = an_episode(clinic, **LEG)
    moved = 0
    for entry in file.document["differential"]:
        start, *between, end = evidence.steps_of(entry)
        assert (start.kind, end.kind) == ("start", "end")
        assert start.millibans + sum(step.millibans for step in between) == end.millibans
        moved += bool(between)
    assert moved > 3, "the history must move several conditions for this to mean anything"


def test_limits_are_read_after_the_weights_they_limit(clinic: Clinic):
    """ "Never count for more than the stronger one" comes just before the score, and not among the multipliers."""
    file = an_episode(clinic, **WALKING)
    seen_one = False
    for entry in file.document["differential"]:
        before, limits = evidence.adjustments(entry)
        assert not any(each["id"].partition(":")[0] in ("group", "family") for each in before)
        if said := [each["says"] for each in limits if each["millibans"]]:
            assert [step.label for step in evidence.steps_of(entry)[-1 - len(said) : -1]] == said
            seen_one = True
    assert seen_one, "some limit must be at work for this to mean anything"


def test_the_evidence_table_has_every_weight_with_its_source_and_status(clinic: Clinic):
    """Finding, answer, weight, ratio, rule, source, status, population: for each weight of the chosen condition."""
    file = an_episode(clinic, **LEG)
    at = open_episode(file)
    disc = "lumbar_disc_herniation_radiculopathy"
    at.button(key=f"why-{disc}").click().run()
    entry = next(each for each in file.document["differential"] if each["condition"] == disc)
    shown = seen(at)
    assert f"Evidence for and against {entry['title']}" in shown
    for column in evidence.COLUMNS:
        assert f">{column}</th>" in shown
    for weight in entry["weights"]:
        assert evidence.markup.text(weight["title"]) in shown, weight["finding"]


def test_a_colleagues_examination_takes_nothing_typed_away(clinic: Clinic):
    """Bruno examines while Amina does: her findings are still on the newer sheet, his are there, and both are saved."""
    file = an_episode(clinic)
    at = open_episode(file, tab="Examine")
    at.pills(key=f"examine-{file.assessment_id}-exam_slr").select("left").run()
    bruno = casework.actor_for("bruno")
    casework.add_examination(bruno, file.episode.id, file.version, {"exam_romberg": "yes"})
    newer = again(file).assessment_id
    at.run()
    assert at.pills(key=f"examine-{newer}-exam_slr").value == "left"
    assert at.segmented_control(key=f"examine-{newer}-exam_romberg").value == "yes"
    at.button(key="catch-up").click().run()
    at.button(key="examine").click().run()
    assert {"exam_slr": "left", "exam_romberg": "yes"}.items() <= again(file).answers.items()


def test_staff_see_everything_and_can_sign_refer_and_examine_nothing(clinic: Clinic):
    """Noor reads the whole page; the deeds of a clinician are not offered to her."""
    file = an_episode(clinic)
    for tab in TABS:
        offered = keys(open_episode(file, "noor", tab))
        assert "sign" not in offered
        assert "examine" not in offered
        assert not any(key.startswith("start-") for key in offered)
    assert "A clinician decides and signs" in seen(open_episode(file, "noor"))


def test_staff_may_record_an_outcome(clinic: Clinic):
    """A total typed at the desk becomes part of the course."""
    file = an_episode(clinic)
    at = open_episode(file, "noor", "Outcomes")
    at.selectbox(key="outcome-measure").select("nprs_back").run()
    at.number_input(key="outcome-value-nprs_back").set_value(2.0).run()
    at.button(key="record").click().run()
    assert not at.exception
    recorded = [each for each in again(file).outcomes if not each.at_intake]
    assert [(each.instrument, each.value) for each in recorded] == [("nprs_back", 2.0)]
    assert "Outcome recorded" in plainly(at)


def test_an_impossible_outcome_is_refused_in_words(clinic: Clinic):
    """Eleven of ten is not recorded, and the page says what may be."""
    file = an_episode(clinic)
    at = open_episode(file, "noor", "Outcomes")
    at.selectbox(key="outcome-measure").select("nprs_back").run()
    at.number_input(key="outcome-value-nprs_back").set_value(11.0).run()
    at.button(key="record").click().run()
    assert "must be between 0 and 10" in plainly(at)
    assert all(each.at_intake for each in again(file).outcomes)


def test_the_baseline_stands_with_its_bands_and_the_change_that_matters(clinic: Clinic):
    """Every measure of the intake, as a group-level estimate, with where its figures come from."""
    file = an_episode(clinic, odi_percent=44.0, uwri_total=20)
    told = plainly(open_episode(file, "amina", "Outcomes"))
    for words in ("Baseline", "44 %", "severe", "20 of 36", "5 higher", "Typed as a total, from paper", "Asked at the"):
        assert words in told, words
    assert "group-level estimate" in told
    assert told.count("Oswestry disability, total</th>") == 1


def test_an_examination_finding_assesses_the_case_again(clinic: Clinic):
    """A positive straight-leg raise with leg pain raises disc herniation, and the runner awaits review once more."""
    file = in_care(clinic, **LEG)
    at = open_episode(file, tab="Examine")
    at.pills(key=f"examine-{file.assessment_id}-exam_slr").select("right").run()
    at.button(key="examine").click().run()
    assert not at.exception
    now = again(file)
    assert now.answers["exam_slr"] == "right"
    assert now.episode.state == "awaiting-review"
    assert [each.basis for each in now.assessments] == ["intake", "exam"]

    def score(document: dict) -> int:
        entries = {each["condition"]: each["score_millibans"] for each in document["differential"]}
        return entries["lumbar_disc_herniation_radiculopathy"]

    assert score(now.document) > score(file.document)


def test_a_sign_only_a_clinician_meets_can_be_entered_and_raises_the_urgency(clinic: Clinic):
    """Shock is under "laboratory and other signs", first among what could make it an emergency."""
    file = an_episode(clinic)
    assert file.episode.urgency == "routine"
    at = open_episode(file, tab="Examine")
    at.session_state["other-signs"] = True
    at.run()
    sign = f"examine-{file.assessment_id}-haemodynamically_unstable"
    at.segmented_control(key=sign).select("yes").run()
    at.button(key="examine").click().run()
    assert not at.exception
    assert again(file).answers["haemodynamically_unstable"] == "yes"
    assert again(file).episode.urgency != "routine"


def test_every_entry_a_rule_asks_a_clinician_for_is_on_the_sheet():
    """Whatever a red-flag rule depends on can be entered by someone: at the desk, or on this sheet."""
    on_sheet = {item.id for item in examination.items()}
    audience = {section.id: section.audience for section in knowledge().sections}
    for rule in knowledge().red_flags:
        for clause in rule.clauses:
            for item in knowledge().criterion(clause.when).items:
                known = knowledge().items[item]
                assert audience[known.section] == "staff" or item in on_sheet or known.type == "text", item


def test_what_could_make_it_an_emergency_stands_first_among_the_other_signs():
    """A group a title, the most urgent first, and no entry twice."""
    groups = signs.groups(knowledge().sha256)
    assert next(title for title, _ in groups) == "Could make it an emergency"
    entries = [item.id for _, group in groups for item in group]
    assert len(entries) == len(set(entries)) > 40
    assert "haemodynamically_unstable" in {item.id for item in groups[0][1]}


def test_beside_an_urgency_the_list_says_that_rules_come_first(clinic: Clinic):
    """So that "strain: likely" beside an emergency misleads nobody; a routine page does not say it."""
    words = "Serious conditions are found by rule"
    assert words in seen(open_episode(an_episode(clinic, **EMERGENCY)))
    assert words not in seen(open_episode(an_episode(clinic, family_name="Other")))


def test_what_the_red_flag_is_there_to_find_is_named_before_the_ranking(clinic: Clinic):
    """Numb between the legs: cauda equina syndrome stands before the list, with its rule; else no such box."""
    alarming = open_episode(an_episode(clinic, "Alarmova", rf_saddle_numbness="yes"))
    named = [box.value for box in alarming.warning if "To exclude first" in box.value]
    assert len(named) == 1
    assert "Cauda equina syndrome" in named[0]
    assert "RF01" in named[0]
    unsuggested = [each.value for each in alarming.caption if each.value.startswith("Not suggested")]
    assert unsuggested
    assert not any("Cauda equina syndrome" in each for each in unsuggested)
    assert not any("To exclude first" in box.value for box in open_episode(an_episode(clinic)).warning)


def test_a_picture_that_settles_a_condition_is_said_above_the_list(clinic: Clinic):
    """Whatever rank the other answers give it."""
    file = in_care(clinic, imaging_done=["mri"], imaging_findings=["spondylolisthesis"])
    settled = [
        entry["title"]
        for entry in file.document["differential"]
        if any(differential.is_settling(weight) for weight in entry["weights"])
    ]
    assert settled, "the picture must settle something for this to mean anything"
    shown = plainly(open_episode(file))
    for title in settled:
        assert f"{title}: settled by what is on file" in shown


def test_how_far_it_can_be_trusted_is_on_the_page(clinic: Clinic):
    """Every limit the knowledge names stands under the evidence."""
    shown = seen(open_episode(an_episode(clinic)))
    texts = knowledge().settings.session_text.honesty
    assert len(texts) >= 4
    for text in texts:
        assert evidence.markup.text(text) in shown


def test_nothing_examined_saves_nothing(clinic: Clinic):
    """The button waits until something on the sheet differs from what is stored."""
    file = an_episode(clinic)
    at = open_episode(file, tab="Examine")
    assert at.button(key="examine").disabled
    assert again(file).version == file.version


def test_a_finding_of_nought_is_a_finding(clinic: Clinic):
    """No urine left after voiding is stored as 0, and a second look at the sheet finds nothing changed."""
    file = an_episode(clinic)
    at = open_episode(file, tab="Examine")
    at.number_input(key=f"examine-{file.assessment_id}-exam_pvr_ml").set_value(0).run()
    at.button(key="examine").click().run()
    assert again(file).answers["exam_pvr_ml"] == 0
    assert at.button(key="examine").disabled


def test_what_was_typed_on_the_sheet_survives_a_look_at_another_tab(clinic: Clinic):
    """The sheet stays drawn once it was begun."""
    file = an_episode(clinic)
    at = open_episode(file, tab="Examine")
    at.pills(key=f"examine-{file.assessment_id}-exam_slr").select("left").run()
    at.session_state["episode-tab"] = "Gates"
    at.run()
    assert at.pills(key=f"examine-{file.assessment_id}-exam_slr").value == "left"


def test_a_referral_is_offered_only_where_its_gate_is_open(clinic: Clinic):
    """Every kind is there; a shut one has no button and says why."""
    file = an_episode(clinic)
    at = open_episode(file, tab="Refer")
    shown = plainly(at)
    gates = file.document["referral_gates"]
    assert {gate["open"] for gate in gates.values()} == {True, False}, (
        "both states are needed for this to mean anything"
    )
    for kind, gate in gates.items():
        assert labels.REFERRALS[kind] in shown
        assert (f"start-{kind}" in keys(at)) == gate["open"], kind
        if not gate["open"]:
            assert gate["why"] in shown


def test_a_referral_is_started_sent_and_shown_with_its_history(clinic: Clinic):
    """From the reason typed to the state it is in."""
    file = in_care(clinic)
    at = open_episode(file, tab="Refer")
    at.text_input(key=f"reason-{file.episode.id}-physical_therapy").input("Graded return").run()
    at.button(key="start-physical_therapy").click().run()
    (row,) = again(file).referrals
    assert (row.kind, row.state, row.reason) == ("physical_therapy", "draft", "Graded return")
    at.button(key=f"move-{row.id}-sent").click().run()
    assert again(file).referrals[0].state == "sent"
    assert "Now sent" in plainly(at)


def test_a_referral_without_a_reason_is_refused_in_words(clinic: Clinic):
    """The other service reads why."""
    file = in_care(clinic)
    at = open_episode(file, tab="Refer")
    at.button(key="start-physical_therapy").click().run()
    assert again(file).referrals == ()
    assert "in a few words" in plainly(at)


def test_orthobiologics_are_hidden_with_the_reason_while_a_flag_is_open(clinic: Clinic):
    """No procedure is named on the page of an emergency."""
    file = an_episode(clinic, **EMERGENCY)
    at = open_episode(file, tab="Gates")
    assert file.document["orthobiologics"]["shown"] is False
    assert file.document["orthobiologics"]["why_hidden"] in plainly(at)
    for option in knowledge().options:
        assert option.stance not in plainly(at)


def test_every_gate_is_shown_with_its_state(clinic: Clinic):
    """Met, not met and not known, each with its source."""
    file = an_episode(clinic)
    shown = seen(open_episode(file, tab="Gates"))
    for gate in file.document["gates"]:
        assert evidence.markup.text(gate["title"]) in shown
    assert "Not known" in shown


def test_the_history_tells_everything_that_happened(clinic: Clinic):
    """Assessments, decisions and answers, in words."""
    file = in_care(clinic)
    shown = plainly(open_episode(file, tab="History"))
    for words in ("Assessment, at intake", "Accepted", "Amina", "Every answer", "Ines"):
        assert words in shown


def test_an_earlier_assessment_is_shown_as_it_was(clinic: Clinic):
    """After an examination the intake's own assessment can still be read, with its knowledge."""
    file = in_care(clinic, **LEG)
    amina = casework.actor_for("amina")
    casework.add_examination(amina, file.episode.id, file.version, {"exam_slr": "right"})
    shown = plainly(open_episode(file, tab="History"))
    assert "An earlier assessment, as it was" in shown
    for entry in file.document["differential"]:
        if entry["band"] != "not-suggested":
            assert figure.unsigned(entry["score_millibans"]) in shown


def test_an_episode_is_closed_with_a_reason(clinic: Clinic):
    """Amina closes it as recovered; nothing more can be decided, and everything stays readable."""
    file = in_care(clinic)
    at = open_episode(file)
    at.button(key="close-recovered").click().run()
    assert not at.exception
    assert again(file).episode.state == "closed"
    assert "sign" not in keys(at)
    assert "What is likely" in seen(at)


def test_an_episode_awaiting_review_cannot_be_closed(clinic: Clinic):
    """Someone has to look first."""
    assert not any(key.startswith("close-") for key in keys(open_episode(an_episode(clinic))))


def test_the_address_carries_an_opaque_number_and_no_name(clinic: Clinic):
    """Nothing of the patient is in the URL."""
    file = an_episode(clinic)
    at = open_episode(file)
    assert dict(at.query_params) in ({"episode": [str(file.episode.id)]}, {"episode": str(file.episode.id)})


@pytest.mark.parametrize("address", ["999999", "abc", "1; drop table"])
def test_an_episode_that_is_not_there_says_so_calmly(clinic: Clinic, address: str):
    """Whatever stands in the address."""
    at = visit("amina", "episode", episode=address)
    assert not at.exception
    assert "There is no such episode" in seen(at)


def test_no_episode_open_leads_back_to_the_worklist(clinic: Clinic):
    """The page by itself, without a number."""
    at = visit("amina", "episode")
    assert not at.exception
    assert "No episode is open" in seen(at)


def test_another_sites_episode_is_no_episode(clinic: Clinic):
    """Staff of the south cannot open a runner of the north, and cannot tell that there is one."""
    file = an_episode(clinic)
    from db import records
    from db.tables import Person
    from tests.cast import NOBODY_YET

    with transaction() as session:
        sofia = Person(code="sofia", name="Sofia", role="staff", active=True, site_id=clinic.sites["south"].id)
        records.insert(session, NOBODY_YET, sofia, "person:add")
    at = visit("sofia", "episode", episode=str(file.episode.id))
    assert "There is no such episode" in seen(at)
    assert "Testova" not in seen(at)
