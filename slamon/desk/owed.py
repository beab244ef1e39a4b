"""What a customer was owed at each moment: in service, outside hours, in maintenance, or set aside by a correction.

It is told from the agreements' terms, whatever was observed (ACCOUNTING.md, section 4, rules 1 to 3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from slamon.accounting import AgreementTerms, Book, Correction, CorrectionKind, Revision, Span
from slamon.accounting.calendar import in_service, maintained, validity
from slamon.accounting.periods import period_of
from slamon.accounting.plan import in_force
from slamon.accounting.spans import clipped


class Owing(StrEnum):
    """What a moment is by agreement, the one that binds most first."""

    OWED = "owed"
    EXCLUDED = "excluded"
    MAINTENANCE = "maintenance"
    OUTSIDE = "outside"


_MOST_FIRST = tuple(Owing)


@dataclass(frozen=True, slots=True)
class Owed:
    """A stretch [start, end) in which one thing holds. `agreement` None: nothing is agreed with that customer.

    `correction`: the one that holds in it, whatever it says.
    """

    start: int
    end: int
    owing: Owing
    agreement: str | None = None
    correction: Correction | None = None


_Planned = tuple[Sequence[Span], Sequence[Span]]
"""When a period is in service, and what of that is in maintenance that counts."""


class Hours:
    """Asked for any stretch of time; whole periods are worked out once."""

    def __init__(self, book: Book) -> None:
        self._agreements = book.agreements
        self._corrections = {agreement: in_force(book.corrections, agreement) for agreement in book.agreements}
        self._periods: dict[tuple[str, int, int], tuple[Span, _Planned]] = {}

    def agreements(self, customer: str, service: str) -> list[AgreementTerms]:
        """Those that bind the service to the customer."""
        return [a for a in self._agreements.values() if a.customer == customer and service in a.services]

    def owed(self, customer: str, service: str, start: int, end: int) -> list[Owed]:
        """Stretches that fill [start, end); of several agreements the one that binds most says what a moment is.

        Where nothing is agreed, all time is owed: nobody said when it may fail.
        """
        agreements = self.agreements(customer, service)
        if not agreements:
            return [Owed(start, end, Owing.OWED)] if start < end else []
        each = [list(self._under(agreement, start, end)) for agreement in agreements]
        edges = sorted({start, end, *(one.start for stretches in each for one in stretches)})
        found: list[Owed] = []
        for low, high in pairwise(edges):
            told = [one for stretches in each for one in stretches if one.start <= low < one.end]
            most = min(told, key=lambda one: _MOST_FIRST.index(one.owing))
            _add(found, Owed(low, high, most.owing, most.agreement, most.correction))
        return found

    def _under(self, agreement: AgreementTerms, start: int, end: int) -> Iterator[Owed]:
        """What one agreement says of every moment of [start, end)."""
        serving: list[Span] = []
        kept: list[Span] = []
        for revision in agreement.revisions:
            for hours, maintenance in self._planned(agreement.id, revision, start, end):
                serving += hours
                kept += maintenance
        corrections = [c for c in self._corrections[agreement.id] if c.start < end and c.end > start]
        spans = [*serving, *kept, *(Span(c.start, c.end) for c in corrections)]
        edges = sorted({start, end, *(t for span in spans for t in (span.start, span.end) if start < t < end)})
        for low, high in pairwise(edges):
            correction = next((c for c in reversed(corrections) if c.start <= low < c.end), None)
            owing = _owing(_covers(serving, low), _covers(kept, low), correction)
            yield Owed(low, high, owing, agreement.id, correction)

    def _planned(self, agreement: str, revision: Revision, start: int, end: int) -> Iterator[_Planned]:
        valid = validity(revision, start, end)
        at = end if valid is None else valid.start
        while valid is not None and at < valid.end:
            whole, (serving, kept) = self._period(agreement, revision, at)
            yield clipped(serving, valid.start, valid.end), clipped(kept, valid.start, valid.end)
            at = whole.end

    def _period(self, agreement: str, revision: Revision, at: int) -> tuple[Span, _Planned]:
        period = period_of(revision.period, revision.zone, at)
        key = (agreement, revision.number, period.start)
        found = self._periods.get(key)
        if found is None:
            serving = in_service(revision, period.start, period.end)
            planned = (serving, maintained(revision, period, serving))
            found = self._periods[key] = (Span(period.start, period.end), planned)
        return found


def _owing(serving: bool, maintained_: bool, correction: Correction | None) -> Owing:
    if not serving:
        return Owing.OUTSIDE
    if correction is not None:
        return Owing.OWED if correction.kind is CorrectionKind.DOWN else Owing.EXCLUDED
    return Owing.MAINTENANCE if maintained_ else Owing.OWED


def _covers(spans: Sequence[Span], at: int) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _add(found: list[Owed], more: Owed) -> None:
    """Adds a stretch, or lengthens the last one where nothing else changed."""
    last = found[-1] if found else None
    if last is not None and (last.owing, last.agreement, last.correction) == (
        more.owing,
        more.agreement,
        more.correction,
    ):
        found[-1] = Owed(last.start, more.end, last.owing, last.agreement, last.correction)
    else:
        found.append(more)
