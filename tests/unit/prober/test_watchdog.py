"""The doubtful stretch between two looks at the clocks, with the arithmetic beside."""

import pytest
from slamon.accounting.facts import Blind, Cause
from slamon.prober.watchdog import Watchdog

from tests.unit.prober.conftest import MIDNIGHT, World


class Watched:
    """A watchdog that looked at midnight; `steps` counts how often plans were made anew."""

    def __init__(self, world: World) -> None:
        self.blinds: list[Blind] = []
        self.steps = 0
        self.watchdog = Watchdog(world, self.blinds.append, self.planned_anew, world.asleep)
        self.watchdog._note(world.now(), world.monotonic(), world.asleep())

    def planned_anew(self) -> None:
        self.steps += 1


@pytest.fixture
def watched(world: World) -> Watched:
    return Watched(world)


def test_clocks_that_go_together_are_no_news(world: World, watched: Watched) -> None:
    for _ in range(1000):
        world.pass_by(1.0)
        watched.watchdog.look()
    assert (watched.blinds, watched.steps, watched.watchdog.disturbances) == ([], 0, 0)


@pytest.mark.parametrize(
    ("passed_s", "stepped_s", "slept_s", "expected"),
    [
        # forth: from the last look to now, by the wall clock 0.4 s + 1 h
        (0.4, 3600, 0, Blind(MIDNIGHT, MIDNIGHT + 3_600_400, Cause.CLOCK_STEP)),
        # back: now is 0.4 s - 1 h after the last look; what passed since it, 0.4 s, is in doubt
        (0.4, -3600, 0, Blind(MIDNIGHT - 3_600_000, MIDNIGHT - 3_599_600, Cause.CLOCK_STEP)),
        # back by as much as passed: the wall clock shows the same time twice
        (1.0, -1, 0, Blind(MIDNIGHT - 1000, MIDNIGHT, Cause.CLOCK_STEP)),
        # back with next to nothing passed: still not empty
        (0.0, -10, 0, Blind(MIDNIGHT - 10_001, MIDNIGHT - 10_000, Cause.CLOCK_STEP)),
        (0.4, 0, 7200, Blind(MIDNIGHT, MIDNIGHT + 7_200_400, Cause.SUSPENDED)),
        # asleep, and the clock set on waking: the whole of it
        (0.4, 60, 7200, Blind(MIDNIGHT, MIDNIGHT + 7_260_400, Cause.SUSPENDED)),
        (3.0, 0, 0, Blind(MIDNIGHT, MIDNIGHT + 3000, Cause.OVERLOADED)),
        (30.0, 0, 0, Blind(MIDNIGHT, MIDNIGHT + 30_000, Cause.SUSPENDED)),
        (3.0, -1, 0, Blind(MIDNIGHT - 1000, MIDNIGHT + 2000, Cause.CLOCK_STEP)),
    ],
)
def test_a_disturbance_covers_what_is_in_doubt(
    world: World, watched: Watched, passed_s: float, stepped_s: float, slept_s: float, expected: Blind
) -> None:
    world.pass_by(passed_s)
    world.step(stepped_s)
    world.suspend(slept_s)
    watched.watchdog.look()
    watched.watchdog.look()
    assert watched.blinds == [expected]
    assert (watched.steps, watched.watchdog.disturbances) == (1, 1)


@pytest.mark.parametrize(("stepped_s", "steps"), [(0.4, 1), (-0.4, 1), (0.01, 0), (-0.01, 0)])
def test_a_small_step_only_has_plans_made_anew(world: World, watched: Watched, stepped_s: float, steps: int) -> None:
    world.step(stepped_s)
    watched.watchdog.look()
    watched.watchdog.look()
    assert (watched.blinds, watched.steps) == ([], steps)


def test_plans_are_made_anew_though_the_stretch_could_not_be_taken(world: World, watched: Watched) -> None:
    def fails(_blind: Blind) -> None:
        raise OSError("full")

    watched.watchdog._on_blind = fails
    world.step(3600)
    with pytest.raises(OSError, match="full"):
        watched.watchdog.look()
    assert watched.steps == 1
