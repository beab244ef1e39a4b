"""The accounting once more, naively: one byte a second, straight from ACCOUNTING.md.

It shares nothing with `slamon.accounting` but the dataclasses in which terms and facts are told.
Every instant must be a whole second. Layers are bytes, a cell a second, `Grid.lo` the first one's instant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from twin_cells import (
    DAY,
    DEGRADED,
    DOWN,
    FAILED,
    IN,
    OBSERVED,
    OUT_OF_SUM,
    SLOW,
    UNKNOWN,
    UNSEEN,
    UP,
    Grid,
    cellwise,
    first_reading,
    midnight,
    named_day,
    period_days,
    sec,
    total,
    wall,
)
from twin_facts import World, fault_spans, service_layer

EXCLUDE, SAY_UP, SAY_DOWN = 1, 2, 3
OUTAGE = re.compile(b"\3(?:[\2\3]*\3)?")  # down cells, parted by unknown ones at most
WINDOWS = {"5m": 300, "30m": 1800, "1h": 3600, "2h": 7200, "6h": 21_600, "1d": DAY, "3d": 3 * DAY, "7d": 7 * DAY}
WINDOWS["30d"] = 30 * DAY


# ---------------------------------------------------------------- section 4: agreements
@lru_cache(maxsize=64)
def _minutes_in_hours(calendar: Any, zone: str, lo: int, hi: int) -> bytes:
    holidays = set()
    if calendar.holidays is not None:
        holidays = set(calendar.holidays(wall(zone, lo - DAY).date(), wall(zone, hi + DAY).date()))
    out = bytearray()
    for at in range(lo, hi, 900):  # clocks of these years jump at whole quarter hours
        clock = wall(zone, at)
        day, minute = clock.date(), clock.hour * 60 + clock.minute
        if day in calendar.closed:
            spans: Any = ()
        elif day in calendar.dates:
            spans = calendar.dates[day]
        else:
            spans = () if day in holidays else calendar.hours[day.weekday()]
        out += bytes(any(start <= m < end for start, end in spans) for m in range(minute, minute + 15))
    return bytes(out)


@dataclass(frozen=True)
class ById:
    """A calendar that hashes by identity."""

    calendar: Any

    def __hash__(self) -> int:
        return id(self.calendar)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ById) and other.calendar is self.calendar

    def __getattr__(self, name: str) -> Any:
        return getattr(self.calendar, name)


def in_service(grid: Grid, revision: Any) -> bytearray:
    layer = grid.blank(1)
    if revision.hours is not None:
        minutes = _minutes_in_hours(ById(revision.hours), revision.zone, grid.lo, grid.hi)
        layer = bytearray(b"".join(bytes([m]) * 60 for m in minutes))
    if revision.valid_from is not None:
        grid.paint(layer, grid.lo, sec(revision.valid_from), 0)
    if revision.valid_until is not None:
        grid.paint(layer, sec(revision.valid_until), grid.hi, 0)
    return layer


def maintenance_spans(grid: Grid, revision: Any) -> Iterator[tuple[int, int]]:
    notice = revision.rules.notice_ms
    for entry in revision.maintenance:
        if hasattr(entry, "start"):
            told = entry.announced is not None and notice is not None and entry.announced + notice <= entry.start
            if notice is None or told:
                yield sec(entry.start), sec(entry.end)
            continue
        first = max(wall(revision.zone, grid.lo).date() - timedelta(days=40), entry.start_date)
        last = wall(revision.zone, grid.hi).date() + timedelta(days=1)
        for day in entry.dates(first, last) if first <= last else ():
            assert day >= entry.start_date
            at = datetime(day.year, day.month, day.day) + timedelta(minutes=entry.at_minute)
            start = first_reading(revision.zone, at)
            yield start, start + sec(entry.duration_ms)


def in_maintenance(grid: Grid, revision: Any, serving: bytes) -> bytes:
    layer = grid.blank()
    for start, end in maintenance_spans(grid, revision):
        grid.paint(layer, start, end, 1)
    covered = bytearray(cellwise(lambda s, m: s & m, serving, bytes(layer)))
    if revision.rules.maintenance_max_ms is not None:
        day = wall(revision.zone, grid.lo).date()
        while (start := midnight(revision.zone, day := period_days(revision.period, day)[0])) < grid.hi:
            end = midnight(revision.zone, day := period_days(revision.period, day)[1])
            left = sec(revision.rules.maintenance_max_ms)
            for cell in re.finditer(b"\1+", grid.cut(bytes(covered), start, end)):
                begin = max(start, grid.lo) + cell.start()
                free = min(left, cell.end() - cell.start())
                grid.paint(covered, begin + free, begin + cell.end() - cell.start(), 0)
                left -= free
    return bytes(covered)


def corrected(grid: Grid, agreement: str, corrections: Iterable[Any], now: int) -> bytes:
    layer = grid.blank()
    mine = [c for c in corrections if c.agreement == agreement and c.revoked is None]
    for c in sorted(mine, key=lambda c: (c.entered, c.order)):
        value = {"exclude": EXCLUDE, "up": SAY_UP, "down": SAY_DOWN}[c.kind]
        grid.paint(layer, sec(c.start), sec(c.end) if c.kind == "exclude" else min(sec(c.end), now), value)
    return bytes(layer)


@dataclass
class Account:
    """One service under one revision: its cells, and its down time for the list of outages."""

    revision: Any
    cells: bytes
    broken: bytes


def account(
    world: World,
    grid: Grid,
    agreement: Any,
    service: str,
    revision: Any,
    without_corrections: bool = False,
    confirm: int | None = None,
) -> Account:
    rules, now = revision.rules, sec(world.now)
    state = service_layer(world, grid, service, rules.degraded == "down", confirm)
    serving = bytes(in_service(grid, revision))
    maintained = in_maintenance(grid, revision, serving)
    entries = () if without_corrections else world.corrections
    said = corrected(grid, agreement.id, entries, now)
    # rule 5: outages measured whole, the short ones accounted as up
    unknown_down = rules.unknown == "down"
    past = grid.cut(state.replace(b"\2", b"\3") if unknown_down else state, grid.lo, now)
    short = grid.blank()
    for outage in OUTAGE.finditer(past):
        if outage.end() - outage.start() < sec(rules.min_outage_ms):
            grid.paint(short, grid.lo + outage.start(), grid.lo + outage.end(), 1)
    tense = grid.blank()
    grid.paint(tense, grid.lo, now, 1)

    def accounted(state: int, said: int, short: int, kept: int) -> int:
        """What a cell is: DOWN, UNKNOWN or better; `kept`: maintenance that is accounted as up."""
        if said == SAY_UP:
            return UP
        if said == SAY_DOWN:
            return DOWN
        if kept and said != EXCLUDE:
            return UP
        if short and (state == DOWN or unknown_down):
            return UP if state == DOWN else UNKNOWN
        return state

    kept = maintained if rules.maintenance == "up" else bytes(grid.blank())
    after = cellwise(accounted, state, said, bytes(short), kept)

    def rate(serving: int, maintained: int, said: int, state: int, after: int, short: int, past: int) -> int:
        if not serving:
            return 0
        if said == EXCLUDE or (maintained and said == 0 and rules.maintenance != "up"):
            return IN | OUT_OF_SUM
        if not past:
            return IN
        cell = IN | (OBSERVED if state != UNKNOWN else 0)
        if after == UNKNOWN:
            return cell | UNSEEN | (FAILED if unknown_down and not short else 0)
        return cell | {UP: 0, DEGRADED: SLOW, DOWN: FAILED}[after]

    cells = cellwise(rate, serving, maintained, said, state, after, bytes(short), bytes(tense))
    # rule 9: outages after corrections, parted only by unknown time
    broken = cellwise(lambda a, s: DOWN if a == UNKNOWN and unknown_down and not s else a, after, bytes(short))
    return Account(revision, cells, broken)


# ---------------------------------------------------------------- figures, section 7
def digits(value: Fraction | str | None, places: int = 12) -> str | None:
    if value is None or isinstance(value, str):
        return value
    whole = value.numerator * 10**places // value.denominator
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def sums(rules: Any, cells: bytes) -> dict[str, int]:
    measured = total(cells, IN, OUT_OF_SUM)
    unknown = total(cells, UNSEEN)
    left = unknown if rules.unknown == "exclude" else 0
    return {
        "in_service": total(cells, IN),
        "excluded": total(cells, OUT_OF_SUM),
        "measured": measured,
        "unknown": unknown,
        "known": measured - left,
        "downtime": total(cells, FAILED),
        "degraded": total(cells, SLOW),
        "observed": total(cells, OBSERVED),
        "left": left,
    }


def availability(s: Mapping[str, int]) -> Fraction | None:
    if s["known"] == 0 or s["measured"] == s["unknown"]:
        return None
    return Fraction(s["known"] - s["downtime"], s["known"])


def ratio_to(budget: Fraction, spent: int) -> Fraction | str:
    """Downtime against what may be spent; without downtime 0."""
    if spent == 0:
        return Fraction(0)
    return spent / budget if budget else "infinite"


def window(world: World, grid: Grid, accounts: Sequence[Account], seconds: int) -> dict[str, Any]:
    """The rolling figure of the window that ends now: sums in seconds, availability, burn rate."""
    now = sec(world.now)
    parts = [(a, sums(a.revision.rules, grid.cut(a.cells, now - seconds, now))) for a in accounts]
    whole: dict[str, Any] = {key: sum(s[key] for _, s in parts) for key in parts[0][1]}
    divisor = sum(((1 - a.revision.target) * s["known"] for a, s in parts), Fraction(0))
    whole["availability"] = availability(whole)
    whole["burn_rate"] = None if whole["availability"] is None else ratio_to(divisor, whole["downtime"])
    return whole


def latency(world: World, grid: Grid, acc: Account, service: str, start: int, end: int) -> dict[str, int]:
    terms, now = acc.revision.latency, sec(world.now)
    own = world.services[service].members
    named = {m.check_id for m in own} if terms.checks is None else set(terms.checks)
    faults = world.memo.get("faults") or fault_spans(world)
    good = count = 0
    for o in world.observations:
        at = sec(o.at)
        if o.check not in named or o.verdict == "down" or o.at >= world.now or o.retry or o.duration_us is None:
            continue
        quarter = at - at % 900
        if not (start <= quarter and quarter + 900 <= min(end, now)) or any(a <= at < b for a, b in faults):
            continue
        if total(grid.cut(acc.cells, quarter, quarter + 900), IN, OUT_OF_SUM) == 900:
            count += 1
            good += o.duration_us <= terms.threshold_us
    return {"good": good, "total": count}


def verdict_of(acc: Account, grid: Grid, s: Mapping[str, int], full: int, start: int, end: int, now: int) -> str:
    miss = 1 - acc.revision.target
    allowance, budget, spent = miss * full, miss * (full - s["left"]), s["downtime"]
    figure = availability(s)
    if full == 0:
        return "not_in_service"
    if spent > allowance:
        return "breached"
    if figure is None:
        return "no_data"
    if now >= end:
        if Fraction(s["observed"], s["measured"]) < acc.revision.rules.min_coverage:
            return "insufficient_data"
        return "met" if figure >= acc.revision.target else "breached"
    assert (end - start) % 10 == 0
    last = sums(acc.revision.rules, grid.cut(acc.cells, max(start, now - (end - start) // 10), now))
    rate = Fraction(last["downtime"], last["measured"]) if last["measured"] else Fraction(0)
    return "at_risk" if spent + rate * (full - s["measured"]) > budget else "on_track"


def outages(acc: Account, grid: Grid, start: int, end: int, now: int) -> list[dict[str, Any]]:
    found = []
    for stretch in OUTAGE.finditer(grid.cut(acc.broken, start, min(end, now))):
        a, b = start + stretch.start(), start + stretch.end()
        counted = total(grid.cut(acc.cells, a, b), FAILED)
        if counted:
            found.append({"start_ms": a * 1000, "end_ms": b * 1000, "counted_ms": counted * 1000, "open": b == now})
    return found


def figure(
    world: World, grid: Grid, agreement: str, service: str, acc: Account, name: str, start: int, end: int
) -> dict[str, Any]:
    now, revision = sec(world.now), acc.revision
    s = sums(revision.rules, grid.cut(acc.cells, start, min(end, now)))
    full = total(grid.cut(acc.cells, start, end), IN, OUT_OF_SUM)
    listed = outages(acc, grid, start, end, now)
    n, exact = len(listed), availability(s)
    verdict = verdict_of(acc, grid, s, full, start, end, now)
    budget = (1 - revision.target) * (full - s["left"])
    tiers = [t for t in revision.credits if exact is not None and exact < t.below]
    due = now >= end and verdict in ("met", "breached") and tiers
    out: dict[str, Any] = {
        "agreement": agreement,
        "service": service,
        "revision": revision.number,
        "period": {"name": name, "start_ms": start * 1000, "end_ms": end * 1000},
    }
    for key in ("in_service", "excluded", "measured", "unknown", "known", "downtime", "degraded"):
        out[f"{key}_ms"] = s[key] * 1000
    out["availability"] = digits(exact)
    out["coverage"] = digits(Fraction(s["observed"], s["measured"])) if s["measured"] else None
    out["budget_ms"] = int(budget * 1000)
    out["verdict"] = verdict
    out["credit"] = digits(min(tiers, key=lambda t: t.below).credit) if due else None
    out["outages"] = listed
    out["outage_count"] = n
    out["mtrs_ms"] = s["downtime"] * 1000 // n if n else None
    out["mtbf_ms"] = (s["known"] - s["downtime"]) * 1000 // n if n else None
    out["longest_ms"] = max((o["counted_ms"] for o in listed), default=0)
    spare = ratio_to(budget, s["downtime"])
    out["more"] = {
        "observed_ms": s["observed"] * 1000,
        "measured_full_ms": full * 1000,
        "allowance_ms": (1 - revision.target) * full * 1000,
        "budget_ms": budget * 1000,
        "budget_remaining": "-infinite" if isinstance(spare, str) else 1 - spare,
    }
    if revision.latency is not None:
        out["latency"] = latency(world, grid, acc, service, start, end)
    return out


def grid_of(world: World, agreement: Any, start: int, end: int) -> Grid:
    """From before anything that can matter to after the period."""
    now = sec(world.now)
    kind, zone, valid = (getattr(agreement.revisions[0], k) for k in ("period", "zone", "valid_from"))
    lo = min(start, now - 30 * DAY)
    if valid is not None:
        lo = max(lo, min(sec(valid), start, now))
    lo = midnight(zone, period_days(kind, wall(zone, lo).date())[0])
    lo = min([lo, *(sec(o.at) for o in world.observations[:1])]) - DAY
    hi = max(end, now) + DAY
    return Grid(lo - lo % 3600, hi + -hi % 3600)


def simulate(world: World, period: str) -> list[dict[str, Any]]:
    """The vectors' `expected` for each agreement, revision in force in the period, and service."""
    out = []
    kind, first = named_day(period)
    for agreement in world.agreements:
        zone = agreement.revisions[0].zone
        start, end = midnight(zone, first), midnight(zone, period_days(kind, first)[1])
        grid = grid_of(world, agreement, start, end)
        accounts = {
            service: [account(world, grid, agreement, service, r) for r in agreement.revisions]
            for service in agreement.services
        }
        for i, r in enumerate(agreement.revisions):
            if (r.valid_from is not None and sec(r.valid_from) >= end) or (
                r.valid_until is not None and sec(r.valid_until) <= start
            ):
                continue
            for service, every in accounts.items():
                entry = figure(world, grid, agreement.id, service, every[i], period, start, end)
                rolling = {name: window(world, grid, every, seconds) for name, seconds in WINDOWS.items()}
                entry["windows"] = {name: digits(w["availability"]) for name, w in rolling.items()}
                entry["burn_rates"] = {name: digits(w["burn_rate"]) for name, w in rolling.items()}
                entry["more"]["windows"] = rolling
                out.append(entry)
    return out
