"""What went wrong at the demo company in the past six weeks, as a table: plausible, and something of everything."""

from collections.abc import Mapping
from dataclasses import dataclass

from slamon.accounting.facts import Cause, Verdict
from slamon.probes.outcome import Reason


@dataclass(frozen=True, slots=True)
class Incident:
    """From `day` (of the history, 0 is the first) at `clock` (HH:MM on the company's wall) for `seconds`.

    Up and slow: answers took long, and nobody had called that degraded.
    """

    checks: tuple[str, ...]
    day: int
    clock: str
    seconds: int
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch in which the monitor itself could not see."""

    day: int
    clock: str
    seconds: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Story:
    """What a past is made of.

    `blips_per_check`: single failures that nobody confirmed, at random moments. `warned`: checks that are degraded for
    the last so many days, since a certificate nears its end. `usual_ms`: what a probe usually takes, by check.
    """

    incidents: tuple[Incident, ...]
    unseen: tuple[Unseen, ...]
    blips_per_check: int
    warned: tuple[tuple[str, ...], int]
    usual_ms: Mapping[str, float]


SHOP = ("onlineshop/startseite", "onlineshop/warenkorb")
BASKET = ("onlineshop/warenkorb",)
API = ("schnittstelle/bestellungen",)
DATABASE = ("datenbank/abfrage",)
MAIL = ("post/smtp",)

_MINUTE, _HOUR = 60, 3600

INCIDENTS = (
    Incident(API, 3, "08:50", 12 * _MINUTE, Verdict.DOWN, Reason.STATUS),
    Incident(SHOP, 5, "10:04", 40 * _MINUTE, Verdict.DEGRADED, Reason.SLOW),
    Incident(MAIL, 7, "01:12", 38 * _MINUTE, Verdict.DOWN, Reason.REFUSED),
    Incident(SHOP, 9, "14:12", 52 * _MINUTE, Verdict.DOWN, Reason.STATUS),
    Incident(DATABASE, 12, "06:41", 9 * _MINUTE, Verdict.DOWN, Reason.CONNECT),
    Incident(API, 15, "13:05", 33 * _MINUTE, Verdict.DOWN, Reason.JSON),
    Incident(SHOP, 18, "17:31", 85 * _MINUTE, Verdict.DEGRADED, Reason.SLOW),
    Incident(MAIL, 20, "14:45", 90 * _MINUTE, Verdict.DOWN, Reason.DIALOGUE),
    # the move of the database, announced: excluded from the dealers' figure
    Incident(SHOP, 23, "22:03", 95 * _MINUTE, Verdict.DOWN, Reason.STATUS),
    Incident(DATABASE, 23, "22:01", 110 * _MINUTE, Verdict.DOWN, Reason.REFUSED),
    Incident(BASKET, 25, "19:20", 3 * _MINUTE, Verdict.DOWN, Reason.TIMEOUT),
    Incident(API, 27, "09:31", 6 * _MINUTE, Verdict.DOWN, Reason.TIMEOUT),
    Incident(SHOP, 30, "03:17", 4 * _MINUTE, Verdict.DOWN, Reason.TIMEOUT),
    Incident(SHOP, 33, "11:00", 25 * _MINUTE, Verdict.DEGRADED, Reason.SLOW),
    Incident(DATABASE, 34, "11:15", 5 * _MINUTE, Verdict.DOWN, Reason.DIALOGUE),
    Incident(MAIL, 36, "19:20", 20, Verdict.DOWN, Reason.CONNECT),
    # the customer's own line, corrected afterwards
    Incident(API, 37, "10:20", 25 * _MINUTE, Verdict.DOWN, Reason.CONNECT),
    Incident(SHOP, 39, "16:42", 7 * _MINUTE, Verdict.DOWN, Reason.STATUS),
    Incident(API, 40, "15:02", 3 * _MINUTE, Verdict.DOWN, Reason.STATUS),
)

UNSEEN = (
    Unseen(17, "02:10", 47 * _MINUTE, Cause.STOPPED),
    Unseen(28, "21:03", 4 * _MINUTE + 30, Cause.LOCAL_FAULT),
    Unseen(38, "04:00", 4 * _MINUTE, Cause.STOPPED),
)

USUAL_MS = {
    "onlineshop/startseite": 42.0,
    "onlineshop/warenkorb": 64.0,
    "schnittstelle/bestellungen": 18.0,
    "datenbank/abfrage": 3.0,
    "post/smtp": 27.0,
}
"""What a probe usually takes, in milliseconds."""

SLOW_MS = 720.0
"""What it takes in a slow spell."""

SIX_WEEKS = Story(INCIDENTS, UNSEEN, blips_per_check=12, warned=(MAIL, 5), usual_ms=USUAL_MS)
