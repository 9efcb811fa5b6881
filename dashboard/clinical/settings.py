"""The nouns of the knowledge that are about the knowledge itself: manifest, bands, limits and standing texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dashboard.clinical.vocabulary import Status


@dataclass(frozen=True)
class Manifest:
    """Which knowledge this is, since when, by whom."""

    version: str
    effective: date
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    summary: str
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class AgeBand:
    """Whole years, from and to both included; without ``to`` it is open-ended."""

    id: str
    label: str
    from_: int
    to_: int | None = None
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Bands:
    """Lower limits of the words for a probability: likely above, possible and less likely from."""

    likely: float
    possible: float
    less_likely: float
    cite: tuple[str, ...]
    status: Status
    note: str = ""


@dataclass(frozen=True)
class Posterior:
    """What a post-test probability is clipped to."""

    floor: float
    ceiling: float
    cite: tuple[str, ...]
    status: Status
    note: str = ""


@dataclass(frozen=True)
class Separable:
    """How many times likelier the first must be than the second to be told apart."""

    ratio: float
    cite: tuple[str, ...]
    status: Status
    note: str = ""


@dataclass(frozen=True)
class Sufficient:
    """The greatest share of unanswered questions that still allows a conclusion."""

    maximum_missing_share: float
    cite: tuple[str, ...]
    status: Status
    note: str = ""


@dataclass(frozen=True)
class Priors:
    """The greatest product of multipliers of one prior, and how many cases the priors are worth."""

    modifier_cap: float
    effective_sample_size: float
    cite: tuple[str, ...]
    status: Status
    note: str = ""


@dataclass(frozen=True)
class SessionText:
    """What must be said beside every differential."""

    honesty: tuple[str, ...] = ()
    not_separable: str = ""
    not_sufficient: str = ""
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Settings:
    """Every limit the reasoning uses."""

    age_band: tuple[AgeBand, ...]
    bands: Bands
    posterior: Posterior
    separable: Separable
    sufficient: Sufficient
    priors: Priors
    session_text: SessionText = field(default_factory=SessionText)

    @property
    def age_bands(self) -> tuple[AgeBand, ...]:
        """The age bands, youngest first."""
        return self.age_band


@dataclass(frozen=True)
class Review:
    """When a person in care is seen again."""

    id: str
    says: str
    cite: tuple[str, ...]
    status: Status
    title: str = ""
    weeks: tuple[float, ...] = ()
    when: str | None = None


@dataclass(frozen=True)
class Hold:
    """How long a medicine is stopped before and after a procedure."""

    drug: str
    before: str
    after: str
    cite: tuple[str, ...]
    status: Status
    id: str = ""
    note: str = ""


@dataclass(frozen=True)
class SafetyNet:
    """The text every output ends with."""

    text: str
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Notice:
    """What is always said beside an orthobiologic option."""

    text: str
    cite: tuple[str, ...] = ()
    status: Status = "expert"


@dataclass(frozen=True)
class Asking:
    """What is assumed of answers of which no ratio says how common they are."""

    assumed_share: float
    """How often such an answer is taken to be given."""
    cite: tuple[str, ...]
    status: Status
    note: str = ""
