"""The bench's own sums, verdicts and documents."""

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from bench import judge, show
from bench.numbers import difference, histogram_quantiles, quantiles


def run(cpu_us: float, name: str, **more: Any) -> dict[str, Any]:
    return {
        "checks": 1000,
        "interval_s": 2.0,
        "measured_s": 60.0,
        "probes": 30_000,
        "probes_run_ratio": 1.0,
        "cpu_us_per_probe": cpu_us,
        "cores_used": cpu_us / 2000,
        "gap_deviation_s": {"p50": 0.001, "p99": 0.01, "max": None},
        "memory_bytes": {name: {"rss": 100_000_000, "peak": 110_000_000}},
    } | more


def slamon(cpu_us: float = 200, **more: Any) -> dict[str, Any]:
    extra = {
        "lateness_s": {"p50": 0.001, "p99": 0.025, "max": 0.1},
        "loop_delay_s": {"p50": 0.001, "p99": 0.005, "max": 0.01},
        "exposition": {"bytes": 900_000, "series": 9000, "seconds": 0.1, "cpu_s": 0.08},
        "start_s": 1.5,
        "start_cpu_s": 1.2,
    }
    return run(cpu_us, "slamon", **(extra | more))


def comparison(own: dict[str, Any]) -> dict[str, Any]:
    return {"floor": run(100, "floor"), "slamon": own, "peers": run(1000, "peers")}


def results() -> dict[str, Any]:
    machine = {
        "cpu": "A <fast> & small one",
        "cores": 2,
        "memory_mib": 1024,
        "kernel": "6.1.0",
        "python": "3.11",
        "sqlite": "3.40.1",
        "packages": {"pycurl": "7.49"},
        "peers": {"prometheus": "2.42"},
        "load_before": 0.1,
    }
    return {
        "at": "2026-10-20",
        "quick": False,
        "machine": machine,
        "comparison": comparison(slamon()),
        "goals": [goal.as_json() for goal in judge.goals(comparison(slamon()))],
        "checks": [slamon()],
        "history": [slamon(days=1, ledger_bytes=1_000_000)],
    }


def test_quantiles_take_the_nearest_rank() -> None:
    assert quantiles([float(i) for i in range(1, 101)]) == {"p50": 51.0, "p99": 100.0, "max": 100.0}
    assert quantiles([]) == {"p50": None, "p99": None, "max": None}


def test_a_histogram_says_upper_bounds_and_nothing_beyond_its_last_one() -> None:
    before = {0.01: 5.0, 0.1: 5.0, float("inf"): 5.0}
    after = {0.01: 104.0, 0.1: 105.0, float("inf"): 105.0}
    assert histogram_quantiles(difference(after, before)) == {"p50": 0.01, "p99": 0.01, "max": 0.1}
    beyond = {0.01: 1.0, float("inf"): 2.0}
    assert histogram_quantiles(beyond) == {"p50": 0.01, "p99": None, "max": None}
    assert histogram_quantiles({}) == {"p50": None, "p99": None, "max": None}


@pytest.mark.parametrize(
    ("own", "missed"),
    [
        (slamon(), []),
        (slamon(cpu_us=251), ["CPU per probe, of the peers'"]),
        (slamon(lateness_s={"p50": 0.01, "p99": 0.1, "max": 0.2}), ["start lateness p99"]),
        (slamon(lateness_s={"p50": 0.01, "p99": None, "max": None}), ["start lateness p99"]),
        (slamon(probes_run_ratio=0.969), ["probes run"]),
        (slamon(memory_bytes={"slamon": {"rss": 151_000_000, "peak": 1}}), ["resident memory"]),
    ],
)
def test_each_goal_can_be_missed(own: dict[str, Any], missed: list[str]) -> None:
    goals = judge.goals(comparison(own))
    assert [goal.name for goal in goals if not goal.met] == missed
    assert judge.reached(goals) == (not missed)


def test_an_aim_that_is_missed_does_not_fail_the_bench() -> None:
    goals = judge.goals({"floor": run(10, "floor"), "slamon": slamon(), "peers": run(1000, "peers")})
    assert not goals[-1].met
    assert judge.reached(goals)


def test_the_plot_is_well_formed_and_escapes() -> None:
    root = ElementTree.fromstring(show.plot(results()))
    words = "".join(root.itertext())
    assert "slamon, all of it" in words
    assert "200 µs" in words


def test_the_table_tells_every_system_and_every_goal() -> None:
    text = show.markdown(results())
    for word in ("bare libcurl", "blackbox_exporter + Prometheus", "start lateness p99", "1,000 every 2 s", "1 days"):
        assert word in text
