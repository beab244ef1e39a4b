"""Parsers of other programs' files."""

import json
from contextlib import suppress
from functools import cache
from typing import Any

from slamon.catalogue import Catalogue, load_value
from slamon.commands.coming import IMPORTERS
from slamon.errors import UsageError
from slamon.imports.draft import DraftCheck
from slamon.imports.gatus_conditions import Conditions
from slamon.imports.prometheus_history import PrometheusHistory, _result
from slamon.imports.written import yaml_text
from slamon.replay import read

from tests.fuzz.parse_catalogue import text
from tests.fuzz.parse_probes import file


def imported(kind: str, data: bytes, name: str) -> None:
    """A file, carried over and written down."""
    yaml_text(IMPORTERS[kind]([file(data, name)]), "", lambda secret: "${env:A}")


def gatus(data: bytes) -> None:
    """Its configuration."""
    imported("gatus", data, "config.yaml")


def conditions(data: bytes) -> None:
    """One of its conditions, for every kind."""
    for kind in ("http", "icmp", "tcp", "dns", "tls"):
        Conditions(DraftCheck("a"), kind, {}).put([text(data)])


def kuma(data: bytes) -> None:
    """A backup."""
    imported("uptime-kuma", data, "kuma.json")


def uptimerobot(data: bytes) -> None:
    """Its answer, or its export."""
    imported("uptimerobot", data, "robot.json" if data[:1] in b"[{" else "robot.csv")


def table(data: bytes) -> None:
    """A table."""
    imported("csv", data, "checks.csv")


def openslo(data: bytes) -> None:
    """Its documents."""
    imported("openslo", data, "slo.yaml")


def prometheus(data: bytes) -> None:
    """A configuration of Prometheus."""
    imported("prometheus-targets", data, "prometheus.yml")


def blackbox(data: bytes) -> None:
    """A configuration of blackbox_exporter."""
    imported("blackbox", data, "blackbox.yml")


def history(data: bytes) -> None:
    """Samples of an engine."""
    value: Any = json.loads(data)
    source = PrometheusHistory("http://127.0.0.1:9090", "up", None, None)
    with suppress(UsageError):
        for one in source._found(value, 200):
            for at, value in one.get("values", ()):
                _result(at, value)


@cache
def _catalogue() -> Catalogue:
    check = {"tcp": {"address": "127.0.0.1:1"}}
    return load_value({"slamon": 1, "services": {"s": {"checks": {"c": check}}}})


def replay(data: bytes) -> None:
    """Observations, one a line."""
    read(file(data, "observations.jsonl"), _catalogue(), 2**50)
