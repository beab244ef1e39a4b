"""The counters of accounts and outages: each moment is counted once, when it is settled and committed, for good."""

from collections.abc import Iterator, Mapping

from slamon.accounting import Accounted, Book
from slamon.ledger import AccountedTotals, Batch, OutageTotal


class Totals:
    """What was accounted so far. `shown` is committed; corrections entered later change figures, never these."""

    def __init__(
        self, accounted: Mapping[tuple[str, str], AccountedTotals], outages: Mapping[str, OutageTotal], since: int
    ) -> None:
        """`since`: before it no facts are known, so nothing is counted there."""
        self.shown = dict(accounted)
        self.outages = dict(outages)
        self._accounted = dict(accounted)
        self._begun = dict(outages)
        self._since = since

    def advance(self, book: Book, committed: int, batch: Batch, now: int) -> Iterator[None]:
        """Puts what was settled before `committed` into a batch, one account after the other; the book is refreshed."""
        for agreement in book.agreements.values():
            for service in agreement.services:
                self._account(book, (agreement.id, service), committed, batch)
                yield
        for service in book.services:
            self._outages(book, service, committed, batch, now)
            yield

    def _account(self, book: Book, key: tuple[str, str], committed: int, batch: Batch) -> None:
        settled = book.settled(*key)
        if settled is None:
            return
        until = min(settled, committed)
        have = self._accounted.get(key) or self._first(book, key, until)
        if until > have.until:
            more = book.accounted(*key, have.until, until)
            batch.accounted[key] = self._accounted[key] = AccountedTotals(
                have.since,
                until,
                have.up + more.up,
                have.down + more.down,
                have.unknown + more.unknown,
                have.excluded + more.excluded,
            )

    def _first(self, book: Book, key: tuple[str, str], until: int) -> AccountedTotals:
        since = self._begin(book, key[1], until)
        valid_from = book.agreements[key[0]].revisions[0].valid_from
        since = since if valid_from is None else min(max(since, valid_from), until)
        return AccountedTotals(since, since)

    def _begin(self, book: Book, service: str, until: int) -> int:
        begins = book.begins(service)
        return until if begins is None else min(max(begins, self._since), until)

    def _outages(self, book: Book, service: str, committed: int, batch: Batch, now: int) -> None:
        until = min(book.service_settled(service, now), committed)
        have = self._begun.get(service)
        if have is None:
            since = self._begin(book, service, until)
            have = OutageTotal(since, since)
        if until > have.until or service not in self._begun:
            begun = 0
            for span in reversed(book.service_outages(service, now)):
                if span.start < have.until:
                    break
                begun += span.start < until
            total = OutageTotal(have.since, max(until, have.until), have.count + begun)
            batch.outages[service] = self._begun[service] = total

    def committed(self, batch: Batch) -> None:
        """A batch is in the ledger."""
        self.shown.update(batch.accounted)
        self.outages.update(batch.outages)

    def accounted(self, agreement: str, service: str) -> tuple[Accounted, int] | None:
        """The ms by class and since when; None while nothing is."""
        have = self.shown.get((agreement, service))
        return None if have is None else (Accounted(have.up, have.down, have.unknown, have.excluded), have.since)
