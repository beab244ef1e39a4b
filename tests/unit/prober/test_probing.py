"""Checks are probed on time, one probe of each at a time, in the order they came due."""

import asyncio
from collections.abc import Callable

from slamon.prober import Component, Planned
from slamon.prober.prober import BATCH
from slamon.probes.outcome import Outcome, ProbeNotRunError

from tests.unit.prober.conftest import DOWN, MIDNIGHT, UP, Endpoint, House, World

Plan = Callable[..., Planned]


def test_each_check_is_probed_once_an_interval_on_time(world: World, house: House, plan: Plan) -> None:
    endpoints = {f"shop/{n}": Endpoint(world) for n in range(200)}

    async def story() -> None:
        house.prober.replace([plan(name, endpoint) for name, endpoint in endpoints.items()])
        await house.prober.start()
        await asyncio.sleep(65)
        await house.prober.drain(5)

    world.run(story())
    for endpoint in endpoints.values():
        assert len(endpoint.begun) in {6, 7, 8}  # 65 s of a 10 s slot, and perhaps a first probe before it
        assert set(endpoint.apart[1:]) <= {9.999, 10.0, 10.001}
    assert max(house.latenesses) <= 0.002
    assert house.misses == 0
    assert house.blinds == []
    assert house.errors == []


def test_a_delivery_dates_the_beginning_of_the_probe_and_carries_its_terms(
    world: World, house: House, plan: Plan
) -> None:
    async def story() -> None:
        house.prober.replace([plan("shop/home", Endpoint(world, takes_s=1.5))])
        await house.prober.start()
        await asyncio.sleep(20)
        await house.prober.drain(5)

    world.run(story())
    delivery = house.deliveries[-1]
    assert delivery.interval_ms == 10_000
    assert delivery.stale_after_ms == 25_000
    assert delivery.outcome is UP
    assert not delivery.retry
    assert house.delivered_at[-1] - delivery.at_ms == 1500
    assert delivery.at_ms > MIDNIGHT


def test_new_checks_are_probed_within_seconds_though_their_slot_be_an_hour_off(
    world: World, house: House, plan: Plan
) -> None:
    endpoints = {f"slow/{n}": Endpoint(world) for n in range(400)}

    async def story() -> None:
        house.prober.replace([plan(name, e, interval_ms=3_600_000) for name, e in endpoints.items()])
        await house.prober.start()
        await asyncio.sleep(3)
        await house.prober.drain(5)

    world.run(story())
    assert sum(bool(e.begun) for e in endpoints.values()) >= 398  # all but those due in the next seconds anyway
    assert max(house.flying) <= 20  # 400 over 2 s, each 50 ms: 10 at once


def test_a_probe_due_while_one_is_in_flight_is_missed_not_doubled(world: World, house: House, plan: Plan) -> None:
    slow = Endpoint(world, takes_s=2.5)

    async def story() -> None:
        house.prober.replace([plan("shop/slow", slow, interval_ms=1000)])
        await house.prober.start()
        await asyncio.sleep(30)
        await house.prober.drain(5)

    world.run(story())
    assert slow.most_at_once == 1
    assert set(slow.apart[1:]) == {3.0}
    assert house.misses in {18, 19, 20}  # two of three turns


def test_beyond_the_limit_probes_wait_and_begin_in_the_order_they_came_due(world: World, plan: Plan) -> None:
    house = House(world, limit=3)
    endpoints = {f"shop/{n}": Endpoint(world, takes_s=1.0) for n in range(20)}

    async def story() -> None:
        house.prober.replace([plan(name, e, interval_ms=20_000) for name, e in endpoints.items()])
        await house.prober.start()
        await asyncio.sleep(85)
        await house.prober.drain(5)

    world.run(story())
    assert max(house.flying) == 3
    assert max(house.latenesses) > 1.0
    assert all(later > earlier - 0.01 for earlier, later in zip(house.dues, house.dues[1:], strict=False))
    assert min(len(endpoint.begun) for endpoint in endpoints.values()) >= 4
    assert house.misses == 0


def test_who_waited_a_whole_interval_is_missed(world: World, plan: Plan) -> None:
    house = House(world, limit=1)
    endpoints = {f"shop/{n}": Endpoint(world, takes_s=None) for n in range(5)}

    async def story() -> None:
        house.prober.replace([plan(name, e, interval_ms=10_000, timeout_ms=5_000) for name, e in endpoints.items()])
        await house.prober.start()
        await asyncio.sleep(100)
        await house.prober.drain(5)

    world.run(story())
    assert max(house.flying) == 1
    assert max(house.latenesses) < 10.0
    assert house.misses > 20  # 50 due, 20 fit
    assert sum(len(e.begun) for e in endpoints.values()) >= 19


def test_a_slot_with_many_checks_lets_the_loop_go_on_between_them(world: World, house: House, plan: Plan) -> None:
    begun: list[float] = []
    begun_when_others_came_to_run: list[int] = []

    async def probe(deadline: float) -> Outcome:
        begun.append(deadline)
        if len(begun) % 200 == 1:
            asyncio.get_running_loop().call_soon(lambda: begun_when_others_came_to_run.append((len(begun) - 1) % 200))
        return UP

    async def story() -> None:
        house.prober.replace([plan(f"shop/{n}", probe, interval_ms=100, timeout_ms=100) for n in range(200)])
        await house.prober.start()
        await asyncio.sleep(5)
        await house.prober.drain(5)

    world.run(story())
    assert len(begun) >= 9_800
    assert max(begun_when_others_came_to_run) <= 2 * BATCH


def test_our_own_failures_are_counted_and_make_no_observation(world: World, house: House, plan: Plan) -> None:
    broken, unable, inside = Endpoint(world), Endpoint(world), Endpoint(world)
    broken.outcome = ZeroDivisionError("a bug")
    unable.outcome = ProbeNotRunError("no file descriptors")

    async def cancelled(deadline: float) -> None:
        inside.begun.append(deadline)
        raise asyncio.CancelledError

    async def story() -> None:
        house.prober.replace([plan("a/bug", broken), plan("a/fds", unable), plan("a/in", cancelled), plan("a/good")])
        await house.prober.start()
        await asyncio.sleep(30)
        await house.prober.drain(5)

    world.run(story())
    assert {delivery.check_id for delivery in house.deliveries} == {"a/good"}
    assert {(component, check) for component, check, _ in house.errors} == {
        (Component.PROBE, "a/bug"),
        (Component.PROBE, "a/fds"),
        (Component.PROBE, "a/in"),
    }
    assert len(house.errors) == len(broken.begun) + len(unable.begun) + len(inside.begun)
    assert len(broken.begun) >= 3


def test_a_failing_record_is_counted_and_probing_goes_on(world: World, house: House, plan: Plan) -> None:
    endpoint = Endpoint(world)

    def fails(_check: str) -> bool:
        raise KeyError("gone")

    house.unconfirmed = fails

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint)])
        await house.prober.start()
        await asyncio.sleep(40)
        await house.prober.drain(5)

    world.run(story())
    assert len(endpoint.begun) >= 4
    assert {component for component, _, _ in house.errors} == {Component.RECORD}


def test_a_probe_kind_that_ignores_its_deadline_is_cancelled(world: World, house: House, plan: Plan) -> None:
    begun = []

    async def endless(deadline: float) -> None:
        begun.append(deadline)
        await asyncio.sleep(100_000)

    async def story() -> None:
        house.prober.replace([plan("shop/endless", endless, interval_ms=10_000, timeout_ms=5_000)])
        await house.prober.start()
        await asyncio.sleep(60)
        assert house.prober.in_flight <= 1
        await house.prober.drain(1)

    world.run(story())
    assert len(begun) >= 5
    assert len(house.errors) >= 5
    assert house.deliveries == []


def test_an_unconfirmed_failure_is_probed_again_at_the_retry_interval(world: World, house: House, plan: Plan) -> None:
    endpoint = Endpoint(world, DOWN)
    house.unconfirmed = lambda check: len(house.of(check)) < 3

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint, retry_ms=2_500, interval_ms=60_000)])
        await house.prober.start()
        await asyncio.sleep(20)
        await house.prober.drain(5)

    world.run(story())
    assert [delivery.retry for delivery in house.deliveries] == [False, True, True]
    assert endpoint.apart == [2.5, 2.5]


def test_a_retry_that_comes_due_before_the_timeout_is_over_begins_right_after_it(
    world: World, house: House, plan: Plan
) -> None:
    endpoint = Endpoint(world, takes_s=None)
    house.unconfirmed = lambda check: len(house.of(check)) < 2

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint, retry_ms=2_500, timeout_ms=5_000, interval_ms=60_000)])
        await house.prober.start()
        await asyncio.sleep(20)
        await house.prober.drain(5)

    world.run(story())
    assert endpoint.apart == [5.0]
    assert endpoint.most_at_once == 1


def test_a_failing_check_asks_the_references_at_once_but_not_twice_in_a_second(
    world: World, house: House, plan: Plan
) -> None:
    reference = Endpoint(world)
    failing = [Endpoint(world, DOWN, takes_s=0.0) for _ in range(50)]

    async def story() -> None:
        house.prober.replace(
            [plan("reference/0", reference, interval_ms=600_000, reference=True)]
            + [plan(f"shop/{n}", endpoint, interval_ms=10_000) for n, endpoint in enumerate(failing)]
        )
        await house.prober.start()
        await asyncio.sleep(30)
        await house.prober.drain(5)

    world.run(story())
    assert 20 <= len(reference.begun) <= 31
    assert min(reference.apart) >= 1.0
    first = reference.begun[1]
    assert any(abs(first - began) < 0.001 for endpoint in failing for began in endpoint.begun)


def test_references_do_not_wait_for_a_turn_and_do_not_ask_each_other(world: World, plan: Plan) -> None:
    house = House(world, limit=1)
    hanging, first, second = Endpoint(world, takes_s=None), Endpoint(world, DOWN), Endpoint(world)

    async def story() -> None:
        house.prober.replace(
            [
                plan("reference/0", first, reference=True),
                plan("reference/1", second, reference=True),
                plan("shop/hangs", hanging, interval_ms=60_000, timeout_ms=55_000),
            ]
        )
        await house.prober.start()
        await asyncio.sleep(50)
        await house.prober.drain(0)

    world.run(story())
    assert len(first.begun) in {5, 6}
    assert len(second.begun) in {5, 6}
    assert max(house.latenesses) < 0.01


def lateness_beside(world: World, plan: Plan, hanging: int) -> tuple[list[float], int]:
    """How late 200 healthy checks begin beside so many that hang until their deadline, and how many go missing."""
    house = House(world)
    healthy = {f"good/{n}": Endpoint(world) for n in range(200)}
    began: list[float] = []

    async def story() -> None:
        house.prober.replace(
            [plan(name, endpoint) for name, endpoint in healthy.items()]
            + [plan(f"dead/{n}", Endpoint(world, takes_s=None), timeout_ms=10_000) for n in range(hanging)]
        )
        await house.prober.start()
        await asyncio.sleep(120)
        await house.prober.drain(0)

    world.run(story())
    for endpoint in healthy.values():
        began.extend(endpoint.apart)
    assert all(delivery.outcome is UP for delivery in house.deliveries if delivery.check_id.startswith("good/"))
    return sorted(house.latenesses), len(began)


def test_ten_and_a_hundred_hanging_checks_leave_the_others_as_they_were(world: World, plan: Plan) -> None:
    alone, count = lateness_beside(world, plan, hanging=0)
    for hanging in (10, 100):
        latenesses, begun = lateness_beside(world, plan, hanging)
        assert latenesses[-1] <= max(alone[-1], 0.002)
        assert abs(begun - count) <= 200
