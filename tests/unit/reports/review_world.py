"""A quarter of a customer: agreements by month, quarter and year, a house of teams, and a desk full of paper."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from slamon.catalogue import load
from slamon.catalogue.quantities import instant_ms
from slamon.desk import Desk
from slamon.figures import Figures
from slamon.ledger import Entry
from slamon.replay import read, replayed
from slamon.reports.review.material import Closed, Material, material

AT = instant_ms("2027-01-08T09:00:00+01:00")
START = instant_ms("2026-08-01T00:00:00+02:00")
MINUTE = 60_000
STEP = 30
"""Minutes between observations."""

PERIOD = "2026-Q4"

CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "customers": {
        "haendler": {"name": "Fachhändler Süd", "kind": "external"},
        "vertrieb": {"name": "Vertrieb", "kind": "internal"},
        "leer": {"name": "Ohne Vertrag", "kind": "internal"},
    },
    "teams": {
        "web": {"name": "Web-Team", "email": "web@example.org"},
        "daten": {"name": "Datenhaltung"},
    },
    "defaults": {"interval": f"{STEP}m", "timeout": "5s", "retry_interval": "1m", "confirm": 2},
    "calendars": {"buero": {"hours": {"mon-fri": ["08:00-18:00"]}}},
    "services": {
        "shop": {"name": "Onlineshop", "team": "web", "checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}},
                 "depends_on": ["db"]},
        "db": {"name": "Datenbank", "team": "daten", "checks": {"query": {"tcp": {"address": "127.0.0.1:9"}}}},
        "neu": {"name": "Neuer Dienst", "checks": {"home": {"tcp": {"address": "127.0.0.1:9"}}}},
    },
    "agreements": {
        "gold": {
            "customer": "haendler", "services": ["shop"], "target": "99.9%", "timezone": "Europe/Berlin",
            "valid_from": "2026-08-01", "valid_until": "2027-03-01",
            "maintenance": [
                {"start": "2026-11-07T02:00:00+01:00", "end": "2026-11-07T04:00:00+01:00",
                 "announced": "2026-11-01T09:00:00+01:00", "summary": "Datenbank-Update"},
                {"rrule": "FREQ=MONTHLY;BYDAY=1SU", "at": "02:00", "duration": "2h", "summary": "Patchfenster"},
            ],
            "credits": [{"below": "99.9%", "credit": "5%"}, {"below": "99%", "credit": "15%"}],
        },
        "office": {
            "customer": "haendler", "services": ["db", "shop"], "target": "98%", "timezone": "Europe/Berlin",
            "service_hours": "buero", "period": "quarter", "valid_from": "2026-08-01",
            "revisions": [{"valid_from": "2027-04-01", "target": "99%", "service_hours": "24x7"}],
        },
        "neu": {"customer": "haendler", "services": ["neu"], "target": "99%", "timezone": "Europe/Berlin"},
        "intern": {"customer": "vertrieb", "services": ["db"], "target": "99.5%", "timezone": "Europe/Berlin"},
    },
    "corrections": [
        {"agreement": "gold", "kind": "exclude", "start": "2026-10-20T10:00:00Z", "end": "2026-10-20T10:40:00Z",
         "entered": "2026-10-21T00:00:00Z", "author": "S. Meier", "cause": "third_party", "reason": "Leitungsstörung",
         "ticket": "INC-7"},
    ],
}  # fmt: skip

DOWN = {
    "shop/home": {"2026-08-20T10:00:00Z": 2, "2026-10-20T10:00:00Z": 2, "2026-11-12T09:00:00Z": 3},
    "db/query": {"2026-12-03T13:00:00Z": 2},
}
"""When checks fail, and how many observations."""

OUTAGE = instant_ms("2026-11-12T09:00:00Z")
GAP = ("2026-12-18T08:00:00Z", "2026-12-18T14:00:00Z")


def observations(start: int = START, end: int = AT) -> list[dict[str, Any]]:
    """Every half hour, but for a gap."""
    out = []
    for check, begins in DOWN.items():
        failing = {instant_ms(at) + i * STEP * MINUTE for at, number in begins.items() for i in range(number)}
        for at in range(start, end, STEP * MINUTE):
            if not instant_ms(GAP[0]) <= at < instant_ms(GAP[1]):
                more = {"verdict": "down", "reason": "timeout"} if at in failing else {"verdict": "up"}
                out.append({"check": check, "at": at, "duration_ms": 50, **more})
    return out


def figures(folder: Path, catalogue: Mapping[str, Any] = CATALOGUE, seen: Iterable[Mapping[str, Any]] = ()) -> Figures:
    """As known at `AT`; `seen`: instead of the usual observations."""
    config, file = folder / "slamon.yml", folder / "seen.jsonl"
    config.write_text(json.dumps(catalogue, ensure_ascii=False), encoding="utf-8")
    file.write_text("".join(json.dumps(line) + "\n" for line in seen or _usual()))
    loaded = load(config)
    return replayed(loaded, read(file, loaded, AT))


@lru_cache(maxsize=1)
def _usual() -> tuple[dict[str, Any], ...]:
    return tuple(observations())


# -- the desk


def _at(text: str) -> int:
    return instant_ms(f"{text}T10:00:00+01:00")


def complaint(customer: str, service: str, day: str, text: str, **more: Any) -> Entry:
    body = {
        "customer": customer, "felt_from_ms": _at(day), "felt_to_ms": _at(day) + 3_600_000, "text": text,
        "channel": "phone", "who": "Frau Kraus", "reference": None,
    }  # fmt: skip
    return Entry("complaint", "S. Meier", body | more, service=service)


def action(title: str, due: str, **more: Any) -> Entry:
    body = {
        "title": title, "owner": "T. Weber", "team": "web", "due": due, "customer": "haendler", "origin": None,
        "outage_ms": None, "expected": None, "reference": None,
    }  # fmt: skip
    service = more.pop("service", "shop")
    return Entry("action", "S. Meier", body | more, service=service)


def score(scale: str, number: int, asked: str, **more: Any) -> Entry:
    body = {"customer": "haendler", "scale": scale, "score": number, "asked": asked, "who": None, "comment": "",
            "reference": None}  # fmt: skip
    return Entry("satisfaction", "S. Meier", body | more, service="shop")


ENTRIES: list[tuple[str, Entry]] = [
    ("2026-10-08", Entry("review", "S. Meier", {
        "customer": "haendler", "period": "2026-Q3", "held": "2026-10-08", "participants": ["Frau Kraus", "S. Meier"],
        "minutes": "Guter Verlauf.", "decisions": ["Es bleibt bei 99,9 %", "Wartung nur noch sonntags"],
        "reference": None,
    })),
    ("2026-10-08", action("Zweiten Leitungsweg bestellen", "2026-11-30", origin=1)),
    ("2026-10-08", action("Wartungsplan veröffentlichen", "2026-11-15", origin=1)),
    ("2026-11-12", complaint("haendler", "shop", "2026-11-12", "Bestellung nicht möglich", reference="CALL-12")),
    ("2026-11-12", Entry("complaint_link", "S. Meier", {"entry": 4, "outage_ms": OUTAGE, "text": ""}, service="shop")),
    ("2026-11-13", action("Abfragezeit der Startseite senken", "2027-02-01", origin=4, reference="CHG-3",
                          expected={"figure": "downtime", "agreement": "gold", "service": "shop", "value": "600000"})),
    ("2026-11-14", Entry("action_done", "S. Meier", {"entry": 3, "text": "steht im Portal", "day": "2026-11-14"})),
    ("2026-11-20", complaint("haendler", "shop", "2026-11-19", "Seite war langsam", channel="mail")),
    ("2026-11-21", Entry("complaint_solution", "S. Meier", {"entry": 8, "text": "Leitung des Kunden"})),
    ("2026-12-19", complaint("haendler", "db", "2026-12-18", "Auswertung lief nicht", felt_to_ms=None,
                             felt_from_ms=instant_ms("2026-12-18T10:00:00Z"))),
    ("2026-12-20", complaint("vertrieb", "db", "2026-12-18", "Geheim: nicht für andere Kunden")),
    ("2026-12-20", action("Nur für den Vertrieb", "2027-01-31", customer="vertrieb", service="db")),
    ("2026-12-21", action("Datenbank umziehen", "2027-03-31", customer=None, service="db", team="daten")),
    *(("2026-12-28", score("csat", number, "2026-12-15")) for number in (5, 4, 4, 2, 5, 3)),
    *(("2026-12-28", score("nps", number, "2026-12-15")) for number in (9, 10, 7, 3)),
    *(("2026-09-28", score("csat", number, "2026-09-15")) for number in (3, 4)),
    ("2026-11-13", action("Wiederanlauf üben", "2026-11-25",
                          expected={"figure": "downtime", "agreement": "gold", "service": "shop", "value": "3600000"})),
    ("2026-11-20", Entry("action_done", "S. Meier", {"entry": 26, "text": "geübt", "day": "2026-11-20"})),
    ("2026-11-07", complaint("haendler", "shop", "2026-11-07", "Nachts nicht erreichbar",
                             felt_from_ms=instant_ms("2026-11-07T01:15:00Z"),
                             felt_to_ms=instant_ms("2026-11-07T02:30:00Z"))),
]  # fmt: skip


def entries(told: Iterable[tuple[str, Entry]] = ENTRIES) -> list[Entry]:
    """Numbered in their order, as the register has them."""
    return [
        Entry(e.kind, e.author, e.body, e.agreement, e.service, number, _at(day))
        for number, (day, e) in enumerate(told, 1)
    ]


def reviewed(
    known: Figures, period: str = PERIOD, desk: Desk | None = None, closed: tuple[Closed, ...] = (), at: int = AT
) -> Material:
    """What the customer's review rests on."""
    return material(known, "haendler", period, at, Desk.of(entries()) if desk is None else desk, closed, 90)
