"""Keeps Alertmanager's silences as the catalogue's maintenance says: beside the running system, never in its way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from slamon.catalogue import Catalogue
from slamon.catalogue.instance import Alertmanager
from slamon.clock import Clock
from slamon.errors import SlamonError
from slamon.export.own import Own
from slamon.export.silences import TURN_S, Silence, Synced, due, silences
from slamon.ledger.notices import Notice
from slamon.running.notices import silenced
from slamon.running.threads import in_thread

log = structlog.get_logger()

_MORE_S = 30.0
"""What keeps its own deadline is given so much longer before it is left alone."""

_RENEW_MS = 3_600_000


class Silencer:
    """`follow` is told of every catalogue that is put in force."""

    def __init__(self, own: Own, clock: Clock, note: Callable[[Sequence[Notice]], Awaitable[None]]) -> None:
        """`note` keeps who silenced what."""
        self._own = own
        self._note = note
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._trouble: str | None = None

    async def follow(self, catalogue: Catalogue) -> None:
        """This catalogue is in force: compare now, and again and again."""
        await self.stop()
        known = catalogue.alertmanager
        if known is not None:
            self._task = asyncio.create_task(self._keep(known, catalogue))

    async def stop(self) -> None:
        """Compare no more; the silences stay."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _keep(self, known: Alertmanager, catalogue: Catalogue) -> None:
        planned = Planned(catalogue, known)
        while True:
            try:
                done, told = await in_thread(partial(_turn, known, planned, self._clock.now()), TURN_S + _MORE_S)
                if told:
                    await self._note(told)
            except (SlamonError, TimeoutError) as error:
                self._failed(str(error) or f"alertmanager: not done within {TURN_S:g} s")
            else:
                self._done(done)
            await asyncio.sleep(known.every / 1000)

    def _failed(self, words: str) -> None:
        """Every failure is counted; the same one is said once."""
        self._own.component_error("silences")
        if words != self._trouble:
            log.error("planned maintenance could not be told to Alertmanager; it is tried again", error=words)
        self._trouble = words

    def _done(self, done: Synced) -> None:
        if done.made or done.ended:
            log.info("silences of planned maintenance", made=len(done.made), ended=len(done.ended))
        if done.refused:
            self._failed(done.refused[0])
        elif self._trouble is not None:
            log.info("Alertmanager is told of planned maintenance again")
            self._trouble = None


class Planned:
    """A catalogue's silences, worked out once an hour: with a year's plan of each agreement it takes its time."""

    def __init__(self, catalogue: Catalogue, known: Alertmanager) -> None:
        self.services = catalogue.services.keys()
        self._catalogue = catalogue
        self._ahead = known.ahead
        self._found: Sequence[Silence] = ()
        self._at: int | None = None

    def due(self, now: int) -> Sequence[Silence]:
        """Those to be there at `now` (ms)."""
        if self._at is None or not self._at <= now < self._at + _RENEW_MS:
            self._found = silences(self._catalogue, now, self._ahead + _RENEW_MS)
            self._at = now
        return due(self._found, now, self._ahead)


def _turn(known: Alertmanager, planned: Planned, now: int) -> tuple[Synced, Sequence[Notice]]:
    """Make and end silences where that is wanted, and ask who silenced what. Raises SlamonError."""
    from slamon.running.alertmanager import quiet, sync  # loads requests, that only this needs

    done = sync(known, planned.due(now), now) if known.silences else Synced((), ())
    alerts, there = quiet(known)
    return done, silenced(alerts, there, planned.services, now) if alerts else ()
