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
from dashboard.casework.doubts import note_doubt
from dashboard.casework.drafts import (
    discard_draft,
    drafts_of,
    keep_section,
    open_draft,
    open_drafts,
    read_draft,
    renew_draft,
    restore_draft,
)
from dashboard.casework.errors import BadAnswer, Forbidden, GateClosed, NotFound, NotReady, StaleRecord
from dashboard.casework.finding import find_patients, possible_duplicates
from dashboard.casework.gates import referral_gates
from dashboard.casework.intakes import submit_intake
from dashboard.casework.keying import (
    begin_keying,
    drop_keying,
    finish_keying,
    keep_keyed,
    note_paper_form,
    read_keying,
    settle_keyed,
    take_from_paper,
)
from dashboard.casework.leases import hold_draft, let_go_of_draft, on_this_device, take_over_draft
from dashboard.casework.lines import Line
from dashboard.casework.lowerings import confirm_lowering, refuse_lowering
from dashboard.casework.moves import MOVES
from dashboard.casework.openings import open_basis, opened_basis, still_to_open
from dashboard.casework.outcomes import record_outcome
from dashboard.casework.patients import episodes_of, read_patient, register_patient
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
from dashboard.casework.saving import (
    UNSEEN,
    draft_as_of,
    keep_unfinished,
    save_answer,
    settle_answer,
    undo_answer,
)
from dashboard.casework.sheets import note_sheet, note_source_card, note_table
from dashboard.casework.signing import sign_review
from dashboard.casework.suggestions import Suggestion, step_without_flags, suggestions
from dashboard.casework.verdicts import VERDICTS, WORDS_TO_LOWER
from dashboard.casework.views import Newcomer, NewPatient
from dashboard.casework.worklists import reviews_due, worklist

__all__ = [
    "CLOSING_REASONS",
    "HOW",
    "MOVES",
    "REASONS",
    "UNSEEN",
    "VERDICTS",
    "WORDS_TO_LOWER",
    "BadAnswer",
    "Forbidden",
    "GateClosed",
    "Line",
    "NewPatient",
    "Newcomer",
    "NotFound",
    "NotReady",
    "StaleRecord",
    "Suggestion",
    "actor_for",
    "add_examination",
    "audit_deeds",
    "audit_trail",
    "audited_patient",
    "begin_keying",
    "close_episode",
    "confirm_lowering",
    "discard_draft",
    "draft_as_of",
    "drafts_of",
    "drop_keying",
    "episodes_of",
    "explain",
    "export_trail",
    "find_patients",
    "finish_keying",
    "hold_draft",
    "keep_keyed",
    "keep_section",
    "keep_unfinished",
    "last_intake",
    "last_verdict",
    "let_go_of_draft",
    "move_referral",
    "note_doubt",
    "note_paper_form",
    "note_sheet",
    "note_source_card",
    "note_table",
    "on_this_device",
    "open_basis",
    "open_draft",
    "open_drafts",
    "opened_basis",
    "people",
    "possible_duplicates",
    "read_draft",
    "read_episode",
    "read_keying",
    "read_patient",
    "read_referral",
    "record_diagnosis",
    "record_outcome",
    "refer",
    "referral_gates",
    "referrals",
    "refuse_lowering",
    "register_patient",
    "renew_draft",
    "restore_draft",
    "reviews_due",
    "save_answer",
    "settle_answer",
    "settle_keyed",
    "sign_review",
    "since_last_intake",
    "sites",
    "step_without_flags",
    "still_to_open",
    "submit_intake",
    "suggestions",
    "take_from_paper",
    "take_over_draft",
    "undo_answer",
    "verify_trail",
    "worklist",
]
