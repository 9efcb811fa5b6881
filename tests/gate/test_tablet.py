"""The tablet in a patient's hands: its own questions are open and nothing else, by whatever address or socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import select

from dashboard import accounts, casework, patient_words
from dashboard.accounts import clock
from dashboard.casework import handing_over, tablet
from dashboard.casework.views import NewPatient
from dashboard.gate import routes
from dashboard.gate.sockets import Socket, Sockets
from dashboard.gate.wall import Wall
from dashboard.in_force import knowledge
from dashboard.ui.rooms import ROOMS
from db.tables import AuditEvent
from tests.gate.asking import HERE, ORIGIN, Answer, Inside, ask, opens
from tests.gate.strangers import STREAMLITS
from tests.gate.test_doors import OWN, PAGE, as_person, sent
from tests.gate.test_sockets import Browser
from tests.sessions import reading
from tests.signing import signed_in

PIN = "4827"
NAME, TYPED = "Secretova", "typed by the desk, nobody else's business"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
JSON = (("Accept", "application/json"), *OWN[1:])
ROUTES = (
    *routes.WELL_ROUTES, *routes.ASSET_ROUTES, *routes.OPEN_ROUTES, *routes.BEHIND_ROUTES, *routes.TABLET_ROUTES,
)  # fmt: skip
SAME_FOR_EVERYBODY = routes.WELL | routes.ASSETS
"""Answered before anybody is asked who they are: whether the server is well, and files without anything of anybody."""


@dataclass
class Handed:
    """Noor's browser with the tablet handed over, and the intake it is for."""

    wall: Wall
    cookie: tuple[str, str]
    sign_in: str
    draft: str

    def page(self, at: str = "") -> str:
        """What the tablet shows."""
        answer = ask(self.wall, f"/tablet?at={at}" if at else "/tablet", headers=(PAGE, self.cookie))
        assert answer.status == 200, answer.status
        return answer.text

    def post(self, path: str, fields: Mapping[str, object], json: bool = False) -> Answer:
        """A form of the tablet's own pages."""
        return sent(self.wall, path, fields, (*(JSON if json else OWN), self.cookie))

    def give(self, item: str, json: bool = True, go: str = "", **given: object) -> Answer:
        """One question answered; the fields by what follows the question's name."""
        fields = {f"a.{item}{name and '.'}{name}" if name else f"a.{item}": value for name, value in given.items()}
        fields = {name.replace(".value", ""): value for name, value in fields.items()}
        return self.post("/tablet/answer", {"at": item, f"q.{item}": "1", **fields, **({"go": go} if go else {})}, json)

    def took_back(self, pin: str = PIN) -> Answer:
        """The PIN, typed."""
        return self.post("/tablet/return", {"pin": pin, "then": "desk"})

    @property
    def actor(self) -> object:
        """Who acts under the sign-in."""
        return accounts.actor(self.sign_in)

    def seen(self) -> handing_over.HandoverView:
        """What another desk sees of it."""
        (view,) = handing_over.handovers_of(casework.actor_for("amina"), self.draft)
        return view


@pytest.fixture
def handed(staffed: Path, wall: Wall) -> Handed:
    """Handed over in English for pain, private questions and goals, of an intake the desk has typed into."""
    begun = signed_in("noor")
    amina = casework.actor_for("amina")
    site = min(accounts.actor(begun.sign_in).site_ids)  # type: ignore[union-attr]
    runner = casework.register_patient(amina, NewPatient("Ines", NAME, date(1990, 5, 17), "female", site))
    draft = casework.open_draft(amina, runner.id).id
    casework.save_answer(amina, draft, "goal_text", TYPED)
    casework.save_answer(amina, draft, "prior_episodes", "three_or_more")
    made = Handed(wall, as_person(begun.token), begun.sign_in, draft)
    sections = {f"section.{each}": "on" for each in ("pain", "red_flags", "goals", "footwear", "running")}
    fields = {"draft": draft, "section": "pain", **sections, "language": "en", "pin": PIN, "again": PIN}
    answer = sent(wall, "/hand-over", fields, (*OWN, made.cookie))
    assert (answer.status, answer.headers["location"]) == (303, "/tablet"), answer.text
    return made


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    """Let time pass for the tablet and the sign-in alike."""
    moment = datetime.now(UTC) + timedelta(**passed)
    monkeypatch.setattr(clock, "now", lambda: moment)


def trail(deed: str) -> list[AuditEvent]:
    """What the trail says of one deed."""
    with reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.deed == deed)))


def filled(path: str) -> str:
    """An address of a route, with something in the places of its parameters."""
    return re.sub(r"\{[^}]*\}", "x", path)


def test_every_route_of_the_gate_is_shut_but_the_tablets_own(handed: Handed):
    """Made from the route tables: a route somebody adds is tried here without anyone remembering it."""
    shut = [route for route in ROUTES if route.path not in SAME_FOR_EVERYBODY | routes.TABLET]
    assert len(shut) > 20
    for route in shut:
        for method in sorted(route.methods or {"GET"}):
            path, ours = filled(route.path), (handed.cookie, ("Origin", ORIGIN), OWN[2])
            shown = ask(handed.wall, path, method, (PAGE, *ours))
            told = ask(handed.wall, path, method, (("Accept", "*/*"), *ours))
            to_a_person = (303, "/tablet") if method in ("GET", "HEAD") else (423, None)
            assert (shown.status, shown.headers.get("location")) == to_a_person, route
            assert (told.status, told.text) == (423, '{"error":"the tablet is handed over"}'), route
    assert handed.actor is None


def test_nothing_behind_the_gate_is_reached(handed: Handed, inside: Inside):
    """No room of the house, no page or download of Streamlit's: neither for a person nor for a program."""
    rooms = [f"/{room.slug}?draft={handed.draft}" for room in ROOMS]
    for path in (*STREAMLITS, *rooms, "/media/0123.pdf", "/admin?x=1", "/%69ntake", "//intake", "/tablet/"):
        for accept in ("text/html", "*/*"):
            answer = ask(handed.wall, path, headers=(("Accept", accept), handed.cookie))
            assert answer.status in (303, 423), path
            assert NAME not in answer.text
    assert inside.reached == []


def test_no_socket_opens_and_those_open_are_cut_at_once(staffed: Path, inside: Inside):
    """Streamlit's socket is refused while a patient holds the tablet, and the one that was open is gone."""
    sockets = Sockets(lambda asked: accounts.alive(asked))
    wall, begun = Wall(inside, sockets), signed_in("noor")
    headers = (("Host", HERE), ("Origin", ORIGIN), as_person(begun.token))
    assert opens(wall, routes.STREAM, headers)
    held = hand_over(begun.sign_in)

    async def scene() -> None:
        browser = Browser()
        socket = Socket(browser.receive, browser.send, lambda message: None)
        with sockets.opened(begun.sign_in, socket):
            await sockets.look()
            assert (await asyncio.wait_for(socket.receive(), 5))["type"] == "websocket.disconnect"

    asyncio.run(scene())
    assert not opens(wall, routes.STREAM, headers)
    assert tablet.give_back(begun.sign_in, PIN) == held.draft_id
    assert opens(wall, routes.STREAM, headers)


def hand_over(sign_in: str, *sections: str) -> handing_over.HandoverView:
    """The tablet of this sign-in handed over, without the page that asks for it."""
    actor = accounts.actor(sign_in)
    assert actor is not None
    told = NewPatient("Ines", NAME, date(1990, 5, 17), "female", min(actor.site_ids))
    draft = casework.open_draft(actor, casework.register_patient(actor, told).id)
    return handing_over.begin_hand_over(actor, draft.id, sections or ("pain",), "en", PIN)


def test_handing_over_cuts_the_sockets_without_waiting(handed: Handed, monkeypatch: pytest.MonkeyPatch):
    """The form itself cuts them: nobody waits for the next look at which sign-ins last."""
    from dashboard.gate import handing_over as form

    cut: list[str] = []
    monkeypatch.setattr(form.LIVE, "end", cut.append)
    assert handed.took_back().status == 303
    fields = {"draft": handed.draft, "section": "pain", "section.pain": "on", "language": "es"}
    assert handed.post("/hand-over", fields | {"pin": PIN, "again": PIN}).headers["location"] == "/tablet"
    assert cut == [handed.sign_in]


def test_no_deed_is_done_under_a_sign_in_that_is_handed_over(staffed: Path):
    """Not even by an actor somebody still holds from before: each deed asks the sign-in again."""
    begun = signed_in("noor")
    before = accounts.actor(begun.sign_in)
    assert before is not None
    held = hand_over(begun.sign_in)
    assert accounts.actor(begun.sign_in) is None
    for deed in (
        lambda: casework.read_draft(before, held.draft_id),
        lambda: casework.open_drafts(before),
        lambda: casework.save_answer(before, held.draft_id, "nprs_worst", 3),
        lambda: handing_over.accept_patient_answers(before, held.id),
        lambda: handing_over.take_back(before, held.id),
    ):
        with pytest.raises(casework.Forbidden):
            deed()
    assert not accounts.act_as(begun.sign_in, "clinician")
    assert not accounts.confirm(begun.sign_in, "whatever")


def test_nothing_of_anybody_is_on_any_page(handed: Handed):
    """No name, no record number, nothing that the desk typed: on no screen, nor in what is told to the script."""
    asked = [item for screen in tablet.showing(handed.sign_in).screens for item in screen]
    assert len(asked) > 20
    for at in ("", "done", "pin", "goal_text", "prior_episodes", *(item.id for item in asked)):
        page = handed.page(at)
        assert not re.search(rf"{NAME}|Ines|{TYPED}|{handed.draft}|{handed.sign_in}|BS-|three_or_more", page), at
        assert "Noor" not in page
    state = ask(handed.wall, "/tablet/state", headers=(("Accept", "*/*"), handed.cookie))
    assert set(json.loads(state.text)) == {"state", "idle"}


def test_what_the_desk_answered_is_not_asked_again(handed: Handed):
    """And is shown nowhere; asked for again it would be, without the answer."""
    shown = {item.id for screen in tablet.showing(handed.sign_in).screens for item in screen}
    assert "prior_episodes" not in shown
    assert "goal_text" not in shown
    assert "prior_episodes" not in handed.page("prior_episodes")


def test_every_answer_of_the_tablet_is_kept_by_nobody(handed: Handed):
    """No cache keeps a page, no other site frames it, and what may run in it is our own."""
    for path in ("/tablet", "/tablet?at=onset_type", "/tablet/state"):
        headers = ask(handed.wall, path, headers=(PAGE, handed.cookie)).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self'" in headers["content-security-policy"]
    assert not re.search(r"<script(?! src=)|\son\w+=|javascript:", handed.page("onset_type"))


ANSWERS: Mapping[str, tuple[dict[str, object], object]] = {
    "pain_duration_days": ({"value": "3", "unit": "weeks"}, 21),
    "onset_type": ({"value": "gradual"}, "gradual"),
    "nprs_leg": ({"value": "4"}, 4),
    "pain_sites": ({"side_low_back": "left", "midline_low_back": "here", "groin": ""},
                   ["midline_low_back", "side_low_back:left"]),
    "aggravating": ({"sitting": "on", "running": "on"}, ["sitting", "running"]),
    "cough_sneeze_worse": ({"value": "unknown"}, "unknown"),
    "runner": ({"value": "yes"}, "yes"),
    "psfs": ({"0.words": "run 5 km", "0.rating": "3", "1.words": "", "1.rating": "4"}, [["run 5 km", 3]]),
    "fear_movement": ({"value": "7"}, 7),
}  # fmt: skip


@pytest.mark.parametrize("by_script", [True, False], ids=["by the script", "by the form"])
def test_every_kind_of_answer_is_kept_as_it_is_given(handed: Handed, by_script: bool):
    """The script's one question and the plain form's whole screen leave the same answer, shown again after a reload."""
    for item, (fields, _) in ANSWERS.items():
        answer = handed.give(item, by_script, **fields)
        assert answer.status == (200 if by_script else 303), answer.text
        if by_script:
            assert json.loads(answer.text)["refused"] == {}
    view = handed.seen()
    assert {each.item: each.answer for each in view.waiting} == {item: wanted for item, (_, wanted) in ANSWERS.items()}
    assert 'value="3"' in handed.page("pain_duration_days")
    assert re.search(r'value="gradual" checked', handed.page("onset_type"))
    assert re.search(r'a.pain_sites.side_low_back" value="left" checked', handed.page("pain_sites"))


def test_what_an_answer_brings_up_is_asked_next_and_what_it_hides_is_not(handed: Handed):
    """The server decides, from the patient's answers and the desk's together."""
    assert 'data-item="leg_worse_than_back"' not in handed.page("leg_worse_than_back")
    answer = handed.give("nprs_leg", json=False, go="next", value="4")
    assert answer.headers["location"] == "/tablet?at=leg_worse_than_back"
    assert 'data-item="pain_below_knee"' in handed.page("pain_below_knee")
    handed.give("nprs_leg", value="0")
    assert 'data-item="leg_worse_than_back"' not in handed.page("leg_worse_than_back")


def test_shares_are_kept_as_a_whole_and_said_when_they_are_not_one(handed: Handed):
    """Parts of 100 that are not 100 are no answer; what to do is said in the patient's language."""
    handed.give("runner", value="yes")
    told = json.loads(handed.give("surface_mix", asphalt="70", trail="20").text)
    assert told["refused"] == {"surface_mix": "The parts must add up to 100. Now they are 90."}
    handed.give("surface_mix", asphalt="70", trail="30")
    assert {each.item: each.answer for each in handed.seen().waiting}["surface_mix"] == {"asphalt": 70, "trail": 30}
    assert 'name="a.surface_mix.trail" value="30"' in handed.page("surface_mix")


@pytest.mark.parametrize(
    ("typed", "unit", "says"),
    [
        ("a while", "weeks", "Please write a number, such as 12."),
        ("-3", "weeks", "Please write a number from 0 to 5214.3."),
        ("99999999", "days", "Please write a number from 0 to 36500."),
        ("1e9", "days", "Please write a number from 0 to 36500."),
    ],
)
def test_a_number_that_is_none_is_said_in_plain_words_and_kept_as_it_was_typed(
    handed: Handed, typed: str, unit: str, says: str
):
    """The desk sees what was typed and can ask; it never counts as an answer, and is never taken over as one."""
    told = json.loads(handed.give("pain_duration_days", value=typed, unit=unit).text)
    assert told["refused"] == {"pain_duration_days": says}
    (each,) = handed.seen().waiting
    assert (each.answer, each.typed, each.agrees) == (None, typed, False)
    form = handed.give("pain_duration_days", json=False, go="next", value=typed, unit=unit)
    assert form.status == 200
    assert says in unescape(form.text)


def test_leaving_out_is_an_answer_and_not_answering_is_none(handed: Handed):
    """ "I don't know, or would rather not say" is unknown; what was not touched is not there."""
    handed.give("rf_sexual_dysfunction", value="unknown")
    handed.give("onset_type", value="declined")
    handed.give("nprs_worst", value="declined")
    handed.give("easing", declined="on")
    handed.give("aggravating")
    told = {each.item: (each.answer, each.declined) for each in handed.seen().waiting}
    assert told == {
        "rf_sexual_dysfunction": ("unknown", False),
        "onset_type": (None, True),
        "nprs_worst": (None, True),
        "easing": (None, True),
    }
    handed.give("onset_type", value="gradual")
    assert {each.item: each.declined for each in handed.seen().waiting}["onset_type"] is False


def test_hostile_words_are_words(handed: Handed):
    """In the patient's own page they come back as typed, and nothing of them is markup or a template."""
    handed.give("psfs", **{"0.words": HOSTILE, "0.rating": "3"})
    handed.post("/tablet/answer", {"at": "onset_type", "q.onset_type": "1", "a.onset_type": "gradual",
                                   "a.onset_type_detail": HOSTILE}, json=True)  # fmt: skip
    for at in ("psfs", "onset_type"):
        page = handed.page(at)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert HOSTILE[:200] in unescape(page)
    for place in (HOSTILE, "../../intake", "//evil.example", "a" * 5_000, "goal_text\r\nSet-Cookie: x=1"):
        answer = handed.post("/tablet/answer", {"at": place, "go": "next"})
        assert answer.headers["location"].startswith("/tablet")
        assert "\n" not in answer.headers["location"]


def test_answers_to_questions_that_were_not_handed_over_are_passed_over(handed: Handed):
    """Whatever a form says it is about: consent, the desk's questions, other people's."""
    for item in ("consent_record", "exam_saddle", "imaging_findings", "age_years", "goal_text", "no_such", "rf_fever"):
        assert handed.give(item, value="yes").status == 200
    assert handed.seen().waiting == ()
    answers = casework.read_draft(casework.actor_for("amina"), handed.draft).answers
    assert answers["goal_text"] == TYPED
    assert "consent_record" not in answers


@pytest.mark.parametrize("path", sorted(path for path in routes.TABLET if path not in ("/tablet", "/tablet/state")))
def test_forms_of_other_sites_do_nothing(handed: Handed, path: str):
    """As everywhere else at the gate."""
    for origin in ([("Origin", "https://evil.example")], [("Origin", "null")], [], [("Sec-Fetch-Site", "same-site")]):
        answer = ask(handed.wall, path, "POST", [handed.cookie, *origin, OWN[2]], b"pin=4827&then=desk")
        assert answer.status == 403
    assert handed.actor is None


def test_the_tablets_forms_do_nothing_under_a_sign_in_of_ones_own(staffed: Path, wall: Wall, handed: Handed):
    """Amina's own sign-in has no handover; neither can it reach Noor's."""
    amina = as_person(signed_in("amina").token)
    for route in routes.TABLET_ROUTES:
        for method in route.methods or ():
            answer = ask(wall, route.path, method, (PAGE, amina, ("Origin", ORIGIN), OWN[2]), b"pin=4827&then=desk")
            assert answer.status in (303, 405, 200)
            assert answer.status != 200 or answer.text == '{"state":"over","idle":0}'
    assert handed.seen().in_hands


def test_two_tablets_know_nothing_of_each_other(handed: Handed):
    """Each sign-in reaches the one handover it was handed over for."""
    begun = signed_in("amina")
    hand_over(begun.sign_in)
    other = Handed(handed.wall, as_person(begun.token), begun.sign_in, "")
    handed.give("onset_type", value="gradual")
    assert "checked" not in other.page("onset_type")
    assert other.took_back("9999").status == 200
    assert handed.seen().state == "begun"


def test_the_pin_goes_back_to_the_intake_at_the_same_section(handed: Handed):
    """And the sign-in is its person's again."""
    casework.keep_section(casework.actor_for("amina"), handed.draft, "goals")
    answer = handed.took_back()
    assert (answer.status, answer.headers["location"]) == (303, f"/intake?draft={handed.draft}")
    actor = accounts.actor(handed.sign_in)
    assert actor is not None
    assert casework.read_draft(actor, handed.draft).section == "pain"
    assert handed.post("/tablet/answer", {"q.onset_type": "1", "a.onset_type": "gradual"}).headers["location"] == "/"


def test_five_wrong_pins_end_the_sign_in(handed: Handed):
    """Counted before they are looked at; after the fifth even the right one is of no use: only a full sign-in."""
    handed.give("onset_type", value="gradual")
    for number in range(4):
        answer = handed.took_back("1357")
        assert answer.status == 200
        assert f"Tries left: {4 - number}" in answer.text
    assert handed.took_back("1357").headers["location"] == "/signin?why=ended"
    assert handed.took_back().status == 401
    assert accounts.actor(handed.sign_in) is None
    assert [event.after for event in trail("pin:refused")] == [{"left": left} for left in (4, 3, 2, 1, 0)]
    assert [each.answer for each in handed.seen().waiting] == ["gradual"]
    assert handed.seen().state == "returned"


def test_whoever_does_not_know_the_pin_signs_in_anew(handed: Handed):
    """After a wrong one the page offers it; the sign-in ends, the answers stay."""
    assert "Sign in instead" not in handed.page("pin")
    assert "Sign in instead" in handed.took_back("1357").text
    handed.give("onset_type", value="gradual")
    assert handed.post("/tablet/leave", {}).headers["location"] == "/signin"
    assert accounts.known(handed.cookie[1].partition("=")[2]) is None
    assert [each.answer for each in handed.seen().waiting] == ["gradual"]


def test_a_tablet_nobody_touches_shows_nothing_any_more(handed: Handed, monkeypatch: pytest.MonkeyPatch):
    """After three minutes the page says where to bring it; answers given are kept, and none is taken until the PIN."""
    handed.give("onset_type", value="gradual")
    later(monkeypatch, minutes=2, seconds=50)
    assert "data-item" in handed.page("onset_type")
    later(monkeypatch, minutes=3, seconds=10)
    page = handed.page("onset_type")
    assert "take the tablet back to the desk" in page
    assert "gradual" not in page
    assert "data-item" not in page
    assert json.loads(handed.give("nprs_worst", value="8").text)["state"] == "wiped"
    assert [each.item for each in handed.seen().waiting] == ["onset_type"]
    assert len(trail("handover:wipe")) == 1
    answer = handed.post("/tablet/return", {"pin": PIN, "then": "patient"})
    assert answer.headers["location"] == "/tablet"
    assert re.search('value="gradual" checked', handed.page("onset_type"))


def test_touching_it_keeps_it_and_the_sign_in_going(handed: Handed, monkeypatch: pytest.MonkeyPatch):
    """Every two minutes for half an hour: neither idles out; untouched for a quarter of an hour the sign-in is over."""
    for minutes in range(2, 32, 2):
        later(monkeypatch, minutes=minutes)
        assert handed.post("/tablet/touch", {}).status == 204
    assert "data-item" in handed.page("onset_type")
    handed.give("onset_type", value="gradual")
    later(monkeypatch, minutes=31 + 16)
    assert ask(handed.wall, "/tablet", headers=(PAGE, handed.cookie)).headers["location"].startswith("/signin")
    view = handed.seen()
    assert (view.in_hands, view.state, [each.answer for each in view.waiting]) == (False, "returned", ["gradual"])


def test_the_script_may_clear_it_at_once(handed: Handed):
    """It need not wait for the next page to be asked for."""
    assert handed.post("/tablet/wipe", {}).status == 204
    assert "take the tablet back to the desk" in handed.page("onset_type")


def test_a_red_flag_asks_for_the_tablet_and_says_nothing_clinical(handed: Handed):
    """A calm sentence, at once, on every page; nothing more is taken until somebody has the tablet."""
    told = json.loads(handed.give("rf_saddle_numbness", value="yes").text)
    assert (told["state"], told["where"]) == ("asked-back", "/tablet")
    for at in ("", "rf_saddle_numbness", "done", "pin"):
        page = handed.page(at)
        assert "Please give the tablet back now" in page
        said = page.split("<main>")[1]
        assert not re.search("emergency|cauda|urgent|flag|nerve|hospital|saddle", said, re.IGNORECASE)
    assert json.loads(handed.give("nprs_worst", value="8").text)["state"] == "asked-back"
    view = handed.seen()
    assert (view.urgency, view.asked_back, [each.item for each in view.waiting]) == (
        "emergency", True, ["rf_saddle_numbness"],
    )  # fmt: skip
    assert "nprs_worst" not in {each.item for each in view.answers}


def test_a_yes_taken_back_stays_an_alarm(handed: Handed):
    """Given on to the patient, who changes the yes to a no: the urgency stays, and the desk is told what was first."""
    handed.give("rf_bowel", value="yes")
    handed.post("/tablet/return", {"pin": PIN, "then": "patient"})
    handed.give("rf_bowel", value="no")
    view = handed.seen()
    assert view.urgency == "emergency"
    assert [flag for flag, _ in view.alarms]
    assert [(each.answer, each.changed_from) for each in view.waiting] == [("no", ("yes",))]


def test_the_language_is_changed_where_one_stands(handed: Handed):
    """To Spanish and back, at the same question; any other word changes nothing."""
    answer = handed.post("/tablet/language", {"language": "es", "at": "onset_type"})
    assert answer.headers["location"] == "/tablet?at=onset_type"
    page = handed.page("onset_type")
    assert '<html lang="es">' in page
    assert patient_words.words("es").questions["onset_type"].ask in unescape(page)
    handed.post("/tablet/language", {"language": "xx"})
    assert '<html lang="es">' in handed.page()


def test_every_question_is_drawn_with_its_label_and_large_targets(handed: Handed):
    """Each screen names every control, and none is smaller than the style sheet's targets of three rem and more."""
    for item in (item for screen in patient_words.screens(knowledge()) for item in screen):
        page = handed.page(item)
        for name in set(re.findall(r'<(?:input type="(?:text|date)"|textarea|select) id="([^"]+)"', page)):
            assert f'for="{name}"' in page, (item, name)
    style = (routes.FILES / "tablet.css").read_text(encoding="utf-8")
    for target in (".press {", ".sides .press {", ".ways button {", ".scale .press {"):
        block = style[style.index(target) :].partition("}")[0]
        found = re.search(r"min-height: ([\d.]+)rem", block)
        assert found is not None
        assert float(found[1]) * 16 >= 48


def test_the_trail_says_who_had_the_tablet(handed: Handed):
    """Begun by Noor, answered by the patient, taken back by Noor; no PIN and no answer stands in it."""
    handed.give("onset_type", value="gradual")
    handed.took_back("1357")
    handed.took_back()
    told = [(event.deed, event.person_name) for deed in ("handover:begin", "handover:answer", "pin:refused",
            "handover:return") for event in trail(deed)]  # fmt: skip
    patient = "patient, on the tablet"
    assert told == [
        ("handover:begin", "Noor"), ("handover:answer", patient), ("pin:refused", patient), ("handover:return", "Noor"),
    ]  # fmt: skip
    with reading() as session:
        whole = " ".join(str(vars(event)) for event in session.scalars(select(AuditEvent)))
    assert PIN not in whole.replace(handed.draft, "")
    assert "gradual" not in whole


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"again": "4828"}, "The two PINs are not the same"),
        ({"pin": "1234", "again": "1234"}, "4 to 8 digits"),
        ({"pin": "7777", "again": "7777"}, "4 to 8 digits"),
        ({"pin": "12", "again": "12"}, "4 to 8 digits"),
        ({"pin": "", "again": ""}, "4 to 8 digits"),
        ({"pin": "48a7", "again": "48a7"}, "4 to 8 digits"),
        ({"section.pain": ""}, "no question left"),
        ({"language": "xx"}, "Choose the language"),
    ],
)
def test_what_is_wrong_hands_nothing_over(handed: Handed, changed: dict[str, str], says: str):
    """The form comes back and says what is wrong, without the PIN."""
    handed.took_back()
    fields = {"draft": handed.draft, "section.pain": "on", "language": "en", "pin": PIN, "again": PIN}
    told = {name: value for name, value in (fields | changed).items() if name != "section.pain" or value}
    answer = handed.post("/hand-over", told)
    assert answer.status == 400
    assert says in unescape(answer.text)
    assert PIN not in answer.text.replace(handed.draft, "")
    assert handed.actor is not None


@pytest.mark.parametrize("who", ["chidi", "dana"])
def test_only_who_takes_intakes_hands_over(handed: Handed, who: str):
    """A manager and an administrator are told so; another site's intake is not found."""
    cookie = as_person(signed_in(who).token)
    assert ask(handed.wall, f"/hand-over?draft={handed.draft}", headers=(PAGE, cookie)).status == 403
    fields = {"draft": handed.draft, "section.pain": "on", "language": "en", "pin": PIN, "again": PIN}
    assert sent(handed.wall, "/hand-over", fields, (*OWN, cookie)).status == 403
    amina = as_person(signed_in("amina").token)
    assert ask(handed.wall, "/hand-over?draft=nobodys", headers=(PAGE, amina)).status == 404
