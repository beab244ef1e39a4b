"""One check's durations with all their buckets, which `reading` leaves out beyond the newest two hours."""

import sqlite3
from contextlib import closing
from pathlib import Path

from slamon.accounting import Histogram
from slamon.ledger.opening import reader
from slamon.ledger.packing import unpack_counts
from slamon.ledger.trouble import translated


def whole_quarters(path: Path, check: str, start: int, end: int) -> dict[int, Histogram]:
    """The stored quarter hours that begin in [start, end), by beginning; LedgerError if they cannot be read."""
    try:
        with closing(reader(path)) as connection:
            rows = connection.execute(
                "select start, total, sum_us, good, buckets from quarter join check_key on check_key.key = check_key"
                " where name = ? and start >= ? and start < ?",
                (check, start, end),
            ).fetchall()
    except sqlite3.Error as error:
        raise translated(error, path) from error
    return {
        at: Histogram(unpack_counts(buckets), unpack_counts(good), total, sum_us)
        for at, total, sum_us, good, buckets in rows
    }
