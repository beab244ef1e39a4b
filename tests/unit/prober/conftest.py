"""A world whose clocks move only when the loop would wait: minutes of probing in milliseconds, and no sleeping."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, tzinfo
from typing import Any

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest
from slamon.accounting.facts import Blind, Verdict
from slamon.prober import Component, Delivery, Planned, Prober
from slamon.probes.outcome import Outcome, Reason

MIDNIGHT = 1_790_812_800_000  # 2026-10-01T00:00:00Z

UP = Outcome(Verdict.UP, duration_us=1000)
DOWN = Outcome(Verdict.DOWN, duration_us=1000, reason=Reason.REFUSED)
TIMED_OUT = Outcome(Verdict.DOWN, duration_us=10_000_000, reason=Reason.TIMEOUT)


class World:
    """Both clocks and the loop's; they move together unless told otherwise."""

    def __init__(self) -> None:
        self.wall_s = MIDNIGHT / 1000
        self.monotonic_s = 1000.0
        self.asleep_s = 50.0

    def now(self) -> int:
        return int(self.wall_s * 1000)

    def monotonic(self) -> float:
        return self.monotonic_s

    def asleep(self) -> float:
        return self.asleep_s

    def pass_by(self, seconds: float) -> None:
        """Time goes by; called from within the loop, it holds it."""
        self.wall_s += seconds
        self.monotonic_s += seconds

    def step(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.wall_s += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps, and its monotonic clock with it."""
        self.wall_s += seconds
        self.asleep_s += seconds

    def run(self, story: Coroutine[Any, Any, None]) -> None:
        """Run to the end in simulated time."""
        with asyncio.Runner(loop_factory=lambda: WorldLoop(self)) as runner:
            runner.run(story)


class WorldSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Instead of waiting, lets the world's time go by."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "the loop would wait for ever"
            self._world.pass_by(timeout)
        return ready


class WorldLoop(asyncio.SelectorEventLoop):
    def __init__(self, world: World) -> None:
        self._world = world
        super().__init__(WorldSelector(world))

    def time(self) -> float:
        return self._world.monotonic_s


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    class WorldDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(world.wall_s, tz)

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WorldDatetime)
    monkeypatch.setattr(apscheduler.executors.base, "datetime", WorldDatetime)
    return world


class Endpoint:
    """A probed thing: answers after `takes_s` with `outcome`, hangs until the deadline when `takes_s` is None."""

    def __init__(self, world: World, outcome: Outcome = UP, takes_s: float | None = 0.05) -> None:
        self.world = world
        self.outcome: Outcome | Exception = outcome
        self.takes_s = takes_s
        self.begun: list[float] = []
        self.ended = 0
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, deadline: float) -> Outcome:
        self.begun.append(self.world.monotonic_s)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(deadline)
        finally:
            self.at_once -= 1
            self.ended += 1

    async def _answer(self, deadline: float) -> Outcome:
        left = deadline - self.world.monotonic_s
        await asyncio.sleep(left if self.takes_s is None else min(left, self.takes_s))
        if self.takes_s is None:
            return TIMED_OUT
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    @property
    def apart(self) -> list[float]:
        """Seconds between beginnings, to the millisecond."""
        return [round(b - a, 3) for a, b in zip(self.begun, self.begun[1:], strict=False)]


class House:
    """A prober whose owner writes everything down; it is its own metrics observer."""

    def __init__(self, world: World, limit: int = 500) -> None:
        self.world = world
        self.deliveries: list[Delivery] = []
        self.delivered_at: list[int] = []
        self.blinds: list[Blind] = []
        self.errors: list[tuple[Component, str, Exception]] = []
        self.unconfirmed: Callable[[str], bool] = lambda check_id: False
        self.latenesses: list[float] = []
        self.dues: list[float] = []
        self.flying: list[int] = []
        self.misses = 0
        self.prober = Prober(
            world,
            self.deliver,
            self.blinds.append,
            lambda check_id: self.unconfirmed(check_id),
            lambda component, check_id, error: self.errors.append((component, check_id, error)),
            metrics=self,
            limit=limit,
            asleep=world.asleep,
        )

    def deliver(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self.delivered_at.append(self.world.now())

    def lateness(self, seconds: float) -> None:
        self.latenesses.append(seconds)
        self.dues.append(self.world.monotonic_s - seconds)

    def in_flight(self, n: int) -> None:
        self.flying.append(n)

    def missed(self, n: int) -> None:
        self.misses += n

    def of(self, check_id: str) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if delivery.check_id == check_id]


@pytest.fixture
def house(world: World) -> House:
    return House(world)


@pytest.fixture
def plan(world: World) -> Callable[..., Planned]:
    def planned(
        check_id: str,
        probe: Any = None,
        interval_ms: int = 10_000,
        timeout_ms: int = 5_000,
        retry_ms: int = 2_500,
        reference: bool = False,
    ) -> Planned:
        stale = 2 * interval_ms + timeout_ms
        return Planned(check_id, interval_ms, timeout_ms, retry_ms, stale, probe or Endpoint(world), reference)

    return planned
