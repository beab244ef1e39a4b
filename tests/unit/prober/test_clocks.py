"""A clock that steps, a machine that sleeps, a loop that is held: a gap, no burst, no blame, no stop of probing."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from slamon.accounting.facts import Cause
from slamon.prober import Planned
from slamon.prober.watchdog import asleep
from slamon.probes.outcome import Outcome

from tests.unit.prober.conftest import DOWN, MIDNIGHT, Endpoint, House, World

Plan = Callable[..., Planned]
HOUR_MS = 3_600_000


class Shop:
    """100 checks every 10 s for three minutes; after the first one, `happens`."""

    def __init__(self, world: World, house: House, plan: Plan, happens: Callable[[], None]) -> None:
        self.endpoints = {f"shop/{n}": Endpoint(world) for n in range(100)}
        self.changed_wall = 0
        self.changed_monotonic = 0.0
        self.before_wall = 0

        async def story() -> None:
            house.prober.replace([plan(name, endpoint) for name, endpoint in self.endpoints.items()])
            await house.prober.start()
            await asyncio.sleep(60.037)
            self.before_wall = world.now()
            happens()
            self.changed_wall, self.changed_monotonic = world.now(), world.monotonic_s
            await asyncio.sleep(120)
            await house.prober.drain(5)

        world.run(story())

    def begun_after(self) -> list[float]:
        return sorted(t for e in self.endpoints.values() for t in e.begun if t >= self.changed_monotonic)

    def greatest_second(self) -> int:
        begun = self.begun_after()
        return max(sum(t <= other < t + 1 for other in begun) for t in begun)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_step_of_an_hour_moves_no_probe(world: World, house: House, plan: Plan, hours: int) -> None:
    shop = Shop(world, house, plan, lambda: world.step(3600 * hours))
    for endpoint in shop.endpoints.values():
        assert set(endpoint.apart[1:]) <= {9.999, 10.0, 10.001}
        assert len(endpoint.begun) >= 17
    assert shop.greatest_second() < 25
    assert house.errors == []


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_step_is_blind_where_the_time_is_in_doubt_and_no_longer(
    world: World, house: House, plan: Plan, hours: int
) -> None:
    shop = Shop(world, house, plan, lambda: world.step(3600 * hours))
    (blind,) = house.blinds
    assert blind.cause is Cause.CLOCK_STEP
    assert shop.changed_wall <= blind.end <= shop.changed_wall + 1000
    # Forth, the hour nobody lived; back, only what lies between two looks: the hour comes again and is observed.
    assert min(shop.before_wall, shop.changed_wall) - 1000 <= blind.start <= min(shop.before_wall, shop.changed_wall)
    assert not [d for d in house.deliveries if blind.start < d.at_ms < blind.end]


@pytest.mark.parametrize("hours", [-1, 1])
def test_what_is_delivered_after_a_step_is_dated_by_the_new_clock(
    world: World, house: House, plan: Plan, hours: int
) -> None:
    shop = Shop(world, house, plan, lambda: world.step(3600 * hours))
    before = [d.at_ms for d in house.deliveries if MIDNIGHT <= d.at_ms <= shop.before_wall]
    after = [d.at_ms for d in house.deliveries if d.at_ms not in set(before)]
    # 100 checks every 10 s for 120 s; a handful that were in flight at the step are not delivered
    assert 1180 <= len(after) <= 1220
    assert all(shop.changed_wall <= at <= shop.changed_wall + 120_000 for at in after)
    assert house.misses <= 2


@pytest.mark.parametrize("hours", [-1, 1])
def test_what_the_owner_plans_by_the_wall_clock_goes_on_after_a_step(world: World, house: House, hours: int) -> None:
    looked: list[float] = []

    async def look() -> None:
        looked.append(world.monotonic_s)

    async def story() -> None:
        await house.prober.start()
        house.prober.scheduler.add_job(look, "cron", second="*/20", id="unattended")
        await asyncio.sleep(70)
        world.step(3600 * hours)
        await asyncio.sleep(120)
        await house.prober.drain(5)

    world.run(story())
    assert 9 <= len(looked) <= 10
    assert max(after - before for before, after in pairwise(looked)) < 22


@pytest.mark.parametrize("seconds", [-0.3, 0.3])
def test_a_small_correction_of_the_clock_is_no_blind_stretch(
    world: World, house: House, plan: Plan, seconds: float
) -> None:
    shop = Shop(world, house, plan, lambda: world.step(seconds))
    assert house.blinds == []
    assert house.misses == 0
    for endpoint in shop.endpoints.values():
        assert set(endpoint.apart[1:]) <= {9.999, 10.0, 10.001}


def test_many_steps_one_after_the_other(world: World, house: House, plan: Plan) -> None:
    endpoint = Endpoint(world)

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint)])
        await house.prober.start()
        for seconds in (3600, -3600, -7200, 40, -40, 86_400 * 365, -86_400 * 365):
            await asyncio.sleep(17)
            world.step(seconds)
        await asyncio.sleep(17)
        await house.prober.drain(5)

    world.run(story())
    assert len(house.blinds) == 7
    assert {blind.cause for blind in house.blinds} == {Cause.CLOCK_STEP}
    assert set(endpoint.apart[1:]) <= {9.999, 10.0, 10.001}
    assert len(endpoint.begun) >= 13


def test_a_suspended_machine_makes_a_gap_and_no_burst(world: World, house: House, plan: Plan) -> None:
    shop = Shop(world, house, plan, lambda: world.suspend(7200))
    (blind,) = house.blinds
    assert blind.cause is Cause.SUSPENDED
    assert shop.before_wall - 1000 <= blind.start <= shop.before_wall
    assert shop.changed_wall <= blind.end <= shop.changed_wall + 1000
    assert shop.greatest_second() < 25
    assert not [d for d in house.deliveries if blind.start < d.at_ms < blind.end]
    assert min(len(e.begun) for e in shop.endpoints.values()) >= 17


def test_a_process_that_stood_still_with_all_clocks_running_makes_a_gap_and_no_burst(
    world: World, house: House, plan: Plan
) -> None:
    shop = Shop(world, house, plan, lambda: world.pass_by(1800))
    (blind,) = house.blinds
    assert blind.cause is Cause.SUSPENDED
    assert blind.start <= shop.before_wall < shop.changed_wall <= blind.end
    assert shop.greatest_second() < 25
    assert 17_000 <= house.misses <= 18_100  # 100 checks, 180 turns


def test_a_loop_held_for_seconds_makes_a_gap_and_no_burst(world: World, house: House, plan: Plan) -> None:
    shop = Shop(world, house, plan, lambda: world.pass_by(5))
    (blind,) = house.blinds
    assert blind.cause is Cause.OVERLOADED
    assert blind.start <= shop.before_wall < shop.changed_wall <= blind.end
    assert shop.greatest_second() < 35  # what came due in the last second of it is begun late, the rest not at all
    assert 30 <= house.misses <= 55  # 10 a second, 4 s, and those in flight


def test_a_loop_held_for_half_a_second_makes_probes_late_only(world: World, house: House, plan: Plan) -> None:
    Shop(world, house, plan, lambda: world.pass_by(0.5))
    assert house.blinds == []
    assert house.misses == 0
    assert 0.3 < max(house.latenesses) <= 0.5


@pytest.mark.parametrize("disturbance", ["step", "suspend", "pass_by"])
def test_nobody_is_blamed_for_a_probe_that_was_in_flight_in_a_disturbance(
    world: World, house: House, plan: Plan, disturbance: str
) -> None:
    slow = Endpoint(world, DOWN, takes_s=4.0)

    async def story() -> None:
        house.prober.replace([plan("shop/slow", slow)])
        await house.prober.start()
        while not (slow.at_once and len(slow.begun) == 3):
            await asyncio.sleep(0.5)
        getattr(world, disturbance)(600)
        await asyncio.sleep(60)
        await house.prober.drain(5)

    world.run(story())
    assert len(house.blinds) == 1
    assert len(house.deliveries) == len(slow.begun) - 1
    assert house.misses >= 1
    assert house.errors == []


def test_an_outcome_that_comes_right_after_waking_is_not_delivered(world: World, house: House, plan: Plan) -> None:
    async def breaks_on_waking(deadline: float) -> Outcome:
        await asyncio.sleep(0.1)
        world.suspend(600)
        return DOWN

    async def story() -> None:
        house.prober.replace([plan("shop/home", breaks_on_waking)])
        await house.prober.start()
        await asyncio.sleep(60)
        await house.prober.drain(5)

    world.run(story())
    assert len(house.blinds) >= 5
    assert house.deliveries == []


def test_the_machine_tells_how_long_it_slept() -> None:
    assert asleep() >= -0.1
