"""A vector (plain JSON, known to be sound) read into the twin's world, without `slamon.catalogue`."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import holidays
from dateutil.rrule import rrulestr
from slamon.accounting import terms
from slamon.accounting.facts import Observation, Verdict
from twin_cells import midnight, wall
from twin_facts import World

UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Json = dict[str, Any]


def duration(text: str) -> int:
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|s|m|h|d)", text))


def percent(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / 100


def instant(text: str, zone: str = "UTC") -> int:
    if len(text) == 10:
        return midnight(zone, date.fromisoformat(text)) * 1000
    return int(datetime.fromisoformat(text).timestamp()) * 1000


def maybe(what: Any, source: Json, key: str, *rest: Any) -> Any:
    return what(source[key], *rest) if key in source else None


def minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def day_spans(texts: Sequence[str]) -> terms.MinuteSpans:
    return tuple((minute(text[:5]), minute(text[6:])) for text in texts)


def holiday_rule(source: Json) -> terms.DateRule:
    def rule(first: date, last: date) -> list[date]:
        free = holidays.country_holidays(
            source["country"],
            subdiv=source.get("subdivision"),
            categories=source.get("categories", ["public"]),
            years=range(first.year, last.year + 1),
        )
        return sorted(day for day in free if first <= day <= last)

    return rule


def calendar(name: str, source: Json) -> terms.Calendar:
    hours: dict[int, terms.MinuteSpans] = {}
    for key, texts in source["hours"].items():
        first, last = DAYS.index(key[:3]), DAYS.index(key[-3:])
        for n in range((last - first) % 7 + 1):
            hours[(first + n) % 7] = day_spans(texts)
    dates = {date.fromisoformat(day): day_spans(texts) for day, texts in source.get("dates", {}).items()}
    closed = frozenset(date.fromisoformat(day) for day in source.get("closed", []))
    week = tuple(hours.get(day, ()) for day in range(7))
    return terms.Calendar(name, week, maybe(holiday_rule, source, "holidays"), dates, closed)


def recurring(source: Json, start: date) -> terms.Recurring:
    def rule(first: date, last: date) -> list[date]:
        every = rrulestr(source["rrule"], dtstart=datetime(start.year, start.month, start.day))
        after = datetime(first.year, first.month, first.day) - timedelta(seconds=1)
        return [d.date() for d in every.between(after, datetime(last.year, last.month, last.day), inc=True)]

    return terms.Recurring(rule, minute(source["at"]), duration(source["duration"]), start)


def maintenance(source: Json, revision: Json, zone: str) -> terms.OneOff | terms.Recurring:
    if "rrule" in source:
        start = date.fromisoformat(source["from"]) if "from" in source else None
        return recurring(source, start or wall(zone, instant(revision["valid_from"], zone) // 1000).date())
    announced = maybe(instant, source, "announced")
    return terms.OneOff(instant(source["start"]), instant(source["end"]), announced)


def rules(source: Json) -> terms.Rules:
    return terms.Rules(
        unknown=terms.UnknownRule(source.get("unknown", "exclude")),
        degraded=terms.DegradedRule(source.get("degraded", "up")),
        maintenance=terms.MaintenanceRule(source.get("maintenance", "exclude")),
        min_outage_ms=duration(source.get("min_outage", "0s")),
        min_coverage=percent(source.get("min_coverage", "90%")),
        notice_ms=maybe(duration, source, "notice"),
        maintenance_max_ms=maybe(duration, source, "maintenance_max"),
    )


def latency(source: Json) -> terms.LatencyTerms:
    checks = maybe(tuple, source, "checks")
    return terms.LatencyTerms(duration(source["threshold"]) * 1000, percent(source["target"]), checks)


def agreement(name: str, source: Json, calendars: dict[str, terms.Calendar]) -> terms.AgreementTerms:
    merged = [source]
    for change in source.get("revisions", []):
        merged.append(merged[-1] | change | {"rules": merged[-1].get("rules", {}) | change.get("rules", {})})
    revisions = []
    for number, (now, after) in enumerate(zip(merged, [*merged[1:], None], strict=True), start=1):
        zone = now["timezone"]
        until = maybe(instant, now, "valid_until", zone) if after is None else instant(after["valid_from"], zone)
        revision = terms.Revision(
            number=number,
            target=percent(now["target"]),
            period=terms.PeriodKind(now["period"]),
            zone=zone,
            valid_from=maybe(instant, now, "valid_from", zone),
            valid_until=until,
            hours=calendars.get(now["service_hours"]),
            maintenance=tuple(maintenance(entry, now, zone) for entry in now.get("maintenance", [])),
            rules=rules(now.get("rules", {})),
            latency=maybe(latency, now, "latency"),
            credits=tuple(
                terms.CreditTier(percent(tier["below"]), percent(tier["credit"])) for tier in now.get("credits", [])
            ),
        )
        revisions.append(revision)
    return terms.AgreementTerms(name, source["customer"], tuple(source["services"]), tuple(revisions))


def correction(place: int, source: Json) -> terms.Correction:
    return terms.Correction(
        agreement=source["agreement"],
        kind=terms.CorrectionKind(source["kind"]),
        start=instant(source["start"]),
        end=instant(source["end"]),
        entered=instant(source["entered"]),
        revoked=maybe(instant, source, "revoked"),
        order=(1, place),
    )


def service(name: str, source: Json) -> terms.ServiceTerms:
    members = tuple(
        terms.Membership(f"{name}/{key}", maybe(instant, check, "since"), maybe(instant, check, "until"))
        for key, check in source.get("checks", {}).items()
    )
    depends = tuple((d,) if isinstance(d, str) else tuple(d["any"]) for d in source.get("depends_on", []))
    needs = source.get("needs", "all")
    return terms.ServiceTerms(name, {"all": None, "any": 1}.get(needs, needs), members, depends)


def read(path: Path) -> tuple[World, str, list[Json]]:
    """The world of a vector, the period it asks for, and what is expected."""
    case = json.loads(path.read_text())
    source = case["catalogue"]
    checks: dict[str, terms.CheckTerms] = {}
    pace: dict[str, tuple[int, int]] = {}
    for name, each in source["services"].items():
        for key, check in each.get("checks", {}).items():
            check = {"interval": "30s", "timeout": "10s", "confirm": 2, "flapping": 3} | source["defaults"] | check
            interval = duration(check["interval"])
            stale = (
                duration(check["stale_after"]) if "stale_after" in check else 2 * interval + duration(check["timeout"])
            )
            check_id = f"{name}/{key}"
            checks[check_id] = terms.CheckTerms(check_id, interval, check["confirm"], check["flapping"])
            pace[check_id] = interval, stale
    references = None
    if "reference" in source:
        reference = {"interval": "10s", "timeout": "5s", "quorum": 1} | source["reference"]
        interval = duration(reference["interval"])
        references = terms.ReferenceTerms(interval, 2 * interval + duration(reference["timeout"]), reference["quorum"])
        pace |= {f"reference/{n}": (interval, references.stale_after_ms) for n in range(len(reference["targets"]))}
    calendars = {name: calendar(name, each) for name, each in source.get("calendars", {}).items()}
    observations = [
        Observation(
            o["check"], instant(o["at"]), Verdict(o["verdict"]), *pace[o["check"]], o.get("duration_ms", 0) * 1000
        )
        for o in case["observations"]
    ]
    world = World(
        checks=checks,
        services={name: service(name, each) for name, each in source["services"].items()},
        agreements=[agreement(name, each, calendars) for name, each in source["agreements"].items()],
        corrections=[correction(place, each) for place, each in enumerate(source.get("corrections", []))],
        observations=observations,
        now=instant(case["at"]),
        references=references,
    )
    return world, case["period"], case["expected"]
