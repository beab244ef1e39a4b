"""What an account says: the figures of a period, of a rolling window, and their outages.

Everything is exact: whole milliseconds and fractions. None: there is no such figure. `show` turns them into text.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from fractions import Fraction

from slamon.accounting.terms import Correction, PeriodKind

WINDOWS: dict[str, int] = {
    "5m": 300_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "6h": 21_600_000,
    "1d": 86_400_000,
    "3d": 259_200_000,
    "7d": 604_800_000,
    "30d": 2_592_000_000,
}
"""The rolling windows by their names, in ms."""


class Infinite(Enum):
    """A ratio whose divisor is zero. `float()` of it is the IEEE infinity."""

    PLUS = "infinite"
    MINUS = "-infinite"

    def __float__(self) -> float:
        return float("inf") if self is Infinite.PLUS else float("-inf")


Ratio = Fraction | Infinite


class AgreementVerdict(StrEnum):
    """What holds of an agreement (section 7)."""

    NOT_IN_SERVICE = "not_in_service"
    BREACHED = "breached"
    NO_DATA = "no_data"
    INSUFFICIENT_DATA = "insufficient_data"
    MET = "met"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"


WORST_FIRST: tuple[AgreementVerdict, ...] = (
    AgreementVerdict.BREACHED,
    AgreementVerdict.NO_DATA,
    AgreementVerdict.INSUFFICIENT_DATA,
    AgreementVerdict.AT_RISK,
    AgreementVerdict.ON_TRACK,
    AgreementVerdict.MET,
)
"""In this order the worst figure of an agreement gives the agreement's verdict (section 4)."""


class LatencyVerdict(StrEnum):
    """What holds of a latency objective."""

    MET = "met"
    MISSED = "missed"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period [start, end) of an agreement's zone; `name` as in "2026-10", "2026-W43", "2026-Q4", "2026".

    `kind` None: a free span, its name as it was asked for.
    """

    name: str
    start: int
    end: int
    kind: PeriodKind | None


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage clipped to a figure's span; `counted_ms` of it are downtime; `open`: it reaches "now"."""

    start: int
    end: int
    counted_ms: int
    open: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """The observations around an outage: its true length lies between the inner and the outer pair (section 4.9)."""

    last_good_before: int | None
    first_failed: int | None
    last_failed: int | None
    first_good_after: int | None


@dataclass(frozen=True, slots=True)
class LatencyFigure:
    """`good` of `total` observations were at or under the threshold; `ratio` None where too few were made."""

    good: int
    total: int
    ratio: Fraction | None
    target: Fraction
    threshold_us: int
    verdict: LatencyVerdict


@dataclass(frozen=True, slots=True)
class Sums:
    """The time of a span by what it was accounted as, in ms (section 4, rules 1 to 7)."""

    in_service_ms: int = 0
    excluded_ms: int = 0
    unknown_ms: int = 0
    downtime_ms: int = 0
    degraded_ms: int = 0
    observed_ms: int = 0
    left_out_ms: int = 0

    @property
    def measured_ms(self) -> int:
        """In service and not excluded."""
        return self.in_service_ms - self.excluded_ms

    @property
    def known_ms(self) -> int:
        """Measured, less the unknown time that left the sum."""
        return self.measured_ms - self.left_out_ms

    @property
    def availability(self) -> Fraction | None:
        """(known - downtime) / known; None where nothing is known or nothing was seen (rule 8)."""
        known = self.known_ms
        if known == 0 or self.measured_ms == self.unknown_ms:
            return None
        return Fraction(known - self.downtime_ms, known)

    @property
    def coverage(self) -> Fraction | None:
        """observed / measured; None without measured time."""
        measured = self.measured_ms
        return Fraction(self.observed_ms, measured) if measured else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One service under one revision of an agreement, over one period, as known at `at`."""

    agreement: str
    service: str
    revision: int
    period: Period
    at: int
    in_service_ms: int
    excluded_ms: int
    measured_ms: int
    unknown_ms: int
    known_ms: int
    downtime_ms: int
    degraded_ms: int
    observed_ms: int
    measured_full_ms: int
    availability: Fraction | None
    coverage: Fraction | None
    target: Fraction
    allowance_ms: Fraction
    budget_ms: Fraction
    budget_remaining: Ratio
    verdict: AgreementVerdict
    credit: Fraction | None
    outages: tuple[Outage, ...]
    outage_count: int
    mtrs_ms: Fraction | None
    mtbf_ms: Fraction | None
    longest_ms: int
    resolution_ms: int | None
    blips: int
    blip_ms: int
    corrections: tuple[Correction, ...]
    latency: LatencyFigure | None = None


@dataclass(frozen=True, slots=True)
class WindowFigure:
    """A rolling window [start, end) that ends now, each moment under the revision in force then."""

    agreement: str
    service: str
    start: int
    end: int
    in_service_ms: int
    measured_ms: int
    unknown_ms: int
    known_ms: int
    downtime_ms: int
    observed_ms: int
    availability: Fraction | None
    coverage: Fraction | None
    burn_rate: Ratio | None
    budget_burned: Ratio | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """What `slamon_agreement_budget_burned_threshold_ratio` says for one severity and window."""

    severity: str
    window: str
    ratio: Fraction
