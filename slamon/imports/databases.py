"""Databases of other monitors, which are only read."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from slamon.errors import UsageError

SQLITE = b"SQLite format 3\0"


def opened(file: Path) -> sqlite3.Connection:
    """A database of others, which is only read; also one in use. UsageError where it is none."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"{file} cannot be read as a database: {error}") from None
    return connection


def is_database(file: Path) -> bool:
    """Whether a file is a SQLite database; UsageError where it cannot be read."""
    try:
        with file.open("rb") as handle:
            return handle.read(len(SQLITE)) == SQLITE
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
