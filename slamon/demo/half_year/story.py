"""What went wrong at the demo company from May to October 2026: something of everything that a report can show."""

from datetime import date, datetime

from slamon.accounting.facts import Cause, Verdict
from slamon.demo.catalogue import ZONE
from slamon.demo.incidents import API, BASKET, DATABASE, MAIL, SHOP, USUAL_MS, Incident, Story, Unseen
from slamon.probes.outcome import Reason

BEGAN = datetime(2026, 5, 1, tzinfo=ZONE)
NOW = datetime(2026, 11, 4, 9, tzinfo=ZONE)
"""When the service manager sits down to it."""

NORTH = ("lagerbestand/nord",)
STOCK = ("lagerbestand/nord", "lagerbestand/sued")
_MINUTE = 60


def _on(month: int, day: int) -> int:
    """The day's number since the beginning."""
    return (date(2026, month, day) - BEGAN.date()).days


def _down(checks: tuple[str, ...], day: int, clock: str, minutes: float, reason: Reason) -> Incident:
    return Incident(checks, day, clock, int(minutes * _MINUTE), Verdict.DOWN, reason)


def _slow(day: int, clock: str, minutes: int) -> Incident:
    return Incident(SHOP, day, clock, minutes * _MINUTE, Verdict.DEGRADED, Reason.SLOW)


INCIDENTS = (
    _down(API, _on(5, 4), "08:50", 12, Reason.STATUS),
    _down(SHOP, _on(5, 19), "21:14", 8, Reason.TIMEOUT),
    _down(MAIL, _on(5, 27), "01:12", 38, Reason.REFUSED),
    _down(SHOP, _on(6, 9), "14:02", 21, Reason.STATUS),
    _slow(_on(6, 15), "10:04", 40),
    _down(STOCK, _on(6, 24), "09:31", 17, Reason.CONNECT),
    # the disk of the database is full: the month's target is missed
    _down(SHOP, _on(7, 14), "14:12", 52, Reason.STATUS),
    _down(DATABASE, _on(7, 14), "14:11", 55, Reason.CONNECT),
    _down(API, _on(7, 25), "10:50", 33, Reason.JSON),
    _down(SHOP, _on(7, 28), "06:41", 11, Reason.CONNECT),
    # one of two warehouses: the service stays up
    _down(NORTH, _on(8, 11), "09:10", 75, Reason.CONNECT),
    # the move of the database, announced: excluded from the dealers' figure
    _down(SHOP, _on(8, 22), "22:03", 95, Reason.STATUS),
    _down(DATABASE, _on(8, 22), "22:01", 110, Reason.REFUSED),
    _down(MAIL, _on(8, 31), "14:45", 90, Reason.DIALOGUE),
    _slow(_on(9, 3), "17:31", 85),
    _down(API, _on(9, 11), "13:05", 31, Reason.JSON),
    # the customer's own line, corrected afterwards
    _down(API, _on(9, 22), "10:20", 25, Reason.CONNECT),
    _down(BASKET, _on(10, 5), "19:20", 3, Reason.TIMEOUT),
    _down(SHOP, _on(10, 13), "16:42", 7, Reason.STATUS),
    # slow without being degraded: no limit is set for the interface
    Incident(API, _on(10, 15), "09:00", 45 * _MINUTE, Verdict.UP, Reason.SLOW),
    _down(DATABASE, _on(10, 20), "11:15", 5, Reason.DIALOGUE),
    _down(API, _on(10, 27), "15:02", 3, Reason.STATUS),
)

UNSEEN = (
    Unseen(_on(6, 17), "02:10", 47 * _MINUTE, Cause.STOPPED),
    Unseen(_on(7, 30), "21:03", 4 * _MINUTE + 30, Cause.LOCAL_FAULT),
    Unseen(_on(9, 8), "09:00", 90 * _MINUTE, Cause.STOPPED),
)

HALF_YEAR = Story(
    INCIDENTS,
    UNSEEN,
    blips_per_check=8,
    warned=((), 0),
    usual_ms={**USUAL_MS, "lagerbestand/nord": 35.0, "lagerbestand/sued": 38.0},
)
