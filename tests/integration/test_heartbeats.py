"""Jobs that report in, over the real ledger: from stored facts, through stops and kills at every phase.

The clock is a test's; times are minutes on it, the exact ones are milliseconds.
"""

import asyncio
import hashlib
import os
import random
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.accounting import Blind, Cause, Observation, State, Verdict
from slamon.accounting.confirmation import STATES, CheckView
from slamon.catalogue import Catalogue, load
from slamon.errors import LedgerError
from slamon.export.own import Own
from slamon.figures import Facts, Figures
from slamon.ledger import Ledger, read_only
from slamon.monitor import Monitor
from slamon.prober import Delivery
from slamon.running.heartbeats import Report
from slamon.running.opening import facts_of, horizon, timed_checks
from slamon.shown import instant_text

from tests.integration.test_monitor_facts import Hands, answers

SEEDS = int(os.environ.get("SLAMON_FUZZ_SEEDS", "6"))
MINUTE = 60_000
TOKEN = hashlib.sha256(b"any").hexdigest()
HOURLY: dict[str, Any] = {"every": "1h", "grace": "10m"}
WELL, START, FAILED = Report(0), Report(None), Report(1)


class Job:
    """A service of one heartbeat under a running system whose clock is `hands`."""

    def __init__(self, folder: Path, **schedule: Any) -> None:
        self.folder = folder
        self.hands = Hands()
        self.origin = self.hands.now()
        self.schedule = schedule
        self.seen: list[Observation] = []
        self.blinds: list[Blind] = []
        self.monitor = self.open()

    def catalogue(self) -> Catalogue:
        file = self.folder / "slamon.yml"
        checks = {"job": {"heartbeat": {"token_sha256": TOKEN, **self.schedule}}} if self.schedule else {}
        whole = {
            "slamon": 1,
            "customers": {"c": {"name": "C", "kind": "internal"}},
            "services": {"s": {"checks": {**checks, "far": {"external": {}, "interval": "5m"}}, "needs": "all"}},
            "agreements": {"a": {"customer": "c", "services": ["s"], "target": "99%", "timezone": "UTC"}},
            "storage": {"path": str(self.folder / "slamon.db")},
        }
        file.write_text(yaml.safe_dump(whole), encoding="utf-8")
        return load(file)

    def open(self) -> Monitor:
        catalogue, now = self.catalogue(), self.hands.now()
        ledger = Ledger.open(self.folder / "slamon.db")
        stored = ledger.load(horizon(catalogue, now), timed_checks(catalogue, now).durations())
        monitor = Monitor(catalogue, ledger, stored, self.hands, Own())
        record = monitor.record

        def told(delivery: Delivery) -> bool:
            taken = record(delivery)
            if taken:
                self.seen += monitor.keeper.pending()[0][-1:]
            return taken

        monitor.arrivals.heartbeats._record = told
        return monitor

    @property
    def now(self) -> float:
        return (self.hands.now() - self.origin) / MINUTE

    async def until(self, minute: float) -> None:
        """The clock goes on; the system works whenever a few minutes are over."""
        end = self.origin + round(minute * MINUTE)
        while self.hands.now() < end:
            self.hands.pass_by(min(7 * MINUTE, end - self.hands.now()))
            await self.monitor.turn(account=False, fold=False)

    async def report(self, report: Report = WELL) -> None:
        assert await self.monitor.arrivals.report(TOKEN, report)

    async def stop(self, minute: float, *, killed: bool = False) -> None:
        """Stopped or killed now, begun again at `minute`."""
        if killed:
            self.monitor.ledger.close(clean=False)
        else:
            await self.monitor.stop()
        self.hands.pass_by(self.origin + round(minute * MINUTE) - self.hands.now())
        self.monitor = self.open()
        await self.monitor.turn(account=False, fold=False)

    def states(self) -> list[tuple[float, State]]:
        """What the check is accounted as, from when on (minutes)."""
        now, figures = self.hands.now(), self.monitor.figures
        figures.book.refresh(now)
        view = CheckView(figures.histories["s/job"], figures.book.checks["s/job"], False)
        changes, blips = view.states(self.origin, now, now)
        assert blips == []
        return [((at - self.origin) / MINUTE, STATES[code]) for at, code in changes]

    def at(self, minute: float) -> State:
        return [state for since, state in self.states() if since <= minute][-1]

    def failures(self) -> list[tuple[float, str | None]]:
        runs = self.monitor.figures.histories["s/job"].runs()
        return [((r.start - self.origin) / MINUTE, r.reason) for r in runs if r.verdict is Verdict.DOWN]


def story(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


def test_down_from_the_very_moment_until_the_next_report(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.until(5)
        await job.report()
        await job.until(200)
        assert job.failures() == [(75, "late")]  # 5 + 60 + 10
        await job.report()
        await job.until(210)
        assert job.states() == [(0, UNKNOWN), (5, UP), (75, DOWN), (200, UP)]
        await job.monitor.stop()

    story(told)


def test_counters_do_not_wait_for_the_next_report(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, every="1d", grace="10m")
        await job.until(10)
        await job.report()
        await job.until(300)
        now = await job.monitor.refresh()
        view = CheckView(job.monitor.figures.histories["s/job"], job.monitor.figures.book.checks["s/job"], False)
        assert view.settled(now) == now - 10_000  # what happens is recorded within ten seconds
        await job.monitor.stop()

    story(told)


def test_a_report_at_the_last_moment_is_in_time(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        await job.until(69)
        job.hands.pass_by(MINUTE)  # the system has not looked at the clock when the report comes
        await job.report()
        await job.until(80)
        assert job.failures() == []
        await job.monitor.stop()

    story(told)


def test_what_never_reported_is_unknown(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.until(1000)
        await job.stop(1010)
        await job.until(2000)
        assert job.states() == [(0, UNKNOWN)]
        assert job.monitor.arrivals.told("s/job")["last_ms"] is None
        await job.monitor.stop()

    story(told)


def test_a_failure_counts_at_once_and_a_run_is_timed(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report(START)
        await job.until(12)
        await job.report(Report(0, words="42 files"))
        assert job.seen[-1].duration_us == 12 * MINUTE * 1000
        await job.until(20)
        await job.report(Report(3))
        assert job.failures() == [(20, "job_failed")]
        await job.until(21)
        await job.report(Report(0, duration_ms=1500))
        assert job.seen[-1].duration_us == 1_500_000
        assert job.monitor.newest.outcomes["s/job"][1].duration_us == 1_500_000
        await job.until(22)
        assert job.states() == [(0, UNKNOWN), (12, UP), (20, DOWN), (21, UP)]
        await job.monitor.stop()

    story(told)


def test_cron_in_a_zone_over_the_night_when_clocks_go_forward(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, cron="30 2 * * *", timezone="Europe/Berlin", grace="15m")
        for text in ("2026-10-24T02:31:00+02:00", "2026-10-25T02:31:00+02:00"):
            at = round(datetime.fromisoformat(text).timestamp() * 1000)
            job.hands.pass_by(at - job.hands.now())
            await job.report()
        await job.until(job.now + 3000)
        (late, reason), *_ = job.failures()
        expected = datetime.fromisoformat("2026-10-26T02:45:00+01:00").timestamp() * 1000  # 25 h after the last due
        assert (job.origin + late * MINUTE, reason) == (expected, "late")
        await job.monitor.stop()

    story(told)


@pytest.mark.parametrize("length", [1, 12, 75])
def test_no_restart_at_any_phase_blames_a_job_that_reports(tmp_path: Path, length: int) -> None:
    """It reports every hour, or knocks at a closed door; it is up, or unknown, and never down."""

    async def phase(folder: Path, begin: int) -> None:
        job = Job(folder, **HOURLY)
        due = 0
        while due <= 480:
            if begin < due and job.now < begin:
                await job.until(begin)
                await job.stop(begin + length, killed=begin % 4 == 1)
            if due >= job.now:
                await job.until(due)
                await job.report()
            due += 60
        await job.until(due - 1)
        assert job.failures() == []
        assert job.at(due - 1) is UP  # nothing is forgotten for good
        for minute in range(begin):
            assert job.at(minute) is UP
        await job.monitor.stop()

    async def told() -> None:
        for begin in range(1, 122, 6):
            folder = tmp_path / str(begin)
            folder.mkdir()
            await phase(folder, begin)

    story(told)


@pytest.mark.parametrize("length", [1, 12, 75])
def test_no_restart_at_any_phase_forgives_a_job_that_died(tmp_path: Path, length: int) -> None:
    """It reported at 0 and never again: late at 70, or as late after the stop as a report in it could have helped."""

    async def phase(folder: Path, begin: int) -> None:
        job = Job(folder, **HOURLY)
        await job.report()
        await job.until(begin)
        await job.stop(begin + length, killed=begin % 4 == 1)
        end = begin + length
        await job.until(end + 200)
        expected = begin < 70 and end > 50  # the time in which a report was expected: 60, less or more the grace
        late = [at for at, reason in job.failures() if reason == "late"]
        down_from = min(at for at, state in job.states() if state is DOWN)
        if not expected:
            assert down_from == 70
        else:
            assert down_from == pytest.approx(end + 70, abs=1 / 1000)  # a report could have come 1 ms before
            assert all(state in (UP, UNKNOWN) for at, state in job.states() if at < down_from)
        assert late
        for minute in range(1, begin + length + 199, 3):
            blind = begin <= minute < end
            wanted = UNKNOWN if blind else DOWN if minute >= down_from else UP if minute < 70 else UNKNOWN
            assert job.at(minute) is wanted, minute
        await job.monitor.stop()

    async def told() -> None:
        for begin in range(1, 122, 6):
            folder = tmp_path / str(begin)
            folder.mkdir()
            await phase(folder, begin)

    story(told)


def test_a_restart_every_day_hides_no_job_that_died(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, cron="0 2 * * *", grace="1h")
        await job.until(300)
        await job.report()
        for day in range(1, 6):
            await job.until(day * 1440)  # at 21:50 UTC, when no report is expected
            await job.stop(day * 1440 + 2)
        first = job.failures()[0]
        due = datetime.fromisoformat("2026-10-02T03:00:00+00:00").timestamp() * 1000
        assert (job.origin + first[0] * MINUTE, first[1]) == (due, "late")
        await job.until(day * 1440 + 10)
        assert job.at(day * 1440 + 9) is DOWN
        await job.monitor.stop()

    story(told)


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_that_takes_too_long_is_down_from_its_limit_on(tmp_path: Path, killed: bool) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY, max_runtime="90m")
        await job.report()
        await job.until(65)
        await job.report(START)  # the run may go on beyond the 70 at which it would have been late
        if killed:
            job.hands.pass_by(1)
            await job.stop(65.01, killed=True)
            await job.until(75)
            assert job.at(74) is UP
            await job.report()
            await job.until(80)
            await job.report(START)
            began = 80
        else:
            began = 65
        await job.until(began + 100)
        assert job.failures() == [(began + 90, "too_long")]
        await job.report()
        await job.until(began + 101)
        assert job.at(began + 100.5) is UP
        await job.monitor.stop()

    story(told)


def test_a_check_that_was_out_of_the_catalogue_is_not_late_for_it(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        await job.until(55)
        schedule, job.schedule = job.schedule, {}
        await job.monitor.reload(job.catalogue())
        await job.until(90)
        job.schedule = schedule
        await job.monitor.reload(job.catalogue())
        await job.until(200)
        assert job.failures() == [(pytest.approx(90 + 70, abs=1 / 1000), "late")]
        await job.monitor.stop()

    story(told)


def test_a_check_that_becomes_a_job_begins_anew(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        text = (job.folder / "slamon.yml").read_text()
        other = yaml.safe_load(text)
        other["services"]["s"]["checks"]["job"] = {"external": {}, "interval": "5m"}
        (job.folder / "slamon.yml").write_text(yaml.safe_dump(other))
        await job.monitor.reload(load(job.folder / "slamon.yml"))
        await job.until(30)
        await job.monitor.reload(job.catalogue())
        await job.until(300)
        assert job.failures() == []
        await job.stop(310)
        await job.until(600)
        assert job.failures() == []
        await job.monitor.stop()

    story(told)


def test_a_clock_set_back_makes_no_job_late(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        await job.until(60)
        await job.report()
        await job.until(65)
        job.hands.wall -= 30 * MINUTE  # 35 on the clock; the report of 60 is dated in the future
        job.monitor.blind(Blind(job.hands.now() - 1, job.hands.now(), Cause.CLOCK_STEP))
        await job.until(90)  # 55 minutes later: the job reports as ever
        await job.report()
        await job.until(155)
        assert job.failures() == []
        await job.until(300)
        assert job.failures() == [(160, "late")]
        await job.monitor.stop()

    story(told)


def test_a_fault_of_our_own_network_excuses_what_it_may_have_swallowed(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        await job.until(75)
        assert job.failures() == [(70, "late")]
        start, end = (job.origin + minute * MINUTE for minute in (69, 74))
        job.monitor.blind(Blind(start, end, Cause.LOCAL_FAULT))  # as a reference target tells only now
        await job.until(140)
        assert DOWN not in [state for _, state in job.states()]
        await job.until(150)
        assert job.at(149) is DOWN  # 74 + 70
        await job.monitor.stop()

    story(told)


def test_accepted_is_stored(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        await job.report()
        assert [o.at for o in read_only(job.folder / "slamon.db").tails["s/job"]] == [job.origin]
        commit = job.monitor.ledger.commit
        job.monitor.ledger.commit = _refused  # type: ignore[method-assign]
        job.hands.pass_by(MINUTE)
        with pytest.raises(LedgerError):
            await job.report()
        with pytest.raises(LedgerError):
            await job.monitor.arrivals.push([_pushed(job, 0)])
        job.monitor.ledger.commit = commit  # type: ignore[method-assign]
        job.hands.pass_by(MINUTE)
        assert (await job.monitor.arrivals.push([_pushed(job, 1)]))["duplicates"] == 1
        assert len(read_only(job.folder / "slamon.db").tails["s/job"]) == 2
        assert len(read_only(job.folder / "slamon.db").tails["s/far"]) == 1
        await job.monitor.stop()

    story(told)


def _refused(_batch: object) -> Any:
    future: Future[None] = Future()
    future.set_exception(LedgerError("the disk takes nothing"))
    return future


def _pushed(job: Job, minutes_ago: int, **more: Any) -> dict[str, Any]:
    at = job.hands.now() // MINUTE * MINUTE - minutes_ago * MINUTE
    return {"check": "s/far", "at": instant_text(at), "verdict": "up", **more}


def test_reports_at_once_share_a_commit(tmp_path: Path) -> None:
    async def told() -> None:
        job = Job(tmp_path, **HOURLY)
        commits = 0
        commit = job.monitor.ledger.commit

        def counted(batch: Any) -> Any:
            nonlocal commits
            commits += 1
            return commit(batch)

        job.monitor.ledger.commit = counted  # type: ignore[method-assign]
        pushes = [job.monitor.arrivals.push([_pushed(job, 9 - number)]) for number in range(9)]
        answered = await asyncio.gather(*pushes)
        assert [answer["accepted"] for answer in answered] == [1] * 9
        assert commits <= 2
        await job.monitor.stop()

    story(told)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_figures_are_those_recomputed_from_what_was_observed(seed: int, tmp_path: Path) -> None:
    """Reports, stops, kills, faults and folds as they come; memory, ledger and raw observations tell the same."""

    async def step(job: Job, rng: random.Random) -> None:
        chance, minute = rng.random(), job.now
        if chance < 0.45:
            await job.report(rng.choice((WELL, WELL, WELL, START, FAILED)))
        elif chance < 0.8:
            job.hands.pass_by(rng.randrange(1, 20 * MINUTE))
            await job.monitor.turn(account=rng.random() < 0.5, fold=rng.random() < 0.5)
        elif chance < 0.9:
            start = job.hands.now()
            job.hands.pass_by(rng.randrange(1000, 90 * MINUTE))
            blind = Blind(start, job.hands.now(), rng.choice((Cause.SUSPENDED, Cause.OVERLOADED)))
            job.monitor.blind(blind)
            job.blinds.append(blind)
        else:
            await job.monitor.keeper.flush(job.monitor.seen_up_to())
            stopped = read_only(job.folder / "slamon.db").watermark
            assert stopped is not None
            job.hands.pass_by(1)
            await job.stop(minute + rng.randrange(1, 200), killed=rng.random() < 0.5)
            blinds = [b for b in job.monitor.figures.blinds if b.cause is Cause.STOPPED]
            job.blinds = [*(b for b in job.blinds if b.cause is not Cause.STOPPED), *blinds]

    async def told() -> None:
        rng = random.Random(seed)
        limit = {"max_runtime": "50m"} if seed % 2 else {}
        job = Job(tmp_path, **HOURLY, **limit)
        for number in range(150):
            await step(job, rng)
            if number % 10 == 9:
                now = await job.monitor.refresh()
                found = answers(job.monitor.figures, now)
                stints = job.monitor.figures.stints
                raw = Facts(tails={"s/job": job.seen}, blinds=job.blinds, stints=stints)
                assert found == answers(Figures(job.monitor.catalogue, raw), now)
                await job.monitor.turn(account=True, fold=True)
                await job.monitor.keeper.flush(now)
                stored = read_only(tmp_path / "slamon.db")
                assert found == answers(Figures(job.monitor.catalogue, facts_of(stored)), now)
        await job.monitor.stop()

    story(told)
