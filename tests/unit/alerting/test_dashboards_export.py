"""Dashboards as they are written for somebody's metrics."""

import json
from pathlib import Path

import pytest
from slamon.commands.export_documents import dashboards
from slamon.export.dashboards import fitted, shipped

CHECKED_IN = Path(__file__).parents[3] / "grafana" / "dashboards"


def test_what_is_written_is_what_is_checked_in(tmp_path: Path) -> None:
    assert dashboards(tmp_path, "") == 0

    assert {f.name for f in tmp_path.iterdir()} == {f.name for f in CHECKED_IN.glob("*.json")}
    for file in tmp_path.iterdir():
        assert json.loads(file.read_text()) == json.loads((CHECKED_IN / file.name).read_text())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("slamon_check_up", 'slamon_check_up{site="n"}'),
        ('slamon_check_up{service="a"}', 'slamon_check_up{site="n",service="a"}'),
        ("sum(slamon_check_up) / slamon_x_total", 'sum(slamon_check_up{site="n"}) / slamon_x_total{site="n"}'),
        ("up", "up"),
    ],
)
def test_a_selector_comes_to_every_metric_of_ours(asked: str, told: str) -> None:
    assert fitted({"expr": asked, "title": asked}, 'site="n"') == {"expr": told, "title": asked}


def test_every_expression_of_every_dashboard_takes_the_selector() -> None:
    for board in shipped().values():
        text = json.dumps(fitted(board, 'site="n"'))
        asked = json.dumps(board)
        assert text.count('site=\\"n\\"') > 0
        assert len(text) > len(asked)
