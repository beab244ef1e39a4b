"""Stores what is recorded: one commit a second; every minute what is old enough becomes runs.

What could not be stored is kept and tried again; figures go on from memory meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import structlog

from slamon.accounting import Blind, Observation, Stint
from slamon.clock import Clock
from slamon.errors import LedgerError
from slamon.export.own import Own
from slamon.figures import Figures
from slamon.ledger import Arrival, Batch, Fold, Ledger, Stored
from slamon.running.chunks import in_turns
from slamon.running.opening import Timed
from slamon.running.references import ReferenceTail
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals

log = structlog.get_logger()

QUARTER_HOURS_KEPT_MS = 2 * 3_600_000
_SETTLING_MS = 15_000
"""Beyond the reach of a coming local fault, so much longer observations stay as they came: a late delivery, a look."""

RETRY_S = 5.0


class Keeper:
    """Between the record and the ledger. `figures` is replaced by a reload."""

    def __init__(
        self, ledger: Ledger, clock: Clock, own: Own, figures: Figures, tallies: Tallies, totals: Totals, stored: Stored
    ) -> None:
        self.figures = figures
        self.tallies = tallies
        self.totals = totals
        self.error: LedgerError | None = None
        self.watermark: int | None = stored.watermark
        self.timed = Timed()
        self.references = ReferenceTail(figures, stored.tails)
        self._ledger = ledger
        self._clock = clock
        self._own = own
        self._batch = Batch()
        self._storing = asyncio.Lock()
        self._again_at = 0.0
        self._filling = 1
        self._stored = 0
        """The number of the batch that is being filled, and of the newest that is committed with all before it."""

    # -- being told (in the loop, cheap)

    def add(self, observation: Observation) -> None:
        """One more observation to be stored."""
        self._batch.observations.append(observation)
        self.references.add(observation)

    def arrived(self, arrival: Arrival) -> None:
        """Something was reported; the observation that came of it is told by `add`."""
        self._batch.arrivals.append(arrival)

    def forget_arrivals(self, check: str) -> None:
        """The check is of another kind now: what was reported of it before says nothing any more."""
        self._batch.arrivals = [a for a in self._batch.arrivals if a.check != check]
        self._batch.arrivals_of.add(check)

    def blind(self, blind: Blind) -> None:
        """One more blind stretch to be stored."""
        self._batch.put_blind(blind)

    def stints(self, stints: dict[str, tuple[Stint, ...]]) -> None:
        """Checks joined or left."""
        self._batch.stints.update(stints)

    def set_back(self, now: int, checks: Iterable[str]) -> None:
        """The clock was set back to `now`; the figures have set aside what is later, these checks had some."""
        batch = self._batch
        self.tallies.owe(batch.observations)
        batch.observations = []
        batch.set_back = now if batch.set_back is None else min(now, batch.set_back)
        batch.runs = {key: run for key, run in batch.runs.items() if run.start <= now}
        batch.blinds = {key: replace(b, end=min(b.end, now)) for key, b in batch.blinds.items() if b.start < now}
        batch.arrivals = [arrival for arrival in batch.arrivals if arrival.at <= now]
        for check in checks:
            history = self.figures.histories[check]
            batch.aside += history.aside
            history.aside = []
            batch.put_runs(replace(run, end=None) for run in history.folded()[-1:])
        self._write_anew()

    def _write_anew(self) -> None:
        """After a step back the whole journal is replaced."""
        carried = (o for history in self.figures.histories.values() for o in history.tail)
        self._batch.fold = Fold(1 << 62, (*carried, *self.references.kept()))
        self._batch.tallies = self.tallies.to_store()

    def watch(self, timed: Timed, bounds_us: tuple[int, ...]) -> None:
        """After a load: whose durations are agreed on, and the buckets that are shown."""
        self.timed = timed
        self.tallies.rebound(bounds_us)
        self.references.watch(self.figures)

    def pending(self) -> tuple[Sequence[Observation], Sequence[Blind]]:
        """What is not committed yet."""
        return tuple(self._batch.observations), tuple(self._batch.blinds.values())

    # -- storing

    @property
    def storing(self) -> bool:
        """Whether the newest commit went well."""
        return self.error is None

    def horizon(self, now: int) -> int:
        """Observations before this instant cannot be reached by a coming local fault."""
        return now - self.references.reach_ms - _SETTLING_MS

    async def count(self, now: int) -> None:
        """Put what is settled into the next commit; the figures are refreshed up to `now`."""
        if self.watermark is not None:
            counted = Batch()
            await in_turns(self.totals.advance(self.figures.book, self.watermark, counted, now))
            self._batch.accounted |= counted.accounted
            self._batch.outages |= counted.outages

    async def keep(self, now: int, watermark: int, *, fold: bool) -> None:
        """Fold what is old, and commit."""
        async with self._storing:
            if fold:
                await in_turns(self._fold(self.horizon(now)))
            if self.error is None or self._clock.monotonic() >= self._again_at:
                await self._store(watermark)

    async def flush(self, watermark: int) -> None:
        """Commit what there is now; raises the LedgerError that stands in the way."""
        async with self.all_stored(watermark):
            pass

    async def stored(self, watermark: Callable[[], int]) -> None:
        """Wait until all that was told so far is committed; many who wait share a commit. Raises what `flush` does."""
        told = self._filling
        async with self._storing:
            if self._stored < told:
                await self._store(watermark())
            if self._stored < told:
                assert self.error is not None
                raise self.error

    @asynccontextmanager
    async def all_stored(self, watermark: int) -> AsyncIterator[None]:
        """Commit what there is now, and nothing more within the block; raises what `flush` does."""
        async with self._storing:
            await self._store(watermark)
            if self.error is not None:
                raise self.error
            yield

    def _fold(self, before: int) -> Iterator[None]:
        """Make runs of what is older than `before`, check by check."""
        yield from self._fold_steps(before)
        batch = self._batch
        for fault in self.figures.known_faults(before):
            batch.put_blind(fault)
        if batch.set_back is not None:
            self._write_anew()
            return
        self.references.forget(before)
        late = [o for history in self.figures.histories.values() for o in _first_before(history.tail, before)]
        if self.error is not None:
            self._subsume(before, {(o.check, o.at) for o in late})
        batch.fold = Fold(before, (*late, *self.references.kept(before)))
        batch.tallies = self.tallies.to_store()

    def _subsume(self, before: int, kept: set[tuple[str, int]]) -> None:
        """While nothing can be stored: what runs hold now need not wait as observations too."""
        batch = self._batch
        done = [o for o in batch.observations if o.at < before and (o.check, o.at) not in kept]
        batch.observations = [o for o in batch.observations if o.at >= before or (o.check, o.at) in kept]
        self.tallies.owe(done)

    def _fold_steps(self, before: int) -> Iterator[None]:
        batch = self._batch
        recent = before - QUARTER_HOURS_KEPT_MS
        for check, history in list(self.figures.histories.items()):
            self.figures.book.take_blinds_of(check)
            batch.put_runs(history.fold(before))
            for quarter, histogram in history.latency.changed().items():
                batch.quarters[check, quarter] = histogram
            if self.error is None:
                history.latency.shed(recent, counts=self.timed.since(check) is not None)
            yield

    async def _store(self, watermark: int) -> None:
        batch, self._batch = self._batch, Batch()
        number, self._filling = self._filling, self._filling + 1
        batch.watermark = watermark
        batch.quarters = {key: histogram.copy() for key, histogram in batch.quarters.items()}
        started = self._clock.monotonic()
        try:
            await asyncio.wrap_future(self._ledger.commit(batch))
        except LedgerError as error:
            self._failed(batch, error)
        else:
            self._own.committed(self._clock.monotonic() - started, watermark)
            self._stored = number
            self._committed(batch)

    def _committed(self, batch: Batch) -> None:
        if batch.tallies:
            self.tallies.stored(batch.tallies)
        self.tallies.commit(batch.observations)
        self.totals.committed(batch)
        self.watermark = batch.watermark
        if self.error is not None:
            log.info("storing again", ledger=str(self._ledger.path))
            self.error = None

    def _failed(self, batch: Batch, error: LedgerError) -> None:
        if self._batch.set_back is not None:  # meanwhile; what is dated later is aside already
            self.tallies.owe(batch.observations)
            batch.observations = []
        self._batch = batch.before(self._batch)
        if self._batch.tallies:
            self._batch.tallies = self.tallies.to_store()
        self._again_at = self._clock.monotonic() + RETRY_S
        self._own.component_error("ledger")
        if self.error is None:
            log.error("cannot store: figures go on from memory, and are lost with it", error=str(error))
        self.error = error


def _first_before(tail: Sequence[Observation], before: int) -> Sequence[Observation]:
    """Of a tail, what is before an instant: one at most, as it was folded up to there."""
    return tail[:1] if tail and tail[0].at < before else ()
