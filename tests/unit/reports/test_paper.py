"""Where things stand on paper: long names take lines, not their neighbours' room; rows are as high as they need."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
from slamon.reports.document import Document
from slamon.reports.formats import widths
from slamon.reports.formats.as_pdf import made

from tests.unit.reports import world

MARGIN = 45.0
"""On either side, in points."""
BREADTH = 0.5
"""Of an n, in em of its size, at least."""


def pieces(content: bytes) -> Iterator[tuple[int, float, float, float, str]]:
    """Page, where it begins from left and from below, size, text: of each piece that is set at once."""
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages):
        found: list[tuple[float, float, float, str]] = []

        def seen(text: str, cm: Any, tm: Any, _font: Any, size: float, found: Any = found) -> None:
            if text.strip():
                x, y = tm[4], tm[5]
                place = (cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5])
                found.append((*place, size, text.strip()))

        page.extract_text(visitor_text=seen)
        for x, y, size, text in found:
            yield number, x, y, size, text


def paper(name: str, folder: Path) -> Document:
    """With more corrections than rows that are left to typst."""
    catalogue = json.loads(json.dumps(world.CATALOGUE))
    for service in catalogue["services"].values():
        service["name"] = name
    catalogue["customers"]["kunde"]["name"] = name
    catalogue["corrections"][0]["reason"] = "Störung beim Betreiber der Leitung " * 6
    catalogue["corrections"] *= 8
    return world.report(world.figures(folder, catalogue))


@pytest.mark.parametrize(
    "name", [("Ein sehr langer Name " * 10)[:200], "n" * 59, "n" * 190], ids=["words", "word", "endless"]
)
def test_nothing_is_pushed_off_the_paper_or_set_over_something_else(name: str, tmp_path: Path) -> None:
    told = list(pieces(made(paper(name, tmp_path), "de")))
    assert len(told) > 500
    assert [text for _, x, _, _, text in told if not MARGIN <= x <= 842 - MARGIN] == []
    places = Counter((page, round(x), round(y)) for page, x, y, _, _ in told)
    assert [place for place, times in places.items() if times > 1] == []
    lines: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for page, x, y, size, text in told:
        lines.setdefault((page, round(y)), []).append((x, x + BREADTH * size * text.count("n" * 3) * 3))
    for line in lines.values():
        line.sort()
        assert all(end <= begin for (_, end), (begin, _) in pairwise(line))


@pytest.mark.parametrize("language", ["de", "en"])
def test_rows_of_known_height_are_as_high_as_typst_makes_them(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = paper("Kasse", tmp_path)
    known = list(pieces(made(document, language)))
    rows = []

    def found(told: Mapping[str, Any]) -> dict[str, Any]:
        put = widths_found(told)
        for block in (block for section in put["sections"] for block in section["blocks"] if "single" in block):
            rows.extend(block["single"])
            block["single"] = [False] * len(block["single"])
        return put

    widths_found = widths.found
    monkeypatch.setattr(widths, "found", found)
    left = list(pieces(made(document, language)))
    assert rows.count(True) > 100
    assert rows.count(False) > 1
    assert [(page, text) for page, _, _, _, text in known] == [(page, text) for page, _, _, _, text in left]
    assert [y for _, _, y, _, _ in known] == pytest.approx([y for _, _, y, _, _ in left], abs=0.2)
