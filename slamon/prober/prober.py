"""When to probe: APScheduler runs slots, a slot's job starts its checks.

A run of an APScheduler job costs more than a probe, so checks share slots (`slots`). What becomes of a due probe is in
`flights`, what becomes of the clocks in `watchdog`.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from slamon.clock import Clock
from slamon.prober import watchdog as clocks
from slamon.prober.flights import Flights, Lane, Owner
from slamon.prober.planned import ComponentError, Deliver, Metrics, OnBlind, Planned, Unconfirmed
from slamon.prober.slots import Grid, Place, Slot, SlotTrigger, place

DEFAULT_LIMIT = 500
"""So many probes may be in flight at once."""

BATCH = 25
"""So many probes a slot begins before it lets the loop go on."""

FIRST_PER_S = 200
"""New checks are probed for the first time at about this rate, where that is over before their slot is due."""


class NoMetrics:
    """For an owner that wants none."""

    def lateness(self, seconds: float) -> None:
        """See `Metrics`."""

    def in_flight(self, n: int) -> None:
        """See `Metrics`."""

    def missed(self, n: int) -> None:
        """See `Metrics`."""


class SlotScheduler(AsyncIOScheduler):  # type: ignore[misc]  # APScheduler is untyped
    """An AsyncIOScheduler that looks at the clocks before it compares its plans with them."""

    def __init__(self, look: Callable[[], None]) -> None:
        super().__init__(
            timezone=UTC,
            # None: whether a slot comes too late is decided by the monotonic clock, see `Slot.take`.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self._look = look

    def wakeup(self) -> None:
        """Run what is due and plan the next wake-up; called in the loop."""
        try:
            self._look()
        finally:
            super().wakeup()


class Prober:
    """Probes every planned check on time and hands on what was seen.

    `replace` may be called before `start` and at any time after it; `scheduler` takes the owner's housekeeping jobs
    from `start` on. `limit` is how many probes may be in flight at once; reference targets are beyond it.
    """

    def __init__(
        self,
        clock: Clock,
        deliver: Deliver,
        on_blind: OnBlind,
        unconfirmed: Unconfirmed,
        component_error: ComponentError,
        *,
        metrics: Metrics | None = None,
        limit: int = DEFAULT_LIMIT,
        asleep: Callable[[], float] = clocks.asleep,
    ) -> None:
        self._clock = clock
        self._metrics = metrics or NoMetrics()
        self._watchdog = clocks.Watchdog(clock, on_blind, self._replan, asleep)
        owner = Owner(deliver, unconfirmed, component_error, self._metrics)
        self._flights = Flights(clock, self._watchdog, owner, limit)
        self._lanes: dict[str, Lane] = {}
        self._places: dict[str, Place] = {}
        self._slots: dict[Place, Slot] = {}
        self._grid: Grid | None = None
        self.scheduler = SlotScheduler(self._watchdog.look)

    @property
    def in_flight(self) -> int:
        """How many probes are in flight."""
        return self._flights.in_flight

    def seen_up_to(self) -> int:
        """The instant (ms) before which every probe begun so far has been delivered, or never will be."""
        now, earliest = self._clock.now(), self._flights.earliest
        return now if earliest is None else min(now, earliest)

    def look(self) -> None:
        """Compare the clocks, once it has begun: before what is not probed is dated."""
        if self._grid is not None:
            self._watchdog.look()

    async def start(self) -> None:
        """Begin to probe, in the running loop."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._watchdog.start(self._flights.sweep)
        self.scheduler.start()
        self._grid = Grid.laid_out(self._clock)
        self._settle(self._lanes.values())

    def replace(self, planned: Iterable[Planned]) -> None:
        """Probe these from now on and nothing else.

        A check whose id and interval stay keeps its slot and its probe in flight. ValueError where an id comes twice.
        """
        wanted: dict[str, Planned] = {}
        for plan in planned:
            if plan.id in wanted:
                raise ValueError(f"check {plan.id!r} is planned twice")
            wanted[plan.id] = plan
        for check_id in [known for known in self._lanes if known not in wanted]:
            self._leave_slot(check_id)
            self._flights.remove(self._lanes.pop(check_id))
        new = [self._take_in(plan) for plan in wanted.values()]
        self._flights.references = tuple(lane for lane in self._lanes.values() if lane.planned.reference)
        if self._grid is not None:
            self._settle([lane for lane in new if lane is not None])

    async def drain(self, timeout_s: float) -> int:
        """Begin nothing more, deliver what lands within `timeout_s` and its own deadline, cancel the rest.

        Gives the instant (ms) up to which all was seen: before the first probe that was cancelled.
        """
        self._flights.close(self._lanes.values())
        if self.scheduler.running:
            self.scheduler.pause()
        cancelled = await self._flights.landed(timeout_s)
        self._watchdog.stop()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # the scheduler goes down in the loop's next round
        return self._clock.now() if cancelled is None else cancelled

    def _take_in(self, plan: Planned) -> Lane | None:
        """Plan a check; returns its lane where it needs a slot."""
        lane = self._lanes.get(plan.id)
        if lane is None:
            lane = self._lanes[plan.id] = Lane(plan)
            return lane
        moved = lane.planned.interval_ms != plan.interval_ms
        lane.planned = plan
        if not moved:
            return None
        self._leave_slot(plan.id)
        return lane

    def _settle(self, lanes: Iterable[Lane]) -> None:
        """Give checks their slots, and first probes where the slot is some time off."""
        assert self._grid is not None
        now = self._clock.monotonic()
        new = sorted(lanes, key=lambda lane: not lane.planned.reference)
        window = max(1.0, len(new) / FIRST_PER_S)
        for number, lane in enumerate(new):
            slot = self._join_slot(lane, self._grid, now)
            first = now + window * number / len(new)
            over = first + lane.planned.timeout_ms / 1000
            if lane.begun is None and slot.next_due(now) > over:
                self._flights.later(lane, first, retry=False)

    def _join_slot(self, lane: Lane, grid: Grid, now: float) -> Slot:
        where = place(lane.planned.id, lane.planned.interval_ms)
        slot = self._slots.get(where)
        if slot is None:
            slot = self._slots[where] = Slot(where, grid, taken=grid.turn(where, now))
            trigger = SlotTrigger(slot, self._clock.monotonic)
            self.scheduler.add_job(self._fire, trigger, args=(slot,), id=where.name)
        slot.lanes[lane.planned.id] = lane
        self._places[lane.planned.id] = where
        return slot

    def _leave_slot(self, check_id: str) -> None:
        where = self._places.pop(check_id, None)
        if where is None:
            return
        slot = self._slots[where]
        del slot.lanes[check_id]
        if not slot.lanes:
            del self._slots[where]
            self.scheduler.remove_job(where.name)

    async def _fire(self, slot: Slot) -> None:
        """A slot's job: begin its checks, letting the loop go on between batches."""
        due, missed = slot.take(self._clock.monotonic())
        lanes = tuple(slot.lanes.values())
        if missed:
            self._metrics.missed(missed * len(lanes))
        if due is None:
            return
        for number, lane in enumerate(lanes):
            if number and number % BATCH == 0:
                await asyncio.sleep(0)
            self._flights.due(lane, due)

    def _replan(self) -> None:
        """Plan every slot and the owner's jobs anew: the scheduler goes by the wall clock, which was stepped."""
        if self._flights.closed:
            return
        self.scheduler.pause()
        for slot in self._slots.values():
            self.scheduler.reschedule_job(slot.place.name, trigger=SlotTrigger(slot, self._clock.monotonic))
        for job in self.scheduler.get_jobs():
            if not isinstance(job.trigger, SlotTrigger):
                job.reschedule(job.trigger)
        self.scheduler.resume()
