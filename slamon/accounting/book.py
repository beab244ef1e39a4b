"""The figures of everything, looked up in its accounts.

A `Book` made anew from the same histories gives the same figures.
"""

from dataclasses import dataclass
from fractions import Fraction

from slamon.accounting import budget, statement
from slamon.accounting.accounts import Accounts
from slamon.accounting.calendar import validity
from slamon.accounting.figure import WINDOWS, Figure, Period, Threshold, WindowFigure
from slamon.accounting.periods import previous_period
from slamon.accounting.plan import Moment
from slamon.accounting.statement import Part
from slamon.accounting.terms import Revision


@dataclass(frozen=True, slots=True)
class Accounted:
    """The in-service time of a span by class, in ms; the four sum to it. `unknown` is what left the sum."""

    up: int
    down: int
    unknown: int
    excluded: int


class Book(Accounts):
    """All accounts, and the figures of agreements that are looked up in them."""

    def figure(self, agreement: str, service: str, revision: int, period: Period, now: int) -> Figure:
        """The figure of a period under one revision (by its number), as known at `now`."""
        return statement.figure(self.part(agreement, service, revision, now, period.start), period, now)

    def figures(self, agreement: str, service: str, period: Period, now: int) -> list[Figure]:
        """One figure for each revision in force in the period."""
        return [self.figure(agreement, service, r.number, period, now) for r in self.within(agreement, period)]

    def within(self, agreement: str, period: Period) -> list[Revision]:
        """The revisions in force somewhere in a period."""
        return [r for r in self.agreements[agreement].revisions if validity(r, period.start, period.end) is not None]

    def revision_at(self, agreement: str, now: int) -> Revision | None:
        """The revision in force."""
        return next((r for r in self.agreements[agreement].revisions if validity(r, now, now + 1) is not None), None)

    def current(self, agreement: str, service: str, now: int) -> Figure | None:
        """The running period so far under the revision in force; None while none is."""
        revision = self.revision_at(agreement, now)
        if revision is None:
            return None
        return self.figure(agreement, service, revision.number, self._period(revision, now), now)

    def previous(self, agreement: str, service: str, now: int) -> Figure | None:
        """The last whole period under the last revision in force in it; None where none was."""
        known = self.revision_at(agreement, now) or self.agreements[agreement].revisions[-1]
        period = previous_period(self._period(known, now), known.zone)
        inside = self.within(agreement, period)
        return self.figure(agreement, service, inside[-1].number, period, now) if inside else None

    def window(self, agreement: str, service: str, window_ms: int, now: int) -> WindowFigure:
        """The rolling window of that length that ends now."""
        start = now - window_ms
        return statement.window(self._all_parts(agreement, service, start, now), start, now,
                                self._allowance(agreement, service, now))  # fmt: skip

    def windows(self, agreement: str, service: str, now: int) -> dict[str, WindowFigure]:
        """The rolling windows by their names."""
        parts = self._all_parts(agreement, service, now - max(WINDOWS.values()), now)
        allowance = self._allowance(agreement, service, now)
        return {name: statement.window(parts, now - ms, now, allowance) for name, ms in WINDOWS.items()}

    def _all_parts(self, agreement: str, service: str, start: int, now: int) -> list[Part]:
        revisions = self.agreements[agreement].revisions
        inside = [r for r in revisions if validity(r, start, now) is not None] or revisions[-1:]
        return [self.part(agreement, service, r.number, now, start) for r in inside]

    def _allowance(self, agreement: str, service: str, now: int) -> Fraction | None:
        """What the running period allows, in ms."""
        revision = self.revision_at(agreement, now)
        if revision is None:
            return None
        period = self._period(revision, now)
        plan = self.part(agreement, service, revision.number, now).account.plan
        return (1 - revision.target) * plan.measured(period.start, period.end, now)

    def thresholds(self, agreement: str, service: str, now: int) -> tuple[Threshold, ...]:
        """What the budget burned in a window of the running period is compared with; none while nothing is in force."""
        revision = self.revision_at(agreement, now)
        if revision is None:
            return ()
        period = self._period(revision, now)
        plan = self.part(agreement, service, revision.number, now).account.plan
        key = (agreement, revision.number, period.start)
        if key not in self._greatest:
            lengths = budget.long_windows(revision.period)
            self._greatest[key] = {w: plan.greatest(period.start, period.end, ms) for w, ms in lengths.items()}
        full = plan.measured(period.start, period.end, now)
        return budget.thresholds(revision.period, (1 - revision.target) * full, full, self._greatest[key])

    def in_service(self, agreement: str, service: str, now: int) -> tuple[bool, bool]:
        """Whether it is in service now, and whether maintenance or a correction keeps the time from counting against.

        Maintenance that is accounted as up does so too.
        """
        revision = self.revision_at(agreement, now)
        if revision is None:
            return False, False
        plan = self.part(agreement, service, revision.number, now).account.plan
        plan.reach(now + 1)
        moment = plan.coming.at(now)
        return moment >= Moment.MEASURED, moment >= Moment.EXCLUDED

    def settled(self, agreement: str, service: str) -> int | None:
        """The instant before which no coming observation can change a class; None before the first refresh."""
        numbers = [r.number for r in self.agreements[agreement].revisions]
        parts = [self._parts.get((agreement, service, n)) for n in numbers]
        return min((p.account.frontier for p in parts if p is not None), default=None)

    def accounted(self, agreement: str, service: str, start: int, end: int) -> Accounted:
        """The in-service time of [start, end) by class, over all revisions, as of the newest refresh."""
        up = down = unknown = excluded = 0
        for revision in self.agreements[agreement].revisions:
            part = self._parts.get((agreement, service, revision.number))
            if part is not None:
                sums = part.account.sums(start, end)
                down += sums.downtime_ms
                unknown += sums.left_out_ms
                excluded += sums.excluded_ms
                up += sums.known_ms - sums.downtime_ms
        return Accounted(up, down, unknown, excluded)
