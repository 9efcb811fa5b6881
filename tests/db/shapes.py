"""Ways of asking the database for patients' rows, each with what a person would find by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import case, func, literal, select, tuple_, union, union_all
from sqlalchemy.orm import Bundle, Query, aliased, load_only
from sqlmodel import Session, col

from db.tables import Assessment, Decision, Episode, Intake, Patient, Person, Referral, Site

Shape = Callable[[Session], Any]
ByHand = Callable[[dict[str, list[Any]]], Any]


def ids(found: Any) -> list[Any]:
    """What was found, in order, whatever order it came in."""
    return sorted(found, key=str)


def _pairs(rows: list[Any], *names: str) -> list[Any]:
    return ids(tuple(getattr(row, name) for name in names) for row in rows)


def _group(session: Session) -> Any:
    asked = select(col(Episode.patient_id), func.count()).group_by(col(Episode.patient_id))
    return ids(tuple(row) for row in session.execute(asked))


def _having(session: Session) -> Any:
    asked = select(col(Episode.patient_id)).group_by(col(Episode.patient_id)).having(func.count() > 1)
    return ids(session.scalars(asked))


def _join(session: Session) -> Any:
    asked = select(col(Patient.id), col(Episode.id)).join(Episode, col(Episode.patient_id) == col(Patient.id))
    return ids(tuple(row) for row in session.execute(asked))


def _outer_join(session: Session) -> Any:
    asked = select(col(Site.id), col(Patient.id)).outerjoin(Patient, col(Patient.site_id) == col(Site.id))
    return ids(patient for _, patient in session.execute(asked) if patient is not None)


def _implied_join(session: Session) -> Any:
    asked = select(col(Person.id), col(Patient.id)).where(col(Person.id) == 1)
    return ids(patient for _, patient in session.execute(asked))


def _alias(session: Session) -> Any:
    other = aliased(Patient)
    return ids(row.id for row in session.scalars(select(other)))


def _table_under_a_class(session: Session) -> Any:
    return ids(row.id for row in session.scalars(select(aliased(Patient, PLAIN.alias("under")))))


def _self_join(session: Session) -> Any:
    other = aliased(Episode)
    asked = select(col(Episode.id), col(other.id)).join(other, col(other.patient_id) == col(Episode.patient_id))
    return ids({two for _, two in session.execute(asked)})


def _subquery(session: Session) -> Any:
    inner = select(col(Patient.id).label("id"), col(Patient.sex_at_birth)).subquery()
    return ids(session.scalars(select(inner.c.id)))


def _aliased_subquery(session: Session) -> Any:
    other = aliased(Episode, select(Episode).subquery())
    return ids(row.id for row in session.scalars(select(other)))


def _in(session: Session) -> Any:
    return ids(session.scalars(select(col(Site.id)).where(col(Site.id).in_(select(col(Patient.site_id))))))


def _exists(session: Session) -> Any:
    there = select(1).where(col(Patient.site_id) == col(Site.id)).exists()
    return ids(session.scalars(select(col(Site.id)).where(there)))


def _not_exists(session: Session) -> Any:
    there = select(1).where(col(Patient.site_id) == col(Site.id)).exists()
    return ids(session.scalars(select(col(Site.id)).where(~there)))


def _union(session: Session) -> Any:
    return ids(session.scalars(union(select(col(Patient.id)), select(col(Episode.patient_id)))))


def _union_all_of_subqueries(session: Session) -> Any:
    one, two = select(col(Patient.id).label("n")).subquery(), select(col(Episode.patient_id).label("n")).subquery()
    return ids(session.scalars(union_all(select(one.c.n), select(two.c.n))))


def _classes_from_a_union(session: Session) -> Any:
    both = union_all(select(Episode).where(col(Episode.urgency) < 2), select(Episode).where(col(Episode.urgency) >= 2))
    other = aliased(Episode, both.subquery())
    return ids(row.id for row in session.scalars(select(other)))


def _cte(session: Session) -> Any:
    few = select(col(Episode.id).label("id"), col(Episode.patient_id).label("whose")).cte()
    asked = select(few.c.id).join(Patient, col(Patient.id) == few.c.whose)
    return ids(session.scalars(asked))


def _cte_of_itself(session: Session) -> Any:
    first = select(col(Patient.id).label("id")).where(col(Patient.id) == 1).cte(recursive=True)
    more = first.union_all(select(col(Patient.id)).join(first, col(Patient.id) == first.c.id + 1))
    return ids(session.scalars(select(Patient.id).where(col(Patient.id).in_(select(more.c.id)))))


def _window(session: Session) -> Any:
    place = func.row_number().over(order_by=col(Patient.id))
    return [tuple(row) for row in session.execute(select(col(Patient.id), place).order_by(col(Patient.id)))]


def _first_of_each(session: Session) -> Any:
    newest = func.row_number().over(partition_by=col(Episode.patient_id), order_by=col(Episode.id).desc()).label("n")
    ranked = select(col(Episode.id).label("id"), newest).subquery()
    return ids(session.scalars(select(ranked.c.id).where(ranked.c.n == 1)))


def _scalar_subquery(session: Session) -> Any:
    number = select(func.count(col(Patient.id))).where(col(Patient.site_id) == col(Site.id)).scalar_subquery()
    return ids(tuple(row) for row in session.execute(select(col(Site.id), number)))


def _in_a_case(session: Session) -> Any:
    there = select(1).where(col(Patient.site_id) == col(Site.id)).exists()
    return ids(tuple(row) for row in session.execute(select(col(Site.id), case((there, "some"), else_="none"))))


def _lateral(session: Session) -> Any:
    newest = select(func.max(col(Episode.id)).label("id")).where(col(Episode.site_id) == col(Site.id))
    if session.get_bind().dialect.name == "postgresql":
        beside = newest.lateral()
        asked = select(col(Site.id), beside.c.id).join(beside, literal(True))
    else:
        asked = select(col(Site.id), newest.scalar_subquery())
    return ids(tuple(row) for row in session.execute(asked) if row[1] is not None)


def _deep(session: Session) -> Any:
    mine = select(col(Assessment.id)).where(col(Assessment.intake_id).in_(select(col(Intake.id))))
    return ids(session.scalars(select(col(Decision.id)).where(col(Decision.assessment_id).in_(mine))))


def _by_key(session: Session) -> Any:
    return [found.id for number in range(1, 12) if (found := session.get(Patient, number)) is not None]


def _of_a_pair(session: Session) -> Any:
    pairs = [(site, number) for site in range(1, 4) for number in range(1, 12)]
    return ids(session.scalars(select(col(Patient.id)).where(tuple_(col(Patient.site_id), col(Patient.id)).in_(pairs))))


def _legacy(session: Session) -> Any:
    return ids(row.id for row in Query(Patient, session=session).filter(col(Patient.id) > 0))


def _newest_referral(session: Session) -> Any:
    newest = select(col(Referral.id)).where(col(Referral.episode_id) == col(Episode.id)).correlate(Episode)
    kind = newest.order_by(col(Referral.id).desc()).limit(1).scalar_subquery()
    return ids(tuple(row) for row in session.execute(select(col(Episode.id), kind)))


PERSON = col(Person.id) == 1
"""One row that everybody may see, to which others are put."""


OTHER = aliased(Patient)
PLAIN: Any = Patient.__table__  # type: ignore[attr-defined]


def _number(asked: Any) -> Shape:
    """How many rows a statement gives."""
    return lambda session: len(session.execute(asked).all())


def _old_union(session: Session) -> Any:
    def one() -> Any:
        return Query(Patient, session=session)

    return ids(row.id for row in one().filter(col(Patient.id) < 3).union_all(one().filter(col(Patient.id) >= 3)))


NAMED_ONCE: dict[str, Any] = {
    "named in a condition only": select(col(Person.id)).where(PERSON, col(Patient.id) > 0),
    "named in a case of a condition": select(col(Person.id)).where(
        PERSON, case((col(Patient.id) > 0, literal(1)), else_=literal(0)) == 1
    ),
    "named in a case": select(case((col(Patient.id) > 0, 1), else_=0)),
    "named in a window": select(col(Patient.site_id), func.count().over(partition_by=col(Patient.site_id))),
    "named as a bundle": select(Bundle("both", col(Patient.id), col(Patient.site_id))),
    "the table's column of a class": select(PLAIN.c.id).select_from(Patient),
    "asked from another name": select(literal(1)).select_from(aliased(Patient)),
    "some columns of rows": select(Patient).options(load_only(Patient.sex_at_birth)),  # type: ignore[arg-type]
    "named in a filter": select(func.count().filter(col(Patient.id) > 0)).group_by(col(Patient.id)),
    "joined and not chosen": select(col(Person.id)).join(Patient, literal(True)).where(PERSON),
    "joined by name and not chosen": select(col(Person.id)).join(aliased(Patient), literal(True)).where(PERSON),
    "joined twice": select(col(Patient.id)).distinct().join(OTHER, col(OTHER.id) == col(Patient.id)),
    "joined by name beside the class": select(func.distinct(OTHER.id)).select_from(Patient).join(OTHER, literal(True)),
    "joined from a subquery": select(col(Person.id)).join(select(Patient).subquery(), literal(True)).where(PERSON),
    "columns chosen later": select(Patient).join(Site, literal(True)).with_only_columns(col(Patient.id)).distinct(),
    "asked from several": select(literal(1)).select_from(Person, Patient).where(PERSON),
}
"""Statements that give a row for every patient who is seen, where the patient is named in one place only."""


def _newest_of(rows: dict[str, list[Any]]) -> Any:
    def newest(episode: Any) -> Any:
        return max((row.id for row in rows["referral"] if row.episode_id == episode.id), default=None)

    return ids((episode.id, newest(episode)) for episode in rows["episode"])


def _sizes(rows: dict[str, list[Any]]) -> Counter[int]:
    return Counter(row.site_id for row in rows["patient"])


def _after_one(rows: dict[str, list[Any]]) -> list[int]:
    mine, number = {row.id for row in rows["patient"]}, 1
    while number in mine:
        number += 1
    return list(range(1, number))


SHAPES: dict[str, tuple[Shape, ByHand]] = {
    "rows": (lambda s: ids(row.id for row in s.scalars(select(Patient))), lambda r: _ids(r, "patient")),
    "a column": (lambda s: ids(s.scalars(select(col(Patient.id)))), lambda r: _ids(r, "patient")),
    "a count": (lambda s: s.scalar(select(func.count()).select_from(Patient)), lambda r: len(r["patient"])),
    "a count of a column": (lambda s: s.scalar(select(func.count(col(Intake.id)))), lambda r: len(r["intake"])),
    "a count of distinct values": (
        lambda s: s.scalar(select(func.count(func.distinct(Episode.patient_id)))),
        lambda r: len(r["patient"]),
    ),
    "the greatest": (
        lambda s: s.scalar(select(func.max(col(Episode.id)))),
        lambda r: max((row.id for row in r["episode"]), default=None),
    ),
    "a count by group": (_group, lambda r: ids(Counter(row.patient_id for row in r["episode"]).items())),
    "groups of some size": (
        _having,
        lambda r: ids(k for k, n in Counter(row.patient_id for row in r["episode"]).items() if n > 1),
    ),
    "a join": (_join, lambda r: _pairs(r["episode"], "patient_id", "id")),
    "an outer join": (_outer_join, lambda r: _ids(r, "patient")),
    "a join nobody wrote": (_implied_join, lambda r: _ids(r, "patient")),
    "an alias": (_alias, lambda r: _ids(r, "patient")),
    "the table's alias under a class": (_table_under_a_class, lambda r: _ids(r, "patient")),
    "a join with itself": (_self_join, lambda r: _ids(r, "episode")),
    "a subquery": (_subquery, lambda r: _ids(r, "patient")),
    "rows of a subquery": (_aliased_subquery, lambda r: _ids(r, "episode")),
    "a list of values inside": (_in, lambda r: ids({row.site_id for row in r["patient"]})),
    "whether there is one": (_exists, lambda r: ids({row.site_id for row in r["patient"]})),
    "whether there is none": (_not_exists, lambda r: ids({1, 2, 3} - {row.site_id for row in r["patient"]})),
    "a union": (_union, lambda r: _ids(r, "patient")),
    "a union of subqueries": (
        _union_all_of_subqueries,
        lambda r: ids([*(row.id for row in r["patient"]), *(row.patient_id for row in r["episode"])]),
    ),
    "rows of a union": (_classes_from_a_union, lambda r: _ids(r, "episode")),
    "a named query": (_cte, lambda r: _ids(r, "episode")),
    "a query that names itself": (_cte_of_itself, _after_one),
    "a place in order": (_window, lambda r: [(key, n) for n, key in enumerate(_ids_in_order(r, "patient"), 1)]),
    "the newest of each": (
        _first_of_each,
        lambda r: ids(max(e.id for e in r["episode"] if e.patient_id == p.id) for p in r["patient"]),
    ),
    "a number in the columns": (_scalar_subquery, lambda r: ids((site, _sizes(r)[site]) for site in (1, 2, 3))),
    "a word in the columns": (
        _in_a_case,
        lambda r: ids((site, "some" if _sizes(r)[site] else "none") for site in (1, 2, 3)),
    ),
    "the newest beside each": (
        _lateral,
        lambda r: ids(
            (site, max(e.id for e in r["episode"] if e.site_id == site)) for site in {e.site_id for e in r["episode"]}
        ),
    ),
    "through three tables": (_deep, lambda r: _ids(r, "decision")),
    "by its key": (_by_key, lambda r: _ids_in_order(r, "patient")),
    "by a pair of values": (_of_a_pair, lambda r: _ids(r, "patient")),
    "in the old way": (_legacy, lambda r: _ids(r, "patient")),
    "a union in the old way": (_old_union, lambda r: _ids(r, "patient")),
    "the newest referral of each": (_newest_referral, _newest_of),
    "a few in order": (
        lambda s: list(s.scalars(select(col(Episode.id)).order_by(col(Episode.id).desc()).limit(3))),
        lambda r: sorted((row.id for row in r["episode"]), reverse=True)[:3],
    ),
}

SHAPES |= {name: (_number(asked), lambda r: len(r["patient"])) for name, asked in NAMED_ONCE.items()}


def _ids(rows: dict[str, list[Any]], table: str) -> list[Any]:
    return ids(row.id for row in rows[table])


def _ids_in_order(rows: dict[str, list[Any]], table: str) -> list[Any]:
    return sorted(row.id for row in rows[table])
