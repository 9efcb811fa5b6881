"""Cohort questions: a selection goes in, counts come out of the database, and what leaves is safe to show."""

from dashboard.cohort.report import Reply, Report, as_csv, judgement_report, report
from dashboard.cohort.scope import Choices, Scope, Selection, choices, clinic_total, scope, version

__all__ = [
    "Choices",
    "Reply",
    "Report",
    "Scope",
    "Selection",
    "as_csv",
    "choices",
    "clinic_total",
    "judgement_report",
    "report",
    "scope",
    "version",
]
