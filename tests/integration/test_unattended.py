"""What is done by itself waits until the period is known to its end, is told of once, and is done once."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.delivery.run import Run, carry_out
from slamon.export.own import Own
from slamon.ledger import register
from slamon.running.autoclosing import AGAIN_S, Closer
from slamon.running.closings import CLOSING
from slamon.running.errands import Errands
from slamon.running.reporting import Reporter
from structlog.testing import capture_logs

from tests.integration.test_running_desk import Hands, Running, running

EVENING = instant_ms("2026-10-31T20:00:00+01:00")
DUE = instant_ms("2026-11-03T07:00:00+01:00")
CLOSING_OF = {"closing": {"after_working_days": 2, "at": "07:00"}}


class Desk:
    """The system, and who closes for it."""

    def __init__(self, system: Running, folder: Path) -> None:
        self.system, self.ledger = system, system.monitor.ledger
        errands = Errands(folder / "slamon.yml", None, self.ledger.path, None)
        self.closer = Closer(self.ledger, system.clock, Own(), errands, system.answers.enter)

    async def look(self) -> list[Any]:
        """The closings, after a look that came to its end; and what was said of periods not closed."""
        with capture_logs() as said:
            await self.closer.look()
            task = self.closer._task
            assert task is not None
            await task
        self.said = [one["why"] for one in said if one["event"] == "period not closed by itself yet"]
        return [(entry.author, entry.kind) for entry in register(self.ledger.path) if entry.kind == CLOSING]


async def test_an_unsettled_period_is_tried_again_until_it_is_settled(tmp_path: Path) -> None:
    clock = Hands()
    clock.wall = EVENING
    async with running(tmp_path, clock, **CLOSING_OF) as system:
        desk = Desk(system, tmp_path)
        await desk.closer.follow(system.monitor.catalogue, {"closing gold": EVENING})
        system.observe(60)
        await system.monitor.turn(account=True, fold=True)
        clock.pass_by(DUE - 1 - clock.now())
        assert await desk.look() == []
        assert desk.said == []  # it is not due
        clock.pass_by(60_000)
        assert await desk.look() == []
        (why,) = desk.said  # nothing was stored since the evening, as on a full disk
        assert why == "what is stored reaches up to 2026-10-31T20:00:00.000Z only"
        await system.monitor.turn(account=True, fold=True)
        assert await desk.look() == []
        assert desk.said == []  # it is settled now, and has to wait for its next turn
        clock.pass_by(int(AGAIN_S * 1000))
        assert await desk.look() == [("slamon", CLOSING)]
        clock.pass_by(int(AGAIN_S * 1000))
        assert await desk.look() == [("slamon", CLOSING)]


async def test_what_was_refused_is_tried_with_the_next_catalogue(tmp_path: Path) -> None:
    clock = Hands()
    clock.wall = DUE - 3_600_000
    async with running(tmp_path, clock, **CLOSING_OF) as system:
        desk = Desk(system, tmp_path)
        await desk.closer.follow(system.monitor.catalogue, {"closing gold": EVENING})
        system.observe(60)  # the first of all observations: October is without any
        clock.pass_by(60_000)
        await system.monitor.turn(account=True, fold=True)
        why = "2026-10 of gold cannot be closed: the first observation was at 2026-11-03T05:00:00.000Z"
        for told in ([why], []):
            assert await desk.look() == []
            assert desk.said == told
            clock.pass_by(int(AGAIN_S * 1000))
        assert desk.closer._later == {("gold", "2026-10"): float("inf")}
        await desk.closer.follow(system.monitor.catalogue, {"closing gold": EVENING})
        assert desk.closer._later == {}
        assert await desk.look() == []
        assert desk.closer._later == {("gold", "2026-10"): float("inf")}


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_stepped_clock_closes_once(tmp_path: Path, hours: int) -> None:
    clock = Hands()
    clock.wall = EVENING
    async with running(tmp_path, clock, **CLOSING_OF) as system:
        desk = Desk(system, tmp_path)
        await desk.closer.follow(system.monitor.catalogue, {"closing gold": EVENING})
        system.observe(60)
        clock.pass_by(DUE + 3_600_000 - clock.now())
        await system.monitor.turn(account=True, fold=True)
        assert await desk.look() == [("slamon", CLOSING)]
        clock.wall += hours * 3_600_000
        assert await desk.look() == [("slamon", CLOSING)]
        clock.pass_by(6 * 3_600_000)
        assert await desk.look() == [("slamon", CLOSING)]
        assert desk.said == []


async def test_a_report_waits_for_what_is_not_stored_yet(tmp_path: Path) -> None:
    clock, out = Hands(), tmp_path / "out"
    clock.wall = EVENING
    async with running(tmp_path, clock) as system:
        file = tmp_path / "slamon.yml"
        report = {"timezone": "Europe/Berlin", "working_day": 2, "formats": ["json"], "to": {"folder": str(out)}}
        file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"reports": {"monthly": report}}))
        ledger = system.monitor.ledger
        reporter = Reporter(ledger, clock, Own(), Errands(file, None, ledger.path, None))
        await reporter.follow(load(file), {"report monthly": EVENING})
        system.observe(60)
        await system.monitor.turn(account=True, fold=True)
        clock.pass_by(DUE + 60_000 - clock.now())
        assert reporter.runs is not None
        (owed,) = reporter.runs.owed(clock.now())
        why = "what is stored reaches up to 2026-10-31T20:00:00.000Z only, not to the period's end"
        assert await reporter.carry_out("monthly", owed.due, owed.targets) == {"folder": why}
        assert not out.exists()
        (owed,) = reporter.runs.owed(clock.now())
        assert not owed.ready  # it has to wait for its next turn
        clock.pass_by(60_000)
        await system.monitor.turn(account=True, fold=True)
        (owed,) = reporter.runs.owed(clock.now())
        assert owed.ready
        assert await reporter.carry_out("monthly", owed.due, owed.targets) == {"folder": None}
        assert [path.name for path in out.iterdir()] == ["2026-10_dealers_gold_en.json"]
        assert reporter.runs.owed(clock.now()) == []


async def test_a_period_that_is_not_over_is_told_as_such_and_not_delivered(tmp_path: Path) -> None:
    clock, out, told = Hands(), tmp_path / "out", []
    async with running(tmp_path, clock) as system:
        file = tmp_path / "slamon.yml"
        report = {"timezone": "Europe/Berlin", "working_day": 2, "formats": ["json"], "to": {"folder": str(out)}}
        file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"reports": {"monthly": report}}))
        system.observe(60)
        await system.monitor.turn(account=True, fold=True)
        run = Run("monthly", "2026-10", ("folder",), "x", clock.now(), running=True)
        carry_out(load(file), system.monitor.ledger.path, run, lambda *words: told.append(words))
    assert told == [("folder", None, "nothing to report: gold: 2026-10 is not over yet")]
    assert not out.exists()
