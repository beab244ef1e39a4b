"""What brings slamon up elsewhere: the compose file, and its mounted configuration under Debian's binaries."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _jsonnet
import pytest
import requests
import yaml
from slamon.export.alerting.alert import Fit
from slamon.export.scraping import configuration

from tests.system.peers import Prometheus
from tests.system.running import Slamon, free_port, wait_for

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def mounts(service: str) -> dict[str, Path]:
    """By place in the container: the file or folder that is mounted there; named volumes are none."""
    found = {}
    for mount in SERVICES[service].get("volumes", []):
        source, place, *_ = mount.split(":")
        if source.startswith("."):
            found[place] = (DEPLOY / source).resolve()
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_is_there_and_read_only(service: str) -> None:
    for place, source in mounts(service).items():
        assert source.exists(), f"{source} for {place}"
    for mount in SERVICES[service].get("volumes", []):
        assert mount.endswith(":ro") or mount.partition(":")[0] in COMPOSE["volumes"], mount


def test_images_of_others_are_pinned_and_slamon_may_do_little() -> None:
    for name, service in SERVICES.items():
        if name != "slamon":
            assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", service["image"]), service["image"]
    slamon = SERVICES["slamon"]
    assert slamon["read_only"] is True
    assert slamon["cap_drop"] == ["ALL"]
    assert (DEPLOY / slamon["build"]["context"] / slamon["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"


def test_everything_is_published_on_loopback_only() -> None:
    assert all(port.startswith("127.0.0.1:") for service in SERVICES.values() for port in service.get("ports", []))


def test_all_share_one_network_namespace_so_that_the_files_hold() -> None:
    assert {service.get("network_mode") for name, service in SERVICES.items() if name != "slamon"} == {"service:slamon"}


def test_the_scrape_configuration_is_what_the_command_writes() -> None:
    written = configuration(Fit(), ["127.0.0.1:10650"], alertmanagers=["127.0.0.1:9093"])

    assert (DEPLOY / "prometheus.yml").read_text() == written


# -- the same files under Debian's binaries


@contextmanager
def child(words: list[str], log: Path, url: str) -> Iterator[None]:
    with log.open("wb") as out, subprocess.Popen(words, stdout=out, stderr=out) as process:
        try:
            wait_for(lambda: requests.get(f"{url}/-/ready", timeout=5).ok, f"{words[0]} is ready", 60)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def with_ports(text: str, ports: dict[str, int]) -> str:
    """The file as it is, but for ports, which must be free ones here."""
    for theirs, ours in ports.items():
        text = text.replace(f"127.0.0.1:{theirs}", f"127.0.0.1:{ours}")
    return text.replace("scrape_interval: 15s", "scrape_interval: 1s").replace("_interval: 15s", "_interval: 1s")


def laid_out(service: str, folder: Path, ports: dict[str, int]) -> Path:
    """What is mounted into a container, laid out in a folder as it is there; gives its configuration's file."""
    place = f"/etc/{service}"
    for target, source in mounts(service).items():
        here = folder / Path(target).relative_to(place)
        here.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, here)
        else:
            here.write_text(with_ports(source.read_text(), ports))
    return folder / f"{service}.yml"


@pytest.mark.timeout(300)
def test_the_mounted_files_run_under_debians_binaries(tmp_path: Path) -> None:
    ports = {"10650": free_port(), "9090": free_port(), "9093": free_port()}
    catalogue = tmp_path / "slamon.yml"
    catalogue.write_text(
        "slamon: 1\ncustomers: {c: {name: C, kind: internal}}\n"
        'services: {s: {checks: {c: {tcp: {address: "127.0.0.1:9"}}}}}\n'
        "agreements: {a: {customer: c, services: [s], target: 99%}}\n"
    )
    scraping = laid_out("prometheus", tmp_path / "prometheus", ports)
    notifying = laid_out("alertmanager", tmp_path / "alertmanager", ports)
    urls = {name: f"http://127.0.0.1:{ports[port]}" for name, port in (("prometheus", "9090"), ("alert", "9093"))}
    slamon = Slamon(catalogue, tmp_path / "data", port=ports["10650"]).ready()
    alertmanager = [
        "prometheus-alertmanager",
        f"--config.file={notifying}",
        f"--storage.path={tmp_path / 'am'}",
        f"--web.listen-address=127.0.0.1:{ports['9093']}",
        "--cluster.listen-address=",
    ]
    server = [
        "prometheus",
        f"--config.file={scraping}",
        f"--storage.tsdb.path={tmp_path / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{ports['9090']}",
    ]
    try:
        with (
            child(alertmanager, tmp_path / "am.log", urls["alert"]),
            child(server, tmp_path / "prometheus.log", urls["prometheus"]),
        ):
            prometheus = Prometheus(ports["9090"])
            wait_for(lambda: prometheus.value('up{job="slamon"}') == 1, "slamon is scraped", 60)
            wait_for(lambda: len(prometheus.get("alertmanagers")["activeAlertmanagers"]) == 1, "Alertmanager", 60)
            groups = {group["name"]: group for group in prometheus.get("rules")["groups"]}
            assert set(groups) == {file.stem for file in mounts("prometheus")["/etc/prometheus/rules"].glob("*.yml")}
            wait_for(lambda: _alive(prometheus), "the dead man's switch is held", 90)
            wait_for(lambda: _received(urls["alert"]), "it reaches Alertmanager", 90)
            rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
            assert {rule.get("lastError", "") for rule in rules} == {""}
    finally:
        slamon.stop()


def _alive(prometheus: Prometheus) -> bool:
    return prometheus.value('ALERTS{alertname="SlamonWatchdog",alertstate="firing"}') == 1


def _received(url: str) -> bool:
    alerts = requests.get(f"{url}/api/v2/alerts", timeout=5).json()
    return any(alert["labels"]["alertname"] == "SlamonWatchdog" for alert in alerts)


# -- the mixin and the chart


def rendered(expression: str) -> Any:
    """An expression over the mixin, by jsonnet."""
    mixin = ROOT / "alerting" / "mixin.libsonnet"
    return json.loads(_jsonnet.evaluate_snippet("test", f"local mixin = import '{mixin}'; {expression}"))


def test_the_mixin_has_the_rules_and_dashboards_that_are_checked_in() -> None:
    alerts = rendered("mixin.prometheusAlerts")["groups"]
    files = [yaml.safe_load(file.read_text()) for file in sorted((ROOT / "alerting/rules").glob("*.yml"))]
    written = {group["name"]: group for file in files for group in file["groups"]}

    assert {group["name"]: group for group in [*alerts, *rendered("mixin.prometheusRules")["groups"]]} == written
    dashboards = {file.name: json.loads(file.read_text()) for file in (ROOT / "grafana/dashboards").glob("*.json")}
    assert rendered("mixin.grafanaDashboards") == dashboards


def test_the_mixin_is_fitted_by_its_config() -> None:
    config = "{ _config+:: { runbooks: 'https://r', severities+: { page: 'critical' }, labels: { env: 'x' } } }"
    rules = [rule for group in rendered(f"(mixin + {config}).prometheusAlerts")["groups"] for rule in group["rules"]]

    assert {rule["labels"]["env"] for rule in rules} == {"x"}
    assert {rule["labels"]["severity"] for rule in rules} == {"critical", "ticket", "none"}
    assert all(rule["annotations"]["runbook_url"].startswith("https://r/") for rule in rules)


def test_the_chart_asks_for_honest_labels_and_little_else() -> None:
    text = "".join(file.read_text() for file in sorted((DEPLOY / "helm/slamon/templates").iterdir()))

    for wanted in ("honorLabels: true", "readOnlyRootFilesystem: true", "runAsNonRoot: true", "ping_group_range"):
        assert wanted in text
    assert "replicas: 1" in text
    assert yaml.safe_load((DEPLOY / "helm/slamon/values.yaml").read_text())["serviceMonitor"]["enabled"] is True
