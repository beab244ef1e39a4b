"""When the service is owed."""

from collections.abc import Iterator

from slamon.accounting.zones import date_at
from slamon.catalogue.calendars import Calendar, Holidays
from slamon.reports.agreed import spans_of
from slamon.reports.agreements.clauses import Chapter, Clause
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Cell, Column, Day, Many, Table, Text, say

_YEAR = 366


def hours(subject: Subject) -> Chapter:
    """Weekdays, holidays, and dates with hours of their own."""
    calendar = subject.terms.hours
    if calendar is None:
        always = Clause("hours/always", say("term.hours"), say("hours.round_the_clock"))
        return Chapter("hours", say("section.hours"), (always,))
    found = [Clause(f"hours/{day}", say(f"weekday.{day}"), spans_of(spans)) for day, spans in enumerate(calendar.hours)]
    written = subject.catalogue.calendars[calendar.id]
    found += _special(written)
    notes = (say("note.hours"), say("note.holidays")) if written.holidays else (say("note.hours"),)
    return Chapter("hours", say("section.hours"), tuple(found), notes)


def _special(calendar: Calendar) -> Iterator[Clause]:
    if calendar.holidays is not None:
        yield Clause("hours/holidays", say("term.holidays"), _holidays(calendar.holidays))
    for day in sorted(calendar.dates):
        yield Clause(f"hours/date/{day}", say("term.date", day=Day(day)), spans_of(tuple(sorted(calendar.dates[day]))))
    for day in sorted(calendar.closed):
        yield Clause(f"hours/date/{day}", say("term.date", day=Day(day)), say("hours.closed"))


def _holidays(which: Holidays) -> Cell:
    place = which.country if which.subdivision is None else f"{which.country}-{which.subdivision}"
    categories = Many(tuple(Text(name) for name in sorted(set(which.categories))))
    return say("hours.none_on_holidays", place=Text(place), categories=categories)


def holidays(subject: Subject, at: int) -> Table | None:
    """The public holidays of a year from an instant on, as they are known now: for the reader, not a term."""
    calendar = subject.terms.hours
    if calendar is None or calendar.holidays is None:
        return None
    first = date_at(subject.zone, at)
    found = calendar.holidays(first, date_at(subject.zone, at + _YEAR * 86_400_000))
    rows = tuple((Day(day), say(f"weekday.{day.weekday()}")) for day in found if day not in calendar.dates)
    columns = (Column("column.day"), Column("column.weekday"))
    return Table("holidays", columns, rows, title=say("table.holidays")) if rows else None
