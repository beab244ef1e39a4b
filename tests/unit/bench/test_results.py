"""The bench's own sums, verdicts and documents."""

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from bench import judge, show
from bench.joining import joined
from bench.numbers import difference, histogram_quantiles, quantiles
from bench.rows import ROWS
from slamon.probes import KINDS


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
        "not_up": 0,
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


def kinds(own_us: float = 300, **more: Any) -> dict[str, Any]:
    return {"dns": {"slamon": slamon(own_us, exposition=None, **more), "peers": run(1000, "peers")}}


def hung_runs(p99: float = 0.01, **more: Any) -> dict[str, Any]:
    gaps = {"p50": 0.001, "p99": p99, "max": 0.1}
    return {"before": slamon(), "hung": slamon(gap_deviation_s=gaps, **more), "after": slamon()}


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
    measured = {"comparison": comparison(slamon()), "kinds": kinds(), "hung": hung_runs()}
    return measured | {
        "at": "2026-10-20",
        "measured": {"comparison": "2026-10-20", "dns": "2026-10-19"},
        "quick": False,
        "machine": machine,
        "goals": [goal.as_json() for goal in judge.goals(measured)],
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
    goals = judge.goals({"comparison": comparison(own)})
    assert [goal.name for goal in goals if not goal.met] == missed
    assert judge.reached(goals) == (not missed)


def test_an_aim_that_is_missed_does_not_fail_the_bench() -> None:
    goals = judge.goals({"comparison": comparison(slamon()) | {"floor": run(10, "floor")}})
    assert not goals[-1].met
    assert judge.reached(goals)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        ({"kinds": kinds()}, []),
        ({"kinds": kinds(1001)}, ["CPU per probe of dns, of the peers'"]),
        ({"kinds": kinds(cpu_us_per_probe=None)}, ["CPU per probe of dns, of the peers'"]),
        ({"kinds": kinds(probes_run_ratio=0.5)}, ["probes run of dns"]),
        ({"kinds": kinds(not_up=1)}, ["checks of dns that are not up, of both"]),
        ({"hung": hung_runs(0.0149)}, []),
        ({"hung": hung_runs(0.016)}, ["http's lateness p99 beside hung checks (limit: without them, and noise)"]),
        (
            {"hung": hung_runs(lateness_s={"p50": 0.01, "p99": 0.1, "max": 0.2})},
            ["start lateness p99 beside hung checks"],
        ),
        ({"hung": hung_runs(probes_run_ratio=0.9)}, ["http probes run beside hung checks"]),
    ],
)
def test_the_goals_of_kinds_and_of_hung_checks_can_be_missed(measured: dict[str, Any], missed: list[str]) -> None:
    goals = judge.goals(measured)
    assert goals
    assert [goal.name for goal in goals if not goal.met] == missed


def test_what_is_not_measured_anew_stays_with_its_day() -> None:
    before = results()
    found = {"at": "2026-11-01", "quick": False, "kinds": {"tcp": {}}}

    whole = joined(found, before)

    assert set(whole["kinds"]) == {"dns", "tcp"}
    assert whole["comparison"] == before["comparison"]
    days = {"comparison": "2026-10-20", "checks": "2026-10-20", "history": "2026-10-20", "hung": "2026-10-20"}
    assert whole["measured"] == days | {"dns": "2026-10-19", "tcp": "2026-11-01"}
    assert joined(found | {"quick": True}, before)["kinds"] == {"tcp": {}}, "a smoke test stays alone"
    assert joined(found, {})["measured"] == {"tcp": "2026-11-01"}


def test_each_kind_of_the_rows_is_a_kind_and_a_module() -> None:
    for row in ROWS.values():
        (kind,) = row.check("127.0.0.1:1", "/ca.pem")
        module = row.module("/ca.pem")
        assert kind in KINDS
        assert module["prober"] in module


def test_the_plot_is_well_formed_and_escapes() -> None:
    root = ElementTree.fromstring(show.plot(results()))
    words = "".join(root.itertext())
    assert "slamon, all of it" in words
    assert "200 µs" in words


def test_the_table_tells_every_system_and_every_goal() -> None:
    text = show.markdown(results())
    for word in (
        "bare libcurl",
        "blackbox_exporter + Prometheus",
        "start lateness p99",
        "1,000 every 2 s",
        "1 days",
        "| dns, 500/s |",
        "dns on 2026-10-19",
    ):
        assert word in text
