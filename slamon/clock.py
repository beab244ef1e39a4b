"""The one clock, passed in: wall time dates facts, monotonic time measures durations and deadlines."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from; tests pass their own."""

    def now(self) -> int:
        """Wall clock in whole milliseconds since the Unix epoch (UTC)."""
        ...

    def monotonic(self) -> float:
        """Seconds of a clock that never steps."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> int:
        """See `Clock.now`."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()
