"""The demo company's catalogue, written as a person would write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
HISTORY = timedelta(weeks=6)
MAINTENANCE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Dates:
    """The moments that the catalogue and the invented past share; aware, in the company's zone."""

    began: datetime
    past_maintenance: datetime
    coming_maintenance: datetime
    provider_fault: datetime

    @classmethod
    def around(cls, now: datetime) -> "Dates":
        """Six weeks back from `now`, from a midnight on."""
        midnight = datetime.combine((now - HISTORY).astimezone(ZONE).date(), time(), ZONE)
        return cls.since(midnight)

    @classmethod
    def since(cls, began: datetime) -> "Dates":
        """The dates of a demo whose agreements began at a known midnight."""
        day = began.date()
        return cls(
            began=began,
            past_maintenance=datetime.combine(day + timedelta(days=23), time(22), ZONE),
            coming_maintenance=datetime.combine(day + timedelta(days=50), time(22), ZONE),
            provider_fault=datetime.combine(day + timedelta(days=37), time(10, 20), ZONE),
        )


def write(file: Path, *, ports: Mapping[str, int], ca_file: Path, dates: Dates) -> None:
    """Write the catalogue to `file`; the data lie beside it in `data/`."""
    values = {f"{name}_port": str(port) for name, port in ports.items()} | {
        "ca_file": str(ca_file),
        "ledger": str(file.parent / "data" / "slamon.db"),
        "began": dates.began.date().isoformat(),
        "moved_start": dates.past_maintenance.isoformat(),
        "moved_end": (dates.past_maintenance + MAINTENANCE).isoformat(),
        "moved_announced": (dates.past_maintenance - timedelta(days=5)).isoformat(),
        "coming_start": dates.coming_maintenance.isoformat(),
        "coming_end": (dates.coming_maintenance + MAINTENANCE).isoformat(),
        "coming_announced": (dates.coming_maintenance - timedelta(days=10)).isoformat(),
        "fault_start": dates.provider_fault.isoformat(),
        "fault_end": (dates.provider_fault + timedelta(minutes=25)).isoformat(),
        "fault_entered": (dates.provider_fault + timedelta(days=1)).isoformat(),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_CATALOGUE.substitute(values), encoding="utf-8")


_CATALOGUE = Template("""\
# The demo company: Beispiel Versand GmbH, all of it on this machine.
# Intervals are far shorter than one would take in earnest, so that something happens soon.
slamon: 1
defaults: {interval: 5s, timeout: 2s, retry_interval: 1s, confirm: 2, flapping: 3}

customers:
  haendler: {name: Fachhändler Nord eG, kind: external}
  vertrieb: {name: Vertrieb, kind: internal}

teams:
  web: {name: Web-Team, email: web@example.org}
  betrieb: {name: IT-Betrieb, email: betrieb@example.org}

calendars:
  buero:
    hours: {mon-fri: ["08:00-18:00"]}
    holidays: {country: DE, subdivision: HH}

services:
  onlineshop:
    name: Onlineshop
    team: web
    checks:
      startseite:
        http:
          url: https://localhost:$shop_port/
          tls: {ca_file: "$ca_file"}
          expect: {status: [200], body_contains: Warenkorb, degraded_over: 500ms, certificate_days: 14}
        interval: 2s
      warenkorb:
        http:
          url: https://localhost:$shop_port/warenkorb
          tls: {ca_file: "$ca_file"}
          expect: {status: [200], degraded_over: 500ms, certificate_days: 14}
  schnittstelle:
    name: Händlerschnittstelle
    team: web
    checks:
      bestellungen:
        http:
          url: http://localhost:$api_port/v1/status
          expect:
            status: [200]
            json: [{path: status, equals: ok}, {path: orders.waiting, below: 1000}]
        interval: 2s
  datenbank:
    name: Datenbank
    team: betrieb
    checks:
      abfrage:
        tcp:
          address: localhost:$database_port
          dialogue:
            - expect: "^DEMODB [0-9.]+ ready"
            - send: "PING\\n"
            - expect: "^PONG"
        interval: 3s
  post:
    name: E-Mail
    team: betrieb
    checks:
      smtp:                 # its certificate ends in a few days: degraded, not down
        tcp:
          address: localhost:$mail_port
          tls: {ca_file: "$ca_file"}
          dialogue:
            - expect: "^220 "
            - send: "EHLO slamon.demo\\r\\n"
            - expect: "^250-STARTTLS"
            - expect: "^250 "
            - send: "STARTTLS\\r\\n"
            - expect: "^220 "
            - starttls: true
          expect: {certificate_days: 14}
  bestellung:               # a business process: no check of its own
    name: Bestellen
    team: web
    depends_on: [onlineshop, schnittstelle, datenbank]

agreements:
  shop-gold:                # the dealers buy day and night
    customer: haendler
    services: [onlineshop, schnittstelle]
    target: 99.9%
    period: month
    timezone: Europe/Berlin
    service_hours: 24x7
    valid_from: $began
    maintenance:
      - {start: $moved_start, end: $moved_end, announced: $moved_announced, summary: Umzug der Datenbank}
      - {start: $coming_start, end: $coming_end, announced: $coming_announced, summary: Neue Shopversion}
      - {rrule: "FREQ=MONTHLY;BYDAY=1SU", at: "02:00", duration: 2h, summary: Patchfenster}
    rules: {notice: 24h, maintenance_max: 8h}
    latency: {threshold: 300ms, target: 95%}
    credits: [{below: 99.9%, credit: 5%}, {below: 99.0%, credit: 15%}]
  bestellen-buero:          # the sales staff work in office hours
    customer: vertrieb
    services: [bestellung]
    target: 99.5%
    period: month
    timezone: Europe/Berlin
    service_hours: buero
    valid_from: $began
  post-intern:
    customer: vertrieb
    services: [post]
    target: 99%
    period: week
    timezone: Europe/Berlin
    service_hours: 24x7
    valid_from: $began
    rules: {min_outage: 30s}

corrections:
  - agreement: shop-gold
    kind: exclude
    start: $fault_start
    end: $fault_end
    entered: $fault_entered
    author: Service-Management
    cause: third_party
    reason: Störung beim Leitungsanbieter des Kunden, von ihm bestätigt
    ticket: INC-2041

reference: {targets: [{tcp: {address: "localhost:$reference_port"}}], quorum: 1, interval: 5s, timeout: 2s}
storage: {path: "$ledger", retention: 400d}
""")
