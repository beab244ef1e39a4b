"""What the moments of a figure were accounted as, stretch by stretch and day by day."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from slamon.accounting.plan import Moment
from slamon.accounting.zones import date_at, midnight
from slamon.reports.document import DayShare
from slamon.reports.grounds import Ground


class Was(StrEnum):
    """What a stretch was accounted as; keys of messages (`was.up`)."""

    OUT = "out"
    UP = "up"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    DOWN = "down"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) of one class. `seen`: somebody looked; `unknown`: it counts as unknown time too."""

    start: int
    end: int
    was: Was
    seen: bool

    @property
    def ms(self) -> int:
        """Its length."""
        return self.end - self.start


def _class(flags: tuple[int, ...]) -> tuple[Was, bool]:
    serving, excluded, unknown, down, degraded, seen = flags
    if not serving:
        return Was.OUT, False
    if excluded:
        return Was.EXCLUDED, False
    was = Was.DOWN if down else Was.UNKNOWN if unknown else Was.DEGRADED if degraded else Was.UP
    return was, bool(seen)


def stretches(ground: Ground, start: int, end: int) -> list[Stretch]:
    """The stretches of [start, end), equal neighbours as one."""
    if start >= end:
        return []
    account = ground.part.account
    changes = account.classes(start, end)
    out: list[Stretch] = []
    for place, (at, flags) in enumerate(changes):
        until = changes[place + 1][0] if place + 1 < len(changes) else end
        was, seen = _class(flags)
        if out and (out[-1].was, out[-1].seen) == (was, seen):
            out[-1] = Stretch(out[-1].start, until, was, seen)
        elif at < until:
            out.append(Stretch(at, until, was, seen))
    return out


def corrected(ground: Ground, start: int, end: int) -> int:
    """How many ms of [start, end) an excluding correction took out."""
    covering = [c for c in ground.figure.corrections if c.kind.value == "exclude"]
    spans = sorted((max(c.start, start), min(c.end, end)) for c in covering if c.start < end and start < c.end)
    total, reached = 0, start
    for low, high in spans:
        total += sum(s.ms for s in stretches(ground, max(low, reached), high) if s.was is Was.EXCLUDED)
        reached = max(reached, high)
    return total


_midnight = lru_cache(maxsize=2_000)(midnight)


def days(ground: Ground) -> Iterator[DayShare]:
    """The days of the period that have begun, in the agreement's zone."""
    start, end = ground.span
    zone = ground.revision.zone
    day = date_at(zone, start)
    while start < end and _midnight(zone, day) < end:
        after = day + timedelta(days=1)
        sums = ground.part.account.sums(max(_midnight(zone, day), start), min(_midnight(zone, after), end))
        yield DayShare(day, sums.in_service_ms, sums.excluded_ms, sums.unknown_ms, sums.downtime_ms, sums.degraded_ms)
        day = after


def said_otherwise(ground: Ground, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The stretches of [start, end) that a correction says were up."""
    past = ground.part.account.plan.past
    place = max(bisect_right(past.times, start) - 1, 0)
    for i in range(place, len(past.times)):
        low, high = past.times[i], past.times[i + 1] if i + 1 < len(past.times) else end
        if low >= end:
            return
        if past.codes[i] == Moment.SAID_UP:
            yield max(low, start), min(high, end)
