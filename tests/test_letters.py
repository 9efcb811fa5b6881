"""What people type, without the signs nobody sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.letters import one_line, visible, visible_in

HIDDEN = "\x00\x07\x1b\x7f\u202e\u2066\ufeff\ud800"


@given(st.text(st.characters(categories=("L", "N", "P", "Zs", "M"))))
def test_words_of_any_language_stay_as_they_are(words: str) -> None:
    """Letters, digits, accents and punctuation are nobody's to change."""
    assert visible(words) == words


@given(st.lists(st.sampled_from([*HIDDEN, "Ána", " ", "٣", "名"])))
def test_signs_nobody_sees_go_and_the_others_keep_their_order(parts: list[str]) -> None:
    """Exactly the hidden ones are missing."""
    assert visible("".join(parts)) == "".join(part for part in parts if part not in HIDDEN)


@given(st.text())
def test_every_text_becomes_one_that_can_be_stored(words: str) -> None:
    """In UTF-8, without the sign no PostgreSQL takes; a second time changes nothing."""
    stored = visible(words)
    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert visible(stored) == stored
    assert "\n" not in one_line(words)


def test_lines_of_a_comment_stay_lines() -> None:
    """What was written in two lines is read in two lines, whatever machine wrote it."""
    assert visible("first\r\nsecond\tand") == "first\nsecond\tand"
    assert one_line(" first \r\n second\tand ") == "first second and"


def test_texts_inside_an_answer_are_reached() -> None:
    """A list of activities and a table by key alike; numbers and truths pass."""
    assert visible_in([["run\x00", 3], {"a": "b\u202e"}, True, None]) == [["run", 3], {"a": "b"}, True, None]
    assert visible_in(("x\x00",)) == ("x",)
