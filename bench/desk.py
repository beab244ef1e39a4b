"""A service manager's register of 10,000 entries beside 1,000 checks: whether it holds the loop, and what it takes."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import backfill
from bench.processes import BenchError
from bench.subject import LATENESS, LOOP_DELAY, Subject, quantiles_between, values
from bench.targets import Targets

_DAYS = 30
_SCRAPE_S = 5.0
_LATER = 20
"""So many complaints come in at each scrape, reconciled with what was measured."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many checks, and so many complaints and scores before the start."""

    checks: int
    complaints: int
    scores: int
    interval_s: float
    measure_s: float


FULL = Size(1000, 9000, 1000, 2.0, 60.0)
QUICK = Size(20, 90, 10, 2.0, 6.0)


def measure(targets: Targets, size: Size, folder: Path) -> dict[str, Any]:
    """Start over a filled register, then enter more and be scraped."""
    backfill.make(folder, targets.urls("s", size.checks), size.interval_s, 1)
    rng = random.Random(6)
    _entered(folder, "complaint", list(_complaints(rng, size.complaints)))
    _entered(folder, "satisfaction", list(_scores(rng, size.scores)))
    subject = Subject([], size.interval_s, folder)
    try:
        before = subject.scrape()
        entered_s = []
        end = time.monotonic() + size.measure_s
        while time.monotonic() < end:
            begun = time.monotonic()
            _entered(folder, "complaint", list(_complaints(rng, _LATER)))
            entered_s.append(time.monotonic() - begun)
            subject.scrape()
            time.sleep(max(0.0, begun + _SCRAPE_S - time.monotonic()))
        after = subject.scrape()
        return {
            "checks": size.checks,
            "entries": size.complaints + size.scores + _LATER * len(entered_s),
            "scores": size.scores,
            "told": sum(values(after, "slamon_customer_complaints")),
            "start_s": subject.start_s,
            "entering_s": sorted(entered_s)[len(entered_s) // 2],
            "rss_bytes": subject.child.memory()["rss"],
            "lateness_s": quantiles_between(before, after, LATENESS),
            "loop_delay_s": quantiles_between(before, after, LOOP_DELAY),
        }
    finally:
        subject.stop()


def _complaints(rng: random.Random, number: int) -> Iterator[dict[str, Any]]:
    """Felt at any time of the last month, half of them of a customer outside."""
    for _ in range(number):
        at = datetime.now(UTC) - timedelta(seconds=rng.randrange(3600, _DAYS * 86_400))
        service = rng.randrange(20)
        yield {
            "customer": rng.choice(("inside", "outside")),
            "service": f"s{service}",
            "felt_from": at.isoformat(),
            "felt_to": (at + timedelta(minutes=rng.randrange(1, 60))).isoformat(),
            "text": f"it was slow, for the {rng.randrange(10**9)}th time",
            "who": f"person {rng.randrange(500)}",
        }


def _scores(rng: random.Random, number: int) -> Iterator[dict[str, Any]]:
    for i in range(number):
        asked = datetime.now(UTC).date() - timedelta(days=rng.randrange(1, _DAYS))
        yield {
            "customer": rng.choice(("inside", "outside")),
            "service": f"s{i % 20}",
            "scale": "csat",
            "score": rng.randrange(1, 6),
            "asked": asked.isoformat(),
            "reference": f"survey {i}",
        }


def _entered(folder: Path, what: str, rows: list[dict[str, Any]]) -> None:
    """By the command, which asks the running system where there is one."""
    file = folder / f"{what}.json"
    file.write_text(json.dumps(rows))
    words = [sys.executable, "-m", "slamon", "register", what, "import", str(file), "--author", "bench"]
    words += ["-c", str(folder / "slamon.yml"), "-d", str(folder / "data")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise BenchError(f"desk: {what} import ended with {done.returncode}\n{done.stderr}")
