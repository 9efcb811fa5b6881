"""The intake on paper: the number of every question, the printed form, and what is typed when keying one in."""

from dashboard.on_paper.codes import keyed, spelled
from dashboard.on_paper.lines import Line, line_of, lines, number_of
from dashboard.on_paper.passes import Difference, agreed, differences

__all__ = ["Difference", "Line", "agreed", "differences", "keyed", "line_of", "lines", "number_of", "spelled"]
