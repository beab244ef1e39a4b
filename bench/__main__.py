"""`python -m bench`: measure, write bench/results/, exit 1 where a goal is missed."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bench import backfill, catalogue, desk, hung, judge, machine, reports, show
from bench.joining import joined
from bench.peers import Peers
from bench.phase import Counting, Plan, measure
from bench.processes import BenchError, Child
from bench.rows import ROWS, Counted, Servers
from bench.subject import LATENESS, LOOP_DELAY, Subject, quantiles_between, values
from bench.targets import Targets

RESULTS = Path(__file__).parent / "results"
CHECK_UP = "slamon_check_up"
IN_FLIGHT = "slamon_probes_in_flight"
PARTS = ("compare", *ROWS, "hung", "checks", "history", "reports", "desk")
SLOWER = (1, 2, 4)
"""By these factors, in turn."""
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


def peers(
    counting: Counting, targets: Sequence[str], plan: Plan, folder: Path, module: dict[str, Any] | None = None
) -> dict[str, Any]:
    """blackbox_exporter and Prometheus; `module` None: the one for plain http."""
    running = Peers(targets, plan.interval_s, folder / "peers", module)
    try:
        run = measure("peers", counting, [running.exporter, running.server], plan)
        return run | {"not_up": running.not_up()}
    finally:
        running.stop()


def slamon(
    counting: Counting, checks: Sequence[dict[str, Any]], plan: Plan, folder: Path, *, exposition: bool = True
) -> dict[str, Any]:
    """The whole of slamon; `folder` may hold a ledger already. `exposition`: also what a scrape costs."""
    subject = Subject(checks, plan.interval_s, folder)
    scrapes: list[str] = []
    try:
        run = measure("slamon", counting, [subject.child], plan, lambda: scrapes.append(subject.scrape()))
        after = subject.scrape()
        return run | {
            "start_s": subject.start_s,
            "start_cpu_s": subject.start_cpu_s,
            "lateness_s": quantiles_between(scrapes[0], after, LATENESS),
            "loop_delay_s": quantiles_between(scrapes[0], after, LOOP_DELAY),
            "not_up": sum(value == 0 for value in values(after, CHECK_UP)),
            "in_flight": sum(values(after, IN_FLIGHT)),
            "exposition": subject.exposition() if exposition else None,
        }
    finally:
        subject.stop()


def plain(targets: Targets, plan: Plan) -> list[dict[str, Any]]:
    """Plain http checks."""
    return catalogue.http(targets.urls(LETTERS["slamon"], plan.checks))


def compare(targets: Targets, plan: Plan, folder: Path) -> dict[str, Any]:
    """Floor, slamon and peers, one after the other, at the same targets and rate."""
    asked: dict[str, Callable[[Path], dict[str, Any]]] = {
        "floor": lambda place: floor(targets, plan, place),
        "slamon": lambda place: slamon(targets, plain(targets, plan), plan, place),
        "peers": lambda place: peers(targets, targets.urls(LETTERS["peers"], plan.checks), plan, place),
    }
    return {name: _told(name, run(_made(folder / f"compare-{name}"))) for name, run in asked.items()}


def compare_kind(name: str, servers: Servers, plan: Plan, folder: Path) -> dict[str, Any]:
    """slamon and the peers, one after the other, with checks of one kind; more slowly where the core cannot bear it."""
    found: dict[str, Any] = {}
    for slower in SLOWER:
        slow = replace(plan, interval_s=plan.interval_s * slower)
        try:
            found = _both(name, servers, slow, _made(folder / f"{name}-{slower}"))
        except requests.RequestException:
            found = {}
        if found and all(run["probes_run_ratio"] >= judge.RUN for run in found.values()):
            return found
        _say(f"{name}: {slow.rate:g} probes a second are more than the machine bears")
    if not found:
        raise BenchError(f"{name}: nothing could be measured on so busy a machine")
    return found


def _both(name: str, servers: Servers, plan: Plan, folder: Path) -> dict[str, Any]:
    row = ROWS[name]
    counted = Counted(servers, row.server)
    addresses = [servers.address(row.server, number) for number in range(plan.checks)]
    checks = [row.check(address, servers.trusted) for address in addresses]
    own = slamon(counted, checks, plan, folder / "slamon", exposition=False)
    _told(f"{name}: slamon", own)
    targets = list(map(row.target.format, addresses))
    theirs = peers(counted, targets, plan, folder, row.module(servers.trusted))
    return {"slamon": own, "peers": _told(f"{name}: peers", theirs)}


def beside_hung(targets: Targets, servers: Servers, plan: Plan, folder: Path) -> dict[str, Any]:
    """Plain http checks without, with, and again without checks beside them that hang."""
    found = {}
    for name, beside in (("before", False), ("hung", True), ("after", False)):
        checks = plain(targets, plan) + (hung.checks(servers.address("mute", 0)) if beside else [])
        found[name] = slamon(targets, checks, plan, _made(folder / f"hung-{name}"), exposition=False)
        _told(f"{name} hung checks" if not beside else "beside hung checks", found[name])
    return found


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _told(name: str, run: dict[str, Any]) -> dict[str, Any]:
    cost = run["cpu_us_per_probe"]
    _say(f"{name}: {'-' if cost is None else f'{cost:.0f}'} us of CPU a probe, {run['probes']} probes")
    return run


def grow_checks(targets: Targets, plans: list[Plan], folder: Path) -> list[dict[str, Any]]:
    """slamon alone with more and more checks."""
    found = []
    for plan in plans:
        found.append(slamon(targets, plain(targets, plan), plan, folder / f"checks-{plan.checks}"))
        _say(f"{plan.checks} checks: {found[-1]['cpu_us_per_probe']:.0f} us of CPU a probe")
    return found


def grow_history(targets: Targets, plan: Plan, days: list[int], folder: Path) -> list[dict[str, Any]]:
    """slamon alone over a longer and longer history."""
    found = []
    for count in days:
        place = folder / f"history-{count}"
        ledger = backfill.make(place, targets.urls(LETTERS["slamon"], plan.checks), plan.interval_s, count)
        size = ledger.stat().st_size
        found.append({"days": count, "ledger_bytes": size} | slamon(targets, plain(targets, plan), plan, place))
        shutil.rmtree(place)
        _say(f"{count} days: started in {found[-1]['start_s']:.2f} s, {found[-1]['cpu_us_per_probe']:.0f} us a probe")
    return found


def bench(parts: Collection[str], quick: bool, folder: Path) -> dict[str, Any]:
    """The measurements of these parts."""
    found: dict[str, Any] = {"at": datetime.now(UTC).date().isoformat(), "quick": quick, "machine": machine.facts()}
    targets = Targets(folder)
    try:
        servers = Servers(folder / "servers")
        try:
            return found | _measured(parts, quick, targets, servers, folder)
        finally:
            servers.stop()
    finally:
        targets.stop()


def _measured(parts: Collection[str], quick: bool, targets: Targets, servers: Servers, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    seconds, warm = (3.0, 6.0) if quick else (60.0, 20.0)
    main_plan = Plan(50 if quick else 1000, 2.0, seconds, warm)
    if "compare" in parts:
        found["comparison"] = compare(targets, main_plan, folder)
    row_plan = Plan(20, 1.0, 2.0, 6.0) if quick else main_plan
    kinds = [name for name in ROWS if name in parts]
    if kinds:
        found["kinds"] = {name: compare_kind(name, servers, row_plan, folder) for name in kinds}
    if "hung" in parts:
        found["hung"] = beside_hung(targets, servers, row_plan, folder)
    if "checks" in parts:
        growth = [(20, 2.0), (50, 2.0)] if quick else [(100, 2.0), (1000, 2.0), (4000, 4.0)]
        plans = [Plan(checks, interval, seconds, warm) for checks, interval in growth]
        found["checks"] = grow_checks(targets, plans, folder)
    if "history" in parts:
        days = [1, 3] if quick else [1, 30, 365]
        found["history"] = grow_history(targets, Plan(20 if quick else 100, 2.0, seconds, warm), days, folder)
    if "reports" in parts:
        found["reports"] = reports.measure(targets, reports.QUICK if quick else reports.FULL, _made(folder / "reports"))
        _say(f"reports: {found['reports']['files']} files in {found['reports']['seconds']:.1f} s")
    if "desk" in parts:
        found["desk"] = desk.measure(targets, desk.QUICK if quick else desk.FULL, _made(folder / "desk"))
        _say(f"desk: {found['desk']['entries']} entries")
    return found


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Exit code: 0 reached, 1 a goal is missed, 3 it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test of the bench: seconds, and no goals")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the results go")
    parser.add_argument(
        "--rows",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        metavar="ROW",
        help=f"only these ({', '.join(PARTS)}); what is not measured now stays in the results as it was",
    )
    words = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="slamon-bench-") as folder:
            found = bench(words.rows, words.quick, Path(folder))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 3
    results = joined(json.loads(json.dumps(found)), _earlier(words.output / "latest.json"))
    goals = judge.goals(results)
    results["goals"] = [goal.as_json() for goal in goals]
    show.write(results, words.output)
    _say((words.output / "latest.md").read_text())
    return 0 if words.quick or judge.reached(goals) else 1


def _earlier(file: Path) -> dict[str, Any]:
    try:
        earlier: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    return earlier


if __name__ == "__main__":
    sys.exit(main())
