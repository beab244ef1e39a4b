"""What slamon does by itself when its time has come: reports, closings. Looked at by its own scheduler."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from apscheduler.schedulers.base import BaseScheduler

from slamon.catalogue import Catalogue
from slamon.clock import Clock
from slamon.errors import LedgerError
from slamon.export.own import Own
from slamon.ledger import Ledger
from slamon.running.autoclosing import Closer
from slamon.running.due import closing_rules
from slamon.running.errands import Errands
from slamon.running.reporting import Reporter

log = structlog.get_logger()

LOOK_S = 20
"""So often it is looked whether something is due."""

Enter = Callable[[object], Awaitable[Mapping[str, Any]]]


class Unattended:
    """`follow` is told of every catalogue that is put in force."""

    def __init__(self, ledger: Ledger, clock: Clock, own: Own, errands: Errands | None, enter: Enter) -> None:
        """`errands` None: there is no catalogue on disk, so nothing is done by itself. `enter`: into the register."""
        self._ledger = ledger
        self._clock = clock
        self.reporter = Reporter(ledger, clock, own, errands)
        self._own = own
        self._closer = Closer(ledger, clock, own, errands, enter)
        self._coming: Catalogue | None = None
        """In force, and not followed yet: the ledger could not be asked."""

    def plan(self, scheduler: BaseScheduler) -> None:
        """Let the scheduler call, three times a minute of the wall clock."""
        scheduler.add_job(self.look, "cron", second=f"*/{LOOK_S}", id="unattended")

    async def follow(self, catalogue: Catalogue) -> None:
        """This catalogue is in force: know what is scheduled by it, and look."""
        self._coming = catalogue
        await self.look()

    async def look(self) -> None:
        """Begin what is due. A closing goes first, so that a report of the same day has what it froze."""
        if self._coming is not None:
            try:
                await self._follow(self._coming)
            except LedgerError as error:
                self._own.component_error("reports")
                log.error("what is scheduled could not be stored; it is tried again", error=str(error))
                return
        await self._closer.look()
        await self.reporter.look()

    async def _follow(self, catalogue: Catalogue) -> None:
        rules = await asyncio.to_thread(closing_rules, catalogue)
        what = [*(f"report {name}" for name in catalogue.reports), *(f"closing {name}" for name in rules)]
        since = await asyncio.wrap_future(self._ledger.scheduled(what, self._clock.now()))
        await self.reporter.follow(catalogue, since)
        await self._closer.follow(catalogue, since)
        if self._coming is catalogue:
            self._coming = None

    async def stop(self) -> None:
        """Do nothing more."""
        await asyncio.gather(self._closer.stop(), self.reporter.stop())


def errands_of(config: Path | None, data: Path | None, ledger: Path, env: Mapping[str, str] | None) -> Errands | None:
    """Who does the work; None without a catalogue on disk."""
    return None if config is None else Errands(config, data, ledger, env)
