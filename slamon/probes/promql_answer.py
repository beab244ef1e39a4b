"""What an engine answered to an instant query, read with distrust: series with their values, or why there are none."""

import json
import math
from dataclasses import dataclass

import re2

from slamon.probes.outcome import ProbeNotRunError

MOST_TEXT = 64
"""So many characters are a number at most."""

_NUMBER = re2.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+|Inf|inf|NaN|nan)")


class MalformedError(ValueError):
    """The answer is not one of Prometheus' interface; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its labels as they are written in a query, and its value, None for NaN."""

    labels: str
    value: float | None


def read(body: bytes) -> list[Series]:
    """The series of an answer. Raises ProbeNotRunError with what the engine says of itself, or of its own trouble.

    What is answered in part, or with a warning, is no answer.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("it is not JSON") from None
    if not isinstance(document, dict) or document.get("status") not in ("success", "error"):
        raise MalformedError("it has no status")
    if document["status"] == "error":
        raise ProbeNotRunError(f"the engine refused the query: {_said(document)}")
    if document.get("warnings"):
        raise ProbeNotRunError(f"the engine answered with a warning: {_first(document['warnings'])}")
    if document.get("isPartial"):
        raise ProbeNotRunError("the engine answered with a part of the data only")
    return _series(document.get("data"))


def _said(document: "dict[str, object]") -> str:
    return f"{document.get('errorType', '')}: {document.get('error', '')}"


def _first(warnings: object) -> str:
    return str(warnings[0]) if isinstance(warnings, list) else str(warnings)


def _series(data: object) -> list[Series]:
    kind, found = (data.get("resultType"), data.get("result")) if isinstance(data, dict) else (None, None)
    if kind == "scalar":
        return [Series("", _value(found))]
    if kind == "vector" and isinstance(found, list):
        return [_one(series) for series in found]
    if kind in ("matrix", "string"):
        raise ProbeNotRunError(f"the query gives a {kind}; it must give an instant vector or a scalar")
    raise MalformedError("it has no result")


def _one(series: object) -> Series:
    if not isinstance(series, dict):
        raise MalformedError("a series is none")
    if "histogram" in series and "value" not in series:
        raise ProbeNotRunError("the query gives a histogram; ask for a number, by histogram_quantile for example")
    labels = series.get("metric")
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise MalformedError("a series has no labels")
    return Series(_written(labels), _value(series.get("value")))


def _written(labels: "dict[str, str]") -> str:
    """The labels, the name first."""
    rest = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels.items() if name != "__name__"
    )
    return labels.get("__name__", "") + (f"{{{rest}}}" if rest else "")


def _value(pair: object) -> float | None:
    text = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
    if not isinstance(text, str) or len(text) > MOST_TEXT or not text.isascii() or _NUMBER.fullmatch(text) is None:
        raise MalformedError("a value is no number")
    value = float(text)
    return None if math.isnan(value) else value
