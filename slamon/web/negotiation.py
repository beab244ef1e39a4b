"""What the client accepts: the form of the exposition, and whether it may be compressed.

Nobody is turned away for an odd Accept header: who asks for nothing we have gets the Prometheus text form, as from
every exporter.
"""

from dataclasses import dataclass

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_RANGES_READ = 64


@dataclass(frozen=True, slots=True)
class _Range:
    """One element of an Accept header: `name` in lower case, parameters, quality from 0 to 1."""

    name: str
    parameters: dict[str, str]
    quality: float


def wants_openmetrics(accept: str) -> bool:
    """Whether OpenMetrics 1.0 is asked for by name and at least as welcome as the text form."""
    ranges = _ranges(accept)
    openmetrics = _best(ranges, "application/openmetrics-text", "1.0.0")
    text = _best(ranges, "text/plain", "0.0.4")
    if openmetrics is None or openmetrics == 0:
        return False
    if text is None:
        text = next((found for name in ("text/*", "*/*") if (found := _best(ranges, name, None)) is not None), 0.0)
    return openmetrics >= text


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the answer may, and by preference should, be compressed with gzip."""
    qualities = {item.name: item.quality for item in _ranges(accept_encoding)}
    gzip = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def prefers_html(accept: str) -> bool:
    """Whether a person's browser asks."""
    return any(item.name == "text/html" and item.quality > 0 for item in _ranges(accept))


def _best(ranges: list[_Range], name: str, version: str | None) -> float | None:
    found = [
        item.quality
        for item in ranges
        if item.name == name and (version is None or item.parameters.get("version", version) == version)
    ]
    return max(found, default=None)


def _ranges(header: str) -> list[_Range]:
    return [_range(part) for part in header.split(",", _RANGES_READ)[:_RANGES_READ] if part.strip()]


def _range(text: str) -> _Range:
    name, *rest = text.split(";")
    parameters = {}
    for parameter in rest:
        key, _, value = parameter.partition("=")
        parameters[key.strip().lower()] = value.strip().strip('"')
    return _Range(name.strip().lower(), parameters, _quality(parameters.get("q", "1")))


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
