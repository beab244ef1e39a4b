"""What the team lead's view rests on: every agreement's figures over a period, the desk of the whole house."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from slamon.accounting import Cause, Figure, Period, parse_period
from slamon.accounting.statement import Part
from slamon.accounting.zones import date_at
from slamon.catalogue import Catalogue
from slamon.desk import Action, ActionState, Complaint, Desk
from slamon.desk.days import zone_of
from slamon.desk.reconciling import Reconciled, Reconciling
from slamon.figures import Figures
from slamon.reports.document import PeriodName, Text


@dataclass(frozen=True, slots=True)
class Lateness:
    """What a running slamon says of its probes since it was started: how many began no later than that (s)."""

    probes: int
    within: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One figure of the period, and its account."""

    figure: Figure
    part: Part

    @property
    def judged(self) -> bool:
        """Whether the agreement is settled by such periods, so that there is a verdict."""
        return self.part.revision.period is self.figure.period.kind


@dataclass(frozen=True, slots=True)
class House:
    """Everything that the view is made of. `team`: only its services and actions; None: all of them.

    `without`: agreements without a figure in the period. `lateness` None: slamon does not run there.
    """

    figures: Figures
    period: Period
    zone: str
    now: int
    team: str | None
    desk: Desk
    seen: tuple[Seen, ...]
    without: tuple[str, ...]
    reconciled: Mapping[int, Reconciled] = field(default_factory=dict)
    lateness: Lateness | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What is configured."""
        return self.figures.catalogue

    @property
    def period_name(self) -> PeriodName:
        """The period's name."""
        return PeriodName(self.period.name, self.period.kind)

    @property
    def today(self) -> date:
        """The day on which all this is known."""
        return date_at(self.zone, self.now)

    def day(self, at: int) -> date:
        """The date of an instant (ms)."""
        return date_at(self.zone, at)

    def services(self) -> list[str]:
        """The services that are looked at: the team's, or all."""
        return [name for name, one in self.catalogue.services.items() if self.team in (None, one.team)]

    def service_name(self, service: str | None) -> Text:
        """As people read it; its id where the catalogue knows it no more."""
        found = self.catalogue.services.get(service or "")
        return Text(str(service) if found is None else found.title)

    def agreements(self, service: str) -> list[str]:
        """The agreements that bind a service."""
        return [name for name, one in self.catalogue.agreements.items() if service in one.services]

    def responsible(self, action: Action) -> str | None:
        """The team of an action; else that of its service."""
        found = self.catalogue.services.get(action.service or "")
        return action.team or (None if found is None else found.team)

    def open_actions(self) -> list[Action]:
        """Those of the team, or all, the first due first."""
        opened = (a for a in self.desk.actions.values() if a.state is ActionState.OPEN)
        return sorted((a for a in opened if self.team in (None, self.responsible(a))), key=lambda a: (a.due, a.number))

    def complaints(self, service: str) -> list[Complaint]:
        """Those of the period about a service."""
        return [c for c in felt_within(self.desk, self.period) if c.service == service]


def felt_within(desk: Desk, period: Period) -> list[Complaint]:
    """The complaints felt from within a period."""
    return [c for c in desk.complaints.values() if period.start <= c.felt_from < period.end]


def house(
    figures: Figures, period: str, now: int, desk: Desk, team: str | None = None, lateness: Lateness | None = None
) -> House:
    """What is known at `now` of a period that has begun."""
    zone = zone_of(figures.catalogue, None)
    looked = parse_period(period, zone)
    seen = tuple(_seen(figures, period, now, team))
    named = {one.figure.agreement for one in seen}
    without = tuple(name for name in _bound(figures.catalogue, team) if name not in named)
    beside = {one.complaint.number: one for one in Reconciling(figures, now).all(felt_within(desk, looked))}
    return House(figures, looked, zone, now, team, desk, seen, without, beside, lateness)


def _bound(catalogue: Catalogue, team: str | None) -> list[str]:
    """The agreements that bind a service of the team."""

    def meant(services: Iterable[str]) -> bool:
        return any(team in (None, catalogue.services[service].team) for service in services)

    return [name for name, one in catalogue.agreements.items() if meant(one.services)]


def _seen(figures: Figures, period: str, now: int, team: str | None) -> Iterator[Seen]:
    book = figures.book
    for agreement in _bound(figures.catalogue, team):
        mine = figures.period(agreement, period)
        if mine.start >= now:
            continue
        for service in book.agreements[agreement].services:
            if team not in (None, figures.catalogue.services[service].team):
                continue
            for figure in book.figures(agreement, service, mine, now):
                if figure.measured_ms:
                    yield Seen(figure, book.part(agreement, service, figure.revision, now, mine.start))


def unknown_by_cause(figures: Figures, seen: Seen) -> dict[Cause | None, int]:
    """A figure's unknown time in ms by why nobody could look; None: no observation came, for no reason of ours.

    They sum to the figure's `unknown_ms`.
    """
    period = seen.figure.period
    start, end = seen.part.within(period.start, min(period.end, seen.figure.at))
    blinds = sorted((b for b in figures.all_blinds() if b.start < end and start < b.end), key=lambda b: b.start)
    found: dict[Cause | None, int] = {}
    for low, high in _unknown(seen.part, start, end):
        reached, covered = low, 0
        for blind in blinds:
            begin, until = max(blind.start, reached), min(blind.end, high)
            if begin < until:
                found[blind.cause] = found.get(blind.cause, 0) + until - begin
                covered += until - begin
                reached = until
        if covered < high - low:
            found[None] = found.get(None, 0) + high - low - covered
    return found


def _unknown(part: Part, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of measured time in which the state was unknown, whatever the rule makes of it."""
    if start >= end:
        return
    changes = part.account.classes(start, end)
    for place, (at, (serving, excluded, unknown, *_)) in enumerate(changes):
        until = changes[place + 1][0] if place + 1 < len(changes) else end
        if serving and not excluded and unknown and at < until:
            yield at, until
