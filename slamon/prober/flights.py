"""Due probes become deliveries: at most one of a check and `limit` of all in flight, begun in the order they came due.

`Flights.due` and `Flights._fly` are the life of a probe.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from slamon.accounting.facts import Verdict
from slamon.clock import Clock
from slamon.prober.planned import Component, ComponentError, Deliver, Delivery, Metrics, Planned, Unconfirmed
from slamon.prober.watchdog import Watchdog
from slamon.probes.outcome import ProbeNotRunError

REFERENCE_APART_S = 1.0
"""A failing check starts a reference probe at once, but not within this time of the last one."""

OVERDUE_S = 2.0
"""A probe that is this long over its deadline is broken: it is cancelled."""

CANCELLED_S = 0.5
"""So long a stop waits for cancelled probes; one that will not end is left behind."""


@dataclass(slots=True, eq=False)
class Lane:
    """One check's way through the prober: at most one probe of it is waiting or in flight.

    `deadline` is loop time, 0 until the probe takes its first step; `begun` is monotonic seconds, `at` the wall clock
    of the same moment; `timer` is the next probe out of turn (a retry, or the first).
    """

    planned: Planned
    busy: bool = False
    gone: bool = False
    cancelled: bool = False
    overdue: bool = False
    begun: float | None = None
    at: int | None = None
    deadline: float = 0.0
    task: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is told what; see `slamon.prober.planned` for each."""

    deliver: Deliver
    unconfirmed: Unconfirmed
    component_error: ComponentError
    metrics: Metrics


class Flights:
    """Probes in flight and those that wait for their turn."""

    def __init__(self, clock: Clock, watchdog: Watchdog, owner: Owner, limit: int) -> None:
        self.references: tuple[Lane, ...] = ()
        self._clock = clock
        self._watchdog = watchdog
        self._owner = owner
        self._limit = limit
        self._flying: set[Lane] = set()
        self._waiting: deque[tuple[Lane, float, bool]] = deque()
        self.closed = False

    @property
    def in_flight(self) -> int:
        """How many probes are in flight."""
        return len(self._flying)

    @property
    def earliest(self) -> int | None:
        """When the earliest probe in flight began, in ms of the wall clock."""
        return min((lane.at for lane in self._flying if lane.at is not None and lane.deadline), default=None)

    def due(self, lane: Lane, due: float, *, retry: bool = False) -> None:
        """A probe is due since `due` (monotonic seconds): begin it, let it wait for its turn, or miss it."""
        if self.closed or lane.gone:
            return
        if lane.busy:
            if not retry:
                self._owner.metrics.missed(1)
            return
        lane.busy = True
        if len(self._flying) < self._limit or lane.planned.reference:
            self._begin(lane, due, retry)
        else:
            self._waiting.append((lane, due, retry))

    def later(self, lane: Lane, due: float, *, retry: bool) -> None:
        """Let a probe out of turn come due at `due` (monotonic seconds), instead of the one planned so far."""
        if lane.timer is not None:
            lane.timer.cancel()
        loop = asyncio.get_running_loop()
        delay = max(0.0, due - self._clock.monotonic())
        lane.timer = loop.call_later(delay, self._out_of_turn, lane, due, retry)

    def remove(self, lane: Lane) -> None:
        """The check is no more: nothing of it is begun or delivered from here on."""
        lane.gone = True
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None
        self._cancel(lane)

    def close(self, lanes: Iterable[Lane]) -> None:
        """Begin nothing more; what is in flight goes on and is delivered."""
        self.closed = True
        self._waiting.clear()
        for lane in lanes:
            if lane.timer is not None:
                lane.timer.cancel()
                lane.timer = None

    async def landed(self, timeout_s: float) -> int | None:
        """Wait until nothing is in flight, up to each probe's deadline and `timeout_s`; then cancel the rest.

        Gives when the earliest of the cancelled ones began.
        """
        loop = asyncio.get_running_loop()
        limit = loop.time() + timeout_s
        tasks = {lane.task: lane for lane in self._flying if lane.task is not None}
        if tasks:
            last = max((lane.deadline or limit) for lane in tasks.values()) + OVERDUE_S
            await asyncio.wait(tasks, timeout=max(0.0, min(limit, last) - loop.time()))
        earliest = self.earliest
        for lane in tuple(self._flying):
            self._cancel(lane)
        if tasks:
            await asyncio.wait(tasks, timeout=CANCELLED_S)
        return earliest

    def sweep(self) -> None:
        """Cancel what was over its deadline at the last sweep already: a probe kind that does not keep it."""
        late = asyncio.get_running_loop().time() - OVERDUE_S
        for lane in tuple(self._flying):
            if lane.cancelled or not lane.deadline or lane.deadline > late:
                continue
            if not lane.overdue:
                lane.overdue = True
                continue
            self._cancel(lane)
            error = ProbeNotRunError("the probe did not end at its deadline")
            self._owner.component_error(Component.PROBE, lane.planned.id, error)

    def _begin(self, lane: Lane, due: float, retry: bool) -> None:
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None
        lane.deadline = 0.0
        lane.cancelled = lane.overdue = False
        self._flying.add(lane)
        lane.task = asyncio.get_running_loop().create_task(self._fly(lane, lane.planned, due, retry))

    async def _fly(self, lane: Lane, planned: Planned, due: float, retry: bool) -> None:
        """Probe once and deliver the outcome, unless a disturbance of ours makes it worthless."""
        owner, watchdog = self._owner, self._watchdog
        component = Component.PROBE
        try:
            disturbances = watchdog.disturbances
            at, begun = self._clock.now(), self._clock.monotonic()
            lane.at, lane.begun = at, begun
            lane.deadline = asyncio.get_running_loop().time() + planned.timeout_ms / 1000
            owner.metrics.lateness(max(0.0, begun - due))
            owner.metrics.in_flight(len(self._flying))
            outcome = await planned.probe(lane.deadline)
            watchdog.look()
            component = Component.RECORD
            if watchdog.disturbances == disturbances:
                self._hand_over(
                    lane, Delivery(planned.id, at, retry, outcome, planned.interval_ms, planned.stale_after_ms)
                )
            else:
                owner.metrics.missed(1)
        except asyncio.CancelledError:
            if lane.cancelled or self.closed:
                raise
            owner.component_error(component, planned.id, ProbeNotRunError("the probe was cancelled from within"))
        except Exception as error:  # noqa: BLE001  a bug in one probe kind must not stop the prober
            owner.component_error(component, planned.id, error)
        finally:
            self._land(lane)

    def _hand_over(self, lane: Lane, delivery: Delivery) -> None:
        """Deliver; see to references and to the retry that a failure calls for."""
        self._owner.deliver(delivery)
        if delivery.outcome.verdict is Verdict.DOWN and not lane.planned.reference:
            self._ask_references()
        if lane.begun is not None and self._owner.unconfirmed(delivery.check_id):
            self.later(lane, lane.begun + lane.planned.retry_interval_ms / 1000, retry=True)

    def _ask_references(self) -> None:
        """Is it the check's fault or ours? Probe the reference targets now, where that was not just done."""
        now = self._clock.monotonic()
        for lane in self.references:
            if not lane.busy and (lane.begun is None or now - lane.begun >= REFERENCE_APART_S):
                self.due(lane, now)

    def _land(self, lane: Lane) -> None:
        self._flying.discard(lane)
        lane.busy = False
        lane.task = None
        while self._waiting and len(self._flying) < self._limit:
            self._take_next()
        self._owner.metrics.in_flight(len(self._flying))

    def _take_next(self) -> None:
        """Begin the probe that has waited longest, unless its whole interval went by meanwhile."""
        lane, due, retry = self._waiting.popleft()
        if lane.gone:
            return
        if self._clock.monotonic() - due >= lane.planned.interval_ms / 1000:
            lane.busy = False
            self._owner.metrics.missed(1)
            return
        self._begin(lane, due, retry)

    def _out_of_turn(self, lane: Lane, due: float, retry: bool) -> None:
        lane.timer = None
        self._watchdog.look()
        self.due(lane, due, retry=retry)

    def _cancel(self, lane: Lane) -> None:
        if lane.task is None:
            return
        lane.cancelled = True
        lane.task.cancel()
        if not lane.deadline:  # cancelled before its first step, a task never gets to its own ending
            self._land(lane)
