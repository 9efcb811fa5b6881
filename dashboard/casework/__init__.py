"""The deeds of the clinic: each checks who acts, does its work in one transaction, and leaves its audit event."""

from dashboard.casework.audit import (
    audit_deeds,
    audit_trail,
    audited_patient,
    export_trail,
    last_verdict,
    verify_trail,
)
from dashboard.casework.before import last_intake, since_last_intake
from dashboard.casework.diagnoses import HOW, record_diagnosis
from dashboard.casework.drafts import (
    discard_draft,
    keep_section,
    open_draft,
    open_drafts,
    read_draft,
    restore_draft,
    save_answer,
)
from dashboard.casework.errors import BadAnswer, Forbidden, GateClosed, NotFound, NotReady, StaleRecord
from dashboard.casework.gates import referral_gates
from dashboard.casework.intakes import submit_intake
from dashboard.casework.lines import Line
from dashboard.casework.lowerings import confirm_lowering, refuse_lowering
from dashboard.casework.moves import MOVES
from dashboard.casework.openings import open_basis, opened_basis, still_to_open
from dashboard.casework.outcomes import record_outcome
from dashboard.casework.patients import episodes_of, find_patients, possible_duplicates, read_patient, register_patient
from dashboard.casework.people import actor_for, people, sites
from dashboard.casework.reasons import REASONS
from dashboard.casework.referrals import move_referral, read_referral, refer, referrals
from dashboard.casework.reviews import (
    CLOSING_REASONS,
    add_examination,
    close_episode,
    explain,
    read_episode,
)
from dashboard.casework.sheets import note_sheet, note_source_card, note_table
from dashboard.casework.signing import sign_review
from dashboard.casework.suggestions import Suggestion, step_without_flags, suggestions
from dashboard.casework.verdicts import VERDICTS, WORDS_TO_LOWER
from dashboard.casework.views import NewPatient
from dashboard.casework.worklists import reviews_due, worklist

__all__ = [
    "CLOSING_REASONS",
    "HOW",
    "MOVES",
    "REASONS",
    "VERDICTS",
    "WORDS_TO_LOWER",
    "BadAnswer",
    "Forbidden",
    "GateClosed",
    "Line",
    "NewPatient",
    "NotFound",
    "NotReady",
    "StaleRecord",
    "Suggestion",
    "actor_for",
    "add_examination",
    "audit_deeds",
    "audit_trail",
    "audited_patient",
    "close_episode",
    "confirm_lowering",
    "discard_draft",
    "episodes_of",
    "explain",
    "export_trail",
    "find_patients",
    "keep_section",
    "last_intake",
    "last_verdict",
    "move_referral",
    "note_sheet",
    "note_source_card",
    "note_table",
    "open_basis",
    "open_draft",
    "open_drafts",
    "opened_basis",
    "people",
    "possible_duplicates",
    "read_draft",
    "read_episode",
    "read_patient",
    "read_referral",
    "record_diagnosis",
    "record_outcome",
    "refer",
    "referral_gates",
    "referrals",
    "refuse_lowering",
    "register_patient",
    "restore_draft",
    "reviews_due",
    "save_answer",
    "sign_review",
    "since_last_intake",
    "sites",
    "step_without_flags",
    "still_to_open",
    "submit_intake",
    "suggestions",
    "verify_trail",
    "worklist",
]
