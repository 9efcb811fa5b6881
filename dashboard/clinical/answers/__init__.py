"""From what people type and files hold to canonical answers, and what follows from answers alone."""

from dashboard.clinical.answers.asking import DerivedValue, derive, shown, shown_many
from dashboard.clinical.answers.cases import CaseError, ReadCase, read_case, read_document
from dashboard.clinical.answers.one import BadAnswer, read_answer

__all__ = [
    "BadAnswer",
    "CaseError",
    "DerivedValue",
    "ReadCase",
    "derive",
    "read_answer",
    "read_case",
    "read_document",
    "shown",
    "shown_many",
]
