"""Instants as text, and text as an instant that is past."""

from datetime import UTC, datetime, timedelta

from slamon.catalogue.quantities import instant_ms
from slamon.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_MS = 15
"""Digits of milliseconds since 1970: more are beyond the year 9999."""

EXAMPLE = "2026-10-05T12:00:00Z"


def instant_text(at: int) -> str:
    """An instant in ms as ISO-8601 in UTC: 2026-10-05T00:16:40.000Z."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed_instant(text: str) -> int:
    """A time with its offset or Z, or whole milliseconds since 1970, in ms; UsageError for what is neither."""
    try:
        return int(text) if text.isdecimal() and text.isascii() and len(text) < _LONGEST_MS else instant_ms(text)
    except (ValueError, OverflowError):
        said = text if len(text) <= 60 else text[:57] + "..."
        raise UsageError(f"at {said!r}: expected a time with its offset or Z, as {EXAMPLE}") from None


def future(at: int, now: int) -> UsageError:
    """What is said of a moment that is still to come."""
    return UsageError(f"at {instant_text(at)} is in the future: it is {instant_text(now)} now")


def instant(text: str, now: int) -> int:
    """The same, not later than `now` (ms): UsageError for a moment still to come."""
    at = parsed_instant(text)
    if at > now:
        raise future(at, now)
    return at
