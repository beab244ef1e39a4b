"""The running system. `Monitor.record` is the life of a probe's result: the function to read first."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog

from slamon.accounting import Blind, Cause, Observation, Verdict
from slamon.catalogue import Catalogue, CheckModel
from slamon.clock import Clock
from slamon.errors import ConfigurationError, LedgerError
from slamon.export.own import Own
from slamon.figures import Figures
from slamon.ledger import Ledger, Mark, Stored
from slamon.ledger.notices import Notice
from slamon.prober import Component, Delivery, Planned, Prober
from slamon.probes import NothingFoundError, Probe, ProbeContext, made_ready
from slamon.running.arrivals import Arrivals
from slamon.running.chunks import in_turns
from slamon.running.closings import counted
from slamon.running.desk import RunningDesk
from slamon.running.keeper import Keeper
from slamon.running.opening import Timed, bounds_of, facts_of, horizon, stints_at, timed_checks
from slamon.running.retention import cutoffs
from slamon.running.sampling import Newest
from slamon.running.saying import Saying
from slamon.running.tallies import Tallies
from slamon.running.totals import Totals

log = structlog.get_logger()

KEEP_S = 1.0
ACCOUNT_S = 5.0
FOLD_S = 60.0
FORGET_AFTER_S = 600
DRAIN_S = 1.0
REFERENCE = "reference"


class Monitor:
    """Probes, records, keeps and answers for one catalogue at a time."""

    def __init__(self, catalogue: Catalogue, ledger: Ledger, stored: Stored, clock: Clock, own: Own) -> None:
        """`stored`: what the ledger holds from the catalogue's horizon on."""
        self.clock = clock
        self.own = own
        self.newest = Newest()
        self.refreshing = asyncio.Lock()
        self.started_ms = clock.now()
        self.ledger = ledger
        self.since = stored.since or 0
        self.marks: Sequence[Mark] = stored.marks
        self.closed: Mapping[str, Mapping[str, int]] = counted(stored.register)
        self.desk = RunningDesk(self, stored.register)
        changed = stints_at(stored.stints, catalogue, self.started_ms)
        stored.stints |= {check: list(stints) for check, stints in changed.items()}
        self.figures = Figures(catalogue, facts_of(stored))
        self.keeper = self._make_keeper(stored)
        self.keeper.stints(changed)
        self.saying = Saying(self.figures)
        self.arrivals = Arrivals(self, stored.arrivals)
        self.context = ProbeContext(clock=clock)
        self.prober = Prober(clock, self.record, self.blind, self.unconfirmed, self.failed, metrics=own)
        self._planned: dict[str, tuple[str, Planned]] = {}
        self._keeping: list[asyncio.Task[None]] = []
        self._after_a_stop(stored.watermark)

    @property
    def catalogue(self) -> Catalogue:
        """The one in force."""
        return self.figures.catalogue

    # -- the life of a result

    def record(self, delivery: Delivery) -> bool:
        """One outcome, probed or reported: it becomes an observation, a fact in memory, and a row of the next commit.

        An observation that is not the newest of its check, or is dated in the future, is rejected and counted;
        False tells so.
        """
        outcome = delivery.outcome
        observation = Observation(
            delivery.check_id,
            delivery.at_ms,
            outcome.verdict,
            delivery.interval_ms,
            delivery.stale_after_ms,
            outcome.duration_us,
            None if outcome.reason is None else outcome.reason.value,
            delivery.retry,
        )
        if observation.at > self.clock.now() or not self.figures.take(observation):
            self.own.rejected()
            return False
        self.keeper.add(observation)
        self.newest.put(observation.check, observation.at, outcome)
        self.saying.observed(observation, outcome.message)
        return True

    # -- what else the prober tells and asks

    def blind(self, blind: Blind) -> None:
        """A stretch in which nobody can be blamed. A clock that was set back leaves facts in the future aside."""
        log.warning("unseen", cause=blind.cause.value, seconds=(blind.end - blind.start) / 1000)
        self._set_back(blind.end)
        self.figures.blind(blind)
        self.keeper.blind(blind)

    def _set_back(self, now: int) -> None:
        """Where facts are dated in the future, the clock was set back: they are set aside."""
        latest = self.figures.latest()
        if latest is not None and latest > now:
            self.keeper.references.set_back(now)
            reported = self.arrivals.newest_runs()
            aside = self.figures.set_back(now, self.keeper.references.tails())
            self.keeper.set_back(now, aside)
            self.arrivals.set_back(now, {check: reported[check] for check in aside if check in reported})

    def look(self) -> None:
        """Compare the clocks: before what is not probed is dated."""
        self.prober.look()

    def seen_up_to(self) -> int:
        """The instant (ms) before which everything is recorded: probes, reports, and reports that stayed away."""
        swept = self.arrivals.swept_to()
        return min(self.prober.seen_up_to(), swept)

    def unconfirmed(self, check: str) -> bool:
        """Whether the check's newest down run still lacks observations to be confirmed."""
        history = self.figures.histories.get(check)
        if history is None or history.verdict is not Verdict.DOWN:
            return False
        run = history.open_run()
        return run is not None and run.count < self.figures.book.checks[check].confirm

    def failed(self, component: Component, check: str, error: Exception) -> None:
        """No observation came of a probe: a failure of ours, unless it found that there is nothing to be said."""
        if not isinstance(error, NothingFoundError):
            self.own.component_error(component.value)
        self.saying.not_run(check, error)

    # -- start and stop

    async def start(self) -> None:
        """Begin to probe and to keep."""
        self.prober.replace(self._plan(self.catalogue, _prints(self.catalogue)))
        await self.refresh()
        await self.keeper.flush(self.seen_up_to())
        await self.prober.start()
        self._keeping = [asyncio.create_task(self._keep()), asyncio.create_task(self.desk.keep())]
        first = datetime.fromtimestamp(self.started_ms / 1000 + FORGET_AFTER_S, UTC)
        self.prober.scheduler.add_job(self.forget, "cron", hour=3, minute=17, next_run_time=first)

    async def stop(self) -> None:
        """Let probes land, store what there is, give the ledger back."""
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        seen = await self.prober.drain(DRAIN_S)
        seen = min(seen, await self.arrivals.sweep())
        self.arrivals.close()
        clean = True
        try:
            await self.keeper.flush(seen)
        except LedgerError as error:
            log.error("stopped without storing the newest observations", error=str(error))
            clean = False
        self.ledger.close(clean=clean)
        await self.context.close()

    def _after_a_stop(self, watermark: int | None) -> None:
        """Nobody looked between the last commit and now; a watermark in the future is a clock set back."""
        now = self.started_ms
        self._set_back(now)
        if watermark is not None and watermark < now:
            stopped = Blind(watermark, now, Cause.STOPPED)
            self.figures.blind(stopped)
            self.keeper.blind(stopped)

    # -- reload

    async def reload(self, catalogue: Catalogue) -> None:
        """Put another catalogue in force, all of it or, where it raises ConfigurationError, nothing."""
        since, timed, prints = await asyncio.to_thread(_looked_at, catalogue, self.clock.now())
        planned = self._plan(catalogue, prints)
        await asyncio.sleep(0)  # both at once would hold the loop for longer than it may be
        if since >= self.since and self.keeper.timed.includes(timed):
            async with self.refreshing:
                self._take(catalogue, timed, None)
        else:
            async with self.keeper.all_stored(self.seen_up_to()), self.refreshing:
                self._take(catalogue, timed, await asyncio.to_thread(self.ledger.load, since, timed.durations()))
        self.prober.replace(planned)
        log.info("catalogue loaded", checks=len(catalogue.checks), agreements=len(catalogue.agreements))

    def _take(self, catalogue: Catalogue, timed: Timed, stored: Stored | None) -> None:
        now, before = self.clock.now(), self.figures
        changed = stints_at(before.stints, catalogue, now)
        stints = before.stints | {check: list(found) for check, found in changed.items()}
        for check in changed:
            if check not in catalogue.checks:
                before.end(check, now)
        if stored is None:
            figures = before.succeeded(catalogue, stints, self.keeper.references.tails(), now)
        else:
            stored.stints = stints
            figures = self._from_stored(catalogue, stored)
            self.since = stored.since or 0
        if figures.faults is not before.faults:
            for fault in before.known_faults(now):
                self.keeper.blind(fault)
        self.figures = self.keeper.figures = self.saying.figures = figures
        self.arrivals.watch(figures, before.catalogue)
        self._set_back(now)
        self.keeper.stints(changed)
        self.keeper.watch(timed, bounds_of(catalogue))
        self.newest.keep(catalogue)

    def _from_stored(self, catalogue: Catalogue, stored: Stored) -> Figures:
        """Figures of what was stored, and of what came while it was read."""
        observations, blinds = self.keeper.pending()
        stored.blinds = [*stored.blinds, *blinds]
        figures = Figures(catalogue, facts_of(stored))
        for observation in observations:
            figures.take(observation)
        return figures

    def _plan(self, catalogue: Catalogue, prints: Mapping[str, str]) -> list[Planned]:
        """Every check that is probed, and the reference targets; a check whose definition stays keeps its probe.

        `prints`: the fingerprints of their definitions.
        """
        made = {}
        for check in catalogue.probed:
            print_ = prints[check.id]
            kept = self._planned.get(check.id)
            made[check.id] = kept if kept is not None and kept[0] == print_ else (print_, self._planned_anew(check))
        self._planned = made
        return [planned for _, planned in made.values()]

    def _planned_anew(self, check: CheckModel) -> Planned:
        return Planned(
            id=check.id,
            interval_ms=check.interval_ms,
            timeout_ms=check.timeout_ms,
            retry_interval_ms=check.retry_interval_ms,
            stale_after_ms=check.stale_after_ms,
            probe=self._made_ready(check),
            reference=check.service == REFERENCE,
        )

    def _made_ready(self, check: CheckModel) -> Probe:
        try:
            return made_ready(check, self.context)
        except ConfigurationError as error:
            raise ConfigurationError(f"check {check.id}: {error}") from None

    def _make_keeper(self, stored: Stored) -> Keeper:
        tallies = Tallies(bounds_of(self.catalogue), stored.tallies, stored.uncounted)
        totals = Totals(stored.accounted, stored.outages, stored.since or 0)
        keeper = Keeper(self.ledger, self.clock, self.own, self.figures, tallies, totals, stored)
        keeper.watch(timed_checks(self.catalogue, self.started_ms), bounds_of(self.catalogue))
        return keeper

    async def _keep(self) -> None:
        """Every second: count, fold when it is time, commit."""
        loop = asyncio.get_running_loop()
        due, account_at, fold_at = loop.time(), 0.0, loop.time() + FOLD_S
        while True:
            due = max(due + KEEP_S, loop.time())
            await asyncio.sleep(due - loop.time())
            account, fold = loop.time() >= account_at, loop.time() >= fold_at
            account_at = loop.time() + ACCOUNT_S if account else account_at
            fold_at = loop.time() + FOLD_S if fold else fold_at
            await self.turn(account=account, fold=fold)

    async def turn(self, *, account: bool, fold: bool) -> None:
        """Figures are refreshed and counted by one at a time; a slow disk keeps no scrape waiting."""
        now = await self.arrivals.sweep()
        if account:
            try:
                now = await self._account()
            except Exception:
                self.own.component_error("account")
                log.exception("figures could not be brought up to date")
        await self.keeper.keep(now, self.seen_up_to(), fold=fold)

    async def _account(self) -> int:
        async with self.refreshing:
            now = await self.refresh()
            self.saying.services(now)
            await self.keeper.count(now)
        self.own.local_fault(self.saying.local_fault(now))
        return now

    async def forget(self) -> None:
        """Delete stored facts that are older than the retention and needed by no period that can still be closed."""
        before = cutoffs(self.catalogue, self.figures.histories, self.clock.now())
        try:
            runs = await asyncio.wrap_future(self.ledger.prune(before))
        except LedgerError as error:
            self.own.component_error("retention")
            log.error("facts that are old enough could not be deleted", error=str(error))
        else:
            log.info("facts older than the retention deleted", runs=runs)

    async def note(self, notices: Sequence[Notice]) -> None:
        """Keep what was told of alerts; LedgerError."""
        await asyncio.wrap_future(self.ledger.note(notices))

    async def refresh(self) -> int:
        """Bring the figures up to now; gives the instant."""
        now = await self.arrivals.sweep()
        await in_turns(self.figures.book.refresh_steps(now))
        return now


def _looked_at(catalogue: Catalogue, now: int) -> tuple[int, Timed, Mapping[str, str]]:
    """How far back facts are needed, whose durations are looked at, and what tells definitions apart."""
    return horizon(catalogue, now), timed_checks(catalogue, now), _prints(catalogue)


def _prints(catalogue: Catalogue) -> Mapping[str, str]:
    return {check.id: check.fingerprint() for check in catalogue.probed}
