"""Weeks from Monday, months, quarters and years, cut in an agreement's time zone; and free spans."""

import re
from datetime import UTC, date, datetime, timedelta

from slamon.accounting.figure import Period
from slamon.accounting.terms import PeriodKind
from slamon.accounting.zones import date_at, midnight

_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_FORMS = re.compile(r"(?P<year>[0-9]{4})(?:-(?:W(?P<week>[0-9]{2})|Q(?P<quarter>[1-4])|(?P<month>[0-9]{2})))?")
_EXAMPLES = 'write "2026-10", "2026-W43", "2026-Q4", "2026" or a span as "2026-10-01/2026-10-15"'
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _first_day(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next_day(kind: PeriodKind, first: date) -> date:
    if kind is PeriodKind.WEEK:
        return first + timedelta(days=7)
    after = first.month - 1 + _MONTHS[kind]
    return date(first.year + after // 12, after % 12 + 1, 1)


def _name(kind: PeriodKind, first: date) -> str:
    if kind is PeriodKind.WEEK:
        year, week, _ = first.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if kind is PeriodKind.MONTH:
        return f"{first.year:04d}-{first.month:02d}"
    return f"{first.year:04d}-Q{first.month // 3 + 1}" if kind is PeriodKind.QUARTER else f"{first.year:04d}"


def _period(kind: PeriodKind, zone: str, first: date) -> Period:
    return Period(_name(kind, first), midnight(zone, first), midnight(zone, _next_day(kind, first)), kind)


def period_of(kind: PeriodKind, zone: str, at: int) -> Period:
    """The period that holds the instant."""
    period = _period(kind, zone, _first_day(kind, date_at(zone, at)))
    # where clocks go back over midnight, a date is shown again after the next one has begun
    return period if at < period.end else _period(kind, zone, date_at(zone, period.end + 43_200_000))


def previous_period(period: Period, zone: str) -> Period:
    """The calendar period before a calendar period."""
    return period_of(_kind(period), zone, period.start - 1)


def next_period(period: Period, zone: str) -> Period:
    """The calendar period after a calendar period."""
    return period_of(_kind(period), zone, period.end)


def whole_before(kind: PeriodKind, zone: str, at: int, count: int) -> list[Period]:
    """The last so many calendar periods that are over at an instant, the oldest first."""
    found = [previous_period(period_of(kind, zone, at), zone)]
    while len(found) < count:
        found.append(previous_period(found[-1], zone))
    return found[::-1][:count]


def _kind(period: Period) -> PeriodKind:
    if period.kind is None:
        raise ValueError(f"{period.name} is a free span, which has no neighbours")
    return period.kind


def parse_period(name: str, zone: str) -> Period:
    """The period of a name, or a free span START/END of dates (midnight in the zone) or times with an offset.

    ValueError where there is none.
    """
    try:
        found = _FORMS.fullmatch(name)
        if found is not None:
            return _calendar(found, zone)
        if "/" in name:
            return _span(name, zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name!r} names no period that exists ({error}): {_EXAMPLES}") from error
    raise ValueError(f"{name!r} names no period: {_EXAMPLES}")


def _calendar(found: re.Match[str], zone: str) -> Period:
    year, week, quarter, month = found.group("year", "week", "quarter", "month")
    if week is not None:
        return _period(PeriodKind.WEEK, zone, date.fromisocalendar(int(year), int(week), 1))
    if quarter is not None:
        return _period(PeriodKind.QUARTER, zone, date(int(year), int(quarter) * 3 - 2, 1))
    if month is not None:
        return _period(PeriodKind.MONTH, zone, date(int(year), int(month), 1))
    return _period(PeriodKind.YEAR, zone, date(int(year), 1, 1))


def _span(name: str, zone: str) -> Period:
    first, last = name.split("/", 1)
    start, end = _edge(first, zone), _edge(last, zone)
    if start >= end:
        raise ValueError("it ends before it begins")
    return Period(name, start, end, None)


def _edge(words: str, zone: str) -> int:
    if len(words) == len("2026-10-01"):
        return midnight(zone, date.fromisoformat(words))
    at = datetime.fromisoformat(words)
    if at.tzinfo is None:
        raise ValueError(f"{words} has no offset: end it in Z or +02:00")
    return (at - _EPOCH) // timedelta(milliseconds=1)
