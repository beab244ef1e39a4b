"""Periods to come, drawn from the outages of the past: how likely a target is to be kept.

The clock of the simulation is the agreement's own: it runs in measured time only (service hours, without maintenance
and corrections). Up times are exponential, and lengths are drawn from those counted in the past, so that outages never
overlap. What is uncertain about the rate is drawn too.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Protocol

from slamon.accounting.figure import Figure

MOST_DRAWS = 10_000_000
"""More outages than that in all runs together are not drawn: some ten seconds."""


class Dice(Protocol):
    """Where chance comes from: `random.Random(seed)` is one."""

    def random(self) -> float:
        """Uniform in [0, 1)."""
        ...

    def expovariate(self, lambd: float, /) -> float:
        """Exponential with that rate."""
        ...

    def gammavariate(self, alpha: float, beta: float, /) -> float:
        """Gamma with shape alpha and scale beta."""
        ...


@dataclass(frozen=True, slots=True)
class Past:
    """What was measured: the time in which an outage could have begun, and the counted length of each, in ms."""

    up_ms: int
    lengths_ms: tuple[int, ...]

    def expected(self, ahead_ms: int) -> float:
        """How many outages so much measured time would bring, roughly; with none measured, half a one in the past."""
        return ahead_ms * (len(self.lengths_ms) + 0.5) / self.up_ms if self.up_ms else 0.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """The downtime of each run, in order of size, in `ahead_ms` of measured time."""

    ahead_ms: int
    downtimes_ms: tuple[int, ...]

    def kept(self, target: Fraction) -> int:
        """The runs with (ahead - downtime) / ahead >= target, exactly."""
        allowed = (1 - target) * self.ahead_ms
        return bisect_right(self.downtimes_ms, allowed.numerator // allowed.denominator)

    def availability(self, share: Fraction) -> Fraction:
        """The availability that this share of the runs did not fall short of."""
        runs = len(self.downtimes_ms)
        place = min(-(-share.numerator * runs // share.denominator), runs) - 1
        return Fraction(self.ahead_ms - self.downtimes_ms[max(place, 0)], self.ahead_ms)


def past(figures: Iterable[Figure]) -> Past:
    """What the figures of one service under one agreement measured; an outage over a period's end is one of both."""
    found = list(figures)
    up = sum(figure.known_ms - figure.downtime_ms for figure in found)
    return Past(up, tuple(outage.counted_ms for figure in found for outage in figure.outages))


def simulate(measured: Past, ahead_ms: int, runs: int, dice: Dice) -> Simulated:
    """Draws so many periods of `ahead_ms` measured time; the same dice give the same.

    An alternating renewal process. In each run the rate of outages per ms of up time is drawn from its posterior
    Gamma(n + 1/2, T) after n outages in T ms of up time: the conjugate of the Poisson likelihood with Jeffreys' prior
    (A. Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, 2.6 and 2.8). Lengths are drawn with replacement from those
    measured: the bootstrap (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7
    (1979), 1-26). So no outage is longer than the longest that was measured. A run begins up.
    ValueError without an outage, up time or time ahead: there is nothing to draw from, or for.
    """
    if not measured.lengths_ms or measured.up_ms <= 0 or ahead_ms <= 0:
        raise ValueError("nothing to draw from")
    shape, scale = len(measured.lengths_ms) + 0.5, 1 / measured.up_ms
    drawn = (_run(measured.lengths_ms, dice.gammavariate(shape, scale), ahead_ms, dice) for _ in range(runs))
    return Simulated(ahead_ms, tuple(sorted(drawn)))


def _run(lengths: tuple[int, ...], rate: float, ahead_ms: int, dice: Dice) -> int:
    """The downtime of one run."""
    count, down, at = len(lengths), 0, 0.0
    while True:
        at += dice.expovariate(rate) if rate > 0 else ahead_ms
        if at >= ahead_ms:
            return down
        length = lengths[int(dice.random() * count)]
        down += min(length, ahead_ms - int(at))
        at += length


def untouched(measured: Past, ahead_ms: int) -> float:
    """The chance of no outage at all in the time ahead, by the same posterior: (T / (T + ahead))^(n + 1/2)."""
    if measured.up_ms <= 0:
        raise ValueError("nothing was seen")
    ratio: float = (measured.up_ms / (measured.up_ms + ahead_ms)) ** (len(measured.lengths_ms) + 0.5)
    return ratio


def error(kept: int, runs: int) -> float:
    """How far the share of kept runs may be off by chance, with 95 % confidence.

    1.96 sqrt(p (1 - p) / N); where every run or none was kept 3 / N, the rule of three (J. A. Hanley and A.
    Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983), 1743-1745).
    """
    share = kept / runs
    return 3 / runs if kept in (0, runs) else 1.96 * sqrt(share * (1 - share) / runs)
