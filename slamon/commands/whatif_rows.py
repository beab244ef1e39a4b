"""`slamon whatif --format csv`: one row for each figure of each variant."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = (
    "agreement", "service", "revision", "target", "verdict", "availability", "coverage", "in_service_ms",
    "excluded_ms", "measured_ms", "unknown_ms", "known_ms", "downtime_ms", "degraded_ms", "measured_full_ms",
    "allowance_ms", "budget_ms", "left_ms", "budget_remaining", "credit", "outage_count", "longest_ms",
)  # fmt: skip
_PERIOD = ("name", "start_ms", "end_ms")
_DIFFERENCE = ("availability", "downtime_ms", "measured_ms", "left_ms", "credit", "verdict_before")
_FORMULA = ("=", "+", "-", "@", "\t")


def csv_text(answer: Mapping[str, Any]) -> str:
    """The header and the rows: comma, LF, quotes where needed. An empty cell: there is no such figure."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_rows(answer))
    return out.getvalue()


def _rows(answer: Mapping[str, Any]) -> Iterator[list[str]]:
    periods = [f"period_{key}" for key in _PERIOD]
    yield ["at", "at_ms", "variant", *periods, *_PLAIN, *(f"difference_{key}" for key in _DIFFERENCE)]
    for variant in answer["variants"]:
        for figure in variant["figures"]:
            cells = [answer["at"], answer["at_ms"], _text(variant["name"])]
            cells += [figure["period"][key] for key in _PERIOD]
            cells += [figure[key] for key in _PLAIN]
            cells += [figure["difference"][key] for key in _DIFFERENCE]
            yield ["" if cell is None else str(cell) for cell in cells]


def _text(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(_FORMULA) else name
