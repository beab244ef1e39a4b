"""An answer as rows of a table for other programs: one row a figure, times in whole milliseconds."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from slamon.accounting import WINDOWS

_PLAIN = (
    "agreement", "customer", "service", "revision", "target", "verdict", "availability", "coverage",
    "in_service_ms", "excluded_ms", "measured_ms", "unknown_ms", "known_ms", "observed_ms", "downtime_ms",
    "degraded_ms", "measured_full_ms", "allowance_ms", "budget_ms", "budget_remaining", "credit", "outage_count",
    "longest_ms", "mtrs_ms", "mtbf_ms", "resolution_ms", "blips", "blip_ms", "availability_confirm_1",
    "downtime_confirm_1_ms", "availability_uncorrected", "downtime_uncorrected_ms",
)  # fmt: skip
_PERIOD = ("name", "start_ms", "end_ms")
_LATENCY = ("good", "total", "ratio", "target", "threshold_ms", "verdict")
_ROLLING = ("availability", "burn_rate", "budget_burned")


def csv_rows(answer: Mapping[str, Any]) -> Iterator[list[str]]:
    """The header, then one row a figure. An empty cell: there is no such figure."""
    columns = ["at", "at_ms", *(f"period_{key}" for key in _PERIOD), *_PLAIN]
    columns += [f"latency_{key}" for key in _LATENCY]
    columns += [f"{key}_{window}" for window in WINDOWS for key in _ROLLING]
    yield columns
    for figure in answer["figures"]:
        yield [_cell(value) for value in (answer["at"], answer["at_ms"], *_values(figure))]


def csv_text(answer: Mapping[str, Any]) -> str:
    """The same as the text of a file: comma, LF, quotes where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(csv_rows(answer))
    return out.getvalue()


def _values(figure: Mapping[str, Any]) -> Iterator[object]:
    yield from (figure["period"][key] for key in _PERIOD)
    yield from (figure.get(key) for key in _PLAIN)
    latency = figure.get("latency_objective", {})
    yield from (latency.get(key) for key in _LATENCY)
    for window in WINDOWS:
        yield from (figure["rolling"][window][key] for key in _ROLLING)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
