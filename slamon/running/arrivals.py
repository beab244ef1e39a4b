"""What is not probed: jobs and other systems report, and what stays away is noticed. All of it ends in `record`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from slamon.accounting import Run
from slamon.catalogue import Catalogue
from slamon.clock import Clock
from slamon.errors import LedgerError
from slamon.export.own import Own
from slamon.figures import Figures
from slamon.ledger import Arrival
from slamon.prober import Delivery
from slamon.running.arrived import Arrived
from slamon.running.chunks import in_turns
from slamon.running.heartbeats import Heartbeats, Report
from slamon.running.keeper import Keeper
from slamon.running.pushed import Pushing


class Recording(Protocol):
    """The running system, as far as arrivals need it."""

    clock: Clock
    own: Own
    figures: Figures
    keeper: Keeper

    def record(self, delivery: Delivery) -> bool:
        """Takes an observation; False where it is rejected."""
        ...

    def look(self) -> None:
        """Compares the clocks."""
        ...

    def seen_up_to(self) -> int:
        """The instant before which everything is recorded."""
        ...


class Arrivals:
    """Reports of jobs, observations of other systems. A report is accepted when it is in the ledger."""

    def __init__(self, live: Recording, stored: Mapping[str, Sequence[Arrival]]) -> None:
        """`stored`: what the ledger knows of."""
        self._live = live
        self._closed = False
        self._arrived = Arrived(live.keeper, stored)
        self.heartbeats = Heartbeats(live.figures, self._arrived, live.clock, live.record)
        self._pushing = Pushing(live.figures, self._arrived, live.clock, live.record, live.own.rejected)
        for check in [check for check in stored if _is_asked(live.figures.catalogue, check)]:
            self._arrived.forget(check)

    def watch(self, figures: Figures, before: Catalogue) -> None:
        """After a load. A check that is of another kind than `before` begins anew."""
        for check in before.checks.values():
            now = figures.catalogue.checks.get(check.id)
            if now is not None and now.kind != check.kind:
                self._arrived.forget(check.id)
        self._pushing.figures = figures
        self.heartbeats.watch(figures)

    async def sweep(self) -> int:
        """Record what is due because no report came; gives the instant up to which that is done."""
        self._live.look()
        now = self._live.clock.now()
        await in_turns(self.heartbeats.sweep_steps(now))
        return now

    def swept_to(self) -> int:
        """The instant up to which that is done; what little is due since is done first."""
        self._live.look()
        return self.heartbeats.swept_to(self._live.clock.now())

    async def report(self, digest: str, report: Report) -> bool:
        """A job's report, by its token's SHA-256: True once it is stored, False where no job has that token.

        Raises LedgerError when it cannot be stored.
        """
        self._open()
        if not await self.heartbeats.report(digest, report, self._live.look):
            return False
        await self._live.keeper.stored(self._live.seen_up_to)
        return True

    async def push(self, value: object) -> dict[str, Any]:
        """Observations of another system; the answer once they are stored.

        Raises PushedWronglyError where one is wrong, LedgerError when they cannot be stored.
        """
        self._open()
        self._live.look()
        answer: dict[str, Any] = {}
        await in_turns(self._pushing.take(self._pushing.read(value), answer))
        await self._live.keeper.stored(self._live.seen_up_to)
        return answer

    def told(self, check: str) -> dict[str, Any]:
        """What is known of the reports of a check, for `/api/status`. The words are a stranger's."""
        return self.heartbeats.told(check) or self._pushing.told(check)

    def close(self) -> None:
        """Take nothing more: it could not be stored."""
        self._closed = True

    def _open(self) -> None:
        if self._closed:
            raise LedgerError("slamon is stopping: try again")

    def newest_runs(self) -> dict[str, Run]:
        """The newest run of each job that was ever observed."""
        return self.heartbeats.newest_runs()

    def set_back(self, now: int, before: dict[str, Run]) -> None:
        """The clock was set back; `before`: the newest runs of the jobs of which some went aside, as they were."""
        self._arrived.set_back(now)
        self.heartbeats.set_back(now, before)


def _is_asked(catalogue: Catalogue, check: str) -> bool:
    model = catalogue.checks.get(check)
    return model is not None and model.probed
