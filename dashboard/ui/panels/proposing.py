"""Proposing a change of the knowledge: files edited here or brought along, checked, and kept as a candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.access import Actor
from dashboard.casework import candidates
from dashboard.casework.knowledge_views import KnowledgeVersionView
from dashboard.casework.proposals import MANIFEST, Checked, Problem
from dashboard.in_force import knowledge
from dashboard.ui.look import plain
from dashboard.ui.panels import markup

Attempt = Callable[[str, Callable[[Actor], Any]], None]
WAYS = {"ratio": "One likelihood ratio", "file": "Edit a file", "upload": "Bring files along"}
_SHEET = "knowledge_proposal"
LARGEST = 1_000_000
"""Bytes of one file brought along: some ten times what the largest has."""


@dataclass
class Sheet:
    """What this session is about to propose: changed files by path, kept until it is proposed or thrown away."""

    files: dict[str, str] = field(default_factory=dict)
    checked: Checked | None = None
    checked_of: tuple[Any, ...] = ()
    generation: int = 0
    """Raised when a file's text changes by other means than its field, so that the field starts anew."""

    def put(self, path: str, text: str) -> None:
        """Change a file; one that says what is in force is no change."""
        self.files[path] = text
        if text == knowledge().texts.get(path):
            del self.files[path]

    def replace(self, path: str, text: str) -> None:
        """As ``put``, when the text does not come from the field that shows it."""
        self.put(path, text)
        self.generation += 1

    def text(self, path: str) -> str:
        """A file as it would be proposed."""
        return self.files.get(path, knowledge().texts.get(path, ""))


def sheet() -> Sheet:
    """This session's proposal."""
    made: Sheet = st.session_state.setdefault(_SHEET, Sheet())
    return made


def panel(actor: Actor, attempt: Attempt) -> None:
    """The ways to change something, what was changed so far, what is wrong with it, and keeping it."""
    from dashboard.ui.panels import ratio_form

    st.header("Propose a change", anchor=False)
    st.caption(
        "Change something, give it the next version and a reason, and keep it as a candidate. Nothing takes effect "
        "before the difference report was made and a second clinician approved."
    )
    way = st.segmented_control(
        "How", list(WAYS), format_func=WAYS.__getitem__, default="ratio", key="propose-way", persist_state="page"
    )
    if way == "file":
        _file(actor)
    elif way == "upload":
        _upload()
    else:
        ratio_form.panel(sheet())
    _proposal(actor, attempt)


def take_up(each: KnowledgeVersionView, attempt: Attempt) -> None:
    """A way to go on from a version that was not approved, on top of what is in force now."""
    st.button(
        "Take it up again below",
        key=f"take-up-{each.id}",
        icon=":material/edit:",
        type="tertiary",
        on_click=attempt,
        args=(
            "Its changed files are in the proposal below. Look at what they change: what is in force may have moved.",
            lambda who: _lay_out(candidates.files_of(who, each.id)),
        ),
    )


def _lay_out(files: Mapping[str, str]) -> None:
    for path, text in files.items():
        sheet().replace(path, text)


def _file(actor: Actor) -> None:
    """One file as text; what is wrong in it stands under it."""
    paths = sorted(path for path in {*knowledge().texts, *sheet().files} if path != MANIFEST)
    path = st.selectbox("File", paths, key="propose-file", width=480)
    key = f"propose-text-{sheet().generation}-{path}"
    if key not in st.session_state:
        st.session_state[key] = sheet().text(path)
    st.text_area("Text of the file", key=key, height=420, on_change=_typed, args=(path, key))
    st.caption(
        "Leave the field, or press Ctrl+Enter, to have it checked. What you type stays, whatever is wrong with it."
    )
    _problems([each for each in _check(actor).problems if each.file == path], "propose-problems-here")


def _typed(path: str, key: str) -> None:
    sheet().put(path, st.session_state[key])


def _upload() -> None:
    brought = st.file_uploader(
        "Changed knowledge files (.toml)",
        type=["toml"],
        accept_multiple_files=True,
        key=f"propose-upload-{sheet().generation}",
    )
    if not brought:
        return
    refused = []
    for each in brought:
        if each.size > LARGEST:
            refused.append(each.name)
            continue
        try:
            text = each.getvalue().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            refused.append(each.name)
            continue
        sheet().put(path_of(each.name, text), text)
    if refused:
        named = ", ".join(plain(name) for name in refused)
        cure = f"Save it as UTF-8, at most {LARGEST // 1_000_000} MB, and bring it again."
        st.error(f"Not UTF-8 text, or too large: {named}. {cure}", icon=":material/error:")
    else:
        sheet().generation += 1
        st.rerun()


def path_of(name: str, text: str) -> str:
    """Where a file brought along belongs: a browser gives only its name, which conditions and pathways share."""
    same = [path for path in knowledge().texts if path.rpartition("/")[2] == name]
    if len(same) < 2:
        return same[0] if same else name
    folder = "pathways/" if any(line.startswith("condition =") for line in text.splitlines()) else "conditions/"
    return next((path for path in same if path.startswith(folder)), same[0])


def _proposal(actor: Actor, attempt: Attempt) -> None:
    """What was changed, the version and the reason, what is wrong, what it comes to, and the button that keeps it."""
    from dashboard.ui.panels import deciding_version

    if not sheet().files:
        st.caption(":material/edit_off: Nothing is changed yet.")
        return
    with st.container(border=True, key="proposal", gap="small"):
        st.markdown(f"**Your proposal: {len(sheet().files)} file{'s' * (len(sheet().files) != 1)} changed**")
        for path in sorted(sheet().files):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/description: {plain(path)}", width="content")
                st.button("Take out", key=f"take-out-{path}", type="tertiary", on_click=_take_out, args=(path,))
        _, following = candidates.texts_to_start_from(actor)
        with st.container(horizontal=True, gap="medium"):
            st.text_input(
                "Version", key="propose-version", placeholder=f"{following} (next)", persist_state="page", width=160
            )
            st.text_input(
                "What changes and why",
                key="propose-sentence",
                persist_state="page",
                placeholder="One sentence; colleagues read it for years",
            )
        checked = _check(actor)
        _problems(checked.problems, "propose-problems")
        if checked.fine:
            st.success("Checked: it reads, and everything in it fits together.", icon=":material/task_alt:")
            deciding_version.table(checked.changes)
        with st.container(horizontal=True):
            st.button(
                "Keep as a candidate",
                key="propose-keep",
                type="primary",
                icon=":material/inventory:",
                disabled=not checked.fine,
                on_click=_keep,
                args=(attempt,),
            )
            st.button("Check", key="propose-check", icon=":material/rule:")
            st.button("Throw it away", key="propose-discard", type="tertiary", on_click=_discard)


def _version(actor: Actor) -> str:
    typed = str(st.session_state.get("propose-version") or "").strip()
    return typed or candidates.texts_to_start_from(actor)[1]


def _check(actor: Actor) -> Checked:
    """The proposal as it stands, looked at again only when it changed."""
    made = sheet()
    version = _version(actor)
    of = (knowledge().sha256, version, tuple(sorted(made.files.items())))
    if made.checked is None or made.checked_of != of:
        made.checked, made.checked_of = candidates.look_at(actor, made.files, version), of
    return made.checked


def _problems(problems: list[Problem] | tuple[Problem, ...], key: str) -> None:
    """Each with its file and the place in it, the cure said; the key is there even when there is none."""
    with st.container(key=key, gap="xsmall"):
        if problems and not (len(problems) == 1 and not sheet().files):
            rows = [(each.file or "The proposal", each.says) for each in problems]
            markup.show(markup.table(f"{len(rows)} to mend", ("Where", "What is wrong, and the cure"), rows))


def _take_out(path: str) -> None:
    sheet().files.pop(path, None)
    sheet().generation += 1


def _discard() -> None:
    st.session_state[_SHEET] = Sheet(generation=sheet().generation + 1)


def _keep(attempt: Attempt) -> None:
    sentence = str(st.session_state.get("propose-sentence") or "")
    made: list[KnowledgeVersionView] = []

    def deed(actor: Actor) -> None:
        made.append(candidates.propose(actor, dict(sheet().files), _version(actor), sentence))

    attempt("Kept as a candidate. Now make its difference report; then a second clinician decides.", deed)
    if made:
        _discard()
        st.session_state["propose-version"] = ""
        st.session_state["propose-sentence"] = ""
        st.session_state["version-open"] = made[0].id
