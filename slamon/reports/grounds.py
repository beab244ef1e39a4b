"""What a report on one agreement rests on: its figures with all that is told of them, and the periods before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slamon.accounting import Figure, Period, PeriodKind, Revision, period_of, previous_period
from slamon.accounting.statement import Part
from slamon.catalogue import Catalogue
from slamon.errors import UsageError
from slamon.figures import Figures
from slamon.reports.frozen import Closed
from slamon.shown import instant_text
from slamon.shown.figure import figure_json
from slamon.shown.otherwise import otherwise

TREND = 12
"""So many periods a trend has, the one that is reported included."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One figure, the terms it was made under, its account, and what `slamon account` tells of it (`told`)."""

    figure: Figure
    revision: Revision
    part: Part
    told: dict[str, Any]

    @property
    def span(self) -> tuple[int, int]:
        """What of the period has passed under this revision: [start, end) in ms, maybe empty."""
        period = self.figure.period
        return self.part.within(period.start, min(period.end, self.figure.at))


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything that one document is made of. `trend`: period by period, the oldest first, the reported one last.

    `closed`: the period was closed, and `parts` have the frozen figures. None: they are provisional.
    """

    figures: Figures
    agreement: str
    period: Period
    now: int
    parts: tuple[Ground, ...]
    trend: tuple[tuple[Period, tuple[Figure, ...]], ...]
    closed: Closed | None = None

    @property
    def whole(self) -> bool:
        """Whether the facts still give the figures, so that what lies under them can be shown."""
        return self.closed is None or self.closed.unlike is None

    @property
    def catalogue(self) -> Catalogue:
        """What is configured."""
        return self.figures.catalogue

    @property
    def zone(self) -> str:
        """In which the period is cut and instants are told."""
        return self.parts[-1].revision.zone

    def service_name(self, service: str) -> str:
        """As people read it; its id where it has none."""
        return self.catalogue.services[service].name or service


Kept = Callable[[str], tuple[Figure, ...] | None]
"""The frozen figures of a period by its name; None: it is not closed."""


def grounds(
    figures: Figures,
    agreement: str,
    period: str,
    now: int,
    closed: Closed | None = None,
    kept: Kept = lambda _: None,
) -> Grounds | None:
    """What is known of a period at `now`; None where the agreement was not in force in it.

    `closed`: the period's own closing, `now` being the moment as of which it froze; `kept`: of periods before it.

    Raises UsageError for a period that does not exist, has not begun, or is over before the first observation.
    """
    found = figures.period(agreement, period)
    if found.start >= now:
        raise UsageError(f"the period {period} has not begun: it begins at {instant_text(found.start)}")
    first = first_seen(figures, agreement)
    if first is None:
        raise UsageError(f"nothing was observed yet of any service of the agreement {agreement}")
    if found.end <= first:
        raise UsageError(
            f"the period {period} was over before the first observation of the agreement {agreement}: "
            f"that was at {instant_text(first)}"
        )
    mine = period_figures(figures, agreement, found, now) if closed is None else closed.newest.figures
    if not mine:
        return None
    trend = tuple(
        (p, mine if p == found else kept(p.name) or period_figures(figures, agreement, p, now))
        for p in _before(figures, agreement, found, now)
    )
    if closed is None:
        parts = tuple(_ground(figures, figure, now) for figure in mine)
    else:
        told = closed.newest.told
        parts = tuple(_frozen(figures, figure, one, now) for figure, one in zip(mine, told, strict=True))
    return Grounds(figures, agreement, found, now, parts, trend, closed)


def first_seen(figures: Figures, agreement: str) -> int | None:
    """When the first run began that any service of the agreement rests on; None without one."""
    begins = [figures.book.begins(service) for service in figures.book.agreements[agreement].services]
    return min((at for at in begins if at is not None), default=None)


def trend_start(period: Period, kind: PeriodKind, zone: str) -> int:
    """When the first period of a trend that ends with this one begins."""
    return min(periods_before(period, kind, zone)[0].start, period.start)


def periods_before(period: Period, kind: PeriodKind, zone: str) -> list[Period]:
    """The periods of a trend that ends with this one, the oldest first.

    Of a free span: those agreed, up to the one that holds its end.
    """
    last = period if period.kind is not None else period_of(kind, zone, period.end - 1)
    row = [last]
    while len(row) < TREND and row[0].start > 0:
        row.insert(0, previous_period(row[0], zone))
    return row


def _before(figures: Figures, agreement: str, period: Period, now: int) -> Sequence[Period]:
    revisions = figures.book.agreements[agreement].revisions
    within = figures.book.within(agreement, period) or revisions[-1:]
    return [p for p in periods_before(period, within[-1].period, within[-1].zone) if p.start < now]


def period_figures(figures: Figures, agreement: str, period: Period, now: int) -> tuple[Figure, ...]:
    """Revision by revision, service by service, as `slamon account` has them."""
    book = figures.book
    services = book.agreements[agreement].services
    found = [figure for service in services for figure in book.figures(agreement, service, period, now)]
    return tuple(sorted(found, key=lambda figure: figure.revision))


def _frozen(figures: Figures, figure: Figure, told: dict[str, Any], now: int) -> Ground:
    """A frozen figure. A revision that there is no more is that of the agreement's last one."""
    revisions = figures.book.agreements[figure.agreement].revisions
    number = figure.revision if any(r.number == figure.revision for r in revisions) else revisions[-1].number
    part = figures.book.part(figure.agreement, figure.service, number, now, figure.period.start)
    return Ground(figure, part.revision, part, told)


def _ground(figures: Figures, figure: Figure, now: int) -> Ground:
    told = figure_json(figures, figure, now)
    for _ in otherwise(figures, figure, now, told):
        pass
    part = figures.book.part(figure.agreement, figure.service, figure.revision, now, figure.period.start)
    return Ground(figure, part.revision, part, told)
