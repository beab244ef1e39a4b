"""The catalogue that slamon is measured with: checks of one kind, their services, agreements of every sort."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVICES = 100
AGREEMENTS = 20


def http(urls: Sequence[str]) -> list[dict[str, Any]]:
    """A plain http check of each."""
    return [{"http": {"url": url}} for url in urls]


@dataclass(frozen=True, slots=True)
class Shape:
    """So many services and agreements; each so-manieth agreement has a latency objective."""

    services: int = SERVICES
    agreements: int = AGREEMENTS
    timed: int = 1


def write(file: Path, checks: Sequence[dict[str, Any]], interval_s: float, shape: Shape = Shape()) -> None:
    """Write the catalogue (JSON is YAML): the checks spread over services, the services over agreements."""
    services = min(shape.services, len(checks))
    file.write_text(
        json.dumps(
            {
                "slamon": 1,
                "defaults": {"interval": f"{int(interval_s * 1000)}ms", "timeout": "2s"},
                "customers": {
                    "inside": {"name": "Inside", "kind": "internal"},
                    "outside": {"name": "Outside", "kind": "external"},
                },
                "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}, "holidays": {"country": "DE"}}},
                "services": {f"s{i}": {"checks": dict(_named(checks[i::services]))} for i in range(services)},
                "agreements": {f"a{i}": _agreement(i, services, shape) for i in range(shape.agreements)},
            },
            indent=1,
        )
    )


def _named(checks: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((f"c{i}", check) for i, check in enumerate(checks))


def _agreement(number: int, services: int, shape: Shape) -> dict[str, object]:
    each = max(1, services // shape.agreements)
    return {
        "customer": "inside" if number % 2 else "outside",
        "services": [f"s{(number * each + i) % services}" for i in range(each)],
        "target": "99.9%",
        "period": ("month", "quarter", "week", "year")[number % 4],
        "timezone": "Europe/Berlin",
        "service_hours": "office" if number % 5 == 0 else "24x7",
        "maintenance": [
            {"rrule": "FREQ=MONTHLY;BYDAY=1SU", "at": "02:00", "duration": "2h", "from": "2025-01-01"},
        ],
        **({} if number % shape.timed else {"latency": {"threshold": "200ms", "target": "95%"}}),
    }
