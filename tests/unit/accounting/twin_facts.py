"""What checks and services were at each second: sections 1, 2, 3 and 5 of ACCOUNTING.md, naively."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from twin_cells import DEGRADED, DOWN, UNKNOWN, UP, Grid, cellwise, sec

VERDICTS = {"up": UP, "degraded": DEGRADED, "down": DOWN}


@dataclass
class World:
    """All that is known: terms, facts, and the moment."""

    checks: Mapping[str, Any]
    services: Mapping[str, Any]
    agreements: Sequence[Any]
    corrections: Sequence[Any]
    observations: Sequence[Any]
    now: int  # ms
    references: Any = None
    blinds: Sequence[Any] = ()
    memo: dict[Any, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- sections 1, 2 and 5: checks
def fault_spans(world: World) -> list[tuple[int, int]]:
    """When nobody can be blamed: the blinds given, and local faults from the reference probes."""
    spans = [(sec(b.start), sec(b.end)) for b in world.blinds]
    if world.references is None:
        return spans
    terms, now = world.references, sec(world.now)
    by_target: dict[str, list[Any]] = {}
    for o in world.observations:
        if o.check.startswith("reference/") and o.at < world.now:
            by_target.setdefault(o.check, []).append(o)
    covered: list[set[int]] = []
    for seen in by_target.values():
        good = [sec(o.at) for o in seen if o.verdict != "down"]
        cells: set[int] = set()
        for o in seen:
            if o.verdict == "down":
                at, reach = sec(o.at), sec(terms.stale_after_ms)
                start = max([at - reach, *(g for g in good if g <= at)])
                cells.update(range(start, min([at + reach, now, *(g for g in good if g > at)])))
        covered.append(cells)
    faulty = sorted(c for c in set().union(*covered) if sum(c in cells for cells in covered) >= terms.quorum)
    for cell in faulty:
        if spans and spans[-1][1] == cell:
            spans[-1] = (spans[-1][0], cell + 1)
        else:
            spans.append((cell, cell + 1))
    return spans


@dataclass
class Stretch:
    """A run of equal verdicts."""

    start: int
    end: int
    verdict: int
    count: int


def check_runs(world: World, check: str, degraded_down: bool) -> list[Stretch]:
    key = ("runs", check, degraded_down)
    if key in world.memo:
        return world.memo[key]  # type: ignore[no-any-return]
    if "faults" not in world.memo:
        world.memo["faults"] = fault_spans(world)
    faults, now = world.memo["faults"], sec(world.now)
    seen = [o for o in world.observations if o.check == check and o.at < world.now]
    runs: list[Stretch] = []
    for o, after in pairwise([*seen, None]):
        at, interval, stale = sec(o.at), sec(o.interval_ms), sec(o.stale_after_ms)
        if any(start <= at < end for start, end in faults):
            continue
        following = now if after is None else sec(after.at)
        end = following if following - at <= stale else at + interval
        end = min([end, now, *(start for start, _ in faults if start > at)])
        verdict = VERDICTS[o.verdict]
        if degraded_down and verdict == DEGRADED:
            verdict = DOWN
        if runs and runs[-1].end == at and runs[-1].verdict == verdict:
            runs[-1].end, runs[-1].count = end, runs[-1].count + 1
        else:
            runs.append(Stretch(at, end, verdict, 1))
    world.memo[key] = runs
    return runs


def blips(terms: Any, runs: Sequence[Stretch], confirm: int | None = None) -> list[Stretch]:
    """The down runs that too few observations confirm (section 2.1)."""
    groups: list[list[Stretch]] = []
    before: Stretch | None = None
    for run in runs:
        if run.verdict == DOWN:
            if before is not None and before.verdict == DOWN:
                groups[-1].append(run)
            else:
                groups.append([run])
        before = run
    needed = terms.confirm if confirm is None else confirm
    found = [run for group in groups if sum(r.count for r in group) < needed for run in group]
    many, reach = terms.flapping, 10 * sec(terms.interval_ms)
    flapping = [
        b
        for i in range(len(found) - many + 1)
        if many and found[i + many - 1].start - found[i].start < reach
        for b in found[i : i + many]
    ]
    return [b for b in found if not any(b is f for f in flapping)]


def check_layer(world: World, grid: Grid, check: str, degraded_down: bool, confirm: int | None = None) -> bytes:
    runs = check_runs(world, check, degraded_down)
    forgiven = blips(world.checks[check], runs, confirm)
    layer = grid.blank(UNKNOWN)
    for run in runs:
        verdict = run.verdict
        if any(run is b for b in forgiven):
            beside = {r.verdict for r in runs if r.end == run.start or r.start == run.end}
            verdict = DEGRADED if DEGRADED in beside else UP if UP in beside else UNKNOWN
        grid.paint(layer, run.start, run.end, verdict)
    return bytes(layer)


# ---------------------------------------------------------------- section 3: services
ABSENT = 4


def service_layer(world: World, grid: Grid, service: str, degraded_down: bool, confirm: int | None = None) -> bytes:
    key = ("service", grid, service, degraded_down, confirm)
    if key not in world.memo:
        world.memo[key] = _service_layer(world, grid, service, degraded_down, confirm)
    return world.memo[key]  # type: ignore[no-any-return]


def _service_layer(world: World, grid: Grid, service: str, degraded_down: bool, confirm: int | None) -> bytes:
    terms = world.services[service]

    def own(*states: int) -> int:
        n = sum(s != ABSENT for s in states)
        k = n if terms.needs is None else min(terms.needs, n)
        if n == 0:
            return UNKNOWN
        if states.count(UP) >= k:
            return UP
        if states.count(UP) + states.count(DEGRADED) >= k:
            return DEGRADED
        return UNKNOWN if n - states.count(DOWN) >= k else DOWN

    layers: list[bytes] = []
    if terms.members:
        members = []
        for m in terms.members:
            layer = bytearray(check_layer(world, grid, m.check_id, degraded_down, confirm))
            if m.since is not None:
                grid.paint(layer, grid.lo, sec(m.since), ABSENT)
            if m.until is not None:
                grid.paint(layer, sec(m.until), grid.hi, ABSENT)
            members.append(bytes(layer))
        layers.append(cellwise(own, *members))
    for group in terms.depends_on:
        layers.append(
            cellwise(min, *(service_layer(world, grid, s, degraded_down, confirm) for s in group))
            if len(group) > 1
            else service_layer(world, grid, group[0], degraded_down, confirm)
        )
    if not layers:
        return bytes(grid.blank(UNKNOWN))
    return layers[0] if len(layers) == 1 else cellwise(max, *layers)
