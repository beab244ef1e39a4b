"""Accounting that breaks is our own fault: probing, storing and the rest of /metrics go on, and it is said."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from slamon.export.names import GROUPS
from slamon.ledger import read_only
from slamon.running.answers import Answers

from tests.integration.test_monitor_facts import World


def broken(_now: int) -> Iterator[None]:
    raise ZeroDivisionError("a bug")


async def never() -> None:
    raise AssertionError("nobody asked to reload")


def test_storing_and_exposing_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> tuple[World, dict[str, float], list[dict[str, str]]]:
        world = World(tmp_path, 0)
        monitor = world.open()
        monkeypatch.setattr(monitor.figures.book, "refresh_steps", broken)
        world.observe(monitor, "web/a")
        await monitor.turn(account=True, fold=False)
        answers = Answers(monitor, never)
        page = b"".join([piece async for piece in answers.metrics(frozenset(GROUPS), openmetrics=False)]).decode()
        monitor.ledger.close(clean=False)
        found = [s for family in text_string_to_metric_families(page) for s in family.samples]
        own = {s.labels["component"]: s.value for s in found if s.name == "slamon_component_errors_total"}
        return world, own, [s.labels for s in found if s.name == "slamon_check_observations_total" and s.value == 1]

    world, own, observed = asyncio.run(story())

    assert [(o.check, o.at) for tail in read_only(world.ledger).tails.values() for o in tail] == [
        (o.check, o.at) for o in world.truth.observations
    ]
    assert own["account"] >= 2, "once for storing, once for the page"
    assert observed == [{"service": "web", "check": "a"}]
