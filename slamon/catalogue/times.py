"""Dates and instants in a zone."""

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import available_timezones

from slamon.accounting.zones import midnight


def at_midnight(day: date) -> datetime:
    """The naive midnight of a date."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall-clock reading, its zone is put in by the caller


def instant(value: date | int | None, zone: str) -> int | None:
    """Milliseconds of a time, or of a date's first instant in the zone; None stays None."""
    return midnight(zone, value) if isinstance(value, date) else value


def written(value: date | int | None) -> str:
    """A date as a date, an instant as a time in UTC."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat().replace("+00:00", "Z")
    return str(value)


@cache
def zone_names() -> frozenset[str]:
    """Every time zone there is."""
    return frozenset(available_timezones())
