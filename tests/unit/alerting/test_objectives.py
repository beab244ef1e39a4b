"""Agreements as OpenSLO, Sloth and Pyrra documents, and the scrape configuration: what they say, and what they name."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from slamon.catalogue import load_value
from slamon.export import names
from slamon.export.alerting.alert import Fit
from slamon.export.objectives import FORMATS, documents
from slamon.export.scraping import configuration


def catalogue(**more: Any) -> Any:
    agreement = {"customer": "c", "services": ["shop", "erp"], "target": "99.95%", "timezone": "Europe/Berlin"}
    return load_value(
        {
            "slamon": 1,
            "customers": {"c": {"name": 'A "quoted" {name}', "kind": "external"}},
            "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
            "services": {s: {"checks": {"c": {"tcp": {"address": "127.0.0.1:1"}}}} for s in ("shop", "erp")},
            "agreements": {"gold": agreement | more},
        }
    )


@pytest.mark.parametrize("form", FORMATS)
def test_each_agreement_and_service_has_a_document_on_counters_that_there_are(form: str) -> None:
    text = documents(catalogue(), form)
    found = list(yaml.safe_load_all(text))

    assert len(found) == 2
    assert set(re.findall(r"\bslamon_\w+", text)) == {names.ACCOUNTED.name}
    assert 'A "quoted" {name}' in str(found[0])


def test_targets_keep_all_their_digits() -> None:
    (slo, _), (sloth, _), (pyrra, _) = (list(yaml.safe_load_all(documents(catalogue(), form))) for form in FORMATS)

    assert slo["spec"]["objectives"][0]["target"] == 0.9995
    assert sloth["slos"][0]["objective"] == 99.95
    assert pyrra["spec"]["target"] == "99.95"


@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_an_openslo_window_is_the_calendar_of_the_agreement(period: str) -> None:
    (slo, _) = yaml.safe_load_all(documents(catalogue(period=period), "openslo"))
    (window,) = slo["spec"]["timeWindow"]

    assert window["isRolling"] is False
    assert window["calendar"]["timeZone"] == "Europe/Berlin"
    assert window["duration"] == {"week": "1w", "month": "1M", "quarter": "1Q", "year": "1Y"}[period]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"service_hours": "office"}, "service hours office"),
        ({"credits": [{"below": "99%", "credit": "5%"}]}, "credits"),
        ({"latency": {"threshold": "1s", "target": "95%"}}, "the latency objective"),
        ({"valid_from": "2026-01-01", "revisions": [{"valid_from": "2027-01-01", "target": "99%"}]}, "revisions"),
        ({"rules": {"min_coverage": "50%"}}, "the coverage that a verdict needs"),
        (
            {"valid_from": "2026-01-01", "maintenance": [{"rrule": "FREQ=DAILY", "at": "02:00", "duration": "1h"}]},
            "planned maintenance",
        ),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_carried_is_named(form: str, more: dict[str, Any], named: str) -> None:
    assert named in documents(catalogue(**more), form)
    assert named not in documents(catalogue(), form)


def test_rolling_windows_are_named_as_such() -> None:
    assert "not 30 rolling days" in documents(catalogue(), "sloth")
    assert "rolling" not in documents(catalogue(), "openslo").partition("apiVersion")[0]


def test_the_scrape_configuration_is_taken_by_promtool_and_honours_labels(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yml"
    file.write_text(configuration(Fit(), ["a:1", "b:2"], alertmanagers=["c:3"], labels={"site": "north"}))

    done = subprocess.run(["promtool", "check", "config", str(file)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stdout + done.stderr
    (scrape,) = yaml.safe_load(file.read_text())["scrape_configs"]
    assert scrape["honor_labels"] is True
    assert scrape["static_configs"] == [{"targets": ["a:1", "b:2"], "labels": {"site": "north"}}]
