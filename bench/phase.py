"""One measured phase: a system probes for a while, and what that cost."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bench.processes import Child

SCRAPE_S = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`checks` probed every `interval_s`, measured for `measure_s` after `warm_s`."""

    checks: int
    interval_s: float
    measure_s: float
    warm_s: float

    @property
    def rate(self) -> float:
        """Probes a second."""
        return self.checks / self.interval_s


class Counting(Protocol):
    """What counts the probes: the probed server."""

    def reset(self) -> None:
        """Forget what was counted."""

    def stats(self, system: str, interval_s: float, /) -> dict[str, Any]:
        """`hits`, and `deviation` of the gaps from the interval (p50, p99, max in seconds)."""
        ...


def measure(
    name: str, targets: Counting, children: Sequence[Child], plan: Plan, each_scrape: Callable[[], object] | None = None
) -> dict[str, Any]:
    """CPU per probe, probes run, evenness and memory of running children; `each_scrape` is called every 5 s."""
    _pass(plan.warm_s, each_scrape)
    targets.reset()
    before = {child.name: child.cpu_s() for child in children}
    begun = time.monotonic()
    _pass(plan.measure_s, each_scrape)
    lasted = time.monotonic() - begun
    stats = targets.stats(name[0], plan.interval_s)
    cpu = {child.name: child.cpu_s() - before[child.name] for child in children}
    hits = stats["hits"]
    return {
        "checks": plan.checks,
        "interval_s": plan.interval_s,
        "measured_s": round(lasted, 3),
        "probes": hits,
        "probes_run_ratio": hits / (plan.rate * lasted),
        "cpu_s": cpu,
        "cpu_us_per_probe": 1e6 * sum(cpu.values()) / hits if hits else None,
        "cores_used": sum(cpu.values()) / lasted,
        "gap_deviation_s": stats["deviation"],
        "memory_bytes": {child.name: child.memory() for child in children},
    }


def _pass(seconds: float, each_scrape: Callable[[], object] | None) -> None:
    end = time.monotonic() + seconds
    scrape = time.monotonic() + min(SCRAPE_S, seconds / 2)
    while (left := end - time.monotonic()) > 0:
        time.sleep(max(0.0, min(left, scrape - time.monotonic())))
        if each_scrape is not None and time.monotonic() >= scrape and time.monotonic() < end:
            each_scrape()
        if time.monotonic() >= scrape:
            scrape += SCRAPE_S
