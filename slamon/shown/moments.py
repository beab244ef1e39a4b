"""Instants as text, and text as an instant that is past."""

from datetime import UTC, datetime, timedelta

from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END_MS = 7_258_118_400_000
"""The year 2200: nobody agrees on anything beyond."""

_SAID = 60
"""So much of what was written is repeated in a complaint, in characters."""

EXAMPLE = "2026-10-05T12:00:00Z"


def instant_text(at: int) -> str:
    """An instant in ms as ISO-8601 in UTC: 2026-10-05T00:16:40.000Z."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed_instant(text: str) -> int:
    """A time from 1970 to 2199 with its offset or Z, or whole milliseconds since 1970, in ms; UsageError otherwise."""
    try:
        at = int(text) if text.isdecimal() and text.isascii() else instant_ms(text)
    except (ValueError, OverflowError):
        raise _unreadable(text, "a time with its offset or Z") from None
    if not 0 <= at < _END_MS:
        raise _unreadable(text, "a time from 1970 to 2199")
    return at


def _unreadable(text: str, expected: str) -> UsageError:
    said = text if len(text) <= _SAID else text[: _SAID - 3] + "..."
    return UsageError(f"at {said!r}: expected {expected}, as {EXAMPLE}")


def future(at: int, now: int) -> UsageError:
    """What is said of a moment that is still to come."""
    return UsageError(f"at {instant_text(at)} is in the future: it is {instant_text(now)} now")


def instant(text: str, now: int) -> int:
    """The same, not later than `now` (ms): UsageError for a moment still to come."""
    at = parsed_instant(text)
    if at > now:
        raise future(at, now)
    return at
