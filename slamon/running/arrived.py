"""What jobs and other systems reported of late, by check, as the ledger has it too."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from slamon.accounting import Verdict
from slamon.ledger import MOST_ARRIVALS, Arrival
from slamon.running.keeper import Keeper

START = "start"


def _at(arrival: Arrival) -> int:
    return arrival.at


class Arrived:
    """The newest `MOST_ARRIVALS` of each check, in order of time. What is put goes into the next commit."""

    def __init__(self, keeper: Keeper, stored: Mapping[str, Sequence[Arrival]]) -> None:
        self._keeper = keeper
        self._known = {check: list(arrivals) for check, arrivals in stored.items()}

    def put(self, arrival: Arrival) -> None:
        """One more, later than those of its check before."""
        known = self._known.setdefault(arrival.check, [])
        if known:
            known[-1] = replace(known[-1], words="")
        known.append(arrival)
        del known[:-MOST_ARRIVALS]
        self._keeper.arrived(arrival)

    def of(self, check: str) -> Sequence[Arrival]:
        """Those of a check."""
        return self._known.get(check, ())

    def newest(self, check: str) -> Arrival | None:
        """The newest of a check."""
        known = self._known.get(check)
        return known[-1] if known else None

    def ended(self, check: str) -> Arrival | None:
        """The newest report of a job that was not a start."""
        return next((arrival for arrival in reversed(self.of(check)) if arrival.what != START), None)

    def started(self, check: str) -> int | None:
        """Since when a job runs; None: it does not, as far as it said."""
        newest = self.newest(check)
        return newest.at if newest is not None and newest.what == START else None

    def at(self, check: str, at: int) -> Arrival | None:
        """What was reported of a moment."""
        known = self.of(check)
        place = bisect_left(known, at, key=_at)
        return known[place] if place < len(known) and known[place].at == at else None

    def labelled(self, check: str, label: str) -> Arrival | None:
        """What was reported under a label."""
        return next((arrival for arrival in reversed(self.of(check)) if arrival.label == label), None)

    def set_back(self, now: int) -> None:
        """The clock was set back: what is dated later is not known any more."""
        self._known = {check: [a for a in known if a.at <= now] for check, known in self._known.items()}

    def forget(self, check: str) -> None:
        """The check is of another kind now."""
        if self._known.pop(check, None):
            self._keeper.forget_arrivals(check)


def failed(arrival: Arrival) -> bool:
    """Whether a job's end was a failure."""
    return arrival.what == Verdict.DOWN.value
