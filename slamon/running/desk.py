"""What people entered, in the running system: held in memory, reconciled with what is measured, counted.

Complaints about time that memory reaches back to are reconciled in the event loop, a few at a time; older ones by a
child process that reads the ledger, once. What is found stays until the catalogue or the corrections change (then older
ones are read again, within the hour), but for what coming observations may still change: that is looked at each minute.
"""

import asyncio
from collections.abc import Iterator, Sequence
from operator import is_
from typing import Protocol

import structlog

from slamon.clock import Clock
from slamon.desk import Complaint, Desk
from slamon.desk.reconciling import Finding, Leeway, Reconciling
from slamon.export.own import Own
from slamon.figures import Figures
from slamon.ledger import Entry, Ledger
from slamon.running.chunks import in_turns
from slamon.running.counting import RECENT_MS, DeskSamples, counted
from slamon.running.errands import ErrandFailed, Errands

log = structlog.get_logger()

EVERY_S = 60.0
FAR_EVERY_S = 3600.0
_BATCH = 100
"""So many complaints are reconciled while a scrape has to wait."""


class Live(Protocol):
    """The running system, as far as the desk needs it."""

    clock: Clock
    own: Own
    figures: Figures
    ledger: Ledger
    refreshing: asyncio.Lock
    since: int

    async def refresh(self) -> int:
        """Bring the figures up to now; gives the instant."""
        ...


class RunningDesk:
    """The register's complaints, scores and actions, with what was found of them."""

    def __init__(self, live: Live, entries: Sequence[Entry]) -> None:
        self.samples = DeskSamples()
        """As of the newest turn."""
        self._live = live
        self._entries = entries
        self._desk = Desk.of(entries)
        self._leeway = Leeway()
        self._found: dict[int, Finding] = {}
        self._settled: set[int] = set()
        self._rests_on: tuple[object, ...] = ()
        self._far_at_s = 0.0
        self.errands: Errands | None = None
        """Who reads the ledger for older complaints; None: nobody does, and nothing is found of them."""
        self._wake = asyncio.Event()

    async def take(self, entries: Sequence[Entry]) -> None:
        """The register's entries as they are now: counted at once, reconciled soon."""
        self._desk = await asyncio.to_thread(self._folded, entries)
        self._entries = entries
        await self._count()
        self._wake.set()

    def _folded(self, entries: Sequence[Entry]) -> Desk:
        """Only what was added since is folded in, unless something was erased."""
        before = len(self._entries)
        if before <= len(entries) and all(map(is_, self._entries, entries)):
            return self._desk.after(entries[before:])
        return Desk.of(entries)

    async def keep(self) -> None:
        """Every minute, and when something was entered: reconcile and count; at first count, so that all is shown."""
        await self._count()
        while True:
            self._wake.clear()
            await self.turn()
            try:
                await asyncio.wait_for(self._wake.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def turn(self) -> None:
        """Reconcile what is not settled, and count. What fails is counted and tried again at the next turn."""
        try:
            await self._reconcile()
        except ErrandFailed as error:
            self._live.own.component_error("desk")
            log.error("older complaints could not be reconciled", error=str(error))
        except Exception:
            self._live.own.component_error("desk")
            log.exception("complaints could not be reconciled")
        await self._count()

    async def _reconcile(self) -> None:
        live = self._live
        self._forget_where_terms_changed()
        open_ = await asyncio.to_thread(self._open, live.clock.now() - RECENT_MS)
        first = live.since + self._leeway.before_ms
        near = [complaint for complaint in open_ if complaint.felt_from >= first]
        for place in range(0, len(near), _BATCH):
            async with live.refreshing:
                now = await live.refresh()
                await in_turns(self._each(Reconciling(live.figures, now, self._leeway), near[place : place + _BATCH]))
        await self._reconcile_far([complaint for complaint in open_ if complaint.felt_from < first])

    async def _reconcile_far(self, far: Sequence[Complaint]) -> None:
        """Those of which nothing is known yet, at once; what other terms may have changed, at most once an hour."""
        live = self._live
        if all(complaint.number in self._found for complaint in far) and live.clock.monotonic() < self._far_at_s:
            return
        if far and self.errands is not None:
            numbers = [complaint.number for complaint in far]
            async for told in self.errands.send("reconcile", complaints=numbers, at=live.clock.now()):
                for number, finding, settled in told["findings"]:
                    self._put(number, Finding(finding), settled=settled)
            self._far_at_s = live.clock.monotonic() + FAR_EVERY_S

    def _open(self, since: int) -> list[Complaint]:
        """The complaints about time from an instant on whose finding may be another one yet."""
        told = self._desk.complaints.values()
        return [c for c in told if c.felt_from >= since and c.number not in self._settled]

    def _forget_where_terms_changed(self) -> None:
        """Another catalogue or other corrections: what was found may be otherwise now; it is shown until it is."""
        figures = self._live.figures
        rests_on = (figures, figures.registered)
        if any(new is not old for new, old in zip(rests_on, self._rests_on or (None, None), strict=True)):
            self._settled.clear()
            self._rests_on = rests_on

    def _each(self, reconciling: Reconciling, complaints: Sequence[Complaint]) -> Iterator[None]:
        for complaint in complaints:
            one = reconciling.of(complaint)
            self._put(complaint.number, one.finding, settled=one.settled)
            yield

    def _put(self, number: int, finding: Finding, *, settled: bool) -> None:
        self._found[number] = finding
        if settled:
            self._settled.add(number)

    async def _count(self) -> None:
        catalogue, desk, found = self._live.figures.catalogue, self._desk, dict(self._found)
        self.samples = await asyncio.to_thread(counted, catalogue, desk, found, self._live.clock.now())
