"""Dashboards as they are written for somebody's metrics."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slamon.commands.export_documents import dashboards
from slamon.commands.formats import Tongue
from slamon.export.dashboards import fitted, german, shipped, texts, translated

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


# -- in German

PLACEHOLDERS = re.compile(r"__auto|(\{\{\w+\}\} ?)+")


def names(panel: dict[str, Any]) -> tuple[set[str], set[str]]:
    """What a panel calls its columns and lines, and the expressions that mean some of them."""
    told = set(texts([panel["targets"], panel["options"].get("sortBy", []), panel.get("transformations", [])]))
    overrides = panel["fieldConfig"]["overrides"]
    means = {o["matcher"]["options"] for o in overrides if o["matcher"]["id"] == "byRegexp"}
    told |= set(texts(overrides)) - means
    return told, means


def panels() -> Iterator[dict[str, Any]]:
    for board in shipped().values():
        yield from (panel for panel in board["panels"] if "targets" in panel)


def test_every_text_is_there_in_german_and_no_other() -> None:
    found = {text for board in shipped().values() for text in texts(board)}
    assert {text for text in found if text not in german() and not PLACEHOLDERS.fullmatch(text)} == set()
    assert set(german()) - found == set()


def test_a_german_text_keeps_placeholders_metrics_and_numbers() -> None:
    kept = re.compile(r"\{\{\w+\}\}|slamon_[a-z_]+|process_[a-z_]+|\b\d+ %")
    assert {en for en, de in german().items() if sorted(kept.findall(en)) != sorted(kept.findall(de))} == set()


def test_nothing_but_texts_is_another_in_german() -> None:
    for board in shipped().values():
        assert without_texts(translated(board, german())) == without_texts(board)
        assert translated(board, {}) == board


def without_texts(board: Any) -> Any:
    everything = {*german(), *german().values()}
    blank = translated(board, dict.fromkeys(everything, "-"))
    assert {text for text in texts(blank) if text != "-" and not PLACEHOLDERS.fullmatch(text)} == set()
    return blank


def test_columns_and_lines_are_told_apart_and_met_as_in_english() -> None:
    for panel in panels():
        told, means = names(panel)
        assert len({german().get(name, name) for name in told}) == len(told), panel["title"]
        for expression in means:
            for name in told:
                theirs = re.search(expression.strip("/"), name) is None
                ours = re.search(german()[expression].strip("/"), german().get(name, name)) is None
                assert theirs == ours, (panel["title"], expression, name)


def test_the_command_writes_them_in_german(tmp_path: Path) -> None:
    assert dashboards(tmp_path, 'site="n"', Tongue.DE) == 0
    board = json.loads((tmp_path / "slamon-overview.json").read_text())
    assert board["title"] == "slamon / Überblick"
    assert board["uid"] == "slamon-overview"
    text = json.dumps(board, ensure_ascii=False)
    assert '__data.fields[\\"Dienst\\"]' in text
    assert 'site=\\"n\\"' in text
