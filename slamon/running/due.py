"""When what happens by itself is due: runs of scheduled reports, closings. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slamon.accounting import Calendar, Period, PeriodKind, next_period, period_of, previous_period
from slamon.accounting.workdays import on_the_clock, working_day
from slamon.accounting.zones import date_at
from slamon.catalogue import Catalogue
from slamon.catalogue.meaning import reported
from slamon.catalogue.reporting import Closing, ScheduledReport
from slamon.catalogue.terms import calendar

MOST = 12
"""So many missed periods are made up, the newest ones."""


@dataclass(frozen=True, slots=True)
class Due:
    """A period that something is due for, and when (ms)."""

    period: str
    at: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Which working day after a period's end, at which minute of the day, by which clock.

    `zones`: in none of them may the period still run.
    """

    kind: PeriodKind
    zone: str
    day: int
    minutes: int
    workdays: Calendar | None
    zones: tuple[str, ...] = ()

    def of(self, period: Period) -> int | None:
        """When a period (of `zone`) is due; None where the calendar has no such working day."""
        day = working_day(self.workdays, date_at(self.zone, period.end), self.day)
        if day is None:
            return None
        ends = [period_of(self.kind, zone, period.start + (period.end - period.start) // 2).end for zone in self.zones]
        return max(on_the_clock(self.zone, day, self.minutes), period.end, *ends)

    def due(self, since: int, now: int) -> list[Due]:
        """What came due in [since, now], the oldest first; of many the newest."""
        found: list[Due] = []
        period = period_of(self.kind, self.zone, now)
        for _ in range(MOST + 1):
            period = previous_period(period, self.zone)
            at = self.of(period)
            if at is not None and since <= at <= now:
                found.insert(0, Due(period.name, at))
        return found[-MOST:]

    def next(self, now: int) -> Due | None:
        """What comes due first after `now`."""
        period = previous_period(period_of(self.kind, self.zone, now), self.zone)
        for _ in range(MOST):
            at = self.of(period)
            if at is not None and at > now:
                return Due(period.name, at)
            period = next_period(period, self.zone)
        return None


def report_rule(catalogue: Catalogue, report: ScheduledReport) -> Rule:
    """When a scheduled report is due."""
    zones = {catalogue.agreements[name].timezone for name in reported(catalogue, report)}
    return Rule(
        report.period,
        report.timezone,
        report.working_day,
        report.at,
        _workdays(catalogue, report.calendar),
        tuple(sorted(zones)),
    )


def closing_rules(catalogue: Catalogue) -> Mapping[str, Rule]:
    """When the periods of each agreement that is closed by itself are."""
    return dict(_closing_rules(catalogue))


def _closing_rules(catalogue: Catalogue) -> Iterator[tuple[str, Rule]]:
    for name, agreement in catalogue.agreements.items():
        closing: Closing | None = agreement.closing or catalogue.closing
        if closing is not None and closing.after_working_days:
            workdays = _workdays(catalogue, closing.calendar)
            yield name, Rule(agreement.period, agreement.timezone, closing.after_working_days, closing.at, workdays)


def _workdays(catalogue: Catalogue, name: str | None) -> Calendar | None:
    return None if name is None else calendar(name, catalogue.calendars)
