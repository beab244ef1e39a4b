"""Every outage: when, what of it was counted, what was not and why, what failed, and what was seen around it."""

from collections.abc import Iterator

from slamon.accounting import Outage
from slamon.reports.causes import Failed, failed, roots, uncounted
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
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
from slamon.reports.parts import exact, label, up
from slamon.reports.stretches import Was, corrected, stretches

Row = tuple[Cell, ...]


def outages(grounds: Grounds) -> Section:
    """The outages that count, those that do not, and the dependencies that caused them."""
    numbered = [(ground, place, outage) for ground in grounds.parts for place, outage in _numbered(ground)]
    blocks: list[Block] = [Paragraph(say("outages.none" if not numbered else "outages.some", n=Count(len(numbered))))]
    if numbered:
        blocks.append(_counted(grounds, numbered))
        blocks.append(Paragraph(say("outages.evidence")))
        blocks.append(_evidence(grounds, numbered))
    if grounds.whole:
        blocks += _not_counted(grounds)
        blocks += _dependencies(grounds, numbered)
    return Section("outages", say("section.outages"), tuple(blocks))


def _numbered(ground: Ground) -> Iterator[tuple[int, Outage]]:
    yield from enumerate(ground.figure.outages, 1)


Numbered = list[tuple[Ground, int, Outage]]


def _counted(grounds: Grounds, numbered: Numbered) -> Table:
    """What was not counted and what failed is told where the facts still give the figures; causes where some are."""
    causes = [_causes(ground, o.start, o.end) for ground, _, o in numbered]
    columns = [
        Column("column.service"), Column("column.number", right=True), Column("column.begin"),
        Column("column.end"), Column("column.length", right=True), Column("column.counted", right=True),
    ]  # fmt: skip
    rows: list[Row] = [
        (label(grounds, ground), Count(place), Instant(o.start), ending(o), exact(o.end - o.start),
         exact(o.counted_ms))
        for ground, place, o in numbered
    ]  # fmt: skip
    if grounds.whole:
        columns += [Column("column.left_out", wide=True), Column("column.failed", wide=True)]
        more = [(_left_out(g, o.start, o.end), what_failed(failed(g, o.start, o.end))) for g, _, o in numbered]
        rows = [(*row, *cells) for row, cells in zip(rows, more, strict=True)]
    if any(cause is not NOTHING for cause in causes):
        columns.append(Column("column.corrected", wide=True))
        rows = [(*row, cause) for row, cause in zip(rows, causes, strict=True)]
    return Table("outages", tuple(columns), tuple(rows))


def _causes(ground: Ground, start: int, end: int) -> Cell:
    """The corrections that say something of an outage: cause and ticket."""
    found = tuple(
        say("outage.cause", cause=say(f"cause.{c.cause.value}"))
        if not c.ticket
        else say("outage.ticket", cause=say(f"cause.{c.cause.value}"), ticket=Text(c.ticket))
        for c in ground.figure.corrections
        if c.start < end and start < c.end
    )
    return Many(found) if found else NOTHING


def ending(outage: Outage) -> Cell:
    """When it ended, or that it goes on."""
    return Many((Instant(outage.end), say("outages.open"))) if outage.open else Instant(outage.end)


def _left_out(ground: Ground, start: int, end: int) -> Cell:
    """What of [start, end) was not counted, and why."""
    sums = dict.fromkeys(Was, 0)
    for stretch in stretches(ground, start, end):
        sums[stretch.was] += stretch.ms
    said = corrected(ground, start, end)
    told = [
        ("left.out", sums[Was.OUT]),
        ("left.maintenance", sums[Was.EXCLUDED] - said),
        ("left.correction", said),
        ("left.unknown", sums[Was.UNKNOWN]),
        ("left.up", sums[Was.UP] + sums[Was.DEGRADED]),
    ]
    cells = tuple(say(key, time=Duration(ms)) for key, ms in told if ms)
    return Many(cells) if cells else NOTHING


def what_failed(found: list[Failed]) -> Cell:
    """The checks that failed, with their reasons."""
    cells = tuple(
        say(
            "failed.check" if told.reason is None else "failed.reason",
            check=Text(told.check),
            reason=Text(told.reason or ""),
            n=Count(told.observations),
        )
        for told in found
    )
    return Many(cells) if cells else say("failed.none")


def _evidence(grounds: Grounds, numbered: Numbered) -> Table:
    columns = (
        Column("column.service"), Column("column.number", right=True), Column("column.last_good"),
        Column("column.first_failed"), Column("column.last_failed"), Column("column.first_good"),
    )  # fmt: skip
    rows = tuple((label(grounds, ground), Count(place), *_four(ground, place)) for ground, place, _ in numbered)
    return Table("evidence", columns, rows)


_FOUR = ("last_good_before_ms", "first_failed_ms", "last_failed_ms", "first_good_after_ms")


def _four(ground: Ground, place: int) -> Iterator[Cell]:
    told = ground.told["outage_evidence"][place - 1] or {}
    for key in _FOUR:
        ms = told.get(key)
        yield NOTHING if ms is None else Instant(ms)


def _not_counted(grounds: Grounds) -> Iterator[Block]:
    rows = tuple(
        (label(grounds, ground), Instant(span.start), Instant(span.end), exact(span.end - span.start),
         _left_out(ground, span.start, span.end), what_failed(failed(ground, span.start, span.end)),
         _causes(ground, span.start, span.end))
        for ground in grounds.parts
        for span in uncounted(ground)
    )  # fmt: skip
    if rows:
        columns = (
            Column("column.service"), Column("column.begin"), Column("column.end"),
            Column("column.length", right=True), Column("column.left_out", wide=True),
            Column("column.failed", wide=True), Column("column.corrected", wide=True),
        )  # fmt: skip
        yield Paragraph(say("outages.uncounted", n=Count(len(rows))))
        yield Table("uncounted", columns, rows, title=say("table.uncounted"))


def _dependencies(grounds: Grounds, numbered: Numbered) -> Iterator[Block]:
    """The services that outages began in, other than the service itself."""
    found: dict[tuple[int, str], list[tuple[int, Outage]]] = {}
    for ground, place, outage in numbered:
        for root in roots(ground, outage.start):
            if root != ground.figure.service:
                found.setdefault((grounds.parts.index(ground), root), []).append((place, outage))
    depends = any(ground.part.account.track.groups for ground in grounds.parts)
    if not found:
        if depends:
            yield Paragraph(say("dependencies.none"))
        return
    rows = tuple(
        (label(grounds, grounds.parts[place]), Text(grounds.service_name(root)), Count(len(caused)),
         up(sum(o.counted_ms for _, o in caused)), Many(tuple(Count(number) for number, _ in caused)))
        for (place, root), caused in found.items()
    )  # fmt: skip
    columns = (
        Column("column.service"), Column("column.dependency"),
        Column("column.outages", right=True),
        Column("column.counted", right=True), Column("column.numbers", wide=True),
    )  # fmt: skip
    yield Paragraph(say("dependencies.some"))
    yield Table("dependencies", columns, rows, title=say("table.dependencies"))
