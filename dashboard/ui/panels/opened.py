"""Which episode is open, as which version it was seen, and what became of the last deed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import streamlit as st

from dashboard import casework
from dashboard.access import Actor
from dashboard.casework.views import EpisodeFile
from dashboard.ui import look, rooms, settings, words
from dashboard.ui.look import plain
from dashboard.ui.panels import naming

_OPEN, _SEEN, _SAID, _BEGUN = "episode_open", "episode_seen", "episode_said", "episode_begun"


def episode(actor: Actor) -> EpisodeFile:
    """The file of the episode in the address, or of the one last opened; without one, a way to the worklist."""
    asked = st.query_params.get("episode") or st.session_state.get(_OPEN)
    if not isinstance(asked, str):
        _nothing_open("No episode is open", "Open one from today's worklist.")
    try:
        file = casework.read_episode(actor, int(asked))
    except (casework.NotFound, ValueError):
        _nothing_open("There is no such episode", "It may belong to a site you do not work at.")
    st.session_state[_OPEN] = str(file.episode.id)
    if st.query_params.get("episode") != str(file.episode.id):
        st.query_params["episode"] = str(file.episode.id)
    settings.stand_at(actor, file.episode.site_id)
    return file


def _nothing_open(heading: str, what_next: str) -> NoReturn:
    look.title("Episode")
    look.empty_state(":material/assignment_ind:", heading, what_next, "episode-none")
    st.page_link(rooms.path_to("home"), label="To today's worklist", icon=":material/arrow_back:")
    st.stop()


def seen_version(file: EpisodeFile) -> int:
    """The version the person has in front of them: the one first drawn, until they ask for what is new."""
    seen: dict[int, int] = st.session_state.setdefault(_SEEN, {})
    return seen.setdefault(file.episode.id, file.version)


def is_stale(file: EpisodeFile) -> bool:
    """Whether somebody else changed the episode since it was first drawn here."""
    return seen_version(file) != file.version


def catch_up(episode_id: int) -> None:
    """Take the newest version as seen."""
    st.session_state.get(_SEEN, {}).pop(episode_id, None)


def was_begun(file: EpisodeFile, sheet: str, begun_now: bool) -> bool:
    """Whether a sheet was opened before in this episode: it then stays drawn, so that nothing typed is lost."""
    begun: set[tuple[int, str]] = st.session_state.setdefault(_BEGUN, set())
    if begun_now:
        begun.add((file.episode.id, sheet))
    return (file.episode.id, sheet) in begun


def stale_notice(file: EpisodeFile) -> None:
    """Say that the episode was changed meanwhile, and offer to go on from the newest version."""
    if not is_stale(file):
        return
    with st.container(key="episode-stale"):
        st.warning(
            "**This episode was changed since you opened it.** What you see is already the newest version; what you "
            "typed is still in its fields. Look it over, then go on.",
            icon=":material/sync_problem:",
        )
        st.button(
            "I have seen the changes, go on",
            key="catch-up",
            icon=":material/done:",
            on_click=catch_up,
            args=(file.episode.id,),
        )


def attempt(file: EpisodeFile, done: str, deed: Callable[[], Any]) -> bool:
    """Do a deed and keep for the next run what to say: that it is done, or why not. True when it was done."""
    try:
        deed()
    except casework.StaleRecord as why:
        said = ("warning", _someone_else(why))
    except casework.GateClosed as why:
        said = ("warning", "The gates of this referral are not open: " + "; ".join(why.reasons or (str(why),)))
    except casework.NotReady as why:
        said = ("warning", str(why))
    except casework.BadAnswer as why:
        said = ("warning", f"{_about(why.item)} {why.message}")
    except casework.Forbidden:
        said = ("error", "Your role does not allow this. Nothing was changed.")
    else:
        catch_up(file.episode.id)
        st.session_state[_SAID] = ("success", done)
        return True
    st.session_state[_SAID] = said
    return False


def _about(item_id: str) -> str:
    """The question a refusal is about, if it is about one."""
    named = naming.question(item_id)
    return f"“{named}”" if named != item_id else item_id.replace("_", " ").capitalize()


def _someone_else(why: casework.StaleRecord) -> str:
    who = f" by {why.changed_by}" if why.changed_by else ""
    when = f" at {words.clock(why.changed_at)}" if why.changed_at else ""
    return f"Not saved: the episode was changed{who}{when} since you opened it. Nothing you typed is lost."


def say(kind: str, message: str) -> None:
    """Keep a message for the next run: kind is success, warning or error."""
    st.session_state[_SAID] = (kind, message)


def last_words() -> None:
    """Say once what became of the last deed."""
    said = st.session_state.pop(_SAID, None)
    if said is None:
        return
    spoken(*said)


def spoken(kind: str, message: str) -> None:
    """What became of a deed, in a box of its kind: success, warning or error."""
    box, icon = {
        "success": (st.success, ":material/check_circle:"),
        "warning": (st.warning, ":material/info:"),
        "error": (st.error, ":material/block:"),
    }[kind]
    box(plain(message), icon=icon)
