"""Codes for the record: candidates that fit the decision and the answers, to copy; nothing is stored by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard import code_book, coding, decided, intake
from dashboard.access import Actor
from dashboard.casework.views import EpisodeFile
from dashboard.code_book import CodeBook, CodeBookError
from dashboard.coding import Candidate
from dashboard.in_force import knowledge
from dashboard.ui import words
from dashboard.ui.look import plain
from dashboard.ui.panels import markup, naming
from dashboard.ui.settings import clinic

FITS = {
    "fits": ("Fits the answers", "good"),
    "open": ("To choose", "plain"),
    "against": ("Against the answers", "quiet"),
}


def begin(file: EpisodeFile) -> None:
    """Have the code set read in the background as soon as somebody may want it."""
    if decided.condition(file):
        code_book.begin(coding.all_codes(knowledge()))


def panel(actor: Actor, file: EpisodeFile) -> None:
    """The candidates for the decided condition, a choice of them, what is wrong with the choice, and a line to copy."""
    st.header("Codes for the record", anchor=False)
    condition = decided.condition(file)
    if condition is None:
        st.caption("Codes follow the condition a clinician signs. Decide first.")
        return
    if condition not in knowledge().codings:
        st.caption("This version of the knowledge holds no codes for the condition.")
        return
    book = _book()
    if book is not None:
        found = coding.candidates(knowledge(), book, condition, intake.case_of(file.answers))
        _candidates(file, found, condition)
        _choice(file, book, found, condition)
        _release(book)


def _book() -> CodeBook | None:
    with st.spinner("Reading the ICD-10-CM code set…"):
        try:
            return code_book.read(coding.all_codes(knowledge()))
        except CodeBookError as why:
            st.warning(f"{why} Look the code up elsewhere, or try again.", icon=":material/menu_book:")
            return None


def _candidates(file: EpisodeFile, found: Sequence[Candidate], condition: str) -> None:
    rows = [_row(file, each) for each in found]
    caption = f"For {naming.condition(condition)}"
    columns = ("Code", "Title in the code set", "When", "The answers", "Seventh character")
    markup.show(markup.table(caption, columns, rows, widths=(10, 30, 24, 22, 14)))
    if says := knowledge().codings[condition].says:
        st.caption(plain(says))


def _row(file: EpisodeFile, each: Candidate) -> Sequence[object]:
    said, tone = FITS[each.fit]
    because = markup.lines(naming.answered(file, each.because))
    code = markup.Html(f"<code>{markup.text(each.code)}</code>")
    warned = [] if each.billable else [markup.badge("Not billable", "bad")]
    letter = each.code[-1] if each.seventh else ""
    seventh = f"{letter}: {each.seventh[letter]}" if letter in each.seventh else ""
    return (
        markup.joined([code, *warned]),
        each.title or "Not in this release",
        each.says,
        markup.lines([markup.badge(said, tone), markup.quiet(because) if each.because else None]),
        seventh,
    )


def _choice(file: EpisodeFile, book: CodeBook, found: Sequence[Candidate], condition: str) -> None:
    own = [each.code for each in found]
    offered = [*own, *(code for code in sorted(book.codes) if code not in own)]
    fitting = [each.code for each in found if each.fit == "fits"]
    chosen = st.multiselect(
        "Codes chosen",
        offered,
        default=fitting if len(fitting) == 1 else [],
        format_func=lambda code: f"{code}  {book.codes[code].title}" if code in book.codes else code,
        key=f"codes-{file.episode.id}-{condition}",
        placeholder="Choose; families and seventh characters are offered too",
        persist_state="page",
    )
    for code, below in coding.not_billable(book, chosen):
        instead = "; ".join(f"{each.code} {each.title}" for each in below[:12]) or "nothing in this release"
        st.warning(f"**{plain(code)} is not billable.** Choose below it: {plain(instead)}.", icon=":material/block:")
    for each in coding.exclusions(book, chosen):
        st.warning(
            f"**{plain(each.kept)} and {plain(each.dropped)} are not coded together (Excludes1).** Keep "
            f"{plain(each.kept)}: {plain(each.why)}. Note on {plain(each.bearer)}: “{plain(each.note)}”.",
            icon=":material/call_split:",
        )
    _seventh(book, chosen)
    if chosen:
        st.code("\n".join(f"{code}  {book.codes[code].title}" for code in chosen), language=None, wrap_lines=True)
        st.caption("Copy with the button at the right. Nothing is stored or sent: the record and the biller decide.")


def _seventh(book: CodeBook, chosen: Sequence[str]) -> None:
    for code in chosen:
        meanings = book.codes[code].seventh
        if meanings:
            told = "; ".join(f"{letter} {meaning}" for letter, meaning in meanings.items())
            st.caption(f":material/looks_7: {plain(code)}, last character: {plain(told)}.")


def _release(book: CodeBook) -> None:
    said = f"ICD-10-CM release of {clinic().day(book.released)}." if book.released else "Release not known."
    if book.superseded(words.here(datetime.now(UTC)).date()):
        st.warning(
            f"{said} A newer yearly release is in force since 1 October: check the code there before it is billed.",
            icon=":material/event_busy:",
        )
    else:
        st.caption(said)
