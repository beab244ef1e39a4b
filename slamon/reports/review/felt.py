"""What the customer felt: complaints beside what was measured, and satisfaction with its counts and intervals."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil

from slamon.accounting import Period, previous_period
from slamon.accounting.zones import date_at
from slamon.desk import Complaint, Satisfaction
from slamon.desk.reconciling import Reconciled
from slamon.desk.satisfaction import Csat, Interval, Mood, Nps, mood, moods
from slamon.desk.telling import reasons
from slamon.reports.document import (
    NOTHING,
    Block,
    Both,
    Cell,
    Column,
    Count,
    Cut,
    Instant,
    Many,
    Paragraph,
    Percent,
    PeriodName,
    Points,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.review.happened import shortened
from slamon.reports.review.material import Material

Row = tuple[Cell, ...]
_EVIDENCE = 5
"""So many sentences of evidence stand beside a complaint."""

_PERIODS = 8
"""So many periods the trend of satisfaction has at most."""


# -- complaints


def complaints(material: Material) -> Section:
    """Those of the period and those still waiting, each beside what was measured."""
    found = material.felt()
    section = say("section.complaints")
    if not found:
        return Section("complaints", section, (Paragraph(say("complaints.none")),))
    columns = (
        Column("column.number", right=True), Column("column.service"), Column("column.felt_from"),
        Column("column.felt_to"), Column("column.complaint", wide=True), Column("column.finding"),
        Column("column.evidence", wide=True), Column("column.ticket"), Column("column.state"),
    )  # fmt: skip
    count = len(unseen(material))
    told = say("complaints.unseen", n=Count(count)) if count else say("complaints.all_seen")
    blocks: list[Block] = [
        Paragraph(say("complaints.some", n=Count(len(found)))),
        Paragraph(told),
        Table("complaints", columns, tuple(_complaint_rows(material, found))),
    ]
    if any(not one.settled for one in material.reconciled.values()):
        blocks.append(Paragraph(say("complaints.unsettled")))
    return Section("complaints", section, tuple(blocks))


def unseen(material: Material) -> list[Complaint]:
    """Those that we had not seen ourselves: the monitoring's own quality."""
    return [c for c in material.felt() if material.reconciled[c.number].unseen]


def _complaint_rows(material: Material, found: Iterable[Complaint]) -> Iterator[Row]:
    for one in sorted(found, key=lambda c: (c.felt_from, c.number)):
        beside = material.reconciled[one.number]
        finding = say(f"finding.{beside.finding.value}")
        yield (
            Count(one.number),
            material.service_name(one.service),
            Instant(one.felt_from),
            say("complaint.open_end") if one.felt_to is None else Instant(one.felt_to),
            shortened(one.text),
            finding if beside.settled else say("finding.unsettled", finding=finding),
            _evidence(material, beside),
            Text(one.reference) if one.reference else NOTHING,
            say(f"complaint.{one.state.value}"),
        )


def _evidence(material: Material, beside: Reconciled) -> Cell:
    """What was seen, in the words of the desk, with names instead of ids; then what would have seen it."""
    named = replace(
        beside,
        seen=tuple(replace(s, service=material.service_name(s.service).words) for s in beside.seen),
        proposals=tuple(replace(p, service=material.service_name(p.service).words) for p in beside.proposals),
    )
    pairs = list(zip(reasons(named, "en"), reasons(named, "de"), strict=True))
    cells: tuple[Cell, ...] = tuple(Both(en, de) for en, de in pairs[:_EVIDENCE])
    if len(pairs) > _EVIDENCE:
        cells = (*cells, say("evidence.more", n=Count(len(pairs) - _EVIDENCE)))
    return Many(cells) if cells else NOTHING


# -- satisfaction


def satisfaction(material: Material) -> Section:
    """Of the period by service and over all, with counts and intervals; then period by period."""
    told = list(material.desk.satisfaction.values())
    first, last = _days(material.period, material.zone)
    found = moods(told, first, last)
    section = say("section.satisfaction")
    blocks: list[Block] = []
    if found:
        whole = _of(material, told, first, last)
        blocks.append(Table("satisfaction", _columns("column.service"), tuple(_mood_rows(material, [*found, whole]))))
        blocks.append(Paragraph(say("satisfaction.how")))
    else:
        blocks.append(Paragraph(say("satisfaction.none")))
    trend = list(_trend(material, told))
    if len(trend) > 1:
        blocks.append(
            Table("satisfaction-trend", _columns("column.period"), tuple(trend), title=say("table.satisfaction_trend"))
        )
    elif found:
        blocks.append(Paragraph(say("satisfaction.no_trend")))
    return Section("satisfaction", section, tuple(blocks))


def _days(period: Period, zone: str) -> tuple[date, date]:
    return date_at(zone, period.start), date_at(zone, period.end - 1)


def felt_in(material: Material) -> Cell:
    """The period's satisfaction in a line, with how many were asked."""
    first, last = _days(material.period, material.zone)
    one = _of(material, material.desk.satisfaction.values(), first, last)
    cells: list[Cell] = []
    if one.csat is not None:
        ratio = Percent(one.csat.ratio, Cut.DOWN, 1)
        cells.append(say("facts.csat", value=ratio, count=Count(one.csat.count)))
    if one.nps is not None:
        cells.append(say("facts.nps", value=Points(one.nps.score, 0), count=Count(one.nps.count)))
    return Many(tuple(cells)) if cells else say("facts.nobody_asked")


def _of(material: Material, told: Iterable[Satisfaction], first: date, last: date) -> Mood:
    """All scores of the customer, whatever service they are about."""
    return mood(material.customer, None, [one for one in told if first <= one.asked <= last])


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first), Column("column.csat", right=True), Column("column.csat_interval", right=True),
        Column("column.csat_count", right=True), Column("column.nps", right=True),
        Column("column.nps_interval", right=True), Column("column.nps_count", right=True),
        Column("column.assessment", wide=True),
    )  # fmt: skip


def _mood_rows(material: Material, found: list[Mood]) -> Iterator[Row]:
    """The last one is over all."""
    for one in found[:-1]:
        name: Cell = say("satisfaction.general") if one.service is None else material.service_name(one.service)
        yield (name, *_scores(one))
    yield (say("satisfaction.all"), *_scores(found[-1]))


def _scores(one: Mood) -> Row:
    few = any(scale is not None and scale.few for scale in (one.csat, one.nps))
    return (*_csat(one.csat), *_nps(one.nps), say("satisfaction.few") if few else NOTHING)


def _csat(found: Csat | None) -> Row:
    if found is None:
        return (NOTHING, NOTHING, Count(0))
    low, high = _bounds(found.interval)
    told = say("satisfaction.interval", low=Percent(low, Cut.DOWN, 1), high=Percent(high, Cut.UP, 1))
    return (Percent(found.ratio, Cut.DOWN, 1), told, Count(found.count))


def _nps(found: Nps | None) -> Row:
    if found is None:
        return (NOTHING, NOTHING, Count(0))
    low, high = _bounds(found.interval)
    told = say("satisfaction.interval", low=Points(low, 0), high=Points(Fraction(ceil(high * 100), 100), 0))
    return (Points(found.score, 0), told, Count(found.count))


def _bounds(interval: Interval) -> tuple[Fraction, Fraction]:
    return Fraction(interval.low), Fraction(interval.high)


def _trend(material: Material, told: list[Satisfaction]) -> Iterator[Row]:
    """The reviewed period and those of its kind before it in which anybody was asked, the oldest first."""
    if material.period.kind is None:
        return
    row = [material.period]
    while len(row) < _PERIODS and row[0].start > 0:
        row.insert(0, previous_period(row[0], material.zone))
    for period in row:
        first, last = _days(period, material.zone)
        one = _of(material, told, first, last)
        if one.csat is not None or one.nps is not None:
            yield (PeriodName(period.name, period.kind), *_scores(one))
