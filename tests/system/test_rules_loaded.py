"""Our rules in a real Prometheus over what slamon really exposes: no rule fails, and nothing fires wrongly.

Every `for` is a second here, so that what would fire after minutes fires now.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from slamon.export import names

from tests.system.chain import fast_rules
from tests.system.endpoints import closed, page
from tests.system.peers import Prometheus, prometheus
from tests.system.running import Slamon, free_port, running, wait_for

ALWAYS = {"SlamonWatchdog"}
YOUNG = (names.SERVICE_RESPONSIBILITY, names.SERVICE_DOWN, names.MIN_COVERAGE)
"""Families that an earlier version does not have."""

HOSTILE = 'A "B"\n- C (gold): 100.000 % {{ end }} `{{` }} %s \\ 日本 $value'


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fast_rules(tmp_path_factory.mktemp("rules"))


def catalogue(address: str, url: str, **agreements: str) -> dict[str, Any]:
    """A shop at an address, mail at a url; agreements by id with their target, each on both."""
    agreed = {"customer": "k", "services": ["shop", "mail"], "valid_from": "2026-01-01"}
    found: dict[str, Any] = {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "900ms", "confirm": 1},
        "teams": {"web": {"name": "Web"}},
        "services": {
            "shop": {"team": "web", "checks": {"door": {"tcp": {"address": address}}}},
            "mail": {"team": "web", "checks": {"page": {"http": {"url": url}}}},
        },
    }
    if agreements:
        found["customers"] = {"k": {"name": "CUSTOMER", "kind": "external"}}
        found["agreements"] = {name: {**agreed, "target": target} for name, target in agreements.items()}
    return found


@contextmanager
def seen(folder: Path, rules: Path, *targets: str, **job: Any) -> Iterator[Prometheus]:
    """A Prometheus that scrapes these and has evaluated our rules some times over it."""
    scrape = {"job_name": "slamon", "honor_labels": True, "static_configs": [{"targets": list(targets)}]} | job
    with prometheus(folder, [scrape] if targets else [], rule_files=[str(rules)]) as server:
        if targets:
            wait_for(lambda: (server.value('min(count_over_time(up{job="slamon"}[1h]))') or 0) >= 4, "it is scraped")
        wait_for(lambda: all(rule["health"] == "ok" for rule in rules_of(server)), "all rules are evaluated, and well")
        yield server
        assert [rule["name"] for rule in rules_of(server) if rule["health"] != "ok" or rule.get("lastError")] == []


def rules_of(server: Prometheus) -> Sequence[dict[str, Any]]:
    return [rule for group in server.get("rules")["groups"] for rule in group["rules"]]


def alerts(server: Prometheus, name: str | None = None) -> list[dict[str, Any]]:
    found = server.get("alerts")["alerts"]
    return [a for a in found if a["state"] == "firing" and name in (None, a["labels"]["alertname"])]


def firing(server: Prometheus) -> set[str]:
    return {alert["labels"]["alertname"] for alert in alerts(server)}


@contextmanager
def watched(folder: Path, *, shop_is_up: bool = False, **agreements: str) -> Iterator[Slamon]:
    """A slamon that has seen the shop, down or up, and the mail, up."""
    with closed() as nowhere, page() as found:
        config = folder / "slamon.yml"
        address = found.address if shop_is_up else nowhere
        config.write_text(yaml.safe_dump(catalogue(address, found.url, **agreements)))
        with running(config, folder / "data") as slamon:
            wanted = {"shop": "up" if shop_is_up else "down", "mail": "up"}
            wait_for(lambda: {s["service"]: s["state"] for s in slamon.status()["services"]} == wanted, "it has looked")
            yield slamon


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slamon]:
    """The shop is down, and owed to somebody."""
    with watched(tmp_path_factory.mktemp("gold"), gold="99%") as slamon:
        yield slamon


def address(slamon: Slamon) -> str:
    return f"127.0.0.1:{slamon.port}"


def test_without_slamon_s_metrics_nothing_fires(tmp_path: Path, rules: Path) -> None:
    with seen(tmp_path, rules) as server:
        assert firing(server) == set()


def test_without_an_agreement_nobody_is_woken(tmp_path: Path, rules: Path) -> None:
    with watched(tmp_path) as slamon, seen(tmp_path, rules, address(slamon)) as server:
        wait_for(lambda: server.value('slamon_service_state{service="shop",state="down"}') == 1, "it is down")
        assert firing(server) == ALWAYS


def test_a_target_of_100_per_cent_that_is_held_is_quiet(tmp_path: Path, rules: Path) -> None:
    with watched(tmp_path, shop_is_up=True, never="100%") as slamon, seen(tmp_path, rules, address(slamon)) as server:
        assert firing(server) == ALWAYS


def test_a_target_of_100_per_cent_that_is_not_held_is_told(tmp_path: Path, rules: Path) -> None:
    with watched(tmp_path, never="100%") as slamon, seen(tmp_path, rules, address(slamon)) as server:
        wait_for(lambda: alerts(server, "SlamonAgreementBreached"), "the breach is told")
        [down] = wait_for(lambda: alerts(server, "SlamonServiceDown"), "the outage is told")

        assert "allows no outage at all" in down["annotations"]["description"]
        assert {alert["labels"]["service"] for alert in alerts(server)} == {"shop", "slamon"}


@pytest.mark.parametrize("shop_is_up", [False, True])
def test_two_versions_at_once_are_understood(shop_is_up: bool, gold: Slamon, tmp_path: Path, rules: Path) -> None:
    """An earlier one beside ours: one outage is one page, and none where the earlier one sees the service up."""
    with page() as earlier:
        text = as_earlier(gold)
        if shop_is_up:
            for state, value in (("down", 0), ("up", 1)):
                line = f'slamon_service_state{{service="shop",state="{state}"}}'
                assert f"{line} {1 - value}" in text
                text = text.replace(f"{line} {1 - value}", f"{line} {value}")
        earlier.body = text.encode()
        with seen(tmp_path, rules, address(gold), earlier.address) as server:
            if shop_is_up:
                assert alerts(server, "SlamonServiceDown") == []
            else:
                [down] = wait_for(lambda: alerts(server, "SlamonServiceDown"), "the outage is told")
                assert down["labels"]["team"] == "web"
            assert not firing(server) & {"SlamonDown", "SlamonLabelsRenamed", "SlamonStalled"}


def as_earlier(slamon: Slamon) -> str:
    """What an earlier version would expose."""
    text = slamon.metrics()
    for family in YOUNG:
        assert family.name in text
        text = re.sub(rf"^(# \w+ )?{family.name}\b.*\n", "", text, flags=re.MULTILINE)
    return text


def test_an_earlier_version_alone_makes_no_rule_fail(gold: Slamon, tmp_path: Path, rules: Path) -> None:
    with page() as earlier:
        earlier.body = as_earlier(gold).encode()
        with seen(tmp_path, rules, earlier.address) as server:
            assert firing(server) >= ALWAYS


def test_labels_that_federation_renamed_are_told_and_wake_nobody(gold: Slamon, tmp_path: Path, rules: Path) -> None:
    labels = {"service": "federated", "customer": "somebody", "agreement": "x", "team": "y"}
    configs = [{"targets": [address(gold)], "labels": labels}]
    with seen(tmp_path, rules, address(gold), honor_labels=False, static_configs=configs) as server:
        wait_for(lambda: "SlamonLabelsRenamed" in firing(server), "the renamed labels are told")
        assert firing(server) - {"SlamonLabelsRenamed"} <= ALWAYS


def test_a_customer_s_name_passes_through_unharmed(gold: Slamon, tmp_path: Path, rules: Path) -> None:
    with page() as found:
        escaped = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        found.body = gold.metrics().replace('customer_name="CUSTOMER"', f'customer_name="{escaped}"').encode()
        with seen(tmp_path, rules, found.address) as server:
            [down] = wait_for(lambda: alerts(server, "SlamonServiceDown"), "the outage is told")
            description = down["annotations"]["description"]

            assert description.count(f"\n- {HOSTILE} (gold): ") == 1
            assert description.endswith(" % of the budget left")


def test_no_rule_fails_over_the_demo(tmp_path: Path, rules: Path) -> None:
    port = free_port()
    words = [sys.executable, "-m", "tests.system.quick_demo", f"127.0.0.1:{port}"]
    with (tmp_path / "demo.log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as demo:
        try:
            wait_for(lambda: requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=5).ok, "the demo is ready", 120)
            with seen(tmp_path, rules, f"127.0.0.1:{port}") as server:
                wait_for(lambda: firing(server) >= ALWAYS, "the watchdog fires")
                assert not firing(server) & {"SlamonDown", "SlamonLabelsRenamed", "SlamonConfigurationRejected"}
        finally:
            demo.terminate()
            demo.wait(timeout=30)
