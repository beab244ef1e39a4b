"""What any process may do with the ledger, also while another one writes it: read it and copy it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from slamon.errors import UsageError
from slamon.ledger.batch import Mark, Stored
from slamon.ledger.erasing import Finding, Wanted, found
from slamon.ledger.opening import identified, reader, synced, whole
from slamon.ledger.reading import Durations, read
from slamon.ledger.register import Broken, Entry, content_of, first_broken, read_entries
from slamon.ledger.trouble import translated, unreadable

T = TypeVar("T")
_OF_THE_LEDGER = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN}


def read_only(path: Path, since: int | None = None, durations: Durations | None = None) -> Stored:
    """What is stored, without the lock: also while slamon runs. UsageError where there is no ledger."""
    try:
        _found(path)
        with closing(reader(path)) as connection:
            identified(connection, path)
            return read(connection, since, durations)
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error


def watermark(path: Path) -> int | None:
    """Up to when observations are stored (ms), without the lock; None: none ever were. UsageError without a ledger."""
    _found(path)
    row = _asked(path, lambda c: c.execute("select value from fact where name = 'watermark'").fetchone())
    return None if row is None else int(row[0])


def marks(path: Path) -> list[Mark]:
    """Which facts the ledger says were not observed here, without the lock; none where there is no ledger."""
    if not path.exists():
        return []
    try:
        with closing(reader(path)) as connection:
            identified(connection, path)
            return [Mark(*row) for row in connection.execute("select * from mark order by start")]
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error


def register(path: Path) -> list[Entry]:
    """The register's entries, without the lock; none where there is no ledger."""
    return _asked(path, read_entries) if path.exists() else []


def broken(path: Path) -> Broken | None:
    """The first entry of the register that is not as it was written, without the lock."""
    return _asked(path, first_broken) if path.exists() else None


def erasable(path: Path, wanted: Wanted) -> Finding:
    """What would be erased, without the lock; UsageError where there is nothing of it."""
    _found(path)
    return _asked(path, lambda connection: found(connection, wanted))


def frozen(path: Path, entry: Entry) -> str | None:
    """The long content of an entry, without the lock; None where it is gone or was changed by hand."""
    return _asked(path, lambda connection: content_of(connection, entry))


def _asked(path: Path, question: Callable[[sqlite3.Connection], T]) -> T:
    try:
        with closing(reader(path)) as connection:
            identified(connection, path)
            return question(connection)
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error


def backup(path: Path, to: Path) -> None:
    """A whole, consistent copy at `to`, also while slamon runs; UsageError where something is there already.

    It is one moment between two commits, on the disk when this returns. LedgerError names the side that failed.
    """
    if os.path.lexists(to):
        raise _exists(to)
    if not to.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {to.absolute().parent}: make it first, or name another file")
    unfinished = to.absolute().with_name(f".{to.name}.{os.getpid()}.part")
    try:
        _found(path)
        unfinished.touch(exist_ok=True)
    except OSError as error:
        raise translated(error, to if path.exists() else path) from error
    try:
        _copied(path, unfinished, to)
        _placed(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished.with_name(unfinished.name + "-journal").unlink(missing_ok=True)


def _found(path: Path) -> None:
    if not path.exists():
        raise UsageError(f"there is no ledger at {path}: start slamon once, or name its folder with --data")
    whole(path)


def _exists(to: Path) -> UsageError:
    return UsageError(f"{to} exists: name a new file, nothing is overwritten")


def _copied(path: Path, unfinished: Path, to: Path) -> None:
    try:
        with closing(reader(path)) as connection:
            identified(connection, path)
            connection.execute("pragma temp_store = memory")
            connection.execute("vacuum into ?", (str(unfinished),))
    except sqlite3.Error as error:
        raise translated(error, path if error.sqlite_errorcode & 0xFF in _OF_THE_LEDGER else to) from error


def _placed(unfinished: Path, to: Path) -> None:
    """Give the finished copy its name, unless somebody has taken it meanwhile."""
    try:
        synced(unfinished)
        try:
            to.hardlink_to(unfinished)
        except FileExistsError:
            raise _exists(to) from None
        except OSError as error:  # a file system without hard links
            if os.path.lexists(to):
                raise _exists(to) from error
            unfinished.rename(to)
        synced(to.absolute().parent)
    except OSError as error:
        raise translated(error, to) from error
