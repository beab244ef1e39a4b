"""An agreement in which every key that there is has a value, and another value for each of them."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from slamon.catalogue import Catalogue, load_value

__all__ = ["CATALOGUE", "HOME", "OTHERWISE", "UNTOLD", "catalogue", "date"]

NAME = "Fachhändler <b>Nord</b> & {x} $1"

CATALOGUE: dict[str, Any] = {
    "slamon": 1,
    "defaults": {"interval": "30s", "timeout": "10s", "confirm": 2, "flapping": 3, "retry_interval": "5s",
                 "stale_after": "90s"},
    "organisation": {"name": "Beispiel GmbH", "address": "Marktplatz 1, München", "email": "wir@example.org"},
    "customers": {
        "kunde": {"name": NAME, "kind": "external", "address": "Hafenstraße 1, Hamburg"},
        "haus": {"name": "Haus", "kind": "internal"},
    },
    "teams": {
        "web": {"name": "Web-Team", "email": "web@example.org"},
        "db": {"name": "Datenbank-Team", "email": "db@example.org"},
    },
    "suppliers": {
        "rz": {"name": "Rechenzentrum", "address": "Ringstraße 9", "email": "noc@example.net"},
        "netz": {"name": "Netz AG"},
    },
    "calendars": {
        "buero": {
            "hours": {"mon-fri": ["08:00-18:00"], "sat": ["09:00-13:00"]},
            "holidays": {"country": "DE", "subdivision": "BY", "categories": ["public", "catholic"]},
            "dates": {"2026-12-31": ["08:00-12:00"]},
            "closed": ["2026-12-24"],
        },
        "lang": {"hours": {"mon-sun": ["06:00-22:00"]}},
    },
    "services": {
        "shop": {
            "name": "Onlineshop", "team": "web", "needs": 1, "runbook": "https://wiki.example.org/shop",
            "depends_on": ["db", {"any": ["lager-a", "lager-b"]}],
            "checks": {
                "home": {
                    "http": {"url": "https://shop.example.org/", "expect": {"status": [200]}},
                    "interval": "15s", "timeout": "4s", "confirm": 3, "flapping": 4, "retry_interval": "2s",
                    "stale_after": "40s", "since": "2026-03-01T00:00:00Z", "until": "2027-03-01T00:00:00Z",
                },
                "cart": {"tcp": {"address": "shop.example.org:443"}},
            },
        },
        "db": {"name": "Datenbank", "team": "db", "checks": {"query": {"tcp": {"address": "db.example.org:5432"}}}},
        "lager-a": {"checks": {"a": {"tcp": {"address": "a.example.org:80"}}}},
        "lager-b": {"checks": {"b": {"tcp": {"address": "b.example.org:80"}}}},
    },
    "agreements": {
        "gold": {
            "kind": "sla", "customer": "kunde", "services": ["shop"], "target": "99.9%", "period": "month",
            "timezone": "Europe/Berlin", "service_hours": "buero", "response": "30m",
            "valid_from": "2026-01-01", "valid_until": "2028-01-01",
            "maintenance": [
                {"start": "2026-10-11T02:00:00+02:00", "end": "2026-10-11T04:00:00+02:00",
                 "announced": "2026-10-01T09:00:00+02:00", "summary": "Update"},
                {"rrule": "FREQ=MONTHLY;BYDAY=1SU", "at": "02:00", "duration": "2h", "from": "2026-02-01",
                 "summary": "Patchfenster"},
            ],
            "rules": {"unknown": "exclude", "degraded": "up", "maintenance": "exclude", "min_outage": "1m",
                      "min_coverage": "95%", "notice": "24h", "maintenance_max": "8h"},
            "latency": {"threshold": "800ms", "target": "95%", "checks": ["home"], "min_observations": 50},
            "credits": [{"below": "99.9%", "credit": "5%"}, {"below": "99%", "credit": "15%"}],
            "revisions": [
                {"valid_from": "2027-01-01", "target": "99.95%", "period": "quarter", "timezone": "Europe/Vienna",
                 "service_hours": "lang", "response": "1h", "maintenance": [], "rules": {"notice": "48h"},
                 "latency": {"threshold": "500ms", "target": "90%"}, "credits": [{"below": "99.95%", "credit": "7%"}]},
            ],
        },
        "rz": {"kind": "uc", "provider": "rz", "customer": "haus", "services": ["db"], "target": "99.5%"},
        "db": {"kind": "ola", "provider": "db", "customer": "haus", "services": ["db"], "target": "99.7%"},
    },
    "reference": {"targets": [{"tcp": {"address": "192.0.2.1:443"}}, {"tcp": {"address": "192.0.2.2:443"}}],
                  "quorum": 1, "interval": "10s", "timeout": "5s", "stale_after": "25s"},
}  # fmt: skip

GOLD, HOME = ("agreements", "gold"), ("services", "shop", "checks", "home")
BUERO, ONCE, AGAIN = ("calendars", "buero"), (*GOLD, "maintenance", 0), (*GOLD, "maintenance", 1)
LATER = (*GOLD, "revisions", 0)
Change = tuple[tuple[str | int, ...], Any]

OTHERWISE: Mapping[str, Change] = {
    "Agreement.kind": (("agreements", "rz"), {**CATALOGUE["agreements"]["rz"], "kind": "ola", "provider": "db"}),
    "Agreement.customer": ((*GOLD, "customer"), "haus"),
    "Agreement.provider": (("agreements", "rz", "provider"), "netz"),
    "Agreement.services": ((*GOLD, "services"), ["shop", "db"]),
    "Agreement.target": ((*GOLD, "target"), "99.900001%"),
    "Agreement.period": ((*GOLD, "period"), "week"),
    "Agreement.timezone": ((*GOLD, "timezone"), "Europe/London"),
    "Agreement.service_hours": ((*GOLD, "service_hours"), "24x7"),
    "Agreement.response": ((*GOLD, "response"), "31m"),
    "Agreement.valid_from": ((*GOLD, "valid_from"), "2026-01-02"),
    "Agreement.valid_until": ((*GOLD, "valid_until"), "2028-01-02"),
    "Agreement.maintenance": ((*GOLD, "maintenance"), []),
    "Agreement.rules": ((*GOLD, "rules"), {}),
    "Agreement.latency": ((*GOLD, "latency"), None),
    "Agreement.credits": ((*GOLD, "credits"), []),
    "Agreement.revisions": ((*GOLD, "revisions"), []),
    "Agreement.approval": ((*GOLD, "approval"), "required"),
    "RevisedTerms.valid_from": ((*LATER, "valid_from"), "2027-01-02"),
    "RevisedTerms.target": ((*LATER, "target"), "99.96%"),
    "RevisedTerms.period": ((*LATER, "period"), "year"),
    "RevisedTerms.timezone": ((*LATER, "timezone"), "Europe/London"),
    "RevisedTerms.service_hours": ((*LATER, "service_hours"), "24x7"),
    "RevisedTerms.response": ((*LATER, "response"), None),
    "RevisedTerms.maintenance": ((*LATER, "maintenance"), CATALOGUE["agreements"]["gold"]["maintenance"][:1]),
    "RevisedTerms.rules": ((*LATER, "rules"), {"notice": "49h"}),
    "RevisedTerms.latency": ((*LATER, "latency"), None),
    "RevisedTerms.credits": ((*LATER, "credits"), [{"below": "99.95%", "credit": "8%"}]),
    "OneOffMaintenance.start": ((*ONCE, "start"), "2026-10-11T02:00:01+02:00"),
    "OneOffMaintenance.end": ((*ONCE, "end"), "2026-10-11T04:00:01+02:00"),
    "OneOffMaintenance.announced": ((*ONCE, "announced"), "2026-10-01T09:00:01+02:00"),
    "OneOffMaintenance.summary": ((*ONCE, "summary"), "Umzug"),
    "RecurringMaintenance.rrule": ((*AGAIN, "rrule"), "FREQ=MONTHLY;BYDAY=2SU"),
    "RecurringMaintenance.at": ((*AGAIN, "at"), "02:01"),
    "RecurringMaintenance.duration": ((*AGAIN, "duration"), "2h1s"),
    "RecurringMaintenance.from": ((*AGAIN, "from"), "2026-02-02"),
    "RecurringMaintenance.summary": ((*AGAIN, "summary"), "Wartung"),
    "Rules.unknown": ((*GOLD, "rules", "unknown"), "down"),
    "Rules.degraded": ((*GOLD, "rules", "degraded"), "down"),
    "Rules.maintenance": ((*GOLD, "rules", "maintenance"), "up"),
    "Rules.min_outage": ((*GOLD, "rules", "min_outage"), "60001ms"),
    "Rules.min_coverage": ((*GOLD, "rules", "min_coverage"), "95.001%"),
    "Rules.notice": ((*GOLD, "rules", "notice"), "25h"),
    "Rules.maintenance_max": ((*GOLD, "rules", "maintenance_max"), "8h1ms"),
    "Latency.threshold": ((*GOLD, "latency", "threshold"), "801ms"),
    "Latency.target": ((*GOLD, "latency", "target"), "95.01%"),
    "Latency.checks": ((*GOLD, "latency", "checks"), ["cart"]),
    "Latency.min_observations": ((*GOLD, "latency", "min_observations"), 51),
    "Credit.below": ((*GOLD, "credits", 1, "below"), "98%"),
    "Credit.credit": ((*GOLD, "credits", 1, "credit"), "16%"),
    "Calendar.hours": ((*BUERO, "hours", "sat"), ["09:00-13:01"]),
    "Calendar.holidays": ((*BUERO, "holidays"), None),
    "Calendar.dates": ((*BUERO, "dates"), {"2026-12-30": ["08:00-12:00"]}),
    "Calendar.closed": ((*BUERO, "closed"), ["2026-12-23"]),
    "Holidays.country": ((*BUERO, "holidays"), {"country": "AT"}),
    "Holidays.subdivision": ((*BUERO, "holidays", "subdivision"), "SL"),
    "Holidays.categories": ((*BUERO, "holidays", "categories"), ["public"]),
    "Service.name": (("services", "db", "name"), "Hauptdatenbank"),
    "Service.team": (("services", "shop", "team"), "db"),
    "Service.needs": (("services", "shop", "needs"), "all"),
    "Service.checks": (("services", "shop", "checks", "cart"), {"tcp": {"address": "cart.example.org:443"}}),
    "Service.depends_on": (("services", "shop", "depends_on"), ["db", "lager-a", "lager-b"]),
    "CheckSettings.interval": ((*HOME, "interval"), "16s"),
    "CheckSettings.timeout": ((*HOME, "timeout"), "5s"),
    "CheckSettings.confirm": ((*HOME, "confirm"), 1),
    "CheckSettings.flapping": ((*HOME, "flapping"), 0),
    "CheckSettings.retry_interval": ((*HOME, "retry_interval"), "3s"),
    "CheckSettings.stale_after": ((*HOME, "stale_after"), "41s"),
    "CheckSettings.since": ((*HOME, "since"), "2026-03-01T00:00:01Z"),
    "CheckSettings.until": ((*HOME, "until"), "2027-03-01T00:00:01Z"),
    "CheckSettings.http": ((*HOME, "http", "expect", "status"), [200, 201]),
    "Defaults.interval": (("defaults", "interval"), "31s"),
    "Defaults.timeout": (("defaults", "timeout"), "11s"),
    "Defaults.confirm": (("defaults", "confirm"), 1),
    "Defaults.flapping": (("defaults", "flapping"), 2),
    "Defaults.retry_interval": (("defaults", "retry_interval"), "6s"),
    "Defaults.stale_after": (("defaults", "stale_after"), "91s"),
    "Reference.targets": (("reference", "targets", 1, "tcp", "address"), "192.0.2.3:443"),
    "Reference.quorum": (("reference", "quorum"), 2),
    "Reference.interval": (("reference", "interval"), "11s"),
    "Reference.timeout": (("reference", "timeout"), "6s"),
    "Reference.stale_after": (("reference", "stale_after"), "26s"),
    "Organisation.name": (("organisation", "name"), "Muster GmbH"),
    "Organisation.address": (("organisation", "address"), "Marktplatz 2, München"),
    "Organisation.email": (("organisation", "email"), "uns@example.org"),
    "Customer.name": (("customers", "kunde", "name"), "Kunde"),
    "Customer.kind": (("customers", "kunde", "kind"), "internal"),
    "Customer.address": (("customers", "kunde", "address"), "Hafenstraße 2, Hamburg"),
    "Supplier.name": (("suppliers", "rz", "name"), "Zentrum"),
    "Supplier.address": (("suppliers", "rz", "address"), "Ringstraße 10"),
    "Supplier.email": (("suppliers", "rz", "email"), "ops@example.net"),
    "Team.name": (("teams", "web", "name"), "Shop-Team"),
    "Team.email": (("teams", "web", "email"), "shop@example.org"),
}
"""By model and key: where, and another value."""

UNTOLD: Mapping[str, str] = {
    "Service.runbook": "who is called and what he does is no term",
    "Agreement.closing": "when the provider freezes figures changes none of them",
}
"""Keys that no agreement tells, and why."""


def catalogue(*changes: Change) -> Catalogue:
    """The catalogue with some values replaced."""
    value: Any = json.loads(json.dumps(CATALOGUE))
    for path, new in changes:
        here = value
        for part in path[:-1]:
            here = here[part]
        here[path[-1]] = new
    return load_value(value)
