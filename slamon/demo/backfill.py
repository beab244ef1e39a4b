"""The invented past, put into the ledger as facts and marked as what they are."""

import asyncio
from pathlib import Path

from slamon.accounting import BUCKETS_US, Run, Stint, Verdict
from slamon.catalogue import Catalogue, load, terms
from slamon.demo.catalogue import Dates
from slamon.demo.history import CheckPast, Inventor
from slamon.figures import Facts, Figures, thresholds_of
from slamon.ledger import Batch, Ledger, Mark, Tally
from slamon.running.opening import bounds_of
from slamon.running.totals import Totals

KIND = "demo"
WORDS = "six weeks invented for the demo"


async def fill(config: Path, dates: Dates, now: int, stop: asyncio.Event) -> bool:
    """Store the past up to `now` (ms) unless the ledger has one; False when `stop` was set before, with nothing stored.

    In a thread: the company's servers answer meanwhile.
    """
    return await asyncio.to_thread(_fill, config, dates, now, stop)


def _fill(config: Path, dates: Dates, now: int, stop: asyncio.Event) -> bool:
    catalogue = load(config)
    ledger = Ledger.open(catalogue.storage.path)
    try:
        if any(mark.kind == KIND for mark in ledger.load(now).marks):
            return True
        batch = invented(catalogue, Inventor(dates.began, now, thresholds_of(catalogue)), WORDS, stop)
        if batch is None:
            return False
        ledger.commit(batch).result()
        return True
    finally:
        ledger.close()


def invented(catalogue: Catalogue, inventor: Inventor, words: str, stop: asyncio.Event | None = None) -> Batch | None:
    """The past of all checks as one commit, marked as invented; None when `stop` was set meanwhile."""
    now = inventor.until
    batch = Batch(watermark=now, marks=[Mark(KIND, inventor.since, now, now, words)])
    for blind in inventor.blinds:
        batch.put_blind(blind)
    bounds_us = bounds_of(catalogue)
    for check in catalogue.checks.values():
        if stop is not None and stop.is_set():
            return None
        past = inventor.check(check)
        batch.put_runs(past.runs)
        batch.quarters |= {(check.id, quarter): histogram for quarter, histogram in past.latency.items()}
        batch.tallies[check.id] = _tally(past, inventor.since).measured_by(bounds_us)
        batch.stints[check.id] = (Stint(check.service, inventor.since, None, terms.check_terms(check)),)
    _count(batch, catalogue, now)
    return batch


def _count(batch: Batch, catalogue: Catalogue, now: int) -> None:
    """What was accounted up to now; else counters would begin at 0 and leap by six weeks at the first commit."""
    runs: dict[str, list[Run]] = {}
    for run in batch.runs.values():
        runs.setdefault(run.check, []).append(run)
    book = Figures(catalogue, Facts(runs=runs, blinds=tuple(batch.blinds.values()), stints=batch.stints)).book
    book.refresh(now)
    for _ in Totals({}, {}, 0).advance(book, now, batch, now):
        pass


def _tally(past: CheckPast, since: int) -> Tally:
    durations = [0] * (len(BUCKETS_US) + 1)
    for histogram in past.latency.values():
        for index, count in histogram.buckets.items():
            durations[index] += count
    return Tally(
        since=since,
        observations=past.count(),
        degraded=past.count(Verdict.DEGRADED),
        failures=past.count(Verdict.DOWN),
        reasons=past.failures,
        bounds_us=BUCKETS_US,
        durations=durations,
        sum_us=sum(histogram.sum_us for histogram in past.latency.values()),
    )
