"""When a cron expression is due, by the wall clock of a zone.

The five fields as cron reads them: minute, hour, day of the month, month, day of the week. Where both kinds of days are
restricted, either is enough. On nights in which the clocks change cron's own habits are kept: an expression whose
minutes or hours begin with `*` goes by the time that passes (both readings of a repeated hour, none of a skipped one);
any other is due when the clock first reads the time, and at the moment of the jump where it skips it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from slamon.accounting.zones import DAY_MS, HOUR_MS, MINUTE_MS, date_at, first_reading, offsets, wall_midnight

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ITEM = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/([0-9]+))?")
_LONGEST_DAYS = 9 * 366
"""The 29th of February comes within eight years, 1 March 2096 included."""

_ANY_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression. `minutes`: those of a day, in order; `passing`: it goes by the time that passes."""

    text: str
    minutes: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    passing: bool

    def on(self, day: date) -> bool:
        """Whether it is due on a date."""
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.either_day else by_month and by_week

    def after(self, at: int, zone: str) -> int:
        """The first instant (ms) after `at` at which it is due."""
        day = date_at(zone, at) - timedelta(days=1)
        for _ in range(_LONGEST_DAYS):
            if self.on(day):
                found = min((due for due in self._due(day, zone) if due > at), default=None)
                if found is not None:
                    return found
            day += timedelta(days=1)
        raise AssertionError("a parsed expression is due within nine years")

    def longest_gap_ms(self) -> int:
        """The longest time from one due moment to the next, by a wall clock that never changes."""
        return _longest_gap_ms(self)

    def _due(self, day: date, zone: str) -> Iterator[int]:
        midnight = wall_midnight(day)
        stretches = offsets(zone, midnight - 30 * HOUR_MS, midnight + DAY_MS + 30 * HOUR_MS)
        for minute in self.minutes:
            wall = midnight + minute * MINUTE_MS
            if not self.passing:
                found = first_reading(stretches, wall)
                if found is not None:
                    yield found
                continue
            for stretch in stretches:
                if stretch.start <= wall - stretch.ms < stretch.end:
                    yield wall - stretch.ms


@lru_cache(4096)
def parse_cron(text: str) -> Cron:
    """Reads an expression; ValueError with what was expected."""
    fields = _NAMED.get(text.strip().lower(), text).split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            "five fields (minute, hour, day of the month, month, day of the week), for example 30 2 * * mon-fri"
        )
    minute, hour, day, month, weekday = (_read(part, field) for part, field in zip(fields, _FIELDS, strict=True))
    cron = Cron(
        text,
        tuple(sorted(h * 60 + m for h in hour for m in minute)),
        day,
        month,
        frozenset(number % 7 for number in weekday),
        either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
        passing=fields[0].startswith("*") or fields[1].startswith("*"),
    )
    if not any(cron.on(day) for day in _days(_ANY_DAY)):
        raise ValueError("days that there are: this is never due")
    return cron


@lru_cache(4096)
def _longest_gap_ms(cron: Cron) -> int:
    gaps = [later - earlier for earlier, later in pairwise(cron.minutes)]
    due = [number for number, day in enumerate(_days(_ANY_DAY)) if cron.on(day)]
    nights = [later - earlier for earlier, later in pairwise(due)]
    return max([*gaps, max(nights) * 1440 + cron.minutes[0] - cron.minutes[-1]]) * MINUTE_MS


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(_LONGEST_DAYS))


def _read(text: str, field: _Field) -> frozenset[int]:
    return frozenset(number for item in text.split(",") for number in _item(item, field))


def _item(text: str, field: _Field) -> Sequence[int]:
    found = _ITEM.fullmatch(text)
    if found is None:
        raise _wrong(text, field)
    star, first, last, step = found.groups()
    every = int(step) if step else 1
    if not 1 <= every <= field.high:
        raise _wrong(text, field)
    if star:
        return range(field.low, field.high + 1, every)
    low = _number(first, field, text)
    high = _number(last, field, text) if last else (field.high if step else low)
    if field.words is _DAYS and high < low:  # sat-sun, fri-mon: over the end of the week
        return [number % 7 for number in range(low, high + 8, every)]
    if high < low:
        raise _wrong(text, field)
    return range(low, high + 1, every)


def _number(word: str, field: _Field, text: str) -> int:
    if word.lower() in field.words:
        return field.words.index(word.lower()) + (field.words is _MONTHS)
    if not word.isascii() or not word.isdecimal() or not field.low <= int(word) <= field.high:
        raise _wrong(text, field)
    return int(word)


def _wrong(text: str, field: _Field) -> ValueError:
    names = f", or {field.words[0]} to {field.words[-1]}" if field.words else ""
    expected = f"{field.low} to {field.high}{names} as the {field.name} (*, lists, ranges and steps too)"
    return ValueError(f"{expected} instead of {text[:20]!r}")
