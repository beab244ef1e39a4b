"""Satisfaction of a customer with a service over a span of days: counted over all scores, never over averages.

Shares and scores are exact fractions; the bounds of intervals are decimals of 95 % confidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import sqrt

from slamon.desk.things import Satisfaction, Scale

FEW = 30
"""With fewer scores the interval says more than the figure does: it is told with it."""

_Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""

_PSEUDO = 0.75
_SATISFIED = 4
_PROMOTER = 9
_PASSIVE = 7


@dataclass(frozen=True, slots=True)
class Interval:
    """Between these the figure of all whom nobody asked lies, with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Csat:
    """`satisfied` of `count` gave 4 or 5; `total`: the sum of all scores."""

    count: int
    satisfied: int
    total: int

    @property
    def ratio(self) -> Fraction:
        """The share of those who are satisfied."""
        return Fraction(self.satisfied, self.count)

    @property
    def mean(self) -> Fraction:
        """The mean score."""
        return Fraction(self.total, self.count)

    @property
    def few(self) -> bool:
        """Whether there are too few scores to rest on the figure alone."""
        return self.count < FEW

    @property
    def interval(self) -> Interval:
        """Of the share: the score interval (E. B. Wilson, Journal of the American Statistical Association 22, 1927).

        (p + z2/2n -+ z * sqrt(p (1 - p) / n + z2/4n2)) / (1 + z2/n), z2 being z squared. It stays within 0 and 1 and
        holds for small numbers.
        """
        n, p = self.count, self.satisfied / self.count
        middle, width = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return Interval(max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale))


@dataclass(frozen=True, slots=True)
class Nps:
    """How many gave 9 or 10 (`promoters`) and 0 to 6 (`detractors`), of `count`."""

    count: int
    promoters: int
    detractors: int

    @property
    def score(self) -> Fraction:
        """Promoters less detractors as a share of all: from -1 to 1 (times 100 as it is usually told)."""
        return Fraction(self.promoters - self.detractors, self.count)

    @property
    def few(self) -> bool:
        """See `Csat.few`."""
        return self.count < FEW

    @property
    def interval(self) -> Interval:
        """The adjusted Wald interval (B. Rocks, Interval Estimation for the Net Promoter Score, The American
        Statistician 70(4), 2016): three more scores are added, 3/4 promoters, 3/2 passives, 3/4 detractors.

        With their shares p and d the score p - d of a multinomial sample has the variance (p + d - (p - d)2) / n; the
        interval is p - d -+ z times its root, cut at -1 and 1.
        """
        n = self.count + 4 * _PSEUDO
        p, d = (self.promoters + _PSEUDO) / n, (self.detractors + _PSEUDO) / n
        width = _Z * sqrt((p + d - (p - d) ** 2) / n)
        return Interval(max(-1.0, p - d - width), min(1.0, p - d + width))


@dataclass(frozen=True, slots=True)
class Mood:
    """What a customer said of a service, or (`service` None) of all together; None: nobody was asked on that scale."""

    customer: str
    service: str | None
    csat: Csat | None
    nps: Nps | None


def csat(scores: Iterable[int]) -> Csat | None:
    """Of scores from 1 to 5; None without any."""
    told = list(scores)
    return Csat(len(told), sum(score >= _SATISFIED for score in told), sum(told)) if told else None


def nps(scores: Iterable[int]) -> Nps | None:
    """Of scores from 0 to 10; None without any."""
    told = list(scores)
    promoters, detractors = sum(score >= _PROMOTER for score in told), sum(score < _PASSIVE for score in told)
    return Nps(len(told), promoters, detractors) if told else None


def mood(customer: str, service: str | None, told: Iterable[Satisfaction]) -> Mood:
    """Of scores that were chosen already."""
    by_scale: dict[Scale, list[int]] = {Scale.CSAT: [], Scale.NPS: []}
    for one in told:
        by_scale[one.scale].append(one.score)
    return Mood(customer, service, csat(by_scale[Scale.CSAT]), nps(by_scale[Scale.NPS]))


def moods(told: Iterable[Satisfaction], first: date, last: date) -> list[Mood]:
    """By customer and service, of those asked from `first` to `last`; what is said of no service stands by itself."""
    found: dict[tuple[str, str | None], list[Satisfaction]] = {}
    for one in told:
        if first <= one.asked <= last:
            found.setdefault((one.customer, one.service), []).append(one)
    return [mood(*key, found[key]) for key in sorted(found, key=lambda key: (key[0], key[1] or ""))]


def of_customers(told: Iterable[Satisfaction], first: date, last: date) -> list[Mood]:
    """By customer alone, each over all of its scores, whatever service they are about."""
    found: dict[str, list[Satisfaction]] = {}
    for one in told:
        if first <= one.asked <= last:
            found.setdefault(one.customer, []).append(one)
    return [mood(customer, None, found[customer]) for customer in sorted(found)]
