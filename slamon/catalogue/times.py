"""Dates and instants in a zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def at_midnight(day: date) -> datetime:
    """The naive midnight of a date."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall-clock reading, its zone is put in by the caller


def instant(value: date | int | None, zone: str) -> int | None:
    """Milliseconds of a time, or of a date's first instant in the zone; None stays None."""
    if value is None or isinstance(value, int):
        return value
    return round(at_midnight(value).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)
