"""How wide the columns of a table are and which rows take a line, so that typst need not set each cell twice.

That it does where it has to find out: once to measure, once to set.
"""

from collections.abc import Mapping
from typing import Any

_ADVANCES = {
    0.0: "\u200b",
    0.25: " \u00a0",
    0.28: "',.:;ijl{|}·’",
    0.35: '!"()-/IJ\\ft',
    0.41: "*[]`rs„“”",
    0.48: "#$0123456789?acez~äà",
    0.52: "FS^_bdgkopqvxöéèó",
    0.57: "+<=>ELPhnuyßü–−≥≤",
    0.61: "BRYZ",
    0.69: "%CGKTUVXÜ",
    0.76: "&ADHNOQÄÖ—…",
    0.85: "Mmw∞",
    1.15: "@W→",
}
"""In em of the font that reports are set in, rounded up."""
_OF = {sign: advance for advance, signs in _ADVANCES.items() for sign in signs}
_OTHER = 1.25
BOLD = 1.2
"""So many times as wide is what is set in bold, at most."""
_SPARE = 0.4
_SHORT = 12
"""So few rows are set as well without."""
_ROOM = 88.0
"""Of a page on its side, in em of a table's text, less some for what stands between columns."""
_BETWEEN = 0.75
_LEAST = 12.0
"""What a column that wraps has to have."""


def found(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told, with `widths` and `single` in each longer table that has room for all of its columns.

    `widths`: of the columns, in em; None: what is left. `single`: of each row, whether it takes one line. The cells of
    such a table that are nothing but text are given as their texts.
    """
    sections = [section | {"blocks": [_found(block) for block in section["blocks"]]} for section in told["sections"]]
    return {**told, "sections": sections}


def _found(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] != "table" or block["plain"] or len(block["rows"]) <= _SHORT:
        return block
    rows, wraps = block["rows"], [column["wide"] for column in block["columns"]]
    widths: list[float | None] = []
    for place, column in enumerate(block["columns"]):
        texts = () if wraps[place] else {(row[place]["text"], _bold(row[place])) for row in rows}
        widest = max(em(text) * (BOLD if bold else 1) for text, bold in {*texts, (column["title"], True)})
        widths.append(None if wraps[place] else round(widest + _SPARE, 2))
    taken = sum(_LEAST if width is None else width + _BETWEEN for width in widths)
    if taken > _ROOM:
        return block
    wide = [place for place, wrap in enumerate(wraps) if wrap]
    left = (_ROOM - sum(width + _BETWEEN for width in widths if width is not None)) / max(len(wide), 1) - _BETWEEN
    return block | {
        "widths": widths,
        "single": [all(em(row[place]["text"]) * BOLD <= left for place in wide) for row in rows],
        "rows": [[cell["text"] if _only_text(cell) else cell for cell in row] for row in rows],
    }


def _bold(cell: Mapping[str, Any]) -> bool:
    return cell["tone"] not in ("", "empty")


def _only_text(cell: Mapping[str, Any]) -> bool:
    return "parts" not in cell and not _bold(cell)


def em(text: str) -> float:
    """At least as wide as the text is set."""
    return sum(_OF.get(sign, _OTHER) for sign in text)
