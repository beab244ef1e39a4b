"""A year of reports, in all formats, beside a running slamon whose probes must not notice."""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slamon.catalogue import load
from slamon.running.opening import timed_checks

from bench import backfill, catalogue
from bench.processes import BenchError, Child
from bench.subject import LATENESS, Subject, quantiles_between
from bench.targets import Targets

FORMATS = ("pdf", "html", "xlsx", "json", "csv")
SERVICES_EACH = 5
CHANGES_A_DAY = 0.05
"""About one outage of each check a month."""

TIMED = 20
"""Each so-manieth agreement has a latency objective; the durations of other checks are not stored here."""

_LONGEST_S = 1800.0
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """So many agreements of five services with a check each, over so many days; `usual_s`: lateness without reports."""

    agreements: int
    days: int
    interval_s: float
    usual_s: float


FULL = Size(200, 365, 10.0, 30.0)
QUICK = Size(10, 14, 2.0, 3.0)


def measure(targets: Targets, size: Size, folder: Path) -> dict[str, Any]:
    """What the reports cost, and how late probes began without and beside them."""
    services = size.agreements * SERVICES_EACH
    config = folder / "slamon.yml"
    checks = catalogue.http(targets.urls("s", services))
    catalogue.write(config, checks, size.interval_s, catalogue.Shape(services, size.agreements, TIMED))
    ledger = backfill.fill(config, folder / "data", size.days + 1, CHANGES_A_DAY, timed_checks(load(config), 0))
    found = {"agreements": size.agreements, "services": services, "days": size.days}
    found |= {"ledger_bytes": ledger.stat().st_size}
    subject = Subject([], size.interval_s, folder)
    try:
        return found | _beside(subject, size, config, folder)
    finally:
        subject.stop()


def _beside(subject: Subject, size: Size, config: Path, folder: Path) -> dict[str, Any]:
    scrapes = [subject.scrape()]
    time.sleep(size.usual_s)
    scrapes.append(subject.scrape())
    cost = _reports(config, folder, size)
    scrapes.append(subject.scrape())
    files = list((folder / "out").iterdir())
    return cost | {
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
        "lateness_alone_s": quantiles_between(scrapes[0], scrapes[1], LATENESS),
        "lateness_beside_s": quantiles_between(scrapes[1], scrapes[2], LATENESS),
    }


def _reports(config: Path, folder: Path, size: Size) -> dict[str, Any]:
    """Make all of them; the wait for the child costs a look at its memory now and then."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    span = f"{end - timedelta(days=size.days):%Y-%m-%d}/{end:%Y-%m-%d}"
    words = [sys.executable, "-m", "slamon", "report", "-c", str(config), "-d", str(folder / "data"), "-p", span]
    words += ["-o", str(folder / "out"), *(word for form in FORMATS for word in ("-f", form))]
    child = Child("reports", words, folder / "reports.log")
    peak, cpu = 0, 0.0
    try:
        while child.ended() is None:
            peak, cpu = max(peak, child.held()), max(cpu, child.cpu_s())
            if time.monotonic() > child.begun + _LONGEST_S:
                raise BenchError(f"reports: not done within {_LONGEST_S:.0f} s")
            time.sleep(_LOOK_S)
        lasted = time.monotonic() - child.begun
        if child.ended():
            raise BenchError(f"reports: ended with {child.ended()}\n{child.output()}")
    finally:
        child.stop()
    return {"seconds": lasted, "cpu_s": cpu, "peak_bytes": peak}
