"""The stages of a probe over a connection of its own: phases are booked as they end, and what is missing is known."""

from slamon.clock import Clock
from slamon.probes.course import Course, Failure, seconds
from slamon.probes.outcome import ProbeNotRunError, Reason

US = 1_000_000


class Stages:
    """Where a probe is. `missing`: what has not come about, should the time run out now; None before the first word."""

    def __init__(self, course: Course, clock: Clock) -> None:
        self.missing: str | None = None
        self._course = course
        self._clock = clock
        self._phase, self._since = "", 0.0

    def enter(self, phase: str, missing: str | None = None) -> None:
        """Book the phase up to now, and begin another; an empty one at the end."""
        now = self._clock.monotonic()
        if self._phase:
            self._course.add(self._phase, int((now - self._since) * US))
        self._phase, self._since = phase, now
        self.missing = missing or self.missing

    def answered(self) -> None:
        """The other side's first bytes end the time it took to think."""
        if self._phase == "processing":
            self.enter("transfer")

    def overdue(self, waited: float) -> Failure:
        """What had not come about when the time was over; ProbeNotRunError when we had not even begun."""
        within = f"within {seconds(max(0.0, waited))}"
        if self.missing is None:
            raise ProbeNotRunError(f"our own files were not read {within}")
        return Failure(Reason.TIMEOUT, f"{self.missing} {within}")
