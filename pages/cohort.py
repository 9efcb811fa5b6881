"""Cohort: who comes, how urgent, what is done, how they do; every number with its denominator."""

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import cohort_filters, cohort_replies, markup

actor = enter(Permission.COHORT_READ)

markup.style()
look.title("Cohort", "The clinic's runners as a whole. No name is ever shown here.")
selection = cohort_filters.panel(cohort_replies.offered(actor))
report = cohort_replies.report_of(actor, selection)
cohort_replies.headline(actor, report)
cohort_replies.panels(actor, selection, report)
