"""Random catalogues and histories for hypothesis. Every instant is a whole second of 2025 to 2027."""

import os
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from slamon.accounting.facts import Blind, Cause, Observation, Verdict
from slamon.accounting.terms import (
    AgreementTerms,
    Calendar,
    CheckTerms,
    Correction,
    CorrectionCause,
    CorrectionKind,
    CreditTier,
    DegradedRule,
    LatencyTerms,
    MaintenanceRule,
    Membership,
    OneOff,
    PeriodKind,
    Recurring,
    ReferenceTerms,
    Revision,
    Rules,
    ServiceTerms,
    UnknownRule,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Asia/Beirut",
    "Pacific/Chatham",
    "Europe/Dublin",
    "Antarctica/Troll",
)
HOUR, DAY = 3600, 86_400
PERCENT = {"100%": Fraction(1), "99.99%": Fraction(9999, 10_000), "99%": Fraction(99, 100), "95%": Fraction(19, 20)}
TARGETS = (*PERCENT.values(), Fraction(1, 2), Fraction(0), Fraction(2, 3))
PERIODS = (*[PeriodKind.WEEK] * 9, *[PeriodKind.MONTH] * 4, PeriodKind.QUARTER)


def many() -> bool:
    """Whether the long profile is asked for."""
    return os.environ.get("HYPOTHESIS_PROFILE") == "long"


def effort(few: int, long: int) -> settings:
    """How many cases a test draws: always the same few, or other ones each time."""
    return settings(
        max_examples=long if many() else few,
        derandomize=not many(),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Case:
    """A catalogue, what was seen, and the question. Instants in ms; `period` is a name such as "2026-W43"."""

    checks: dict[str, CheckTerms]
    services: dict[str, ServiceTerms]
    agreements: tuple[AgreementTerms, ...]
    corrections: tuple[Correction, ...]
    observations: tuple[Observation, ...]
    blinds: tuple[Blind, ...]
    references: ReferenceTerms | None
    now: int
    period: str


@lru_cache(maxsize=64)
def jumps(zone: str) -> list[int]:
    """The instants at which the zone's clocks go forward or back."""
    tz = ZoneInfo(zone)

    def offset(at: int) -> timedelta | None:
        return datetime.fromtimestamp(at, tz).utcoffset()

    first, last = (int(datetime(year, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp()) for year in (2025, 2028))
    found = []
    for day in range(first, last, DAY):
        if offset(day) != offset(day + DAY):
            minutes = range(day, day + DAY + 60, 60)
            found.append(minutes[bisect_left(minutes, True, key=lambda m: offset(m) != offset(day))])
    return found


@lru_cache(maxsize=64)
def turns(zone: str) -> list[int]:
    """Midnights at which periods begin."""
    tz = ZoneInfo(zone)
    days = [date(2026, m, 1) for m in (1, 2, 4, 7, 11)] + [date(2026, 3, 2), date(2026, 10, 26), date(2027, 1, 4)]
    return [int(datetime(d.year, d.month, d.day, tzinfo=tz).timestamp()) for d in days]


@dataclass(frozen=True)
class EveryNDays:
    """A pure date rule: every `step` days from `first` on, on the weekdays given."""

    first: date
    step: int
    weekdays: frozenset[int]

    def __call__(self, first: date, last: date) -> Sequence[date]:
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        return [
            d
            for d in days
            if d >= self.first and (d - self.first).days % self.step == 0 and d.weekday() in self.weekdays
        ]


def ms(seconds: int) -> int:
    return seconds * 1000


def within(lo: int, hi: int) -> st.SearchStrategy[int]:
    """Whole seconds of [lo, hi] in ms."""
    return st.integers(lo, hi).map(ms)


@st.composite
def spans(draw: st.DrawFn, lo: int, hi: int, longest: int) -> tuple[int, int]:
    start = draw(st.integers(lo, hi))
    return ms(start), ms(start + draw(st.integers(1, longest)))


# ---------------------------------------------------------------- facts
EPISODES = st.tuples(
    st.sampled_from(["up", "up", "up", "degraded", "down", "down", "gap", "flap", "mix", "dim"]),
    st.integers(1, 12),
    st.integers(0, 3),
)
DURATIONS = (90_000, 250_000, 800_000, 800_001, 2_000_000)


@st.composite
def histories(draw: st.DrawFn, check: str, interval: int, stale: int, lo: int, hi: int) -> list[Observation]:
    """Episodes of equal, missing or alternating verdicts, one probe an interval with some unevenness."""
    at = lo + draw(st.integers(0, 2 * interval))
    seen: list[Observation] = []
    episodes = draw(st.lists(EPISODES, min_size=draw(st.sampled_from([0, 4, 8, 8])), max_size=14))
    slow = draw(st.booleans())
    for n, (kind, length, wobble) in enumerate(episodes * (2 if slow else 1)):
        if n == len(episodes):  # the configuration has changed
            interval, stale = 2 * interval, max(2 * interval, stale)
        for i in range(length):
            if at >= hi:
                return seen
            if kind == "gap":
                at += (interval, stale, stale + 1, 2 * interval + 1)[wobble]
                continue
            verdict = {
                "flap": ("down", "up"),
                "mix": ("degraded", "down", "down", "up"),
                "dim": ("degraded", "down"),
            }.get(kind, (kind,))
            shown = verdict[i % len(verdict)]
            duration = DURATIONS[(n + i * (wobble + 1)) % 5]
            retry = shown == "down" and wobble == 2 and i > 0
            seen.append(
                Observation(check, ms(at), Verdict(shown), ms(interval), ms(stale), duration, retry=retry),
            )
            step = interval if wobble < 2 else max(1, interval // 4) if retry else interval + i % 3
            at += max(1, step)
    return seen


@st.composite
def blind_stretches(draw: st.DrawFn, lo: int, hi: int) -> tuple[Blind, ...]:
    found = draw(st.lists(spans(lo, hi, 1800), max_size=2))
    return tuple(
        Blind(start, end, draw(st.sampled_from([c for c in Cause if c != "local_fault"]))) for start, end in found
    )


# ---------------------------------------------------------------- terms
@st.composite
def service_sets(
    draw: st.DrawFn, lo: int, hi: int
) -> tuple[dict[str, CheckTerms], dict[str, ServiceTerms], dict[str, tuple[int, int]]]:
    checks: dict[str, CheckTerms] = {}
    services: dict[str, ServiceTerms] = {}
    pace: dict[str, tuple[int, int]] = {}
    for n in range(draw(st.integers(1, 3))):
        earlier = list(services)
        depends: list[tuple[str, ...]] = []
        if earlier and draw(st.booleans()):
            group = st.lists(st.sampled_from(earlier), min_size=1, max_size=2, unique=True).map(tuple)
            depends = draw(st.lists(group, min_size=1, max_size=2))
        members: list[Membership] = []
        for c in range(draw(st.integers(0 if depends else 1, 3))):
            name = f"s{n}/c{c}"
            interval = draw(st.sampled_from([10, 30, 60, 300]))
            stale = draw(st.sampled_from([interval, 2 * interval, 2 * interval + 5, 3 * interval]))
            terms = CheckTerms(
                name, ms(interval), draw(st.sampled_from([1, 2, 2, 3])), draw(st.sampled_from([0, 2, 3, 3, 5]))
            )
            checks[name], pace[name] = terms, (interval, stale)
            since = draw(st.none() | within(lo, hi)) if draw(st.booleans()) else None
            until = (
                draw(st.none() | within(since // 1000 + 1 if since else lo, hi + HOUR)) if draw(st.booleans()) else None
            )
            members.append(Membership(name, since, until))
            if until is not None and draw(st.booleans()):  # removed once, and back again
                members.append(Membership(name, until + ms(draw(st.integers(1, HOUR))), None))
        needs = draw(st.sampled_from([None, 1, 2])) if len(members) > 1 else draw(st.sampled_from([None, 1]))
        services[f"s{n}"] = ServiceTerms(f"s{n}", needs, tuple(members), tuple(depends))
    return checks, services, pace


MINUTES = st.sampled_from([0, 45, 60, 90, 120, 150, 165, 180, 480, 720, 1080, 1380, 1410, 1439])


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(MINUTES | st.just(1440), min_size=0, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, near: date) -> Calendar:
    if draw(st.booleans()):
        hours = {day: draw(day_hours()) for day in range(7)}
    else:
        every = draw(day_hours())
        hours = dict.fromkeys(range(7), every)
    days = st.integers(-2, 2).map(lambda n: near + timedelta(days=n))
    rule = draw(st.none() | st.builds(EveryNDays, days, st.sampled_from([2, 3, 365]), st.just(frozenset(range(7)))))
    dates = draw(st.dictionaries(days, day_hours(), max_size=1))
    return Calendar("hours", tuple(hours[d] for d in range(7)), rule, dates, draw(st.frozensets(days, max_size=1)))


@st.composite
def maintenances(draw: st.DrawFn, lo: int, hi: int, near: date) -> tuple[OneOff | Recurring, ...]:
    found: list[OneOff | Recurring] = []
    for start, end in draw(st.lists(spans(lo, hi + DAY, 2 * HOUR), max_size=3)):
        ahead = draw(st.sampled_from([None, 0, HOUR - 1, HOUR, DAY]))
        found.append(OneOff(start, end, None if ahead is None else start - ms(ahead), "work"))
    if draw(st.booleans()):
        first = near + timedelta(days=draw(st.integers(-9, 1)))
        weekdays = draw(st.sampled_from([frozenset(range(7)), frozenset({6}), frozenset({0, 2, 5, 6})]))
        rule = EveryNDays(first, draw(st.sampled_from([1, 1, 2, 7])), weekdays)
        duration = draw(st.sampled_from([600, 1800, 5400, 90_000]))
        found.append(Recurring(rule, draw(MINUTES), ms(duration), first, "patches"))
    return tuple(found)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    return Rules(
        unknown=draw(st.sampled_from([UnknownRule.EXCLUDE, *UnknownRule])),
        degraded=draw(st.sampled_from([DegradedRule.UP, *DegradedRule])),
        maintenance=draw(st.sampled_from([MaintenanceRule.EXCLUDE, *MaintenanceRule])),
        min_outage_ms=ms(draw(st.sampled_from([0, 0, 30, 60, 300, 1800]))),
        min_coverage=draw(st.sampled_from([Fraction(9, 10), Fraction(0), Fraction(999, 1000)])),
        notice_ms=draw(st.sampled_from([None, None, ms(HOUR)])),
        maintenance_max_ms=draw(st.sampled_from([None, None, 0, ms(600), ms(2 * HOUR)])),
    )


@st.composite
def latencies(draw: st.DrawFn, names: Sequence[str]) -> LatencyTerms | None:
    if not names or not draw(st.booleans()):
        return None
    some = draw(st.none() | st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(tuple))
    return LatencyTerms(
        draw(st.sampled_from([250_000, 800_000])), Fraction(19, 20), some, draw(st.sampled_from([1, 100]))
    )


TIERS = st.lists(
    st.builds(
        CreditTier,
        st.sampled_from([Fraction(999, 1000), Fraction(99, 100), Fraction(1, 2)]),
        st.sampled_from([Fraction(1, 20), Fraction(1, 8), Fraction(1)]),
    ),
    max_size=3,
    unique_by=lambda t: t.below,
).map(tuple)


@st.composite
def agreements(
    draw: st.DrawFn, name: str, zone: str, services: Sequence[str], checks: Sequence[str], lo: int, hi: int
) -> AgreementTerms:
    near = datetime.fromtimestamp(lo, ZoneInfo(zone)).date()
    hours = st.none() | calendars(near)
    kind = draw(st.sampled_from(PERIODS))
    begin = draw(st.sampled_from([None, 1, 1, 2]))
    edges: list[int | None] = [None if begin is None else ms(lo + (begin - 1) * draw(st.integers(0, HOUR)))]
    cuts = draw(st.lists(st.integers(lo + HOUR, hi), max_size=2, unique=True))
    edges += [ms(cut) for cut in sorted(cuts)]
    edges.append(draw(st.none() | within(hi, hi + DAY)))
    first = Revision(
        number=1,
        valid_from=edges[0],
        valid_until=edges[1],
        target=draw(st.sampled_from(TARGETS)),
        period=kind,
        zone=zone,
        hours=draw(hours),
        maintenance=draw(maintenances(lo, hi, near)),
        rules=draw(rules()),
        latency=draw(latencies(checks)),
        credits=draw(TIERS),
    )
    revisions = [first]
    for n, (start, end) in enumerate(pairwise(edges[1:]), start=2):
        before: dict[str, Any] = {f: getattr(revisions[-1], f) for f in Revision.__slots__}
        for key, strategy in {
            "target": st.sampled_from(TARGETS),
            "hours": hours,
            "rules": rules(),
            "maintenance": maintenances(lo, hi, near),
        }.items():
            if draw(st.booleans()):
                before[key] = draw(strategy)
        revisions.append(Revision(**{**before, "number": n, "valid_from": start, "valid_until": end}))
    return AgreementTerms(name, "customer", tuple(services), tuple(revisions))


@st.composite
def corrections(draw: st.DrawFn, names: Sequence[str], lo: int, hi: int) -> tuple[Correction, ...]:
    found = []
    for n, (start, end) in enumerate(draw(st.lists(spans(lo - HOUR, hi + HOUR, 3 * HOUR), max_size=4))):
        entered = ms(hi + draw(st.integers(0, 2)))
        found.append(
            Correction(
                agreement=draw(st.sampled_from(names)),
                kind=draw(st.sampled_from(CorrectionKind)),
                start=start,
                end=end,
                entered=entered,
                author="sm",
                reason="agreed",
                cause=CorrectionCause.AGREED,
                ticket=None,
                revoked=draw(st.sampled_from([None, None, None, entered + 1000])),
                order=(draw(st.integers(0, 1)), n),
            )
        )
    return tuple(found)


# ---------------------------------------------------------------- the whole
def period_names(at: int, zone: str, kind: str) -> str:
    day = datetime.fromtimestamp(at, ZoneInfo(zone)).date()
    week = day.isocalendar()
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return {"week": f"{week[0]}-W{week[1]:02d}", "month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day.year}"}[
        kind
    ]


@st.composite
def cases(draw: st.DrawFn, zones: Sequence[str] = ZONES) -> Case:
    zone = draw(st.sampled_from(zones))
    anchor = draw(st.sampled_from(jumps(zone) + turns(zone)))
    lo = anchor - draw(st.integers(0, 5 * HOUR))
    hi = lo + draw(st.sampled_from([HOUR, 4 * HOUR, 8 * HOUR, 30 * HOUR, 60 * HOUR])) + draw(st.integers(0, HOUR))
    checks, services, pace = draw(service_sets(lo, hi))
    seen: list[Observation] = []
    for name, (interval, stale) in pace.items():
        seen += draw(histories(name, interval, stale, lo, hi))
    references = None
    if draw(st.integers(0, 2)) == 2:
        targets = draw(st.integers(1, 3))
        references = ReferenceTerms(ms(30), ms(65), draw(st.integers(1, targets)))
        for n in range(targets):
            seen += draw(histories(f"reference/{n}", 30, 65, lo, hi))
    names = ["gold"] if draw(st.integers(0, 3)) else ["gold", "silver"]
    bound = [
        draw(
            agreements(
                name, zone if name == "gold" else draw(st.sampled_from(ZONES)), list(services), list(checks), lo, hi
            )
        )
        for name in names
    ]
    last = max((o.at // 1000 for o in seen), default=hi)
    soon = st.sampled_from([last + 1, last + 31, hi, hi + 900, hi + 8 * DAY, hi + 32 * DAY])
    now = draw(soon | soon | st.integers(min(last, hi), hi) | st.integers(lo + 1, hi))
    asked = draw(st.sampled_from([lo, anchor, last, now - 1]))
    return Case(
        checks=checks,
        services=services,
        agreements=tuple(bound),
        corrections=draw(corrections(names, lo, hi)),
        observations=tuple(sorted(seen, key=lambda o: (o.at, o.check))),
        blinds=draw(blind_stretches(lo, hi)),
        references=references,
        now=ms(now),
        period=period_names(asked, zone, bound[0].revisions[0].period),
    )
