"""The whole way of an alert, for real: slamon, Prometheus, Alertmanager, a webhook; and vmalert beside Prometheus.

Rules and routes are those that the commands write, only faster: everything that takes minutes takes a second.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.system.alerting_peers import Alertmanager, Told, alertmanager, vmalert, webhook
from tests.system.endpoints import Page, page
from tests.system.peers import Prometheus, prometheus, victoria_metrics
from tests.system.running import Slamon, command, free_port, wait_for

CUSTOMER = 'Müller & "Söhne" {{ .Labels.x }} `{{` }} 日本 %s $labels \\n'
"""A name that no template, expression or encoding may take for its own."""

FAST = "1s"


def catalogue(shop: Page, kept: Page) -> dict[str, Any]:
    """A shop with a front that stands on it and two customers; and one that is down, in planned maintenance."""
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    agreed = {"customer": "haendler", "period": "year", "valid_from": "2026-01-01"}
    maintained = [{"start": (now - hour).isoformat(), "end": (now + hour).isoformat(), "summary": "Umzug"}]
    return {
        "slamon": 1,
        "defaults": {"interval": "1s", "timeout": "900ms", "confirm": 2},
        "customers": {
            "haendler": {"name": CUSTOMER, "kind": "external"},
            "vertrieb": {"name": "Vertrieb", "kind": "internal"},
        },
        "teams": {"web": {"name": "Web", "email": "web@example.org"}},
        "services": {
            "shop": {"team": "web", "checks": {"page": {"http": {"url": shop.url}}}},
            "front": {
                "team": "web",
                "checks": {"door": {"tcp": {"address": shop.address}}},
                "depends_on": ["shop"],
            },
            "kept": {"team": "web", "checks": {"page": {"http": {"url": kept.url}}}},
        },
        "agreements": {
            "gold": {**agreed, "services": ["shop", "front"], "target": "99.9%"},
            "never": {**agreed, "customer": "vertrieb", "services": ["shop"], "target": "100%"},
            "old": {**agreed, "services": ["kept"], "target": "99%", "maintenance": maintained},
        },
    }


def fast_rules(folder: Path) -> Path:
    """Our rules as the command writes them, with a second for every minute; gives their pattern."""
    assert command("export", "rules", "-o", str(folder)).returncode == 0
    for file in folder.glob("*.yml"):
        content = yaml.safe_load(file.read_text())
        for group in content["groups"]:
            group["interval"] = FAST
            for rule in group["rules"]:
                if "for" in rule:
                    rule["for"] = FAST
        file.write_text(yaml.safe_dump(content, allow_unicode=True))
    return folder / "*.yml"


def fast_routes(folder: Path, config: Path, told: Told, path: str, more: str | None = None) -> str:
    """Our routes as the command writes them, faster, with a webhook for each receiver below `path`."""
    assert command("export", "alertmanager", "-c", str(config), "-o", str(folder)).returncode == 0
    content = yaml.safe_load((folder / "alertmanager.yml").read_text())
    content["templates"] = [str(folder / "templates/*.tmpl")]
    waiting = [content["route"]]
    while waiting:
        route = waiting.pop()
        route |= {"group_wait": FAST, "group_interval": FAST} | (
            {"repeat_interval": "1s"} if route["receiver"] == "watchdog" else {}
        )
        waiting += route.get("routes", [])
    for receiver in content["receivers"]:
        name, hooks = receiver["name"], receiver.get("webhook_configs", [])
        resolved = all(hook["send_resolved"] for hook in hooks)
        kept = [hook | {"url": more} for hook in hooks if more and hook["url"].endswith("/api/alerts")]
        receiver.clear()
        own = {"url": f"{told.url}/{path}/{name}", "send_resolved": resolved}
        receiver |= {"name": name, "webhook_configs": [own, *kept]}
    return yaml.safe_dump(content)


@dataclass
class Chain:
    """Everything that runs. The paths of the webhook: `prom/RECEIVER` and `vm/RECEIVER`."""

    shop: Page
    slamon: Slamon
    told: Told
    alertmanager: Alertmanager
    folder: Path
    scrapes: list[dict[str, Any]]
    prometheus: Prometheus
    _running: ExitStack = field(default_factory=ExitStack)

    def start_prometheus(self) -> None:
        targets = [{"static_configs": [{"targets": [self.alertmanager.address]}]}]
        self.prometheus = self._running.enter_context(
            prometheus(
                self.folder,
                self.scrapes,
                alerting={"alertmanagers": targets},
                rule_files=[str(self.folder / "rules/*.yml")],
            )
        )

    def stop_prometheus(self) -> None:
        self._running.close()

    def came(self, receiver: str, name: str, status: str, **labels: str) -> list[dict[str, Any]]:
        """Notifications of an alert that a receiver got."""
        found = self.told.alerts(f"/{receiver}", alertname=name, **labels)
        return [alert for alert in found if alert["status"] == status]

    def await_alert(self, receiver: str, name: str, status: str, more: int = 0, **labels: str) -> dict[str, Any]:
        """The newest of them, once there are more than `more`."""
        return wait_for(
            lambda: self.came(receiver, name, status, **labels)[more:],
            f"{name} {labels} is told {receiver} as {status}",
            90,
        )[-1]


def scrape(slamon: Slamon, *, honored: bool = True) -> dict[str, Any]:
    """As the Prometheus Operator labels its targets."""
    return {
        "job_name": "slamon",
        "honor_labels": honored,
        "static_configs": [{"targets": [f"127.0.0.1:{slamon.port}"], "labels": {"service": "monitoring"}}],
    }


@contextmanager
def chain(folder: Path) -> Iterator[Chain]:
    """All of it, once the watchdog came through on both ways."""
    with ExitStack() as stack:
        shop, kept = stack.enter_context(page()), stack.enter_context(page())
        kept.status = 503
        told = stack.enter_context(webhook())
        config = folder / "slamon.yml"
        config.write_text(yaml.safe_dump(catalogue(shop, kept), allow_unicode=True))
        slamon = Slamon(config, folder / "data", port=free_port()).ready()
        stack.callback(slamon.stop)
        rules = fast_rules(folder / "rules")
        back = f"{slamon.url}/api/alerts"
        routes = fast_routes(folder / "prom", config, told, "prom", back)
        found = Chain(shop, slamon, told, stack.enter_context(alertmanager(folder / "prom", routes)), folder,
                      [scrape(slamon)], Prometheus(0))  # fmt: skip
        stack.callback(found.stop_prometheus)
        found.start_prometheus()
        _beside(stack, folder, found, rules)
        for way in ("prom", "vm"):
            found.await_alert(f"{way}/watchdog", "SlamonWatchdog", "firing")
        yield found


def _beside(stack: ExitStack, folder: Path, found: Chain, rules: Path) -> None:
    """VictoriaMetrics, vmalert and an Alertmanager of their own.

    A new series of VictoriaMetrics is seen a second after its neighbours; it lags, so as to show what belongs together.
    """
    (folder / "scrape.yml").write_text(
        yaml.safe_dump({"scrape_configs": [found.scrapes[0] | {"scrape_interval": FAST}]})
    )
    engine = stack.enter_context(
        victoria_metrics(
            folder, f"-promscrape.config={folder / 'scrape.yml'}", "-search.latencyOffset=2s", "-search.disableCache"
        )
    )
    routes = fast_routes(folder / "vm", found.slamon.config, found.told, "vm")
    beside = stack.enter_context(alertmanager(folder / "vm", routes))
    stack.enter_context(vmalert(folder, rules, engine.url, beside.url))
