"""What reached whom, beside the outages of an answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from slamon.ledger.notices import Notice

LATE_MS = 300_000
"""An outage that is over already may be told so much later: it is seen, evaluated and confirmed by others first."""


def services_of(found: Mapping[str, Any]) -> set[str]:
    """The services whose outages an answer tells."""
    return {figure["service"] for figure in found["figures"] if figure["outages"]}


def put_notices(found: Mapping[str, Any], notices: Sequence[Notice]) -> None:
    """Each outage that alerts were told of gets `notified`; others do not have it."""
    for figure in found["figures"]:
        own = [n for n in notices if n.service == figure["service"] and n.agreement in ("", figure["agreement"])]
        for outage in figure["outages"] if own else ():
            beside = [_told(notice) for notice in _overlapping(own, outage["start_ms"], outage["end_ms"])]
            if beside:
                outage["notified"] = beside


def _overlapping(notices: Iterable[Notice], start: int, end: int) -> list[Notice]:
    """Those told from an outage's start on of alerts that began before its end; alerts that came before are not its."""
    return [notice for notice in notices if notice.at >= start and start <= notice.starts < end + LATE_MS]


def _told(notice: Notice) -> dict[str, Any]:
    return {
        "alert": notice.alert,
        "severity": notice.severity or None,
        "agreement": notice.agreement or None,
        "what": notice.what,
        "at_ms": notice.at,
        "alert_start_ms": notice.starts,
        "receiver": notice.receiver or None,
        "author": notice.author or None,
        "words": notice.words or None,
    }
