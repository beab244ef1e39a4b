"""Periods that are closed without anybody's doing, some working days after their end, once they are settled."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import structlog

from slamon.catalogue import Catalogue
from slamon.clock import Clock
from slamon.errors import LedgerError, UsageError
from slamon.export.own import Own
from slamon.ledger import Entry, Ledger
from slamon.running.closings import CLOSING, closings
from slamon.running.due import Rule, closing_rules
from slamon.running.errands import ErrandFailed, Errands

log = structlog.get_logger()

AUTHOR = "slamon"
"""Who closes by itself."""

AGAIN_S = 600.0
Key = tuple[str, str]
"""Agreement and period."""


class Closer:
    """`follow` is told of every catalogue that is put in force; `look` is called again and again."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        own: Own,
        errands: Errands | None,
        enter: Callable[[object], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """`enter` puts into the register, and refuses what is closed already."""
        self._ledger = ledger
        self._clock = clock
        self._own = own
        self._errands = errands
        self._enter = enter
        self._rules: Mapping[str, Rule] = {}
        self._since: Mapping[str, int] = {}
        self._later: dict[Key, float] = {}
        """Not before this time of the monotonic clock; infinite: not with this catalogue."""
        self._said: dict[Key, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def follow(self, catalogue: Catalogue, since: Mapping[str, int]) -> None:
        """This catalogue is in force; `since` when each agreement's periods are closed by themselves (ms)."""
        self._rules = await asyncio.to_thread(closing_rules, catalogue)
        self._since = since
        self._later.clear()

    async def look(self) -> None:
        """Close what is due; a second call while that goes on does nothing."""
        if self._task is None or self._task.done():
            self._complain()
            self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Do nothing more; what is under way is broken off, and closed the next time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _complain(self) -> None:
        task = self._task
        error = None if task is None or task.cancelled() else task.exception()
        if error is not None:
            self._own.component_error("closing")
            log.error("periods cannot be closed by themselves", error=repr(error))

    async def _work(self) -> None:
        if self._errands is None or not self._rules:
            return
        due: dict[str, list[str]] = {}
        entries = await asyncio.wrap_future(self._ledger.entries())
        for agreement, period in await asyncio.to_thread(lambda: list(self._due(entries, self._clock.now()))):
            due.setdefault(period, []).append(agreement)
        for period, agreements in due.items():
            try:
                await self._close(self._errands, period, agreements)
            except (ErrandFailed, LedgerError) as error:
                self._own.component_error("closing")
                for agreement in agreements:
                    self._wait(agreement, period, str(error))

    def _due(self, entries: Sequence[Entry], now: int) -> Iterator[Key]:
        """What came due, is open, and may be tried now."""
        done = closings(entries)
        for agreement, rule in self._rules.items():
            for due in rule.due(self._since.get(f"closing {agreement}", 0), now):
                key = (agreement, due.period)
                if key not in done and self._later.get(key, 0.0) <= self._clock.monotonic():
                    yield key

    async def _close(self, errands: Errands, period: str, agreements: list[str]) -> None:
        entries = await asyncio.wrap_future(self._ledger.entries())
        after = entries[-1].id if entries else 0
        async for told in errands.send("close", period=period, agreements=agreements, at=self._clock.now()):
            agreement = str(told["agreement"])
            if "content" not in told:
                self._wait(agreement, period, told.get("refused") or told["unsettled"], for_good="refused" in told)
                continue
            after = await self._entered(agreement, period, after, str(told["content"]))

    async def _entered(self, agreement: str, period: str, after: int, content: str) -> int:
        """The number of the newest entry that is known."""
        rule = self._rules[agreement]
        value = {
            "what": CLOSING,
            "agreement": agreement,
            "period": period,
            "author": AUTHOR,
            "after": after,
            "content": content,
            "reason": f"by itself, on working day {rule.day} after its end",
        }
        try:
            made = await self._enter(value)
        except UsageError as error:
            self._wait(agreement, period, str(error))
            return after
        log.info("period closed", agreement=agreement, period=period, entry=made["entries"][0])
        return int(max(after, *made["entries"]))

    def _wait(self, agreement: str, period: str, why: str, *, for_good: bool = False) -> None:
        """Try again later; the same reason is said once."""
        key = (agreement, period)
        self._later[key] = float("inf") if for_good else self._clock.monotonic() + AGAIN_S
        if self._said.get(key) != why:
            log.warning("period not closed by itself yet", agreement=agreement, period=period, why=why)
        self._said[key] = why
