"""The deeds of the clinic: each checks who acts, does its work in one transaction, and leaves its audit event."""

from dashboard.casework.audit import audit_deeds, audit_trail
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
from dashboard.casework.intakes import submit_intake
from dashboard.casework.moves import MOVES
from dashboard.casework.outcomes import record_outcome
from dashboard.casework.patients import episodes_of, find_patients, possible_duplicates, read_patient, register_patient
from dashboard.casework.people import actor_for, people, people_who_may_sign_in, sites
from dashboard.casework.reasons import REASONS
from dashboard.casework.referrals import move_referral, read_referral, refer, referrals
from dashboard.casework.reviews import (
    CLOSING_REASONS,
    add_examination,
    close_episode,
    explain,
    read_episode,
    sign_review,
)
from dashboard.casework.verdicts import VERDICTS, WORDS_TO_LOWER
from dashboard.casework.views import NewPatient
from dashboard.casework.worklists import reviews_due, worklist

__all__ = [
    "CLOSING_REASONS",
    "MOVES",
    "REASONS",
    "VERDICTS",
    "WORDS_TO_LOWER",
    "BadAnswer",
    "Forbidden",
    "GateClosed",
    "NewPatient",
    "NotFound",
    "NotReady",
    "StaleRecord",
    "actor_for",
    "add_examination",
    "audit_deeds",
    "audit_trail",
    "close_episode",
    "discard_draft",
    "episodes_of",
    "explain",
    "find_patients",
    "keep_section",
    "move_referral",
    "open_draft",
    "open_drafts",
    "people",
    "people_who_may_sign_in",
    "possible_duplicates",
    "read_draft",
    "read_episode",
    "read_patient",
    "read_referral",
    "record_outcome",
    "refer",
    "referrals",
    "register_patient",
    "restore_draft",
    "reviews_due",
    "save_answer",
    "sign_review",
    "sites",
    "submit_intake",
    "worklist",
]
