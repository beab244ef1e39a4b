"""What was entered at the demo company's desk in that half year, in order of time: complaints of every kind of
reconciliation, scores, reviews with their actions, corrections, closings and a restatement.

A value is what `slamon register` and `slamon close` enter. `entry`, `origin` and `done` name earlier entries by `key`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slamon.demo.catalogue import ZONE

MANAGER = "Jana Albers"
DEPUTY = "Erik Sommer"
PERIODS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09")
"""The months that are closed, on the fifth of the next one; October is provisional still."""


@dataclass(frozen=True, slots=True)
class Said:
    """One entry. `value`: what is entered; `key`: how later ones name it."""

    at: datetime
    value: Mapping[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """A month of an agreement is closed or, with a reason, restated."""

    at: datetime
    agreement: str
    period: str
    author: str = MANAGER
    reason: str | None = None


def _at(text: str) -> datetime:
    """`MM-DD HH:MM` on the company's wall, in 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def _said(entered: str, what: str, key: str = "", *, author: str = MANAGER, **value: Any) -> Said:
    return Said(_at(entered), {"what": what, "author": author, **value}, key)


def _felt(text: str | None) -> str | None:
    return None if text is None else _at(text).isoformat()


def _complaint(
    at: str, key: str, customer: str, service: str, felt: tuple[str, str | None], text: str, **more: Any
) -> Said:
    start, end = felt
    given = {"felt_from": _felt(start), "felt_to": _felt(end), "channel": "phone", **more}
    return _said(at, "complaint", key, customer=customer, service=service, text=text, **given)


def _scores(at: str, customer: str, service: str | None, scale: str, scores: str) -> Iterator[Said]:
    """A score a digit; `X`: ten."""
    for score in scores:
        number = 10 if score == "X" else int(score)
        asked = _at(at).date().isoformat()
        yield _said(at, "satisfaction", customer=customer, service=service, scale=scale, score=number, asked=asked)


COMPLAINTS = (
    # agrees: degraded
    _complaint("06-15 11:20", "langsam", "haendler", "onlineshop", ("06-15 10:10", "06-15 10:40"),
               "Der Shop ist sehr langsam, Seiten brauchen mehrere Sekunden.", who="Karin Voss", reference="HN-311"),
    # agrees: an outage
    _complaint("07-14 14:31", "weg", "haendler", "onlineshop", ("07-14 14:15", None),
               "Der Shop zeigt nur eine Fehlerseite, wir können nichts bestellen.", who="Karin Voss",
               reference="HN-342"),
    # outside hours
    _complaint("07-27 08:40", "samstag", "vertrieb", "bestellung", ("07-25 10:55", "07-25 11:20"),
               "Am Samstag konnte ich keinen Auftrag erfassen.", who="Ole Brandt", channel="mail"),
    # seen by one check only
    _complaint("08-11 10:25", "nord", "haendler", "lagerbestand", ("08-11 09:15", "08-11 10:00"),
               "Für das Lager Nord fehlen die Bestände.", who="Timo Reuter", reference="HN-367"),
    # in maintenance
    _complaint("08-24 08:15", "umzug", "haendler", "onlineshop", ("08-22 22:30", "08-22 23:15"),
               "Samstagabend war der Shop nicht erreichbar.", who="Karin Voss", channel="mail", reference="HN-371"),
    # nobody looked
    _complaint("09-08 10:05", "blind", "haendler", "schnittstelle", ("09-08 09:20", "09-08 09:50"),
               "Aufträge wurden nicht angenommen.", who="Timo Reuter", reference="HN-388"),
    # not seen: nobody probes the login
    _complaint("09-16 09:30", "anmeldung", "haendler", "onlineshop", ("09-16 08:50", "09-16 09:25"),
               "Die Anmeldung geht nicht: nach dem Kennwort erscheint wieder die Startseite.", who="Karin Voss",
               reference="HN-395"),
    # excluded by a correction, once that is entered
    _complaint("09-22 10:50", "leitung", "haendler", "schnittstelle", ("09-22 10:22", "09-22 10:44"),
               "Keine Verbindung zur Schnittstelle.", who="Timo Reuter", reference="HN-402"),
    # slower than agreed
    _complaint("10-15 10:05", "zaeh", "haendler", "schnittstelle", ("10-15 09:10", "10-15 09:40"),
               "Jede Bestellung braucht fast eine Sekunde, das ist zu langsam.", who="Timo Reuter",
               reference="HN-419"),
    # not seen, and still open
    _complaint("10-28 16:05", "kasse", "haendler", "onlineshop", ("10-28 15:30", None),
               "Die Kasse nimmt keine Kreditkarten an.", who="Karin Voss", channel="portal", reference="HN-431"),
)  # fmt: skip

_REMARKS = (
    _said("06-16 09:00", "complaint_answer", entry="langsam",
          text="Ein Abgleich der Preise lief am Vormittag; er läuft jetzt nachts."),
    _said("06-18 09:00", "complaint_solution", entry="langsam", text="Seit dem 16. Juni läuft der Abgleich um 3 Uhr."),
    _said("07-14 16:10", "complaint_link", entry="weg", at=_felt("07-14 14:30"), text=""),
    _said("07-15 10:00", "complaint_answer", entry="weg", text="Die Festplatte der Datenbank war voll."),
    _said("08-21 10:00", "complaint_solution", entry="weg",
          text="Der Speicher ist verdoppelt, ab 80 % wird gewarnt."),
    _said("07-27 15:00", "complaint_solution", entry="samstag",
          text="Vereinbart sind Montag bis Freitag, 8 bis 18 Uhr."),
    _said("08-12 09:10", "complaint_solution", entry="nord", text="Der Rechner in Nord ist getauscht."),
    _said("08-24 10:00", "complaint_solution", entry="umzug",
          text="Angekündigt am 12. August: Umzug der Datenbank."),
    _said("09-08 15:30", "complaint_answer", entry="blind",
          text="Unsere Überwachung stand in dieser Zeit; wir können es weder bestätigen noch ausschließen."),
    _said("09-17 11:00", "complaint_answer", entry="anmeldung",
          text="Ein Dienst für Sitzungen hing. Eine Prüfung der Anmeldung kommt hinzu."),
    _said("09-24 09:30", "complaint_solution", entry="leitung",
          text="Ursache war die Leitung Ihres Anbieters, von ihm bestätigt."),
)  # fmt: skip

_ACTIONS = (
    _said("07-15 11:00", "action", "platte", title="Speicher der Datenbank verdoppeln, Warnung ab 80 %",
          owner="Mira Jansen", team="betrieb", due="2026-08-21", customer="haendler", service="onlineshop",
          origin="weg", outage=_felt("07-14 14:30"),
          expected={"figure": "downtime", "agreement": "shop-gold", "service": "onlineshop", "value": "15m"}),
    _said("08-20 17:00", "action_done", entry="platte", day="2026-08-20", text="Umgestellt und geprüft."),
    _said("09-17 11:10", "action", "pruefung", title="Anmeldung als Kette von Schritten prüfen",
          owner="Ben Ahrens", team="web", due="2026-10-15", customer="haendler", service="onlineshop",
          origin="anmeldung",
          expected={"figure": "complaints", "agreement": "shop-gold", "service": "onlineshop", "value": "0"}),
    _said("09-09 09:00", "action", "zweite", title="Zweiter Standort für slamon",
          owner="Mira Jansen", team="betrieb", due="2026-12-18", customer="haendler", service="schnittstelle",
          origin="blind"),
)  # fmt: skip

_REVIEWS = (
    _said("07-09 15:00", "review", "q2", customer="haendler", period="2026-Q2", held="2026-07-09",
          participants=["Karin Voss", MANAGER, "Ben Ahrens"],
          minutes="Mai und Juni eingehalten. Der langsame Vormittag am 15. Juni wurde besprochen.",
          decisions=["Der Preisabgleich läuft nachts.", "Das Patchfenster bleibt am ersten Sonntag."],
          actions=[{"title": "Ankündigungen auch an den Einkauf senden", "owner": MANAGER, "team": "betrieb",
                    "due": "2026-07-31", "service": "onlineshop"}]),
    _said("08-03 09:00", "action_done", entry="q2+1", day="2026-07-30", text="Verteiler ergänzt."),
    _said("10-08 15:30", "review", "q3", customer="haendler", period="2026-Q3", held="2026-10-08",
          participants=["Karin Voss", "Timo Reuter", MANAGER],
          minutes="Juli verfehlt, September nach Lage der Dinge auch. Der Ausfall am 22. September wird geprüft: "
                  "der Anbieter des Kunden hat eine Störung gemeldet.",
          decisions=["Gutschrift von 5 % für Juli.", "Ziel von 99,95 % ab Januar, wenn das vierte Quartal hält."],
          actions=[{"title": "Bestätigung des Leitungsanbieters einholen", "owner": DEPUTY, "team": "betrieb",
                    "due": "2026-10-23", "service": "schnittstelle"}]),
    _said("10-21 10:20", "action_done", entry="q3+1", day="2026-10-20", text="Bestätigung liegt vor, INC-2041."),
)  # fmt: skip

_CORRECTIONS = (
    _said("10-21 10:00", "correction", agreement="shop-gold", kind="exclude", start=_felt("09-22 10:20"),
          end=_felt("09-22 10:45"), cause="third_party", ticket="INC-2041",
          reason="Störung beim Leitungsanbieter des Kunden, von ihm bestätigt", author=DEPUTY),
)  # fmt: skip

_SCORES = (
    *_scores("07-06 12:00", "haendler", None, "nps", "987X6983789"),
    *_scores("07-06 12:30", "haendler", "onlineshop", "csat", "454354453455"),
    *_scores("07-06 13:00", "vertrieb", "bestellung", "csat", "4454345"),
    *_scores("10-05 12:00", "haendler", None, "nps", "867956X84758"),
    *_scores("10-05 12:30", "haendler", "onlineshop", "csat", "34435243344"),
    *_scores("10-05 13:00", "vertrieb", "bestellung", "csat", "55445"),
    *_scores("10-05 13:30", "vertrieb", "post", "csat", "344543"),
)


_SIGNS = {
    "shop-gold": "Karin Voss",
    "lager-silber": "Karin Voss",
    "bestellen-buero": "Ole Brandt",
    "post-intern": "Ole Brandt",
}
_DISPUTED = ("shop-gold", "2026-09")


def _closings() -> Iterator[Said | Closed]:
    """Each month is closed on the fifth of the next one, and approved by the customer some days later."""
    for period in PERIODS:
        month = int(period[-2:]) + 1
        for minute, (agreement, customer) in enumerate(_SIGNS.items()):
            yield Closed(_at(f"{month:02d}-05 10:{minute:02d}"), agreement, period)
            if (agreement, period) != _DISPUTED:
                yield _word(f"{month:02d}-09 11:{minute:02d}", "approval", (agreement, period), customer)
    why = "Der Ausfall am 22. September lag an unserer Leitung: bitte prüfen."
    yield _word("10-08 16:00", "dispute", _DISPUTED, "Karin Voss", why)
    reason = "Korrektur nach INC-2041: die Störung lag beim Leitungsanbieter des Kunden"
    yield Closed(_at("10-21 10:30"), *_DISPUTED, reason=reason)
    yield _word("10-22 09:00", "approval", _DISPUTED, "Karin Voss")


def _word(at: str, what: str, about: tuple[str, str], author: str, text: str = "") -> Said:
    agreement, period = about
    return _said(at, what, author=author, agreement=agreement, period=period, text=text)


def everything() -> list[Said | Closed]:
    """All of it, in order of time."""
    told: list[Said | Closed] = [*COMPLAINTS, *_REMARKS, *_ACTIONS, *_REVIEWS, *_CORRECTIONS, *_SCORES, *_closings()]
    return sorted(told, key=lambda one: one.at)
