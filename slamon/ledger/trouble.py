"""SQLite's errors in our words: each names the file, what is wrong and what helps."""

import errno
import os
import sqlite3
from pathlib import Path

from slamon.errors import LedgerBusy, LedgerDamaged, LedgerError, LedgerFull, LedgerReadOnly

_PRIMARY = 0xFF
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
# a quota and a limit of the file's size arrive as failed writes, a full disk at opening as a failed -shm
_UNWRITTEN = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN}

_UNREADABLE = "Could not decode"  # the sqlite3 module's own error, without a number


def translated(error: Exception, path: Path) -> LedgerError:
    """The error of ours that says what SQLite's or the system's means for the ledger at `path`."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & _PRIMARY
    number = getattr(error, "errno", None)
    if _is_full(path, code, number):
        return LedgerFull(
            f"no space is left for the ledger {path} ({error}): free some, or raise the quota; probing goes on, "
            "storing resumes then"
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) or number in _NO_RIGHT:
        return LedgerReadOnly(
            f"the ledger {path} cannot be opened or written ({error}): give this user the right to read and write the "
            "file and its folder"
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT) or _UNREADABLE in str(error):
        return damaged(path, str(error))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(f"another program holds the ledger {path} ({error}): stop it, or let it end")
    return LedgerError(f"the ledger {path} cannot be used: {error}")


def _is_full(path: Path, code: int | None, number: int | None) -> bool:
    if number in _NO_ROOM or code == sqlite3.SQLITE_FULL or code in _UNWRITTEN:
        return True
    if code is None or code & _PRIMARY not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return False
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail == 0 or (disk.f_files > 0 and disk.f_favail == 0)


def damaged(path: Path, words: str) -> LedgerDamaged:
    """The file is not sound; it is left as it is."""
    return LedgerDamaged(
        f"the ledger {path} is damaged ({words}). Nothing was changed. Put it aside, together with {path.name}-wal, "
        "and restore a backup in its place (`slamon backup` writes them), or save what can be read with "
        f"`sqlite3 {path.name} .recover`"
    )


def unreadable(path: Path, error: Exception) -> LedgerDamaged:
    """The like, of a row that is not what we write."""
    return damaged(path, f"a row cannot be read: {type(error).__name__} {error}")
