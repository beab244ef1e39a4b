"""Whatever the clocks do: probes keep their distance, nothing doubtful is delivered, the scheduler does not spin."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slamon.prober import Planned

from tests.unit.prober.conftest import Endpoint, House, World

HAPPENINGS = st.lists(
    st.tuples(
        st.floats(0.001, 25),  # seconds until it happens
        st.sampled_from(["step", "suspend", "pass_by"]),
        st.one_of(st.floats(0.001, 3), st.floats(3, 90_000)),
        st.booleans(),  # steps go back as well
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=HAPPENINGS)
def test_any_sequence_of_disturbances(world: World, happenings: list[tuple[float, str, float, bool]]) -> None:
    house = House(world)
    endpoints = {f"shop/{n}": Endpoint(world, takes_s=0.3) for n in range(10)}
    wakeups = 0
    lived: list[float] = []

    def counted(wakeup: Any) -> None:
        nonlocal wakeups
        wakeups += 1
        wakeup()

    async def story() -> None:
        look = house.prober.scheduler._look
        house.prober.scheduler._look = lambda: counted(look)
        house.prober.replace(
            [Planned(name, 10_000, 5_000, 2_500, 25_000, endpoint) for name, endpoint in endpoints.items()]
        )
        await house.prober.start()
        begun = world.monotonic_s
        for wait, kind, seconds, back in happenings:
            await asyncio.sleep(wait)
            getattr(world, kind)(-seconds if back and kind == "step" else seconds)
        await asyncio.sleep(40)
        lived.append(world.monotonic_s - begun - sum(s for _, kind, s, _ in happenings if kind == "pass_by"))
        await house.prober.drain(5)

    world.run(story())
    ended = world.monotonic_s
    for endpoint in endpoints.values():
        assert endpoint.most_at_once == 1
        # a slot may begin late by its grace of a second, so its next turn comes after 9 s at the least;
        # only the first probe, out of turn, may stand nearer to the second
        assert min(endpoint.apart[1:], default=10) >= 8.9
        assert ended - endpoint.begun[-1] <= 16
    for delivery in house.deliveries[-10:]:
        assert not any(blind.start <= delivery.at_ms < blind.end for blind in house.blinds[-1:])
    # ten slots every 10 s, each of which may wake the scheduler twice, and ten plans made anew a disturbance
    assert wakeups <= 3 * (lived[0] + 10) + 40 * (len(happenings) + 1)
    assert house.errors == []
