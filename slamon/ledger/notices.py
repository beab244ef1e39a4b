"""What Alertmanager told of alerts: kept once each, never changed."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from enum import StrEnum
from pathlib import Path

from slamon.ledger.opening import identified, reader
from slamon.ledger.pruning import transaction
from slamon.ledger.trouble import translated


class What(StrEnum):
    """What is told of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Notice:
    """`starts`: since when the alert fires; `at`: when it was told first, both in ms.

    `receiver` empty: nobody was told, as somebody silenced it; `silence`, `author` and `words` are of the silence.
    """

    service: str
    starts: int
    fingerprint: str
    what: str
    receiver: str
    silence: str
    at: int
    alert: str
    agreement: str = ""
    severity: str = ""
    author: str = ""
    words: str = ""


def put(connection: sqlite3.Connection, notices: Iterable[Notice]) -> None:
    """Keep those that are not known yet."""
    with transaction(connection):
        connection.executemany(
            "insert or ignore into notice values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, notices)
        )


def notices(path: Path, services: Iterable[str], until: int) -> Sequence[Notice]:
    """All of these services' alerts that began before `until`, in order of time; without the lock.

    Empty where there is no ledger. Raises LedgerError.
    """
    if not path.exists():
        return []
    try:
        with closing(reader(path)) as connection:
            identified(connection, path)
            if connection.execute("select 1 from sqlite_schema where name = 'notice'").fetchone() is None:
                return []
            rows = [
                row
                for service in sorted(set(services))
                for row in connection.execute("select * from notice where service = ? and starts < ?", (service, until))
            ]
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error
    return sorted((Notice(*row) for row in rows), key=lambda notice: (notice.at, notice.starts, notice.receiver))
