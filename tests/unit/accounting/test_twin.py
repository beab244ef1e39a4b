"""The accounting against its naive twin: over the worked cases, and over random catalogues and histories."""

from pathlib import Path
from typing import Any

import pytest
import twin
from twin_reading import read

VECTORS = sorted((Path(__file__).parents[2] / "vectors").glob("*.json"))


def as_in_vectors(entry: dict[str, Any]) -> dict[str, Any]:
    """Without what the vectors do not tell: two windows, and the figures under `more`."""
    told = {key: value for key, value in entry.items() if key != "more"}
    for key in ("windows", "burn_rates"):
        told[key] = {name: value for name, value in told[key].items() if name not in ("30m", "2h")}
    return told


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_twin_gives_the_worked_answers(path: Path) -> None:
    world, period, expected = read(path)
    assert [as_in_vectors(entry) for entry in twin.simulate(world, period)] == expected
