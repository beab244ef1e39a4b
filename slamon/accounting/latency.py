"""Durations counted by quarter hour of the UTC clock: log buckets that can be merged, and exact counts at thresholds.

Durations are whole microseconds, quarter hours are named by their start in ms.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isqrt
from typing import Protocol

QUARTER_MS = 900_000


class LatencyCounts(Protocol):
    """Where an account finds a check's durations; a check's history is one."""

    def counts(self, quarter_start: int, threshold_us: int) -> tuple[int, int]:
        """(good, total) of the observations begun in the quarter hour: accounted, not down, no retries."""
        ...

    def first(self) -> int | None:
        """The first quarter hour that may count something; None where none does."""
        ...


def _bounds() -> tuple[int, ...]:
    """2^(i/8) us, cut to whole ones, without repetitions, up to more than an hour."""
    roots = (isqrt(isqrt(isqrt(1 << i))) for i in range(8 * 33))
    return tuple(sorted(set(roots)))


BUCKETS_US: tuple[int, ...] = _bounds()
"""Upper bounds of the buckets, inclusive; what is longer falls into one more."""


@dataclass(slots=True)
class Histogram:
    """Durations of one quarter hour. `buckets`: how many by index into `BUCKETS_US`; `good`: by exact threshold."""

    buckets: dict[int, int] = field(default_factory=dict)
    good: dict[int, int] = field(default_factory=dict)
    total: int = 0
    sum_us: int = 0

    def add(self, duration_us: int, thresholds: Iterable[int]) -> None:
        """Counts one duration."""
        index = bisect_left(BUCKETS_US, duration_us)
        self.buckets[index] = self.buckets.get(index, 0) + 1
        self.total += 1
        self.sum_us += duration_us
        for threshold in thresholds:
            self.good[threshold] = self.good.get(threshold, 0) + (duration_us <= threshold)

    def copy(self) -> "Histogram":
        """One that later counting does not change."""
        return Histogram(dict(self.buckets), dict(self.good), self.total, self.sum_us)

    def merge(self, other: "Histogram") -> None:
        """Adds another one. Thresholds that only one of them counted are known only by buckets from then on."""
        for index, count in other.buckets.items():
            self.buckets[index] = self.buckets.get(index, 0) + count
        both = self.good.keys() & other.good.keys() if self.total else other.good.keys()
        self.good = {t: self.good.get(t, 0) + other.good[t] for t in both}
        self.total += other.total
        self.sum_us += other.sum_us

    def at_or_under(self, threshold_us: int) -> int:
        """How many: exact where the threshold was counted, else those of the buckets wholly under it."""
        exact = self.good.get(threshold_us)
        if exact is not None:
            return exact
        whole = bisect_right(BUCKETS_US, threshold_us)
        return sum(count for index, count in self.buckets.items() if index < whole)


class QuarterCounts:
    """One check's durations by quarter hour. The thresholds given are counted exactly from then on."""

    def __init__(self, thresholds: Iterable[int] = (), quarters: Mapping[int, Histogram] | None = None) -> None:
        self.thresholds = tuple(sorted(set(thresholds)))
        self.quarters: dict[int, Histogram] = dict(quarters or {})
        self._changed: set[int] = set()

    def add(self, at: int, duration_us: int) -> None:
        """Counts an observation begun at `at`."""
        quarter = at - at % QUARTER_MS
        histogram = self.quarters.get(quarter)
        if histogram is None:
            histogram = self.quarters[quarter] = Histogram()
        histogram.add(duration_us, self.thresholds)
        self._changed.add(quarter)

    def changed(self) -> dict[int, Histogram]:
        """The quarter hours that have changed since this was last asked: what is to be stored."""
        out = {quarter: self.quarters[quarter] for quarter in sorted(self._changed)}
        self._changed.clear()
        return out

    def shed(self, before: int, *, counts: bool) -> None:
        """Lets go of the buckets of quarter hours begun before an instant, and without `counts` of all of them.

        They must be stored: what is added to them later is lost.
        """
        for quarter in [q for q, h in self.quarters.items() if q < before and (h.buckets or not counts)]:
            if counts:
                self.quarters[quarter].buckets = {}
            else:
                del self.quarters[quarter]

    def first(self) -> int | None:
        """See `LatencyCounts`."""
        return min(self.quarters, default=None)

    def counts(self, quarter_start: int, threshold_us: int) -> tuple[int, int]:
        """See `LatencyCounts`."""
        histogram = self.quarters.get(quarter_start)
        return (0, 0) if histogram is None else (histogram.at_or_under(threshold_us), histogram.total)
