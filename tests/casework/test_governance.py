"""A change of the knowledge: proposed by one clinician, compared over every history, approved by another, undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from dashboard import casework, in_force
from dashboard.access import Actor
from dashboard.casework import approving, candidates, differing, explaining, following, proposals
from dashboard.casework.authority import today
from dashboard.casework.knowledge_views import KnowledgeVersionView, ReportView
from dashboard.clinical import knowledge as library
from dashboard.clinical.comparing import Outline
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Case
from db import queries
from tests.casework.conftest import Cast, Trail, coded, refused
from tests.casework.histories import URGENT
from tests.governing import CENTRALISES, DISC, put_in_force, raised, with_ratio
from tests.sessions import reading, transaction

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database: each candidate is a whole knowledge, loaded and arranged."""

WHY = "Centralising pain counts more, after the newer series."


def raise_of(version: str | None = None) -> str:
    """The next version after one (default: the one in force)."""
    return proposals.next_version(version or in_force.knowledge().version)


def proposed(cast: Cast, by: Actor | None = None, ratio: str = "9.0", version: str = "") -> KnowledgeVersionView:
    """One likelihood ratio changed, kept as a candidate."""
    files = with_ratio(ratio, in_force.knowledge().texts)
    return candidates.propose(by or cast.amina, files, version or raise_of(), WHY)


def reported(cast: Cast, candidate: KnowledgeVersionView) -> ReportView:
    """The difference report of a candidate, worked off."""
    return differing.make_report(cast.amina, differing.begin_report(cast.amina, candidate.id).id)


def approved(cast: Cast, candidate: KnowledgeVersionView, by: Actor | None = None) -> KnowledgeVersionView:
    """A candidate reported and put in force today by a second person."""
    reported(cast, candidate)
    return approving.approve(by or cast.bruno, candidate.id, candidate.version)


def state_of(cast: Cast, version_id: int) -> str:
    """Where a version stands now."""
    return next(each.state for each in approving.versions(cast.noor) if each.id == version_id)


def test_one_ratio_changed_goes_all_the_way_and_back(cast: Cast) -> None:
    """Checked, compared, approved by a second person, used from then on; old ones explain as they were; undone."""
    old = cast.episode(**CENTRALISES)
    first = in_force.knowledge()
    assert old.document["differential"][0]["condition"] == "nonspecific_lbp_strain"

    looked = candidates.look_at(cast.amina, with_ratio("9.0"), raise_of())
    assert looked.fine
    assert [each.path[-1] for each in looked.changes if each.kind == "condition"] == ["present"]
    candidate = proposed(cast)
    report = reported(cast, candidate)
    assert (report.state, report.total, report.done, report.changed) == ("done", 1, 1, 1)
    assert in_force.knowledge() is first

    now = approving.approve(cast.bruno, candidate.id, candidate.version)
    assert (now.state, now.proposed_by, now.approved_by) == ("in-force", "Amina", "Bruno")
    new = cast.episode(**CENTRALISES)
    assert new.document["knowledge"] == {"version": candidate.knowledge_version, "sha256": candidate.sha256}
    assert new.document["differential"][0]["condition"] == "degenerative_disc_discogenic"

    again = explaining.explain_again(cast.noor, old.assessment_id)
    assert again.same
    assert again.digests[0] == again.digests[1]
    assert json.dumps(again.again, sort_keys=True) == json.dumps(old.document, sort_keys=True)
    assert again.in_force is not None
    assert again.in_force["differential"][0]["condition"] == "degenerative_disc_discogenic"

    adopted = approving.versions(cast.amina)[-1]
    back = candidates.roll_back(cast.bruno, adopted.id, "The newer series was withdrawn.")
    approved(cast, back, by=cast.amina)
    assert in_force.knowledge().sha256 == first.sha256
    after = cast.episode(**CENTRALISES)
    assert after.document["differential"] == old.document["differential"]
    assert explaining.explain_again(cast.noor, new.assessment_id).same
    assert [each.state for each in approving.versions(cast.noor)] == ["in-force", "replaced", "replaced"]


def test_nobody_approves_their_own(cast: Cast, trail: Trail) -> None:
    """Neither through the deed nor, should somebody write SQL, in the table; the attempt is noted."""
    candidate = proposed(cast)
    reported(cast, candidate)
    with pytest.raises(casework.Forbidden, match="second person"):
        approving.approve(cast.amina, candidate.id, candidate.version)
    assert coded(trail("refused")[-1]) == ({}, {})
    assert trail("refused")[-1].record_id == "knowledge:approve"
    whole = "state = 'approved', approved_at = proposed_at, effective_on = '2026-01-01', report_id = 1"
    with pytest.raises(Exception, match="knowledgeversion_second_person"), transaction() as session:
        session.execute(
            text(f"UPDATE knowledgeversion SET {whole}, approved_by = proposed_by WHERE id = {candidate.id}")
        )
    with pytest.raises(Exception, match="knowledgeversion_approved_whole"), transaction() as session:
        session.execute(text(f"UPDATE knowledgeversion SET {whole}, approved_by = NULL WHERE state = 'candidate'"))
    assert state_of(cast, candidate.id) == "candidate"


@on_sqlite
def test_without_a_report_of_exactly_this_step_nothing_takes_effect(cast: Cast) -> None:
    """None made, one only begun, or one against a version that is no longer in force: each is refused."""
    cast.episode()
    candidate = proposed(cast)
    with pytest.raises(casework.NotReady, match="difference report first"):
        approving.approve(cast.bruno, candidate.id, candidate.version)
    differing.begin_report(cast.amina, candidate.id)
    with pytest.raises(casework.NotReady, match="difference report first"):
        approving.approve(cast.bruno, candidate.id, candidate.version)
    reported(cast, candidate)
    put_in_force(cast.clinic, library.load_texts(raised("2.0.0")))
    assert not any(each.is_current for each in differing.reports(cast.noor, candidate.id))
    with pytest.raises(casework.NotReady, match=r"another version than 2\.0\.0"):
        approving.approve(cast.bruno, candidate.id, candidate.version)


@on_sqlite
def test_a_candidate_never_undoes_what_took_effect_meanwhile(cast: Cast) -> None:
    """Even with a fresh report: it was written on top of another text and has to be proposed again."""
    candidate = proposed(cast)
    put_in_force(cast.clinic, library.load_texts(raised("1.9.0")))
    reported(cast, candidate)
    with pytest.raises(casework.NotReady, match=r"would undo what 1\.9\.0 changed"):
        approving.approve(cast.bruno, candidate.id, candidate.version)


@on_sqlite
def test_a_later_day_takes_effect_on_that_day_in_a_running_process(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then the old one is in force, nothing else can be approved, and it may be called off."""
    before = in_force.knowledge()
    candidate, other = proposed(cast), proposed(cast, cast.bruno, "8.0", raise_of(raise_of()))
    tomorrow = today() + timedelta(days=1)
    reported(cast, candidate)
    waiting = approving.approve(cast.bruno, candidate.id, candidate.version, tomorrow)
    assert (waiting.state, waiting.effective_on) == ("waiting", tomorrow)
    assert cast.episode().document["knowledge"]["sha256"] == before.sha256
    reported(cast, other)
    with pytest.raises(casework.NotReady, match="waits for its day"):
        approving.approve(cast.amina, other.id, other.version)
    with monkeypatch.context() as calendar:
        for module in ("following", "knowledge_shapes", "approving"):
            calendar.setattr(f"dashboard.casework.{module}.today", lambda: tomorrow)
        following.catch_up(at_once=True)
        assert in_force.knowledge().sha256 == candidate.sha256
        assert cast.episode().document["knowledge"]["version"] == candidate.knowledge_version
        assert state_of(cast, candidate.id) == "in-force"
    following.catch_up(at_once=True)
    assert candidates.withdraw(cast.bruno, waiting.id, waiting.version).state == "withdrawn"
    assert approving.approve(cast.amina, other.id, other.version).state == "in-force"


@on_sqlite
def test_a_day_in_the_past_or_years_ahead_is_refused(cast: Cast) -> None:
    """What was said yesterday was said under yesterday's knowledge; the year 9999 would hold up every other change."""
    candidate = proposed(cast)
    reported(cast, candidate)
    with pytest.raises(casework.NotReady, match="past"):
        approving.approve(cast.bruno, candidate.id, candidate.version, today() - timedelta(days=1))
    with pytest.raises(casework.NotReady, match="within a year"):
        approving.approve(cast.bruno, candidate.id, candidate.version, date(9999, 12, 31))


@on_sqlite
def test_what_is_wrong_is_told_with_file_and_cure(cast: Cast) -> None:
    """A broken file, a version not raised, a taken number, nothing changed, no reason: nothing is kept."""
    text_ = in_force.knowledge().texts[DISC]
    broken = {DISC: text_.replace('finding = "centralization"', 'finding = "centralisation"')}
    looked = candidates.look_at(cast.amina, broken, raise_of())
    (problem,) = [each for each in looked.problems if "centralisation" in each.says]
    assert problem.file == DISC
    assert "Did you mean 'centralization'?" in problem.says
    refusals = {
        "Did you mean": (broken, raise_of(), WHY),
        "does not read as TOML": ({DISC: text_ + "[[evidence"}, raise_of(), WHY),
        "is not above": (with_ratio(), in_force.knowledge().version, WHY),
        "is not three numbers": (with_ratio(), "next", WHY),
        "is not a knowledge file": ({"surprise.toml": ""}, raise_of(), WHY),
        "Nothing was changed": ({}, raise_of(), WHY),
        "Say in a sentence": (with_ratio(), raise_of(), " "),
    }
    for says, given in refusals.items():
        with pytest.raises(casework.NotReady, match=says):
            candidates.propose(cast.amina, *given)
    proposed(cast)
    with pytest.raises(casework.NotReady, match="already another text's"):
        proposed(cast, ratio="8.0")
    with pytest.raises(casework.NotReady, match="already a candidate"):
        proposed(cast)
    assert len(approving.versions(cast.amina)) == 2


@on_sqlite
def test_a_candidate_is_taken_back_by_its_author_or_refused_by_a_colleague(cast: Cast, trail: Trail) -> None:
    """Each with its own deed; a second click finds it ended, and the words of a refusal stay out of the trail."""
    mine, theirs = proposed(cast), proposed(cast, ratio="8.0", version=raise_of(raise_of()))
    with pytest.raises(casework.Forbidden):
        candidates.withdraw(cast.bruno, mine.id, mine.version)
    with pytest.raises(casework.Forbidden):
        candidates.refuse(cast.amina, theirs.id, theirs.version, "not convinced")
    with pytest.raises(casework.NotReady):
        candidates.refuse(cast.bruno, theirs.id, theirs.version, "  ")
    assert candidates.withdraw(cast.amina, mine.id, mine.version).state == "withdrawn"
    ended = candidates.refuse(cast.bruno, theirs.id, theirs.version, "Two small series only.")
    assert (ended.state, ended.ended_by, ended.ending_words) == ("refused", "Bruno", "Two small series only.")
    for deed in (
        lambda: candidates.withdraw(cast.amina, mine.id, mine.version),
        lambda: candidates.refuse(cast.bruno, theirs.id, ended.version, "again"),
        lambda: approving.approve(cast.bruno, theirs.id, ended.version),
    ):
        with pytest.raises(casework.StaleRecord):
            deed()
    assert [coded(event)[1]["state"] for event in trail("knowledge:refuse")] == ["refused"]
    assert "small series" not in str([(event.before, event.after, event.reason) for event in trail()])


@on_sqlite
def test_only_clinicians_propose_report_and_approve(cast: Cast) -> None:
    """Everybody may read what is in force and what is proposed; Mallory, who left, nothing."""
    others = ("noor", "chidi", "dana", "mallory")
    candidate = proposed(cast)
    reported(cast, candidate)
    refused(cast, lambda a: candidates.look_at(a, {}, "9.9.9"), *others)
    refused(cast, lambda a: candidates.propose(a, with_ratio(), "9.9.9", WHY), *others)
    refused(cast, lambda a: candidates.roll_back(a, candidate.id, WHY), *others)
    refused(cast, lambda a: candidates.withdraw(a, candidate.id, candidate.version), *others)
    refused(cast, lambda a: candidates.refuse(a, candidate.id, candidate.version, "no"), *others)
    refused(cast, lambda a: differing.begin_report(a, candidate.id), *others)
    refused(cast, lambda a: approving.approve(a, candidate.id, candidate.version), *others)
    refused(cast, approving.versions, "mallory")
    for code in ("noor", "chidi", "dana"):
        assert [each.may for each in approving.versions(cast.people[code])] == [frozenset()] * 2
        assert approving.changes_of(cast.people[code], candidate.id)
    assert state_of(cast, candidate.id) == "candidate"


@on_sqlite
def test_every_step_leaves_its_audit_event(cast: Cast, trail: Trail) -> None:
    """Who proposed, compared, approved and rolled back, with the version and the hash."""
    candidate = proposed(cast)
    approved(cast, candidate)
    back = candidates.roll_back(cast.amina, approving.versions(cast.amina)[-1].id, "As it was before, please.")
    approved(cast, back)
    once = {"knowledge:adopt": "set-up", "knowledge:propose": "Amina", "knowledge:roll-back": "Amina"}
    assert {deed: trail(deed)[0].person_name for deed in once} == once
    assert [event.person_name for event in trail("knowledge:approve")] == ["Bruno", "Bruno"]
    assert len(trail("knowledge:report")) == len(trail("knowledge:report-done")) == 2
    assert coded(trail("knowledge:propose")[0])[1]["sha256"] == candidate.sha256
    assert WHY not in str([(event.before, event.after) for event in trail()])


def test_of_two_candidates_approved_at_once_one_takes_effect(cast: Cast) -> None:
    """The other was compared with what is no longer in force, or finds the first one decided: it is refused."""
    first, second = proposed(cast), proposed(cast, cast.bruno, "8.0", raise_of(raise_of()))
    reported(cast, first)
    reported(cast, second)
    start = Barrier(2)

    def decide(by: Actor, candidate: KnowledgeVersionView) -> str:
        start.wait()
        try:
            return approving.approve(by, candidate.id, candidate.version).state
        except (casework.NotReady, casework.StaleRecord):
            return "refused"

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(decide, (cast.bruno, cast.amina), (first, second)))
    assert sorted(told) == ["in-force", "refused"]
    assert [each.state for each in approving.versions(cast.noor)].count("in-force") == 1


def test_a_report_lists_what_would_change_and_only_ones_own_patients(cast: Cast) -> None:
    """Lowered urgencies first; Sofia sees the counts of all, and by name only the runners of her site."""
    quiet = "red_flags.toml"
    cast.episode(cast.runner("north"), **CENTRALISES)
    cast.episode(cast.runner("south"), **URGENT)
    cast.episode(cast.runner("north"))
    rule = next(each for each in in_force.knowledge().red_flags if each.id == "RF03")
    changed_rule = in_force.knowledge().texts[quiet]
    for clause in rule.clauses:
        changed_rule = changed_rule.replace(clause.when, "no()") if clause.when in changed_rule else changed_rule
    candidate = candidates.propose(cast.amina, with_ratio() | {quiet: changed_rule}, raise_of(), WHY)
    report = reported(cast, candidate)
    counts = report.counts
    assert (report.total, counts["histories"], counts["changed"]) == (3, 3, 2)
    assert (counts["lowered"], counts.get("raised")) == (1, None)
    assert (counts["urgency|urgent|routine"], counts["urgency|routine|routine"]) == (1, 2)
    assert counts["leading|nonspecific_lbp_strain|degenerative_disc_discogenic"] >= 1
    rows = differing.report_rows(cast.amina, report.id)
    assert [each.before.get("urgency") for each in rows] == ["urgent", None]
    assert rows[0].after["urgency"] == "routine"
    (hers,) = differing.report_rows(cast.sofia, report.id)
    assert hers.episode_id == rows[0].episode_id
    assert differing.report_rows(cast.amina, report.id, (rows[0].weight, rows[0].id)) == rows[1:]
    refused(cast, lambda a: differing.report_rows(a, report.id), "chidi", "dana")


@on_sqlite
def test_a_candidate_that_cannot_read_a_stored_history_cannot_be_approved(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One such history does not hide the others; it is counted, listed first, and nobody can approve."""
    cast.episode(cast.runner(), **CENTRALISES)
    odd = cast.episode(cast.runner(), age_years=41)
    candidate = proposed(cast)
    outlines = differing.outlines

    def balks(cases: Sequence[Case], known: Knowledge) -> list[Outline]:
        if known.sha256 == candidate.sha256 and any(case.answers["age_years"] == 41 for case in cases):
            raise ValueError("this answer no longer exists")
        return outlines(cases, known)

    monkeypatch.setattr(differing, "outlines", balks)
    report = reported(cast, candidate)
    assert (report.state, report.done, report.unreadable, report.changed) == ("done", 2, 1, 1)
    first, second = differing.report_rows(cast.amina, report.id)
    assert (first.episode_id, first.after) == (odd.episode.id, {"unreadable": True})
    assert "leading" in second.before
    with pytest.raises(casework.NotReady, match="cannot be assessed under this candidate"):
        approving.approve(cast.bruno, candidate.id, candidate.version)


def test_an_interrupted_report_goes_on_and_counts_nobody_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after each part and taken up again, it comes to what one going through at once comes to."""
    for changes in ({}, CENTRALISES, URGENT, CENTRALISES, {}):
        cast.episode(cast.runner(), **changes)
    candidate = proposed(cast)
    whole = reported(cast, candidate)
    monkeypatch.setattr(differing, "TOGETHER", 2)
    begun = differing.begin_report(cast.amina, candidate.id)
    cast.episode(cast.runner(), **CENTRALISES)
    reached = [differing.make_report(cast.amina, begun.id, lambda _: False).done for _ in range(4)]
    assert reached == [2, 4, 5, 5]
    parts = differing.read_report(cast.noor, begun.id)
    assert (parts.state, parts.counts) == ("done", whole.counts)
    assert len(differing.report_rows(cast.amina, begun.id)) == len(differing.report_rows(cast.amina, whole.id)) == 2


def test_two_workers_on_one_report_count_everybody_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower one finds that the report moved on, and stops."""
    cast.episode(**CENTRALISES)
    report = differing.begin_report(cast.amina, proposed(cast).id)
    compared = differing.compared

    def overtaken(*told: object) -> object:
        monkeypatch.setattr(differing, "compared", compared)
        differing.make_report(cast.bruno, report.id)
        return compared(*told)

    monkeypatch.setattr(differing, "compared", overtaken)
    done = differing.make_report(cast.amina, report.id)
    assert (done.state, done.done, done.counts["histories"]) == ("done", 1, 1)


@on_sqlite
def test_a_report_says_exactly_what_the_assessments_would_say(cast: Cast) -> None:
    """Each difference is the difference of the two whole documents."""
    files = [cast.episode(cast.runner(), **changes) for changes in (CENTRALISES, URGENT, {})]
    candidate = proposed(cast)
    report = reported(cast, candidate)
    rows = {each.episode_id: each for each in differing.report_rows(cast.amina, report.id)}
    approving.approve(cast.bruno, candidate.id, candidate.version)
    for file in files:
        explained = explaining.explain_again(cast.amina, file.assessment_id)
        then, now = explained.stored, explained.in_force
        assert now is not None
        row = rows.get(file.episode.id)
        for part, of in {
            "urgency": lambda said: said["urgency"],
            "leading": lambda said: said["differential"][0]["condition"],
            "step": lambda said: said["pathway"]["step"],
        }.items():
            differs = of(then) != of(now)
            assert differs == (row is not None and part in row.before)
            if row is not None and differs:
                assert (row.before[part], row.after[part]) == (of(then), of(now))


@on_sqlite
def test_the_files_on_disk_are_offered_and_do_not_take_effect_by_themselves(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a new release the version in force stays; the console says so, and the files can be proposed."""
    older = library.load_texts(raised("0.9.0"))
    put_in_force(cast.clinic, older)
    assert cast.episode().document["knowledge"]["version"] == "0.9.0"
    said = following.notice()
    assert said.startswith("knowledge 0.9.0")
    assert in_force.shipped().version in said
    beside = following.files_beside()
    assert beside is not None
    offered = candidates.propose_files(cast.amina, beside.version, "The new release of the shipped files.")
    assert (offered.sha256, offered.origin) == (in_force.shipped().sha256, "files")
    assert following.notice() == ""
    approved(cast, offered)
    assert in_force.knowledge() is in_force.shipped()
    put_in_force(cast.clinic, library.load_texts(raised("99.0.0")))
    assert following.notice() == "", "a clinic that moved on from the files is not asked to go back"


@on_sqlite
def test_damaged_files_on_disk_stop_nobody(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clinic goes on with what is in force in its database; the console says what is wrong with the files."""
    newer = library.load_texts(raised("9.0.0"))
    put_in_force(cast.clinic, newer)
    (tmp_path / "items.toml").write_text("[[item")
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    in_force.forget()  # as after a restart
    following.catch_up(at_once=True)
    assert cast.episode().document["knowledge"]["sha256"] == newer.sha256
    said = following.notice()
    assert said.startswith("knowledge 9.0.0 stays in force; the files on disk cannot be used: items.toml")
    in_force.forget()


def test_a_clinic_older_than_this_rule_stays_with_what_it_used(cast: Cast) -> None:
    """Nothing was written down: the knowledge of its newest assessment is adopted, not whatever files came with it."""
    older = library.load_texts(raised("0.9.0"))
    put_in_force(cast.clinic, older)
    cast.episode()
    with transaction() as session:
        session.execute(text("DELETE FROM knowledgereport"))
        session.execute(text("DELETE FROM knowledgeversion"))
    following.write_down()
    following.catch_up(at_once=True)
    assert in_force.knowledge().sha256 == older.sha256
    (adopted,) = approving.versions(cast.noor)
    assert (adopted.origin, adopted.state, adopted.knowledge_version) == ("adopted", "in-force", "0.9.0")


@on_sqlite
def test_every_process_follows_within_seconds_and_asks_but_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process approved is heard of at the next asking; in between nobody asks the database."""
    asked: list[int] = []
    now = following.current
    monkeypatch.setattr(following, "current", lambda session: asked.append(1) or now(session))
    monkeypatch.setattr(following, "EVERY_SECONDS", 10_000)
    newer = library.load_texts(raised("9.0.0"))
    put_in_force(cast.clinic, newer)
    in_force.follow(None)  # as in a process that does not know yet
    asked.clear()
    for _ in range(100):
        following.catch_up()
    assert (asked, in_force.knowledge()) == ([], in_force.shipped())
    monkeypatch.setattr(following, "EVERY_SECONDS", 0)
    following.catch_up()
    assert (len(asked), in_force.knowledge().sha256) == (1, newer.sha256)


@on_sqlite
def test_one_screen_is_drawn_under_one_knowledge(cast: Cast) -> None:
    """Whatever takes effect while it is drawn, and also when drawing ends badly."""
    before, newer = in_force.knowledge(), library.load_texts(raised("9.0.0"))

    def draw() -> None:
        with in_force.steady():
            put_in_force(cast.clinic, newer)
            assert in_force.knowledge() is before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw()
    assert in_force.knowledge().sha256 == newer.sha256


@on_sqlite
def test_a_history_begun_under_one_version_is_submitted_under_the_one_in_force(cast: Cast) -> None:
    """Also by a process that has not heard of the new version yet; what comes back says which it was."""
    draft = cast.draft()
    newer = library.load_texts(raised("9.0.0"))
    put_in_force(cast.clinic, newer)
    in_force.follow(None)
    done = casework.submit_intake(cast.noor, draft.id, draft.version)
    assert done.knowledge_version == "9.0.0"
    with reading() as session:
        kept = queries.assessment(session, done.assessment_id)
    assert kept is not None
    assert kept.knowledge_sha256 == newer.sha256
    assert in_force.knowledge().sha256 == newer.sha256


@on_sqlite
def test_an_assessment_of_another_site_is_not_explained(cast: Cast) -> None:
    """Sofia's site is not the runner's; managers and administrators read no patients."""
    file = cast.episode(cast.runner("north"))
    with pytest.raises(casework.NotFound):
        explaining.explain_again(cast.sofia, file.assessment_id)
    refused(cast, lambda a: explaining.explain_again(a, file.assessment_id), "chidi", "dana", "mallory")


def test_a_report_that_misses_what_would_change_since_is_made_again(cast: Cast) -> None:
    """Histories stored after the report that come out alike do not hold an approval up; one that would change does."""
    cast.episode(**CENTRALISES)
    candidate = proposed(cast)
    reported(cast, candidate)
    cast.episode(**URGENT)
    late = cast.episode(**CENTRALISES)
    with pytest.raises(casework.NotReady) as refusal:
        approving.approve(cast.bruno, candidate.id, candidate.version)
    assert refusal.value.missing == ("report",)
    assert "1 of the 2 histories stored since the report would change too" in str(refusal.value)
    again = reported(cast, candidate)
    assert late.assessment_id in {row.assessment_id for row in differing.report_rows(cast.amina, again.id)}
    cast.episode(**URGENT)
    assert approving.approve(cast.bruno, candidate.id, candidate.version).state == "in-force"
