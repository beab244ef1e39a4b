"""What people enter shows in the metrics of a running system at once, reconciled with what it measured."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from slamon.accounting import Verdict
from slamon.catalogue import Catalogue, load
from slamon.export.own import Own
from slamon.ledger import Ledger
from slamon.monitor import Monitor
from slamon.prober import Delivery
from slamon.probes import Outcome, Reason
from slamon.running.answers import Answers
from slamon.running.errands import Errands
from slamon.running.opening import horizon, timed_checks
from slamon.shown import instant_text

MINUTE, DAY = 60_000, 86_400_000
START = 1_791_201_600_000  # 2026-10-05T12:00 UTC
DEADLINE_S = 30


class Hands:
    """A clock whose hands are put."""

    def __init__(self) -> None:
        self.wall, self.steady = START, 1000.0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def pass_by(self, ms: int) -> None:
        self.wall += ms
        self.steady += ms / 1000


class Running:
    """A system with its answers; nothing is probed, verdicts are put."""

    def __init__(self, monitor: Monitor, clock: Hands) -> None:
        self.monitor, self.clock = monitor, clock
        self.answers = Answers(monitor, self._nothing)

    async def _nothing(self) -> None:
        return

    def observe(self, minutes: int, down: Callable[[int], bool] = lambda minute: False) -> None:
        """A probe a minute."""
        for minute in range(minutes):
            verdict = Verdict.DOWN if down(minute) else Verdict.UP
            outcome = Outcome(verdict, 1000, Reason.TIMEOUT if down(minute) else None)
            delivery = Delivery("shop/web", self.clock.wall, False, outcome, MINUTE, 3 * MINUTE)
            self.clock.pass_by(1)
            assert self.monitor.record(delivery)
            self.clock.pass_by(MINUTE - 1)

    async def enter(self, **what: Any) -> int:
        entered = await self.answers.enter({"author": "Ada", **what})
        return int(entered["entries"][0])

    async def complain(self, at: int, **more: Any) -> int:
        said = {"what": "complaint", "customer": "dealers", "service": "shop", "text": "kaputt", **more}
        return await self.enter(felt_from=instant_text(at), felt_to=instant_text(at + 5 * MINUTE), **said)

    async def metrics(self) -> dict[str, float]:
        """The desk's series."""
        await self.monitor.desk.turn()
        page = b"".join([piece async for piece in self.answers.metrics(frozenset({"desk"}), openmetrics=False)])
        return {
            name.removeprefix("slamon_").replace('customer="dealers",service="shop"', ""): float(value)
            for name, value in re.findall(r"^(slamon_\S+) (\S+)$", page.decode(), re.MULTILINE)
        }


def catalogue(folder: Path, **more: Any) -> Catalogue:
    whole = {
        "slamon": 1,
        "customers": {"dealers": {"name": "Händler", "kind": "external"}},
        "teams": {"web": {"name": "Web"}},
        "services": {
            "shop": {
                "checks": {
                    "web": {"tcp": {"address": "127.0.0.1:9"}, "interval": "1m", "since": "2026-01-01T00:00:00Z"}
                }
            }
        },
        "agreements": {
            "gold": {
                "customer": "dealers", "services": ["shop"], "target": "99%", "timezone": "Europe/Berlin",
                "valid_from": "2026-01-01", **more,
            }
        },
        "storage": {"path": str(folder / "slamon.db")},
    }  # fmt: skip
    file = folder / "slamon.yml"
    file.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return load(file)


@asynccontextmanager
async def running(folder: Path, clock: Hands, **more: Any) -> AsyncIterator[Running]:
    """From its start to its clean end."""
    found, now = catalogue(folder, **more), clock.now()
    ledger = Ledger.open(folder / "slamon.db")
    stored = ledger.load(horizon(found, now), timed_checks(found, now).durations())
    monitor = Monitor(found, ledger, stored, clock, Own())
    monitor.desk.errands = Errands(folder / "slamon.yml", None, ledger.path, None)
    try:
        yield Running(monitor, clock)
    finally:
        await monitor.stop()


def outage(minute: int) -> bool:
    return 10 <= minute < 20


async def test_complaints_count_by_state_and_by_whether_we_had_seen_it(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        system.observe(60, outage)
        assert (await system.metrics())["customer_complaints_total{}"] == 0

        await system.complain(START + 12 * MINUTE)
        unseen = await system.complain(START + 40 * MINUTE)
        told = await system.metrics()
        assert told["customer_complaints_total{}"] == 2
        assert told['customer_unsolved_complaints{,state="open"}'] == 2
        assert told["customer_recent_complaints{}"] == 2
        assert told["customer_unseen_complaints{}"] == 1
        assert told["customer_unseen_complaints_ratio{}"] == 0.5
        assert told["customer_oldest_open_complaint_timestamp_seconds{}"] == (START + 60 * MINUTE) / 1000

        await system.enter(what="complaint_answer", entry=1, text="we know")
        await system.enter(what="complaint_solution", entry=unseen, text="a check more")
        told = await system.metrics()
        assert told['customer_unsolved_complaints{,state="open"}'] == 0
        assert told['customer_unsolved_complaints{,state="answered"}'] == 1
        assert told["customer_complaints_total{}"] == 2
        assert "customer_oldest_open_complaint_timestamp_seconds{}" not in told


async def test_what_may_still_be_confirmed_is_looked_at_again(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        system.observe(30)
        await system.complain(START + 25 * MINUTE)
        assert (await system.metrics())["customer_unseen_complaints{}"] == 1

        system.observe(3, lambda _: True)
        assert (await system.metrics())["customer_unseen_complaints{}"] == 0


async def test_a_correction_and_another_catalogue_are_taken_up(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        system.observe(90)
        await system.complain(START + 40 * MINUTE)
        assert (await system.metrics())["customer_unseen_complaints{}"] == 1

        await system.enter(
            what="correction", agreement="gold", kind="exclude", start=instant_text(START),
            end=instant_text(START + 90 * MINUTE),
            cause="customer", reason="their line",
        )  # fmt: skip
        assert (await system.metrics())["customer_unseen_complaints{}"] == 0
        await system.enter(what="revocation", entry=2, reason="no")
        assert (await system.metrics())["customer_unseen_complaints{}"] == 1

        await system.monitor.reload(catalogue(tmp_path, valid_from="2026-10-06"))
        told = await system.metrics()
        assert told["customer_unseen_complaints{}"] == 0  # nothing was owed then
        assert told["customer_complaints_total{}"] == 1


async def test_after_a_restart_what_memory_does_not_reach_back_to_is_read_from_the_ledger(tmp_path: Path) -> None:
    clock = Hands()
    async with running(tmp_path, clock) as system:
        system.observe(60, outage)
        await system.complain(START + 12 * MINUTE)
    clock.pass_by(80 * DAY)
    async with running(tmp_path, clock) as system:
        assert system.monitor.since > START
        await system.complain(START + 40 * MINUTE)
        told = await system.metrics()
        assert (told["customer_complaints_total{}"], told["customer_unseen_complaints{}"]) == (2, 1)

        span = {"start": instant_text(START + 30 * MINUTE), "end": instant_text(START + 60 * MINUTE)}
        await system.enter(what="correction", agreement="gold", kind="exclude", cause="customer", reason="r", **span)
        assert (await system.metrics())["customer_unseen_complaints{}"] == 1  # the ledger is not read at each change
        clock.pass_by(60 * MINUTE)
        assert (await system.metrics())["customer_unseen_complaints{}"] == 0

        clock.pass_by(10 * DAY)
        told = await system.metrics()
        assert (told["customer_complaints_total{}"], told["customer_recent_complaints{}"]) == (2, 0)
        assert "customer_unseen_complaints_ratio{}" not in told


async def test_scores_and_actions(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        system.observe(10)
        for score in (5, 4, 1):
            await system.enter(
                what="satisfaction", customer="dealers", service="shop", scale="csat", score=score, asked="2026-10-05"
            )
        await system.enter(what="satisfaction", customer="dealers", scale="nps", score=3, asked="2026-10-05")
        action = {"what": "action", "title": "More memory", "owner": "Cy", "team": "web"}
        await system.enter(**action, due="2026-10-05")
        await system.enter(**action, due="2026-10-06")
        told = await system.metrics()
        assert told["customer_satisfaction_ratio{}"] == 0.666666666666
        assert told['customer_net_promoter_ratio{customer="dealers",service=""}'] == -1
        assert told['customer_scores{,scale="csat"}'] == 3
        assert (told['actions{team="web",state="open"}'], told['actions{team="web",state="overdue"}']) == (2, 0)

        system.clock.pass_by(10 * 3_600_000)  # 22:10 UTC: the next day in Berlin
        told = await system.metrics()
        assert (told['actions{team="web",state="open"}'], told['actions{team="web",state="overdue"}']) == (1, 1)


async def test_when_an_agreement_ends_is_shown_and_of_one_without_an_end_nothing(tmp_path: Path) -> None:
    async def ends(system: Running) -> list[bytes]:
        page = b"".join([p async for p in system.answers.metrics(frozenset({"agreement"}), openmetrics=False)])
        return re.findall(rb"^slamon_agreement_end_timestamp_seconds\{.*\} (\S+)$", page, re.MULTILINE)

    revised = [{"valid_from": "2026-11-01", "target": "98%"}]
    async with running(tmp_path, Hands(), valid_until="2027-01-01", revisions=revised) as system:
        assert await ends(system) == [b"1798758000"]  # midnight in Berlin
        await system.monitor.reload(catalogue(tmp_path))
        assert await ends(system) == []


async def test_the_system_itself_takes_its_turns(tmp_path: Path) -> None:
    """Without being asked: what was entered is reconciled by the task that a start begins."""
    async with running(tmp_path, Hands()) as system:
        system.observe(60, outage)
        keeping = asyncio.create_task(system.monitor.desk.keep())
        try:
            await system.complain(START + 40 * MINUTE)
            async with asyncio.timeout(DEADLINE_S):
                while not any(sample.unseen for sample in system.monitor.desk.samples.complaints):
                    await asyncio.sleep(0.01)
        finally:
            keeping.cancel()


async def test_a_failure_of_ours_is_counted_and_the_counts_go_on(tmp_path: Path) -> None:
    async with running(tmp_path, Hands()) as system:
        system.observe(10)
        await system.complain(START - 80 * DAY, text="lange her")
        (tmp_path / "slamon.db").rename(tmp_path / "away.db")
        told = await system.metrics()
        assert told["customer_complaints_total{}"] == 1
        assert "customer_unseen_complaints{}" not in told
        page = b"".join([piece async for piece in system.answers.metrics(frozenset({"own"}), openmetrics=False)])
        assert b'slamon_component_errors_total{component="desk"} 1.0' in page
        (tmp_path / "away.db").rename(tmp_path / "slamon.db")
        assert (await system.metrics())["customer_unseen_complaints{}"] == 1
