"""A batch as SQL, inside one transaction."""

import json
import sqlite3
from collections.abc import Sequence

from slamon.accounting import Observation, Run
from slamon.ledger.batch import MOST_ARRIVALS, Batch, Tally
from slamon.ledger.packing import pack_counts, pack_observations

_RUN = '(check_key, start, last, "end", verdict, count, interval_ms, stale_after_ms, reason, counted'
_PUT_RUN = f"replace into run {_RUN}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_ASIDE = f"replace into run_aside {_RUN}, entered) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_FACT = "replace into fact values (?, ?)"


class Keys:
    """Check ids as the numbers that stand for them in the file; new ones are made in the running transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._keys: dict[str, int] = {}

    def forget(self) -> None:
        """They may be of a transaction that was taken back: read them again when they are needed."""
        self._keys = {}

    def __call__(self, check: str) -> int:
        key = self._keys.get(check)
        if key is None:
            if not self._keys:
                self._keys.update(self._connection.execute("select name, key from check_key"))
            key = self._keys.get(check) or self._new(check)
        return key

    def _new(self, check: str) -> int:
        key = self._connection.execute("insert into check_key (name) values (?)", (check,)).lastrowid
        assert key is not None
        self._keys[check] = key
        return key


def write(connection: sqlite3.Connection, batch: Batch, keys: Keys) -> None:
    """Put everything of a batch; the caller begins and ends the transaction."""
    put = connection.executemany
    if batch.set_back is not None:
        _set_back(connection, batch, keys)
    row = _journal_row(batch.observations, keys, counted=False)
    _unjournal(connection, row)
    if batch.tallies:
        put("replace into tally values (?, ?, ?, ?, ?, ?, ?)", [_tally(c, t, keys) for c, t in batch.tallies.items()])
        connection.execute("update journal set counted = 1 where counted = 0")
    _put_journal(connection, row)
    put(_PUT_RUN, [_run(run, keys) for run in batch.runs.values()])
    put("replace into blind values (?, ?, ?)", [(b.start, b.cause.value, b.end) for b in batch.blinds.values()])
    put(
        "replace into quarter values (?, ?, ?, ?, ?, ?)",
        [
            (keys(check), start, h.total, h.sum_us, pack_counts(h.good), pack_counts(h.buckets))
            for (check, start), h in batch.quarters.items()
        ],
    )
    _put_stints(connection, batch, keys)
    put(
        "replace into accounted values (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*key, a.since, a.until, a.up, a.down, a.unknown, a.excluded) for key, a in batch.accounted.items()],
    )
    put(
        "replace into outages values (?, ?, ?, ?)",
        [(service, o.since, o.until, o.count) for service, o in batch.outages.items()],
    )
    put(
        'delete from mark where kind = ? and start = ? and "end" = ?',
        [(m.kind, m.start, m.end) for m in batch.unmarked],
    )
    put(
        "replace into mark values (?, ?, ?, ?, ?)",
        [(m.kind, m.start, m.end, m.entered, m.words) for m in batch.marks],
    )
    _put_arrivals(connection, batch, keys)
    if batch.fold is not None:
        connection.execute("delete from journal where counted = 1 and newest < ?", (batch.fold.before,))
        _put_journal(connection, _journal_row(batch.fold.carried, keys, counted=True))
    if batch.watermark is not None:
        connection.execute(_PUT_FACT, ("watermark", batch.watermark))


_Row = tuple[int, int, str]


def _journal_row(observations: Sequence[Observation], keys: Keys, *, counted: bool) -> _Row | None:
    if not observations:
        return None
    return max(o.at for o in observations), int(counted), pack_observations(observations, keys)


def _put_journal(connection: sqlite3.Connection, row: _Row | None) -> None:
    if row is not None:
        connection.execute("insert into journal values (null, ?, ?, ?)", row)


def _unjournal(connection: sqlite3.Connection, row: _Row | None) -> None:
    """The same batch once more replaces its row, before that is marked as counted."""
    if row is not None:
        newest, _, body = row
        connection.execute("delete from journal where newest = ? and body = ?", (newest, body))


def _run(run: Run, keys: Keys) -> tuple[object, ...]:
    return (
        keys(run.check),
        run.start,
        run.last,
        run.end,
        run.verdict.value,
        run.count,
        run.interval_ms,
        run.stale_after_ms,
        run.reason,
        int(run.counted),
    )


def _set_back(connection: sqlite3.Connection, batch: Batch, keys: Keys) -> None:
    """What is dated after the clock goes aside. The journal is written anew by the fold that comes with it."""
    connection.execute("delete from run where start > ?", (batch.set_back,))
    connection.executemany(_PUT_ASIDE, [(*_run(run, keys), batch.set_back) for run in batch.aside])
    connection.execute("delete from journal")
    connection.execute("delete from arrival where at > ?", (batch.set_back,))
    connection.execute("delete from blind where start >= ?", (batch.set_back,))
    connection.execute('update blind set "end" = ? where "end" > ?', (batch.set_back, batch.set_back))


def _put_stints(connection: sqlite3.Connection, batch: Batch, keys: Keys) -> None:
    for check, stints in batch.stints.items():
        key = keys(check)
        connection.execute("delete from stint where check_key = ?", (key,))
        connection.executemany(
            "insert into stint values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    key,
                    position,
                    s.service,
                    s.since,
                    s.until,
                    s.terms.interval_ms,
                    s.terms.confirm,
                    s.terms.flapping,
                    s.terms.timeout_ms,
                )
                for position, s in enumerate(stints)
            ],
        )


def _put_arrivals(connection: sqlite3.Connection, batch: Batch, keys: Keys) -> None:
    """The newest of each check are kept, the words of the very newest."""
    connection.executemany("delete from arrival where check_key = ?", [(keys(check),) for check in batch.arrivals_of])
    connection.executemany(
        "replace into arrival values (?, ?, ?, ?, ?, ?, ?)",
        [(keys(a.check), a.at, a.what, a.reason, a.duration_us, a.label, a.words or None) for a in batch.arrivals],
    )
    for key in {keys(a.check) for a in batch.arrivals}:
        connection.execute(
            "delete from arrival where check_key = ? and at <="
            " (select at from arrival where check_key = ? order by at desc limit 1 offset ?)",
            (key, key, MOST_ARRIVALS),
        )
        connection.execute(
            "update arrival set words = null where check_key = ? and words is not null"
            " and at < (select max(at) from arrival where check_key = ?)",
            (key, key),
        )


def _tally(check: str, tally: Tally, keys: Keys) -> tuple[object, ...]:
    durations = None
    if tally.bounds_us:
        durations = json.dumps([tally.bounds_us, tally.durations, tally.sum_us], separators=(",", ":"))
    reasons = json.dumps(tally.reasons, separators=(",", ":"))
    return (keys(check), tally.since, tally.observations, tally.degraded, tally.failures, reasons, durations)
