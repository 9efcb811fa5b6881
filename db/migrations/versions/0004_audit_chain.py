"""The audit trail's chain: what seals each event to the one before, whom it is about, and the head that knows the last.

Every event there is gets its place in the chain in the order of its number; on PostgreSQL numbers may have had gaps.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from db.base import opaque_id
from db.sealing import first_seal, kind_of, outcome_of, seal, sealing_key

revision = "0004"
down_revision = "0003"

WHOLE, TEXT, DOCUMENT, MOMENT = sa.Integer(), sa.String(), sa.JSON(none_as_null=True), sa.DateTime(timezone=True)
REFUSED, EMERGENCY = sa.text("outcome = 'refused'"), sa.text("purpose = 'emergency'")
AT_ONCE = 1000

BEFORE: dict[str, Any] = {
    "id": WHOLE,
    "at": MOMENT,
    "person_id": WHOLE,
    "before": DOCUMENT,
    "after": DOCUMENT,
    **dict.fromkeys(("person_name", "role", "deed", "record", "record_id", "reason"), TEXT),
}
SINCE: dict[str, Any] = {
    **BEFORE,
    "patients": DOCUMENT,
    **dict.fromkeys(("sign_in", "kind", "outcome", "purpose", "mac"), TEXT),
}
FORMER = sa.table("auditevent_former", *(sa.column(name, kind) for name, kind in BEFORE.items()))
EVENT = sa.table("auditevent", *(sa.column(name, kind) for name, kind in SINCE.items()))

WHOSE = {
    "patient": "SELECT id, id FROM patient WHERE id",
    **{
        name: f"SELECT id, patient_id FROM {name} WHERE id"
        for name in ("episode", "intake", "referral", "outcome", "draft")
    },
    **{
        name: f"SELECT r.id, e.patient_id FROM {name} r JOIN episode e ON e.id = r.episode_id WHERE r.id"
        for name in ("assessment", "decision", "lowering", "confirmeddiagnosis")
    },
    **{
        name: f"SELECT r.id, e.patient_id FROM {name} r JOIN assessment a ON a.id = r.assessment_id "
        "JOIN episode e ON e.id = a.episode_id WHERE r.id"
        for name in ("opening", "decisionline")
    },
    "referralmove": "SELECT r.id, f.patient_id FROM referralmove r JOIN referral f ON f.id = r.referral_id WHERE r.id",
}
"""How to find the patients that records of a table are about."""


def upgrade() -> None:
    """Put the events there are aside, make the tables anew, seal the events into them, and shut the ways around."""
    put_aside()
    make_auditevent()
    make_auditpatient()
    make_audithead()
    seal_the_past()
    op.drop_table("auditevent_former")
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def put_aside() -> None:
    """The former table under another name, without the triggers, indexes and names the new one needs."""
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("unchanged", "kept", "not_replaced"):
            op.execute(f"DROP TRIGGER auditevent_{trigger}")
        for index in ("deed", "person", "person_and_deed", "record", "time"):
            op.execute(f"DROP INDEX auditevent_by_{index}")
        op.rename_table("auditevent", "auditevent_former")
        return
    op.rename_table("auditevent", "auditevent_former")
    # From PostgreSQL 18 on each "not null" has a name as well.
    named = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = 'auditevent_former'::regclass")
    for name in op.get_bind().execute(named).scalars().all():
        op.execute(f'ALTER TABLE auditevent_former RENAME CONSTRAINT "{name}" TO "former_{name}"')
    for index in ("deed", "person", "person_and_deed", "record", "time"):
        op.execute(f"DROP INDEX auditevent_by_{index}")


def filled(name: str, kind: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: Any) -> sa.Column[Any]:
    """A column that may be without a value."""
    return sa.Column(name, kind, nullable=True)


def given(name: str) -> sa.Column[Any]:
    """A number that is given, never counted by the database."""
    return sa.Column(name, WHOLE, nullable=False, autoincrement=False)


def make_auditevent() -> None:
    op.create_table(
        "auditevent",
        given("id"),
        filled("at", MOMENT),
        optional("person_id", WHOLE),
        filled("person_name", TEXT),
        filled("role", TEXT),
        filled("sign_in", TEXT),
        filled("deed", TEXT),
        filled("kind", TEXT),
        filled("outcome", TEXT),
        filled("purpose", TEXT),
        filled("record", TEXT),
        filled("record_id", TEXT),
        optional("patients", DOCUMENT),
        optional("before", DOCUMENT),
        optional("after", DOCUMENT),
        filled("reason", TEXT),
        filled("mac", TEXT),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_auditevent_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_auditevent"),
    )
    for name, *columns in (
        ("record", "record", "record_id", "at"),
        ("time", "at", "id"),
        ("deed", "deed", "at", "id"),
        ("kind", "kind", "at", "id"),
        ("person", "person_id", "at", "id"),
        ("person_and_deed", "person_id", "deed", "at", "id"),
        ("person_and_kind", "person_id", "kind", "at", "id"),
    ):
        op.create_index(f"auditevent_by_{name}", "auditevent", columns)
    for name, which in (("refused", REFUSED), ("in_emergency", EMERGENCY)):
        op.create_index(f"auditevent_{name}", "auditevent", ["at", "id"], sqlite_where=which, postgresql_where=which)


def make_auditpatient() -> None:
    op.create_table(
        "auditpatient",
        given("patient_id"),
        given("event_id"),
        sa.PrimaryKeyConstraint("patient_id", "event_id", name="pk_auditpatient"),
    )


def make_audithead() -> None:
    op.create_table(
        "audithead",
        given("id"),
        filled("database", TEXT),
        filled("sequence", WHOLE),
        filled("mac", TEXT),
        sa.CheckConstraint("id = 1", name="audithead_one"),
        sa.PrimaryKeyConstraint("id", name="pk_audithead"),
    )


def seal_the_past() -> None:
    """Number and seal every former event, a part at a time, and write down the head."""
    bind, key, database = op.get_bind(), sealing_key(), opaque_id()
    mac, number = first_seal(key, database), 0
    about = sa.table("auditpatient", sa.column("event_id", WHOLE), sa.column("patient_id", WHOLE))
    for part in former_events(bind):
        whose, rows = found_patients(bind, part), []
        for event in part:
            number += 1
            patient_id = whose.get((event["record"], event["record_id"]))
            event |= {"id": number, "sign_in": "", "purpose": "", "patients": [patient_id] if patient_id else None}
            event |= {"kind": kind_of(event["deed"]), "outcome": outcome_of(event["deed"])}
            mac = event["mac"] = seal(key, mac, event)
            rows.append(event)
        bind.execute(sa.insert(EVENT), [in_sqlite(row) if bind.dialect.name == "sqlite" else row for row in rows])
        if named := [{"event_id": row["id"], "patient_id": one} for row in rows for one in row["patients"] or ()]:
            bind.execute(sa.insert(about), named)
    head = sa.text("INSERT INTO audithead (id, database, sequence, mac) VALUES (1, :database, :sequence, :mac)")
    bind.execute(head, {"database": database, "sequence": number, "mac": mac})


def former_events(bind: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """The former events in the order of their numbers, AT_ONCE at a time."""
    last = -(2**31)
    while True:
        wanted = sa.select(FORMER).where(FORMER.c.id > last).order_by(FORMER.c.id).limit(AT_ONCE)
        if not (rows := [dict(row) for row in bind.execute(wanted).mappings()]):
            return
        last = rows[-1]["id"]
        for row in rows:
            row["at"] = row["at"].replace(tzinfo=UTC) if row["at"].tzinfo is None else row["at"].astimezone(UTC)
        yield rows


def in_sqlite(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite, which knows no zones, keeps moments in UTC without one."""
    return {**row, "at": row["at"].replace(tzinfo=None)}


def found_patients(bind: sa.Connection, events: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """The patients that some events' records are about, by the record's table and id."""
    wanted: dict[str, set[str]] = {}
    for event in events:
        if event["record"] in WHOSE and (event["record"] == "draft" or event["record_id"].isdigit()):
            wanted.setdefault(event["record"], set()).add(event["record_id"])
    found: dict[tuple[str, str], int] = {}
    for record, ids in wanted.items():
        asked = sa.text(f"{WHOSE[record]} IN :ids").bindparams(sa.bindparam("ids", expanding=True))
        values = sorted(ids) if record == "draft" else sorted(map(int, ids))
        found |= {(record, str(one)): patient for one, patient in bind.execute(asked, {"ids": values})}
    return found


def guard_sqlite() -> None:
    """Rows are only ever added, each after the last; the head moves with them and in no other way."""
    for table in ("auditevent", "auditpatient"):
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
        op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}")
    op.execute(
        "CREATE TRIGGER auditevent_next BEFORE INSERT ON auditevent "
        "WHEN NEW.id IS NOT (SELECT sequence + 1 FROM audithead) "
        "BEGIN SELECT RAISE(ABORT, 'auditevent: rows are only ever added, each after the last'); END"
    )
    op.execute(
        "CREATE TRIGGER auditevent_moves_head AFTER INSERT ON auditevent "
        "BEGIN UPDATE audithead SET sequence = NEW.id, mac = NEW.mac; END"
    )
    op.execute(
        "CREATE TRIGGER auditpatient_of_last BEFORE INSERT ON auditpatient WHEN NEW.event_id NOT IN "
        "(SELECT id FROM auditevent) OR EXISTS (SELECT 1 FROM auditpatient WHERE patient_id = NEW.patient_id AND "
        "event_id = NEW.event_id) "
        "BEGIN SELECT RAISE(ABORT, 'auditpatient: rows are only ever added, with their event'); END"
    )
    alone = "BEGIN SELECT RAISE(ABORT, 'audithead: it only moves on, with the events'); END"
    op.execute(
        "CREATE TRIGGER audithead_moves BEFORE UPDATE ON audithead WHEN NEW.id <> 1 OR NEW.database <> OLD.database OR "
        "NEW.sequence <> OLD.sequence + 1 OR "
        f"NOT EXISTS (SELECT 1 FROM auditevent WHERE id = NEW.sequence AND mac = NEW.mac) {alone}"
    )
    op.execute(f"CREATE TRIGGER audithead_kept BEFORE DELETE ON audithead {alone}")
    op.execute(f"CREATE TRIGGER audithead_one BEFORE INSERT ON audithead {alone}")


def guard_postgresql() -> None:
    """The same by functions; emptying a table is a deed of its own, and whoever owns it may not change it either."""
    op.execute(
        "CREATE FUNCTION auditevent_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE audithead SET sequence = NEW.id, mac = NEW.mac WHERE sequence = NEW.id - 1; "
        "IF NOT FOUND THEN RAISE EXCEPTION 'auditevent: rows are only ever added, each after the last'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER auditevent_next BEFORE INSERT ON auditevent FOR EACH ROW EXECUTE FUNCTION auditevent_follows()"
    )
    op.execute(
        "CREATE FUNCTION auditpatient_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'auditpatient: rows are only ever added'; END $$"
    )
    op.execute(
        "CREATE FUNCTION audithead_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audithead: it only moves on, with the events'; END $$"
    )
    for table in ("auditevent", "auditpatient"):
        does = f"EXECUTE FUNCTION {table}_refuses()"
        op.execute(f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {does}")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {does}")
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    alone = "EXECUTE FUNCTION audithead_refuses()"
    op.execute(
        "CREATE TRIGGER audithead_moves BEFORE UPDATE ON audithead FOR EACH ROW WHEN "
        f"(pg_trigger_depth() = 0 OR NEW.sequence <> OLD.sequence + 1 OR NEW.database <> OLD.database) {alone}"
    )
    op.execute(f"CREATE TRIGGER audithead_kept BEFORE INSERT OR DELETE ON audithead FOR EACH ROW {alone}")
    op.execute(f"CREATE TRIGGER audithead_whole BEFORE TRUNCATE ON audithead FOR EACH STATEMENT {alone}")
