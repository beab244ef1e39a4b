"""The chain of an alert, from a server that dies to the one who is told, and what breaks on the way.

The tests of this file go through one story, in order: they share what runs.
"""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.chain import CUSTOMER, Chain, chain, fast_rules, scrape
from tests.system.peers import prometheus
from tests.system.running import figures, wait_for

WAYS = ("prom", "vm")
PLANNED_S = {"confirm": 2.0, "scrape": 1.0, "evaluation": 1.0, "group_wait": 1.0}
LAG_S = {"prom": 0.0, "vm": 2.0}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain(tmp_path_factory.mktemp("chain")) as found:
        yield found


@pytest.fixture(scope="module")
def outage(lived: Chain) -> dict[str, dict[str, Any]]:
    """The shop dies; what each way told of it, and when it came."""
    died = time.monotonic()
    lived.shop.status = 503
    told: dict[str, dict[str, Any]] = {}

    def all_told() -> bool:
        for way in WAYS:
            came = lived.came(f"{way}/team-web", "SlamonServiceDown", "firing", service="shop")
            if came and way not in told:
                told[way] = came[0] | {"delay_s": time.monotonic() - died}
        return len(told) == len(WAYS)

    wait_for(all_told, "the outage is told on both ways", 90)
    return told


@pytest.mark.parametrize("way", WAYS)
def test_the_right_notification_arrives(way: str, outage: dict[str, dict[str, Any]]) -> None:
    found, planned = outage[way], sum(PLANNED_S.values()) + LAG_S[way]
    print(f"{way}: told after {found['delay_s']:.1f} s; confirm, scrape, evaluation, group_wait, lag: {planned:g} s")

    assert found["labels"] == {
        "alertname": "SlamonServiceDown",
        "service": "shop",
        "severity": "page",
        "team": "web",
        "customer": "several",
        "cause": "shop",
        "role": "cause",
    } | ({"alertgroup": "slamon-services"} if way == "vm" else {})


@pytest.mark.parametrize("way", WAYS)
def test_it_carries_all_texts(way: str, outage: dict[str, dict[str, Any]]) -> None:
    told = outage[way]["annotations"]
    lines = told["description"].split("\n")

    assert told["summary"] == "shop is down"
    assert lines[:2] == ["shop is down.", "Failing checks: page"]
    [gold, never] = sorted(lines[2:])
    assert gold.startswith(f"- {CUSTOMER} (gold): 99.")
    assert gold.endswith(" % of the budget left")
    assert never == "- Vertrieb (never): the agreement allows no outage at all"
    assert told["dashboard_url"].endswith("/d/slamon-service?var-service=shop&from=now-6h&to=now")
    assert told["runbook_url"].endswith("/docs/runbooks/SlamonServiceDown.md")


@pytest.mark.parametrize("way", WAYS)
def test_what_stands_on_it_is_kept_quiet(way: str, lived: Chain, outage: dict[str, dict[str, Any]]) -> None:
    assert outage[way]
    assert lived.came(f"{way}/team-web", "SlamonServiceDown", "firing", service="front") == []
    if way == "prom":
        [front] = wait_for(lambda: alerts(lived, "front"), "the front is known to be down")
        assert front["status"]["inhibitedBy"]
        assert (front["labels"]["cause"], front["labels"]["role"]) == ("shop", "dependent")


def alerts(lived: Chain, service: str) -> list[dict[str, Any]]:
    labels = {"alertname": "SlamonServiceDown", "service": service}
    return [one for one in lived.alertmanager.alerts() if labels.items() <= one["labels"].items()]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_over_after_recovery(way: str, lived: Chain, outage: dict[str, dict[str, Any]]) -> None:
    assert outage[way]
    lived.shop.status = 200
    lived.await_alert(f"{way}/team-web", "SlamonServiceDown", "resolved", service="shop")


def test_nothing_wrong_arrives_when_prometheus_was_away(lived: Chain, outage: dict[str, dict[str, Any]]) -> None:
    """An outage that was over before it came back is nobody's page any more."""
    assert outage["prom"]
    lived.await_alert("prom/team-web", "SlamonServiceDown", "resolved", service="shop")
    lived.stop_prometheus()
    before = len(lived.came("prom/team-web", "SlamonServiceDown", "firing"))
    seen = len(lived.came("vm/team-web", "SlamonServiceDown", "resolved", service="shop"))
    lived.shop.status = 503
    wait_for(lambda: state(lived) == "down", "the shop is down")
    lived.shop.status = 200
    wait_for(lambda: state(lived) == "up", "the shop is up")
    came = len(lived.came("prom/watchdog", "SlamonWatchdog", "firing"))
    lived.start_prometheus()
    lived.await_alert("prom/watchdog", "SlamonWatchdog", "firing", more=came + 5)
    wait_for(lambda: state(lived) == "up" and scraped(lived), "it is scraped again")

    assert len(lived.came("prom/team-web", "SlamonServiceDown", "firing")) == before
    lived.await_alert("vm/team-web", "SlamonServiceDown", "resolved", more=seen, service="shop")  # vmalert was there


def state(lived: Chain) -> str:
    services = {one["service"]: one["state"] for one in lived.slamon.status()["services"]}
    return str(services["shop"])


def scraped(lived: Chain) -> bool:
    return len(lived.prometheus.points('up{job="slamon"}')) > 5


def test_in_maintenance_nothing_arrives(lived: Chain, outage: dict[str, dict[str, Any]]) -> None:
    """It is down all the time; the rules see it, and stay quiet."""
    assert outage["prom"]
    down = 'slamon_service_state{service="kept",state="down"}'
    wait_for(lambda: lived.prometheus.value(down) == 1, "Prometheus sees it down")
    for way in WAYS:
        for receiver in ("team-web", "pages", "tickets"):
            assert lived.told.alerts(f"/{way}/{receiver}", service="kept") == []
    assert alerts(lived, "kept") == []


def test_who_was_told_stands_beside_the_outage(lived: Chain, outage: dict[str, dict[str, Any]]) -> None:
    """Alertmanager told slamon too, as our configuration has it."""
    assert outage["prom"]
    words = ["-c", str(lived.slamon.config), "-d", str(lived.slamon.data), "-a", "gold", "-s", "shop"]
    first = wait_for(lambda: figures(*words)["figures"][0]["outages"][0]["notified"], "the outage knows who was told")
    told = {(one["alert"], one["what"], one["receiver"]) for one in first}

    assert {("SlamonServiceDown", what, "team-web") for what in ("firing", "resolved")} <= told


def test_labels_are_ours_although_the_target_has_a_service_of_its_own(lived: Chain) -> None:
    assert lived.prometheus.get("query", query='{exported_service!=""}')["result"] == []
    assert lived.came("prom/pages", "SlamonLabelsRenamed", "firing") == []
    assert lived.came("prom/tickets", "SlamonLabelsRenamed", "firing") == []


def test_without_honor_labels_somebody_is_told(lived: Chain, tmp_path: Path) -> None:
    rules = fast_rules(tmp_path / "rules")
    with prometheus(tmp_path, [scrape(lived.slamon, honored=False)], rule_files=[str(rules)]) as server:

        def firing() -> set[str]:
            found = server.get("alerts")["alerts"]
            return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}

        wait_for(lambda: "SlamonLabelsRenamed" in firing(), "the renamed labels are noticed", 90)
        known = {"SlamonLabelsRenamed", "SlamonWatchdog", "SlamonDown", "SlamonAgreementBreached"}
        assert firing() <= known  # the last one is true of its agreement, whatever the service is called
        assert mistakes(server) == []


def mistakes(server: Any) -> list[str]:
    """What went wrong with rules."""
    rules = [rule for group in server.get("rules")["groups"] for rule in group["rules"]]
    assert len(rules) >= 20
    return [f"{rule['name']}: {rule.get('lastError')}" for rule in rules if rule["health"] not in ("ok", "unknown")]


def test_no_rule_failed(lived: Chain) -> None:
    assert mistakes(lived.prometheus) == []


def test_a_frozen_slamon_is_noticed(lived: Chain) -> None:
    """It neither answers nor stores: it is told as gone, and the watchdog is silent; both end when it goes on."""
    lived.slamon.process.send_signal(signal.SIGSTOP)
    try:
        for way in WAYS:
            lived.await_alert(f"{way}/pages", "SlamonDown", "firing")
        wait_for(lambda: not dog(lived), "the watchdog is gone", 90)
    finally:
        lived.slamon.process.send_signal(signal.SIGCONT)
    for way in WAYS:
        lived.await_alert(f"{way}/pages", "SlamonDown", "resolved")
    wait_for(lambda: dog(lived), "the watchdog is back", 90)


def dog(lived: Chain) -> list[Any]:
    return [one for one in lived.alertmanager.alerts() if one["labels"]["alertname"] == "SlamonWatchdog"]


def test_a_killed_slamon_is_noticed(lived: Chain) -> None:
    came = {way: len(lived.came(f"{way}/pages", "SlamonDown", "firing")) for way in WAYS}
    lived.slamon.kill()
    for way in WAYS:
        found = lived.await_alert(f"{way}/pages", "SlamonDown", "firing", more=came[way])
        assert found["labels"]["service"] == "slamon"
        assert found["labels"]["instance"] == f"127.0.0.1:{lived.slamon.port}"
    wait_for(lambda: not dog(lived), "the watchdog is gone", 90)
    assert lived.came("prom/team-web", "SlamonServiceDown", "firing", service="front") == []


@pytest.mark.parametrize("folder", ["alerting/rules", "alerting/de/rules"])
def test_vmalert_takes_the_files_as_they_are(folder: str) -> None:
    rules = Path(__file__).parents[2] / folder / "*.yml"
    done = subprocess.run(["vmalert", "-dryRun", f"-rule={rules}"], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr
