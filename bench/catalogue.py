"""The catalogue that slamon is measured with: plain http checks, their services, agreements of every sort."""

import json
from collections.abc import Sequence
from pathlib import Path

SERVICES = 100
AGREEMENTS = 20


def write(file: Path, urls: Sequence[str], interval_s: float) -> None:
    """Write the catalogue (JSON is YAML): the checks spread over services, the services over agreements."""
    services = min(SERVICES, len(urls))
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
                "services": {f"s{i}": {"checks": _checks(urls[i::services])} for i in range(services)},
                "agreements": {f"a{i}": _agreement(i, services) for i in range(AGREEMENTS)},
            },
            indent=1,
        )
    )


def _checks(urls: Sequence[str]) -> dict[str, object]:
    return {f"c{i}": {"http": {"url": url}} for i, url in enumerate(urls)}


def _agreement(number: int, services: int) -> dict[str, object]:
    each = max(1, services // AGREEMENTS)
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
        "latency": {"threshold": "200ms", "target": "95%"},
    }
