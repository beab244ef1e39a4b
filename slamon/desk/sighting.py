"""What was measured in time that somebody complains about: of the service, of what it stands on, of checks.

Everything is read from figures that are up to date; nothing here judges.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from slamon.accounting import QUARTER_MS, Run, Span, State, Verdict
from slamon.accounting.calendar import validity
from slamon.accounting.service import joined
from slamon.accounting.terms import LatencyTerms
from slamon.desk.owed import Hours
from slamon.figures import Figures


class Sight(StrEnum):
    """What was seen, or what kept it from being seen or from counting."""

    OUTAGE = "outage"
    DEGRADED = "degraded"
    SLOW = "slow"
    CHECK_DOWN = "check_down"
    CHECK_DEGRADED = "check_degraded"
    SAID_DOWN = "said_down"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"
    MAINTENANCE = "maintenance"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True, slots=True)
class Seen:
    """One sight: all of its time [start, end), and how much of it (ms) lies in the time looked at.

    `service`: where it was seen, which may be one that the other stands on. `reason`: of a failing check what was
    wrong, of unknown time why nobody looked, of a correction what was written. `good`, `total`, `threshold_us`: the
    observations of a slow quarter hour.
    """

    sight: Sight
    service: str
    start: int
    end: int
    overlap_ms: int
    check: str | None = None
    reason: str | None = None
    agreement: str | None = None
    good: int | None = None
    total: int | None = None
    threshold_us: int | None = None


_STATES = {State.DEGRADED: Sight.DEGRADED, State.UNKNOWN: Sight.UNKNOWN}
_VERDICTS = {Verdict.DOWN: Sight.CHECK_DOWN, Verdict.DEGRADED: Sight.CHECK_DEGRADED}


def overlap(one: Span, start: int, end: int) -> int:
    """How much of a span lies in [start, end), in ms."""
    return max(0, min(one.end, end) - max(one.start, start))


class Sights:
    """Everything about one service in [start, end), as known at `now`."""

    def __init__(self, figures: Figures, service: str, start: int, end: int, now: int) -> None:
        self._figures = figures
        self._service = service
        self._start, self._end, self._now = start, min(end, now), now

    def of_service(self) -> list[Seen]:
        """The service's own outages, degraded and unknown time."""
        return list(self._states(self._service))

    def of_dependencies(self) -> list[Seen]:
        """The outages and degraded time of all that it stands on, alternatives too."""
        needed = (name for name in stands_on(self._figures, self._service) if name != self._service)
        return [seen for name in needed for seen in self._states(name) if seen.sight is not Sight.UNKNOWN]

    def of_checks(self) -> list[Seen]:
        """The failing runs of its checks and of those of what it stands on, confirmed or not."""
        return [
            seen
            for name in stands_on(self._figures, self._service)
            for member in self._figures.book.services[name].members
            for seen in self._failing(name, member.check_id)
            if joined(member, max(seen.start, self._start))
        ]

    def slow(self, hours: Hours, customer: str, felt: Span) -> list[Seen]:
        """The quarter hours of the felt time in which fewer observations were fast than is agreed."""
        found: dict[int, Seen] = {}
        for agreement in hours.agreements(customer, self._service):
            for revision in agreement.revisions:
                if revision.latency is not None and validity(revision, felt.start, felt.end) is not None:
                    for seen in self._slow_quarters(agreement.id, revision.latency, felt):
                        found.setdefault(seen.start, seen)
        return [found[start] for start in sorted(found)]

    def _states(self, service: str) -> Iterator[Seen]:
        start, end, now = self._start, self._end, self._now
        book = self._figures.book
        outages = [o for o in book.service_outages(service, now) if overlap(o, start, end)]
        for outage in outages:
            yield Seen(Sight.OUTAGE, service, outage.start, outage.end, overlap(outage, start, end))
        for span, state in book.service_stretches(service, start, end, now):
            sight = _STATES.get(state)
            if sight is not None:
                reason = self._why_unknown(span) if sight is Sight.UNKNOWN else None
                yield Seen(sight, service, span.start, span.end, overlap(span, start, end), reason=reason)

    def _why_unknown(self, span: Span) -> str | None:
        causes = {b.cause.value for b in self._figures.all_blinds() if overlap(span, b.start, b.end)}
        return ", ".join(sorted(causes)) or None

    def _failing(self, service: str, check: str) -> Iterator[Seen]:
        history = self._figures.book.histories[check].before(self._now)
        for run in _runs(history.closed, history.open_run(), self._start, self._end):
            sight = _VERDICTS.get(run.verdict)
            span = Span(run.start, history.end_of(run, self._now))
            inside = overlap(span, self._start, self._end)
            if sight is not None and run.counted and inside:
                yield Seen(sight, service, span.start, span.end, inside, check, run.reason)

    def _slow_quarters(self, agreement: str, terms: LatencyTerms, felt: Span) -> Iterator[Seen]:
        book = self._figures.book
        checks = terms.checks or [member.check_id for member in book.services[self._service].members]
        sources = [book.histories[check] for check in checks if check in book.histories]
        first = felt.start - felt.start % QUARTER_MS
        for start in range(first, min(felt.end, self._now), QUARTER_MS):
            counts = [source.counts(start, terms.threshold_us) for source in sources]
            good, total = sum(count[0] for count in counts), sum(count[1] for count in counts)
            if total and good < terms.target * total:
                span = Span(start, start + QUARTER_MS)
                inside = overlap(span, self._start, self._end)
                yield Seen(
                    Sight.SLOW, self._service, span.start, span.end, inside,
                    agreement=agreement, good=good, total=total, threshold_us=terms.threshold_us,
                )  # fmt: skip


def stands_on(figures: Figures, service: str) -> list[str]:
    """The service, and all that it depends on, alternatives too, each once."""
    found, ahead = dict[str, None](), [service]
    while ahead:
        name = ahead.pop(0)
        if name not in found:
            found[name] = None
            ahead += [needed for group in figures.book.services[name].depends_on for needed in group]
    return list(found)


def _runs(closed: Sequence[Run], newest: Run | None, start: int, end: int) -> Iterator[Run]:
    """The runs that may reach into [start, end): they follow each other."""
    place = max(bisect_right(closed, start, key=lambda run: run.start) - 1, 0)
    while place < len(closed) and closed[place].start < end:
        yield closed[place]
        place += 1
    if newest is not None and newest.start < end:
        yield newest
