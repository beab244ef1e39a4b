"""Watches the clocks: a step, a suspend or a loop held too long makes a stretch in which nobody can be blamed.

Three clocks are compared with how they stood at the last look: the wall clock, the monotonic one, and the time the
machine has slept. Where wall and monotonic clock part, the wall clock was stepped, or, as Linux' monotonic clock stands
still while the machine sleeps, it was suspended. Where both jump together the process did not run.
"""

import asyncio
import time
from collections.abc import Callable

from slamon.accounting.facts import Blind, Cause
from slamon.clock import Clock
from slamon.prober.planned import OnBlind

LOOK_S = 1.0
"""The clocks are compared at least this often."""

STEP_MS = 500
"""The clocks may part by this much between two looks before the time between is doubted."""

REPLAN_MS = 20
"""A smaller step than that is no blind stretch, but plans made by wall clock are made anew."""

HELD_S = 2.0
"""A look that comes later than this after the last one: probes in flight were not measured but stalled."""

STOPPED_S = 10.0
"""No work of ours holds the loop that long: the process or its machine stood still."""


def asleep() -> float:
    """Seconds that the machine was suspended since it was started; 0 where the system does not tell."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    if boottime is None:
        return 0.0
    return time.clock_gettime(boottime) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Watchdog:
    """Compares the clocks each second and whenever asked.

    `on_blind` takes the doubtful stretch of wall clock, `on_step` is told after it that plans made by wall clock are
    off. `disturbances` counts the blind stretches: a probe during whose life it changed was not measured soundly.
    """

    def __init__(
        self,
        clock: Clock,
        on_blind: OnBlind,
        on_step: Callable[[], None],
        asleep: Callable[[], float] = asleep,
    ) -> None:
        self.disturbances = 0
        self._clock = clock
        self._on_blind = on_blind
        self._on_step = on_step
        self._asleep = asleep
        self._wall = 0
        self._monotonic = 0.0
        self._slept = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self, each_second: Callable[[], None]) -> None:
        """Begin to look from the running loop; `each_second` is called after each regular look."""
        self._note(self._clock.now(), self._clock.monotonic(), self._asleep())
        self._again(asyncio.get_running_loop(), each_second)

    def stop(self) -> None:
        """Look no more on its own; `look` still works."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def look(self) -> None:
        """Compare the clocks with the last look; cheap, called around every probe."""
        wall, monotonic, slept = self._clock.now(), self._clock.monotonic(), self._asleep()
        passed = monotonic - self._monotonic
        parted = wall - self._wall - passed * 1000
        if -REPLAN_MS < parted < REPLAN_MS and passed < HELD_S:
            self._wall, self._monotonic, self._slept = wall, monotonic, slept
            return
        cause = _cause(parted, passed, (slept - self._slept) * 1000)
        start = min(self._wall, wall - round(passed * 1000))
        self._note(wall, monotonic, slept)
        try:
            if cause is not None:
                self.disturbances += 1
                self._on_blind(Blind(min(start, wall - 1), wall, cause))
        finally:  # whatever became of the stretch, probing goes on
            self._on_step()

    def _note(self, wall: int, monotonic: float, slept: float) -> None:
        self._wall, self._monotonic, self._slept = wall, monotonic, slept

    def _again(self, loop: asyncio.AbstractEventLoop, each_second: Callable[[], None]) -> None:
        def tick() -> None:
            self._timer = loop.call_later(LOOK_S, tick)
            self.look()
            each_second()

        self._timer = loop.call_later(LOOK_S, tick)


def _cause(parted_ms: float, passed_s: float, slept_ms: float) -> Cause | None:
    """Why the stretch between two looks cannot be trusted; None where it can."""
    if slept_ms > STEP_MS or passed_s >= STOPPED_S:
        return Cause.SUSPENDED
    if abs(parted_ms) > STEP_MS:
        return Cause.CLOCK_STEP
    if passed_s >= HELD_S:
        return Cause.OVERLOADED
    return None
