"""What the file holds, read in one short transaction."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slamon.accounting import (
    Blind,
    Cause,
    CheckTerms,
    Histogram,
    Observation,
    Run,
    SettledCounts,
    Stint,
    Verdict,
)
from slamon.ledger.batch import AccountedTotals, Arrival, Mark, OutageTotal, Stored, Tally
from slamon.ledger.packing import unpack_counts, unpack_observations
from slamon.ledger.register import corrections, read_entries

_RUN = 'start, last, "end", verdict, count, interval_ms, stale_after_ms, reason, counted'
_RUNS = f"""select {_RUN} from run where check_key = ?1
and start >= coalesce((select max(start) from run where check_key = ?1 and start < ?2), ?2) order by start"""
_VERDICT = {verdict.value: verdict for verdict in Verdict}
_FULL_QUARTERS_MS = 2 * 3_600_000


@dataclass(frozen=True, slots=True)
class Durations:
    """Which durations are wanted beyond the newest two hours, and as what.

    `since`: from when on, by check; None: of this check none. `thresholds_us`: what is good, in us; the quarter hours
    come as `Stored.settled` then, which takes far less memory than `Stored.quarters`.
    """

    since: Callable[[str], int | None]
    thresholds_us: tuple[int, ...]


def read(connection: sqlite3.Connection, since: int | None = None, durations: Durations | None = None) -> Stored:
    """Everything from `since` on; without `durations` all of these as `Stored.quarters`."""
    connection.execute("begin")
    try:
        return _Reading(connection, since).stored(durations)
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


class _Reading:
    def __init__(self, connection: sqlite3.Connection, since: int | None) -> None:
        self._connection = connection
        self._ask = connection.execute
        self._since = -(1 << 62) if since is None else since
        self._names: dict[int, str] = dict(self._ask("select key, name from check_key"))
        self._out = Stored(since=since)

    def stored(self, durations: Durations | None) -> Stored:
        facts = dict(self._ask("select name, value from fact"))
        self._out.watermark, self._out.clean = facts.get("watermark"), bool(facts.get("clean", 1))
        self._runs()
        self._tallies()
        self._journal()
        self._out.blinds = [
            Blind(start, end, Cause(cause))
            for start, cause, end in self._ask('select * from blind where "end" >= ? order by start', (self._since,))
        ]
        if durations is None:
            self._quarters(self._since)
        else:
            self._quarters(max(self._recent(), self._since))
            self._settled(durations)
        self._stints()
        self._totals()
        self._arrivals()
        self._out.register = read_entries(self._connection)
        self._out.corrections = corrections(self._out.register)
        return self._out

    def _runs(self) -> None:
        """The runs of a check do not overlap: of those that began before `since`, only the last may reach over it."""
        same: Callable[[Any, Any], Any] = {}.setdefault  # equal intervals and reasons share one object
        for key, check in self._names.items():
            runs = [
                Run(
                    check,
                    start,
                    last,
                    end,
                    _VERDICT[verdict],
                    count,
                    same(i, i),
                    same(s, s),
                    same(why, why),
                    counted > 0,
                )
                for start, last, end, verdict, count, i, s, why, counted in self._ask(_RUNS, (key, self._since))
            ]
            if len(runs) > 1 and runs[0].end is not None and runs[0].end < self._since:
                del runs[0]
            if runs:
                self._out.runs[check] = runs

    def _journal(self) -> None:
        """Observations after the folded ones, in order of time, and those that are in no tally yet."""
        seen: list[Observation] = []
        for counted, body in self._ask("select counted, body from journal order by seq"):
            observations = unpack_observations(body, self._names)
            seen += observations
            if not counted:
                self._out.uncounted += observations
        seen.sort(key=lambda o: o.at)
        folded = {check: runs[-1].last for check, runs in self._out.runs.items()}
        for observation in seen:
            if observation.at > folded.get(observation.check, -(1 << 62)):
                folded[observation.check] = observation.at
                self._out.tails.setdefault(observation.check, []).append(observation)

    def _tallies(self) -> None:
        for key, since, observations, degraded, failures, reasons, durations in self._ask("select * from tally"):
            bounds, counts, sum_us = json.loads(durations) if durations else ((), [], 0)
            self._out.tallies[self._names[key]] = Tally(
                since, observations, degraded, failures, json.loads(reasons), tuple(bounds), counts, sum_us
            )

    def _recent(self) -> int:
        return (self._out.watermark or 0) - _FULL_QUARTERS_MS

    def _quarters(self, first: int) -> None:
        for key, name in self._names.items():
            rows = self._ask(
                "select start, total, sum_us, good, buckets from quarter where check_key = ? and start >= ?",
                (key, first),
            )
            quarters = {
                start: Histogram(unpack_counts(buckets), unpack_counts(good), total, sum_us)
                for start, total, sum_us, good, buckets in rows
            }
            if quarters:
                self._out.quarters[name] = quarters

    def _settled(self, durations: Durations) -> None:
        recent, thresholds = self._recent(), durations.thresholds_us
        wanted = set(thresholds)
        same: dict[bytes, tuple[int, ...]] = {}
        for key, name in self._names.items():
            since = durations.since(name)
            if since is None:
                continue
            starts, totals, found = [], [], []
            for start, total, packed, buckets in self._ask(
                "select start, total, good, buckets from quarter"
                " where check_key = ? and start >= ? and start < ? order by start",
                (key, max(since, self._since), recent),
            ):
                counts = same.get(packed)
                if counts is None:
                    good = unpack_counts(packed)
                    if good.keys() >= wanted:
                        counts = same[packed] = tuple(good[threshold] for threshold in thresholds)
                    else:
                        histogram = Histogram(unpack_counts(buckets), good, total)
                        counts = tuple(histogram.at_or_under(threshold) for threshold in thresholds)
                starts.append(start)
                totals.append(total)
                found.append(counts)
            self._out.settled[name] = SettledCounts(thresholds)
            self._out.settled[name].extend(starts, totals, found)

    def _stints(self) -> None:
        for key, _, service, since, until, *terms in self._ask("select * from stint order by check_key, position"):
            check = self._names[key]
            stint = Stint(service, since, until, CheckTerms(check, *terms))
            self._out.stints.setdefault(check, []).append(stint)

    def _totals(self) -> None:
        for agreement, service, *rest in self._ask("select * from accounted"):
            self._out.accounted[agreement, service] = AccountedTotals(*rest)
        for service, *rest in self._ask("select * from outages"):
            self._out.outages[service] = OutageTotal(*rest)
        self._out.marks = [Mark(*row) for row in self._ask("select * from mark order by start")]

    def _arrivals(self) -> None:
        """A ledger that only an earlier version has written has no table of them."""
        if self._ask("select 1 from sqlite_schema where name = 'arrival'").fetchone() is None:
            return
        for key, at, what, reason, duration, label, words in self._ask("select * from arrival order by check_key, at"):
            arrival = Arrival(self._names[key], at, what, reason, duration, label, words or "")
            self._out.arrivals.setdefault(arrival.check, []).append(arrival)
