"""The ledger: one read-write connection in one process, one writer thread; everybody else reads only."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from slamon.errors import LedgerError, LedgerTooNew, UsageError
from slamon.ledger.batch import Batch, Stored
from slamon.ledger.lock import Lock
from slamon.ledger.reading import read
from slamon.ledger.trouble import damaged, translated
from slamon.ledger.writing import Keys, write

APPLICATION_ID = 0x736C616D
T = TypeVar("T")


def migrations() -> list[tuple[int, str]]:
    """Number and SQL of every migration, in order."""
    folder = files("slamon.ledger") / "migrations"
    found = [(int(f.name[:4]), f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".sql")]
    return sorted(found)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)


def _identified(connection: sqlite3.Connection, path: Path) -> int:
    """The number of the newest migration in the file; raises for a file that is not ours or not yet known."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    identity = connection.execute("pragma application_id").fetchone()[0]
    tables = connection.execute("select count(*) from sqlite_schema").fetchone()[0]
    if tables and identity != APPLICATION_ID:
        raise LedgerError(f"{path} is another program's database: name another file in storage.path, or --data")
    newest = migrations()[-1][0]
    if version > newest:
        raise LedgerTooNew(
            f"the ledger {path} was written by a newer slamon (its form is {version}, this one knows up to {newest}): "
            "run the newer version, or restore a backup made before it was installed. Nothing was changed"
        )
    return version


class Ledger:
    """The open ledger. Commits are done in order by one thread; `Future`s tell how they ended."""

    def __init__(self, path: Path, lock: Lock, connection: sqlite3.Connection, *, was_clean: bool) -> None:
        self.path = path
        self.was_clean = was_clean
        self._lock = lock
        self._connection = connection
        self._keys = Keys(connection)
        self._thread = ThreadPoolExecutor(1, "ledger")

    @classmethod
    def open(cls, path: Path) -> "Ledger":
        """Open it for this process alone, made where there is none.

        Raises LedgerBusy, LedgerTooNew, LedgerDamaged, LedgerReadOnly, LedgerFull or LedgerError; the file is left as
        it was. After a stop that was not clean the whole file is checked, which takes a second for each 200 MB or so.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise translated(error, path) from error
        lock = Lock.take(path)
        try:
            connection = _connect(path, "rwc")
        except sqlite3.Error as error:
            lock.release()
            raise translated(error, path) from error
        try:
            was_clean = _prepared(connection, path)
            return cls(path, lock, connection, was_clean=was_clean)
        except sqlite3.Error as error:
            connection.close()
            lock.release()
            raise translated(error, path) from error
        except BaseException:
            connection.close()
            lock.release()
            raise

    def load(self, since: int | None = None, timed: Callable[[str], bool] = lambda _check: True) -> Stored:
        """What is stored, see `reading.read`; blocks, so call it before the loop runs or through `do`."""
        try:
            stored = self.do(lambda: read(self._connection, since, timed)).result()
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self.path, f"a row cannot be read: {type(error).__name__} {error}") from error
        stored.clean = self.was_clean
        return stored

    def commit(self, batch: Batch) -> "Future[None]":
        """Store a batch, whole or not at all; the batch must not be changed any more."""
        return self.do(lambda: self._commit(batch))

    def prune(self, before: Mapping[str, int]) -> "Future[int]":
        """Forget what ended before each check's instant; gives the number of runs forgotten."""
        return self.do(lambda: self._prune(dict(before)))

    def size(self) -> int:
        """Bytes of the file with its write-ahead log."""
        wal = self.path.with_name(self.path.name + "-wal")
        return sum(file.stat().st_size for file in (self.path, wal) if file.exists())

    def do(self, work: Callable[[], T]) -> "Future[T]":
        """Let the writer thread do something; sqlite3's errors arrive as ours."""

        def done() -> T:
            try:
                return work()
            except (sqlite3.Error, OSError) as error:
                raise translated(error, self.path) from error

        return self._thread.submit(done)

    def close(self, *, clean: bool = True) -> None:
        """Finish what was asked for and give the ledger back. `clean`: everything known was committed."""

        def last() -> None:
            if clean:
                self._connection.execute("replace into fact values ('clean', 1)")
            self._connection.close()

        try:
            self.do(last).result()
        except LedgerError:
            self._connection.close()
        self._thread.shutdown()
        self._lock.release()

    def _commit(self, batch: Batch) -> None:
        connection = self._connection
        connection.execute("begin immediate")
        try:
            write(connection, batch, self._keys)
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            self._keys.read()
            raise

    def _prune(self, before: Mapping[str, int]) -> int:
        gone = 0
        keys = dict(self._connection.execute("select name, key from check_key"))
        for check, limit in before.items():
            if check in keys:
                gone += self._connection.execute(
                    'delete from run where check_key = ? and "end" < ?', (keys[check], limit)
                ).rowcount
                self._connection.execute("delete from quarter where check_key = ? and start < ?", (keys[check], limit))
        everybody = min((before.get(check, 0) for check in keys), default=0)
        self._connection.execute('delete from blind where "end" < ?', (everybody,))
        return gone


def _prepared(connection: sqlite3.Connection, path: Path) -> bool:
    """Bring the file to the newest form; gives whether the last stop was clean."""
    version = _identified(connection, path)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    for number, sql in migrations():
        if number > version:
            connection.executescript(
                f"begin immediate; {sql}\n; pragma user_version = {number}; pragma application_id = {APPLICATION_ID};"
                "commit;"
            )
    row = connection.execute("select value from fact where name = 'clean'").fetchone()
    clean = row is None or bool(row[0])
    if not clean:
        found = connection.execute("pragma quick_check(1)").fetchone()[0]
        if found != "ok":
            raise damaged(path, found)
    connection.execute("replace into fact values ('clean', 0)")
    return clean


def read_only(path: Path, since: int | None = None, timed: Callable[[str], bool] = lambda _check: True) -> Stored:
    """What is stored, without the lock: also while slamon runs. UsageError where there is no ledger."""
    if not path.exists():
        raise UsageError(f"there is no ledger at {path}: start slamon once, or name its folder with --data")
    try:
        with closing(_connect(path, "ro")) as connection:
            if _identified(connection, path) == 0:
                return Stored(since=since)
            return read(connection, since, timed)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, f"a row cannot be read: {type(error).__name__} {error}") from error


def backup(path: Path, to: Path) -> None:
    """A whole, consistent copy at `to`, also while slamon runs; UsageError where something is there already."""
    if to.exists():
        raise UsageError(f"{to} exists: name a new file, nothing is overwritten")
    if not path.exists():
        raise UsageError(f"there is no ledger at {path}: start slamon once, or name its folder with --data")
    unfinished = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with closing(_connect(path, "ro")) as connection:
            _identified(connection, path)
            connection.execute("vacuum into ?", (str(unfinished),))
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(to)
    except (sqlite3.Error, OSError) as error:
        raise translated(error, to) from error
    finally:
        unfinished.unlink(missing_ok=True)
