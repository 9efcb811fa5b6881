"""How each deed is called at a place of the stage, by the name it has in the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from dashboard import casework, cohort
from dashboard.access import Actor
from dashboard.casework import (
    approving,
    candidates,
    considering,
    correcting,
    differing,
    emergency,
    explaining,
    exporting,
    handing_over,
    merging,
    staffing,
    taking_apart,
)
from dashboard.casework.merge_views import Seen
from dashboard.casework.staffing import PersonTyped
from dashboard.casework.views import EpisodeFile, NewPatient, PatientCard, TrailFilter
from dashboard.in_force import knowledge
from tests.casework.stage import BORN, ISSUER, Place, Stage
from tests.governing import with_ratio

Call = Callable[[Actor, Stage, Place], object]
WHY = "collapsed at the start"


class NotShown(Exception):  # noqa: N818 - a list without it is no refusal, and shows nothing either
    """A list did not have the place's record in it."""


def shown(found: Iterable[object], wanted: object) -> None:
    """Return quietly when what was found has what was wanted in it, else raise NotShown."""
    if wanted not in set(found):
        raise NotShown


def suggested(file: EpisodeFile) -> list[tuple[str, str]]:
    """The keys of what an episode's latest assessment suggests."""
    return [each.key for each in casework.suggestions(file.document)]


def seen(patient: PatientCard) -> Seen:
    """A patient as the deeds of merging ask for one."""
    return Seen(patient.id, patient.version)


def newcomer(place: Place) -> NewPatient:
    """Somebody to register there."""
    return NewPatient("Łucja", "Ångström", date(1988, 2, 29), "female", place.site)


def namesake(place: Place) -> NewPatient:
    """Somebody just like the place's patient without anything."""
    given, _, family = place.fresh.name.partition(" ")
    return NewPatient(given, family, BORN, "female", place.site)


def exported(export: exporting.Export) -> None:
    """Return quietly when anything left, else raise NotShown: the two places' intakes are of different years."""
    if not sum(dict(export.file.rows).values()):
        raise NotShown


def settled(actor: Actor, place: Place) -> None:
    """Two answers of one question, and which is right."""
    given = casework.save_answer(actor, place.draft.id, "nprs_worst", 9, seen=2)
    casework.settle_answer(actor, place.draft.id, given.asides[0].id, keep_it=True)


def undone(actor: Actor, place: Place) -> None:
    """An answer, and taking it back."""
    casework.save_answer(actor, place.draft.id, "nprs_worst", 9)
    casework.undo_answer(actor, place.draft.id)


def let_go(actor: Actor, place: Place) -> None:
    """Writing begun, and ended."""
    casework.hold_draft(actor, place.draft.id, "a-tab")
    casework.let_go_of_draft(actor, place.draft.id, "a-tab")


CALLED: dict[str, Call] = {
    # patients
    "find_patients": lambda a, s, p: shown(
        (x.id for x in casework.find_patients(a, p.fresh.record_number)), p.fresh.id
    ),
    "read_patient": lambda a, s, p: casework.read_patient(a, p.fresh.id),
    "episodes_of": lambda a, s, p: casework.episodes_of(a, p.caring.patient.id),
    "possible_duplicates": lambda a, s, p: shown(
        (x.patient.id for x in casework.possible_duplicates(a, namesake(p))), p.fresh.id
    ),
    "register_patient": lambda a, s, p: casework.register_patient(a, newcomer(p)),
    "patient_identifiers": lambda a, s, p: merging.patient_identifiers(a, p.fresh.id),
    "correct_patient": lambda a, s, p: correcting.correct_patient(a, seen(p.fresh), {"phone": "555 0199"}),
    "merges": lambda a, s, p: shown((x.id for x in merging.merges(a)), p.merged.id),
    "merge_preview": lambda a, s, p: merging.merge_preview(a, p.fresh.id, p.caring.patient.id),
    "merge_patients": lambda a, s, p: merging.merge_patients(a, seen(p.fresh), seen(p.unseen), "registered-twice"),
    "apart_preview": lambda a, s, p: taking_apart.apart_preview(a, p.merged.id),
    "unmerge_patients": lambda a, s, p: taking_apart.unmerge_patients(a, p.merged.id, p.merged.version, "two-people"),
    # intakes
    "open_draft": lambda a, s, p: casework.open_draft(a, p.fresh.id),
    "last_intake": lambda a, s, p: casework.last_intake(a, p.draft.id),
    "read_draft": lambda a, s, p: casework.read_draft(a, p.draft.id),
    "open_drafts": lambda a, s, p: shown((x.id for x in casework.open_drafts(a)), p.draft.id),
    "save_answer": lambda a, s, p: casework.save_answer(a, p.draft.id, "nprs_worst", 9),
    "keep_unfinished": lambda a, s, p: casework.keep_unfinished(a, p.draft.id, "surface_mix", {"trail": 40}),
    "settle_answer": lambda a, s, p: settled(a, p),
    "undo_answer": lambda a, s, p: undone(a, p),
    "draft_as_of": lambda a, s, p: casework.draft_as_of(a, p.draft.id, 1),
    "drafts_of": lambda a, s, p: shown(casework.drafts_of(a, [p.draft.patient.id]), p.draft.patient.id),
    "hold_draft": lambda a, s, p: casework.hold_draft(a, p.draft.id, "a-tab"),
    "let_go_of_draft": lambda a, s, p: let_go(a, p),
    "take_over_draft": lambda a, s, p: casework.take_over_draft(a, p.draft.id, "a-tab"),
    "renew_draft": lambda a, s, p: casework.renew_draft(a, p.draft.id, p.draft.version),
    "note_doubt": lambda a, s, p: casework.note_doubt(a, p.draft.id, "worst_below_now", "asked twice"),
    "keep_section": lambda a, s, p: casework.keep_section(a, p.draft.id, "review"),
    "discard_draft": lambda a, s, p: casework.discard_draft(a, p.draft.id, p.draft.version),
    "restore_draft": lambda a, s, p: casework.restore_draft(a, p.discarded.id, p.discarded.version),
    "submit_intake": lambda a, s, p: casework.submit_intake(a, p.ready.id, p.ready.version),
    # from paper
    "read_keying": lambda a, s, p: casework.read_keying(a, p.keying.id),
    "begin_keying": lambda a, s, p: casework.begin_keying(a, p.draft.id),
    "keep_keyed": lambda a, s, p: casework.keep_keyed(a, p.keying.id, {"rf_trauma": "n"}),
    "finish_keying": lambda a, s, p: casework.finish_keying(a, p.keying.id),
    "settle_keyed": lambda a, s, p: casework.settle_keyed(a, p.keyed.id, "rf_fever", "u"),
    "take_from_paper": lambda a, s, p: casework.take_from_paper(a, p.keyed.id),
    "drop_keying": lambda a, s, p: casework.drop_keying(a, p.keying.id),
    "note_paper_form": lambda a, s, p: casework.note_paper_form(a, p.draft.id),
    # the tablet
    "begin_hand_over": lambda a, s, p: handing_over.begin_hand_over(
        replace(a, sign_in=s.sign_ins.get(a.person_id, "")), p.draft.id, ["pain"], "es", "4827", ask_again=True
    ),
    "take_back": lambda a, s, p: handing_over.take_back(a, p.out),
    "handed_over": lambda a, s, p: shown((x.id for x in handing_over.handed_over(a)), p.handed),
    "handovers_of": lambda a, s, p: handing_over.handovers_of(a, p.draft.id),
    "answered_alone": lambda a, s, p: handing_over.answered_alone(a, p.waiting.episode.id),
    "accept_patient_answers": lambda a, s, p: handing_over.accept_patient_answers(a, p.handed),
    "reject_patient_answer": lambda a, s, p: handing_over.reject_patient_answer(a, p.handed, "prior_episodes", "slip"),
    # episodes
    "worklist": lambda a, s, p: casework.worklist(a, site=p.site),
    "reviews_due": lambda a, s, p: shown((x.episode_id for x in casework.reviews_due(a)), p.caring.episode.id),
    "since_last_intake": lambda a, s, p: casework.since_last_intake(a, p.caring.episode.id),
    "read_episode": lambda a, s, p: casework.read_episode(a, p.caring.episode.id),
    "explain": lambda a, s, p: casework.explain(a, p.caring.assessment_id),
    "explain_again": lambda a, s, p: explaining.explain_again(a, p.caring.assessment_id),
    "considered": lambda a, s, p: considering.considered(a, p.caring),
    "opened_basis": lambda a, s, p: casework.opened_basis(a, p.waiting.assessment_id),
    "close_episode": lambda a, s, p: casework.close_episode(a, p.caring.episode.id, p.caring.version, "recovered"),
    "add_examination": lambda a, s, p: casework.add_examination(
        a, p.waiting.episode.id, p.waiting.version, {"exam_saddle": "reduced"}
    ),
    "note_sheet": lambda a, s, p: casework.note_sheet(a, p.caring.episode.id, "assessment", knowledge().sha256),
    # decisions
    "open_basis": lambda a, s, p: casework.open_basis(a, p.caring.assessment_id, suggested(p.caring)),
    "sign_review": lambda a, s, p: casework.sign_review(
        a, p.waiting.episode.id, p.waiting.version, p.waiting.assessment_id, "accepted"
    ),
    "confirm_lowering": lambda a, s, p: casework.confirm_lowering(a, p.lowered.episode.id, p.lowered.version),
    "refuse_lowering": lambda a, s, p: casework.refuse_lowering(
        a, p.lowered.episode.id, p.lowered.version, "cds-not-applicable"
    ),
    "record_diagnosis": lambda a, s, p: casework.record_diagnosis(
        a, p.caring.episode.id, None, "nonspecific_lbp_strain", "imaging", date.today()
    ),
    "record_outcome": lambda a, s, p: casework.record_outcome(a, p.caring.episode.id, "nprs_back", 2, date.today()),
    # referrals
    "refer": lambda a, s, p: casework.refer(
        a, p.waiting.episode.id, p.waiting.version, "physical_therapy", "graded return"
    ),
    "move_referral": lambda a, s, p: casework.move_referral(a, p.referral.id, p.referral.version, "sent"),
    "referrals": lambda a, s, p: shown((x.id for x in casework.referrals(a)), p.referral.id),
    "read_referral": lambda a, s, p: casework.read_referral(a, p.referral.id),
    # the population
    "scope": lambda a, s, p: shown(cohort.scope(a).site_ids or [p.site], p.site),
    "export_years": lambda a, s, p: shown(exporting.export_years(a), p.year),
    "make_export": lambda a, s, p: exported(exporting.make_export(a, knowledge(), p.year, p.year, date.today())),
    # knowledge
    "note_table": lambda a, s, p: casework.note_table(a, "urgency", {}),
    "note_source_card": lambda a, s, p: casework.note_source_card(a, knowledge().sha256),
    "look_at": lambda a, s, p: candidates.look_at(a, with_ratio("3.0", knowledge().texts), "99.0.0"),
    "propose": lambda a, s, p: candidates.propose(
        a, with_ratio("3.0", knowledge().texts), "99.0.0", "A sentence that says why."
    ),
    "texts_to_start_from": lambda a, s, p: candidates.texts_to_start_from(a),
    "files_of": lambda a, s, p: candidates.files_of(a, s.candidate.id),
    "propose_files": lambda a, s, p: candidates.propose_files(a, "99.0.0", "A sentence that says why."),
    "roll_back": lambda a, s, p: candidates.roll_back(a, s.earlier.id, "A sentence that says why."),
    "withdraw": lambda a, s, p: candidates.withdraw(a, s.own_candidate.id, s.own_candidate.version),
    "refuse": lambda a, s, p: candidates.refuse(a, s.candidate.id, s.candidate.version, "The series is too small."),
    "approve": lambda a, s, p: approving.approve(a, s.candidate.id, s.candidate.version),
    "versions": lambda a, s, p: approving.versions(a),
    "in_force_now": lambda a, s, p: approving.in_force_now(a),
    "changes_of": lambda a, s, p: approving.changes_of(a, s.candidate.id),
    "begin_report": lambda a, s, p: differing.begin_report(a, s.candidate.id),
    "make_report": lambda a, s, p: differing.make_report(a, s.running.id),
    "read_report": lambda a, s, p: differing.read_report(a, s.report.id),
    "reports": lambda a, s, p: differing.reports(a, s.candidate.id),
    "report_rows": lambda a, s, p: shown(
        (x.episode_id for x in differing.report_rows(a, s.report.id)), p.waiting.episode.id
    ),
    # people and the trail
    "people": lambda a, s, p: casework.people(a),
    "audit_trail": lambda a, s, p: casework.audit_trail(a),
    "audit_deeds": lambda a, s, p: casework.audit_deeds(a),
    "audited_patient": lambda a, s, p: casework.audited_patient(a, p.fresh.record_number),
    "verify_trail": lambda a, s, p: casework.verify_trail(a),
    "last_verdict": lambda a, s, p: casework.last_verdict(a),
    "export_trail": lambda a, s, p: casework.export_trail(a, TrailFilter(deed="person:add")),
    "staff": lambda a, s, p: staffing.staff(a),
    "left_behind": lambda a, s, p: staffing.left_behind(a, s.people["noor"]),
    "add_person": lambda a, s, p: staffing.add_person(a, "newcomer", PersonTyped("Newcomer", "staff", None, p.site)),
    "change_person": lambda a, s, p: staffing.change_person(
        a, s.people["noor"], 1, PersonTyped("Noor", "clinician", None, p.site)
    ),
    "disable_person": lambda a, s, p: staffing.disable_person(a, s.people["bruno"], 1),
    "enable_person": lambda a, s, p: staffing.enable_person(a, s.people["mallory"], 1),
    "invite_person": lambda a, s, p: staffing.invite_person(a, s.people["bruno"]),
    "unlock_person": lambda a, s, p: staffing.unlock_person(a, s.people["bruno"]),
    "end_sign_ins": lambda a, s, p: staffing.end_sign_ins(a, s.people["bruno"]),
    "link_person": lambda a, s, p: staffing.link_person(a, s.people["bruno"], "subject-1", ISSUER),
    "unlink_person": lambda a, s, p: staffing.unlink_person(a, s.people["amina"], s.link),
    # emergencies
    "open_in_emergency": lambda a, s, p: emergency.open_in_emergency(
        a, s.south.unseen.record_number, BORN, WHY, lambda: "password"
    ),
    "end_emergency": lambda a, s, p: emergency.end_emergency(a, s.emergency),
    "opened_in_emergency": lambda a, s, p: emergency.opened_in_emergency(a),
    "emergency_count": lambda a, s, p: emergency.emergency_count(a),
    "emergencies": lambda a, s, p: emergency.emergencies(a),
    "review_emergency": lambda a, s, p: emergency.review_emergency(a, s.over, 1, "rightly opened"),
}
"""Each is called at most once on one copy of the stage if it writes: it leaves the stage changed."""
