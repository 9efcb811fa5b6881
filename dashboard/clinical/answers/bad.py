"""What an answer that cannot be read is."""

from __future__ import annotations


class BadAnswer(ValueError):  # noqa: N818 (the word of the clinic)
    """An answer its item cannot have: which item, what is wrong and the cure; never the words given."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item} {message}")
        self.item = item
        self.message = message
