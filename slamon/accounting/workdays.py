"""Working days: the days of a calendar that have hours, or Monday to Friday; and the instant of a time on one."""

from datetime import date, timedelta

from slamon.accounting.terms import Calendar
from slamon.accounting.zones import DAY_MS, HOUR_MS, MINUTE_MS, first_reading, offsets, wall_midnight

_FURTHEST_DAYS = 800
"""So far ahead a working day is looked for; a calendar without one for two years has none."""


def working_day(calendar: Calendar | None, first: date, number: int) -> date | None:
    """The `number`th working day from `first` on (1: the first one, maybe `first` itself).

    `calendar` None: Monday to Friday. None where the calendar has no such day within two years.
    """
    last = first + timedelta(days=_FURTHEST_DAYS)
    free = set() if calendar is None or calendar.holidays is None else set(calendar.holidays(first, last))
    day = first
    while day <= last:
        if _works(calendar, free, day):
            number -= 1
            if number == 0:
                return day
        day += timedelta(days=1)
    return None


def _works(calendar: Calendar | None, free: set[date], day: date) -> bool:
    if calendar is None:
        return day.weekday() < 5
    if day in calendar.closed:
        return False
    own = calendar.dates.get(day)
    return bool(own) if own is not None else day not in free and bool(calendar.hours[day.weekday()])


def on_the_clock(zone: str, day: date, minutes: int) -> int:
    """When the wall clock of a zone first reads a time of a date (minutes after midnight), or jumps over it; ms."""
    wall_ms = wall_midnight(day) + minutes * MINUTE_MS
    found = first_reading(offsets(zone, wall_ms - DAY_MS - 6 * HOUR_MS, wall_ms + DAY_MS + 6 * HOUR_MS), wall_ms)
    assert found is not None, "offsets lie within a day of UTC"
    return found
