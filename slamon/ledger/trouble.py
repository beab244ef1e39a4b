"""SQLite's errors in our words: each names the file, what is wrong and what helps."""

import sqlite3
from pathlib import Path

from slamon.errors import LedgerBusy, LedgerDamaged, LedgerError, LedgerFull, LedgerReadOnly

_PRIMARY = 0xFF


def translated(error: Exception, path: Path) -> LedgerError:
    """The error of ours that says what SQLite's or the system's means for the ledger at `path`."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & _PRIMARY
    if primary == sqlite3.SQLITE_FULL or "disk is full" in str(error) or getattr(error, "errno", None) == 28:
        return LedgerFull(f"no space is left for the ledger {path}: free some; probing goes on, storing resumes then")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM) or isinstance(
        error, PermissionError
    ):
        return LedgerReadOnly(
            f"the ledger {path} cannot be written ({error}): give this user the right to write the file and its folder"
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT):
        return damaged(path, str(error))
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(f"another program holds the ledger {path} ({error}): stop it, or let it end")
    return LedgerError(f"the ledger {path} cannot be used: {error}")


def damaged(path: Path, words: str) -> LedgerDamaged:
    """The file is not sound; it is left as it is."""
    return LedgerDamaged(
        f"the ledger {path} is damaged ({words}). Nothing was changed. Put it aside and restore a backup in its place "
        f"(`slamon backup` writes them), or save what can be read with `sqlite3 {path.name} .recover`"
    )
