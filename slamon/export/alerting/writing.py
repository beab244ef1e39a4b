"""Alerts as rule files that Prometheus and vmalert load."""

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from slamon.export.alerting import agreements, desk, own, recording, services
from slamon.export.alerting.alert import Alert, Fit, Group

GROUPS: Mapping[str, Callable[[Fit], Group]] = {
    "slamon-services": services.group,
    "slamon-agreements": agreements.group,
    "slamon-desk": desk.group,
    "slamon-self": own.group,
    "slamon-recording": recording.group,
}
"""Every group of rules by its name, which is that of its file too."""

_HEAD = "# Written by `slamon export rules`: for changes use its options, so that the next version fits too.\n"


def groups(fit: Fit) -> list[Group]:
    """All rules, fitted."""
    return [make(fit) for make in GROUPS.values()]


def rule_file(fit: Fit, *wanted: Group) -> str:
    """A rule file with these groups."""
    content = {"groups": [_group(fit, group) for group in wanted]}
    return dumped(_HEAD, content)


def dumped(head: str, content: Mapping[str, Any]) -> str:
    """Content as YAML that people can read, below a comment."""
    return head + yaml.dump(content, Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=1_000_000)


def _group(fit: Fit, group: Group) -> dict[str, Any]:
    records = [{"record": record.name, "expr": record.expression} for record in group.records]
    rules = [*records, *(_rule(fit, alert) for alert in group.alerts)]
    return {"name": group.name, "interval": group.interval, "rules": rules}


def _rule(fit: Fit, alert: Alert) -> dict[str, Any]:
    texts = alert.texts[fit.language]
    rule: dict[str, Any] = {"alert": alert.name, "expr": alert.expression}
    if alert.wait:
        rule["for"] = alert.wait
    rule["labels"] = {"severity": fit.severity(alert.severity), **alert.labels}
    rule["annotations"] = {
        "summary": texts.summary,
        "description": texts.description,
        "dashboard_url": fit.dashboards + alert.dashboard,
        "runbook_url": f"{fit.runbooks}/{alert.name}.md",
    }
    return rule


class _Blocks(yaml.SafeDumper):
    """Texts of several lines as blocks, which people can read; nothing is an alias, which they would break."""

    def ignore_aliases(self, _data: object) -> bool:
        """See yaml."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _text)
