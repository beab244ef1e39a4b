"""When an agreement is in service, and which maintenance counts: known beforehand, whatever is observed.

Section 4, rules 1 and 3 of ACCOUNTING.md.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from slamon.accounting.facts import Span
from slamon.accounting.figure import Period
from slamon.accounting.spans import clipped, common, first, joined
from slamon.accounting.terms import Calendar, MinuteSpans, OneOff, Recurring, Revision
from slamon.accounting.zones import DAY_MS, EPOCH_DAY, MINUTE_MS, Offset, first_reading, offsets, wall_midnight


def validity(revision: Revision, start: int, end: int) -> Span | None:
    """What of [start, end) the revision is in force."""
    if revision.valid_from is not None:
        start = max(start, revision.valid_from)
    if revision.valid_until is not None:
        end = min(end, revision.valid_until)
    return Span(start, end) if start < end else None


def _wall_days(stretch: Offset) -> tuple[int, int]:
    """Ordinals of the first and the last date that the wall clock shows in the stretch."""
    return (stretch.start + stretch.ms) // DAY_MS + EPOCH_DAY, (stretch.end - 1 + stretch.ms) // DAY_MS + EPOCH_DAY


def _hours_of(calendar: Calendar, free: set[date], day: date) -> MinuteSpans:
    if day in calendar.closed:
        return ()
    own = calendar.dates.get(day)
    if own is not None:
        return own
    return () if day in free else calendar.hours[day.weekday()]


def _open_hours(calendar: Calendar, stretches: Sequence[Offset]) -> Iterator[Span]:
    """The instants whose wall time lies inside the hours, one stretch of equal offset after the other."""
    low, high = _wall_days(stretches[0])[0], max(_wall_days(s)[1] for s in stretches)
    free: set[date] = set()
    if calendar.holidays is not None:
        free = set(calendar.holidays(date.fromordinal(low) - timedelta(days=1), date.fromordinal(high + 1)))
    for stretch in stretches:
        begin, end = _wall_days(stretch)
        for ordinal in range(begin, end + 1):
            day = date.fromordinal(ordinal)
            midnight = wall_midnight(day) - stretch.ms
            for opens, closes in _hours_of(calendar, free, day):
                span = Span(
                    max(stretch.start, midnight + opens * MINUTE_MS), min(stretch.end, midnight + closes * MINUTE_MS)
                )
                if span.start < span.end:
                    yield span


def in_service(revision: Revision, start: int, end: int) -> list[Span]:
    """When the agreement is in service within [start, end): validity and service hours."""
    valid = validity(revision, start, end)
    if valid is None:
        return []
    if revision.hours is None:
        return [valid]
    spans = joined(_open_hours(revision.hours, offsets(revision.zone, valid.start, valid.end)))
    return clipped(spans, valid.start, valid.end)


def _announced_in_time(entry: OneOff, notice_ms: int | None) -> bool:
    if notice_ms is None:
        return True
    return entry.announced is not None and entry.announced + notice_ms <= entry.start


def _recurrences(entry: Recurring, zone: str, start: int, end: int) -> Iterator[Span]:
    """A recurring maintenance's spans that reach into [start, end)."""
    reach = entry.duration_ms + 2 * DAY_MS
    stretches = offsets(zone, start - reach, end + 2 * DAY_MS)
    low = max(_wall_days(stretches[0])[0] + 1, entry.start_date.toordinal())
    high = _wall_days(stretches[-1])[1] - 1
    if low > high:
        return
    for day in entry.dates(date.fromordinal(low), date.fromordinal(high)):
        if day >= entry.start_date:
            begins = first_reading(stretches, wall_midnight(day) + entry.at_minute * MINUTE_MS)
            if begins is not None:
                yield Span(begins, begins + entry.duration_ms)


def planned(revision: Revision, start: int, end: int) -> list[Span]:
    """Planned maintenance that counts, before any limit, within [start, end)."""
    spans: list[Span] = []
    for entry in revision.maintenance:
        if isinstance(entry, Recurring):
            spans += _recurrences(entry, revision.zone, start, end)
        elif _announced_in_time(entry, revision.rules.notice_ms):
            spans.append(Span(entry.start, entry.end))
    return clipped(joined(spans), start, end)


def maintained(revision: Revision, period: Period, serving: Sequence[Span]) -> list[Span]:
    """The in-service time of one period that planned maintenance covers, of which only `maintenance_max` counts."""
    covered = common(serving, planned(revision, period.start, period.end))
    limit = revision.rules.maintenance_max_ms
    return covered if limit is None else first(covered, limit)
