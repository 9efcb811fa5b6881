"""A server that says every answer is saved and keeps none of the numbers: what the checker has to find out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard import casework
from dashboard.casework.views import DraftView


def forgetting(save: Callable[..., DraftView]) -> Callable[..., DraftView]:
    """The deed that saves an answer, but for numbers: the screen is told they are kept, and nobody keeps them."""

    def save_answer(actor: Any, draft_id: str, item_id: str, raw: object, **more: Any) -> DraftView:
        if not isinstance(raw, int | float) or isinstance(raw, bool):
            return save(actor, draft_id, item_id, raw, **more)
        draft = casework.read_draft(actor, draft_id)
        return replace(draft, answers={**draft.answers, item_id: raw}, kept=True)

    return save_answer


if __name__ == "__main__":
    casework.save_answer = forgetting(casework.save_answer)
    from streamlit.web.cli import main

    main(prog_name="streamlit")
