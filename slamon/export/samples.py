"""What the exposition shows of checks, services and agreements at one moment. Instants ms, probe durations us."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from slamon.accounting import Accounted, Figure, State, Threshold, WindowFigure


@dataclass(frozen=True, slots=True)
class Durations:
    """A histogram of probes that were not down: how many by bucket (not cumulative; one more than `bounds_us`)."""

    bounds_us: tuple[int, ...]
    counts: Sequence[int]
    sum_us: int


@dataclass(frozen=True, slots=True)
class CheckSample:
    """One check. `state` None or unknown: no verdict is shown. `created_ms`: since when it is counted."""

    service: str
    check: str
    kind: str
    target: str
    state: State | None
    observations: int
    degraded: int
    failures: int
    reasons: Mapping[str, int]
    created_ms: int | None = None
    last_ms: int | None = None
    duration_us: int | None = None
    phases_us: Mapping[str, int] | None = None
    certificate_expiry_s: int | None = None
    soa_serial: int | None = None
    durations: Durations | None = None


@dataclass(frozen=True, slots=True)
class ServiceSample:
    """One service. `customer`: `none` where it is owed to nobody. `cause`: of its outage, the one at the root of it.

    `since_ms`: since when it is in its state; None: as far back as facts go.
    """

    service: str
    name: str
    team: str
    state: State
    outages: int
    created_ms: int | None = None
    customer: str = "none"
    depends_on: tuple[str, ...] = ()
    cause: str | None = None
    since_ms: int | None = None

    @property
    def role(self) -> str:
        """Whether it is the root of its outage itself."""
        return "cause" if self.cause == self.service else "dependent"


@dataclass(frozen=True, slots=True)
class AgreementSample:
    """One agreement for one service. `current` None: nothing is in force. `accounted` None: nothing accounted yet.

    `closed`: with the first service of an agreement, how many of its periods are in each state. `end_ms`: when the
    agreement ends; None: never.
    """

    agreement: str
    service: str
    customer: str
    customer_name: str
    customer_kind: str
    team: str
    period: str
    service_hours: str
    timezone: str
    revision: int
    min_coverage: Fraction
    current: Figure | None
    previous: Figure | None
    windows: Mapping[str, WindowFigure]
    thresholds: Sequence[Threshold]
    in_service: bool
    in_maintenance: bool
    accounted: Accounted | None = None
    created_ms: int | None = None
    closed: Mapping[str, int] | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ComplaintsSample:
    """A customer's complaints about one service; `unsolved`: by state. `unseen` None: not known of all of them yet.

    `created_ms`: when the first one was entered.
    """

    customer: str
    service: str
    complaints: int
    unsolved: Mapping[str, int]
    recent: int
    unseen: int | None
    oldest_open_ms: int | None = None
    created_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SatisfactionSample:
    """A customer's scores for one service, or (`service` empty) for all together. None: no score on that scale."""

    customer: str
    service: str
    satisfaction: Fraction | None
    net_promoter: Fraction | None
    scores: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ActionsSample:
    """A team's actions that are not ended: `overdue` ones, and the others (`open`). Of no team: empty."""

    team: str
    open: int
    overdue: int


class Source(Protocol):
    """Where samples come from: lazily, one after the other, so that the caller may let the loop go on between them.

    A step may raise for one sample and go on with the next one, as `map` does.
    """

    def check_samples(self) -> Iterable[CheckSample]:
        """Every check, in the catalogue's order."""
        ...

    def service_samples(self) -> Iterable[ServiceSample]:
        """Every service, in the catalogue's order."""
        ...

    def agreement_samples(self) -> Iterable[AgreementSample]:
        """Every agreement and service, in the catalogue's order."""
        ...

    def complaints_samples(self) -> Iterable[ComplaintsSample]:
        """Every customer and service that are agreed or complained about."""
        ...

    def satisfaction_samples(self) -> Iterable[SatisfactionSample]:
        """Every customer and service that scores are about."""
        ...

    def actions_samples(self) -> Iterable[ActionsSample]:
        """Every team."""
        ...
