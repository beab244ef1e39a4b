"""Scheduled reports: which run is due, what of it is delivered, when it is tried again. The work is done by a child.

A run is noted end by end, as soon as the child tells. Between a delivery and its note lies the commit: whoever pulls
the plug there gets that one a second time, with the same id. So it is at least once, and known by its id.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from slamon.catalogue import Catalogue
from slamon.catalogue.reporting import ScheduledReport
from slamon.clock import Clock
from slamon.errors import LedgerError, UsageError
from slamon.export.own import Own
from slamon.ledger import Ledger
from slamon.ledger.deliveries import Delivered, deliveries
from slamon.running.due import Due, Rule, report_rule
from slamon.running.errands import ErrandFailed, Errands

log = structlog.get_logger()

FIRST_AGAIN_MS = 60_000
LONGEST_AGAIN_MS = 3_600_000
_LONGEST_WORDS = 500
Key = tuple[str, str, str]
"""Report, period, end."""


def again_after(tries: int) -> int:
    """How long after its `tries`th failure a run is tried again, in ms: twice as long each time, an hour at most."""
    return min(FIRST_AGAIN_MS << min(max(tries - 1, 0), 10), LONGEST_AGAIN_MS)


@dataclass(frozen=True, slots=True)
class Owed:
    """A run of which not every end is delivered. `ready`: it may be tried now."""

    report: str
    due: Due
    targets: tuple[str, ...]
    ready: bool


class Runs:
    """What is due by the catalogue, beside what is noted in the ledger."""

    def __init__(self, catalogue: Catalogue, since: Mapping[str, int], noted: Sequence[Delivered]) -> None:
        """`since`: when each report was scheduled first; what came due before is not owed."""
        self.reports: Mapping[str, ScheduledReport] = catalogue.reports
        self.ends = {name: report.to.ends for name, report in self.reports.items()}
        self.rules: dict[str, Rule] = {name: report_rule(catalogue, r) for name, r in self.reports.items()}
        self.since = {name: since.get(f"report {name}", 0) for name in self.reports}
        self.noted: dict[Key, Delivered] = {(d.report, d.period, d.target): d for d in noted}

    def owed(self, now: int) -> list[Owed]:
        """Every run that came due and is not delivered everywhere, the oldest first."""
        found = [
            Owed(name, due, missing, self._ready(name, due, missing, now))
            for name, rule in self.rules.items()
            for due in rule.due(self.since[name], now)
            if (missing := self.missing(name, due.period))
        ]
        return sorted(found, key=lambda owed: (owed.due.at, owed.report))

    def missing(self, report: str, period: str) -> tuple[str, ...]:
        """The ends to which a run is not delivered."""
        known = {target: self.noted.get((report, period, target)) for target in self.ends[report]}
        return tuple(target for target, found in known.items() if found is None or found.delivered is None)

    def _ready(self, report: str, due: Due, missing: Sequence[str], now: int) -> bool:
        """Whether its time has come, and it is not given up. A clock that was set back keeps nobody waiting."""
        tried = [self.noted[report, due.period, t] for t in missing if (report, due.period, t) in self.noted]
        if not tried:
            return True
        first, newest, tries = min(d.first for d in tried), max(d.newest for d in tried), max(d.tries for d in tried)
        if first <= now and now - first > self.reports[report].retry_for:
            return False
        return not newest <= now < newest + again_after(tries)

    def note(self, report: str, due: Due, target: str, now: int, failure: str | None, remark: str) -> Delivered:
        """How an end stands after an attempt."""
        key = (report, due.period, target)
        before = self.noted.get(key)
        found = Delivered(
            report,
            due.period,
            target,
            due.at,
            1 if before is None else before.tries + 1,
            now if before is None else before.first,
            now,
            now if failure is None else None,
            (remark if failure is None else failure)[:_LONGEST_WORDS],
        )
        self.noted[key] = found
        return found

    def failing(self, report: str, now: int) -> bool:
        """Whether the newest run that came due is not delivered everywhere."""
        due = self.rules[report].due(self.since[report], now)
        return bool(due) and bool(self.missing(report, due[-1].period))

    def last_success(self, report: str) -> int | None:
        """When a run was delivered everywhere last (ms)."""
        periods = {period for name, period, _ in self.noted if name == report}
        whole = [
            max(found.delivered or 0 for found in self._of(report, period))
            for period in periods
            if not self.missing(report, period)
        ]
        return max(whole, default=None)

    def _of(self, report: str, period: str) -> list[Delivered]:
        return [self.noted[report, period, target] for target in self.ends[report]]


class Reporter:
    """`follow` is told of every catalogue that is put in force; `look` is called again and again."""

    def __init__(self, ledger: Ledger, clock: Clock, own: Own, errands: Errands | None) -> None:
        """`errands` None: there is no catalogue on disk that a child could read."""
        self._ledger = ledger
        self._clock = clock
        self._own = own
        self._errands = errands
        self._turn = asyncio.Lock()
        self.runs: Runs | None = None
        self._task: asyncio.Task[None] | None = None

    async def follow(self, catalogue: Catalogue, since: Mapping[str, int]) -> None:
        """This catalogue is in force; `since` when each report is scheduled (ms)."""
        async with self._turn:
            before = set() if self.runs is None else set(self.runs.reports)
            noted = (await asyncio.to_thread(deliveries, self._ledger.path))[1]
            self.runs = await asyncio.to_thread(Runs, catalogue, since, noted)
            for name in before - set(self.runs.reports):
                self._own.not_reported(name)
        await self._show()

    async def look(self) -> None:
        """Do what is due, one run after the other; a second call while that goes on does nothing."""
        if self._task is None or self._task.done():
            self._complain()
            self._task = asyncio.create_task(self._work())
        await self._show()

    async def stop(self) -> None:
        """Do nothing more; a run that is under way is broken off, and owed still."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _complain(self) -> None:
        """A bug in the work that is done must not be passed over, nor end the next one."""
        task = self._task
        error = None if task is None or task.cancelled() else task.exception()
        if error is not None:
            self._own.component_error("reports")
            log.error("scheduled reports cannot be worked at", error=repr(error))

    async def _work(self) -> None:
        while self.runs is not None and self._errands is not None:
            owed = await asyncio.to_thread(self.runs.owed, self._clock.now())
            run = next((one for one in owed if one.ready), None)
            if run is None:
                return
            try:
                await self.carry_out(run.report, run.due, run.targets)
            except LedgerError as error:
                self._own.component_error("reports")
                log.error("what became of a report could not be stored", report=run.report, error=str(error))
                return

    async def by_hand(self, report: str, period: str) -> dict[str, str | None]:
        """Make and deliver a run now, to all its ends, whatever was delivered before; gives why each end failed."""
        if self.runs is None or report not in self.runs.reports:
            raise UsageError(f"there is no scheduled report {report!r} in force")
        rule = self.runs.rules[report]
        now = self._clock.now()
        found = next((due for due in rule.due(0, now) if due.period == period), Due(period, now))
        return await self.carry_out(report, found, self.runs.ends[report], again=now)

    async def carry_out(
        self, report: str, due: Due, targets: Sequence[str], again: int | None = None
    ) -> dict[str, str | None]:
        """Let the child do it, and note each end; gives why each failed. Raises LedgerError."""
        assert self._errands is not None
        async with self._turn:
            runs = self.runs
            if runs is None or report not in runs.reports:
                return {}
            outcome: dict[str, str | None] = {}
            words = {
                "report": report,
                "period": due.period,
                "targets": list(targets),
                "since": runs.since[report],
                "again": again,
            }
            try:
                async for told in self._errands.send("report", at=self._clock.now(), **words):
                    outcome[told["target"]] = told["failure"]
                    await self._noted(runs, report, due, told["target"], told["failure"], told["remark"])
            except ErrandFailed as error:
                for target in targets:
                    if target not in outcome:
                        outcome[target] = str(error)
                        await self._noted(runs, report, due, target, str(error), "")
            self._tell(report, due, outcome)
        await self._show()
        return outcome

    async def _noted(self, runs: Runs, report: str, due: Due, target: str, failure: str | None, remark: str) -> None:
        found = runs.note(report, due, target, self._clock.now(), failure, remark)
        await asyncio.wrap_future(self._ledger.deliver([found]))
        if failure is None and remark:
            log.warning("report delivered with a remark", report=report, period=due.period, to=target, remark=remark)

    def _tell(self, report: str, due: Due, outcome: Mapping[str, str | None]) -> None:
        failures = {target: why for target, why in outcome.items() if why is not None}
        self._own.report_run(report, successful=not failures)
        if not failures:
            log.info("report delivered", report=report, period=due.period, to=list(outcome))
            return
        self._own.component_error("reports")
        for target, why in failures.items():
            log.error("report not delivered", report=report, period=due.period, to=target, error=why)

    async def _show(self) -> None:
        """How each report stands, as metrics."""
        runs, now = self.runs, self._clock.now()
        if runs is None:
            return
        told = await asyncio.to_thread(
            lambda: {name: (runs.failing(name, now), runs.last_success(name)) for name in runs.reports}
        )
        for name, (failing, success) in told.items():
            if self.runs is runs:
                self._own.report(name, failing=failing, last_success_ms=success)
