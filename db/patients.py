"""The patient's row: sealed value by value on PostgreSQL, searched blindly there, and bound together as one row."""

import hmac
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, event, text
from sqlmodel import Field

from db.base import PRIVATE, Entry, Record, Row
from db.blind import Searched, Terms
from db.blocks import number_of
from db.columns import Code, SearchKey, folded
from db.sealed import Fitting, Sealed, SealedDay, Tampered, fitting

_MERGED = text("merged_into_id IS NOT NULL")

IDENTIFIERS = ("record_number", "given_name", "family_name", "date_of_birth", "phone", "postal_code")
"""What names a patient, in the order in which a row's values are bound together."""


class Patient(Record, table=True):
    """A runner looked after; the keys are the names as they are searched for."""

    __table_args__ = (
        # Where names stand in plain. On PostgreSQL they are sealed, and `patientindex` finds them.
        # The site in each, so that of another site's namesakes no row is looked at.
        Index("patient_by_family_key", "family_key", "given_key", "site_id").ddl_if("sqlite"),
        Index("patient_by_given_key", "given_key", "family_key", "site_id").ddl_if("sqlite"),
        Index("patient_by_record_key", "record_key", "site_id").ddl_if("sqlite"),
        Index("patient_by_date_of_birth", "date_of_birth", "site_id").ddl_if("sqlite"),
        Index("patient_by_phone_key", "phone_key", "site_id").ddl_if("sqlite"),
        Index("patient_by_phone_tail", "phone_tail", "site_id").ddl_if("sqlite"),
        Index("patient_by_merged_into_id", "merged_into_id", sqlite_where=_MERGED, postgresql_where=_MERGED),
    )

    record_number: str = Field(unique=True, sa_type=Sealed("patient.record_number", steady=True))
    given_name: str = Field(sa_type=Sealed("patient.given_name"))
    family_name: str = Field(sa_type=Sealed("patient.family_name"))
    date_of_birth: date = Field(sa_type=SealedDay("patient.date_of_birth"), sa_column_kwargs={"info": PRIVATE})
    sex_at_birth: str
    phone: str = Field(default="", sa_type=Sealed("patient.phone"))
    site_id: int = Field(foreign_key="site.id")
    """Never an index of its own: of a few sites each holds a good part of everything."""
    family_key: str = Field(default="", sa_type=SearchKey)
    given_key: str = Field(default="", sa_type=SearchKey)
    record_key: str = Field(default="", sa_type=SearchKey)
    postal_code: str = Field(default="", nullable=True, sa_type=Sealed("patient.postal_code"))
    fitting: Any = Field(default=None, nullable=True, sa_type=Fitting)
    """The seal that binds this row's identifiers together; only on PostgreSQL."""
    terms: Any = Field(default=None, nullable=True, sa_type=Terms)
    """What is searched by, on its way to `patientindex` or `patientblock`, where triggers put it; empty here."""
    phone_key: str = Field(default="", nullable=True, sa_type=SearchKey)
    """The telephone's digits, as it is searched for by its start."""
    phone_tail: str = Field(default="", nullable=True, sa_type=SearchKey)
    """The same from its end."""
    # No foreign key: SQLite adds none to a table that is there. The ledger (db/merging.py) has one.
    merged_into_id: int | None = None
    """The patient this one turned out to be, whose record stands; None for everybody else."""

    @classmethod
    def follow(cls, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The search keys of the names and the record number; of a whole row also what binds it and finds it."""
        sources = {"family_key": "family_name", "given_key": "given_name", "record_key": "record_number"}
        found: dict[str, Any] = {key: folded(columns[source]) for key, source in sources.items() if source in columns}
        if "phone" in columns:
            found["phone_key"] = number_of(columns["phone"] or "")
            found["phone_tail"] = found["phone_key"][::-1]
        row = {"phone": "", "postal_code": "", **columns}
        if all(name in row for name in IDENTIFIERS):
            found["fitting"] = _bound_together(row)
            found["terms"] = cls.searched_by({name: told(row[name]) for name in IDENTIFIERS})
        return found

    @staticmethod
    def searched_by(words: Mapping[str, str]) -> Searched:
        """What a patient is searched by, of the identifiers as words."""
        family, given, record = (folded(words[name]) for name in ("family_name", "given_name", "record_number"))
        return Searched(family, given, record, words["date_of_birth"], number_of(words["phone"]))


class PatientIndex(Row, table=True):
    """The blind index: keyed hashes a patient is found by on PostgreSQL; on SQLite it stays empty.

    A table of its own, without walls between sites: behind a wall PostgreSQL would not use an index of hashes. The
    patient's site is in every hash (blind.at_sites); a trigger on the patient's row puts it there and keeps it.
    """

    __table_args__ = (Index("patientindex_by_terms", "terms", postgresql_using="gin").ddl_if("postgresql"),)

    patient_id: int = Field(
        sa_column=Column(
            Integer,
            # Deferred: the trigger writes it just before the patient's row is there.
            ForeignKey("patient.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
            primary_key=True,
            autoincrement=False,
        )
    )
    terms: Any = Field(default=None, nullable=True, sa_type=Terms)


class PatientBlock(Row, table=True):
    """The blocks a patient is in, where a duplicate is looked for, on SQLite; on PostgreSQL it stays empty.

    Written by triggers on the patient's row (step 0009).
    """

    __table_args__ = (Index("patientblock_by_term", "term"), {"sqlite_with_rowid": False})

    patient_id: int = Field(
        sa_column=Column(Integer, ForeignKey("patient.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    term: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class KeptKey(Entry, table=True):
    """A key of one purpose that older rows need, wrapped with the clinic's present key (db/keyring.py)."""

    purpose: str = Field(sa_type=Code)
    wrapped: bytes = Field(sa_type=LargeBinary)


def told(value: str | date | None) -> str:
    """An identifier as words: a day as 1990-05-17, what is missing as nothing."""
    return value.isoformat() if isinstance(value, date) else value or ""


def _bound_together(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(told(row[name]) for name in IDENTIFIERS)


@event.listens_for(Patient, "before_insert")
@event.listens_for(Patient, "before_update")
def _follow(_mapper: Any, _connection: Any, patient: Patient) -> None:
    """Whoever adds a row past db/records.py gets the same."""
    for column, value in Patient.follow({name: getattr(patient, name) for name in IDENTIFIERS}).items():
        setattr(patient, column, value)


@event.listens_for(Patient, "load")
@event.listens_for(Patient, "refresh")
def _check(patient: Patient, *_: Any) -> None:
    """Tampered when the identifiers of a sealed row are not those that were written together."""
    there = patient.__dict__
    if there.get("fitting") is None or not all(name in there for name in IDENTIFIERS):
        return
    if not hmac.compare_digest(there["fitting"], fitting(_bound_together(there))):
        raise Tampered(f"patient {there.get('id')}: the identifiers do not belong together; restore a backup")
