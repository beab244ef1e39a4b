"""What was agreed and entered: hours, maintenance, corrections, credits."""

from collections.abc import Iterator
from dataclasses import replace

from slamon.accounting import CorrectionKind, OneOff, Recurring, Revision, Span, next_period, period_of
from slamon.accounting.calendar import in_service, maintained, planned
from slamon.accounting.spans import clipped, common
from slamon.accounting.zones import date_at
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Day,
    Duration,
    Instant,
    Many,
    Paragraph,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.grounds import Ground, Grounds
from slamon.reports.parts import agreed, exact, label, pairs, ratio, ratio_of

Row = tuple[Cell, ...]
_COMING_MS = 31 * 86_400_000


def _terms(grounds: Grounds) -> list[Ground]:
    """One figure for each revision: what is agreed is the same for its services."""
    return list({ground.figure.revision: ground for ground in grounds.parts}.values())


# -- service hours


def hours(grounds: Grounds) -> Section:
    """When the agreement is in service."""
    blocks: list[Block] = []
    for ground in _terms(grounds):
        blocks += _hours(ground, len(_terms(grounds)) > 1)
    return Section("hours", say("section.hours"), tuple(blocks))


def _hours(ground: Ground, several: bool) -> Iterator[Block]:
    revision = ground.revision
    name = say("revision", n=Count(revision.number)) if several else None
    calendar = revision.hours
    if calendar is None:
        yield Paragraph(say("hours.always", zone=Text(revision.zone)))
        return
    yield Paragraph(say("hours.calendar", calendar=Text(calendar.id), zone=Text(revision.zone)))
    rows: list[tuple[str | Cell, Cell]] = [
        (f"weekday.{day}", spans_of(spans)) for day, spans in enumerate(calendar.hours)
    ]
    yield pairs(f"hours-{revision.number}", rows, name)
    start, end = ground.part.within(ground.figure.period.start, ground.figure.period.end)
    first, last = (
        date_at(revision.zone, start),
        date_at(revision.zone, end - 1) if start < end else date_at(revision.zone, start),
    )
    free = [] if calendar.holidays is None else list(calendar.holidays(first, last))
    special: list[Row] = [(Day(day), spans_of(spans)) for day, spans in calendar.dates.items() if first <= day <= last]
    special += [(Day(day), say("hours.holiday")) for day in free if day not in calendar.dates]
    special += [(Day(day), say("hours.closed")) for day in calendar.closed if first <= day <= last]
    if special:
        columns = (Column("column.day"), Column("column.hours"))
        ordered = tuple(sorted(special, key=lambda row: row[0].day if isinstance(row[0], Day) else first))
        yield Table(f"dates-{revision.number}", columns, ordered, title=say("table.dates"))


def spans_of(spans: tuple[tuple[int, int], ...]) -> Cell:
    """Stretches of a day, as 08:00–18:00."""
    if not spans:
        return say("hours.none")
    return Many(tuple(Text(f"{clock(opens)}–{clock(closes)}") for opens, closes in spans))


def clock(minutes: int) -> str:
    """Minutes of a day as the clock shows them."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


# -- maintenance


def maintenance(grounds: Grounds) -> Section:
    """Windows of the period, announced in time or not, with what of each was taken out; and those to come."""
    columns = (
        Column("column.begin"), Column("column.end"), Column("column.summary", wide=True), Column("column.announced"),
        Column("column.counted_window", right=True), Column("column.remark", wide=True),
    )  # fmt: skip
    held = [row for ground in _terms(grounds) for row in held_rows(ground)]
    coming = [row for ground in _terms(grounds)[-1:] for row in _coming(ground)]
    blocks: list[Block] = [Paragraph(say("maintenance.some" if held else "maintenance.none", n=Count(len(held))))]
    blocks += _limits(grounds)
    if held:
        blocks.append(Table("maintenance", columns, tuple(held)))
    if coming:
        without = tuple(Column(c.key, c.right, c.wide) for c in columns if c.key != "column.counted_window")
        blocks.append(Table("coming", without, tuple(coming), title=say("table.coming")))
    return Section("maintenance", say("section.maintenance"), tuple(blocks))


def _limits(grounds: Grounds) -> Iterator[Block]:
    rules = _terms(grounds)[-1].revision.rules
    if rules.notice_ms is not None:
        yield Paragraph(say("maintenance.notice", notice=Duration(rules.notice_ms)))
    if rules.maintenance_max_ms is not None:
        yield Paragraph(say("maintenance.limit", limit=Duration(rules.maintenance_max_ms)))


def windows(revision: Revision, start: int, end: int) -> Iterator[tuple[Span, OneOff | Recurring, bool]]:
    """The windows that reach into [start, end): whole, what it is of, and whether it was announced in time."""
    low, high = start - 86_400_000 * 8, end + 86_400_000 * 8
    for entry in revision.maintenance:
        if isinstance(entry, OneOff):
            spans = [Span(entry.start, entry.end)]
            counts = bool(planned(replace(revision, maintenance=(entry,)), entry.start, entry.end))
        else:
            spans = planned(replace(revision, maintenance=(entry,)), low, high)
            counts = True
        for span in spans:
            if span.start < end and start < span.end:
                yield span, entry, counts


def held_rows(ground: Ground) -> Iterator[Row]:
    """The windows that were planned in the period, with what of each was taken out."""
    revision, period = ground.revision, ground.figure.period
    start, end = ground.part.within(period.start, period.end)
    if start >= end:
        return
    serving = in_service(revision, period.start, period.end)
    kept = maintained(revision, period, serving) if period.kind is revision.period else _kept(ground)
    seen: list[Span] = []
    for span, entry, counts in sorted(windows(revision, start, end), key=lambda found: found[0]):
        mine = common(kept, [span]) if counts else []
        ms = sum(s.end - s.start for s in mine) - sum(s.end - s.start for s in common(mine, seen))
        seen = sorted([*seen, *mine])
        whole = sum(s.end - s.start for s in clipped(serving, max(span.start, start), min(span.end, end)))
        yield (Instant(span.start), Instant(span.end), Text(entry.summary), announced(entry), exact(ms),
               _remark(counts, ms, whole))  # fmt: skip


def _kept(ground: Ground) -> list[Span]:
    """What maintenance counts in a span that is no agreed period: the limit holds by agreed period."""
    revision, span = ground.revision, ground.figure.period
    found: list[Span] = []
    period = period_of(revision.period, revision.zone, span.start)
    while period.start < span.end:
        serving = in_service(revision, period.start, period.end)
        found += clipped(maintained(revision, period, serving), span.start, span.end)
        period = next_period(period, revision.zone)
    return found


def announced(entry: OneOff | Recurring) -> Cell:
    """When a window was announced."""
    if isinstance(entry, Recurring):
        return say("maintenance.with_agreement")
    return NOTHING if entry.announced is None else Instant(entry.announced)


def _remark(counts: bool, ms: int, whole: int) -> Cell:
    if not counts:
        return say("maintenance.too_late")
    if ms < whole:
        return say("maintenance.beyond", time=Duration(whole - ms))
    return say("maintenance.in_time") if whole else say("maintenance.outside")


def _coming(ground: Ground) -> Iterator[Row]:
    revision, end = ground.revision, ground.figure.period.end
    for span, entry, counts in sorted(windows(revision, end, end + _COMING_MS), key=lambda found: found[0]):
        if span.start >= end:
            remark = say("maintenance.in_time" if counts else "maintenance.too_late")
            yield (Instant(span.start), Instant(span.end), Text(entry.summary), announced(entry), remark)


# -- corrections


def corrections(grounds: Grounds) -> Section:
    """Those in force, by cause, with what each changes; and the figures without them."""
    rows = sorted(correction_rows(grounds), key=lambda pair: pair[0])
    if not rows:
        return Section("corrections", say("section.corrections"), (Paragraph(say("corrections.none")),))
    columns = (
        Column("column.cause"), Column("column.service"), Column("column.kind"), Column("column.begin"),
        Column("column.end"), Column("column.changes", right=True), Column("column.reason", wide=True),
        Column("column.author", wide=True), Column("column.entered"), Column("column.ticket"),
    )  # fmt: skip
    both = (
        Column("column.service"), Column("column.availability", right=True),
        Column("column.uncorrected", right=True), Column("column.downtime", right=True),
        Column("column.uncorrected_downtime", right=True),
    )  # fmt: skip
    figures = tuple(
        (label(grounds, g), ratio(g.figure.availability), ratio_of(g.told["availability_uncorrected"]),
         exact(g.figure.downtime_ms), exact(g.told["downtime_uncorrected_ms"]))
        for g in grounds.parts
    )  # fmt: skip
    blocks = (
        Paragraph(say("corrections.some")),
        Table("corrections", columns, tuple(row for _, row in rows)),
        Table("uncorrected", both, figures, title=say("table.uncorrected")),
    )
    return Section("corrections", say("section.corrections"), blocks)


def correction_rows(grounds: Grounds) -> Iterator[tuple[tuple[str, int], Row]]:
    """The corrections in force, each with what it is sorted by: its cause and its begin."""
    for ground in grounds.parts:
        for correction, told in zip(ground.figure.corrections, ground.told["corrections"], strict=True):
            kind = CorrectionKind(correction.kind)
            yield (
                (correction.cause.value, correction.start),
                (
                    say(f"cause.{correction.cause.value}"),
                    label(grounds, ground),
                    say(f"correction.{kind.value}"),
                    Instant(correction.start),
                    Instant(correction.end),
                    exact(told["changed_ms"]),
                    Text(correction.reason),
                    Text(correction.author),
                    Instant(correction.entered),
                    Text(correction.ticket) if correction.ticket else NOTHING,
                ),
            )


# -- credits


def credits_(grounds: Grounds) -> Section:
    """What is due, and by which tier."""
    tiers = [
        (g, tier) for g in _terms(grounds) for tier in sorted(g.revision.credits, key=lambda t: t.below, reverse=True)
    ]
    if not tiers:
        return Section("credits", say("section.credits"), (Paragraph(say("credits.none")),))
    due = [ground for ground in grounds.parts if ground.figure.credit is not None]
    blocks: list[Block] = []
    for ground in due:
        assert ground.figure.credit is not None
        blocks.append(
            Paragraph(say("credits.due", service=label(grounds, ground), credit=agreed(ground.figure.credit),
                          availability=ratio(ground.figure.availability)))
        )  # fmt: skip
    if len(due) > 1:
        highest = max(ground.figure.credit for ground in due if ground.figure.credit is not None)
        blocks.append(Paragraph(say("credits.highest", credit=agreed(highest))))
    if not due:
        over = grounds.now >= grounds.period.end
        blocks.append(Paragraph(say("credits.not_due" if over else "credits.later")))
    columns = (
        Column("column.revision", right=True),
        Column("column.below", right=True),
        Column("column.credit", right=True),
    )
    rows = tuple((Count(g.figure.revision), agreed(tier.below), agreed(tier.credit)) for g, tier in tiers)
    blocks.append(Table("credits", columns, rows, title=say("table.credits")))
    return Section("credits", say("section.credits"), tuple(blocks))
