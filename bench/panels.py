"""How long the dashboards' queries take: `python -m bench.panels [CHECKS]`, on a real Prometheus with slamon's samples.

The samples are those of a catalogue of the bench, exported from a ledger, a minute apart over `SPAN_S`; a query is
asked as Grafana asks it, and the median of `TIMES` is taken. Exit code 1 where one takes more than `LIMIT_S`.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from slamon.catalogue import load
from slamon.export.timed import written
from slamon.ledger import read_only
from slamon.running.retelling import Retelling, moments

from bench import backfill
from bench.processes import Child, free_port

LIMIT_S = 0.1
TIMES = 5
SPAN_S, STEP_S = 7200, 60
BOARDS = Path(__file__).parents[1] / "grafana" / "dashboards"
RESULT = Path(__file__).parent / "results" / "panels.md"
CHOSEN = {"service": "s0", "agreement": "a0", "check": ".+", "customer": ".+", "instance": ".+"}
EVERY = {"slamon-overview": {"service": ".+"}, "slamon-customer": {"service": ".+"}}
"""What is chosen when somebody opens a dashboard: one service, or all of them."""


@dataclass(frozen=True, slots=True)
class Took:
    """One query of a panel and its median, in s."""

    board: str
    panel: str
    seconds: float
    cpu_s: float
    series: int


def samples(folder: Path, checks: int) -> int:
    """Blocks of Prometheus in `folder`/tsdb; gives their end in s."""
    urls = [f"http://127.0.0.1:1/{number}" for number in range(checks)]
    ledger = backfill.make(folder, urls, 30.0, 1)
    stored = read_only(ledger)
    end = (stored.watermark or 0) // 1000 // STEP_S * STEP_S
    told = Retelling(load(folder / "slamon.yml"), stored, end * 1000)
    past = folder / "past.om"
    with past.open("wb") as file, tempfile.TemporaryDirectory() as spools, written(file, Path(spools)) as put:
        for at in moments((end - SPAN_S) * 1000, end * 1000, STEP_S * 1000):
            put(told.at(at), at)
    words = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=24h"]
    subprocess.run([*words, str(past), str(folder / "tsdb")], check=True, capture_output=True)
    past.unlink()
    return end


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Child]]:
    """A Prometheus over these blocks."""
    (folder / "prometheus.yml").write_text("{}")
    port = free_port()
    words = ["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    words += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error", "--storage.tsdb.retention.time=10y"]
    child = Child("prometheus", words, folder / "prometheus.log")
    url = f"http://127.0.0.1:{port}"
    try:
        child.wait_for(lambda: requests.get(f"{url}/-/ready", timeout=2).ok, "it is ready")
        yield url, child
    finally:
        child.stop()


def asked(
    url: str, panel: Mapping[str, Any], target: Mapping[str, Any], values: Mapping[str, str], end: int
) -> tuple[float, int]:
    """The median of some answers, and how many series came."""
    step = SPAN_S // panel.get("maxDataPoints", 1)
    known = {**values, "__rate_interval": "4m", "__interval": f"{step}s", "__range": f"{SPAN_S}s"}
    expression = re.sub(r"\$(\w+)", lambda found: known.get(found[1], found[0]), target["expr"])
    if target["instant"]:
        path, words = "query", {"query": expression, "time": str(end)}
    else:
        span = {"start": str(end - SPAN_S), "end": str(end), "step": str(step)}
        path, words = "query_range", {"query": expression, **span}
    took, series = [], 0
    with requests.Session() as session:
        for _ in range(TIMES):
            begun = time.perf_counter()
            answer = session.get(f"{url}/api/v1/{path}", params=words, timeout=60)
            took.append(time.perf_counter() - begun)
            answer.raise_for_status()
            series = len(answer.json()["data"]["result"])
    return statistics.median(took), series


def measured(checks: int) -> list[Took]:
    """Every query of every panel."""
    found = []
    with tempfile.TemporaryDirectory(prefix="slamon-bench-") as name:
        folder = Path(name)
        end = samples(folder, checks)
        with serving(folder) as (url, server):
            for file in sorted(BOARDS.glob("*.json")):
                values = CHOSEN | EVERY.get(file.stem, {})
                for panel in json.loads(file.read_text())["panels"]:
                    for target in panel["targets"]:
                        before = server.cpu_s()
                        seconds, series = asked(url, panel, target, values, end)
                        found.append(
                            Took(
                                file.stem,
                                f"{panel['title']} {target['refId']}",
                                seconds,
                                (server.cpu_s() - before) / TIMES,
                                series,
                            )
                        )
    return found


def table(found: list[Took], checks: int, load: float) -> str:
    """The slowest of each dashboard, and how many were over the limit; `load`: of the machine meanwhile."""
    over = sum(one.seconds > LIMIT_S for one in found)
    lines = [
        "# Queries of the dashboards",
        "",
        f"{checks:,} checks, {len(found)} queries over {SPAN_S // 3600} hours of samples {STEP_S} s apart, the median "
        f"of {TIMES} each, with the transfer of the answer. Over {LIMIT_S * 1000:.0f} ms: {over}. Load "
        f"meanwhile: {load:.1f} on {os.cpu_count()} cores.",
        "",
        "| dashboard | queries | median | slowest | its CPU | which | its series |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: |",
    ]
    for board in sorted({one.board for one in found}):
        mine = sorted((one for one in found if one.board == board), key=lambda one: one.seconds)
        middle, slowest = statistics.median(one.seconds for one in mine), mine[-1]
        lines.append(
            f"| `{board}` | {len(mine)} | {middle * 1000:.1f} ms | {slowest.seconds * 1000:.1f} ms "
            f"| {slowest.cpu_s * 1000:.0f} ms | {slowest.panel} "
            f"| {slowest.series} |"
        )
    return "\n".join(lines) + "\n"


def main(checks: int, result: Path | None) -> int:
    """0 when every query was quick enough, else 1."""
    found = measured(checks)
    text = table(found, checks, os.getloadavg()[1])
    print(text)
    for one in sorted(found, key=lambda one: -one.seconds)[:10]:
        cost = f"{one.seconds * 1000:7.1f} ms  {one.cpu_s * 1000:5.0f} ms CPU  {one.series:5} series"
        print(f"{cost}  {one.board}: {one.panel}")
    if result is not None:
        result.write_text(text, encoding="utf-8")
    return int(any(one.seconds > LIMIT_S for one in found))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else 1000, None if given else RESULT))
