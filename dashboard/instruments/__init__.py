"""Outcome measures item by item: the clinic's own instrument files, and the scoring of what is answered from them."""

from dashboard.instruments.folder import Shelf, Standing, files_folder, in_force, on_shelf
from dashboard.instruments.reader import FileError, read
from dashboard.instruments.scoring import Score, score
from dashboard.instruments.shapes import Choice, InstrumentFile, Question, Subscale
from dashboard.instruments.sheets import SHEET, accept, is_sheet, sheet_of, typed_over
from dashboard.instruments.totals import band_of, group_of, measures_of, source_of, total_of

__all__ = [
    "SHEET", "Choice", "FileError", "InstrumentFile", "Question", "Score", "Shelf", "Standing", "Subscale", "accept",
    "band_of", "files_folder", "group_of", "in_force", "is_sheet", "measures_of", "on_shelf", "read", "score",
    "sheet_of", "source_of", "total_of", "typed_over",
]  # fmt: skip
