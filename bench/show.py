"""The results as files: JSON for machines, a table for readers, a plot."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench import hung
from bench.svg import Bar, Chart, draw

_NAMES = {
    "floor": "bare libcurl in an event loop",
    "slamon": "slamon, all of it",
    "peers": "blackbox_exporter + Prometheus",
}

_SHORT = {"slamon": "slamon", "peers": "the peers"}


def write(results: dict[str, Any], folder: Path) -> None:
    """Write latest.json, latest.md and latest.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(results, indent=2) + "\n")
    (folder / "latest.md").write_text(markdown(results))
    (folder / "latest.svg").write_text(plot(results))


def markdown(results: dict[str, Any]) -> str:
    """The table, of what was measured."""
    parts = ["# Bench", _machine(results)]
    if "comparison" in results:
        parts += ["## Beside the peers", _comparison(results["comparison"])]
    if "kinds" in results:
        parts += ["## Kinds beside the peers", _kinds(results["kinds"])]
    if "hung" in results:
        parts += ["## Beside checks that hang", _hung(results["hung"])]
    parts += ["## Goals", _goals(results["goals"]), "![plot](latest.svg)"]
    if "checks" in results:
        parts += ["## As checks grow", _checks(results["checks"])]
    if "history" in results:
        parts += ["## As history grows", _history(results["history"])]
    if "reports" in results:
        parts += ["## Reports", _reports(results["reports"])]
    if "desk" in results:
        parts += ["## The service manager's register", _desk(results["desk"])]
    return "\n\n".join(parts) + "\n"


def _reports(run: dict[str, Any]) -> str:
    head = (
        "agreements",
        "services",
        "days",
        "files",
        "MB",
        "seconds",
        "CPU s",
        "MB held",
        "p99 alone",
        "p99 beside",
    )
    late = [run[f"lateness_{when}_s"]["p99"] for when in ("alone", "beside")]
    row = (
        str(run["agreements"]),
        str(run["services"]),
        str(run["days"]),
        str(run["files"]),
        f"{run['bytes'] / 1e6:.0f}",
        f"{run['seconds']:.1f}",
        f"{run['cpu_s']:.1f}",
        f"{run['peak_bytes'] / 1e6:.0f}",
        *("-" if value is None else f"{value:g} s" for value in late),
    )
    return (
        "A report on each agreement over a year, in five formats; p99: how late probes began, without and beside.\n\n"
        + _table(head, [row])
    )


def _desk(run: dict[str, Any]) -> str:
    head = ("entries", "start", "20 more are entered in", "resident", "start lateness p99", "loop delay p99", "max")
    held = run["loop_delay_s"]
    row = [f"{run['entries']:,}", *map(_s, (run["start_s"], run["entering_s"])), _mb(run["rss_bytes"])]
    row += [_s(run["lateness_s"]["p99"]), _s(held["p99"]), _s(held["max"])]
    return (
        f"{run['checks']:,} checks, and complaints coming in that are laid beside what was measured; entered by the "
        "command, whose own start counts.\n\n" + _table(head, [row])
    )


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
        f"Load before: {facts['load_before']}.{_days(results)}{quick}\n\n"
        "CPU is user and system time of the whole system's processes from /proc over the measured time; the probed "
        "server and the scraper are not counted. The probed server counts the probes."
    )


def _days(results: dict[str, Any]) -> str:
    """The parts that were measured on another day."""
    earlier = [f"{part} on {day}" for part, day in results["measured"].items() if day != results["at"]]
    return f" Measured earlier: {', '.join(earlier)}." if earlier else ""


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


def _kinds(kinds: dict[str, Any]) -> str:
    rows = []
    for name, compared in kinds.items():
        own, peers = compared["slamon"], compared["peers"]
        costs = own["cpu_us_per_probe"], peers["cpu_us_per_probe"]
        ratio = f"{costs[0] / costs[1]:.2f}" if all(costs) else "-"
        run = [f"{run['probes_run_ratio'] * 100:.2f} %" for run in (own, peers)]
        kind = f"{name}, {own['checks'] / own['interval_s']:.0f}/s"
        rows.append([kind, _us(costs[0]), _us(costs[1]), ratio, *run, _s(own["lateness_s"]["p99"])])
    head = ["kind", "slamon, all of it", "blackbox_exporter + Prometheus", "ratio", "our probes run", "theirs"]
    plan = next(iter(kinds.values()))["slamon"]
    return (
        f"{plan['checks']} checks of one kind for {plan['measured_s']:.0f} s, a new connection each, certificates "
        "verified; CPU per probe. The interval is longer where the machine would not bear so many a second.\n\n"
        + _table([*head, "our lateness p99"], rows)
    )


def _hung(runs: dict[str, Any]) -> str:
    rows = [
        [
            words,
            _s(run["gap_deviation_s"].get("p99")),
            _s(run["lateness_s"]["p99"]),
            _s(run["loop_delay_s"]["p99"]),
            _us(run["cpu_us_per_probe"]),
            f"{run['probes_run_ratio'] * 100:.2f} %",
        ]
        for words, run in zip(("without them", "with them", "again without them"), runs.values(), strict=True)
    ]
    plain = runs["before"]
    head = ["hung checks", "http gap deviation p99", "start lateness p99", "loop delay p99", "CPU per http probe"]
    return (
        f"{plain['checks']} plain http checks every {plain['interval_s']:g} s, beside {hung.JOURNEYS} journeys to a "
        f"server that says nothing and {hung.PLUGINS} plug-ins that do not end by themselves. The probed server sees "
        "how evenly http is probed.\n\n" + _table([*head, "http probes run"], rows)
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
    """The plot, of what was measured."""
    comparison = results.get("comparison", {})
    checks, history = results.get("checks", []), results.get("history", [])
    pairs = [(name, system, run) for name, both in results.get("kinds", {}).items() for system, run in both.items()]
    grown = [(f"{run['checks']:,} every {run['interval_s']:g} s", run) for run in checks]
    kept = [(f"{run['days']} days", run) for run in history]
    charts = [
        Chart("CPU per probe", [_cost(_NAMES[name], run, name) for name, run in comparison.items()]),
        Chart(
            "CPU per probe by kind", [_cost(f"{name}: {_SHORT[system]}", run, system) for name, system, run in pairs]
        ),
        Chart("slamon's CPU per probe as checks grow", [_cost(label, run) for label, run in grown]),
        Chart("slamon's CPU per probe as history grows", [_cost(label, run) for label, run in kept]),
        Chart(
            "slamon's start as history grows",
            [Bar(label, run["start_s"], _s(run["start_s"]), own=True) for label, run in kept],
        ),
    ]
    found = [chart for chart in charts if chart.bars]
    return draw("slamon beside its peers, and as checks and history grow", found)


def _cost(label: str, run: dict[str, Any], system: str = "slamon") -> Bar:
    cost = run["cpu_us_per_probe"]
    return Bar(label, cost or 0, _us(cost), own=system == "slamon")


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} µs"


def _s(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
