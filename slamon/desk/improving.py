"""What an action brought: the figure it was to better, before it was entered and after it was done.

Both spans have one length, so that they can be compared: as long as it has been since the action's last day, at most
`Lengths.most_ms`, and no longer than facts go back before its entry. What is counted is told for a month of 30.4375
days, as expectations are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from slamon.accounting import Figure, Period
from slamon.accounting.zones import midnight
from slamon.desk.things import Action, ActionState, Complaint, Expectation, Improvement
from slamon.figures import Figures

DAY_MS = 86_400_000
MONTH_MS = Fraction(DAY_MS) * Fraction(487, 16)
"""A month on the average: 30.4375 days."""

_HIGHER_IS_BETTER = frozenset({Improvement.AVAILABILITY, Improvement.LATENCY})


class Outcome(StrEnum):
    """What became of an expectation, the first that holds."""

    NOT_DONE = "not_done"
    TOO_EARLY = "too_early"
    NO_FIGURE = "no_figure"
    REACHED = "reached"
    BETTER = "better"
    NOT_BETTER = "not_better"


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the spans must be at least to say anything, and are at most; in ms."""

    least_ms: int = 7 * DAY_MS
    most_ms: int = 90 * DAY_MS


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure of a span [start, end). `value` None: there is none. `coverage`: what of the time was observed."""

    start: int
    end: int
    value: Fraction | None
    coverage: Fraction | None


@dataclass(frozen=True, slots=True)
class Improved:
    """An expectation beside what was measured. `possible_from`: when enough time will have passed (ms), if too early.

    `before`, `after` None: nothing was measured yet.
    """

    action: Action
    expected: Expectation
    outcome: Outcome
    before: Measured | None = None
    after: Measured | None = None
    possible_from: int | None = None


def improved(
    figures: Figures, action: Action, complaints: Iterable[Complaint], now: int, lengths: Lengths | None = None
) -> Improved | None:
    """An action's expectation as known at `now` (ms); None for one without. `complaints`: all that were entered."""
    expected, limits = action.expected, lengths or Lengths()
    if expected is None:
        return None
    if action.state is not ActionState.DONE or action.ended is None:
        return Improved(action, expected, Outcome.NOT_DONE)
    if expected.agreement not in figures.book.agreements:
        return Improved(action, expected, Outcome.NO_FIGURE)
    done = _day_end(figures, expected.agreement, action.ended)
    since = now - done
    if since < limits.least_ms:
        return Improved(action, expected, Outcome.TOO_EARLY, possible_from=done + limits.least_ms)
    first = figures.book.begins(expected.service) if expected.service in figures.book.services else None
    back = 0 if first is None else action.entered - first
    length = min(since, limits.most_ms, back)
    if length < limits.least_ms:
        return Improved(action, expected, Outcome.NO_FIGURE)
    about = [c for c in complaints if c.service == expected.service and _whose(figures, expected) == c.customer]
    before = _measured(figures, expected, about, action.entered - length, action.entered, now)
    after = _measured(figures, expected, about, done, done + length, now)
    return Improved(action, expected, _outcome(expected, before.value, after.value), before, after)


def _day_end(figures: Figures, agreement: str, day: date) -> int:
    """When a day was over in the agreement's zone."""
    return midnight(figures.book.agreements[agreement].revisions[-1].zone, day + timedelta(days=1))


def _whose(figures: Figures, expected: Expectation) -> str:
    return figures.book.agreements[expected.agreement].customer


def _measured(
    figures: Figures, expected: Expectation, complaints: Sequence[Complaint], start: int, end: int, now: int
) -> Measured:
    span = Period("", start, end, None)
    try:
        made = figures.book.figures(expected.agreement, expected.service, span, now)
    except KeyError:
        made = []
    measured = sum(figure.measured_ms for figure in made)
    coverage = Fraction(sum(figure.observed_ms for figure in made), measured) if measured else None
    if expected.figure is Improvement.COMPLAINTS:
        count = sum(start <= complaint.felt_from < end for complaint in complaints)
        return Measured(start, end, count * MONTH_MS / (end - start), coverage)
    return Measured(start, end, _value(expected.figure, made, MONTH_MS / (end - start)), coverage)


def _value(figure: Improvement, made: Sequence[Figure], months: Fraction) -> Fraction | None:
    """The figure over all revisions; None where nothing was seen."""
    known = sum(one.known_ms for one in made)
    if figure is Improvement.LATENCY:
        told = [one.latency for one in made if one.latency is not None]
        total = sum(latency.total for latency in told)
        enough = total and all(latency.ratio is not None for latency in told)
        return Fraction(sum(latency.good for latency in told), total) if enough else None
    if known == 0 or all(one.availability is None for one in made):
        return None
    downtime = sum(one.downtime_ms for one in made)
    if figure is Improvement.AVAILABILITY:
        return Fraction(known - downtime, known)
    return months * (downtime if figure is Improvement.DOWNTIME else sum(one.outage_count for one in made))


def _outcome(expected: Expectation, before: Fraction | None, after: Fraction | None) -> Outcome:
    if before is None or after is None:
        return Outcome.NO_FIGURE
    higher = expected.figure in _HIGHER_IS_BETTER
    if after >= expected.value if higher else after <= expected.value:
        return Outcome.REACHED
    return Outcome.BETTER if (after > before if higher else after < before) else Outcome.NOT_BETTER
