"""What was counted of each check: what is committed is shown, so that no counter falls over a crash."""

from collections.abc import Iterable, Mapping

from slamon.accounting import Observation
from slamon.ledger import Tally


class Tallies:
    """Counts by check. `committed` is what may be shown; `owed` was seen, is in runs, and is not committed yet."""

    def __init__(
        self, bounds_us: tuple[int, ...], stored: Mapping[str, Tally], uncounted: Iterable[Observation]
    ) -> None:
        """`bounds_us`: of the histograms shown, () for none."""
        self.bounds_us = bounds_us
        self.committed = {check: tally.measured_by(bounds_us) for check, tally in stored.items()}
        self._owed: dict[str, Tally] = {}
        self._dirty: set[str] = set()
        self.commit(uncounted)

    def of(self, check: str) -> Tally:
        """What is committed of a check."""
        return self.committed.get(check) or self._new()

    def _new(self) -> Tally:
        return Tally(bounds_us=self.bounds_us, durations=[0] * (len(self.bounds_us) + 1) if self.bounds_us else [])

    def rebound(self, bounds_us: tuple[int, ...]) -> None:
        """Other bounds are wanted after a reload."""
        if bounds_us != self.bounds_us:
            self.bounds_us = bounds_us
            self.committed = {check: tally.measured_by(bounds_us) for check, tally in self.committed.items()}
            self._owed = {check: tally.measured_by(bounds_us) for check, tally in self._owed.items()}
            self._dirty.update(self.committed)

    def commit(self, observations: Iterable[Observation]) -> None:
        """These are in the ledger now."""
        committed, dirty = self.committed, self._dirty
        for observation in observations:
            tally = committed.get(observation.check)
            if tally is None:
                tally = committed[observation.check] = self._new()
            tally.add(observation)
            dirty.add(observation.check)

    def owe(self, observations: Iterable[Observation]) -> None:
        """These will not be committed one by one: the runs that hold them will."""
        for observation in observations:
            if observation.check not in self._owed:
                self._owed[observation.check] = self._new()
            self._owed[observation.check].add(observation)

    def to_store(self) -> dict[str, Tally]:
        """Every tally that differs from the stored one, as it will be once what is owed is committed."""
        return {check: self._whole(check) for check in (*self._dirty, *(self._owed.keys() - self._dirty))}

    def _whole(self, check: str) -> Tally:
        return self.of(check).plus(self._owed.get(check) or self._new())

    def stored(self, tallies: Mapping[str, Tally]) -> None:
        """A batch with these was committed, before the observations of that batch are."""
        for check in self._owed.keys() & tallies.keys():
            self.committed[check] = self._whole(check)
        self._owed = {check: tally for check, tally in self._owed.items() if check not in tallies}
        self._dirty -= tallies.keys()
