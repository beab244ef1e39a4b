"""Quantities as people write them: the one place that reads durations, percentages and sizes.

Every reader raises ValueError with what was expected and a valid example.
"""

import re
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+$"
PERCENT = r"^[0-9]+(\.[0-9]+)? ?%$"
SIZE = r"^[0-9]+ ?(B|KiB|MiB|GiB|kB|MB|GB)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
CLOCK = r"^([01][0-9]|2[0-4]):[0-5][0-9]$"

_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_UNITS_BYTES = {"B": 1, "kB": 1000, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_LONGEST_MS = 100 * 366 * 86_400_000


def whole_number(text: str) -> int | None:
    """At most eighteen digits as a number; None for anything else, and for what only Unicode takes for digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def duration_ms(value: object) -> int:
    """`1500ms`, `30s`, `1h30m` in whole milliseconds, up to a hundred years."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"a duration with a unit, for example {value:g}s")
    text = str(value).replace(" ", "")
    if not isinstance(value, str) or not re.fullmatch(DURATION, text):
        raise ValueError("a duration with units ms, s, m, h, d or w, for example 30s or 1h30m")
    total = sum((Fraction(number) * _UNITS_MS[unit] for number, unit in _PART.findall(text)), Fraction(0))
    if total.denominator != 1:
        raise ValueError("a duration of whole milliseconds, for example 1500ms")
    if total > _LONGEST_MS:
        raise ValueError("a duration of at most a hundred years")
    return int(total)


def positive_duration_ms(value: object) -> int:
    """A duration above zero."""
    milliseconds = duration_ms(value)
    if milliseconds == 0:
        raise ValueError("a duration above zero, for example 30s")
    return milliseconds


def percent(value: object) -> Fraction:
    """`99.9%` as an exact fraction, from 0 % to 100 %."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        meant = value * 100 if 0 < value < 1 else value
        raise ValueError(f"a percentage with its sign, for example {meant:g}%")
    if not isinstance(value, str) or not re.fullmatch(PERCENT, value):
        raise ValueError("a percentage, for example 99.9%")
    ratio = Fraction(value.rstrip("% ")) / 100
    if ratio > 1:
        raise ValueError("a percentage from 0% to 100%")
    return ratio


def positive_percent(value: object) -> Fraction:
    """A percentage above zero."""
    ratio = percent(value)
    if ratio == 0:
        raise ValueError("a percentage above 0% and up to 100%, for example 99.9%")
    return ratio


def retention_ms(value: object) -> int:
    """How long facts are kept: a day at least."""
    milliseconds = duration_ms(value)
    if milliseconds < _UNITS_MS["d"]:
        raise ValueError("a duration of a day or more, for example 400d")
    return milliseconds


def written_duration(milliseconds: int) -> str:
    """A duration as it would be written: in the largest unit that divides it."""
    unit = max((u for u, ms in _UNITS_MS.items() if milliseconds % ms == 0 and u != "w"), key=_UNITS_MS.__getitem__)
    return f"{milliseconds // _UNITS_MS[unit]}{unit}" if milliseconds else "0s"


def written_clock(minutes: int) -> str:
    """A time of day as it would be written."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def written_percent(ratio: Fraction) -> str:
    """A percentage as it would be written."""
    return f"{float(ratio * 100):g}%"


def written_size(size: int) -> str:
    """A size as it would be written: in the largest binary unit that divides it."""
    unit = max((u for u in ("B", "KiB", "MiB", "GiB") if size % _UNITS_BYTES[u] == 0), key=_UNITS_BYTES.__getitem__)
    return f"{size // _UNITS_BYTES[unit]}{unit}"


def size_bytes(value: object) -> int:
    """`1MiB`, `64KiB`, `500kB` in bytes."""
    if not isinstance(value, str) or not re.fullmatch(SIZE, value):
        raise ValueError("a size with its unit, for example 1MiB")
    number, unit = re.fullmatch(r"([0-9]+) ?([A-Za-z]+)", value).groups()  # type: ignore[union-attr]  # SIZE matched
    return int(number) * _UNITS_BYTES[unit]


def clock_minutes(text: object) -> int:
    """`08:30` in minutes since midnight; `24:00` is the day's end."""
    if not isinstance(text, str) or not re.fullmatch(CLOCK, text) or text > "24:00":
        raise ValueError("a time of day from 00:00 to 24:00, for example 08:30")
    return int(text[:2]) * 60 + int(text[3:])


def instant_ms(value: object) -> int:
    """`2026-10-11T02:00:00+02:00` in milliseconds since the Unix epoch; a zone or Z is required."""
    example = "a time with its offset, for example 2026-10-11T02:00:00+02:00"
    if not isinstance(value, str):
        raise ValueError(example)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(example) from None
    if "T" not in value.upper() and " " not in value:
        raise ValueError(example)
    if moment.tzinfo is None:
        raise ValueError(example)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"a time from {_FIRST_YEAR} to {_LAST_YEAR}")
    return round(moment.timestamp() * 1000)


def calendar_date(value: object) -> date:
    """`2026-12-24`, of the years 1970 to 2199."""
    if not isinstance(value, str) or not re.fullmatch(_DATE, value):
        raise ValueError("a date, for example 2026-12-24")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date that there is, for example 2026-12-24") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"a date from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def date_or_instant(value: object) -> date | int:
    """A date (midnight in the agreement's zone) or a time with its offset."""
    if isinstance(value, str) and re.fullmatch(_DATE, value):
        return calendar_date(value)
    try:
        return instant_ms(value)
    except ValueError as error:
        if str(_LAST_YEAR) in str(error):
            raise
        raise ValueError(
            "a date or a time with its offset, for example 2026-01-01 or 2026-01-01T00:00:00+01:00"
        ) from None


def _described(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"

DurationMs = Annotated[int, BeforeValidator(duration_ms), _described(DURATION, "30s")]
PositiveMs = Annotated[int, BeforeValidator(positive_duration_ms), _described(DURATION, "30s")]
Percent = Annotated[Fraction, BeforeValidator(percent), _described(PERCENT, "99.9%")]
PositivePercent = Annotated[Fraction, BeforeValidator(positive_percent), _described(PERCENT, "99.9%")]
RetentionMs = Annotated[int, BeforeValidator(retention_ms), _described(DURATION, "400d")]
SizeBytes = Annotated[int, BeforeValidator(size_bytes), _described(SIZE, "1MiB")]
ClockMinutes = Annotated[int, BeforeValidator(clock_minutes), _described(CLOCK, "02:00")]
InstantMs = Annotated[int, BeforeValidator(instant_ms), _described(_INSTANT, "2026-10-11T02:00:00+02:00")]
CalendarDate = Annotated[date, BeforeValidator(calendar_date), _described(_DATE, "2026-12-24")]
DateOrInstant = Annotated[Any, BeforeValidator(date_or_instant), _described(f"{_DATE}|{_INSTANT}", "2026-01-01")]
