"""What the prober is given and what it gives: plans, deliveries and what its owner wants told.

Names ending in `_ms` are whole milliseconds. Instants are milliseconds since the Unix epoch (UTC).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from slamon.accounting.facts import Blind
from slamon.probes.outcome import Outcome

Probe = Callable[[float], Awaitable[Outcome]]
"""Probes once; the argument is the deadline in the running loop's `time()`."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One check or reference target and how it is to be probed. `interval_ms` and `timeout_ms` are above 0."""

    id: str
    interval_ms: int
    timeout_ms: int
    retry_interval_ms: int
    stale_after_ms: int
    probe: Probe
    reference: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One probe's outcome on its way to the record.

    `at_ms` is the wall clock when the probe began; `interval_ms` and `stale_after_ms` are those it was planned with
    then; `retry` marks a confirmation retry.
    """

    check_id: str
    at_ms: int
    retry: bool
    outcome: Outcome
    interval_ms: int
    stale_after_ms: int


class Component(StrEnum):
    """Which part of ours failed when no observation came of a probe."""

    PROBE = "probe"
    """The probe could not be run, broke, or did not keep its deadline."""
    RECORD = "record"
    """The outcome could not be recorded."""


class Metrics(Protocol):
    """What the prober tells of itself while it works; called on the probe path, so it must be cheap."""

    def lateness(self, seconds: float) -> None:
        """A probe began this long (0 or more) after it was due, waiting for its turn included."""
        ...

    def in_flight(self, n: int) -> None:
        """So many probes are in flight now."""
        ...

    def missed(self, n: int) -> None:
        """So many due probes were not begun: too late, or the one before was still in flight, or in a disturbance."""
        ...


Deliver = Callable[[Delivery], object]
"""Records an outcome; called in the loop, must not block."""

OnBlind = Callable[[Blind], None]
"""Takes a stretch of wall clock in which nobody can be blamed; called in the loop as soon as it is known."""

Unconfirmed = Callable[[str], bool]
"""Whether the check's newest down run still lacks observations to be confirmed."""

ComponentError = Callable[[Component, str, Exception], None]
"""Told that no observation came of a probe: the component, the check's id, the error.

A failure of ours, but for a `NothingFoundError`.
"""
