"""The session every query goes through: without a scope it answers nothing."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from db.scope import NoScope, Scope


class Walled(Session):
    """A session that belongs to a scope."""

    def __init__(self, opened: Engine, scope: Scope | None) -> None:
        super().__init__(opened, expire_on_commit=False)
        self.info["scope"] = scope

    @property
    def scope(self) -> Scope:
        """On whose behalf; NoScope when nobody said."""
        scope: Scope | None = self.info["scope"]
        if scope is None:
            raise NoScope(
                "this session was opened on nobody's behalf: pass scope=, an actor's (casework.authority does) or "
                'db.scope.program("what Backstride is doing")'
            )
        return scope

    def begin_now(self) -> None:
        """Begin the transaction before the first statement."""
        super().connection()

    def connection(self, *given: Any, **named: Any) -> Connection:
        """The connection itself, behind the walls: for Backstride's own work only."""
        self.scope.must_be_program("session.connection()")
        return super().connection(*given, **named)


@event.listens_for(Walled, "do_orm_execute")
def _ask(asked: ORMExecuteState) -> None:
    session = asked.session
    assert isinstance(session, Walled)
    _ = session.scope


@event.listens_for(Walled, "before_flush")
def _write(session: Walled, *_: Any) -> None:
    _ = session.scope
