"""Recurring dates: rules of RFC 5545, of dates only."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from dateutil.rrule import rrule, rruleset, rrulestr

from slamon.accounting.terms import DateRule
from slamon.catalogue.times import at_midnight

EXAMPLE = "FREQ=MONTHLY;BYDAY=1SU"
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = (
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "BYSETPOS",
    "BYWEEKNO",
    "BYYEARDAY",
    "COUNT",
    "FREQ",
    "INTERVAL",
    "UNTIL",
    "WKST",
)
_NUMBER = re.compile(r"[0-9]{1,5}")
_DATE = re.compile(r"[0-9]{8}")
_WATCHED = timedelta(days=50 * 366)


def _parts(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.upper().split(";")]
    return {name: value for name, _, value in pairs}


def _rule(text: str, first: date, **changes: Any) -> rrule | rruleset:
    found = rrulestr(text, dtstart=at_midnight(first), cache=not changes)
    return found.replace(**changes) if changes and isinstance(found, rrule) else found


def examine(text: str, first: date) -> None:
    """ValueError, saying what was expected, where the text is no rule of dates or has no date from `first` on."""
    parts = _parts(text)
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError(f"a rule of dates with FREQ={', '.join(_FREQUENCIES[:-1])} or {_FREQUENCIES[-1]}")
    unknown = [name for name in parts if name not in _PARTS]
    if unknown or ":" in text or "\n" in text:
        raise ValueError(f"a rule of {', '.join(_PARTS)} only, for example {EXAMPLE}")
    if any(name in parts and not _NUMBER.fullmatch(parts[name]) for name in ("INTERVAL", "COUNT")):
        raise ValueError(f"INTERVAL and COUNT as numbers of at most five digits, for example {EXAMPLE};INTERVAL=2")
    if "UNTIL" in parts and not _DATE.fullmatch(parts["UNTIL"]):
        raise ValueError(f"UNTIL as a date, for example {EXAMPLE};UNTIL=20271231")
    try:
        end = at_midnight(first) + _WATCHED
        until = min(end, rrulestr(text, dtstart=at_midnight(first))._until or end)  # type: ignore[union-attr]
        dated = next(iter(_rule(text, first, count=None, until=until)), None)
    except (ValueError, LookupError, TypeError, OverflowError, AttributeError):
        raise ValueError(f"a rule of RFC 5545, for example {EXAMPLE}") from None
    if dated is None:
        raise ValueError(f"a rule that has a date, for example {EXAMPLE}")


def recurrence(text: str, first: date) -> DateRule:
    """The dates of a rule from `first` on."""
    rules = _rule(text, first)

    def dates(start: date, end: date) -> Sequence[date]:
        return [moment.date() for moment in rules.between(at_midnight(start), at_midnight(end), inc=True)]

    return dates
