"""Everything in the knowledge checked against everything else; each problem names file, key and cure."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dashboard.clinical.criteria import FUNCTIONS, CriterionError
from dashboard.clinical.reading import Problems
from dashboard.clinical.spelling import did_you_mean, simplified

if TYPE_CHECKING:
    from dashboard.clinical.knowledge import Knowledge


class Checker:
    """What every check needs: the knowledge, the file each noun came from, and where to put problems."""

    def __init__(self, knowledge: Knowledge, places: Mapping[int, str], problems: Problems) -> None:
        self.knowledge = knowledge
        self.places = places
        self.problems = problems

    def place(self, record: object, key: str = "") -> str:
        """Where a record was written, and under which key."""
        place = self.places.get(id(record), "settings.toml")
        return f"{place}, {key}" if key else place

    def complain(self, record: object, key: str, says: str) -> None:
        """Note a problem of a record."""
        self.problems.add(self.place(record, key), says)

    def unless(self, fine: bool, record: object, key: str, says: str) -> None:
        """Note a problem unless it is fine."""
        if not fine:
            self.complain(record, key, says)

    def known(self, ids: Iterable[str], known: Iterable[str], record: object, key: str, what: str) -> None:
        """Every id is one of the known ones."""
        known = list(known)
        for id_ in ids:
            if id_ not in known:
                self.complain(record, key, f"names {what} '{id_}', which there is not.{did_you_mean(id_, known)}")

    def criterion(self, text: str | None, record: object, key: str) -> None:
        """A criterion that reads, or none at all."""
        if text is None:
            return
        self._compiles(self.knowledge.names.criterion, text, record, key)

    def formula(self, text: str, record: object, key: str) -> None:
        """A formula that reads as a number."""
        self._compiles(self.knowledge.names.number, text, record, key)

    def _compiles(self, compile_: Callable[[str], object], text: str, record: object, key: str) -> None:
        try:
            compile_(text)
        except CriterionError as error:
            self.complain(record, key, str(error))

    def cited(self, record: Any, key: str = "", needed: bool = False, owner: Any = None) -> None:
        """Citations that exist; at least one where a number of clinical meaning stands."""
        owner = record if owner is None else owner
        where = f"{key}, cite" if key else "cite"
        if needed and not record.cite:
            self.complain(owner, where, "is empty. Every number of clinical meaning names its source.")
        self.known(record.cite, self.knowledge.references, owner, where, "the reference")


def check(knowledge: Knowledge, places: Mapping[int, str], problems: Problems) -> None:
    """Every check of the knowledge."""
    from dashboard.clinical.checking_body import check_body
    from dashboard.clinical.checking_care import check_care
    from dashboard.clinical.checking_evidence import check_evidence
    from dashboard.clinical.checking_paper import check_paper

    checker = Checker(knowledge, places, problems)
    if knowledge.settings is not None:
        _check_settings(checker)
    _check_namespace(checker)
    _check_items(checker)
    _check_derived(checker)
    _check_findings(checker)
    _check_costs(checker)
    check_evidence(checker)
    check_care(checker)
    check_paper(checker)
    check_body(checker)


def _check_settings(checker: Checker) -> None:
    settings = checker.knowledge.settings
    bands, posterior = settings.bands, settings.posterior
    rules = [
        (0 < bands.less_likely < bands.possible < bands.likely < 1, "bands", "should rise from 0 to 1."),
        (0 < posterior.floor < posterior.ceiling < 1, "posterior", "needs 0 < floor < ceiling < 1."),
        (settings.separable.ratio >= 1, "separable, ratio", "should be at least 1."),
        (0 <= settings.sufficient.maximum_missing_share <= 1, "sufficient", "should be a share from 0 to 1."),
        (settings.priors.modifier_cap >= 1, "priors, modifier_cap", "should be at least 1."),
    ]
    for fine, key, says in rules:
        checker.unless(fine, settings, key, says)
    for key in ("bands", "posterior", "separable", "sufficient", "priors"):
        checker.cited(getattr(settings, key), key, needed=True, owner=settings)
    checker.cited(settings.session_text, "session_text", owner=settings)
    _check_age_bands(checker)


def _check_age_bands(checker: Checker) -> None:
    settings = checker.knowledge.settings
    bands = settings.age_bands
    checker.unless(bool(bands), settings, "age_band", "has no age bands. Write [[age_band]].")
    for band, following in pairwise(bands):
        follows = band.to_ is not None and following.from_ == band.to_ + 1
        says = f"'{following.id}' should start the year after '{band.id}' ends (both years included)."
        checker.unless(follows, settings, "age_band", says)
    for band in bands:
        checker.cited(band, f"age_band {band.id}", owner=settings)
    repeated = len({band.id for band in bands}) != len(bands)
    checker.unless(not repeated, settings, "age_band", "uses an id twice.")


def _check_namespace(checker: Checker) -> None:
    """Items, derived values and findings share one namespace, because criteria name them all."""
    knowledge = checker.knowledge
    taken: dict[str, str] = {}
    for what, records in (
        ("an item", knowledge.items),
        ("a derived value", knowledge.derived),
        ("a finding", knowledge.findings),
    ):
        for id_, record in records.items():
            if not id_.isidentifier() or keyword.iskeyword(id_) or id_ in FUNCTIONS:
                checker.complain(record, "id", f"'{id_}' cannot be named in a criterion. Use small letters and _.")
            if id_ in taken:
                checker.complain(record, "id", f"'{id_}' is already {taken[id_]}. Give one of them another name.")
            taken[id_] = what


def _check_items(checker: Checker) -> None:
    knowledge = checker.knowledge
    sections = [section.id for section in knowledge.sections]
    for item in knowledge.items.values():
        checker.known([item.section], sections, item, "section", "the section")
        checker.unless(item.seconds >= 1, item, "seconds", "should be at least 1: it is the time the question takes.")
        checker.criterion(item.show_if, item, "show_if")
        _check_answers(checker, item)
    _check_aliases(checker)
    _check_asking_order(checker)
    age, sex = knowledge.items.get("age_years"), knowledge.items.get("sex_at_birth")
    if age is None or age.type != "integer":
        checker.problems.add("items.toml", "needs an integer item 'age_years': the priors are by age.")
    if sex is None or not {"male", "female"} <= {option.code for option in sex.options}:
        checker.problems.add("items.toml", "needs a choice item 'sex_at_birth' with male and female.")


def _check_asking_order(checker: Checker) -> None:
    """No question waits for itself, however many others stand between."""
    waits = {item.id: _waits_for(checker, item) for item in checker.knowledge.items.values()}
    for item in checker.knowledge.items.values():
        reached, ahead = set(), list(waits[item.id])
        while ahead:
            other = ahead.pop()
            if other not in reached:
                reached.add(other)
                ahead += waits.get(other, ())
        says = "goes round in a circle: whether it is asked depends on its own answer. Break it."
        checker.unless(item.id not in reached, item, "show_if", says)


def _waits_for(checker: Checker, item: Any) -> tuple[str, ...]:
    try:
        return checker.knowledge.criterion(item.show_if).items if item.show_if else ()
    except CriterionError:
        return ()


def _check_aliases(checker: Checker) -> None:
    taken = {id_: id_ for id_ in checker.knowledge.items}
    for item in checker.knowledge.items.values():
        for alias in item.aliases:
            clash = taken.get(alias)
            checker.unless(clash is None, item, "aliases", f"'{alias}' already means '{clash}'.")
            taken[alias] = item.id


def _check_answers(checker: Checker, item: Any) -> None:
    """Options where there must be options, limits where there are numbers, rows and sides on a grid."""
    if item.type in ("choice", "choices", "sites", "mix"):
        checker.unless(bool(item.options), item, "options", f"is empty, and a {item.type} item needs options.")
        _check_options(checker, item)
    else:
        checker.unless(not item.options, item, "options", f"does not belong to a {item.type} item.")
    if item.type == "grid":
        checker.unless(bool(item.rows and item.sides), item, "rows", "and sides are needed on a grid.")
    checker.unless(item.type == "text" or not item.coming, item, "coming", "belongs to a text item: it is a day.")
    if item.type in ("integer", "decimal", "grid"):
        limits = item.minimum is not None and item.maximum is not None and item.minimum < item.maximum
        checker.unless(limits, item, "minimum", "and maximum are needed, the first below the second.")


def _check_options(checker: Checker, item: Any) -> None:
    codes = [option.code for option in item.options]
    checker.unless(len(set(codes)) == len(codes), item, "options", "uses a code twice.")
    spellings: dict[str, str] = {}
    for option in item.options:
        checker.known(option.leaves_open, codes, item, f"options, {option.code}, leaves_open", "the option")
        for spelling in (option.code, option.label, *option.accepts):
            plain = simplified(spelling)
            other = spellings.setdefault(plain, option.code)
            says = f"'{spelling}' could mean '{other}' or '{option.code}'. Accept it for one of them only."
            checker.unless(other == option.code, item, "options", says)


def _check_derived(checker: Checker) -> None:
    for derived in checker.knowledge.derived.values():
        checker.formula(derived.formula, derived, "formula")
        checker.cited(derived)
        for band in derived.bands:
            checker.cited(band, f"bands, {band.code}", owner=derived)


def _check_findings(checker: Checker) -> None:
    for finding in checker.knowledge.findings.values():
        checker.criterion(finding.present, finding, "present")
        checker.criterion(finding.absent, finding, "absent")


def _check_costs(checker: Checker) -> None:
    """Minutes are more than nothing, and nothing is given two times."""
    knowledge = checker.knowledge
    sections = [section.id for section in knowledge.sections]
    if knowledge.asking is not None:
        share = knowledge.asking.assumed_share
        checker.unless(0 < share < 1, knowledge.asking, "assumed_share", "should be a share between 0 and 1.")
        checker.cited(knowledge.asking, needed=True)
    taken: dict[str, str] = {}
    for cost in knowledge.costs:
        checker.unless(cost.minutes > 0, cost, "minutes", "should be more than 0.")
        checker.known(cost.items, knowledge.items, cost, "items", "the item")
        checker.known(cost.sections, sections, cost, "sections", "the section")
        checker.unless(
            bool(cost.items or cost.sections), cost, "items", "and sections are both empty. Name what it is about."
        )
        checker.cited(cost, needed=True)
        for named in (*cost.items, *(f"section {section}" for section in cost.sections)):
            other = taken.setdefault(named, cost.id)
            checker.unless(other == cost.id, cost, "items", f"'{named}' already costs what '{other}' says.")


def nested(record: Any, *fields: str) -> Iterable[tuple[str, Any]]:
    """The records inside a record, each with the key it stands under."""
    for name in fields:
        for number, part in enumerate(getattr(record, name), 1):
            label = getattr(part, "id", None) or getattr(part, "finding", None) or number
            yield f"{name} {label}", part
