"""How wide the columns of a long table are, so that typst need not set each cell twice to find out."""

from collections.abc import Mapping
from typing import Any

_ADVANCES = {
    0.27: "ijl.,:;'!|",
    0.34: "ft()/[]-IJ",
    0.40: 'rs"',
    0.47: "0123456789aceztäà",
    0.52: "bdghknopquvxyöüßéèS",
    0.56: "FLEPY+–−≥≤",
    0.66: "BCKRTUVXZÜ%",
    0.74: "ADGHNOQÄÖ",
    0.80: "mwM",
    1.14: "W→—…",
}
"""In em of the font that reports are set in, rounded up."""
_OF = {sign: advance for advance, signs in _ADVANCES.items() for sign in signs} | {" ": 0.25}
_OTHER = 1.2
_BOLD = 1.15
_SPARE = 0.4
_LONG = 40
_ROOM = 88.0
"""Of a page on its side, in em of a table's text, less some for what stands between columns."""
_LEAST = 12.0
"""What a column that wraps has to have."""


def put(told: Mapping[str, Any]) -> None:
    """Puts `widths` (em; None: what is left) beside the columns of each long table that has room for all of them."""
    for section in told["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "table" and not block["plain"] and len(block["rows"]) > _LONG:
                widths = _widths(block)
                if widths is not None:
                    block["widths"] = widths


def _widths(block: Mapping[str, Any]) -> list[float | None] | None:
    widths: list[float | None] = []
    for place, column in enumerate(block["columns"]):
        if column["wide"]:
            widths.append(None)
            continue
        texts = {(cell["text"], cell["tone"] not in ("", "empty")) for cell in (row[place] for row in block["rows"])}
        widest = max(_em(text) * (_BOLD if bold else 1) for text, bold in {*texts, (column["title"], True)})
        widths.append(round(widest + _SPARE, 2))
    taken = sum(_LEAST if width is None else width + 0.75 for width in widths)
    return widths if taken <= _ROOM else None


def _em(text: str) -> float:
    return sum(_OF.get(sign, _OTHER) for sign in text)
