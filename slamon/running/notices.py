"""Alertmanager's webhook read: which alert reached which receiver. Whatever it holds is a stranger's."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from slamon.errors import UsageError
from slamon.ledger.notices import Notice, What

MOST_ALERTS = 1_000
LONGEST = 200
_FINGERPRINT = re.compile(r"[0-9a-f]{1,64}")


def parsed(value: object, services: Collection[str], now: int) -> Sequence[Notice]:
    """What a notification tells of these services, at `now` (ms). Raises UsageError with the place of a mistake."""
    alerts = value.get("alerts") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(alerts, list):
        raise UsageError("no notification: expected an object with alerts, as Alertmanager's webhook sends it")
    if len(alerts) > MOST_ALERTS:
        raise UsageError(f"alerts: {len(alerts)} of them, at most {MOST_ALERTS} at once")
    receiver = _text(value, "receiver", "")
    made = [_notice(alert, f"alerts[{i}]", receiver, now) for i, alert in enumerate(alerts)]
    return [notice for notice in made if notice.service in services]


def _notice(alert: object, place: str, receiver: str, now: int) -> Notice:
    if not isinstance(alert, dict) or not isinstance(alert.get("labels"), dict):
        raise UsageError(f"{place}: no alert: expected an object with labels")
    labels = alert["labels"]
    what = _text(alert, "status", place)
    if what not in (What.FIRING, What.RESOLVED):
        raise UsageError(f"{place}.status: found {what[:40]!r}, expected firing or resolved")
    return Notice(
        service=_text(labels, "service", place, needed=False),
        starts=moment(alert.get("startsAt"), f"{place}.startsAt"),
        fingerprint=fingerprint(alert.get("fingerprint"), place),
        what=what,
        receiver=receiver,
        silence="",
        at=now,
        alert=_text(labels, "alertname", place),
        agreement=_text(labels, "agreement", place, needed=False),
        severity=_text(labels, "severity", place, needed=False),
    )


def silenced(
    alerts: Sequence[Mapping[str, Any]], silences: Sequence[Mapping[str, Any]], services: Collection[str], now: int
) -> Sequence[Notice]:
    """Who silenced which alert of these services, as Alertmanager's interface tells. Raises UsageError."""
    known = {_text(silence, "id", "silence"): silence for silence in silences}
    made = []
    for alert in alerts:
        labels = alert.get("labels")
        found = alert.get("status")
        ids = found.get("silencedBy") if isinstance(found, dict) else None
        if not isinstance(labels, dict) or not isinstance(ids, list) or str(labels.get("service")) not in services:
            continue
        for silence in [str(one) for one in ids if str(one) in known]:
            made.append(_silenced(alert, labels, known[silence], now))
    return made


def _silenced(alert: Mapping[str, Any], labels: dict[str, Any], silence: Mapping[str, Any], now: int) -> Notice:
    return Notice(
        service=_text(labels, "service", "alert"),
        starts=moment(alert.get("startsAt"), "startsAt"),
        fingerprint=fingerprint(alert.get("fingerprint"), "alert"),
        what=What.SILENCED,
        receiver="",
        silence=_text(silence, "id", "silence"),
        at=now,
        alert=_text(labels, "alertname", "alert"),
        agreement=_text(labels, "agreement", "alert", needed=False),
        severity=_text(labels, "severity", "alert", needed=False),
        author=_text(silence, "createdBy", "silence", needed=False),
        words=_text(silence, "comment", "silence", needed=False),
    )


def _text(found: Mapping[str, Any], key: str, place: str, *, needed: bool = True) -> str:
    """A text, cut to `LONGEST`, without what no text is in a database or on a page."""
    value = found.get(key, "")
    where = f"{place}.{key}".lstrip(".")
    if not isinstance(value, str) or (needed and not value):
        raise UsageError(f"{where}: expected a text")
    clean = value[:LONGEST].encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in clean)


def fingerprint(value: object, place: str) -> str:
    """What Alertmanager knows an alert by."""
    if not isinstance(value, str) or not _FINGERPRINT.fullmatch(value):
        raise UsageError(f"{place}.fingerprint: expected hexadecimal digits")
    return value


def moment(value: object, place: str) -> int:
    """An instant of RFC 3339 in ms; Alertmanager writes nanoseconds."""
    try:
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError
        found = datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", value))
        if found.tzinfo is None or not 1970 <= found.year <= 2199:
            raise ValueError
    except ValueError:
        raise UsageError(f"{place}: expected a time, as 2026-10-05T12:00:00Z") from None
    return round(found.timestamp() * 1000)
