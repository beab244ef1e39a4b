"""Prometheus' own tool has no remark on the exposition, reads its OpenMetrics, and computes as the manual says."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.exposition import exposed, series

MANUAL = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
AT_S = 1_792_000_000


def promtool(*words: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *map(str, words)], input=given, capture_output=True, text=True, timeout=60)


def test_the_whole_exposition_passes_without_a_remark() -> None:
    checked = promtool("check", "metrics", given=exposed())

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_remark_would_be_seen() -> None:
    unexplained = re.sub("^# HELP slamon_check_up .*\n", "", exposed(), flags=re.MULTILINE)
    checked = promtool("check", "metrics", given=unexplained)

    assert checked.returncode != 0
    assert "slamon_check_up no help text" in checked.stdout + checked.stderr


def test_prometheus_reads_every_series_of_the_openmetrics(tmp_path: Path) -> None:
    page = exposed(openmetrics=True)
    dated = tmp_path / "page.txt"
    dated.write_text(re.sub("^([^#].*)$", rf"\1 {AT_S}", page, flags=re.MULTILINE), encoding="utf-8", newline="\n")

    made = promtool("tsdb", "create-blocks-from", "openmetrics", dated, tmp_path / "tsdb")
    assert made.returncode == 0, made.stderr
    (tmp_path / "tsdb" / "wal").mkdir()
    dumped = promtool("tsdb", "dump", tmp_path / "tsdb")

    read = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(dumped.stdout)
        for sample in family.samples
    }
    expected = {
        (name, frozenset((key, value) for key, value in labels if value)): value
        for (name, labels), value in series(page, True).items()
    }
    assert read == expected


LABELS = 'agreement="gold", service="shop", customer="haendler", job="slamon"'
WEEK_S = 7 * 86_400
SEEN = {"up": 598_752, "down": 1_248, "unknown": 4_800, "excluded": 0}  # of 600,000 s known 1,248 s down: 0.99792
UNSEEN = {"up": 0, "down": 0, "unknown": 604_800, "excluded": 0}


def manuals_questions() -> list[str]:
    return re.findall(r"^```promql\n(.+?)^```", MANUAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def scraped(name: str, more_s: int) -> dict[str, str]:
    """A counter that was scraped in the first and the last hour of a week only."""
    series = f'slamon_agreement_accounted_seconds_total{{{LABELS}, class="{name}"}}'
    return {"series": series, "values": f"500+0x60 _x{WEEK_S // 60 - 120} {500 + more_s}+0x60"}


def asked(question: str, accounted: dict[str, int], answer: list[float], folder: Path) -> None:
    """Has Prometheus' own engine answer a question about a week."""
    expected = [{"labels": f"{{{LABELS}}}", "value": value} for value in answer]
    test = {
        "interval": "1m",
        "input_series": [scraped(name, more_s) for name, more_s in accounted.items()],
        "promql_expr_test": [{"expr": question, "eval_time": "7d", "exp_samples": expected}],
    }
    file = folder / "test.yml"
    file.write_text(json.dumps({"evaluation_interval": "1m", "tests": [test]}))

    tested = promtool("test", "rules", file)

    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.parametrize("question", manuals_questions(), ids=["offset", "moments"])
def test_two_points_give_the_availability_as_the_manual_says(question: str, tmp_path: Path) -> None:
    question = question.replace("1791410400", str(WEEK_S)).replace("1790805600", "0")

    asked(question, SEEN, [0.99792], tmp_path)
    asked(question, UNSEEN, [], tmp_path)
