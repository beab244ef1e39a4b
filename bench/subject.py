"""slamon as a child process: `slamon run` on a written catalogue, its ledger on disk, scraped as Prometheus would."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from bench import catalogue
from bench.numbers import difference, histogram_quantiles
from bench.processes import Child, free_port

READY_S = 300.0
LATENESS = "slamon_probe_start_lateness_seconds"
LOOP_DELAY = "slamon_event_loop_delay_seconds"
_BURST = 10


class Subject:
    """A running slamon that probes as `checks` say every `interval_s`; `folder` may hold a ledger made before.

    Without `checks` it holds the catalogue too.
    """

    def __init__(self, checks: Sequence[dict[str, Any]], interval_s: float, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        config = folder / "slamon.yml"
        if checks:
            catalogue.write(config, checks, interval_s)
        self._port = free_port()
        words = ["-c", str(config), "-d", str(folder / "data"), "--listen", f"127.0.0.1:{self._port}"]
        self.child = Child("slamon", [sys.executable, "-m", "slamon", "run", *words], folder / "slamon.log")
        self._session = requests.Session()
        self.start_s = self.child.wait_for(self._ready, "it is ready", READY_S)
        self.start_cpu_s = self.child.cpu_s()

    def _ready(self) -> bool:
        return self._session.get(self._url("/-/ready"), timeout=5).ok

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"

    def scrape(self) -> str:
        """`/metrics` as Prometheus asks for it."""
        answer = self._session.get(self._url("/metrics"), timeout=30)
        answer.raise_for_status()
        return answer.text

    def exposition(self) -> dict[str, Any]:
        """What a scrape costs: bytes, series, seconds till it is there, CPU of slamon (beyond what it uses anyway)."""
        text = self.scrape()
        cpu, begun = self.child.cpu_s(), time.monotonic()
        time.sleep(2.0)
        usual = (self.child.cpu_s() - cpu) / (time.monotonic() - begun)
        cpu, begun = self.child.cpu_s(), time.monotonic()
        for _ in range(_BURST):
            self.scrape()
        lasted = time.monotonic() - begun
        return {
            "bytes": len(text.encode()),
            "series": sum(1 for line in text.splitlines() if line and not line.startswith("#")),
            "seconds": lasted / _BURST,
            "cpu_s": max(0.0, self.child.cpu_s() - cpu - usual * lasted) / _BURST,
        }

    def stop(self) -> None:
        """End it."""
        self._session.close()
        self.child.stop()


def cumulative(text: str, family: str) -> dict[float, float]:
    """A histogram's cumulative counts by upper bound."""
    return {
        float(sample.labels["le"]): sample.value
        for found in text_string_to_metric_families(text)
        if found.name == family
        for sample in found.samples
        if sample.name == f"{family}_bucket"
    }


def values(text: str, family: str) -> list[float]:
    """The value of each series of a gauge."""
    found = (found for found in text_string_to_metric_families(text) if found.name == family)
    return [sample.value for one in found for sample in one.samples]


def quantiles_between(before: str, after: str, family: str) -> dict[str, float | None]:
    """Upper bounds for p50, p99 and the greatest value that a histogram gained between two scrapes."""
    return histogram_quantiles(difference(cumulative(after, family), cumulative(before, family)))
