"""What nobody should type, typed in a real browser: said at its field, never run, and the page goes on."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from dashboard import casework
from dashboard.casework.views import DraftView
from tests.e2e.person import Person
from tests.e2e.test_first_day import set_up
from tests.e2e.test_hostile import Watched, _would_have_been_seen, shown, squeezed, watched
from tests.running import Server

__all__ = ["watched"]
NUMBERS = {
    "nprs_back_now": ("77", "0 to 10"),
    "nprs_worst": ("-3", "0 to 10"),
    "nprs_leg": ("1e3", "0 to 10"),
    "pain_duration_days": ("999999", "out of range"),
}
"""Question → what is typed into its number field, and what stands beside it then."""
PROBES = (
    "<script>window.hit=1</script>Xq7",
    '<img src=x onerror="window.hit=2">Xq8',
    '=HYPERLINK("http://evil.invalid/Xq9";"x")',
    "[Xq10](javascript:window.hit=4) :material/delete: {{7*7}}",
    "'; DROP TABLE patient; -- Xq11",
)


def a_draft(server: Server) -> str:
    """The intake of an invented runner with one odd answer."""
    with server.at_home():
        noor = casework.actor_for("noor")
        new = casework.NewPatient("Bad", "Invented", date(1990, 5, 17), "female", casework.sites(noor)[0].id)
        draft = casework.open_draft(noor, casework.register_patient(noor, new).id).id
        for item, answer in {"nprs_back_now": 8, "nprs_worst": 3, "runner": "yes"}.items():
            casework.save_answer(noor, draft, item, answer)
        return draft


def kept(server: Server, draft: str) -> DraftView:
    """The draft as the server has it."""
    with server.at_home():
        return casework.read_draft(casework.actor_for("noor"), draft)


def test_a_desk_typing_nonsense_is_told_so_and_nothing_runs(server: Server, watched: Watched):
    """Numbers that are none, markup, formulas, SQL and a pasted megabyte through fields of every kind."""
    person = Person(watched.page, server)
    set_up(person)
    draft = a_draft(server)
    person.sign_in("Noor")
    search = person.page.get_by_role("textbox").first
    for probe in PROBES:
        search.fill(probe)
    search.press("Enter")
    person.settle()
    person.visit(f"/intake?draft={draft}")
    person.press("rail-pain")
    note = person.place("doubt-worst_below_now").locator("input").first
    note.fill(" ".join(PROBES))
    note.press("Enter")
    person.settle()
    for item, (typed, says) in NUMBERS.items():
        person.type_number(item, typed)
        expect(person.place(f"refused-{item}")).to_contain_text(says)
    person.press("rail-running")
    pace = person.item("pace_min_per_km").locator("input").first
    pace.fill(PROBES[0])
    pace.press("Tab")
    person.settle()
    expect(person.place("refused-pace_min_per_km")).to_contain_text("type it like 8:30")
    expect(person.item("pace_min_per_km").locator("input").first).to_have_value(PROBES[0])
    person.press("rail-goals")
    goal = person.item("goal_text").locator("textarea")
    goal.fill("Xq7 " * 250_000)
    goal.press("Tab")
    person.settle()
    expect(person.place("refused-goal_text")).to_contain_text("Keep it to 4,000 at most")
    goal.fill(" ".join(PROBES))
    goal.press("Tab")
    person.settle()
    expect(person.page.locator(".st-key-refused-goal_text")).to_have_count(0)
    person.press("rail-review")
    person.sees_no_failure()
    words = shown(person.page)
    assert [probe for probe in PROBES if squeezed(probe) not in words] == []
    now = kept(server, draft)
    assert now.answers["goal_text"] == " ".join(PROBES)
    assert now.notes["worst_below_now"][-1]["text"] == " ".join(PROBES)
    refused = {*NUMBERS, "pace_min_per_km"}
    assert refused & now.answers.keys() == set(), "the 8 and the 3 of before are not what the screen shows"
    assert refused <= now.unfinished.keys()
    assert now.unfinished["pace_min_per_km"] == PROBES[0]
    assert watched.hits() == []
    assert watched.away() == []
    assert "Xq" not in server.log.read_text(encoding="utf-8", errors="replace")
    _would_have_been_seen(watched)
