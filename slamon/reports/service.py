"""What one service's figure says in full, with its pictures."""

from fractions import Fraction

from slamon.accounting import LatencyFigure
from slamon.accounting.zones import midnight
from slamon.reports.document import (
    NOTHING,
    Block,
    Burn,
    Cell,
    Column,
    Count,
    Day,
    DayShare,
    Duration,
    Paragraph,
    Section,
    Strip,
    Table,
    Verdict,
    say,
)
from slamon.reports.grounds import Ground, Grounds
from slamon.reports.parts import agreed, difference, down, exact, label, pairs, ratio, ratio_of, up, used, why_none
from slamon.reports.stretches import days

Row = tuple[str | Cell, Cell]
_DAYS = 100
"""A longer period has no table day by day; the picture shows it."""


def services(grounds: Grounds) -> list[Section]:
    """A section for each figure, below a title."""
    return [
        Section("services", say("section.services"), ()),
        *(_service(grounds, ground, place) for place, ground in enumerate(grounds.parts, 1)),
    ]


def _service(grounds: Grounds, ground: Ground, place: int) -> Section:
    figure, key = ground.figure, f"service-{place}"
    blocks: list[Block] = []
    why = why_none(figure)
    if why is not None:
        blocks.append(Paragraph(say("sentence.none", service=label(grounds, ground), why=why)))
    shares = tuple(days(ground)) if grounds.whole else ()
    name = label(grounds, ground)
    if grounds.whole:
        burn = _burn(ground, shares)
        blocks += [
            Strip(say("picture.strip", service=name), shares),
            Burn(say("picture.burn", service=name), figure.period.start, figure.period.end, burn),
        ]
    blocks += [
        pairs(f"{key}-availability", _availability(ground), say("table.availability")),
        pairs(f"{key}-time", _time(ground), say("table.time")),
        pairs(f"{key}-outages", _outages(ground), say("table.outages")),
        pairs(f"{key}-otherwise", _otherwise(ground), say("table.otherwise")),
    ]
    if figure.latency is not None:
        blocks.append(pairs(f"{key}-latency", _latency(figure.latency), say("table.latency")))
    if grounds.whole and len(shares) <= _DAYS:
        blocks.append(_days(f"{key}-days", shares))
    return Section(key, say("section.named", name=name), tuple(blocks), level=2)


def _availability(ground: Ground) -> list[Row]:
    figure = ground.figure
    return [
        ("row.verdict", Verdict(figure.verdict)),
        ("row.target", agreed(figure.target)),
        ("row.availability", ratio(figure.availability)),
        ("row.difference", difference(figure)),
        ("row.downtime", up(figure.downtime_ms)),
        ("row.allowance", down(figure.allowance_ms)),
        ("row.budget", down(figure.budget_ms)),
        ("row.used", used(figure)),
        ("row.remaining", ratio(figure.budget_remaining, 1)),
        ("row.credit", NOTHING if figure.credit is None else agreed(figure.credit)),
    ]


def _time(ground: Ground) -> list[Row]:
    figure = ground.figure
    return [
        ("row.in_service", exact(figure.in_service_ms)),
        ("row.excluded", exact(figure.excluded_ms)),
        ("row.measured", exact(figure.measured_ms)),
        ("row.unknown", exact(figure.unknown_ms)),
        ("row.known", exact(figure.known_ms)),
        ("row.observed", exact(figure.observed_ms)),
        ("row.coverage", ratio(figure.coverage, 2)),
        ("row.degraded", exact(figure.degraded_ms)),
        ("row.measured_full", exact(figure.measured_full_ms)),
        ("row.resolution", exact(figure.resolution_ms)),
    ]


def _outages(ground: Ground) -> list[Row]:
    figure = ground.figure
    return [
        ("row.outages", Count(figure.outage_count)),
        ("row.longest", up(figure.longest_ms) if figure.outage_count else NOTHING),
        ("row.mtrs", up(figure.mtrs_ms)),
        ("row.mtbf", down(figure.mtbf_ms)),
    ]


def _otherwise(ground: Ground) -> list[Row]:
    told, figure = ground.told, ground.figure
    rows: list[Row] = [
        ("row.blips", Count(figure.blips)),
        ("row.blip_time", exact(figure.blip_ms)),
        ("row.confirm_1", ratio_of(told["availability_confirm_1"])),
        ("row.confirm_1_downtime", exact(told["downtime_confirm_1_ms"])),
        ("row.confirm_1_outages", Count(told["outage_count_confirm_1"])),
    ]
    if figure.corrections:
        rows.append(("row.uncorrected", ratio_of(told["availability_uncorrected"])))
        rows.append(("row.uncorrected_downtime", exact(told["downtime_uncorrected_ms"])))
    return rows


def _latency(latency: LatencyFigure) -> list[Row]:
    return [
        ("row.latency_verdict", Verdict(latency.verdict)),
        ("row.latency_threshold", Duration(latency.threshold_us // 1000)),
        ("row.latency_target", agreed(latency.target)),
        ("row.latency_ratio", ratio(latency.ratio)),
        ("row.latency_good", Count(latency.good)),
        ("row.latency_total", Count(latency.total)),
    ]


def _days(key: str, shares: tuple[DayShare, ...]) -> Table:
    columns = (Column("column.day"), *(Column(f"column.{name}", right=True) for name in _SHARES))
    rows = tuple(
        (Day(s.day), exact(s.in_service_ms), exact(s.excluded_ms), exact(s.unknown_ms), exact(s.downtime_ms),
         exact(s.degraded_ms))
        for s in shares
    )  # fmt: skip
    return Table(key, columns, rows, title=say("table.days"))


_SHARES = ("in_service", "excluded", "unknown", "downtime", "degraded")


def _burn(ground: Ground, shares: tuple[DayShare, ...]) -> tuple[tuple[int, Fraction], ...]:
    """What was left of the allowance at each day's end; nothing where none is allowed."""
    figure = ground.figure
    if not figure.allowance_ms:
        return ()
    start, end = ground.span
    spent, left = 0, Fraction(1)
    edges = [(start, left)]
    for place, share in enumerate(shares):
        if share.downtime_ms:
            spent += share.downtime_ms
            left = 1 - spent / figure.allowance_ms
        edges.append((_end(ground, shares, place, end), left))
    return tuple(edges)


def _end(ground: Ground, shares: tuple[DayShare, ...], place: int, end: int) -> int:
    return midnight(ground.revision.zone, shares[place + 1].day) if place + 1 < len(shares) else end
