"""Who may come in: passwords, second factors, invitations, and the sign-ins that last while they are used."""

from dashboard.accounts.actors import actor, holder
from dashboard.accounts.browsers import LASTS_DAYS, mark
from dashboard.accounts.changing import change_password, drop_second_factor
from dashboard.accounts.checking import check, confirm, proved
from dashboard.accounts.demo import demo_people
from dashboard.accounts.enrolling import enrol, enrolled
from dashboard.accounts.first_run import first_run_needed, first_token, set_up_people
from dashboard.accounts.invitations import accept, invited
from dashboard.accounts.shapes import Begun, Checked, Enrolling, Face, Known, Refused, Standing
from dashboard.accounts.sign_ins import act_as, alive, begin, end, end_all, hand_over_in, known, take_back_in, touch
from dashboard.accounts.standings import locked, standing, unlock_in

__all__ = [
    "LASTS_DAYS",
    "Begun",
    "Checked",
    "Enrolling",
    "Face",
    "Known",
    "Refused",
    "Standing",
    "accept",
    "act_as",
    "actor",
    "alive",
    "begin",
    "change_password",
    "check",
    "confirm",
    "demo_people",
    "drop_second_factor",
    "end",
    "end_all",
    "enrol",
    "enrolled",
    "first_run_needed",
    "first_token",
    "hand_over_in",
    "holder",
    "invited",
    "known",
    "locked",
    "mark",
    "proved",
    "set_up_people",
    "standing",
    "take_back_in",
    "touch",
    "unlock_in",
]
