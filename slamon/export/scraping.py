"""How Prometheus scrapes slamon and loads its rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from slamon.export.alerting.alert import Fit
from slamon.export.alerting.writing import dumped

_HEAD = "# Written by `slamon export prometheus`. honor_labels: a target label `service` must not rename ours.\n"


def configuration(
    fit: Fit, targets: Sequence[str], *, alertmanagers: Sequence[str] = (), labels: Mapping[str, str] | None = None
) -> str:
    """A whole prometheus.yml. `targets`, `alertmanagers`: host:port. `labels`: target labels, as `site`."""
    static: dict[str, Any] = {"targets": list(targets)}
    if labels:
        static["labels"] = dict(labels)
    content: dict[str, Any] = {
        "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
        "rule_files": ["rules/*.yml"],
    }
    if alertmanagers:
        content["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": list(alertmanagers)}]}]}
    content["scrape_configs"] = [{"job_name": fit.job, "honor_labels": True, "static_configs": [static]}]
    return dumped(_HEAD, content)
