"""Today: what waits for this person, most urgent first."""

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter

actor = enter(Permission.KNOWLEDGE_READ)  # the one permission every role has
look.title("Today")
