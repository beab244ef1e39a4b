"""A figure that was told as JSON comes back as it was, in each of the worked cases and in a company's month."""

import json
from pathlib import Path
from typing import Any

import pytest
from slamon.accounting import Figure
from slamon.catalogue import load_value
from slamon.catalogue.quantities import instant_ms
from slamon.figures import Figures
from slamon.replay import read, replayed
from slamon.shown.figure import figure_json
from slamon.shown.read_back import figure_of

from tests.unit.reports import world
from tests.unit.reports.world import AT

VECTORS = Path(__file__).parents[1] / "vectors"


def same(figures: Figures, figure: Figure, at: int) -> None:
    told = json.loads(json.dumps(figure_json(figures, figure, at)))
    back = figure_of(told)
    for name in Figure.__dataclass_fields__:
        if name == "corrections":  # their place in the order is no matter of a figure
            mine = [(c.kind, c.start, c.end, c.entered, c.author, c.cause, c.ticket) for c in figure.corrections]
            assert [(c.kind, c.start, c.end, c.entered, c.author, c.cause, c.ticket) for c in back.corrections] == mine
        else:
            assert getattr(back, name) == getattr(figure, name), name


@pytest.mark.parametrize("name", sorted(path.stem for path in VECTORS.glob("*.json")))
def test_the_worked_cases(name: str, tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    lines = tmp_path / "seen.jsonl"
    lines.write_text("".join(json.dumps(line) + "\n" for line in found["observations"]))
    at = instant_ms(found["at"])
    loaded = load_value(found["catalogue"])
    figures = replayed(loaded, read(lines, loaded, at))
    for figure in figures.period_figures(at, period=found["period"]):
        same(figures, figure, at)


def test_a_companys_month(tmp_path: Path) -> None:
    figures = world.figures(tmp_path)
    made = list(figures.period_figures(AT, period="2026-10"))
    assert any(figure.corrections for figure in made)
    for figure in made:
        same(figures, figure, AT)
