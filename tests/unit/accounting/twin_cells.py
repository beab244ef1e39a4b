"""Seconds in a row: the wall clock, periods, and layers of one byte a second, for the naive twin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

UP, DEGRADED, UNKNOWN, DOWN = range(4)  # from best to worst, section 3.2
DAY = 86_400
# what a cell is accounted as
IN, OUT_OF_SUM, UNSEEN, FAILED, SLOW, OBSERVED = 1, 2, 4, 8, 16, 32


def sec(ms: int) -> int:
    assert ms % 1000 == 0, ms
    return ms // 1000


# ---------------------------------------------------------------- the wall clock
def wall(zone: str, at: int) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=100_000)
def first_reading(zone: str, moment: datetime) -> int:
    """The first instant at which the wall clock reads `moment`, or jumps over it."""
    guess = int(moment.replace(tzinfo=UTC).timestamp())
    return next(at for at in range(guess - 16 * 3600, guess + 16 * 3600, 60) if wall(zone, at) >= moment)


def midnight(zone: str, day: date) -> int:
    return first_reading(zone, datetime(day.year, day.month, day.day))


def period_days(kind: str, day: date) -> tuple[date, date]:
    """First date of the period that holds `day`, and of the next."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1)


def named_day(name: str) -> tuple[str, date]:
    """Kind and first date of "2026-10", "2026-W43", "2026-Q4" or "2026"."""
    year = int(name[:4])
    if "W" in name:
        return "week", date.fromisocalendar(year, int(name[6:]), 1)
    if "Q" in name:
        return "quarter", date(year, int(name[6:]) * 3 - 2, 1)
    return ("month", date(year, int(name[5:]), 1)) if len(name) > 4 else ("year", date(year, 1, 1))


# ---------------------------------------------------------------- layers
@dataclass(frozen=True)
class Grid:
    lo: int
    hi: int

    def blank(self, value: int = 0) -> bytearray:
        return bytearray([value]) * (self.hi - self.lo)

    def paint(self, layer: bytearray, start: int, end: int, value: int) -> None:
        start, end = max(start, self.lo), min(end, self.hi)
        if start < end:
            layer[start - self.lo : end - self.lo] = bytes([value]) * (end - start)

    def cut(self, layer: bytes, start: int, end: int) -> bytes:
        return layer[max(start - self.lo, 0) : max(end - self.lo, 0)]


def cellwise(rule: Callable[..., int], *layers: bytes, blocks: Sequence[int] = (DAY, 3600)) -> bytes:
    """`rule` applied cell by cell. A day or an hour in which nothing changes is computed once."""
    answer = cache(lambda *cell: rule(*cell))
    out = bytearray()
    for at in range(0, len(layers[0]), blocks[0]):
        parts = [layer[at : at + blocks[0]] for layer in layers]
        if all(part == part[:1] * len(part) for part in parts):
            out += bytes([answer(*(part[0] for part in parts))]) * len(parts[0])
        elif len(blocks) > 1:
            out += cellwise(answer, *parts, blocks=blocks[1:])
        else:
            out += bytes(map(answer, *parts))
    return bytes(out)


def total(layer: bytes, flags: int, without: int = 0) -> int:
    """Seconds of the cells that have all of `flags` and none of `without`."""
    return len(layer.translate(None, delete=bytes(c for c in range(64) if c & flags != flags or c & without)))
