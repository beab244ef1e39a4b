"""At one moment all is told the same: /metrics, `slamon status`, /api/figures, and `slamon account` of the ledger.

The clock stands still while they are asked; before, the system has lived through a story of faults and changes.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from slamon.export.names import GROUPS
from slamon.monitor import Monitor
from slamon.running.answers import Answers
from slamon.running.stored import figures_of
from slamon.shown import answer, instant_text

from tests.integration.test_monitor_facts import World

STEPS = 150
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def never() -> None:
    raise AssertionError("nobody asked to reload")


async def lived(folder: Path, seed: int) -> tuple[World, Monitor]:
    world = World(folder, seed)
    monitor = world.open()
    for _ in range(STEPS):
        monitor = await world.step(monitor)
    world.full = False
    for check in sorted(world.terms["checks"]):
        world.observe(monitor, check)
    await monitor.turn(account=True, fold=True)  # stores what is known
    await monitor.turn(account=True, fold=False)  # counts what is stored
    await monitor.keeper.flush(world.clock.now())
    return world, monitor


async def page(answers: Answers) -> Values:
    pieces = [piece async for piece in answers.metrics(frozenset(GROUPS), openmetrics=False)]
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(b"".join(pieces).decode())
        for sample in family.samples
    }


def told(figure: dict[str, Any]) -> dict[tuple[str, frozenset[tuple[str, str]]], str | float | None]:
    """What /metrics must show of a figure of the running period, and of its windows."""
    own = {key: figure[key] for key in ("agreement", "service", "customer")}

    def key(name: str, **more: str) -> tuple[str, frozenset[tuple[str, str]]]:
        return f"slamon_agreement_{name}", frozenset((own | more).items())

    made: dict[Any, Any] = {
        key("target_ratio"): figure["target"],
        key("period_availability_ratio"): figure["availability"],
        key("period_coverage_ratio"): figure["coverage"],
        key("period_downtime_seconds"): figure["downtime_ms"] / 1000,
        key("budget_seconds"): figure["budget_ms"] / 1000,
        key("budget_remaining_ratio"): figure["budget_remaining"],
        key("period_start_timestamp_seconds"): figure["period"]["start_ms"] / 1000,
        key("period_end_timestamp_seconds"): figure["period"]["end_ms"] / 1000,
        key("verdict", verdict=figure["verdict"]): 1,
        key("latency_ratio"): figure["latency_objective"]["ratio"],
        key("latency_target_ratio"): figure["latency_objective"]["target"],
    }
    for window, rolling in figure["rolling"].items():
        made[key("availability_ratio", window=window)] = rolling["availability"]
        made[key("coverage_ratio", window=window)] = rolling["coverage"]
        made[key("burn_rate", window=window)] = rolling["burn_rate"]
        made[key("budget_burned_ratio", window=window)] = rolling["budget_burned"]
    return made


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_every_reader_is_told_the_same(seed: int, tmp_path: Path) -> None:
    async def story() -> None:
        world, monitor = await lived(tmp_path, seed)
        answers, now = Answers(monitor, never), world.clock.now()
        asked = await answers.figures({})
        status = await answers.status()
        shown = await page(answers)
        figures, _ = figures_of(monitor.catalogue, world.ledger, None, now, running=True)
        stored = answer(figures, now)
        past = await answers.figures({"at": instant_text(now)})
        await monitor.stop()

        assert asked["figures"]
        assert asked == stored == past
        assert status["agreements"] == asked["figures"]
        for figure in asked["figures"]:
            for key, value in told(figure).items():
                found = shown.get(key)
                assert found == (None if value is None else float(value)), (key, value)

    asyncio.run(story())


@pytest.mark.parametrize("seed", [0, 1])
def test_the_counters_count_every_settled_second_of_the_accounts(seed: int, tmp_path: Path) -> None:
    async def story() -> None:
        _, monitor = await lived(tmp_path, seed)
        book, totals = monitor.figures.book, monitor.keeper.totals
        [agreement] = book.agreements.values()
        for service in agreement.services:
            total = totals.shown[agreement.id, service]
            settled = min(book.settled(agreement.id, service) or 0, monitor.keeper.watermark or 0)
            assert settled - 60_000 < total.until <= settled
            assert total.up + total.down > 0
        await monitor.stop()

    asyncio.run(story())
