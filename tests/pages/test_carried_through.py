"""An answer that reached the server is saved, whatever the browser asks for next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard.ui import carried_through


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Every other test has Streamlit as it comes."""
    before = SafeSessionState.on_script_will_rerun
    SafeSessionState.on_script_will_rerun = getattr(before, "__wrapped__", before)  # type: ignore[method-assign]
    yield
    SafeSessionState.on_script_will_rerun = before  # type: ignore[method-assign]


class Browser:
    """A browser that asks for another run as soon as one has begun."""

    def __init__(self) -> None:
        self.impatient, self.saved = False, list[str]()
        self.state = SessionState()
        self.session = SafeSessionState(self.state, self._end_where_asked)
        field: Any = WidgetMetadata("field", lambda it: it, lambda it: it, "string_value", callback=self._save)
        self.session.register_widget(field, "field")

    def types(self, words: str) -> None:
        """What was typed reaches the server; the next key follows while it is being saved."""
        copy_context().run(self._run, self.sent(words))

    def sent(self, words: str) -> WidgetStates:
        """The message with what is in the field."""
        message = WidgetStates()
        one = message.widgets.add()
        one.id, one.string_value = "field", words
        return message

    def _run(self, sent: WidgetStates) -> None:
        ThreadState.initialize()
        self.session.on_script_will_rerun(sent)

    def _save(self) -> None:
        self.impatient = True
        self.saved.append(self.session["field"])

    def _end_where_asked(self) -> None:
        if self.impatient:
            self.impatient = False
            raise RerunException(RerunData())


def test_streamlit_by_itself_forgets_what_a_callback_was_about_to_save() -> None:
    """Where this fails Streamlit has changed, and the cure may go."""
    browser = Browser()
    browser.types("no")
    assert browser.saved == []


def test_what_was_typed_is_saved_although_the_next_key_has_come() -> None:
    """However often the cure is put in."""
    carried_through.install()
    carried_through.install()
    browser = Browser()
    browser.types("no")
    assert browser.saved == ["no"]


@pytest.mark.parametrize("look", [lambda session: session["field"], lambda session: "field" in session])
def test_the_next_key_is_looked_at_as_soon_as_the_page_begins_to_draw(look: Callable[[SafeSessionState], Any]) -> None:
    """Nothing waits longer than the callbacks take."""
    carried_through.install()
    browser = Browser()
    browser.types("no")
    with pytest.raises(RerunException):
        look(browser.session)


def test_a_run_that_is_outdated_before_it_begins_takes_no_value_over() -> None:
    """Its browser has asked for another one already, which brings the same values."""
    carried_through.install()
    browser = Browser()
    browser.impatient = True
    with pytest.raises(RerunException):
        browser.types("no")
    assert browser.saved == []


def test_the_next_run_begins_once_the_callbacks_of_the_one_before_are_done() -> None:
    """Streamlit runs it in a thread of its own, meanwhile: it must not draw the page without what they save."""
    carried_through.install()
    order, in_it = list[str](), threading.Event()

    class Slow(Browser):
        def _save(self) -> None:
            in_it.set()
            next_run.join(0.3)  # all the time it needs to overtake
            order.append("saved")

    slow = Slow()
    after = SafeSessionState(slow.state, lambda: None)

    def draw() -> None:
        in_it.wait(5)
        ThreadState.initialize()
        after.on_script_will_rerun(slow.sent("no"))
        order.append("drawn")

    next_run = threading.Thread(target=copy_context().run, args=[draw], daemon=True)
    next_run.start()
    slow.types("no")
    next_run.join()
    assert order == ["saved", "drawn"]
