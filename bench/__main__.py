"""`python -m bench`: measure, write bench/results/, exit 1 where a goal is missed."""

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import backfill, judge, machine, show
from bench.peers import Peers
from bench.phase import Plan, measure
from bench.processes import BenchError, Child
from bench.subject import Subject, quantiles_between
from bench.targets import Targets

RESULTS = Path(__file__).parent / "results"
LATENESS = "slamon_probe_start_lateness_seconds"
LOOP_DELAY = "slamon_event_loop_delay_seconds"
LETTERS = {"floor": "f", "peers": "p", "slamon": "s"}


def floor(targets: Targets, plan: Plan, folder: Path) -> dict[str, Any]:
    """The bare libcurl loop."""
    urls = folder / "urls"
    urls.write_text("\n".join(targets.urls(LETTERS["floor"], plan.checks)))
    words = [sys.executable, "-m", "bench.floor", str(plan.interval_s), str(urls)]
    child = Child("floor", words, folder / "floor.log")
    try:
        return measure("floor", targets, [child], plan)
    finally:
        child.stop()


def peers(targets: Targets, plan: Plan, folder: Path) -> dict[str, Any]:
    """blackbox_exporter and Prometheus."""
    running = Peers(targets.urls(LETTERS["peers"], plan.checks), plan.interval_s, folder / "peers")
    try:
        return measure("peers", targets, [running.exporter, running.server], plan)
    finally:
        running.stop()


def slamon(targets: Targets, plan: Plan, folder: Path) -> dict[str, Any]:
    """The whole of slamon; `folder` may hold a ledger already."""
    subject = Subject(targets.urls(LETTERS["slamon"], plan.checks), plan.interval_s, folder)
    scrapes: list[str] = []
    try:
        run = measure("slamon", targets, [subject.child], plan, lambda: scrapes.append(subject.scrape()))
        after = subject.scrape()
        return run | {
            "start_s": subject.start_s,
            "start_cpu_s": subject.start_cpu_s,
            "lateness_s": quantiles_between(scrapes[0], after, LATENESS),
            "loop_delay_s": quantiles_between(scrapes[0], after, LOOP_DELAY),
            "exposition": subject.exposition(),
        }
    finally:
        subject.stop()


def compare(targets: Targets, plan: Plan, folder: Path) -> dict[str, Any]:
    """Floor, slamon and peers, one after the other, at the same targets and rate."""
    found: dict[str, Any] = {}
    for name, run in (("floor", floor), ("slamon", slamon), ("peers", peers)):
        place = folder / f"compare-{name}"
        place.mkdir()
        found[name] = run(targets, plan, place)
        _say(f"{name}: {found[name]['cpu_us_per_probe']:.0f} us of CPU a probe, {found[name]['probes']} probes")
    return found


def grow_checks(targets: Targets, plans: list[Plan], folder: Path) -> list[dict[str, Any]]:
    """slamon alone with more and more checks."""
    found = []
    for plan in plans:
        found.append(slamon(targets, plan, folder / f"checks-{plan.checks}"))
        _say(f"{plan.checks} checks: {found[-1]['cpu_us_per_probe']:.0f} us of CPU a probe")
    return found


def grow_history(targets: Targets, plan: Plan, days: list[int], folder: Path) -> list[dict[str, Any]]:
    """slamon alone over a longer and longer history."""
    found = []
    for count in days:
        place = folder / f"history-{count}"
        ledger = backfill.make(place, targets.urls(LETTERS["slamon"], plan.checks), plan.interval_s, count)
        size = ledger.stat().st_size
        found.append({"days": count, "ledger_bytes": size} | slamon(targets, plan, place))
        shutil.rmtree(place)
        _say(f"{count} days: started in {found[-1]['start_s']:.2f} s, {found[-1]['cpu_us_per_probe']:.0f} us a probe")
    return found


def bench(quick: bool, folder: Path) -> dict[str, Any]:
    """All measurements."""
    seconds, warm = (3.0, 6.0) if quick else (60.0, 20.0)
    main_plan = Plan(50 if quick else 1000, 2.0, seconds, warm)
    growth = [(20, 2.0), (50, 2.0)] if quick else [(100, 2.0), (1000, 2.0), (4000, 4.0)]
    days = [1, 3] if quick else [1, 30, 365]
    machine_facts = machine.facts()
    targets = Targets(folder)
    try:
        comparison = compare(targets, main_plan, folder)
        plans = [Plan(checks, interval, seconds, warm) for checks, interval in growth]
        checks = grow_checks(targets, plans, folder)
        history = grow_history(targets, Plan(20 if quick else 100, 2.0, seconds, warm), days, folder)
    finally:
        targets.stop()
    return {
        "at": datetime.now(UTC).date().isoformat(),
        "quick": quick,
        "machine": machine_facts,
        "comparison": comparison,
        "checks": checks,
        "history": history,
    }


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Exit code: 0 reached, 1 a goal is missed, 3 it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test of the bench: seconds, and no goals")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    words = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="slamon-bench-") as folder:
            results = bench(words.quick, Path(folder))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 3
    goals = judge.goals(results["comparison"])
    results["goals"] = [goal.as_json() for goal in goals]
    show.write(json.loads(json.dumps(results)), words.output)
    _say((words.output / "latest.md").read_text())
    return 0 if words.quick or judge.reached(goals) else 1


if __name__ == "__main__":
    sys.exit(main())
