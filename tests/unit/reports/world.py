"""A small company with everything a report tells: outages, blips, corrections, maintenance, dependencies, latency."""

import json
from pathlib import Path
from typing import Any

from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.figures import Figures
from slamon.replay import read, replayed
from slamon.reports.document import Document
from slamon.reports.grounds import grounds
from slamon.reports.writing import document

AT = instant_ms("2026-11-02T00:00:00Z")
START = instant_ms("2026-10-01T00:00:00Z")
MINUTE = 60_000
STEP = 20
"""Minutes between observations."""

NAME = '=HYPERLINK("http://x") <b>Fach{händler}</b> & #Söhne $1 \\ {{x}}'

CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "customers": {"kunde": {"name": NAME, "kind": "external"}},
    "defaults": {"interval": f"{STEP}m", "timeout": "5s", "retry_interval": "1m"},
    "calendars": {"buero": {"hours": {"mon-fri": ["08:00-18:00"]}, "holidays": {"country": "DE"}}},
    "services": {
        "shop": {"name": "@Shop <i>", "checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}, "depends_on": ["db"]},
        "db": {"name": "Datenbank", "checks": {"query": {"tcp": {"address": "127.0.0.1:9"}}}},
    },
    "agreements": {
        "gold": {
            "customer": "kunde",
            "services": ["shop", "db"],
            "target": "99.9%",
            "timezone": "Europe/Berlin",
            "valid_from": "2026-10-01",
            "latency": {"threshold": "100ms", "target": "90%", "min_observations": 10},
            "maintenance": [
                {"start": "2026-10-06T02:00:00+02:00", "end": "2026-10-06T04:00:00+02:00",
                 "announced": "2026-10-01T09:00:00+02:00", "summary": "+Update"},
                {"start": "2026-10-07T02:00:00+02:00", "end": "2026-10-07T04:00:00+02:00", "summary": "zu spät"},
                {"rrule": "FREQ=MONTHLY;BYDAY=1SU", "at": "02:00", "duration": "2h", "summary": "Patchfenster"},
            ],
            "rules": {"notice": "24h", "maintenance_max": "3h"},
            "credits": [{"below": "99.9%", "credit": "5%"}, {"below": "99%", "credit": "15%"}],
        },
        "office": {
            "customer": "kunde", "services": ["db"], "target": "99%", "timezone": "Europe/Berlin",
            "service_hours": "buero", "valid_from": "2026-10-01",
            "revisions": [{"valid_from": "2026-10-16", "target": "99.5%"}],
        },
    },
    "corrections": [
        {"agreement": "gold", "kind": "exclude", "start": "2026-10-12T10:00:00Z", "end": "2026-10-12T10:40:00Z",
         "entered": "2026-10-13T00:00:00Z", "author": "sm", "cause": "third_party", "reason": "=1+1 Störung",
         "ticket": "-INC"},
        {"agreement": "gold", "kind": "down", "start": "2026-10-20T10:00:00Z", "end": "2026-10-20T10:05:00Z",
         "entered": "2026-10-21T00:00:00Z", "author": "sm", "cause": "agreed", "reason": "vereinbart"},
    ],
}  # fmt: skip

DOWN = {
    "shop/home": ["2026-10-03T10:00:00Z", "2026-10-12T10:00:00Z", "2026-10-06T00:20:00Z"],
    "db/query": ["2026-10-09T09:00:00Z"],
}
BLIP = "2026-10-15T12:00:00Z"
GAP = ("2026-10-18T00:00:00Z", "2026-10-18T06:00:00Z")


def observations() -> list[dict[str, Any]]:
    """Every twenty minutes, two failures where an outage is, one at the blip, none in the gap."""
    out = []
    for check, begins in DOWN.items():
        failing = {instant_ms(at) + i * STEP * MINUTE for at in begins for i in (0, 1)}
        if check == "shop/home":
            failing.add(instant_ms(BLIP))
        at = START
        while at < AT:
            if not instant_ms(GAP[0]) <= at < instant_ms(GAP[1]):
                down = at in failing
                more = {"reason": "timeout"} if down else {}
                out.append({"check": check, "at": at, "verdict": "down" if down else "up", "duration_ms": 50, **more})
            at += STEP * MINUTE
    return out


def figures(folder: Path, catalogue: dict[str, Any] | None = None, seen: list[dict[str, Any]] | None = None) -> Figures:
    """As known at `AT`."""
    config, file = folder / "slamon.yml", folder / "seen.jsonl"
    config.write_text(json.dumps(catalogue or CATALOGUE, ensure_ascii=False), encoding="utf-8")
    file.write_text("".join(json.dumps(line) + "\n" for line in (observations() if seen is None else seen)))
    loaded = load(config)
    return replayed(loaded, read(file, loaded, AT))


def report(known: Figures, agreement: str = "gold", period: str = "2026-10", at: int = AT) -> Document:
    """The document on an agreement."""
    found = grounds(known, agreement, period, at)
    assert found is not None
    return document(found)
