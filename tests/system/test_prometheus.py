"""A real Prometheus scrapes the running system, through an outage, a slow spell and a kill.

What it subtracts is what slamon accounts.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.shown import instant_text

from tests.system.endpoints import Page, page
from tests.system.peers import Prometheus, prometheus
from tests.system.running import Slamon, figures, free_port, wait_for

CLASSES = ("up", "down", "unknown", "excluded")
COUNTER = "slamon_agreement_accounted_seconds_total"
COUNTED = re.compile("slamon_(agreement|check|service)_.*_(total|count|bucket|sum)")
CREATED = "slamon_agreement_accounted_seconds_created"


def catalogue(found: Page) -> dict[str, Any]:
    """A shop whose page is slow or broken when the test says so, and one that is always fine."""
    http = {"url": found.url, "expect": {"degraded_over": "400ms", "body_contains": "fine"}}
    agreed = {"customer": "kunde", "target": "99.9%", "period": "year", "valid_from": "2026-01-01"}
    return {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "900ms", "confirm": 2},
        "customers": {"kunde": {"name": "Kunde", "kind": "external"}},
        "services": {
            "shop": {"checks": {"page": {"http": http}}},
            "door": {"checks": {"open": {"tcp": {"address": found.address}}}},
        },
        "agreements": {"gold": {**agreed, "services": ["shop", "door"]}},
    }


@dataclass
class Watched:
    """All of it: what is probed, the monitor, and Prometheus beside it."""

    page: Page
    slamon: Slamon
    prometheus: Prometheus

    def reborn(self) -> None:
        """Killed, not scraped for a while, and started again over what it stored."""
        missed = len(self._missed())
        self.slamon.kill()
        wait_for(lambda: len(self._missed()) >= missed + 6, "Prometheus misses it")
        self.slamon = Slamon(self.slamon.config, self.slamon.data, port=self.slamon.port).ready()

    def _missed(self) -> list[float]:
        return [at for at, value in self.prometheus.points('up{job="slamon"}') if value == 0]

    def counted(self, service: str, name: str) -> float:
        return self.prometheus.value(f'{COUNTER}{{service="{service}",class="{name}"}}') or 0.0

    def grown(self, name: str, by: float) -> None:
        """Wait until this much more of a class is settled for the shop."""
        before = self.counted("shop", name)
        wait_for(lambda: self.counted("shop", name) >= before + by, f"{by} s more are settled as {name}", 90)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    with page() as found:
        config = folder / "slamon.yml"
        config.write_text(yaml.safe_dump(catalogue(found)))
        slamon = Slamon(config, folder / "data", port=free_port()).ready()
        scrape = {
            "job_name": "slamon",
            "honor_labels": True,
            # as the Prometheus Operator labels its targets
            "static_configs": [{"targets": [f"127.0.0.1:{slamon.port}"], "labels": {"service": "monitoring"}}],
        }
        with prometheus(folder, [scrape]) as server:
            everything = Watched(found, slamon, server)
            try:
                yield everything
            finally:
                everything.slamon.stop()


@dataclass(frozen=True)
class Points:
    """The counters of one service in one scrape, in seconds by class."""

    at: float
    seconds: dict[str, float]
    created: float

    @property
    def settled_ms(self) -> int:
        """Up to where this is accounted: every second since the first is in some class."""
        return round((self.created + sum(self.seconds.values())) * 1000)


def scraped(server: Prometheus, service: str) -> list[Points]:
    """Every scrape that shows the counters of the service."""
    [created] = {value for _, value in server.points(f'{CREATED}{{service="{service}",class="up"}}')}
    classes = {name: dict(server.points(f'{COUNTER}{{service="{service}",class="{name}"}}')) for name in CLASSES}
    shared = sorted(set.intersection(*(set(points) for points in classes.values())))
    return [Points(at, {name: points[at] for name, points in classes.items()}, created) for at in shared]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Up, down, slow, killed, up again: each long enough to be settled."""
    with watched(tmp_path_factory.mktemp("prometheus")) as everything:
        everything.grown("up", 3)
        everything.page.status = 503
        everything.grown("down", 5)
        everything.page.status = 200
        everything.grown("up", 3)
        everything.page.delay_s = 0.5
        everything.grown("up", 3)
        everything.page.delay_s = 0.0
        everything.reborn()
        everything.grown("up", 5)
        yield everything


def spans(found: list[Points]) -> list[tuple[Points, Points]]:
    """Pairs of scrapes: all of it, and each fifth part."""
    marks = [found[i * (len(found) - 1) // 5] for i in range(6)]
    return [(found[0], found[-1]), *pairwise(marks)]


@pytest.mark.parametrize("service", ["shop", "door"])
def test_two_points_of_the_counters_are_the_figures_of_that_span(service: str, lived: Watched) -> None:
    compared = 0
    for first, last in spans(scraped(lived.prometheus, service)):
        if first.settled_ms == last.settled_ms:
            continue
        span = f"{instant_text(first.settled_ms)}/{instant_text(last.settled_ms)}"
        asked = ["--config", str(lived.slamon.config), "--data", str(lived.slamon.data), "--service", service]
        [figure] = figures(*asked, "--period", span)["figures"]
        more = {name: round((last.seconds[name] - first.seconds[name]) * 1000) for name in CLASSES}
        assert more == {
            "up": figure["known_ms"] - figure["downtime_ms"],
            "down": figure["downtime_ms"],
            "unknown": figure["unknown_ms"],
            "excluded": figure["excluded_ms"],
        }, span
        if more["up"] + more["down"]:
            assert float(figure["availability"]) == pytest.approx(more["up"] / (more["up"] + more["down"]), abs=1e-12)
        compared += 1
    assert compared >= 4


def test_the_span_holds_what_was_lived(lived: Watched) -> None:
    found = scraped(lived.prometheus, "shop")
    more = {name: found[-1].seconds[name] - found[0].seconds[name] for name in CLASSES}
    assert more["down"] >= 5
    assert more["unknown"] > 0, "the time after the kill, in which nobody looked"
    assert more["up"] >= 10
    assert scraped(lived.prometheus, "door")[-1].seconds["down"] == 0


def test_the_query_of_the_manual_gives_the_same(lived: Watched) -> None:
    first, *_, last = scraped(lived.prometheus, "shop")
    series = f'{COUNTER}{{service="shop",class=~"up|down"}}'
    both = f"sum({series} @ {last.at}) - sum({series} @ {first.at})"
    up = both.replace("up|down", "up")
    span = f"{instant_text(first.settled_ms)}/{instant_text(last.settled_ms)}"
    asked = ["--config", str(lived.slamon.config), "--data", str(lived.slamon.data), "--service", "shop"]
    [figure] = figures(*asked, "--period", span)["figures"]
    assert lived.prometheus.value(f"({up}) / ({both})") == pytest.approx(float(figure["availability"]), abs=1e-9)


def test_no_counter_fell_over_the_kill(lived: Watched) -> None:
    names = [name for name in lived.prometheus.get("label/__name__/values") if COUNTED.fullmatch(name)]
    assert {COUNTER, "slamon_check_observations_total", "slamon_service_outages_total"} <= set(names)
    for name in names:  # resets(): how often a later sample is below the one before
        assert lived.prometheus.get("query", query=f"resets({name}[1h]) > 0")["result"] == [], name


def test_the_target_is_up_and_no_label_was_renamed(lived: Watched) -> None:
    [target] = lived.prometheus.get("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    assert lived.prometheus.get("query", query='{exported_service!=""}')["result"] == []
    up = 'slamon_check_up{service="shop",check="page"} == 1'
    wait_for(lambda: lived.prometheus.value(up) is not None, "our own label service names the service")


def test_prometheus_knows_type_and_help_of_every_family(lived: Watched) -> None:
    told = lived.prometheus.get("metadata")
    [family] = told["slamon_agreement_accounted_seconds"] if COUNTER not in told else told[COUNTER]
    assert (family["type"], bool(family["help"])) == ("counter", True)
    assert all(one["type"] != "unknown" for name in told if name.startswith("slamon_") for one in told[name])
