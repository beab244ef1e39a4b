"""A latency objective's counts over the quarter hours that lie wholly in measured time (section 7)."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from slamon.accounting.account import Account
from slamon.accounting.figure import LatencyFigure, LatencyVerdict
from slamon.accounting.latency import QUARTER_MS, LatencyCounts
from slamon.accounting.terms import LatencyTerms

_PIECE = 500
"""How many quarter hours are settled in one step."""


class Objective:
    """Running sums of good and all observations by quarter hour, settled as far as the account is."""

    def __init__(self, terms: LatencyTerms, account: Account, sources: Sequence[LatencyCounts], margin_ms: int) -> None:
        """`margin_ms`: how long after a quarter hour its last observation may still come in."""
        self.terms = terms
        self._account = account
        self._sources = sources
        self._margin = margin_ms
        origin = account.plan.origin
        self._frontier = self._origin = origin + -origin % QUARTER_MS
        # columns of 8 bytes a number: a year of quarter hours takes less than a megabyte
        self._starts = array("q")
        self._good = array("q", [0])
        self._total = array("q", [0])

    def refresh(self, now: int) -> bool:
        """Settles what can be, after its account; gives False when there is more (call again)."""
        settled = min(self._account.frontier, now - self._margin)
        if self._frontier == self._origin:
            self._skip(settled)
        measured, change = self._account.measured_at(self._frontier)
        for _ in range(_PIECE):
            quarter, end = self._frontier, self._frontier + QUARTER_MS
            if end > settled:
                return True
            if end <= change:
                good, total = self._counts(quarter) if measured else (0, 0)
            else:
                good, total = self._count(quarter)
                measured, change = self._account.measured_at(end)
            if total:
                self._starts.append(quarter)
                self._good.append(self._good[-1] + good)
                self._total.append(self._total[-1] + total)
            self._frontier = end
        return False

    def _skip(self, settled: int) -> None:
        """Passes over the time before the first duration: an account may reach years further back."""
        firsts = [first for source in self._sources if (first := source.first()) is not None]
        self._frontier = max(self._frontier, min([settled - settled % QUARTER_MS, *firsts]))

    def rewind(self, since: int) -> None:
        """Quarter hours from the one that holds `since` on are no longer settled."""
        since = max(since - since % QUARTER_MS, self._origin)
        if since < self._frontier:
            keep = bisect_left(self._starts, since)
            del self._starts[keep:], self._good[keep + 1 :], self._total[keep + 1 :]
            self._frontier = since

    def figure(self, start: int, end: int) -> LatencyFigure:
        """The objective over [start, end), clipped to the account's newest refresh."""
        end = min(end, self._account.now)
        start += -start % QUARTER_MS
        low = bisect_left(self._starts, start)
        high = bisect_left(self._starts, min(end - QUARTER_MS + 1, self._frontier), lo=low)
        good, total = self._good[high] - self._good[low], self._total[high] - self._total[low]
        for quarter in range(max(start, self._frontier), end - QUARTER_MS + 1, QUARTER_MS):
            more, of = self._count(quarter)
            good, total = good + more, total + of
        enough = total >= self.terms.min_observations and total > 0
        ratio = Fraction(good, total) if enough else None
        verdict = LatencyVerdict.TOO_FEW
        if ratio is not None:
            verdict = LatencyVerdict.MET if ratio >= self.terms.target else LatencyVerdict.MISSED
        return LatencyFigure(good, total, ratio, self.terms.target, self.terms.threshold_us, verdict)

    def _count(self, quarter: int) -> tuple[int, int]:
        """Those of a quarter hour that lies wholly in measured time; of another one none."""
        if self._account.sums(quarter, quarter + QUARTER_MS).measured_ms < QUARTER_MS:
            return 0, 0
        return self._counts(quarter)

    def _counts(self, quarter: int) -> tuple[int, int]:
        good = total = 0
        for source in self._sources:
            more, of = source.counts(quarter, self.terms.threshold_us)
            good, total = good + more, total + of
        return good, total
