"""Durations counted by quarter hour of the UTC clock: log buckets that can be merged, and exact counts at thresholds.

Durations are whole microseconds, quarter hours are named by their start in ms.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
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
        """Counts one duration. Of a threshold that is new, those before are told from the buckets."""
        for threshold in thresholds:
            self.good[threshold] = self.at_or_under(threshold) + (duration_us <= threshold)
        index = bisect_left(BUCKETS_US, duration_us)
        self.buckets[index] = self.buckets.get(index, 0) + 1
        self.total += 1
        self.sum_us += duration_us

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


class SettledCounts:
    """What is left of one check's quarter hours when nothing is added to them any more: totals and good ones.

    Columns of 4 bytes a number: a year of a check with one threshold takes less than half a megabyte.
    """

    __slots__ = ("_good", "_places", "_totals")

    def __init__(self, thresholds: Iterable[int] = ()) -> None:
        self._places = array("I")
        self._totals = array("I")
        self._good = {threshold: array("I") for threshold in thresholds}

    def put(self, quarter_start: int, histogram: Histogram) -> None:
        """One more; it follows those that are there. What is not after the last one is passed over."""
        if not self._places or quarter_start // QUARTER_MS > self._places[-1]:
            good = tuple(histogram.at_or_under(threshold) for threshold in self._good)
            self.extend([quarter_start], [histogram.total], [good])

    def extend(self, starts: Iterable[int], totals: Iterable[int], good: Iterable[Sequence[int]]) -> None:
        """Many more, in order and after those that are there; `good`: of each by each threshold, in their order."""
        self._places.extend(start // QUARTER_MS for start in starts)
        self._totals.extend(totals)
        for column, counts in zip(self._good.values(), zip(*good, strict=True), strict=False):
            column.extend(counts)

    def first(self) -> int | None:
        """The first quarter hour that counts something."""
        return self._places[0] * QUARTER_MS if self._places else None

    def counts(self, quarter_start: int, threshold_us: int) -> tuple[int, int]:
        """See `LatencyCounts`. None is good by a threshold that was not given."""
        place = quarter_start // QUARTER_MS
        i = bisect_left(self._places, place)
        if i == len(self._places) or self._places[i] != place:
            return 0, 0
        column = self._good.get(threshold_us)
        return (0 if column is None else column[i]), self._totals[i]


class QuarterCounts:
    """One check's durations by quarter hour. The thresholds given are counted exactly from then on."""

    def __init__(
        self,
        thresholds: Iterable[int] = (),
        quarters: Mapping[int, Histogram] | None = None,
        settled: SettledCounts | None = None,
    ) -> None:
        """`settled`: the quarter hours before those of `quarters`."""
        self.thresholds = tuple(sorted(set(thresholds)))
        self.quarters: dict[int, Histogram] = dict(quarters or {})
        self._settled = SettledCounts(self.thresholds) if settled is None else settled
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
        """Lets go of the quarter hours begun before an instant, with `counts` of all but totals and good ones.

        They must be stored: what is added to them later is lost.
        """
        for quarter in sorted(quarter for quarter in self.quarters if quarter < before):
            histogram = self.quarters.pop(quarter)
            if counts:
                self._settled.put(quarter, histogram)

    def first(self) -> int | None:
        """See `LatencyCounts`."""
        settled = self._settled.first()
        return min(self.quarters, default=None) if settled is None else settled

    def counts(self, quarter_start: int, threshold_us: int) -> tuple[int, int]:
        """See `LatencyCounts`."""
        histogram = self.quarters.get(quarter_start)
        if histogram is None:
            return self._settled.counts(quarter_start, threshold_us)
        return histogram.at_or_under(threshold_us), histogram.total
