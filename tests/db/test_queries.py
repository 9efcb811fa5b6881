"""Row reads: the worklist in its order, patients by the start of a name, one episode with everything."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db import queries, records
from db.queries.finding import KEYS, blind_walk, order_of, ordered_for, walk, ways
from db.queries.worklist import statements
from db.records import insert, note
from db.tables import Assessment, Decision, Draft, Episode, KnowledgeText, Outcome, Referral, ReferralMove, Site
from db.walls import by_hashes
from tests.cast import NOBODY_YET, Clinic, a_runner
from tests.db.rows import NINE_O_CLOCK, a_patient, an_episode, put
from tests.sessions import reading, transaction

TODAY = date(2026, 3, 10)


def read_through(session: Session, page: int, **which: object) -> list[tuple[int, int]]:
    """The whole worklist, read ``page`` rows at a time: (urgency, episode id) in the order shown."""
    place, rows = None, []
    while True:
        found = queries.worklist(session, None, after=place, limit=page, **which)  # type: ignore[arg-type]
        assert len(found.entries) <= page
        rows += [(entry.episode.urgency, entry.episode.id or 0) for entry in found.entries]
        if found.next is None:
            return rows
        place = found.next


@pytest.fixture
def waiting(clinic: Clinic) -> list[tuple[int, int]]:
    """Episodes of every urgency, several handed in at the same moment; in the order the worklist owes."""
    with transaction() as session:
        made = [
            an_episode(session, clinic, "north" if n % 3 else "south", urgency=n * 7 % 4, minutes=(n * 13 % 17) // 3)
            for n in range(24)
        ]
    owed = sorted(made, key=lambda episode: (-episode.urgency, episode.submitted_at, episode.id))
    return [(episode.urgency, episode.id or 0) for episode in owed]


@pytest.mark.parametrize("page", [1, 2, 5, 23, 24, 25])
def test_the_worklist_is_most_urgent_first_then_longest_waiting(waiting: list[tuple[int, int]], page: int):
    """However it is cut into pages, every episode is there once, in its place."""
    with reading() as session:
        assert read_through(session, page) == waiting


def test_someone_handed_in_between_two_pages_is_neither_lost_nor_repeats_others(
    waiting: list[tuple[int, int]], clinic: Clinic
):
    """A place in the worklist is a moment, not a number of rows."""
    with reading() as session:
        first = queries.worklist(session, None, limit=10)
    with transaction() as session:
        an_episode(session, clinic, urgency=3, minutes=-5)
    with reading() as session:
        second = queries.worklist(session, None, after=first.next, limit=100)
    seen = [(e.episode.urgency, e.episode.id) for page in (first, second) for e in page.entries]
    assert seen == waiting


def test_the_worklist_shows_only_the_sites_one_may_see(waiting: list[tuple[int, int]], clinic: Clinic):
    """North's worklist and south's are together the whole; nobody's sites show nothing."""
    north, south = (clinic.sites[code].id for code in ("north", "south"))
    with reading() as session:
        parts = [queries.worklist(session, [site]).entries for site in (north, south) if site]
        assert {e.site.id for e in parts[0]} == {north}
        assert sum(map(len, parts)) == len(waiting)
        assert queries.worklist(session, []).entries == ()


def test_the_worklist_can_be_one_clinicians_own(clinic: Clinic):
    """Amina's episodes, without Bruno's and without those nobody has taken."""
    with transaction() as session:
        for code in ("amina", "bruno"):
            an_episode(session, clinic, clinician_id=clinic.people[code].id)
        an_episode(session, clinic)
        mine = queries.worklist(session, None, clinician_id=clinic.people["amina"].id).entries
    assert [entry.clinician.name for entry in mine if entry.clinician] == ["Amina"]


def test_what_is_in_care_or_closed_is_not_waiting(clinic: Clinic):
    """Each state has its own list."""
    with transaction() as session:
        for state in ("awaiting-review", "in-care", "closed"):
            an_episode(session, clinic, state=state)
        shown = {
            state: [entry.episode.state for entry in queries.worklist(session, None, state=state).entries]
            for state in ("awaiting-review", "in-care", "closed")
        }
    assert shown == {state: [state] for state in shown}


def test_the_sizes_of_the_worklist_are_its_rows_counted(waiting: list[tuple[int, int]]):
    """By urgency, with a zero where nobody waits."""
    with reading() as session:
        expected = {urgency: sum(u == urgency for u, _ in waiting) for urgency in range(4)}
        assert queries.worklist_sizes(session, None) == expected
        assert queries.worklist_sizes(session, [], "closed") == {0: 0, 1: 0, 2: 0, 3: 0}


def plan(session: Session, statement: object) -> str:
    """How the database would answer, in its own words."""
    dialect = session.get_bind().dialect
    written = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    explain = "EXPLAIN QUERY PLAN " if dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(" ".join(map(str, row)) for row in session.connection().exec_driver_sql(explain + written))


def test_the_worklist_is_read_from_its_index_without_sorting(clinic: Clinic):
    """So its cost is that of the page, not that of all intakes ever stored."""
    place = queries.WorklistPlace(2, NINE_O_CLOCK, 7)
    wanted = [Episode.__table__.c.state == "awaiting-review"]  # type: ignore[attr-defined]
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            fill_with_episodes(session, clinic)
        plans = [plan(session, s.limit(25)) for after in (None, place) for s in statements(wanted, after)]
    assert len(plans) == 3
    for how in plans:
        assert "episode_worklist" in how, how
        assert "TEMP B-TREE" not in how, how
        assert "Sort" not in how.replace("Incremental Sort", ""), how


def fill_with_episodes(session: Session, clinic: Clinic) -> None:
    """PostgreSQL plans by what is there: many closed episodes, many waiting ones, and statistics of them."""
    runner = a_patient(session, clinic)
    session.execute(
        text(
            "INSERT INTO episode (version, created_at, updated_at, patient_id, site_id, opened_on, state, urgency, "
            "submitted_at) SELECT 1, now(), now(), :patient, :site, '2025-01-01', CASE WHEN n % 2 = 0 THEN "
            "'awaiting-review' ELSE 'closed' END, n / 2 % 4, now() - n * interval '1 hour' "
            "FROM generate_series(1, 20000) n"
        ),
        {"patient": runner.id, "site": runner.site_id},
    )
    session.execute(text("ANALYZE episode"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("son", ["Søndergård"]),
        ("SØND", ["Søndergård"]),
        ("ines son", ["Søndergård"]),
        ("sond ines", ["Søndergård"]),
        ("de la", ["de la Cruz"]),
        ("ines", ["Ångström", "de la Cruz", "Søndergård"]),
        ("angstrom", ["Ångström"]),
        ("TEST-77", ["Ångström"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE patient; --", []),
        ("", []),
        ("   ", []),
        ("ondergard", []),
        ("ines nobody", []),
    ],
)
def test_a_patient_is_found_by_the_start_of_a_name(clinic: Clinic, typed: str, found: list[str]):
    """Without capitals or accents, in either order; signs mean themselves."""
    with transaction() as session:
        a_patient(session, clinic, family_name="Søndergård")
        a_patient(session, clinic, family_name="Ångström", record_number="TEST-7777")
        a_patient(session, clinic, family_name="de la Cruz")
        names = [patient.family_name for patient in queries.patients_starting(session, typed, None)]
    assert names == found


def test_a_patient_of_another_site_is_not_found(clinic: Clinic):
    """Neither by name nor by id."""
    north, south = clinic.sites["north"].id, clinic.sites["south"].id
    assert north is not None
    assert south is not None
    with transaction() as session:
        runner = a_patient(session, clinic, "south", family_name="Elsewhere")
        assert runner.id is not None
        assert queries.patients_starting(session, "elsewhere", [north]) == ()
        assert queries.patient(session, runner.id, [north]) is None
        assert queries.patient(session, runner.id, [south]) == runner


def test_looking_for_a_patient_uses_an_index(clinic: Clinic):
    """Typing stays quick however many patients there are: along the names, or by the hashes where names are sealed."""
    sites = [site.id for site in clinic.sites.values() if site.id is not None]
    with transaction() as session:
        sealed = session.get_bind().dialect.name == "postgresql"
        ways_there = [words for typed in ("sond", "sond ines", "sond 7") for words in ways(typed)]
        every = [(kind, ordered_for(kind, words)) for words in ways_there for kind in KEYS]
        asked = [(kind, words) for kind, words in every if words and not (kind == "record" and len(words) > 1)]
        for kind, words in asked:
            asked_for = blind_walk(kind, words, sites) if sealed else walk(kind, words, sites).limit(9)
            how = by_hashes(plan)(session, asked_for)
            assert ("patientindex_by_terms" if sealed else f"patient_by_{order_of(kind, words)[0].key}") in how, how
            assert "TEMP B-TREE" not in how, how
        assert len(asked) == 13


def test_who_is_found_by_the_family_name_comes_first(clinic: Clinic):
    """Then who is found by the given name, each once, and never more than were asked for."""
    with transaction() as session:
        for given, family in (("Martha", "Zz"), ("Zoe", "Marten"), ("Mara", "Maron")):
            a_patient(session, clinic, given_name=given, family_name=family)
        found = [patient.family_name for patient in queries.patients_starting(session, "mar", None)]
        assert found == ["Maron", "Marten", "Zz"]
        assert [p.family_name for p in queries.patients_starting(session, "mar", None, limit=2)] == found[:2]


def test_whoever_may_be_registered_already_is_a_candidate(clinic: Clinic):
    """By the whole name, the day, a slip of the day with one name, the telephone or the number; at the sites seen."""
    born, north = date(1980, 2, 3), clinic.sites["north"].id
    assert north is not None
    sought = queries.Wanted("Bill", "Testova", born, "+1 (555) 010-0123", "TEST-9")
    alike = {
        "the name however written": {"given_name": "William", "family_name": "TESTÓVA"},
        "the names exchanged": {"given_name": "Testova", "family_name": "Bill"},
        "the day": {"family_name": "Otherova", "date_of_birth": born},
        "the day swapped, and the family name": {"family_name": "Testova", "date_of_birth": date(1980, 3, 2)},
        "one digit of the day, and the given name": {"given_name": "Bill", "date_of_birth": date(1981, 2, 3)},
        "the telephone": {"family_name": "Thirdova", "phone": "555 010 0123"},
        "the number": {"family_name": "Fourthova", "record_number": "test-9"},
    }
    with transaction() as session:
        wanted = {a_patient(session, clinic, **row).id: why for why, row in alike.items()}
        a_patient(session, clinic, given_name="Ines", family_name="Strangerova", date_of_birth=date(1981, 3, 2))
        a_patient(session, clinic, "south", given_name="Bill", family_name="Testova", date_of_birth=born)
        found = [row.id for row in queries.candidates_alike(session, sought, [north])]
        assert {wanted.get(each, "a stranger") for each in found} == set(alike)
        assert len(found) == len(alike)


def test_a_changed_name_is_looked_for_and_the_old_one_is_not(clinic: Clinic):
    """What a patient is found by follows the row."""
    with transaction() as session:
        patient = a_patient(session, clinic, given_name="Rosa", family_name="Formerova", phone="555 010 7777")
        records.change(
            session, NOBODY_YET, patient, patient.version, "test", family_name="Nowadays", phone="555 010 8888"
        )
        ids = [
            [row.id for row in queries.candidates_alike(session, queries.Wanted("Rosa", name), None)]
            for name in ("Formerova", "Nowadays")
        ]
        assert ids == [[], [patient.id]]
        assert queries.patients_called_by(session, "0107777", "", None, 9) == ()
        assert queries.patients_called_by(session, "0108888", "", None, 9) == (patient,)


def test_a_patient_who_changes_site_is_looked_for_there(clinic: Clinic):
    """By name, number, day, telephone and likeness, and no more where they were; also when only the site is changed."""
    born = date(1980, 2, 3)
    north, south = (clinic.sites[code].id or 0 for code in ("north", "south"))
    with transaction() as session:
        patient = a_patient(session, clinic, given_name="Rosa", family_name="Moverova", date_of_birth=born)
        records.change(session, NOBODY_YET, patient, patient.version, "test", phone="555 010 7777")

        def where_found() -> set[tuple[int, ...]]:
            sought = queries.Wanted("Rosa", "Moverova", born)
            ways_there: list[Any] = [
                lambda sites: queries.patients_starting(session, "mover", sites),
                lambda sites: queries.patients_starting(session, patient.record_number, sites),
                lambda sites: queries.patients_born(session, [born], "rosa", sites, 9),
                lambda sites: queries.patients_called_by(session, "7777", "", sites, 9),
                lambda sites: queries.candidates_alike(session, sought, sites),
            ]
            return {tuple(len(find([site])) for site in (north, south)) for find in ways_there}

        assert where_found() == {(1, 0)}
        session.execute(text("UPDATE patient SET site_id = :south WHERE id = :id"), {"south": south, "id": patient.id})
        session.expire_all()
        assert where_found() == {(0, 1)}
        records.change(session, NOBODY_YET, patient, patient.version, "test", given_name="Rosalia")
        assert where_found() == {(0, 1)}


@pytest.fixture
def whole_episode(clinic: Clinic) -> int:
    """An episode with an examination, a decision, a referral that moved, and outcomes; its id."""
    with transaction() as session:
        episode = an_episode(session, clinic, urgency=1)
        noor, amina = clinic.people["noor"].id, clinic.people["amina"].id
        put(session, KnowledgeText(sha256="cd" * 32, knowledge_version="7", texts={"items.toml": "…"}))
        intake = queries.episode(session, episode.id or 0, None)
        assert intake is not None
        said = [
            put(
                session,
                Assessment(
                    intake_id=intake.intake.id,
                    episode_id=episode.id,
                    made_by=noor,
                    knowledge_version="7",
                    knowledge_sha256="cd" * 32,
                    basis=basis,
                ),
            )
            for basis in ("intake", "exam")
        ]
        put(session, Decision(episode_id=episode.id, assessment_id=said[1].id, verdict="accepted", signed_by=amina))
        whose = {"episode_id": episode.id, "patient_id": episode.patient_id}
        referral = Referral(**whose, site_id=episode.site_id, kind="imaging", created_by=amina, month="2026-03")
        put(session, referral)
        for before, after in (("draft", "sent"), ("sent", "received")):
            put(session, ReferralMove(referral_id=referral.id, from_state=before, to_state=after, by=amina))
        for weeks in (6, 0, 2):
            taken = {"taken_on": date(2026, 3, 2) + timedelta(weeks=weeks), "weeks_since_intake": weeks}
            put(session, Outcome(**whose, **taken, instrument="nprs_back", value=8.0 - weeks, entered_by=noor))
        an_episode(session, clinic)
    assert episode.id is not None
    return episode.id


def test_an_episode_is_read_with_everything_oldest_first(whole_episode: int):
    """Its own rows, all of them, and none of another episode's."""
    with reading() as session:
        found = queries.episode(session, whole_episode, None)
    assert found is not None
    assert [a.basis for a in found.assessments] == ["intake", "exam"]
    assert [d.verdict for d in found.decisions] == ["accepted"]
    assert [m.to_state for m in found.moves] == ["sent", "received"]
    assert [o.weeks_since_intake for o in found.outcomes] == [0, 2, 6]
    assert found.intake.episode_id == found.episode.id == whole_episode
    assert (found.patient.family_name, found.site.name, found.clinician) == ("Testova", "North Harbor", None)


def test_an_episode_of_another_site_or_none_at_all_looks_the_same(whole_episode: int, clinic: Clinic):
    """Nobody learns from the answer that a patient exists elsewhere."""
    with reading() as session:
        south = clinic.sites["south"].id
        assert south is not None
        assert queries.episode(session, whole_episode, [south]) is None
        assert queries.episode(session, 987654, None) is None


def test_the_knowledge_of_an_old_assessment_is_found_by_its_hash(whole_episode: int):
    """And a hash nobody stored finds nothing."""
    with reading() as session:
        kept = queries.knowledge_text(session, "cd" * 32)
        assert kept is not None
        assert kept.texts == {"items.toml": "…"}
        assert queries.knowledge_text(session, "ef" * 32) is None


def test_a_patients_history_is_newest_first(clinic: Clinic):
    """The episode the desk looks for is the last one."""
    with transaction() as session:
        runner = a_patient(session, clinic)
        made = [an_episode(session, clinic, minutes=m, patient=runner).id for m in (10, 30, 20)]
        an_episode(session, clinic)
        assert runner.id is not None
        assert [e.id for e in queries.history(session, runner.id)] == [made[1], made[2], made[0]]


def test_open_drafts_are_listed_with_the_last_touched_first(clinic: Clinic):
    """Submitted ones are not; drafts of another site's patient are not."""
    noor = clinic.people["noor"].id
    with transaction() as session:
        for n, (site, state) in enumerate(
            [("north", "open"), ("north", "submitted"), ("south", "open"), ("north", "open")]
        ):
            runner = a_patient(session, clinic, site)
            at = NINE_O_CLOCK + timedelta(minutes=n)
            put(session, Draft(id=f"draft-{n}", patient_id=runner.id, owner_id=noor, state=state, updated_at=at))
        north = clinic.sites["north"].id
        assert north is not None
        assert [e.draft.id for e in queries.open_drafts(session, [north])] == ["draft-3", "draft-0"]
        assert queries.draft(session, "draft-2", [north]) is None
        found = queries.draft(session, "draft-2", None)
        assert found is not None
        assert (found.owner.name, found.draft.state) == ("Noor", "open")
        assert queries.open_draft_of(session, found.patient.id or 0) == found.draft


def test_open_referrals_are_listed_with_the_most_overdue_first(clinic: Clinic):
    """Those without a day come last; what is completed is not open and never overdue."""
    days = {"late": -3, "later": -9, "today": 0, "soon": 5, "whenever": None, "done": -20}
    with transaction() as session:
        episode = an_episode(session, clinic)
        for reason, days_ahead in days.items():
            due = None if days_ahead is None else TODAY + timedelta(days=days_ahead)
            whose = {"episode_id": episode.id, "patient_id": episode.patient_id, "site_id": episode.site_id}
            state = "completed" if reason == "done" else "sent"
            made = {"kind": "imaging", "created_by": clinic.people["amina"].id, "month": "2026-03"}
            put(session, Referral(**whose, **made, state=state, reason=reason, due_on=due))
        listed = queries.referrals(session, None, TODAY)
        assert [(r.referral.reason, r.overdue) for r in listed] == [
            ("later", True),
            ("late", True),
            ("today", False),
            ("soon", False),
            ("whenever", False),
        ]
        done = queries.referrals(session, None, TODAY, states=["completed"])
        assert [(r.referral.reason, r.overdue) for r in done] == [("done", False)]
        assert queries.referrals(session, None, TODAY, kind="spine_specialist") == ()
        assert queries.referrals(session, [], TODAY) == ()


def test_reviews_are_due_from_their_day_on(clinic: Clinic):
    """Yesterday's first, then today's; tomorrow's not yet; a closed episode never."""
    with transaction() as session:
        for days, state in ((0, "in-care"), (-1, "in-care"), (1, "in-care"), (-2, "closed"), (None, "in-care")):
            due = None if days is None else TODAY + timedelta(days=days)
            an_episode(session, clinic, state=state, review_due_on=due)
        due_now = [entry.episode.review_due_on for entry in queries.reviews_due(session, None, TODAY)]
    assert due_now == [TODAY - timedelta(days=1), TODAY]


def test_only_people_who_work_here_may_sign_in(clinic: Clinic):
    """Mallory is known, but not offered."""
    with reading() as session:
        assert [p.name for p in queries.people(session)] == ["Amina", "Bruno", "Chidi", "Dana", "Noor"]
        assert "Mallory" in [p.name for p in queries.everyone(session)]
        mallory = queries.person_by_code(session, "mallory")
        assert mallory is not None
        assert not mallory.active
        assert queries.person_by_code(session, "nobody") is None


def test_the_audit_trail_is_read_newest_first_a_page_at_a_time(clinic: Clinic):
    """Two pages show what one long page shows."""
    with reading() as session:
        whole = queries.audit_events(session, limit=1000)
        first = queries.audit_events(session, limit=3)
        second = queries.audit_events(session, before_id=first[-1].id, limit=1000)
    assert first + second == whole
    assert [e.id for e in whole] == sorted((e.id for e in whole), key=lambda number: -(number or 0))


def test_the_audit_trail_can_be_narrowed_to_a_person_a_deed_and_days(clinic: Clinic):
    """Each narrows by itself and with the others; the end is not included."""
    with transaction() as session:
        for name, deed in (("noor", "patient:register"), ("noor", "draft:open"), ("amina", "review:sign")):
            note(session, clinic.doer(name), deed, "test")
    with reading() as session:
        everything = queries.audit_events(session, limit=1000)
        noor = clinic.people["noor"].id
        assert [e.deed for e in queries.audit_events(session, person_id=noor)] == ["draft:open", "patient:register"]
        assert [e.person_name for e in queries.audit_events(session, deed="review:sign")] == ["Amina"]
        assert queries.audit_events(session, person_id=noor, deed="review:sign") == ()
        moment = everything[1].at
        since = queries.audit_events(session, since=moment, limit=1000)
        until = queries.audit_events(session, until=moment, limit=1000)
        assert since + until == everything
        assert everything[1] in since


def test_the_deeds_that_occur_are_each_listed_once(clinic: Clinic):
    """In order, whatever was done how often."""
    with transaction() as session:
        for deed in ("b:two", "a:one", "b:two"):
            note(session, clinic.doer("noor"), deed, "test")
    with reading() as session:
        assert queries.audit_deeds(session) == ("a:one", "b:two", "person:add", "site:add")


def test_the_story_of_one_record_can_be_told(clinic: Clinic):
    """Everything done to one record, oldest first; the last one says who touched it last."""
    with transaction() as session:
        site = insert(session, clinic.doer("dana"), Site(code="east", name="Eastend"), "site:add")
        insert(session, clinic.doer("noor"), a_runner(site, 99), "patient:register")
    with reading() as session:
        assert [e.deed for e in queries.audit_events_of(session, "site", site.id)] == ["site:add"]
        last = queries.last_change(session, "site", site.id)
        assert last is not None
        assert last.person_name == "Dana"
        assert queries.last_change(session, "site", 4711) is None


def test_the_sites_are_listed_by_name(clinic: Clinic):
    """Both of them."""
    with reading() as session:
        assert [site.name for site in queries.sites(session)] == ["North Harbor", "Southgate"]
