"""Turns a vector into accounting terms and facts, on its own: the catalogue's loader is not needed to test the core."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from dateutil.rrule import rrulestr
from slamon.accounting.facts import Blind, Observation, Verdict
from slamon.accounting.faults import FaultTracker, local_faults
from slamon.accounting.terms import (
    AgreementTerms,
    Calendar,
    CheckTerms,
    Correction,
    CorrectionKind,
    CreditTier,
    DegradedRule,
    LatencyTerms,
    MaintenanceRule,
    Membership,
    MinuteSpans,
    OneOff,
    PeriodKind,
    Recurring,
    ReferenceTerms,
    Revision,
    Rules,
    ServiceTerms,
    UnknownRule,
)

VECTORS = Path(__file__).parents[2] / "vectors"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def names() -> list[str]:
    return sorted(path.stem for path in VECTORS.glob("*.json"))


def duration(text: str | int) -> int:
    parts = re.findall(r"([0-9]+)(ms|[smhd])", str(text))
    assert parts, text
    return sum(int(n) * UNITS[unit] for n, unit in parts)


def percent(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / 100


def instant(text: str, zone: str = "UTC") -> int:
    if len(text) == 10:
        return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.astimezone(UTC).timestamp() * 1000)


def minute(text: str) -> int:
    hour, minutes = text.split(":")
    return int(hour) * 60 + int(minutes)


def spans(entries: Iterable[str]) -> MinuteSpans:
    pairs = (entry.split("-") for entry in entries)
    return tuple((minute(start), minute(end)) for start, end in pairs)


def weekdays(text: str) -> list[int]:
    first, _, last = text.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [(begin + i) % 7 for i in range((end - begin) % 7 + 1)]


def holiday_rule(found: Mapping[str, Any]) -> Callable[[date, date], Sequence[date]]:
    def rule(first: date, last: date) -> Sequence[date]:
        days = holidays.country_holidays(
            found["country"],
            subdiv=found.get("subdivision"),
            years=range(first.year, last.year + 1),
            categories=tuple(found.get("categories", ("public",))),
        )
        return sorted(day for day in days if first <= day <= last)

    return rule


def calendar(name: str, found: Mapping[str, Any]) -> Calendar:
    hours: list[MinuteSpans] = [()] * 7
    for days, entries in found["hours"].items():
        for day in weekdays(days):
            hours[day] += spans(entries)
    return Calendar(
        name,
        tuple(hours),
        holiday_rule(found["holidays"]) if "holidays" in found else None,
        {date.fromisoformat(d): spans(v) for d, v in found.get("dates", {}).items()},
        frozenset(date.fromisoformat(d) for d in found.get("closed", ())),
    )


def date_rule(text: str, start: date) -> Callable[[date, date], Sequence[date]]:
    def rule(first: date, last: date) -> Sequence[date]:
        dates = rrulestr(text, dtstart=datetime(start.year, start.month, start.day))
        low = datetime(first.year, first.month, first.day)
        return [moment.date() for moment in dates.between(low, datetime(last.year, last.month, last.day), inc=True)]

    return rule


def maintenance(entry: Mapping[str, Any], zone: str, valid_from: int | None) -> OneOff | Recurring:
    if "rrule" not in entry:
        announced = instant(entry["announced"]) if "announced" in entry else None
        return OneOff(instant(entry["start"]), instant(entry["end"]), announced, entry.get("summary", ""))
    if "from" in entry:
        start = date.fromisoformat(entry["from"])
    else:
        assert valid_from is not None
        start = datetime.fromtimestamp(valid_from / 1000, ZoneInfo(zone)).date()
    return Recurring(
        date_rule(entry["rrule"], start),
        minute(entry["at"]),
        duration(entry["duration"]),
        start,
        entry.get("summary", ""),
    )


def rules(found: Mapping[str, Any]) -> Rules:
    return Rules(
        UnknownRule(found.get("unknown", "exclude")),
        DegradedRule(found.get("degraded", "up")),
        MaintenanceRule(found.get("maintenance", "exclude")),
        duration(found.get("min_outage", "0s")),
        percent(found.get("min_coverage", "90%")),
        duration(found["notice"]) if "notice" in found else None,
        duration(found["maintenance_max"]) if "maintenance_max" in found else None,
    )


def revision(found: Mapping[str, Any], number: int, calendars: Mapping[str, Calendar], until: int | None) -> Revision:
    zone = found.get("timezone", "UTC")
    valid_from = instant(found["valid_from"], zone) if "valid_from" in found else None
    hours = found.get("service_hours", "24x7")
    latency = found.get("latency")
    objective = None
    if latency is not None:
        objective = LatencyTerms(
            duration(latency["threshold"]) * 1000,
            percent(latency["target"]),
            tuple(latency["checks"]) if "checks" in latency else None,
            latency.get("min_observations", 100),
        )
    return Revision(
        number=number,
        target=percent(found["target"]),
        period=PeriodKind(found["period"]),
        zone=zone,
        valid_from=valid_from,
        valid_until=until,
        hours=None if hours == "24x7" else calendars[hours],
        maintenance=tuple(maintenance(e, zone, valid_from) for e in found.get("maintenance", ())),
        rules=rules(found.get("rules", {})),
        latency=objective,
        credits=tuple(CreditTier(percent(t["below"]), percent(t["credit"])) for t in found.get("credits", ())),
    )


def agreement(name: str, found: Mapping[str, Any], calendars: Mapping[str, Calendar]) -> AgreementTerms:
    zone = found.get("timezone", "UTC")
    versions: list[dict[str, Any]] = [{k: v for k, v in found.items() if k != "revisions"}]
    for changes in found.get("revisions", ()):
        merged = {**versions[-1], **changes}
        merged["rules"] = {**versions[-1].get("rules", {}), **changes.get("rules", {})}
        versions.append(merged)
    end = instant(found["valid_until"], zone) if "valid_until" in found else None
    starts = [instant(v["valid_from"], zone) for v in versions[1:]]
    made = [
        revision(version, number, calendars, until)
        for number, (version, until) in enumerate(zip(versions, [*starts, end], strict=True), 1)
    ]
    return AgreementTerms(name, found["customer"], tuple(found["services"]), tuple(made))


def needs(found: Any) -> int | None:
    return {"all": None, "any": 1}.get(found, found)


@dataclass
class Case:
    """A vector: what was agreed, what was seen, and what comes out."""

    name: str
    checks: dict[str, CheckTerms]
    services: dict[str, ServiceTerms]
    agreements: list[AgreementTerms]
    corrections: list[Correction]
    references: ReferenceTerms | None
    observations: list[Observation]
    now: int
    period: str
    expected: list[dict[str, Any]]

    def seen(self) -> Iterator[Observation]:
        """The observations of checks, in order."""
        return (o for o in self.observations if not o.check.startswith("reference/") and o.at < self.now)

    def probes(self) -> list[Observation]:
        """The observations of reference targets, in order."""
        return [o for o in self.observations if o.check.startswith("reference/") and o.at < self.now]

    def blinds(self) -> list[Blind]:
        if self.references is None:
            return []
        by_target: dict[str, list[Observation]] = {}
        for o in self.probes():
            by_target.setdefault(o.check, []).append(o)
        return local_faults(by_target, self.references, self.now)

    def tracker(self) -> FaultTracker | None:
        if self.references is None:
            return None
        return FaultTracker(self.references, sorted({o.check for o in self.probes()}))


def load(name: str) -> Case:
    found = json.loads((VECTORS / f"{name}.json").read_text())
    catalogue = found["catalogue"]
    defaults = catalogue.get("defaults", {})
    checks: dict[str, CheckTerms] = {}
    stale: dict[str, int] = {}
    services: dict[str, ServiceTerms] = {}
    for service, terms in catalogue["services"].items():
        members = []
        for check, options in terms.get("checks", {}).items():
            key = f"{service}/{check}"
            merged = {"interval": "30s", "timeout": "10s", "confirm": 2, "flapping": 3, **defaults, **options}
            interval, timeout = duration(merged["interval"]), duration(merged["timeout"])
            stale[key] = duration(merged["stale_after"]) if "stale_after" in merged else 2 * interval + timeout
            checks[key] = CheckTerms(key, interval, merged["confirm"], merged["flapping"], timeout)
            since, until = (instant(merged[k]) if k in merged else None for k in ("since", "until"))
            members.append(Membership(key, since, until))
        groups = tuple(tuple(e["any"]) if isinstance(e, dict) else (e,) for e in terms.get("depends_on", ()))
        services[service] = ServiceTerms(service, needs(terms.get("needs", "all")), tuple(members), groups)
    references = None
    if "reference" in catalogue:
        reference = catalogue["reference"]
        interval, timeout = duration(reference.get("interval", "10s")), duration(reference.get("timeout", "5s"))
        references = ReferenceTerms(interval, 2 * interval + timeout, reference.get("quorum", 1))
    calendars = {k: calendar(k, v) for k, v in catalogue.get("calendars", {}).items()}
    return Case(
        name,
        checks,
        services,
        [agreement(k, v, calendars) for k, v in catalogue["agreements"].items()],
        [correction(c, i) for i, c in enumerate(catalogue.get("corrections", ()))],
        references,
        [observation(o, checks, stale, references) for o in found["observations"]],
        instant(found["at"]),
        found["period"],
        found["expected"],
    )


def correction(found: Mapping[str, Any], place: int) -> Correction:
    revoked = instant(found["revoked"]) if "revoked" in found else None
    return Correction(
        found["agreement"],
        CorrectionKind(found["kind"]),
        instant(found["start"]),
        instant(found["end"]),
        instant(found["entered"]),
        revoked=revoked,
        order=(1, place),
    )


def observation(
    found: Mapping[str, Any], checks: Mapping[str, CheckTerms], stale: Mapping[str, int], refs: ReferenceTerms | None
) -> Observation:
    check = found["check"]
    if check in checks:
        interval, stale_after = checks[check].interval_ms, stale[check]
    else:
        assert refs is not None
        interval, stale_after = refs.interval_ms, refs.stale_after_ms
    duration_us = found["duration_ms"] * 1000 if "duration_ms" in found else None
    return Observation(check, instant(found["at"]), Verdict(found["verdict"]), interval, stale_after, duration_us)
