"""The invented clinic: the same every time, made by the real reasoning, and nothing in it that could not happen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.alike import Described, Level, likeness
from dashboard.casework import CLOSING_REASONS, MOVES, REASONS
from dashboard.casework.lines import Line
from dashboard.casework.signing import judged
from dashboard.casework.suggestions import suggestions
from dashboard.casework.verdicts import Verdict, checked
from dashboard.clinical.answers import read_answer
from dashboard.clinical.assessment import assess
from dashboard.clinical.comparing import changes
from dashboard.clinical.knowledge import load_texts
from dashboard.clinical.vocabulary import Urgency
from dashboard.demo import Made, make_demo
from dashboard.demo.deciding import decide
from dashboard.demo.dice import Dice
from dashboard.demo.made_up import made_up
from dashboard.entry import plain, thawed
from dashboard.in_force import knowledge
from dashboard.intake import case_of, progress
from db.engine import choose_database, file_of, file_url, forget
from db.schema import state, upgrade
from db.tables import Assessment, KnowledgeText, Row
from tests.cast import Clinic, settle
from tests.sessions import reading, transaction

LAST_DAY = date(2026, 3, 16)
RUNNERS = 44
FEW = 9
TAKEN_INTO_CARE = "episode:take-into-care"
LINE = ("kind", "subject", "verdict", "changed_to", "reason_code", "comment")
NAMED = [field.name for field in fields(Described)]
OPEN = ("draft", "sent", "received", "scheduled")


class Told:
    """A demo clinic, read back as plain rows."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.rows = everything_in(made.file)

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.rows[table]

    def of(self, table: str, column: str, value: Any) -> list[dict[str, Any]]:
        """The rows of a table with that value in that column, in order."""
        return [row for row in self.rows[table] if row[column] == value]


def everything_in(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in order."""
    url = file_url(file)
    with reading(url) as session:
        rows = {
            table.name: [dict(row._mapping) for row in session.execute(table.select().order_by(*table.primary_key))]
            for table in Row.metadata.sorted_tables
        }
    forget(url)
    return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A small demo clinic, made once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKSTRIDE_HOME", str(tmp_path_factory.mktemp("demo")))
        patch.delenv("DATABASE_URL", raising=False)
        yield Told(make_demo(until=LAST_DAY, runners=RUNNERS))


def test_a_seed_and_a_day_make_the_same_clinic_row_by_row(home: Path):
    """Made twice, every row of every table is the same: ids, times, answers, documents, audit events but their seals.

    The seals differ, for each database's chain is bound to an id of its own.
    """
    first, second = (everything_in(make_demo(until=LAST_DAY, runners=FEW).file) for _ in range(2))
    assert first["audithead"].pop()["database"] != second["audithead"].pop()["database"]
    for event in (*first["auditevent"], *second["auditevent"]):
        assert len(event.pop("mac")) == 64
    assert {name: rows for name, rows in first.items() if rows} == {name: rows for name, rows in second.items() if rows}
    assert len(first["episode"]) >= FEW


def test_another_seed_makes_another_clinic(home: Path):
    """Other people with other stories."""
    names = []
    for seed in (1, 2):
        rows = everything_in(make_demo(seed=seed, until=LAST_DAY, runners=FEW).file)
        names.append({(row["given_name"], row["family_name"]) for row in rows["patient"]})
    assert len(names[0] & names[1]) < FEW / 2


def test_the_clinic_has_its_sites_and_its_cast(told: Told):
    """Two sites, four clinicians, Noor at the desk, Chidi the manager, an administrator."""
    roles = [person["role"] for person in told["person"]]
    assert len(told["site"]) == 2
    assert {role: roles.count(role) for role in roles} == {"staff": 1, "clinician": 4, "manager": 1, "administrator": 1}
    assert {"noor", "amina", "bruno", "chidi", "dana"} < {person["code"] for person in told["person"]}


def test_everyone_is_recognisably_invented(told: Told):
    """Record numbers say DEMO, family names are words for running but for one slip, telephone numbers are nobody's."""
    family = set(made_up("people")["family"].split())
    for patient in told["patient"]:
        assert patient["record_number"].startswith("DEMO-")
        assert patient["phone"].startswith("555-01") or patient["phone"] == ""
    slips = [patient["family_name"] for patient in told["patient"] if patient["family_name"] not in family]
    assert [sorted(slip.lower()) in [sorted(name.lower()) for name in family] for slip in slips] == [True]


def test_two_runners_are_registered_twice_and_offered_as_likely_the_same(told: Told):
    """One with day and month of the birthday swapped, one with two letters exchanged; each says so in words."""
    registered = [row["id"] for row in sorted(told["patient"], key=lambda row: row["record_number"])]
    people = {row["id"]: Described(**{name: row[name] for name in NAMED}) for row in told["patient"]}
    reasons = []
    for twin in registered[-2:]:
        alike = [likeness(people[twin], people[other]) for other in registered[:-2]]
        best = max(alike, key=lambda each: each.points)
        assert best.level >= Level.LIKELY
        assert [each.level for each in alike].count(best.level) == 1
        reasons.append(" ".join(best.alike))
    assert "day and month swapped" in reasons[0]
    assert "two letters exchanged" in reasons[1]


def test_a_runner_comes_back_whose_answers_of_last_time_can_be_confirmed(told: Told):
    """One draft just begun belongs to somebody whose episodes are all closed."""
    (draft,) = (row for row in told["draft"] if told.of("episode", "patient_id", row["patient_id"]))
    theirs = told.of("episode", "patient_id", draft["patient_id"])
    assert {episode["state"] for episode in theirs} == {"closed"}
    assert len(draft["answers"]) < 10


def test_there_are_half_again_as_many_episodes_as_runners(told: Told):
    """About 900 for about 600, over two years."""
    assert len(told["episode"]) == pytest.approx(1.5 * RUNNERS, rel=0.08)
    opened = [episode["opened_on"] for episode in told["episode"]]
    assert max(opened) < LAST_DAY
    assert 600 < (max(opened) - min(opened)).days <= 735
    assert opened == sorted(opened)


def test_every_answer_could_have_been_given_at_the_desk(told: Told):
    """Each is exactly what reading it at the desk would store, of a question asked then, with none required missing."""
    items = knowledge().items
    for intake in told["intake"]:
        for item, answer in intake["answers"].items():
            assert plain(read_answer(items[item], thawed(answer))) == answer
        assert progress(intake["answers"]).complete


def test_every_assessment_is_what_the_reasoning_says_of_its_answers(told: Told):
    """Told again one by one, each stored document is the same to the last digit, under the knowledge kept beside it."""
    known = knowledge()
    for row in told["assessment"]:
        document = assess(case_of(row["answers"]), known).document()
        assert json.loads(json.dumps(document)) == row["document"]
        assert row["urgency"] == Urgency.of(document["urgency"])
        assert row["knowledge_sha256"] == known.sha256
    assert told["knowledgetext"][0]["sha256"] == known.sha256


def test_every_urgency_waits_for_review(told: Told):
    """Whoever opens the worklist sees what each looks like."""
    waiting = told.of("episode", "state", "awaiting-review")
    assert {episode["urgency"] for episode in waiting} == {0, 1, 2, 3}


def test_an_episode_is_where_its_decisions_left_it(told: Told):
    """Waiting ones are unsigned, those in care signed, closed ones ended with nothing left open."""
    for episode in told["episode"]:
        assessments = told.of("assessment", "episode_id", episode["id"])
        signed = told.of("decision", "assessment_id", assessments[-1]["id"])
        open_referrals = [r for r in told.of("referral", "episode_id", episode["id"]) if r["state"] in OPEN]
        assert episode["latest_assessment_id"] == assessments[-1]["id"]
        waits = [row for row in told.of("lowering", "episode_id", episode["id"]) if row["state"] == "waiting"]
        assert bool(signed) == (episode["state"] != "awaiting-review" or bool(waits))
        assert (episode["closed_on"] is not None) == (episode["state"] == "closed")
        assert episode["state"] != "closed" or not open_referrals
        assert episode["state"] == "awaiting-review" or episode["clinician_id"] is not None


def test_nobody_has_two_open_episodes(told: Told):
    """A runner's next episode begins after the one before has ended."""
    for patient in told["patient"]:
        theirs = told.of("episode", "patient_id", patient["id"])
        for before, after in pairwise(theirs):
            assert before["closed_on"] is not None
            assert before["closed_on"] <= after["opened_on"]


def signings(told: Told, episode_id: int, signed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the episode's signers did to it by signing: their colleague who confirms a lowering did not sign."""
    deeds, signers = (TAKEN_INTO_CARE, "episode:await-second"), {row["signed_by"] for row in signed}
    events = told.of("auditevent", "record_id", str(episode_id))
    return [event for event in events if event["deed"] in deeds and event["person_id"] in signers]


def test_every_decision_could_have_been_signed(told: Told):
    """Each follows the rules a clinician's signature is held to: a reason where one is needed, words to lower."""
    assessments = {row["id"]: Assessment(**row) for row in told["assessment"]}
    for episode in told["episode"]:
        signed = told.of("decision", "episode_id", episode["id"])
        for row, event in zip(signed, signings(told, episode["id"], signed), strict=True):
            urgency = None if row["urgency"] is None else Urgency(row["urgency"]).code
            given = Verdict(row["verdict"], row["reason_code"], row["comment"], row["condition"], row["step"], urgency)
            of_it = told.of("decisionline", "decision_id", row["id"])
            lines = tuple(Line(**{name: line[name] for name in LINE}) for line in of_it)
            asked = replace(given, verdict="accepted", condition=None, step=None)
            said = judged(assessments[row["assessment_id"]], event["before"]["urgency"], asked, lines)
            assert said == (given, lines)
            assert row["reason_code"] is None or row["reason_code"] in REASONS


@pytest.mark.parametrize("stands_at", list(Urgency))
def test_whatever_an_episode_stands_at_the_decision_could_be_signed(told: Told, stands_at: Urgency):
    """Also in the rare case that an episode stands higher than its newest assessment: lowering has its reason."""
    verdicts = set()
    for n, row in enumerate(told["assessment"] * 6):
        drawn = decide(Dice("any", stands_at, n), row["document"], stands_at)
        urgency = None if drawn["urgency"] is None else Urgency(drawn["urgency"]).code
        given = Verdict(**{**drawn, "urgency": urgency})
        assert checked(given, row["urgency"], stands_at) == given
        verdicts.add(given.verdict)
    assert verdicts == {"accepted", "changed", "rejected"}


def test_every_suggestion_that_was_signed_was_read_before(told: Told):
    """One line for each suggestion of the assessment, and the signer opened what each rests on first."""
    documents = {row["id"]: row["document"] for row in told["assessment"]}
    opened = {(o["assessment_id"], o["person_id"], o["kind"], o["subject"]): o["at"] for o in told["opening"]}
    assert len(opened) == len(told["opening"])
    for row in told["decision"]:
        lines = told.of("decisionline", "decision_id", row["id"])
        made = suggestions(documents[row["assessment_id"]])
        assert [(line["kind"], line["subject"]) for line in lines] == [each.key for each in made]
        for line in lines:
            assert opened[row["assessment_id"], row["signed_by"], line["kind"], line["subject"]] < row["signed_at"]


def test_lowered_urgencies_were_confirmed_by_another_clinician_and_one_waits(told: Told):
    """Two people each; whoever opens the demo finds one to answer, still as urgent as it was."""
    people = {person["id"]: person["role"] for person in told["person"]}
    states = [row["state"] for row in told["lowering"]]
    assert states.count("waiting") == 1
    assert "confirmed" in states
    for row in told["lowering"]:
        assert people[row["asked_by"]] == "clinician"
        if row["state"] == "waiting":
            (episode,) = told.of("episode", "id", row["episode_id"])
            assert (episode["state"], episode["urgency"]) == ("awaiting-review", row["from_urgency"])
        else:
            assert people[row["second_by"]] == "clinician"
            assert row["second_by"] != row["asked_by"]
            assert row["settled_at"] > row["created_at"]


def test_no_grave_urgency_was_lowered_by_one_alone(told: Told):
    """Every decision to less than an emergency or same-day urgency stood at has its lowering."""
    lowered = {row["decision_id"] for row in told["lowering"]}
    for episode in told["episode"]:
        signed = told.of("decision", "episode_id", episode["id"])
        for row, event in zip(signed, signings(told, episode["id"], signed), strict=True):
            stood_at = event["before"]["urgency"]
            lowers = row["urgency"] is not None and row["urgency"] < stood_at and stood_at >= Urgency.SAME_DAY
            assert (row["id"] in lowered) == lowers


def test_some_episodes_turned_out_to_be_something(told: Told):
    """Each compared with the last assessment signed before, place by place."""
    assessments = {row["id"]: row for row in told["assessment"]}
    assert told["confirmeddiagnosis"]
    for row in told["confirmeddiagnosis"]:
        latest = assessments[row["assessment_id"]]
        differential = latest["document"]["differential"]
        places = told.of("differentialplace", "diagnosis_id", row["id"])
        assert [place["condition"] for place in places] == [entry["condition"] for entry in differential]
        assert row["leader"] == latest["leading_condition"]
        assert (
            row["words"]
            if row["condition"] is None
            else differential[row["place"] - 1]["condition"] == row["condition"]
        )
        assert row["confirmed_on"] >= latest["made_at"].date()


def test_every_referral_was_open_to_make_and_went_where_it_may(told: Told):
    """Its gate stood open when it was made, and it moved from state to state as referrals do."""
    documents = {row["id"]: row for row in told["assessment"]}
    for referral in told["referral"]:
        signed = [
            row
            for row in told.of("decision", "episode_id", referral["episode_id"])
            if row["signed_at"] <= referral["created_at"]
        ]
        gates = documents[signed[-1]["assessment_id"]]["document"]["referral_gates"]
        assert gates[referral["kind"]]["open"]
        here = "draft"
        for move in told.of("referralmove", "referral_id", referral["id"]):
            assert (move["from_state"], move["to_state"] in MOVES[here]) == (here, True)
            here = move["to_state"]
        assert here == referral["state"]


def test_outcomes_follow_the_intake(told: Told):
    """At week 0 what was answered at the intake; later ones on later days, in range, and less often answered."""
    first = {row["episode_id"]: row["answers"] for row in told["intake"]}
    instruments = knowledge().instruments
    for row in told["outcome"]:
        measure = instruments[row["instrument"]]
        assert measure.minimum <= row["value"] <= measure.maximum
        if (row["instrument"], row["weeks_since_intake"]) == ("nprs_back", 0):
            assert row["value"] == first[row["episode_id"]]["nprs_back_now"]
    taken = [row["weeks_since_intake"] for row in told["outcome"] if row["instrument"] == "nprs_back"]
    counts = [taken.count(weeks) for weeks in (0, 2, 6, 12, 26)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 0
    assert set(taken) == {0, 2, 6, 12, 26}


def test_nothing_happens_after_the_last_day_begins(told: Told):
    """Opened on that day, the demo shows no future."""
    end = datetime.combine(LAST_DAY, time(), UTC)
    moments = [
        (table, column, value)
        for table, rows in told.rows.items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, datetime) and value >= end
    ]
    assert moments == []


def test_the_audit_trail_tells_it_in_order(told: Told):
    """Numbers rise with time, everybody named works here, and every kind of deed left its event."""
    events = told["auditevent"]
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert {event["person_id"] for event in events} <= {None, *(person["id"] for person in told["person"])}
    for table, deed in (
        ("patient", "patient:register"), ("intake", "intake:submit"), ("assessment", "assessment:make"),
        ("decision", "review:sign"), ("decisionline", "review:line"), ("opening", "basis:open"),
        ("lowering", "lowering:ask"), ("confirmeddiagnosis", "diagnosis:record"),
        ("referral", "referral:make"), ("outcome", "outcome:record"),
    ):  # fmt: skip
        assert sum(event["deed"] == deed for event in events) == len(told[table])


def test_the_audit_trail_knows_no_names_and_no_answers(told: Told):
    """Codes and ids only, as in the real clinic."""
    trail = json.dumps([[event["before"], event["after"], event["reason"]] for event in told["auditevent"]])
    for patient in told["patient"]:
        assert f'"{patient["given_name"]}"' not in trail
        assert f'"{patient["family_name"]}"' not in trail
        assert str(patient["date_of_birth"]) not in trail
    assert "rf_saddle_numbness" not in trail
    reasons = {event["reason"] for event in told["auditevent"] if event["deed"] == "episode:close"}
    assert reasons <= set(CLOSING_REASONS)


def test_a_few_drafts_wait_to_be_finished(told: Told):
    """Each belongs to someone who is not being looked after, and every answer in it has its revision."""
    cared_for = {episode["patient_id"] for episode in told["episode"] if episode["state"] != "closed"}
    assert len(told["draft"]) == 7
    for draft in told["draft"]:
        revisions = told.of("draftrevision", "draft_id", draft["id"])
        assert draft["patient_id"] not in cared_for
        assert {revision["item"]: revision["value"] for revision in revisions} == draft["answers"]
        assert not progress(draft["answers"]).complete or len(draft["answers"]) > 80


def test_every_cause_the_knowledge_knows_has_something_made_up(told: Told):
    """A condition added to the knowledge is not forgotten here, and nothing is made up for one it does not know."""
    conditions = {c.id for c in knowledge().conditions.values() if c.kind == "condition"}
    assert set(made_up("presentations")["condition"]) == conditions


def test_progress_goes_from_nothing_to_all_in_words(home: Path):
    """What the first screen shows while it waits only ever grows."""
    seen: list[tuple[float, str]] = []
    make_demo(progress=lambda share, what: seen.append((share, what)), until=LAST_DAY, runners=FEW)
    shares = [share for share, _ in seen]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)
    assert all(what for _, what in seen)
    assert len(seen) > 5


def test_an_interrupted_making_leaves_what_was_there(home: Path):
    """Stopped in the middle, the demo of before still opens, and nothing half made lies about."""
    before = everything_in(make_demo(until=LAST_DAY, runners=FEW).file)

    def stop_in_the_middle(share: float, what: str) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(progress=stop_in_the_middle, seed=2, until=LAST_DAY, runners=FEW)
    assert everything_in(file_of("demo")) == before
    assert [path.name for path in home.iterdir() if path.is_dir()] == []


def test_the_real_clinic_is_never_touched(home: Path):
    """Making the demo while the clinic is in use changes nothing there and does not switch to the demo."""
    choose_database("clinic")
    upgrade()
    with transaction() as session:
        settle(session, Clinic(""))
    before = everything_in(file_of("clinic"))
    make_demo(until=LAST_DAY, runners=FEW)
    assert everything_in(file_of("clinic")) == before
    assert state() == "current"
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM patient")).scalar() == 0


def test_the_demo_keeps_every_rule_of_the_database(told: Told):
    """Whole, current, and every reference leads somewhere."""
    url = file_url(told.made.file)
    with reading(url) as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert state(url) == "current"
    forget(url)


def test_a_change_of_the_knowledge_waits_to_be_decided(told: Told):
    """The shipped files are adopted; one candidate that reads, with one ratio changed, waits for a second clinician."""
    adopted, candidate = told["knowledgeversion"]
    assert (adopted["origin"], adopted["state"], adopted["sha256"]) == ("adopted", "approved", knowledge().sha256)
    assert (candidate["state"], candidate["based_on_sha256"]) == ("candidate", adopted["sha256"])
    with reading(file_url(told.made.file)) as session:
        kept = session.get(KnowledgeText, 2)
    assert kept is not None
    known = load_texts(kept.texts)
    assert (known.sha256, known.version) == (candidate["sha256"], candidate["knowledge_version"])
    changed = changes(knowledge().texts, known.texts)
    assert [change.path[-1] for change in changed if change.reasons] == ["present"]
    forget(file_url(told.made.file))
