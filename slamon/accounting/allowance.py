"""What a target allows: the downtime of each whole period, as it is planned beforehand (section 7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from slamon.accounting.calendar import in_service, maintained
from slamon.accounting.facts import Span
from slamon.accounting.figure import Period
from slamon.accounting.periods import next_period, period_of
from slamon.accounting.terms import MaintenanceRule, Revision


@dataclass(frozen=True, slots=True)
class Allowance:
    """A period with its measured time, and how much of it may be down; both in ms, without corrections."""

    period: Period
    measured_ms: int
    allowed_ms: Fraction


def allowances(revision: Revision, start: int, count: int) -> Iterator[Allowance]:
    """So many whole periods, the first one that begins at or after `start`, as if the terms held in all of them."""
    terms = replace(revision, valid_from=None, valid_until=None)
    period = period_of(terms.period, terms.zone, start)
    if period.start < start:
        period = next_period(period, terms.zone)
    for _ in range(count):
        serving = in_service(terms, period.start, period.end)
        measured = _length(serving)
        if terms.rules.maintenance is MaintenanceRule.EXCLUDE:
            measured -= _length(maintained(terms, period, serving))
        yield Allowance(period, measured, (1 - terms.target) * measured)
        period = next_period(period, terms.zone)


def _length(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)
