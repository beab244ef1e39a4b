"""Reports of the ledger as it lies there: periods, figures, documents. Used by the command and by what is scheduled."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from slamon.accounting import Figure, Period
from slamon.catalogue import Catalogue
from slamon.errors import SlamonError, UsageError
from slamon.figures import Figures
from slamon.ledger import Entry, frozen, register
from slamon.ledger.register import corrections
from slamon.reports.document import Document
from slamon.reports.frozen import Closed, Frozen, Opinion
from slamon.reports.grounds import Grounds, Kept, grounds, trend_start
from slamon.reports.writing import document
from slamon.running.closings import APPROVAL, FREEZING, Closing, closings
from slamon.running.freezing import Content, read_back, with_names
from slamon.running.stored import figures_of, known_figures
from slamon.running.verifying import first_difference
from slamon.shown import instant_text
from slamon.shown.read_back import figure_of

Periods = Mapping[str, Period]
"""By agreement, the period that is reported on."""
LeftOut = Callable[[str, UsageError], None]


class Making:
    """Reads the ledger and makes documents of it, one after the other.

    `at`: as known when (ms); while slamon is `running`, its last commit at the latest. `as_of`: only what was entered
    before this instant counts, corrections and closings. Raises UsageError where there is no ledger, LedgerError where
    it cannot be read.
    """

    def __init__(
        self, loaded: Catalogue, path: Path, periods: Periods, at: int, *, running: bool, as_of: int | None = None
    ) -> None:
        self._loaded = loaded
        self._path = path
        self._running = running
        self._as_of = as_of
        self._periods = periods
        self._since = _since(loaded, periods)
        self._then: tuple[int, Figures] | None = None
        self.figures, self.at = known_figures(loaded, path, self._span(at), at, running=running)
        if as_of is not None:
            self.figures.as_of(as_of)

    def _span(self, at: int) -> str:
        return f"{instant_text(self._since)}/{instant_text(at + 1)}"

    def documents(self, left_out: LeftOut) -> Iterator[tuple[Grounds, Document]]:
        """One for each agreement; `left_out` is told of one of which there is nothing to tell, and why."""
        for agreement, period in self._periods.items():
            try:
                found = self._grounds(agreement, period)
            except UsageError as error:
                left_out(agreement, error)
            else:
                yield found, document(found)
            self.figures.book.forget(agreement)

    def _grounds(self, agreement: str, period: Period) -> Grounds:
        closing = self._closings.get((agreement, period.name))

        def kept(name: str) -> tuple[Figure, ...] | None:
            before = self._closings.get((agreement, name))
            return None if before is None else self._figures(before.frozen[-1])

        if closing is None:
            found = grounds(self.figures, agreement, period.name, self.at, kept=kept)
        else:
            found = self._closed(closing, period, kept)
        if found is None:
            raise UsageError(f"the agreement {agreement} was not in force in {period.name}")
        return found

    # -- closed periods

    @cached_property
    def _closings(self) -> Mapping[tuple[str, str], Closing]:
        """Those that were there at the moment that is asked about."""
        limit = self._as_of
        return closings(entry for entry in self._entries if limit is None or entry.entered < limit)

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        return register(self._path)

    def _content(self, entry: Entry) -> Content:
        text = frozen(self._path, entry)
        if text is None:
            raise SlamonError(f"what entry {entry.id} froze was changed by hand, or is gone: restore a backup")
        return dict(json.loads(text))

    def _figures(self, entry: Entry) -> tuple[Figure, ...]:
        return tuple(figure_of(told) for told in self._content(entry)["figures"])

    def _closed(self, closing: Closing, period: Period, kept: Kept) -> Grounds | None:
        """The frozen figures, with the facts under them where these still give the same."""
        content = self._content(closing.frozen[-1])
        at = int(content["at_ms"])
        then = self._as_closed(at)
        unlike = first_difference(then, content)
        closed = Closed(
            tuple(self._frozen(number, entry) for number, entry in enumerate(closing.frozen)),
            _opinion(closing.entries),
            self._now(closing.agreement, period),
            unlike,
        )
        if unlike is None:
            named = with_names(content, corrections(self._entries))
            then.book.set_corrections([read_back(told) for told in named["corrections"]])
            return grounds(then, closing.agreement, period.name, at, closed, kept)
        return grounds(self.figures, closing.agreement, period.name, self.at, closed, kept)

    def _as_closed(self, at: int) -> Figures:
        """Figures as known at a closing; agreements that were closed together share them."""
        if self._then is None or self._then[0] != at:
            self._then = (at, figures_of(self._loaded, self._path, self._span(at), at, running=self._running)[0])
        return self._then[1]

    def _frozen(self, number: int, entry: Entry) -> Frozen:
        content = with_names(self._content(entry), corrections(self._entries))
        told = tuple(content["figures"])
        figures = tuple(figure_of(one) for one in told)
        return Frozen(
            number, entry.author, entry.entered, entry.body.get("reason"), int(content["at_ms"]), figures, told
        )

    def _now(self, agreement: str, period: Period) -> tuple[Figure, ...]:
        book = self.figures.book
        services = book.agreements[agreement].services
        return tuple(f for service in services for f in book.figures(agreement, service, period, self.at))


def _opinion(entries: Sequence[Entry]) -> Opinion | None:
    """The newest approval or dispute of the newest figures; a restatement has to be approved anew."""
    newest = entries[-1]
    if newest.kind in FREEZING:
        return None
    return Opinion(newest.kind == APPROVAL, newest.author, newest.entered, str(newest.body.get("text") or ""))


def _since(loaded: Catalogue, periods: Periods) -> int:
    """From when on facts are needed: the first period of each trend."""
    starts = [
        trend_start(period, loaded.agreements[name].period, loaded.agreements[name].timezone)
        for name, period in periods.items()
    ]
    return max(min(starts), 0)
