"""The ledger: one read-write connection in one process, one writer thread; everybody else reads only."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from slamon.errors import LedgerError
from slamon.ledger import deliveries
from slamon.ledger.batch import Batch, Stored
from slamon.ledger.erasing import Erased, Wanted, erase, owes_scrubbing, scrub
from slamon.ledger.lock import Lock
from slamon.ledger.notices import Notice, put
from slamon.ledger.opening import connect, created, examined, prepared, wal_of, whole
from slamon.ledger.pruning import prune, transaction
from slamon.ledger.reading import Durations, read
from slamon.ledger.register import Entry, Guard, append, as_read, read_entries
from slamon.ledger.trouble import translated, unreadable
from slamon.ledger.writing import Keys, write

T = TypeVar("T")


class Ledger:
    """The open ledger. Commits are done in order by one thread; `Future`s tell how they ended."""

    def __init__(self, path: Path, lock: Lock, connection: sqlite3.Connection, *, was_clean: bool) -> None:
        self.path = path
        self.was_clean = was_clean
        self._lock = lock
        self._connection = connection
        self._keys = Keys(connection)
        self._thread = ThreadPoolExecutor(1, "ledger")
        self._closed = False
        self._entries: Sequence[Entry] | None = None

    @classmethod
    def open(cls, path: Path) -> "Ledger":
        """Open it for this process alone, made where there is none.

        Raises LedgerBusy, LedgerTooNew, LedgerDamaged, LedgerReadOnly, LedgerFull or LedgerError; the file is left as
        it was. The whole file is checked first, which takes a second for each 200 MB or so.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise translated(error, path) from error
        lock = Lock.take(path)
        try:
            return cls._opened(path, lock)
        except (sqlite3.Error, OSError) as error:
            lock.release()
            raise translated(error, path) from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _opened(cls, path: Path, lock: Lock) -> "Ledger":
        whole(path)
        if path.exists():
            examined(path)
        else:
            created(path)
        connection = connect(path, "rw")
        try:
            was_clean = prepared(connection, path)
            if owes_scrubbing(connection):
                _scrubbed(connection)
            return cls(path, lock, connection, was_clean=was_clean)
        except BaseException:
            connection.close()
            raise

    def load(self, since: int | None = None, durations: Durations | None = None) -> Stored:
        """What is stored, see `reading.read`; blocks, so call it before the loop runs or through `do`."""
        try:
            stored = self.do(lambda: read(self._connection, since, durations)).result()
            self._entries = stored.register = tuple(stored.register)
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(self.path, error) from error
        stored.clean = self.was_clean
        return stored

    def commit(self, batch: Batch) -> "Future[None]":
        """Store a batch, whole or not at all; the batch must not be changed any more."""
        return self.do(lambda: self._commit(batch))

    def note(self, notices: Sequence[Notice]) -> "Future[None]":
        """Keep what was told of alerts; what is known already changes nothing."""
        return self.do(lambda: put(self._connection, notices))

    def scheduled(self, what: Collection[str], now: int) -> "Future[Mapping[str, int]]":
        """Since when each of these is scheduled, see `deliveries.scheduled`."""
        return self.do(lambda: deliveries.scheduled(self._connection, what, now))

    def deliver(self, found: Sequence[deliveries.Delivered]) -> "Future[None]":
        """Keep how ends of scheduled reports stand."""
        return self.do(lambda: deliveries.put(self._connection, found))

    def prune(self, before: Mapping[str, int]) -> "Future[int]":
        """Forget what ended before each check's instant, see `pruning.prune`; gives the number of runs forgotten."""
        before = dict(before)
        return self.do(lambda: prune(self._connection, before))

    def enter(self, entries: Iterable[Entry], now: int, guard: Guard | None = None) -> "Future[list[Entry]]":
        """Add entries to the register, all or none, see `register.append`; `now` in ms.

        What `guard` raises leaves everything as it was.
        """
        entries = list(entries)

        def entered() -> list[Entry]:
            instead = None if guard is None else guard(self._all_entries())
            with transaction(self._connection):
                made = append(self._connection, entries if instead is None else instead, now)
            if self._entries is not None:
                self._entries = (*self._entries, *map(as_read, made))
            return made

        return self.do(entered)

    def entries(self) -> "Future[Sequence[Entry]]":
        """The register's entries in order; kept in memory, as nobody else writes them. LedgerDamaged: a row is none."""
        return self.do(self._all_entries)

    def _all_entries(self) -> Sequence[Entry]:
        if self._entries is None:
            try:
                self._entries = tuple(read_entries(self._connection))
            except (ValueError, KeyError, TypeError) as error:
                raise unreadable(self.path, error) from error
        return self._entries

    def erase(self, wanted: Wanted, author: str, reason: str, now: int) -> "Future[Erased]":
        """Erase names or texts of the register, see `erasing.erase`, and write the file anew; `now` in ms."""

        def erased() -> Erased:
            self._entries = None
            with transaction(self._connection):
                entry, finding = erase(self._connection, wanted, author, reason, now)
            return Erased(entry, finding, _scrubbed(self._connection))

        return self.do(erased)

    def size(self) -> int:
        """Bytes of the file with its write-ahead log."""
        return sum(file.stat().st_size for file in (self.path, wal_of(self.path)) if file.exists())

    def do(self, work: Callable[[], T]) -> "Future[T]":
        """Let the writer thread do something; sqlite3's errors arrive as ours."""

        def done() -> T:
            try:
                return work()
            except (sqlite3.Error, OSError) as error:
                raise translated(error, self.path) from error

        return self._thread.submit(done)

    def close(self, *, clean: bool = True) -> None:
        """Finish what was asked for and give the ledger back. `clean`: everything known was committed.

        Where that cannot be stored any more the stop counts as one that was not clean. A second call does nothing.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if clean:
                self.do(lambda: self._connection.execute("replace into fact values ('clean', 1)")).result()
        except LedgerError:
            pass
        finally:
            self._thread.submit(self._connection.close).result()
            self._thread.shutdown()
            self._lock.release()

    def _commit(self, batch: Batch) -> None:
        try:
            with transaction(self._connection):
                write(self._connection, batch, self._keys)
        except BaseException:
            self._keys.forget()
            raise


def _scrubbed(connection: sqlite3.Connection) -> bool:
    """Whether no rest of what was erased is in the file; where the disk is full, the next start tries again."""
    try:
        return scrub(connection)
    except sqlite3.Error:
        return False
