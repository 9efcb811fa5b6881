"""Row reads: the worklist, one episode with everything, drafts, patients, referrals, people."""

from db.queries.episodes import EpisodeRows, assessment, episode, history, knowledge_text
from db.queries.patients import DraftEntry, draft, namesakes, open_draft_of, open_drafts, patient, patients_starting
from db.queries.people import (
    audit_deeds,
    audit_events,
    audit_events_of,
    everyone,
    last_change,
    people,
    person_by_code,
    sites,
)
from db.queries.referrals import OPEN_STATES, ReferralEntry, moves, referral, referrals
from db.queries.scope import SiteIds
from db.queries.worklist import WorklistEntry, WorklistPage, WorklistPlace, reviews_due, worklist, worklist_sizes

__all__ = [
    "OPEN_STATES",
    "DraftEntry",
    "EpisodeRows",
    "ReferralEntry",
    "SiteIds",
    "WorklistEntry",
    "WorklistPage",
    "WorklistPlace",
    "assessment",
    "audit_deeds",
    "audit_events",
    "audit_events_of",
    "draft",
    "episode",
    "everyone",
    "history",
    "knowledge_text",
    "last_change",
    "moves",
    "namesakes",
    "open_draft_of",
    "open_drafts",
    "patient",
    "patients_starting",
    "people",
    "person_by_code",
    "referral",
    "referrals",
    "reviews_due",
    "sites",
    "worklist",
    "worklist_sizes",
]
