"""Real servers of others as child processes: Prometheus."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.system.running import free_port, wait_for

Point = tuple[float, float]


class Prometheus:
    """A running Prometheus; asked over its HTTP interface."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, **params: str) -> Any:
        """What it answers, of `data`."""
        answered = requests.get(f"{self.url}/api/v1/{path}", params=params, timeout=10).json()
        assert answered["status"] == "success", answered
        return answered["data"]

    def value(self, query: str) -> float | None:
        """The value of a query that gives one series; None where it gives none."""
        found = self.get("query", query=query)["result"]
        assert len(found) <= 1, found
        return float(found[0]["value"][1]) if found else None

    def points(self, selector: str) -> list[Point]:
        """Every sample that it has of one series: when it scraped (s), and the value."""
        found = self.get("query", query=f"{selector}[1h]")["result"]
        assert len(found) <= 1, found
        return [(at, float(value)) for at, value in found[0]["values"]] if found else []


@contextmanager
def prometheus(
    folder: Path, scrapes: Sequence[dict[str, Any]], interval: str = "1s", *, more: Sequence[str] = (), **sections: Any
) -> Iterator[Prometheus]:
    """One with these scrape configurations; `more`: further words, `sections`: of its configuration.

    In a folder where one was it goes on with its data.
    """
    config = folder / "prometheus.yml"
    every = {"scrape_interval": interval, "evaluation_interval": interval}
    config.write_text(json.dumps({"global": every, "scrape_configs": list(scrapes), **sections}))
    checked = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    found = Prometheus(port := free_port())
    words = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        *more,
    ]
    with (folder / "prometheus.log").open("ab") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            wait_for(lambda: requests.get(f"{found.url}/-/ready", timeout=5).ok, "Prometheus is ready", 60)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def victoria_metrics(folder: Path, *more: str) -> Iterator[Prometheus]:
    """A VictoriaMetrics, which is asked as Prometheus is; it takes samples at `/api/v1/import/prometheus`."""
    found = Prometheus(port := free_port())
    words = [
        "victoria-metrics",
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
        "-loggerLevel=WARN",
        *more,
    ]
    with (folder / "victoria.log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            wait_for(lambda: requests.get(f"{found.url}/health", timeout=5).ok, "VictoriaMetrics is ready", 60)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=30)
