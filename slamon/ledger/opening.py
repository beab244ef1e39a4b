"""How the file is opened: looked at without a change first, then made or brought to the newest form."""

import os
import sqlite3
from contextlib import closing, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

from slamon.errors import LedgerDamaged, LedgerError, LedgerTooNew
from slamon.ledger.trouble import damaged

APPLICATION_ID = 0x736C616D
_WAL_BYTES = 16 * 1024 * 1024
_SETTINGS = (
    "pragma synchronous = full",
    "pragma foreign_keys = on",
    "pragma temp_store = memory",
    "pragma secure_delete = off",
    "pragma cell_size_check = on",
    f"pragma journal_size_limit = {_WAL_BYTES}",
)

_NO_FILES = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Number and SQL of every migration, in order."""
    folder = files("slamon.ledger") / "migrations"
    found = [(int(f.name[:4]), f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".sql")]
    return tuple(sorted(found))


def wal_of(path: Path) -> Path:
    """The write-ahead log of the ledger at `path`: newest commits lie there, so it belongs to the file."""
    return path.with_name(path.name + "-wal")


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in autocommit; `mode` is SQLite's: ro, rw or rwc, with more URI parameters where wanted."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, beside any writer; also where the folder cannot be written."""
    connection = connect(path, "ro")
    try:
        connection.execute("select count(*) from sqlite_schema").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in _NO_FILES or not os.access(path, os.R_OK) or _size(wal_of(path)):
            raise
        return connect(path, "ro&immutable=1")  # nobody has it, and a reader's own files cannot be made
    return connection


def identified(connection: sqlite3.Connection, path: Path) -> int:
    """The number of the newest migration in the file; raises for a file that is not ours or not yet known."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    identity = connection.execute("pragma application_id").fetchone()[0]
    if identity != APPLICATION_ID:
        raise LedgerError(f"{path} is another program's database: name another file in storage.path, or --data")
    newest = migrations()[-1][0]
    if version > newest:
        raise LedgerTooNew(
            f"the ledger {path} was written by a newer slamon (its form is {version}, this one knows up to {newest}): "
            "run the newer version, or restore a backup made before it was installed. Nothing was changed"
        )
    return version


def examined(path: Path) -> None:
    """Raise unless the file at `path` is a sound ledger of ours. Neither it nor its write-ahead log is touched."""
    whole(path)
    with closing(reader(path)) as connection:
        identified(connection, path)
        found = connection.execute("pragma quick_check(1)").fetchone()[0]
    if found != "ok":
        raise damaged(path, " ".join(found.split()))


def whole(path: Path) -> None:
    """Raise LedgerDamaged where file and write-ahead log do not belong together: SQLite would lose or mix them."""
    wal = wal_of(path)
    if not path.exists():
        if _size(wal):
            raise LedgerDamaged(
                f"the ledger {path} is gone but its newest commits are there, in {wal}: put the file back beside it, "
                "or move that one away too. Nothing was changed"
            )
        return
    logged = _size(wal)
    if not path.stat().st_size:
        raise damaged(path, "it is empty; without a backup, remove it to begin a new one")
    if _open_here(path):
        return  # it was looked at then; closing it now would drop the locks that SQLite has on it in this process
    with path.open("rb") as file:
        header = file.read(32)
    if header[18:19] == b"\x01" and logged:
        raise LedgerDamaged(
            f"the ledger {path} is a restored backup, but {wal} is of the file before: remove {wal.name} and "
            f"{path.name}-shm. Nothing was changed"
        )
    if not logged and header.startswith(b"SQLite format 3\x00"):
        _uncut(path, header)


def _open_here(path: Path) -> bool:
    """Whether this process has the file open; also True where that cannot be told."""
    ours = path.stat()
    try:
        files_open = list(Path("/proc/self/fd").iterdir())
    except OSError:
        return True
    for file in files_open:
        with suppress(OSError):  # it was closed meanwhile
            if os.path.samestat(ours, file.stat()):
                return True
    return False


def _uncut(path: Path, header: bytes) -> None:
    """Without a log the file has all the pages that its header tells, and no part of one; SQLite fills in zeros."""
    page, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    page = 65_536 if page == 1 else page
    size = _size(path)
    if page < 512 or size % page or size < pages * page:
        raise damaged(path, f"it is cut off: {size} bytes, {pages} pages of {page} are due")


def created(path: Path) -> None:
    """Make an empty ledger beside `path` and move it into place, so that there never is half a one.

    Whoever has the lock is the only one to do so, and may take away what a killed one left.
    """
    unfinished = path.with_name(f".{path.name}.new")
    names = [unfinished.name + suffix for suffix in ("", "-journal", "-wal", "-shm")]
    for name in names:
        unfinished.with_name(name).unlink(missing_ok=True)
    try:
        with closing(connect(unfinished, "rwc")) as connection:
            migrated(connection, 0)
            connection.execute("pragma journal_mode = wal")
        synced(unfinished)
        unfinished.rename(path)
        synced(path.parent)
    finally:
        for name in names:
            unfinished.with_name(name).unlink(missing_ok=True)


def prepared(connection: sqlite3.Connection, path: Path) -> bool:
    """Make an examined file ready to be written; gives whether the last stop was clean."""
    connection.execute("pragma journal_mode = wal")
    for setting in _SETTINGS:
        connection.execute(setting)
    migrated(connection, identified(connection, path))
    row = connection.execute("select value from fact where name = 'clean'").fetchone()
    connection.execute("replace into fact values ('clean', 0)")
    return row is None or bool(row[0])


def migrated(connection: sqlite3.Connection, version: int) -> None:
    """Bring a file of form `version` to the newest one. Each step is done whole or not at all."""
    for number, sql in migrations():
        if number > version:
            try:
                connection.executescript(
                    f"begin immediate; {sql}\n; pragma user_version = {number}; "
                    f"pragma application_id = {APPLICATION_ID}; commit;"
                )
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise


def synced(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before going on."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
