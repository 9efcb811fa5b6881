"""Referrals: every open one, where it is, and what is late."""

from dashboard.access import Permission
from dashboard.ui import look
from dashboard.ui.door import enter
from dashboard.ui.panels import markup, referral_list

actor = enter(Permission.REFERRAL_READ)

markup.style()
look.title(
    "Referrals",
    "Late ones first. Move one on as soon as the other service answers."
    if referral_list.sees_names(actor)
    else "Late ones first, without names.",
)
referral_list.panel(actor)
