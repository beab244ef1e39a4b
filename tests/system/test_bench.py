"""The bench measures all three for real and writes its results; whether a goal is reached is not asked in seconds."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def test_the_bench_runs_beside_the_real_peers_and_writes_its_results(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bench", "--quick", "--output", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=400, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "latest.json").read_text())
    compared = results["comparison"]
    assert set(compared) == {"floor", "slamon", "peers"}
    assert all(run["probes"] > 0 and run["cpu_us_per_probe"] > 0 for run in compared.values())
    assert set(compared["peers"]["memory_bytes"]) == {"blackbox_exporter", "prometheus"}
    assert compared["slamon"]["exposition"]["series"] > 0
    assert compared["slamon"]["lateness_s"]["p99"] is not None
    assert compared["slamon"]["loop_delay_s"]["p99"] is not None
    assert [(run["checks"] > 0, run["probes"] > 0) for run in results["checks"]] == [(True, True)] * 2
    assert [(run["days"], run["ledger_bytes"] > 0) for run in results["history"]] == [(1, True), (3, True)]
    assert {"peers", "cores", "python"} <= set(results["machine"])
    assert "A smoke test" in (tmp_path / "latest.md").read_text()
    ElementTree.parse(tmp_path / "latest.svg")
