"""Runs of scheduled reports: what was delivered where, and what was tried; since when something is scheduled at all."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

from slamon.ledger.opening import identified, reader
from slamon.ledger.pruning import transaction
from slamon.ledger.trouble import translated


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a run of a report stands at one of its ends; instants in ms. `delivered` None: not yet."""

    report: str
    period: str
    target: str
    due: int
    tries: int
    first: int
    newest: int
    delivered: int | None = None
    words: str = ""


def scheduled(connection: sqlite3.Connection, what: Collection[str], now: int) -> Mapping[str, int]:
    """Know these as scheduled, the new ones from `now` on, and no others; gives since when each is."""
    known = dict(connection.execute("select what, since from scheduled"))
    if known.keys() == set(what):
        return known
    with transaction(connection):
        gone = [(name,) for name in known if name not in what]
        connection.executemany("delete from scheduled where what = ?", gone)
        new = {name: now for name in what if name not in known}
        connection.executemany("insert into scheduled values (?, ?)", list(new.items()))
    return {name: since for name, since in (known | new).items() if name in what}


def put(connection: sqlite3.Connection, found: Iterable[Delivered]) -> None:
    """How ends of runs stand now."""
    with transaction(connection):
        connection.executemany("replace into delivery values (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(astuple, found))


def deliveries(path: Path) -> tuple[Mapping[str, int], Sequence[Delivered]]:
    """Since when what is scheduled, and every run, in order of time; without the lock.

    Empty where there is no ledger, or an earlier version's. Raises LedgerError.
    """
    if not path.exists():
        return {}, []
    try:
        with closing(reader(path)) as connection:
            identified(connection, path)
            if connection.execute("select 1 from sqlite_schema where name = 'delivery'").fetchone() is None:
                return {}, []
            since = dict(connection.execute("select what, since from scheduled"))
            rows = connection.execute("select * from delivery order by due, report, target")
            return since, [Delivered(*row) for row in rows]
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error
