"""Scenes for promtool: what slamon exposes minute by minute, and which alert fires when.

A scene is written as a file of `alerting/tests/`; each is run by Debian's promtool. Values change at whole minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

STATES = ("up", "degraded", "unknown", "down")
RULES = tuple(f"../rules/slamon-{name}.yml" for name in ("services", "agreements", "desk", "self"))

Span = tuple[int, Any]
"""So many minutes, such a value; `None`: the series is not there."""


def values(spans: Iterable[Span]) -> str:
    """As promtool writes a series of a sample a minute."""
    told = []
    for minutes, value in spans:
        if minutes:
            more = minutes - 1
            told.append("_" + f"x{minutes}" if value is None else f"{value}+0x{more}")
    return " ".join(told).replace("__x", "_x")


Series = dict[str, str]


def labelled(name: str, **labels: str) -> str:
    """A series as text."""
    return f"{name}{{{','.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in labels.items())}}}"


@dataclass(frozen=True, slots=True)
class Slamon:
    """One slamon as Prometheus sees it: the series of its services and agreements, all with its `instance`."""

    instance: str = "a:10650"
    series: Series = field(default_factory=dict)

    def put(self, name: str, spans: Iterable[Span], **labels: str) -> "Slamon":
        """One more series."""
        self.series[labelled(name, instance=self.instance, job="slamon", **labels)] = values(spans)
        return self

    def service(
        self,
        service: str,
        spans: Sequence[Span],
        *,
        customer: str = "kunde",
        team: str = "web",
        cause: str | None = None,
    ) -> "Slamon":
        """A service by its states."""
        for state in STATES:
            told = [(minutes, None if value is None else int(value == state)) for minutes, value in spans]
            self.put("slamon_service_state", told, service=service, state=state)
        there = [(minutes, None if value is None else 1) for minutes, value in spans]
        self.put("slamon_service_responsibility_info", there, service=service, team=team, customer=customer)
        down = [(minutes, 1 if value == "down" else None) for minutes, value in spans]
        role = "dependent" if cause else "cause"
        return self.put("slamon_service_down_info", down, service=service, cause=cause or service, role=role)

    def agreement(
        self,
        service: str,
        minutes: int,
        *,
        agreement: str = "gold",
        customer: str = "kunde",
        serving: Sequence[Span] | None = None,
        maintained: Sequence[Span] | None = None,
        team: str = "web",
    ) -> "Slamon":
        """An agreement on a service: always in service and never in maintenance unless told otherwise."""
        which = {"agreement": agreement, "service": service, "customer": customer}
        self.put("slamon_agreement_in_service", serving or [(minutes, 1)], **which)
        self.put("slamon_agreement_in_maintenance", maintained or [(minutes, 0)], **which)
        self.put(
            "slamon_agreement_info",
            [(minutes, 1)],
            **which,
            customer_name="Kunde",
            customer_kind="external",
            team=team,
            period="month",
            service_hours="24x7",
            timezone="UTC",
            revision="1",
        )
        return self

    def gauge(self, name: str, spans: Sequence[Span], agreement: str = "gold", **labels: str) -> "Slamon":
        """A gauge of the agreement on `shop`."""
        which = {"agreement": agreement, "service": "shop", "customer": "kunde"}
        return self.put(f"slamon_agreement_{name}", spans, **which, **labels)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is there, and by minute how often an alert fires; `matchers` narrow it down."""

    name: str
    alert: str
    slamons: Sequence[Slamon]
    firing: Mapping[int, int]
    matchers: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] | None = None
    """What the alert bears when it first fires."""

    def test(self) -> dict[str, Any]:
        """As a test of promtool."""
        series = {name: told for slamon in self.slamons for name, told in slamon.series.items() if told}
        pairs = {"alertname": self.alert, "alertstate": "firing", **self.matchers}
        question = "count(" + labelled("ALERTS", **pairs) + ")"
        asked = [
            {"expr": question, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": n}] if n else []}
            for minute, n in self.firing.items()
        ]
        if self.labels is not None:
            first = next(minute for minute, n in self.firing.items() if n)
            kept = ", ".join(self.labels)
            told = {"labels": labelled("", **self.labels), "value": 1}
            asked.append(
                {
                    "expr": f"group by ({kept}) ({labelled('ALERTS', **pairs)})",
                    "eval_time": f"{first}m",
                    "exp_samples": [told],
                }
            )
        return {
            "name": self.name,
            "interval": "1m",
            "input_series": [{"series": name, "values": told} for name, told in series.items()],
            "promql_expr_test": asked,
        }


def written(scenes: Iterable[Scene]) -> str:
    """A test file with these scenes."""
    content = {"rule_files": list(RULES), "evaluation_interval": "1m", "tests": [scene.test() for scene in scenes]}
    head = "# Written by the tests (SLAMON_RENEW_SCENES=1); run with: promtool test rules alerting/tests/*.yml\n"
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1_000_000)
