"""The bench measures all rows for real and writes its results; whether a goal is reached is not asked in seconds."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

KINDS = ("icmp", "dns", "tcp", "tls", "https")


def bench(folder: Path, *rows: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench", "--quick", "--output", str(folder), "--rows", *rows]
    done = subprocess.run(words, capture_output=True, text=True, timeout=400, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "A smoke test" in (folder / "latest.md").read_text()
    ElementTree.parse(folder / "latest.svg")
    found: dict[str, Any] = json.loads((folder / "latest.json").read_text())
    return found


def test_the_bench_runs_beside_the_real_peers_and_writes_its_results(tmp_path: Path) -> None:
    results = bench(tmp_path, "compare", "checks", "history")
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_measured_beside_the_real_peers(kind: str, tmp_path: Path) -> None:
    results = bench(tmp_path, kind)

    assert set(results["kinds"]) == {kind}
    for run in results["kinds"][kind].values():
        assert run["probes"] > 0
        assert run["cpu_us_per_probe"] > 0
        assert run["not_up"] == 0
    assert results["kinds"][kind]["slamon"]["lateness_s"]["p99"] is not None
    assert any(goal["name"] == f"CPU per probe of {kind}, of the peers'" for goal in results["goals"])


def test_http_is_measured_without_and_beside_checks_that_hang(tmp_path: Path) -> None:
    runs = bench(tmp_path, "hung")["hung"]

    assert list(runs) == ["before", "hung", "after"]
    assert all(run["probes"] > 0 for run in runs.values())
    assert [run["in_flight"] > 30 for run in runs.values()] == [False, True, False]


def test_reports_are_measured_beside_a_running_slamon(tmp_path: Path) -> None:
    run = bench(tmp_path, "reports")["reports"]

    assert (run["agreements"], run["services"], run["days"], run["files"]) == (10, 50, 14, 50)
    assert run["seconds"] > 0
    assert run["cpu_s"] > 0
    assert run["peak_bytes"] > 10_000_000
    assert run["lateness_beside_s"]["p99"] is not None
    assert "| 10 | 50 | 14 | 50 |" in (tmp_path / "latest.md").read_text()


def test_a_full_register_is_measured_beside_the_checks(tmp_path: Path) -> None:
    results = bench(tmp_path, "desk")
    run = results["desk"]

    assert run["told"] == run["entries"] - run["scores"] > 100
    assert run["loop_delay_s"]["p99"] is not None
    assert run["lateness_s"]["p99"] is not None
    assert any(goal["name"] == "entries of the register that are not told" and goal["met"] for goal in results["goals"])
    assert "## The service manager's register" in (tmp_path / "latest.md").read_text()
