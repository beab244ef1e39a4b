"""The wall clock of a time zone: when its offset changes, and when it first reads a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000
EPOCH_DAY = date(1970, 1, 1).toordinal()
_STEP_MS = 12 * HOUR_MS  # no zone has changed its offset twice in so short a time


@dataclass(frozen=True, slots=True)
class Offset:
    """In [start, end) the wall clock reads UTC plus `ms`."""

    start: int
    end: int
    ms: int


def offset_at(zone: ZoneInfo, at: int) -> int:
    """What the wall clock is ahead of UTC, in ms."""
    moment = datetime.fromtimestamp(at // 1000, zone)
    offset = moment.utcoffset() or timedelta()
    return (offset.days * 86_400 + offset.seconds) * 1000


def _change(zone: ZoneInfo, low: int, high: int, before: int) -> int:
    """The first whole second in (low, high] whose offset is not `before`."""
    while high - low > 1000:
        middle = (low + high) // 2000 * 1000
        if offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=4096)
def offsets(name: str, start: int, end: int) -> tuple[Offset, ...]:
    """The offsets in force in [start, end), in order."""
    zone = ZoneInfo(name)
    start -= start % 1000
    out: list[Offset] = []
    since, at, current = start, start, offset_at(zone, start)
    while at < end:
        ahead = min(at + _STEP_MS, end + -end % 1000)
        offset = offset_at(zone, ahead)
        if offset != current:
            ahead = _change(zone, at, ahead, current)
            out.append(Offset(since, ahead, current))
            since, current = ahead, offset_at(zone, ahead)
        at = ahead
    if since < end:
        out.append(Offset(since, end, current))
    return tuple(out)


def first_reading(stretches: Sequence[Offset], wall_ms: int) -> int | None:
    """When the clock first reads `wall_ms` (ms since 1970 on the wall) or jumps over it; None: not in the stretches."""
    for offset in stretches:
        at = max(offset.start, wall_ms - offset.ms)
        if at < offset.end:
            return at
    return None


@lru_cache(maxsize=20_000)
def midnight(zone: str, day: date) -> int:
    """The first instant of a date: when the wall clock first reads its 00:00, or jumps over it."""
    wall_ms = wall_midnight(day)
    # offsets lie within a day of UTC; ask from well before
    found = first_reading(offsets(zone, wall_ms - 30 * HOUR_MS, wall_ms + 30 * HOUR_MS), wall_ms)
    return wall_ms if found is None else found


def wall_midnight(day: date) -> int:
    """A date's 00:00 in ms since 1970 on the wall."""
    return (day.toordinal() - EPOCH_DAY) * DAY_MS


def date_at(zone: str, at: int) -> date:
    """The date that the wall clock shows."""
    return datetime.fromtimestamp(at // 1000, ZoneInfo(zone)).date()


def utc_datetime(at: int) -> datetime:
    """An instant as an aware datetime in UTC."""
    return datetime.fromtimestamp(at // 1000, UTC) + timedelta(milliseconds=at % 1000)
