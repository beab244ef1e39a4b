"""A reload moves nothing that stays, ends what is gone; a stop waits for what is in flight."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from slamon.prober import Planned
from slamon.prober.flights import Lane

from tests.unit.prober.conftest import DOWN, UP, Endpoint, House, World

Plan = Callable[..., Planned]


def test_a_reload_moves_no_slot_and_interrupts_no_probe(world: World, house: House, plan: Plan) -> None:
    kept = {f"shop/{n}": Endpoint(world, takes_s=3.0) for n in range(50)}

    async def story() -> None:
        plans = [plan(name, endpoint) for name, endpoint in kept.items()]
        house.prober.replace(plans)
        await house.prober.start()
        for turn in range(40):
            await asyncio.sleep(1.7)
            house.prober.replace([*reversed(plans), *(plan(f"new/{turn}-{n}") for n in range(20))])
        await house.prober.drain(5)

    world.run(story())
    for name, endpoint in kept.items():
        assert set(endpoint.apart[1:]) <= {9.999, 10.0, 10.001}
        assert endpoint.most_at_once == 1
        assert len(house.of(name)) == len(endpoint.begun)
    assert house.misses == 0


def test_a_restart_keeps_the_slots(world: World, plan: Plan) -> None:
    phases = []
    for _ in range(2):
        house, endpoint = House(world), Endpoint(world)

        async def story(house: House = house, endpoint: Endpoint = endpoint) -> None:
            house.prober.replace([plan("shop/home", endpoint)])
            await house.prober.start()
            await asyncio.sleep(33.3)
            await house.prober.drain(5)

        world.run(story())
        phases.append(house.deliveries[-1].at_ms % 10_000)
    assert abs(phases[0] - phases[1]) <= 2


def test_a_new_definition_probes_from_its_next_turn_on(world: World, house: House, plan: Plan) -> None:
    old, new = Endpoint(world), Endpoint(world, DOWN)

    async def story() -> None:
        planned = plan("shop/home", old)
        house.prober.replace([planned])
        await house.prober.start()
        await asyncio.sleep(25)
        house.prober.replace([replace(planned, probe=new, stale_after_ms=99_000)])
        await asyncio.sleep(25)
        await house.prober.drain(5)

    world.run(story())
    assert len(old.begun) in {2, 3, 4}
    assert len(new.begun) in {2, 3}
    assert house.deliveries[-1].stale_after_ms == 99_000
    assert new.begun[0] - old.begun[-1] == pytest.approx(10.0, abs=0.002)


def test_another_interval_takes_another_slot_but_never_two_probes_at_once(
    world: World, house: House, plan: Plan
) -> None:
    endpoint = Endpoint(world, takes_s=2.0)

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint)])
        await house.prober.start()
        while not endpoint.at_once:
            await asyncio.sleep(0.1)
        house.prober.replace([plan("shop/home", endpoint, interval_ms=3_000)])
        await asyncio.sleep(30)
        await house.prober.drain(5)

    world.run(story())
    assert endpoint.most_at_once == 1
    assert len(house.deliveries) == len(endpoint.begun)
    assert set(endpoint.apart[2:]) <= {2.999, 3.0, 3.001}


def test_a_removed_check_is_neither_probed_nor_delivered_any_more(world: World, plan: Plan) -> None:
    house = House(world, limit=2)
    hanging = [Endpoint(world, takes_s=None) for _ in range(5)]  # two in flight, three waiting

    async def story() -> None:
        await house.prober.start()
        house.prober.replace(
            [plan(f"old/{n}", e, interval_ms=600_000, timeout_ms=100_000) for n, e in enumerate(hanging)]
        )
        await asyncio.sleep(10)
        assert house.prober.in_flight == 2
        house.prober.replace([plan("new/0")])
        await asyncio.sleep(30)
        assert house.prober.in_flight <= 1
        await house.prober.drain(5)

    world.run(story())
    assert sum(len(endpoint.begun) for endpoint in hanging) == 2
    assert {delivery.check_id for delivery in house.deliveries} == {"new/0"}
    assert house.errors == []


def test_checks_removed_in_the_moment_they_begin_leave_their_places_to_others(
    world: World, house: House, plan: Plan
) -> None:
    async def story() -> None:
        await house.prober.start()
        for turn in range(100):
            house.prober.replace([plan(f"t{turn}/{n}", interval_ms=1000) for n in range(30)])
            await asyncio.sleep(0.0501 + turn / 1000)
        house.prober.replace([])
        await asyncio.sleep(1)
        assert house.prober.in_flight == 0
        assert house.prober.scheduler.get_jobs() == []
        await house.prober.drain(5)

    world.run(story())
    assert house.deliveries
    assert house.errors == []


def test_a_check_removed_before_its_probe_took_a_step_leaves_its_place(world: World, house: House, plan: Plan) -> None:
    endpoint = Endpoint(world)

    async def story() -> None:
        await house.prober.start()
        flights, lane = house.prober._flights, Lane(plan("shop/home", endpoint))
        flights.due(lane, world.monotonic_s)
        assert flights.in_flight == 1
        flights.remove(lane)
        assert flights.in_flight == 0
        flights.due(lane, world.monotonic_s)  # a slot may still be going through the checks it had
        await asyncio.sleep(1)
        await house.prober.drain(5)

    world.run(story())
    assert endpoint.begun == []


def test_a_failing_check_that_is_removed_is_not_retried(world: World, house: House, plan: Plan) -> None:
    endpoint = Endpoint(world, DOWN)
    house.unconfirmed = lambda check: True

    async def story() -> None:
        house.prober.replace([plan("shop/home", endpoint, interval_ms=600_000)])
        await house.prober.start()
        await asyncio.sleep(1)
        house.prober.replace([])
        await asyncio.sleep(60)
        await house.prober.drain(5)

    world.run(story())
    assert len(endpoint.begun) == 1


def test_an_id_that_comes_twice_is_refused_and_changes_nothing(world: World, house: House, plan: Plan) -> None:
    async def story() -> None:
        house.prober.replace([plan("shop/home")])
        await house.prober.start()
        with pytest.raises(ValueError, match="shop/other"):
            house.prober.replace([plan("shop/other"), plan("shop/other")])
        await asyncio.sleep(25)
        await house.prober.drain(5)

    world.run(story())
    assert {delivery.check_id for delivery in house.deliveries} == {"shop/home"}


def test_a_stop_waits_for_what_is_in_flight_and_begins_nothing_more(world: World, house: House, plan: Plan) -> None:
    endpoints = [Endpoint(world, DOWN, takes_s=2.0) for _ in range(50)]
    house.unconfirmed = lambda check: True
    stopped: list[float] = []

    async def story() -> None:
        house.prober.replace([plan(f"shop/{n}", e, interval_ms=3_000) for n, e in enumerate(endpoints)])
        await house.prober.start()
        await asyncio.sleep(10)
        stopped.append(world.monotonic_s)
        await house.prober.drain(60)
        stopped.append(world.monotonic_s)
        await asyncio.sleep(60)

    world.run(story())
    assert len(house.deliveries) == sum(len(endpoint.begun) for endpoint in endpoints)
    assert max(max(endpoint.begun) for endpoint in endpoints) <= stopped[0]
    assert stopped[1] - stopped[0] <= 2.0


def test_a_stop_waits_no_longer_than_it_is_given(world: World, house: House, plan: Plan) -> None:
    hanging, quick = Endpoint(world, takes_s=None), Endpoint(world, UP)
    stopped: list[float] = []

    async def story() -> None:
        house.prober.replace(
            [plan("a/hangs", hanging, interval_ms=600_000, timeout_ms=100_000), plan("a/quick", quick)]
        )
        await house.prober.start()
        await asyncio.sleep(15)
        stopped.append(world.monotonic_s)
        await house.prober.drain(1.5)
        stopped.append(world.monotonic_s)
        await house.prober.drain(1.5)

    world.run(story())
    assert stopped[1] - stopped[0] == pytest.approx(1.5, abs=0.01)
    assert hanging.ended == 1
    assert house.of("a/hangs") == []
    assert house.errors == []
    assert house.prober.in_flight == 0


def test_a_stop_leaves_a_probe_behind_that_will_not_end(world: World, house: House, plan: Plan) -> None:
    stopped: list[float] = []
    release = asyncio.Event()

    async def stubborn(deadline: float) -> None:
        while not release.is_set():
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                pass

    async def story() -> None:
        house.prober.replace([plan("a/stubborn", stubborn, interval_ms=600_000, timeout_ms=100_000)])
        await house.prober.start()
        await asyncio.sleep(2)
        stopped.append(world.monotonic_s)
        await house.prober.drain(1.0)
        stopped.append(world.monotonic_s)
        release.set()

    world.run(story())
    assert stopped[1] - stopped[0] == pytest.approx(1.5, abs=0.01)


def test_a_stop_before_the_start_and_with_nothing_planned_is_fine(world: World, house: House) -> None:
    async def story() -> None:
        await house.prober.drain(1)

    world.run(story())

    async def empty() -> None:
        other = House(world)
        await other.prober.start()
        await asyncio.sleep(5)
        await other.prober.drain(1)

    world.run(empty())
