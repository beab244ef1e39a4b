"""What was seen: observations, the runs they form, and the stretches in which nobody can be blamed.

Instants are whole milliseconds since the Unix epoch (UTC), stretches are half-open [start, end).
Terms follow ACCOUNTING.md, sections 1 and 5.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What one probe said of its endpoint."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


class State(StrEnum):
    """What a check or a service is accounted as at a moment."""

    UP = "up"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    DOWN = "down"


class Cause(StrEnum):
    """Why a stretch of time is nobody's: see ACCOUNTING.md, section 5."""

    LOCAL_FAULT = "local_fault"
    STOPPED = "stopped"
    CLOCK_STEP = "clock_step"
    SUSPENDED = "suspended"
    OVERLOADED = "overloaded"


@dataclass(frozen=True, slots=True)
class Observation:
    """One probe's result. `at`: wall clock when the probe began; `retry`: to confirm a failure, no latency counted."""

    check: str
    at: int
    verdict: Verdict
    interval_ms: int
    stale_after_ms: int
    duration_us: int | None = None
    reason: str | None = None
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Equal verdicts in unbroken succession.

    `start` is the first observation's `at`, `last` the newest one's; `end` is where the last one ceases to vouch,
    None while that depends on what comes. `interval_ms` and `stale_after_ms` are those of the newest observation.
    `counted` is False for observations kept but not accounted (begun in a blind stretch, or dated in the future).
    """

    check: str
    start: int
    last: int
    end: int | None
    verdict: Verdict
    count: int
    interval_ms: int
    stale_after_ms: int
    reason: str | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch in which slamon could not see: every check is unknown, observations begun in it are not accounted."""

    start: int
    end: int
    cause: Cause


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time [start, end) in ms."""

    start: int
    end: int
