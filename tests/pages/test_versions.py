"""The Versions tab: a change proposed, compared, approved by a second clinician and rolled back, each refusal told."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import casework, in_force
from dashboard.casework import approving, candidates, differing
from dashboard.clinical import knowledge as library
from dashboard.ui import report_making
from dashboard.ui.panels import proposing
from tests.cast import Clinic
from tests.governing import CENTRALISES, DISC, put_in_force, raised, with_ratio
from tests.pages.episodes import an_episode
from tests.pages.visiting import FRONT_DOOR, PATIENCE_SECONDS, as_seen, keys, seen, visit

WHY = "Centralising pain counts more, after the newer series."

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What the screens say depends on no database."""

pytestmark = on_sqlite


def versions(person: str, at: AppTest | None = None) -> AppTest:
    """The Versions tab as that person sees it."""
    if at is None:
        at = AppTest.from_file(str(FRONT_DOOR), default_timeout=PATIENCE_SECONDS)
        at.user = as_seen(person)
        at.switch_page("../pages/knowledge.py")
    at.session_state["knowledge-tab"] = "Versions"
    at.run()
    assert not at.exception, at.exception
    return at


def told(at: AppTest) -> str:
    """Every word on the screen, without the signs that keep markdown from reading it."""
    return seen(at).replace("\\", "")


def proposed(by: str = "amina", ratio: str = "9.0", version: str = "8.0.0") -> int:
    """A candidate's id, made by the deed."""
    files = with_ratio(ratio, in_force.knowledge().texts)
    return candidates.propose(casework.actor_for(by), files, version, WHY).id


def reported(candidate: int) -> None:
    """Its difference report, made by the deed."""
    bruno = casework.actor_for("bruno")
    differing.make_report(bruno, differing.begin_report(bruno, candidate).id)


def test_one_ratio_goes_from_the_form_into_force(clinic: Clinic):
    """Form, check, candidate, report, a second clinician, and new assessments use it."""
    an_episode(clinic, **CENTRALISES)
    at = versions("amina")
    at.selectbox(key="ratio-condition").select("degenerative_disc_discogenic").run()
    rows = in_force.knowledge().conditions["degenerative_disc_discogenic"].evidence
    place = next(place for place, row in enumerate(rows) if row.finding == "centralization")
    at.selectbox(key="ratio-finding-degenerative_disc_discogenic").select(place).run()
    at.number_input(key=f"ratio-present-degenerative_disc_discogenic-{place}").set_value(9.0).run()
    at.button(key="ratio-put").click().run()
    assert f"likelihood ratio when present</td><td>{rows[place].present:g} → 9" in told(at)
    at.text_input(key="propose-sentence").input(WHY).run()
    at.button(key="propose-keep").click().run()
    assert not at.exception, at.exception
    assert "Kept as a candidate" in told(at)
    candidate = at.session_state["version-open"]
    at.button(key=f"report-{candidate}").click().run()
    (report,) = differing.reports(casework.actor_for("amina"), candidate)
    report_making.wait(report.id)
    at = versions("amina", at)
    assert "1 of 1 stored histories" in told(at)
    assert "You proposed this. A second clinician approves or refuses it." in told(at)
    assert f"approve-{candidate}" not in keys(at)
    second = versions("bruno")
    second.button(key=f"approve-{candidate}").click().run()
    assert not second.exception, second.exception
    version = in_force.knowledge().version
    assert f"Approved: version {version}" in told(second)
    assert "Proposed by Amina · approved by Bruno" in told(second)
    assert an_episode(clinic, **CENTRALISES).document["knowledge"]["version"] == version


def test_what_is_wrong_stands_under_the_file_and_nothing_typed_is_lost(clinic: Clinic):
    """File, key and cure; the text stays as typed, nothing can be kept, and mending it is enough."""
    at = versions("amina")
    at.segmented_control(key="propose-way").set_value("file").run()
    at.selectbox(key="propose-file").select(DISC).run()
    field = next(each for each in at.text_area if each.key and each.key.endswith(DISC))
    right, broken = with_ratio()[DISC], with_ratio()[DISC].replace("present = ", "presnt = ", 1)
    field.input(broken).run()
    assert not at.exception, at.exception
    assert "Did you mean &#x27;present&#x27;?" in told(at)
    assert DISC in told(at)
    assert at.button(key="propose-keep").disabled
    field = next(each for each in at.text_area if each.key and each.key.endswith(DISC))
    assert field.value == broken
    field.input(right).run()
    assert not at.button(key="propose-keep").disabled
    assert "Checked: it reads" in told(at)
    at.button(key="propose-keep").click().run()
    assert "Say in a sentence what changes and why" in told(at)
    field = next(each for each in at.text_area if each.key and each.key.endswith(DISC))
    assert field.value == right


def test_a_version_not_raised_is_told(clinic: Clinic):
    """The cure names the next number."""
    at = versions("amina")
    at.session_state["knowledge_proposal"] = proposing.Sheet(with_ratio())
    at.run()
    at.text_input(key="propose-version").input("0.1.0").run()
    assert "is not above" in told(at)
    assert at.button(key="propose-keep").disabled


def test_approving_waits_for_the_report(clinic: Clinic):
    """Without one against what is in force the button cannot be pressed; the page says why."""
    candidate = proposed()
    at = versions("bruno")
    assert at.button(key=f"approve-{candidate}").disabled
    assert "Approving needs the finished difference report" in told(at)
    reported(candidate)
    at = versions("bruno")
    assert not at.button(key=f"approve-{candidate}").disabled
    put_in_force(clinic, library.load_texts(raised("7.0.0")))
    at = versions("bruno")
    assert "compares with a version that is no longer in force" in told(at)
    assert at.button(key=f"approve-{candidate}").disabled


def test_a_colleague_was_quicker(clinic: Clinic):
    """What was decided meanwhile is not decided twice, and the page says by whom."""
    candidate = proposed()
    reported(candidate)
    at = versions("bruno")
    amina = casework.actor_for("amina")
    seen_version = next(each.version for each in approving.versions(amina) if each.id == candidate)
    candidates.withdraw(amina, candidate, seen_version)
    at.button(key=f"approve-{candidate}").click().run()
    assert "this version was changed by Amina since you opened it" in told(at)
    assert in_force.knowledge() is in_force.shipped()


def test_refusing_and_rolling_back_ask_why(clinic: Clinic):
    """Without a reason nothing happens; with one it stands in the list for everybody."""
    candidate = proposed()
    at = versions("bruno")
    at.button(key=f"refuse-{candidate}").click().run()
    assert "Say why" in told(at)
    at.text_area(key=f"refuse-words-{candidate}").input("Two small series only.").run()
    at.button(key=f"refuse-{candidate}").click().run()
    assert "Refused by Bruno: Two small series only." in told(versions("noor"))
    put_in_force(clinic, library.load_texts(raised("7.0.0")))
    adopted = approving.versions(casework.actor_for("amina"))[-1]
    at.session_state["version-open"] = adopted.id
    at.run()
    at.text_area(key=f"roll-back-words-{adopted.id}").input("Back to what was shipped.").run()
    at.button(key=f"roll-back-{adopted.id}").click().run()
    newest = approving.versions(casework.actor_for("amina"))[0]
    assert (newest.origin, newest.state, newest.sha256) == ("rollback", "candidate", adopted.sha256)


def test_a_refused_candidate_can_be_taken_up_again(clinic: Clinic):
    """Its changed files stand in the proposal, to be mended and proposed anew."""
    candidate = proposed()
    amina = casework.actor_for("amina")
    seen_version = approving.versions(amina)[0].version
    candidates.withdraw(amina, candidate, seen_version)
    at = versions("amina")
    at.session_state["version-open"] = candidate
    at.run()
    at.button(key=f"take-up-{candidate}").click().run()
    assert at.session_state["knowledge_proposal"].files == with_ratio()


@pytest.mark.parametrize("person", ["noor", "chidi", "dana"])
def test_others_read_and_change_nothing(clinic: Clinic, person: str):
    """Versions, changes and the report's counts; no form, no button, and for the manager no names."""
    an_episode(clinic, family_name="Fleetwood", **CENTRALISES)
    reported(proposed())
    at = versions(person)
    assert not [key for key in keys(at) if key.startswith(("propose", "approve", "refuse", "report-", "ratio"))]
    assert "Clinicians propose changes" in told(at)
    assert "likelihood ratio when present" in told(at)
    links = [each.proto.label for each in at.get("page_link")]
    assert any("Fleetwood" in label for label in links) == (person == "noor")
    assert ("0–10 of 1 stored" in told(at)) == (person != "noor")


def test_files_on_disk_that_are_not_in_force_are_offered(clinic: Clinic):
    """One sentence, and they are a candidate like any other."""
    put_in_force(clinic, library.load_texts(raised("0.5.0")))
    at = versions("amina")
    assert f"The files on disk are version {in_force.shipped().version}" in told(at)
    at.text_input(key="files-sentence").input("The release that came with the program.").run()
    at.button(key="propose-files").click().run()
    assert not at.exception, at.exception
    newest = approving.versions(casework.actor_for("amina"))[0]
    assert (newest.origin, newest.sha256) == ("files", in_force.shipped().sha256)
    assert "The files on disk are version" not in told(at)


def test_a_file_brought_along_finds_its_place(clinic: Clinic):
    """A browser tells only the last part of its name, which a condition and its pathway share."""
    name = "lumbar_spinal_stenosis.toml"
    texts = in_force.shipped().texts
    assert proposing.path_of(name, texts[f"conditions/{name}"]) == f"conditions/{name}"
    assert proposing.path_of(name, texts[f"pathways/{name}"]) == f"pathways/{name}"
    assert proposing.path_of("findings.toml", "") == "findings.toml"
    assert proposing.path_of("surprise.toml", "") == "surprise.toml"


def test_an_old_assessment_is_explained_again_on_its_episode(clinic: Clinic):
    """Under exactly its own version, the same to the bit, beside what the version in force says now."""
    file = an_episode(clinic, **CENTRALISES)
    first = in_force.knowledge().version
    put_in_force(clinic, library.load_texts(raised("7.0.0") | with_ratio()))
    at = visit("amina", "episode", episode=str(file.episode.id))
    at.session_state["episode-tab"] = "History"
    at.run()
    at.button(key="explain-again").click().run()
    assert not at.exception, at.exception
    words = told(at)
    assert f"Explain again under version {first}" in words
    assert "The same to the bit in everything that was said then." in words
    assert f"Made again under {first}" in words
    assert "In force now: 7.0.0" in words
