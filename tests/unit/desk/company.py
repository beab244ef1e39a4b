"""A shop with checks, dependencies and an agreement, watched for a day; and complaints about it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from slamon.accounting import Observation, Verdict
from slamon.catalogue import load_value
from slamon.desk import Channel, Complaint
from slamon.figures import Facts, Figures

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
HTTP = {"http": {"url": "http://127.0.0.1:1/"}}
TCP = {"tcp": {"address": "127.0.0.1:1"}}
SINCE = {"since": "2026-01-01T00:00:00Z", "interval": "1m", "confirm": 2}


def at(text: str) -> int:
    """A clock time of Tuesday, 6 October 2026 (UTC), or a whole ISO time, in ms."""
    whole = text if "T" in text else f"2026-10-06T{text}"
    return int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp() * 1000)


def catalogue(*, checks: Mapping[str, Any] | None = None, **agreed: Any) -> dict[str, Any]:
    """`checks`: of the shop; `agreed`: more keys of the agreement."""
    watched = {name: {**kind, **SINCE} for name, kind in (checks or {"web": HTTP}).items()}
    return {
        "slamon": 1,
        "customers": {"dealers": {"name": "Händler", "kind": "external"}},
        "calendars": {"office": {"hours": {"mon-fri": ["08:00-18:00"]}}},
        "services": {
            "shop": {"checks": watched, "depends_on": ["db", {"any": ["north", "south"]}]},
            **{name: {"checks": {"port": {**TCP, **SINCE}}} for name in ("db", "north", "south")},
        },
        "agreements": {
            "gold": {
                "customer": "dealers",
                "services": ["shop"],
                "target": "99%",
                "timezone": "UTC",
                "valid_from": "2026-01-01",
                **agreed,
            }
        },
    }


def watched(
    made: Mapping[str, Any],
    failing: Iterable[tuple[str, str, str]] = (),
    *,
    degraded: Iterable[tuple[str, str, str]] = (),
    unseen: Iterable[tuple[str, str, str]] = (),
    slow: Iterable[tuple[str, str, str]] = (),
    until: str = "20:00",
) -> Figures:
    """A day's probes, one a minute from 00:00; each stretch is a check ("shop/web") with its first and last minute."""
    figures = Figures(load_value(made), Facts())

    def within(stretches: Iterable[tuple[str, str, str]], check: str, now: int) -> bool:
        return any(check == name and at(start) <= now < at(end) for name, start, end in stretches)

    for now in range(at("00:00"), at(until), MINUTE):
        for check in figures.catalogue.checks:
            if within(unseen, check, now):
                continue
            bad, poor = within(failing, check, now), within(degraded, check, now)
            verdict = Verdict.DOWN if bad else Verdict.DEGRADED if poor else Verdict.UP
            duration = 3_000_000 if within(slow, check, now) else 100_000
            reason = "timeout" if bad else None
            assert figures.take(Observation(check, now, verdict, MINUTE, 3 * MINUTE, duration, reason))
    figures.book.refresh(at(until))
    return figures


def complaint(start: str, end: str | None = None, text: str = "It does not work", **more: Any) -> Complaint:
    """What a dealer felt of the shop."""
    given: dict[str, Any] = {
        "number": 1,
        "entered": at("19:00"),
        "author": "Ada",
        "customer": "dealers",
        "service": "shop",
        "channel": Channel.PHONE,
        **more,
    }
    return Complaint(felt_from=at(start), felt_to=None if end is None else at(end), text=text, **given)
