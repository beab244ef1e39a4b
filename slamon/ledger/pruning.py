"""Forgetting: what ended before each check's retention."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from slamon.accounting import QUARTER_MS

_CHECKS_AT_ONCE = 50  # one transaction each: the write-ahead log stays small, and so does the wait for the disk
_RUNS = """delete from run where check_key = ?1 and start < ?2 and "end" < ?2
and start < (select max(start) from run where check_key = ?1)"""
_BLINDS = 'delete from blind where "end" < ?'


def prune(connection: sqlite3.Connection, before: Mapping[str, int]) -> int:
    """Delete runs, quarter hours and blind stretches that ended before; gives the number of runs.

    Each check's newest run stays. A blind stretch goes once it ended before every check's instant, and before the
    oldest run of each check that has no instant.
    """
    keys = dict(connection.execute("select name, key from check_key"))
    limits = iter([(keys[check], limit) for check, limit in before.items() if check in keys])
    gone = 0
    while some := list(islice(limits, _CHECKS_AT_ONCE)):
        with transaction(connection):
            gone += connection.executemany(_RUNS, some).rowcount
            connection.executemany(
                "delete from quarter where check_key = ? and start <= ?",
                [(key, limit - QUARTER_MS) for key, limit in some],
            )
    others = [keys[check] for check in keys if check not in before]
    oldest = [
        connection.execute("select min(start) from run where check_key = ?", (key,)).fetchone()[0] for key in others
    ]
    everybody = min([*before.values(), *(start for start in oldest if start is not None)], default=0)
    connection.execute(_BLINDS, (everybody,))
    return gone


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What is done inside is stored whole or not at all."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:  # SQLite has taken it back itself after a full disk
            connection.execute("rollback")
        raise
