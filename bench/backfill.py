"""A ledger with a long history, written by the ledger's own writer: outages, slow hours, durations by quarter hour."""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from slamon.accounting import QUARTER_MS, Histogram, Run, Stint, Verdict
from slamon.catalogue import CheckModel, load, terms
from slamon.figures import thresholds_of
from slamon.ledger import Batch, Ledger
from slamon.running.opening import Timed

from bench import catalogue

DAY_MS = 86_400_000
CHANGES_A_DAY = 4
"""How often a day a check changes its verdict and back."""

_OUTAGE_MS = 90_000
_USUAL_US = 3_000


def make(folder: Path, urls: Sequence[str], interval_s: float, days: int) -> Path:
    """The ledger that `bench.subject.Subject` finds in `folder`; gives its file."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "slamon.yml"
    catalogue.write(config, catalogue.http(urls), interval_s)
    return fill(config, folder / "data", days)


def fill(config: Path, data: Path, days: int, changes_a_day: float = CHANGES_A_DAY, timed: Timed | None = None) -> Path:
    """Write the ledger of a catalogue that is there already; gives its file.

    `timed`: durations of these checks only; None: of all.
    """
    loaded = load(config)
    path = data / loaded.storage.path.name
    now = time.time_ns() // 1_000_000
    thresholds = thresholds_of(loaded)
    ledger = Ledger.open(path)
    try:
        for check in loaded.checks.values():
            batch = _history(check, now - days * DAY_MS, now, round(DAY_MS / changes_a_day))
            if timed is None or timed.since(check.id) is not None:
                _durations(batch, check, now - days * DAY_MS, now, thresholds)
            ledger.commit(batch).result()
    finally:
        ledger.close()
    return path


def _history(check: CheckModel, since: int, until: int, apart_ms: int) -> Batch:
    batch = Batch(watermark=until)
    batch.put_runs(_runs(check, since, until, apart_ms, random.Random(check.id)))
    batch.stints[check.id] = (Stint(check.service, since, None, terms.check_terms(check)),)
    return batch


def _durations(batch: Batch, check: CheckModel, since: int, until: int, thresholds: Sequence[int]) -> None:
    count = QUARTER_MS // check.interval_ms
    usual = Histogram()
    usual.add(_USUAL_US, thresholds)
    good = {threshold: hits * count for threshold, hits in usual.good.items()}
    buckets = dict.fromkeys(usual.buckets, count)
    for quarter in range(since - since % QUARTER_MS + QUARTER_MS, until - QUARTER_MS, QUARTER_MS):
        batch.quarters[check.id, quarter] = Histogram(buckets, good, count, count * _USUAL_US)


def _runs(check: CheckModel, since: int, until: int, apart_ms: int, dice: random.Random) -> Iterator[Run]:
    """Up, and down for a while, once or twice apart."""
    at = since
    while at < until:
        up = dice.randrange(apart_ms, 2 * apart_ms)
        for verdict, length in ((Verdict.UP, up), (Verdict.DOWN, _OUTAGE_MS)):
            end = min(at + length - length % check.interval_ms, until)
            if at < end:
                yield _run(check, at, end, verdict, last=end >= until)
            at = end


def _run(check: CheckModel, start: int, end: int, verdict: Verdict, *, last: bool) -> Run:
    count = -(-(end - start) // check.interval_ms)
    newest = start + (count - 1) * check.interval_ms
    reason = "refused" if verdict is Verdict.DOWN else None
    open_end = None if last else end
    return Run(check.id, start, newest, open_end, verdict, count, check.interval_ms, check.stale_after_ms, reason)
