"""What the ledger costs: `python -m bench.ledger [CHECKS]` prints milliseconds, over a year of ten runs a day each."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from slamon.accounting import Observation, Run, Verdict
from slamon.ledger import Batch, Ledger, backup

DAY = 86_400_000
YEAR = 365 * DAY


def timed(label: str, work: Callable[[], object], times: int = 1) -> None:
    """Print the median and the longest."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1e3)
    took.sort()
    print(f"{label:<40} median {took[len(took) // 2]:9.2f} ms   longest {took[-1]:9.2f} ms")


def year_of(check: str) -> Batch:
    """3,650 runs of one check."""
    step = YEAR // 3_650
    batch = Batch()
    batch.put_runs(
        Run(check, s, s + step - 2_000, s + step, Verdict.UP, 99, 2_000, 6_000) for s in range(0, YEAR, step)
    )
    return batch


def main(checks: int) -> None:
    names = [f"service-{number // 4}/check-{number}" for number in range(checks)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slamon.db"
        ledger = Ledger.open(path)
        for name in names:
            ledger.commit(year_of(name)).result()
        seen = [Observation(names[n % checks], YEAR + n, Verdict.UP, 2_000, 6_000, 12_345) for n in range(500)]
        timed("commit of 500 observations", lambda: ledger.commit(Batch(observations=seen)).result(), 50)
        changed = Batch()
        changed.put_runs(Run(name, YEAR, YEAR + 9, None, Verdict.UP, 9, 2_000, 6_000) for name in names)
        timed(f"commit of {checks} changed runs", lambda: ledger.commit(changed).result(), 20)
        timed("load of the last day", lambda: ledger.load(YEAR - DAY), 3)
        timed("load of the last 30 days", lambda: ledger.load(YEAR - 30 * DAY), 3)
        timed("backup", lambda: backup(path, Path(folder) / "copy.db"))
        timed("retention of a day", lambda: ledger.prune(dict.fromkeys(names, DAY)).result())
        ledger.close()
        print(f"{path.stat().st_size / 1e6:.0f} MB, {checks * 3_650} runs")
        timed("start: check of the whole file", lambda: Ledger.open(path).close(), 3)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
