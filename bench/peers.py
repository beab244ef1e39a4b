"""The peers: Debian's prometheus-blackbox-exporter, and the prometheus that makes it probe. No rules are evaluated."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests

from bench.processes import BenchError, Child, free_port

HTTP: dict[str, Any] = {"prober": "http", "http": {"preferred_ip_protocol": "ip4"}}
"""The module for plain http."""


class Peers:
    """Both processes, probing `targets` by `module` every `interval_s`."""

    def __init__(
        self, targets: Sequence[str], interval_s: float, folder: Path, module: dict[str, Any] | None = None
    ) -> None:
        folder.mkdir()
        exporter, server = free_port(), free_port()
        self._port = server
        modules = folder / "blackbox.yml"
        modules.write_text(json.dumps({"modules": {"probe": (module or HTTP) | {"timeout": "2s"}}}))
        config = folder / "prometheus.yml"
        config.write_text(json.dumps(_scraping(targets, interval_s, exporter)))
        self.exporter = Child(
            "blackbox_exporter",
            [
                "prometheus-blackbox-exporter",
                f"--config.file={modules}",
                f"--web.listen-address=127.0.0.1:{exporter}",
                "--log.level=error",
            ],
            folder / "blackbox.log",
        )
        self.exporter.wait_for(lambda: _ok(exporter, "/-/healthy"), "it is healthy")
        self.server = Child(
            "prometheus",
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{server}",
                "--log.level=error",
            ],
            folder / "prometheus.log",
        )
        try:
            self.server.wait_for(lambda: _ok(server, "/-/ready"), "it is ready")
        except BenchError:
            self.exporter.stop()
            raise

    def not_up(self) -> int:
        """So many of the newest probes failed."""
        asked = {"query": "count(probe_success == 0)"}
        answer = requests.get(f"http://127.0.0.1:{self._port}/api/v1/query", asked, timeout=10).json()
        found = answer["data"]["result"]
        return int(found[0]["value"][1]) if found else 0

    def stop(self) -> None:
        """End both."""
        self.server.stop()
        self.exporter.stop()


def _ok(port: int, path: str) -> bool:
    return requests.get(f"http://127.0.0.1:{port}{path}", timeout=2).ok


def _scraping(targets: Sequence[str], interval_s: float, exporter: int) -> dict[str, object]:
    """The usual scrape configuration of blackbox_exporter; JSON is YAML."""
    interval = f"{int(interval_s * 1000)}ms"
    return {
        "global": {"scrape_interval": interval, "scrape_timeout": interval},
        "scrape_configs": [
            {
                "job_name": "probe",
                "metrics_path": "/probe",
                "params": {"module": ["probe"]},
                "static_configs": _apart(targets),
                "relabel_configs": [
                    {"source_labels": ["__address__"], "target_label": "__param_target"},
                    {"source_labels": ["__param_target"], "target_label": "instance"},
                    {"target_label": "__address__", "replacement": f"127.0.0.1:{exporter}"},
                ],
            }
        ],
    }


def _apart(targets: Sequence[str]) -> list[dict[str, object]]:
    """All of them; the same one several times needs a label that tells them apart."""
    if len(set(targets)) == len(targets):
        return [{"targets": list(targets)}]
    return [{"targets": [target], "labels": {"check": str(number)}} for number, target in enumerate(targets)]
