"""What the invented clinic does with an episode: assess, decide, refer, measure, close; told to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dashboard.casework.assessing import Said
from dashboard.casework.columns import cohort_columns
from dashboard.casework.schedule import next_review
from dashboard.clinical.knowledge import Knowledge
from dashboard.clinical.vocabulary import Urgency
from dashboard.demo.calendar import when_open
from dashboard.demo.confirming import confirm
from dashboard.demo.course import Course
from dashboard.demo.deciding import agreed, ask_to_lower, decide
from dashboard.demo.dice import Dice
from dashboard.demo.ledger import Doer, Held, Ledger
from dashboard.demo.made_up import made_up
from dashboard.demo.measuring import measure
from dashboard.demo.referring import refer, withdraw_open
from dashboard.demo.signing import Signing, of_late
from db.tables import Assessment, Episode, Intake

NOT_SEEN_IN_TIME = 0.12
"""Share of reviews that are overdue."""
GONE_AFTER_WEEKS = 34
"""Who is still in pain by then is looked after elsewhere or no longer comes."""


@dataclass(frozen=True)
class Clinic:
    """Who works where, and the row each patient has."""

    people: dict[str, Doer]
    sites: dict[str, int]
    patients: dict[int, int]
    until: datetime
    knowledge: Knowledge


class Telling:
    """One episode as it is told to the ledger, from the intake on."""

    def __init__(self, ledger: Ledger, clinic: Clinic, course: Course, dice: Dice) -> None:
        self.ledger, self.clinic, self.course, self.dice = ledger, clinic, course, dice
        self.desk = clinic.people["noor"]
        self.clinician = clinic.people[dice.pick(made_up("clinic")["reviews"][course.runner.site])]
        self.at = course.submitted_at
        self.intake: Held
        self.episode: Held
        self.signing: Signing
        self.referrals: list[Held] = []

    def tell(self, said: list[Said]) -> None:
        """Everything that happened in the episode until the clinic's last day."""
        self._hand_in(said[0])
        measure(self.ledger, self.course, self.episode, self.intake, self.desk, self.clinic.until, self.dice)
        contacts = list(zip(self.course.contacts, said, strict=True))
        first_review = 1 if self.course.examined else 0
        for place, (contact, what) in enumerate(contacts):
            if self.course.waiting or (place < first_review and place == 0):
                continue
            reviewed_at = self._review_time(contact.weeks, what)
            if reviewed_at > self._last_moment():
                return
            if place > 0:
                self._assess(contact.answers, what, reviewed_at - timedelta(minutes=12), "exam", self.clinician)
            self._sign(contact.answers, what, reviewed_at)
        if self.course.waiting and self.course.cause == made_up("clinic")["waits_for_second"]["cause"]:
            self._ask_second(said[0])
        self._close()
        if not self.course.waiting:
            ends = min(self.clinic.until, self.course.ends_before or self.clinic.until)
            signed = (self.episode, self.latest, self.course.cause, self.clinician, self.at, ends)
            confirm(self.ledger, self.dice, *signed)

    def _hand_in(self, said: Said) -> None:
        runner, at = self.course.runner, self.course.submitted_at
        whose = {"patient_id": self.clinic.patients[runner.number], "site_id": self.clinic.sites[runner.site]}
        codes = {"urgency": said.urgency, "leading_condition": said.leading_condition, "step": said.step}
        self.episode = self.ledger.add(
            Episode, "episode:open", self.desk, at, **whose, **codes, opened_on=at.date(), submitted_at=at
        )
        self.signing = Signing(self.ledger, self.episode)
        answers = self.course.contacts[0].answers
        self.intake = self.ledger.add(
            Intake,
            "intake:submit",
            self.desk,
            at,
            **whose,
            **codes,
            **cohort_columns(answers, self.clinic.knowledge),
            episode_id=self.episode["id"],
            submitted_by=self.desk.person_id,
            submitted_at=at,
            month=f"{at:%Y-%m}",
            answers=answers,
            entered=self.course.entered,
        )
        self._assess(answers, said, at, "intake", self.desk)

    def _assess(self, answers: dict[str, Any], said: Said, at: datetime, basis: str, who: Doer) -> None:
        knowledge = self.clinic.knowledge
        codes: dict[str, Any] = {"leading_condition": said.leading_condition, "step": said.step}
        self.assessment = self.ledger.add(
            Assessment,
            "assessment:make",
            who,
            at,
            **codes,
            urgency=said.urgency,
            intake_id=self.intake["id"],
            episode_id=self.episode["id"],
            made_at=at,
            made_by=who.person_id,
            knowledge_version=knowledge.version,
            knowledge_sha256=knowledge.sha256,
            basis=basis,
            answers=answers,
            document=said.document,
        )
        stands = {"state": "awaiting-review", "latest_assessment_id": self.assessment["id"], "review_due_on": None}
        first = basis == "intake"
        urgency = said.urgency if first else max(said.urgency, self.episode["urgency"])
        deed = "episode:await-review" if first else "episode:examine"
        self.ledger.change(self.episode, deed, who, at, **codes, **stands, urgency=urgency)

    def _review_time(self, weeks: float, said: Said) -> datetime:
        if weeks:
            return when_open(self.dice, self.course.submitted_at + timedelta(weeks=weeks, days=self.dice.number(-3, 5)))
        spec = made_up("clinic")["review_hours"][Urgency(said.urgency).code]
        reviewed = self.course.submitted_at + timedelta(hours=self.dice.between(*spec))
        return reviewed if said.urgency == Urgency.EMERGENCY else when_open(self.dice, reviewed)

    def _last_moment(self) -> datetime:
        before = self.course.ends_before
        return min(self.clinic.until, before - timedelta(days=8)) if before else self.clinic.until

    @property
    def latest(self) -> Assessment:
        """The newest assessment, as the deeds read it."""
        return Assessment(**self.assessment.columns)

    def _sign(self, answers: dict[str, Any], said: Said, at: datetime) -> None:
        self.at = at
        decided = decide(self.dice, said.document, self.episode["urgency"])
        own = of_late(self.dice, said.document, at, self.clinic.until) if decided["verdict"] == "accepted" else []
        carries, waiting = self.signing.sign(self.clinician, self.latest, decided, own, at)
        who = self.clinician
        if waiting is not None:
            self._await_second(at)
            who, at = self._second(), self._answer_time(at)
            if not self.signing.answer(self.dice, who, self.latest, waiting, at):
                self.ledger.change(self.episode, "episode:keep-urgency", who, at, state="awaiting-review")
                who, at = self.clinician, self._answer_time(at)
                carries, _ = self.signing.sign(who, self.latest, agreed(self.dice, self.episode["urgency"]), [], at)
        self.at = at
        after: dict[str, Any] = {
            "state": "in-care",
            "clinician_id": self.episode["clinician_id"] or self.clinician.person_id,
            **carries,
            "review_due_on": self._next_review(answers, carries["step"], at),
        }
        self.ledger.change(self.episode, "episode:take-into-care", who, at, **after)
        gates = said.document["referral_gates"]
        self.referrals += refer(self.ledger, self.episode, gates, self.clinician, at, self._last_moment(), self.dice)

    def _await_second(self, at: datetime) -> None:
        stays: dict[str, Any] = {"clinician_id": self.episode["clinician_id"] or self.clinician.person_id}
        stays |= {"state": "awaiting-review", "urgency": self.episode["urgency"], "review_due_on": None}
        self.ledger.change(self.episode, "episode:await-second", self.clinician, at, **stays)

    def _ask_second(self, said: Said) -> None:
        """The one episode that waits for a second clinician when the demo is opened."""
        at = self.course.submitted_at + (self.clinic.until - self.course.submitted_at) / 2
        decided = ask_to_lower(said.document)
        if decided is not None:
            self.signing.sign(self.clinician, self.latest, decided, [], at)
            self._await_second(at)

    def _second(self) -> Doer:
        """A colleague who reviews at the same site."""
        at_site = made_up("clinic")["reviews"][self.course.runner.site]
        others = {code: weight for code, weight in at_site.items() if self.clinic.people[code] != self.clinician}
        return self.clinic.people[self.dice.pick(others)]

    def _answer_time(self, at: datetime) -> datetime:
        """Some minutes later, and never after the episode's last moment: a grave urgency does not wait for days."""
        return at + min(timedelta(minutes=self.dice.number(6, 55)), (self._last_moment() - at) / 2)

    def _next_review(self, answers: dict[str, Any], step: str | None, at: datetime) -> date | None:
        """The day of the review schedule; for most whose day would be past, an appointment already made."""
        due, last = next_review(answers, step, at.date()), self.clinic.until.date()
        if due is None or due >= last or self.dice.chance(NOT_SEEN_IN_TIME):
            return due
        return last + timedelta(days=self.dice.number(0, 24))

    def _close(self) -> None:
        if self.episode["state"] != "in-care":
            return
        weeks, reason = self._end()
        at = when_open(self.dice, max(self.course.submitted_at + timedelta(weeks=weeks), self.at + timedelta(days=9)))
        if self.course.ends_before and at > self._last_moment():
            at = max(self._last_moment(), self.at + timedelta(hours=1))
        if at > self.clinic.until:
            return
        withdraw_open(self.ledger, self.referrals, self.clinician, at, self.dice)
        ends = {"state": "closed", "closed_on": at.date(), "review_due_on": None}
        self.ledger.change(self.episode, "episode:close", self.clinician, at, reason=reason, **ends)

    def _end(self) -> tuple[float, str]:
        """After how many weeks, and why, the episode ends."""
        if self.episode["urgency"] >= Urgency.SAME_DAY:
            return 0.6, "transferred"
        if self.course.lasting < 0.3:
            weeks = max(5.0, 2.4 * self.course.half_life_weeks) + self.dice.between(0, 1, 5)
            return weeks, self.dice.pick({"recovered": 70, "improved": 30})
        return GONE_AFTER_WEEKS + self.dice.between(0, 3, 12), self.dice.pick(
            {"lost": 45, "transferred": 30, "improved": 25}
        )
