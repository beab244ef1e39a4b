"""Every expression of the dashboards in a real Prometheus: forty days of the demo, and the demo itself while it runs.

What this proves: that each expression is valid, gives series with the labels of its legend, and the figures that
`slamon account` gives. It does not prove how Grafana lays panels out and transforms tables.
"""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from slamon.shown import instant_text

from tests.panels import BOARDS, Asked, asked, variables
from tests.system.peers import Prometheus, prometheus
from tests.system.running import command, figures, free_port, wait_for

pytestmark = pytest.mark.timeout(900)

STEP_S = 7200
DAYS = 40
GRAFANA = {"__rate_interval": "6h", "__range": "20d", "__interval": "2h"}
EVERYTHING = {"customer": ".+", "check": ".+", "instance": ".+", "service": ".+", "agreement": ".+"}
EMPTY = {
    "slamon-fleet: Discovery A": "the demo discovers nothing",
    "slamon-fleet: Discovery B": "the demo discovers nothing",
    "slamon-customer: Next agreement to end A": "the demo's agreements have no end",
    "slamon-fleet: annotation Catalogue loaded": "the demo's catalogue is loaded once",
}
ODD = 'Käse & "Söhne" {GmbH}\nzweite Zeile \\ 100 %'
"""A customer's name as no one should give it."""
OTHER = [
    {"source_labels": ["version"], "regex": ".+", "target_label": "version", "replacement": "9.9.9"},
    {"source_labels": ["customer_name"], "regex": "(?s).+", "target_label": "customer_name", "replacement": ODD},
    {"source_labels": ["team"], "regex": ".+", "target_label": "team", "replacement": "andere"},
]
"""What a second slamon of another version tells otherwise, about the same services."""
QUESTIONS = [*asked(), *(found for found, _ in variables())]
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=[str(found) for found in QUESTIONS])


@dataclass(frozen=True)
class Demo:
    """The demo, running, and a Prometheus with its past that scrapes it, twice: as two slamons at once."""

    config: Path
    server: Prometheus
    end: int
    """The newest moment of the past, in s."""

    def series(self, expression: str) -> list[dict[str, Any]]:
        """What there is of an expression in the forty days, or else now."""
        start = str(self.end - DAYS * 86400)
        found = self.server.get("query_range", query=expression, start=start, end=str(self.end), step=str(STEP_S))
        return list(found["result"] or self.server.get("query", query=expression)["result"])

    def at_end(self, expression: str) -> list[dict[str, Any]]:
        return list(self.server.get("query", query=expression, time=str(self.end))["result"])


@contextmanager
def running_demo(folder: Path, port: int) -> Iterator[Path]:
    words = [sys.executable, "-m", "slamon", "demo", "--keep", str(folder), "--listen", f"127.0.0.1:{port}"]
    with (folder / "demo.log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            up = f"http://127.0.0.1:{port}/-/ready"
            wait_for(lambda: requests.get(up, timeout=5).ok, "the demo runs", 180)
            yield folder / "slamon.yml"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def tell(config: Path) -> None:
    """What people enter: a complaint, scores on both scales, an action whose day is over."""
    about = ("--customer", "haendler", "--service", "onlineshop")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    for words in (
        ("complaint", "add", *about, "--from", yesterday, "--text", "langsam"),
        ("satisfaction", "add", *about, "--scale", "csat", "--score", "4", "--asked", yesterday[:10]),
        ("satisfaction", "add", *about, "--scale", "nps", "--score", "9", "--asked", yesterday[:10]),
        ("action", "add", "--title", "Mehr Speicher", "--owner", "Cy", "--team", "web", "--due", yesterday[:10]),
    ):
        done = command("register", *words, "--author", "sm", "-c", str(config))
        assert done.returncode == 0, done.stderr


def scrape(job: str, target: str, relabelled: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    return {
        "job_name": job,
        "honor_labels": True,
        "static_configs": [{"targets": [target]}],
        "metric_relabel_configs": list(relabelled),
    }


def blocks_of(config: Path, folder: Path, end: int) -> None:
    """The demo's past as blocks of Prometheus."""
    past = folder / "past.om"
    span = ("--start", f"{end - DAYS * 86400}000", "--end", f"{end}000", "--every", f"{STEP_S}s")
    done = command("export", "openmetrics", "-c", str(config), *span, "-o", str(past), deadline_s=300)
    assert done.returncode == 0, done.stderr
    words = [
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--max-block-duration=1440h",
        past,
        folder / "tsdb",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, port = tmp_path_factory.mktemp("dashboards"), free_port()
    (folder / "demo").mkdir()
    with running_demo(folder / "demo", port) as config:
        end = int(time.time()) // STEP_S * STEP_S
        tell(config)
        blocks_of(config, folder, end)
        scrapes = [scrape("slamon", f"127.0.0.1:{port}"), scrape("slamon-other", f"localhost:{port}", OTHER)]
        more = (f"--query.lookback-delta={STEP_S + 60}s", "--storage.tsdb.retention.time=10y")
        with prometheus(folder, scrapes, more=more) as server:
            wait_for(
                lambda: server.value("min(count_over_time(slamon_build_info[1h])) > 3"), "the demo is scraped", 120
            )
            expiry = "count(slamon_check_certificate_expiry_timestamp_seconds)"
            wait_for(lambda: server.value(expiry), "certificates were seen", 120)
            wait_for(lambda: server.value("sum(slamon_customer_unseen_complaints)") is not None, "reconciled", 120)
            yield Demo(config, server, end)


@each_question
def test_an_expression_gives_series_with_the_labels_of_its_legend(question: Asked, demo: Demo) -> None:
    found = demo.series(question.with_values(GRAFANA | EVERYTHING))

    if str(question) in EMPTY:
        assert found == []
        return
    assert found, question.expression
    for label in re.findall(r"\{\{(\w+)\}\}", question.legend):
        assert all(series["metric"].get(label) for series in found), label


@pytest.mark.parametrize(("selector", "label"), list(variables()), ids=[str(found) for found, _ in variables()])
def test_a_variable_has_values(selector: Asked, label: str, demo: Demo) -> None:
    found = demo.server.get("query", query=selector.with_values(EVERYTHING))["result"]

    assert {series["metric"][label] for series in found} - {""}


def test_every_column_of_every_table_is_a_label_or_a_value_that_there_is(demo: Demo) -> None:
    for uid, board in BOARDS.items():
        for panel in board["panels"]:
            if panel["type"] != "table":
                continue
            labels: set[str] = set()
            for target in panel["targets"]:
                question = Asked(uid, target["refId"], target["expr"])
                found = demo.series(question.with_values(GRAFANA | EVERYTHING))
                labels |= {label for series in found for label in series["metric"]}
            several = len(panel["targets"]) > 1
            values = {f"Value #{target['refId']}" if several else "Value" for target in panel["targets"]}
            columns = set(panel["transformations"][-1]["options"]["renameByName"])
            if panel["title"] != "Discovery":
                assert columns - values <= labels, (uid, panel["title"])


def expression(uid: str, title: str, ref: str = "A") -> Asked:
    [panel] = [panel for panel in BOARDS[uid]["panels"] if panel["title"] == title]
    [target] = [target for target in panel["targets"] if target["refId"] == ref]
    return Asked(uid, title, target["expr"])


def cut(ratio: str | None) -> float | None:
    """A ratio with all its digits as per cent with three, cut downward."""
    if ratio is None:
        return None
    whole, _, digits = ratio.partition(".")
    number = int((whole + digits.ljust(5, "0")[:5]).lstrip("+"))
    exact = len(digits.rstrip("0")) <= 5
    return (number if not ratio.startswith("-") or exact else number - 1) / 1000


KEYS: Mapping[str, Any] = {
    "Available so far": lambda figure: cut(figure["availability"]),
    "Budget left": lambda figure: cut(figure["budget_remaining"]),
    "Coverage": lambda figure: cut(figure["coverage"]),
    "Down so far": lambda figure: figure["downtime_ms"] / 1000,
    "Budget": lambda figure: figure["budget_ms"] / 1000,
    "Agreed": lambda figure: float(figure["target"]) * 100,
}


def test_the_key_panels_show_what_slamon_account_says_at_that_moment(demo: Demo) -> None:
    known = figures("--config", str(demo.config), "--at", instant_text(demo.end * 1000))["figures"]

    assert len(known) == 4
    for figure in known:
        picked = {"agreement": figure["agreement"], "service": figure["service"]}
        for title, told in KEYS.items():
            question = next(
                Asked("slamon-agreement", title, panel["targets"][0]["expr"])
                for panel in BOARDS["slamon-agreement"]["panels"]
                if (panel["title"], panel["type"]) == (title, "stat")
            )
            [shown] = demo.at_end(question.with_values(GRAFANA | EVERYTHING | picked))
            assert float(shown["value"][1]) == pytest.approx(told(figure), abs=1e-9), (title, figure["agreement"])


def test_the_timeline_of_a_service_has_a_state_at_every_moment(demo: Demo) -> None:
    question = expression("slamon-service", "Service")
    start = str(demo.end - (DAYS - 1) * 86400)
    asked_ = question.with_values(GRAFANA | EVERYTHING)
    found = demo.server.get("query_range", query=asked_, start=start, end=str(demo.end), step=str(STEP_S))["result"]

    assert len(found) == 5
    for series in found:
        assert len(series["values"]) == (DAYS - 1) * 86400 // STEP_S + 1
        assert {float(value) for _, value in series["values"]} <= {0.0, 1.0, 2.0, 3.0}


# -- what may go wrong


@each_question
def test_two_slamons_at_once_that_tell_different_names_are_no_error(question: Asked, demo: Demo) -> None:
    found = demo.server.get("query", query=question.with_values(GRAFANA | EVERYTHING))["result"]

    assert found or str(question) in EMPTY or "annotation" in question.place or "credit" in question.expression


def test_a_customers_odd_name_arrives_as_it_is_and_stands_in_no_address(demo: Demo) -> None:
    question = expression("slamon-overview", "Whose period is at risk, least budget first")
    found = demo.server.get("query", query=question.with_values(GRAFANA | EVERYTHING))["result"]
    known = {series["metric"]["customer_name"] for series in found}

    told = demo.server.get("query", query="slamon_agreement_info")["result"]
    assert ODD in {series["metric"]["customer_name"] for series in told}
    assert len(found) == 4, "one row each, whatever the names"
    assert known <= {ODD, "Fachhändler Nord eG", "Vertrieb"}
    for board in BOARDS.values():
        assert not re.search(r"var-\w+=[^&]*customer_name|fields\[.Customer.\]|fields\[.Name.\]", str(board))


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has nothing of slamon."""
    with prometheus(tmp_path_factory.mktemp("empty"), []) as server:
        yield server


@each_question
def test_without_slamons_metrics_an_expression_is_no_error(question: Asked, odd: Prometheus) -> None:
    found = odd.get("query", query=question.with_values(GRAFANA | EVERYTHING))

    assert found["result"] == []
