"""The results as files: JSON for machines, a table for readers, a plot."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.svg import Bar, Chart, draw

_NAMES = {
    "floor": "bare libcurl in an event loop",
    "slamon": "slamon, all of it",
    "peers": "blackbox_exporter + Prometheus",
}


def write(results: dict[str, Any], folder: Path) -> None:
    """Write latest.json, latest.md and latest.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    (folder / "latest.md").write_text(markdown(results))
    (folder / "latest.svg").write_text(plot(results))


def markdown(results: dict[str, Any]) -> str:
    """The table."""
    parts = [
        "# Bench",
        _machine(results),
        "## Beside the peers",
        _comparison(results["comparison"]),
        "## Goals",
        _goals(results["goals"]),
        "![plot](latest.svg)",
        "## As checks grow",
        _checks(results["checks"]),
        "## As history grows",
        _history(results["history"]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _machine(results: dict[str, Any]) -> str:
    facts = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in (facts["packages"] | facts["peers"]).items())
    quick = " **A smoke test: the figures mean nothing.**" if results["quick"] else ""
    return (
        f"{results['at']}: {facts['cpu']}, {facts['cores']} cores, {facts['memory_mib']} MiB, Linux {facts['kernel']}, "
        f"Python {facts['python']}, SQLite {facts['sqlite']}; {versions}. "
        f"Load before: {facts['load_before']}.{quick}\n\n"
        "CPU is user and system time of the whole system's processes from /proc over the measured time; the probed "
        "server and the scraper are not counted. The probed server counts the probes."
    )


def _comparison(comparison: dict[str, Any]) -> str:
    rows = [
        [
            _NAMES[name],
            _us(run["cpu_us_per_probe"]),
            f"{run['cores_used'] * 100:.1f} %",
            f"{run['probes_run_ratio'] * 100:.2f} %",
            _s(run["gap_deviation_s"].get("p99")),
            _mb(sum(each["rss"] for each in run["memory_bytes"].values())),
        ]
        for name, run in comparison.items()
    ]
    run = comparison["slamon"]
    head = ["system", "CPU per probe", "of a core", "probes run", "gap deviation p99", "resident"]
    late, held, cost = run["lateness_s"], run["loop_delay_s"], run["exposition"]
    return "\n\n".join(
        [
            f"{run['checks']} plain http checks every {run['interval_s']:g} s for {run['measured_s']:.0f} s, "
            "one system after the other.",
            _table(head, rows),
            f"Start lateness of slamon (upper bounds of its histogram): p50 {_s(late['p50'])}, p99 {_s(late['p99'])}, "
            f"max {_s(late['max'])}; delay of its event loop: p99 {_s(held['p99'])}, max {_s(held['max'])}. "
            f"One `/metrics`: {cost['bytes'] / 1000:.0f} kB, {cost['series']} series, "
            f"{_s(cost['seconds'])}, CPU {_s(cost['cpu_s'])}.",
        ]
    )


def _goals(goals: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            goal["name"],
            "-" if goal["measured"] is None else f"{goal['measured']:.3f} {goal['unit']}".strip(),
            f"{'>=' if goal['at_least'] else '<='} {goal['limit']:g} {goal['unit']}".strip(),
            "yes" if goal["met"] else "**no**",
        ]
        for goal in goals
    ]
    return _table(["goal", "measured", "limit", "met"], rows)


def _checks(runs: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            f"{run['checks']:,} every {run['interval_s']:g} s",
            _us(run["cpu_us_per_probe"]),
            f"{run['cores_used'] * 100:.1f} %",
            f"{run['probes_run_ratio'] * 100:.2f} %",
            _s(run["lateness_s"]["p99"]),
            _mb(run["memory_bytes"]["slamon"]["rss"]),
            _s(run["start_s"]),
            f"{run['exposition']['bytes'] / 1000:.0f} kB in {_s(run['exposition']['seconds'])}",
        ]
        for run in runs
    ]
    head = ["checks", "CPU per probe", "of a core", "probes run", "lateness p99", "resident", "start", "/metrics"]
    note = "\n\nThe interval is longer where two cores, which also carry the probed server, would not bear it."
    return _table(head, rows) + note


def _history(runs: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            f"{run['days']} days",
            _s(run["start_s"]),
            _s(run["start_cpu_s"]),
            _us(run["cpu_us_per_probe"]),
            _mb(run["memory_bytes"]["slamon"]["rss"]),
            f"{run['ledger_bytes'] / 1e6:.1f} MB",
            _s(run["exposition"]["seconds"]),
        ]
        for run in runs
    ]
    head = ["history", "start", "CPU of the start", "CPU per probe", "resident", "ledger", "/metrics"]
    return _table(head, rows)


def plot(results: dict[str, Any]) -> str:
    """The plot."""
    charts = [
        Chart(
            "CPU per probe",
            [
                Bar(_NAMES[name], run["cpu_us_per_probe"] or 0, _us(run["cpu_us_per_probe"]), own=name == "slamon")
                for name, run in results["comparison"].items()
            ],
        ),
        Chart(
            "slamon's CPU per probe as checks grow",
            [
                Bar(
                    f"{run['checks']:,} every {run['interval_s']:g} s",
                    run["cpu_us_per_probe"] or 0,
                    _us(run["cpu_us_per_probe"]),
                    own=True,
                )
                for run in results["checks"]
            ],
        ),
        Chart(
            "slamon's CPU per probe as history grows",
            [
                Bar(f"{run['days']} days", run["cpu_us_per_probe"] or 0, _us(run["cpu_us_per_probe"]), own=True)
                for run in results["history"]
            ],
        ),
        Chart(
            "slamon's start as history grows",
            [Bar(f"{run['days']} days", run["start_s"], _s(run["start_s"]), own=True) for run in results["history"]],
        ),
    ]
    return draw("slamon beside its peers, and as checks and history grow", charts)


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} µs"


def _s(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
