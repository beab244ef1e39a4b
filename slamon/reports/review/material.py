"""What a review of a customer rests on: the figures of its agreements, and what lies on the desk."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from slamon.accounting import Figure, Period, PeriodKind, next_period, parse_period, period_of
from slamon.accounting.periods import whole_before
from slamon.accounting.proposal import Proposal, propose, tried
from slamon.accounting.zones import date_at
from slamon.catalogue import Catalogue
from slamon.desk import Action, ActionState, Complaint, Desk, Review, Satisfaction
from slamon.desk.improving import Improved, improved
from slamon.desk.reconciling import Reconciled, Reconciling
from slamon.figures import Figures
from slamon.reports.document import Instant, PeriodName, Said, Text, say
from slamon.reports.grounds import TREND, Grounds, first_seen, grounds, period_figures

CONFIDENCE = Fraction(95, 100)
"""How sure the least chance of a proposed target is."""

DAY_MS = 86_400_000

Periods = tuple[tuple[Period, tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a closing (number 0) or a restatement froze: the figures as JSON values, who, when, and why."""

    number: int
    author: str
    entered: int
    reason: str
    figures: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed period of an agreement. `state`: closed, approved or disputed; `said`: what was said with it."""

    agreement: str
    period: Period
    state: str
    frozen: tuple[Frozen, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """One agreement. `grounds`: over the reviewed period; its trend is of the agreement's own periods.

    `own`: those of its own periods that ended in the reviewed one, and the one that runs; `months`: the calendar
    months within; `proposals`: by service, from the twelve last whole periods of its own.
    """

    grounds: Grounds
    own: Periods
    months: Periods
    proposals: tuple[tuple[str, Proposal], ...]

    @property
    def id(self) -> str:
        """The agreement's id."""
        return self.grounds.agreement

    @property
    def kind(self) -> PeriodKind:
        """By which periods it is settled."""
        return self.grounds.parts[-1].revision.period


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a review pack is made of. `missing`: agreements of which nothing can be told, and why.

    `desk`: what is the customer's; `ahead`: so many days to come are looked at. `reconciled`: its complaints beside
    what was measured; `improved`: what its actions brought; both by number.
    """

    figures: Figures
    customer: str
    period: Period
    zone: str
    now: int
    ahead: int
    agreements: tuple[Bound, ...]
    missing: tuple[tuple[str, Said], ...]
    desk: Desk
    closed: tuple[Closed, ...] = ()
    reconciled: Mapping[int, Reconciled] = field(default_factory=dict)
    improved: Mapping[int, Improved] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """What is configured."""
        return self.figures.catalogue

    @property
    def name(self) -> Text:
        """The customer's name."""
        return Text(self.catalogue.customers[self.customer].name)

    @property
    def period_name(self) -> PeriodName:
        """The reviewed period's name."""
        return PeriodName(self.period.name, self.period.kind)

    @property
    def today(self) -> date:
        """The day on which all this is known."""
        return date_at(self.zone, self.now)

    @property
    def horizon(self) -> int:
        """Up to when (ms) things to come are told."""
        return self.now + self.ahead * DAY_MS

    @property
    def last(self) -> Review | None:
        """The newest review of the customer that was held before the pack is made."""
        held = [review for review in self.desk.reviews.values() if review.held <= self.today]
        return max(held, key=lambda review: (review.held, review.number), default=None)

    def service_name(self, service: str | None) -> Text:
        """As people read it; its id where the catalogue knows it no more."""
        found = self.catalogue.services.get(service or "")
        return Text(str(service) if found is None else found.title)

    def named(self, period: str) -> PeriodName | Text:
        """A period by its name; whatever else somebody wrote, as it is."""
        try:
            return PeriodName(period, parse_period(period, self.zone).kind)
        except ValueError:
            return Text(period)

    def day(self, at: int) -> date:
        """The date of an instant (ms)."""
        return date_at(self.zone, at)

    def felt(self) -> list[Complaint]:
        """The complaints of the period, and those from before that are not solved."""
        return [
            one
            for one in self.desk.complaints.values()
            if one.felt_from < self.period.end
            and (one.felt_from >= self.period.start or (one.felt_to or 0) > self.period.start or one.state != "solved")
        ]

    def open_actions(self) -> list[Action]:
        """Those that are open, the first due first."""
        found = [action for action in self.desk.actions.values() if action.state is ActionState.OPEN]
        return sorted(found, key=lambda action: (action.due, action.number))

    def overdue(self) -> list[Action]:
        """Those that are open after the day they were due."""
        return [action for action in self.open_actions() if action.overdue(self.today)]

    def ended_actions(self) -> list[Action]:
        """Those that were done or dropped from the period's beginning on."""
        first = date_at(self.zone, self.period.start)
        found = [a for a in self.desk.actions.values() if a.ended is not None and first <= a.ended <= self.today]
        return sorted(found, key=lambda action: (action.ended or action.due, action.number))


def agreements_of(catalogue: Catalogue, customer: str) -> list[str]:
    """The customer's agreements, in the catalogue's order."""
    return [name for name, model in catalogue.agreements.items() if model.customer == customer]


def material(
    figures: Figures, customer: str, period: str, now: int, desk: Desk, closed: Iterable[Closed], ahead: int
) -> Material:
    """What is known of a customer's period at `now`; the period has begun, the customer has an agreement.

    `closed`: of the customer's agreements.
    """
    names = agreements_of(figures.catalogue, customer)
    zone = figures.book.agreements[names[0]].revisions[-1].zone
    reviewed = parse_period(period, zone)
    bound: list[Bound] = []
    missing: list[tuple[str, Said]] = []
    for name in names:
        why = why_missing(figures, name, period, now)
        if why is None:
            bound.append(_bound(figures, name, period, now))
        else:
            missing.append((name, why))
    within = tuple(one for one in closed if one.period.start < reviewed.end and reviewed.start < one.period.end)
    whose = mine(desk, figures.catalogue, customer)
    found = Material(figures, customer, reviewed, zone, now, ahead, tuple(bound), tuple(missing), whose, within)
    beside = {one.complaint.number: one for one in Reconciling(figures, now).all(found.felt())}
    return replace(found, reconciled=beside, improved=dict(_improved(found)))


def _improved(found: Material) -> Iterator[tuple[int, Improved]]:
    for action in found.ended_actions():
        told = improved(found.figures, action, found.desk.complaints.values(), found.now)
        if told is not None:
            yield action.number, told


def why_missing(figures: Figures, agreement: str, period: str, now: int) -> Said | None:
    """Why nothing can be told of an agreement in a period; None where something can."""
    found = figures.period(agreement, period)
    if found.start >= now:
        return say("missing.future", begin=Instant(found.start))
    if not figures.book.within(agreement, found):
        return say("missing.force")
    first = first_seen(figures, agreement)
    if first is None or first >= now:
        return say("missing.never")
    return say("missing.before", first=Instant(first)) if found.end <= first else None


def _bound(figures: Figures, agreement: str, period: str, now: int) -> Bound:
    whole = grounds(figures, agreement, period, now)
    assert whole is not None
    revision = whole.parts[-1].revision
    own = tuple(_told(figures, agreement, _own(whole.period, revision.period, revision.zone, now), now))
    months = tuple(_told(figures, agreement, _months(whole.period, revision.zone, now), now))
    last = own[-1][0]
    row = [*whole_before(last.kind or revision.period, revision.zone, last.start, TREND - 1), last]
    trend = tuple(_told(figures, agreement, row, now))
    return Bound(
        replace(whole, trend=trend), own, months, tuple(_proposals(figures, agreement, last, now, revision.target))
    )


def _told(figures: Figures, agreement: str, periods: Iterable[Period], now: int) -> Iterator[tuple[Period, Any]]:
    for period in periods:
        if period.start >= 0:
            yield period, period_figures(figures, agreement, period, now)


def _own(reviewed: Period, kind: PeriodKind, zone: str, now: int) -> list[Period]:
    """The periods of a kind that ended in the reviewed one, and the one that runs; else the one it lies in."""
    end = min(reviewed.end, now)
    found = []
    period = period_of(kind, zone, reviewed.start)
    while period.start < end:
        if period.end <= reviewed.end or now < period.end:
            found.append(period)
        period = next_period(period, zone)
    return found or [period_of(kind, zone, end - 1)]


def _months(reviewed: Period, zone: str, now: int) -> Iterator[Period]:
    """The calendar months that lie wholly in the reviewed period and have begun."""
    month = period_of(PeriodKind.MONTH, zone, reviewed.start)
    while month.start < min(reviewed.end, now):
        if reviewed.start <= month.start and month.end <= reviewed.end:
            yield month
        month = next_period(month, zone)


def _proposals(
    figures: Figures, agreement: str, last: Period, now: int, agreed: Fraction
) -> Iterator[tuple[str, Proposal]]:
    """By service: from the whole periods up to the last one, as `slamon whatif --propose` has it."""
    terms = figures.book.agreements[agreement]
    revision = terms.revisions[-1]
    end = last.end if last.end <= now else last.start
    row = whole_before(last.kind or revision.period, revision.zone, end, TREND)
    needed = {one.number: one.rules.min_coverage for one in terms.revisions}
    for service in terms.services:
        begins = figures.book.begins(service)
        periods = [period for period in row if begins is not None and period.end > begins]
        found = [f for p in periods for f in figures.book.figures(agreement, service, p, now)]
        yield service, propose(found, needed, Fraction(1), CONFIDENCE, tried(found, agreed))


def desk_since(desk: Desk, period: Period, now: int) -> int:
    """How far back facts are needed for what lies on a desk: complaints that wait, and actions that ended since."""
    waiting = [c.felt_from for c in desk.complaints.values() if c.state != "solved" or c.felt_from >= period.start]
    acted = [a.entered - _BEFORE_MS for a in desk.actions.values() if a.expected is not None and a.ended is not None]
    return min([now, *waiting, *acted]) - _WHOLE_MS


_BEFORE_MS = 90 * DAY_MS
"""So long before an action at most its figure is measured."""

_WHOLE_MS = 31 * DAY_MS
"""So much more is read: what began earlier is whole then."""


def since(agreement_zone: str, kind: PeriodKind, period: Period) -> int:
    """From when on facts are needed: two rows of the agreement's periods before the reviewed one's end."""
    return whole_before(kind, agreement_zone, period.start + 1, TREND + 1)[0].start


def mine(desk: Desk, catalogue: Catalogue, customer: str) -> Desk:
    """What of the desk is the customer's; actions of the house on services that are agreed with it too."""
    bound = {s for name in agreements_of(catalogue, customer) for s in catalogue.agreements[name].services}

    def whose(thing: Complaint | Satisfaction | Review) -> bool:
        return thing.customer == customer

    return Desk(
        {n: one for n, one in desk.complaints.items() if whose(one)},
        {n: one for n, one in desk.satisfaction.items() if whose(one)},
        {n: one for n, one in desk.reviews.items() if whose(one)},
        {
            n: one
            for n, one in desk.actions.items()
            if one.customer == customer or (one.customer is None and one.service in bound)
        },
    )
