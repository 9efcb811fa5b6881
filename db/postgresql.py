"""PostgreSQL: psycopg 3, times in UTC, reads that see one moment and can change nothing."""

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext

from db.columns import compact
from db.scope import Scope

SETTINGS = "-c timezone=UTC -c lock_timeout=30s -c idle_in_transaction_session_timeout=120s"
EVERY = "*"
"""What backstride.sites says where every site's rows are let through."""


def open_engine(url: str, reads_only: bool) -> Engine:
    """An engine on the server and database that a postgresql:// URL names."""
    opened = create_engine(
        address(url),
        connect_args={"options": SETTINGS, "application_name": "backstride"},
        # The server may have been restarted since; a broken connection is replaced, not shown to the clinic.
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=40,
        hide_parameters=True,
        json_serializer=compact,
    )
    event.listen(opened, "handle_error", _keep_rows_out_of_messages)
    if not reads_only:
        return opened
    return opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def address(url: str) -> URL:
    """The URL with the driver named, however it was written (postgres://, postgresql://)."""
    return make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")


def _keep_rows_out_of_messages(context: ExceptionContext) -> None:
    """The server quotes the row it refuses, names and all; what is raised, and so logged, must not."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(original, psycopg.Error) and original.diag.message_primary and wrapped is not None:
        original.args = (original.diag.message_primary,)
        kind = type(original)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {original.diag.message_primary}",)


def let_through(connection: Connection, scope: Scope | None) -> None:
    """Tell the server, for this transaction, whose rows its policies let through; nobody's without a scope."""
    sites = "" if scope is None else EVERY if scope.sites is None else ",".join(map(str, scope.sites))
    patients = ",".join(map(str, scope.patients)) if scope else ""
    connection.exec_driver_sql(
        "SELECT set_config('backstride.sites', %s, true), set_config('backstride.patients', %s, true)",
        (sites, patients),
    )


def passes_every_policy(connection: Connection) -> bool:
    """Whether the server asks no policy of the role that is connected: a superuser, or one with BYPASSRLS."""
    asked = connection.exec_driver_sql("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return bool(asked.scalar())
