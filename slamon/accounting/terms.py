"""What was agreed, and what is watched: the terms under which facts are accounted.

Instants are whole milliseconds since the Unix epoch (UTC), durations whole milliseconds (`_ms`), ratios fractions.
The catalogue makes these from the configuration; nothing here is checked again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

DateRule = Callable[[date, date], Sequence[date]]
"""Gives the dates of a rule that lie in [first, last], in order. Pure: the same question has the same answer."""

MinuteSpans = tuple[tuple[int, int], ...]
"""Stretches of a day on the wall clock, in minutes since 00:00; the end may be 1440."""


class PeriodKind(StrEnum):
    """Over what an agreement is settled, in its own time zone."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class UnknownRule(StrEnum):
    """What time that nobody saw is accounted as."""

    EXCLUDE = "exclude"
    DOWN = "down"
    UP = "up"


class DegradedRule(StrEnum):
    """What a degraded observation counts as."""

    UP = "up"
    DOWN = "down"


class MaintenanceRule(StrEnum):
    """What planned maintenance does to the time that it covers."""

    EXCLUDE = "exclude"
    UP = "up"


class CorrectionKind(StrEnum):
    """What a correction says of its time."""

    EXCLUDE = "exclude"
    UP = "up"
    DOWN = "down"


class CorrectionCause(StrEnum):
    """Why a correction was entered."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    FORCE_MAJEURE = "force_majeure"
    MAINTENANCE = "maintenance"
    MONITORING = "monitoring"
    AGREED = "agreed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CheckTerms:
    """How a check's failures are confirmed (section 2).

    `flapping` 0: never. `timeout_ms`: how long after its beginning an observation may still come in; it only delays
    what is called settled.
    """

    id: str
    interval_ms: int
    confirm: int = 2
    flapping: int = 3
    timeout_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class Membership:
    """A check is one of its service's from `since` (None: always) to `until` (None: still)."""

    check_id: str
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Stint:
    """A check belonged to a service from `since` (None: always) to `until` (None: still), under these terms."""

    service: str
    since: int | None
    until: int | None
    terms: CheckTerms


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """A service needs `needs` of its members (None: all) and, of every group it depends on, one service."""

    id: str
    needs: int | None = None
    members: tuple[Membership, ...] = ()
    depends_on: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Service hours: by weekday (0 is Monday), with holidays out, dates of their own hours, and closed dates."""

    id: str
    hours: tuple[MinuteSpans, ...]
    holidays: DateRule | None = None
    dates: Mapping[date, MinuteSpans] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class OneOff:
    """One planned maintenance [start, end); `announced` None: never."""

    start: int
    end: int
    announced: int | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Recurring:
    """Maintenance on each date of `dates` from `start_date` on, when the wall clock first reads `at_minute`."""

    dates: DateRule
    at_minute: int
    duration_ms: int
    start_date: date
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of an agreement (section 4); `notice_ms` None: none asked, `maintenance_max_ms` None: no limit."""

    unknown: UnknownRule = UnknownRule.EXCLUDE
    degraded: DegradedRule = DegradedRule.UP
    maintenance: MaintenanceRule = MaintenanceRule.EXCLUDE
    min_outage_ms: int = 0
    min_coverage: Fraction = Fraction(9, 10)
    notice_ms: int | None = None
    maintenance_max_ms: int | None = None


@dataclass(frozen=True, slots=True)
class LatencyTerms:
    """At least `target` of the observations are at or under the threshold; `checks` None: the service's own."""

    threshold_us: int
    target: Fraction
    checks: tuple[str, ...] | None = None
    min_observations: int = 100


@dataclass(frozen=True, slots=True)
class CreditTier:
    """An availability under `below` is worth `credit` (a ratio of the fee)."""

    below: Fraction
    credit: Fraction


@dataclass(frozen=True, slots=True)
class Revision:
    """An agreement's terms from `valid_from` (None: always) to `valid_until` (None: for ever). `hours` None: 24x7."""

    number: int
    target: Fraction
    period: PeriodKind
    zone: str
    valid_from: int | None = None
    valid_until: int | None = None
    hours: Calendar | None = None
    maintenance: tuple[OneOff | Recurring, ...] = ()
    rules: Rules = field(default_factory=Rules)
    latency: LatencyTerms | None = None
    credits: tuple[CreditTier, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """An agreement: services for a customer, under revisions in order of time (numbered from 1)."""

    id: str
    customer: str
    services: tuple[str, ...]
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody entered about [start, end). `order` breaks ties of `entered`; the greatest wins."""

    agreement: str
    kind: CorrectionKind
    start: int
    end: int
    entered: int
    author: str = ""
    reason: str = ""
    cause: CorrectionCause = CorrectionCause.OTHER
    ticket: str | None = None
    revoked: int | None = None
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceTerms:
    """The reference targets: how long each failure of one reaches, and how many must fail (section 5)."""

    interval_ms: int
    stale_after_ms: int
    quorum: int
