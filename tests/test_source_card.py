"""The source card: counted from the files, honest about what nobody checked, and following the law point by point."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import pytest

from dashboard import source_card
from dashboard.citing import short
from dashboard.clinical.knowledge import Knowledge, load, load_texts
from dashboard.printing import printed
from tests.clinical.conftest import SMALL
from tests.printed import squeezed, words

KNOWN = load()
SMALL_KNOWN = load(SMALL)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def day(when: date) -> str:
    """A date as this test's clinic writes it."""
    return when.isoformat()


def part(title: str, known: Knowledge = KNOWN) -> dict[str, str]:
    """One part of the card: term → what is said and below it."""
    found = next(each for each in source_card.parts(known, day) if each.title.startswith(title))
    return {line.term: f"{line.said} {line.below}" for line in found.lines}


def changed(path: str, old: str, new: str) -> Knowledge:
    """The same knowledge with one thing changed in one file."""
    assert old in KNOWN.texts[path]
    return load_texts({**KNOWN.texts, path: KNOWN.texts[path].replace(old, new, 1)})


def test_it_says_which_knowledge_it_is_by_whom_and_that_nobody_has_reviewed_it():
    """Version, whole hash, authors, and the missing reviewer."""
    told = part("Which knowledge")
    assert told["Version"].startswith(f"{KNOWN.version}, in force since {KNOWN.effective.isoformat()}")
    assert KNOWN.sha256 in told["Hash (SHA-256)"]
    assert all(author in told["Authors"] for author in KNOWN.authors)
    assert ("no clinician" in told["Reviewers"]) == (not KNOWN.reviewers)
    reviewed = (
        changed("manifest.toml", "reviewers = []", 'reviewers = ["Dr Testova"]') if not KNOWN.reviewers else KNOWN
    )
    assert "Dr Testova" in part("Which knowledge", reviewed)["Reviewers"] or KNOWN.reviewers


def test_a_statement_whose_status_changes_moves_the_counts_by_one():
    """The counts are of the files, not of anybody's memory."""
    before = source_card.statuses(KNOWN)
    after = source_card.statuses(changed("load.toml", 'status = "source-seen"', 'status = "to-check"'))
    assert after["source-seen"] == before["source-seen"] - 1
    assert after["to-check"] == before["to-check"] + 1
    assert sum(after.values()) == sum(before.values())


def test_every_status_written_in_a_file_is_counted():
    """None of the files is left out; statuses left to their default come on top."""

    def written(table: object) -> int:
        if isinstance(table, dict):
            own = sum(key in ("status", "prior_status") for key in table)
            return own + sum(map(written, table.values()))
        return sum(map(written, table)) if isinstance(table, list) else 0

    files = {path: text for path, text in KNOWN.texts.items() if not path.startswith("references")}
    assert sum(source_card.statuses(KNOWN).values()) >= sum(written(tomllib.loads(text)) for text in files.values())


def test_the_evidence_is_told_by_status_grade_and_trials_with_the_negative_ones():
    """Each number with what it is out of."""
    told = part("How good the evidence is")
    counted = source_card.statuses(KNOWN)
    assert f"{counted['to-check']} of {sum(counted.values())}" in told["To check"]
    negative = sum(t.direction == "negative" for o in KNOWN.options for t in o.trials)
    assert negative > 5
    assert f"{negative} of them negative" in told["Trials of orthobiologics"]
    grades = source_card.grades(KNOWN)
    assert all(f"{letter} (" in told["Grades of care and advice"] for letter in "ABCDX")
    assert grades["X"] > 0


def test_every_ratio_that_scores_is_listed_with_its_source():
    """As many as the reasoning applies, none without a source."""
    listed = source_card.scored(KNOWN)
    scoring = [each for c in KNOWN.conditions.values() for each in c.evidence if each.use == "score"]
    assert [(n.present, n.absent, n.cite) for n in listed] == [(e.present, e.absent, e.cite) for e in scoring]
    assert all(number.cite for number in listed)


def test_the_thirteen_source_attributes_are_answered_in_their_order():
    """Those certified health IT must show for evidence-based decision support."""
    titles = list(part("Source attributes"))
    assert [title.partition(".")[0] for title in titles] == [str(n) for n in range(1, 14)]
    for number, word in (
        (1, "citation"),
        (2, "Developer"),
        (3, "Funding"),
        (4, "Release"),
        (5, "race"),
        (13, "health"),
    ):
        assert word in titles[number - 1]


@pytest.mark.parametrize("word", ["ethnic", "gender", "orientation", "ancestry", "skin colo", "income", "insurance"])
def test_what_the_card_says_is_not_asked_is_not_asked(word: str):
    """No question, no answer and no rule speaks of it."""
    said = [f"{item.id} {item.wording} {' '.join(o.label for o in item.options)}" for item in KNOWN.items.values()]
    said += [f"{flag.title} {clause.when}" for flag in KNOWN.red_flags for clause in flag.clauses]
    assert not [each for each in said if word in each.lower()]


def test_the_four_criteria_are_answered_one_by_one_and_the_doubts_are_said():
    """The third is in doubt because of emergency flags and the desk, the fourth depends on the user."""
    first, second, third, fourth = part("The four criteria").values()
    assert first.startswith("Met.")
    assert second.startswith("Met.")
    assert third.startswith("In doubt")
    assert "time-critical" in third
    assert "depends on the user" in fourth
    assert "automation bias" in fourth
    assert all("The law asks:" in told for told in (first, second, third, fourth))


def test_every_answer_on_law_is_still_to_be_checked_by_a_lawyer():
    """Nobody here read the statute for the clinic."""
    assert {each.status for each in KNOWN.card.device} == {"to-check"}


def test_it_claims_no_accuracy():
    """Not validated here, and said in that many words."""
    assert "Not validated in this clinic" in " ".join(part("Validation").values())
    assert "has not been measured" in " ".join(part("Fairness").values())


def test_the_printed_card_says_all_of_it():
    """Every line of every part, and every scored number's source."""
    made = squeezed(words(printed("source_card", source_card.sheet(KNOWN, day), NOW)))
    for each in source_card.parts(KNOWN, day):
        assert squeezed(each.title) in made
        for line in each.lines:
            start = squeezed(line.said)[:60]
            assert start in made, line.term
    assert all(squeezed(short(KNOWN.references[n.cite[0]]))[:12] in made for n in source_card.scored(KNOWN))


def test_a_knowledge_without_a_card_file_prints_what_can_be_counted():
    """An older version still has its counts, and nothing is said in its name."""
    titles = [each.title for each in source_card.parts(SMALL_KNOWN, day)]
    assert "How good the evidence is" in titles
    assert not any(title.startswith(("The four", "Source attributes", "Fairness")) for title in titles)
    assert printed("source_card", source_card.sheet(SMALL_KNOWN, day), NOW).startswith(b"%PDF-")
