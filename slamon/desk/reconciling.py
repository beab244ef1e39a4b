"""Each complaint laid beside what was measured: whether we had seen it ourselves, and if not, what would have.

The time looked at is the felt time, widened by what people's clocks are off. Of what holds in it the first counts:

1. `agrees`: the service was down or degraded in time that was owed, by itself or by what it stands on, or a correction
   says that it was down.
2. `slow`: in a quarter hour of the felt time fewer observations were fast than is agreed.
3. `seen_in_part`: a check failed, or an alternative that the service stands on, and the service stayed up: a blip, or
   others made up for it (`needs`).
4. What was seen only in time that was not owed: `excluded` by a correction, `in_maintenance`, `outside_hours`.
5. Nothing was seen. Where more than half of the felt time was owed and watched: `not_seen`, a gap of the monitoring.
   Else what most of the rest was: `excluded`, `in_maintenance`, `outside_hours`, or `unknown_time`: nobody looked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from slamon.accounting import CorrectionKind, Span
from slamon.desk.owed import Hours, Owed, Owing
from slamon.desk.remedies import Proposal, proposals, unwatched
from slamon.desk.sighting import Seen, Sight, Sights, overlap
from slamon.desk.things import Complaint
from slamon.figures import Figures


class Finding(StrEnum):
    """What became of a complaint beside what was measured; the first that holds (see above)."""

    AGREES = "agrees"
    SLOW = "slow"
    SEEN_IN_PART = "seen_in_part"
    EXCLUDED = "excluded"
    IN_MAINTENANCE = "in_maintenance"
    OUTSIDE_HOURS = "outside_hours"
    UNKNOWN_TIME = "unknown_time"
    NOT_SEEN = "not_seen"


UNSEEN = frozenset({Finding.NOT_SEEN, Finding.UNKNOWN_TIME})
"""What we had not seen ourselves: it was not measured, or nobody looked."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """How far people's clocks may be off, and how long a complaint without an end was felt at most; all in ms."""

    before_ms: int = 600_000
    after_ms: int = 600_000
    felt_ms: int = 3_600_000


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One complaint beside what was measured.

    `felt`: what it says, with an end; `looked`: that with the leeway, up to now. `seen`: the evidence, the oldest
    first. `proposals`: what would have seen it, of one that was not seen. `settled`: no coming observation changes it.
    """

    complaint: Complaint
    finding: Finding
    felt: Span
    looked: Span
    seen: tuple[Seen, ...]
    proposals: tuple[Proposal, ...]
    settled: bool

    @property
    def unseen(self) -> bool:
        """Whether we had not seen it ourselves."""
        return self.finding in UNSEEN


def felt_span(complaint: Complaint, leeway: Leeway) -> Span:
    """When it was felt. Without an end: as long as the leeway says, and no longer than until it was entered."""
    start, end = complaint.felt_from, complaint.felt_to
    if end is None:
        end = start + leeway.felt_ms
        if start < complaint.entered < end:
            end = complaint.entered
    return Span(start, max(end, start + 1))


def reconcile(figures: Figures, complaint: Complaint, now: int, leeway: Leeway | None = None) -> Reconciled:
    """One complaint, as known at `now` (ms); the figures' facts must reach back to the time that it is about."""
    return Reconciling(figures, now, leeway).of(complaint)


class Reconciling:
    """Complaints one after the other, with what they share worked out once. Not to be told facts meanwhile."""

    def __init__(self, figures: Figures, now: int, leeway: Leeway | None = None) -> None:
        self._figures = figures
        self._now = now
        self._leeway = leeway or Leeway()
        self._hours = Hours(figures.book)

    def all(self, complaints: Iterable[Complaint]) -> Iterator[Reconciled]:
        """Each in turn."""
        return map(self.of, complaints)

    def of(self, complaint: Complaint) -> Reconciled:
        """One of them."""
        leeway, now = self._leeway, self._now
        felt = felt_span(complaint, leeway)
        looked = Span(felt.start - leeway.before_ms, min(felt.end + leeway.after_ms, now))
        if complaint.service not in self._figures.book.services or looked.start >= now:
            return Reconciled(complaint, Finding.UNKNOWN_TIME, felt, looked, (), (), settled=looked.start < now)
        seen, owed = self._seen(complaint, felt, looked)
        finding = _finding(complaint.service, seen, owed, Span(felt.start, min(felt.end, now)))
        settled = self._figures.book.service_settled(complaint.service, now) >= felt.end + leeway.after_ms
        wanted = self._proposals(complaint, finding) if finding in UNSEEN else ()
        told = tuple(sorted((*seen, *_terms(complaint, owed, looked)), key=lambda one: (one.start, one.end)))
        return Reconciled(complaint, finding, felt, looked, told, wanted, settled)

    def _seen(self, complaint: Complaint, felt: Span, looked: Span) -> tuple[list[Seen], list[Owed]]:
        sights = Sights(self._figures, complaint.service, looked.start, looked.end, self._now)
        slow = sights.slow(self._hours, complaint.customer, felt)
        seen = [*sights.of_service(), *sights.of_dependencies(), *sights.of_checks(), *slow]
        return seen, self._hours.owed(complaint.customer, complaint.service, looked.start, looked.end)

    def _proposals(self, complaint: Complaint, finding: Finding) -> tuple[Proposal, ...]:
        catalogue = self._figures.catalogue
        if finding is Finding.UNKNOWN_TIME:
            return unwatched(catalogue, complaint)
        agreements = self._hours.agreements(complaint.customer, complaint.service)
        agreed = any(revision.latency is not None for a in agreements for revision in a.revisions)
        return proposals(catalogue, complaint, latency_agreed=agreed)


_TROUBLE = (Sight.OUTAGE, Sight.DEGRADED)
_PARTS = (*_TROUBLE, Sight.CHECK_DOWN, Sight.CHECK_DEGRADED)
_UNOWED = {
    Owing.EXCLUDED: Finding.EXCLUDED,
    Owing.MAINTENANCE: Finding.IN_MAINTENANCE,
    Owing.OUTSIDE: Finding.OUTSIDE_HOURS,
}
_TERMS = {
    Owing.EXCLUDED: Sight.EXCLUDED,
    Owing.MAINTENANCE: Sight.MAINTENANCE,
    Owing.OUTSIDE: Sight.OUTSIDE_HOURS,
}


def _finding(service: str, seen: Sequence[Seen], owed: Sequence[Owed], felt: Span) -> Finding:
    whole = [one for one in seen if one.service == service and one.sight in _TROUBLE]
    slow = [one for one in seen if one.sight is Sight.SLOW]
    parts = [one for one in seen if one.sight in _PARTS]
    if _meets(whole, owed, Owing.OWED) or any(_said_down(one) for one in owed):
        return Finding.AGREES
    if _meets(slow, owed, Owing.OWED):
        return Finding.SLOW
    if _meets(parts, owed, Owing.OWED):
        return Finding.SEEN_IN_PART
    for owing, finding in _UNOWED.items():
        if _meets((*parts, *slow), owed, owing):
            return finding
    return _unseen(service, seen, owed, felt)


def _meets(seen: Sequence[Seen], owed: Sequence[Owed], owing: Owing) -> bool:
    """Whether any of them lies in time of that sort."""
    times = [one for one in owed if one.owing is owing]
    return any(overlap(Span(one.start, one.end), time.start, time.end) for one in seen for time in times)


def _said_down(one: Owed) -> bool:
    return one.owing is Owing.OWED and one.correction is not None and one.correction.kind is CorrectionKind.DOWN


def _unseen(service: str, seen: Sequence[Seen], owed: Sequence[Owed], felt: Span) -> Finding:
    """Nothing was seen: what most of the felt time was, unless more than half of it was owed and watched."""
    times = dict.fromkeys((*_UNOWED.values(), Finding.UNKNOWN_TIME), 0)
    watched = 0
    blind = [Span(one.start, one.end) for one in seen if one.service == service and one.sight is Sight.UNKNOWN]
    for one in owed:
        start, end = max(one.start, felt.start), min(one.end, felt.end)
        if start >= end:
            continue
        if one.owing is Owing.OWED:
            unknown = sum(overlap(span, start, end) for span in blind)
            times[Finding.UNKNOWN_TIME] += unknown
            watched += end - start - unknown
        else:
            times[_UNOWED[one.owing]] += end - start
    if watched > sum(times.values()):
        return Finding.NOT_SEEN
    return max(times, key=lambda finding: times[finding]) if any(times.values()) else Finding.UNKNOWN_TIME


def _terms(complaint: Complaint, owed: Sequence[Owed], looked: Span) -> Iterator[Seen]:
    """What the agreements and corrections say of the time looked at, as evidence."""
    for one in owed:
        sight = Sight.SAID_DOWN if _said_down(one) else _TERMS.get(one.owing)
        if sight is not None:
            inside = overlap(Span(one.start, one.end), looked.start, looked.end)
            reason = None if one.correction is None else one.correction.reason
            told = reason if sight in (Sight.EXCLUDED, Sight.SAID_DOWN) else None
            yield Seen(sight, complaint.service, one.start, one.end, inside, reason=told, agreement=one.agreement)


@dataclass(frozen=True, slots=True)
class Quality:
    """How many complaints of a customer about a service there were, and how many of them we had not seen ourselves."""

    customer: str
    service: str
    complaints: int
    unseen: int

    @property
    def ratio(self) -> Fraction | None:
        """The share that we had not seen; None without complaints."""
        return Fraction(self.unseen, self.complaints) if self.complaints else None


def quality(reconciled: Iterable[Reconciled], start: int, end: int) -> list[Quality]:
    """By customer and service: of the complaints felt from within [start, end), in the order of their ids."""
    counts: dict[tuple[str, str], list[int]] = {}
    for one in reconciled:
        if start <= one.complaint.felt_from < end:
            count = counts.setdefault((one.complaint.customer, one.complaint.service), [0, 0])
            count[0] += 1
            count[1] += one.unseen
    return [Quality(*key, *counts[key]) for key in sorted(counts)]
