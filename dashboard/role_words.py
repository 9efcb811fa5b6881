"""The four jobs in the clinic's words: their names, and what each may do, in a sentence."""

from __future__ import annotations

from dashboard.access import Role

ROLE_WORDS = {
    Role.STAFF: "At the desk",
    Role.CLINICIAN: "Clinician",
    Role.MANAGER: "Manager",
    Role.ADMINISTRATOR: "Administrator",
}
ROLE_DEEDS = {
    Role.STAFF: "Takes the history, finds and adds patients, hands over.",
    Role.CLINICIAN: "Reviews, decides, refers and signs.",
    Role.MANAGER: "Sees how the clinic's runners do. No patient names.",
    Role.ADMINISTRATOR: "People, audit trail, the clinic's set-up.",
}
