"""What was changed: maintenance held and coming, what is measured, corrections, closed periods and restatements."""

from collections.abc import Iterable, Iterator

from slamon.accounting.calendar import validity
from slamon.reports.agreed import announced, correction_rows, held_rows, windows
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Duration,
    Instant,
    Paragraph,
    PeriodName,
    Said,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.parts import ratio_of
from slamon.reports.review.happened import shortened
from slamon.reports.review.material import Closed, Frozen, Material

Row = tuple[Cell, ...]


# -- maintenance, and what is measured


def changes(material: Material) -> Section:
    """Maintenance that was held and that is coming, and checks that came or went."""
    blocks: list[Block] = [*_held(material), *_coming(material), *_measured(material)]
    return Section("changes", say("section.changes"), tuple(blocks))


def _held(material: Material) -> Iterator[Block]:
    rows = [
        (Text(bound.id), *row)
        for bound in material.agreements
        for ground in {g.figure.revision: g for g in bound.grounds.parts}.values()
        for row in held_rows(ground)
    ]
    yield Paragraph(say("maintenance.some" if rows else "maintenance.none", n=Count(len(rows))))
    if rows:
        columns = (
            Column("column.agreement"), Column("column.begin"), Column("column.end"),
            Column("column.summary", wide=True), Column("column.announced"),
            Column("column.counted_window", right=True), Column("column.remark", wide=True),
        )  # fmt: skip
        yield Table("maintenance", columns, tuple(rows), title=say("table.held"))


def _coming(material: Material) -> Iterator[Block]:
    """Windows that begin from now on, under the terms that will be in force then."""
    rows = sorted(_coming_rows(material), key=lambda row: row[0])
    ahead = Count(material.ahead)
    yield Paragraph(say("coming.some" if rows else "coming.none", n=Count(len(rows)), ahead=ahead))
    if rows:
        columns = (
            Column("column.agreement"), Column("column.begin"), Column("column.end"),
            Column("column.summary", wide=True), Column("column.announced"), Column("column.remark", wide=True),
        )  # fmt: skip
        yield Table("coming", columns, tuple(row for _, row in rows), title=say("table.coming"))


def _coming_rows(material: Material) -> Iterator[tuple[tuple[int, str], Row]]:
    for terms in _agreements(material):
        for revision in material.figures.book.agreements[terms].revisions:
            span = validity(revision, material.now, material.horizon)
            if span is None:
                continue
            for window, entry, counts in windows(revision, span.start, span.end):
                if material.now <= window.start:
                    remark = say("maintenance.in_time" if counts else "maintenance.too_late")
                    row = (Text(terms), Instant(window.start), Instant(window.end), Text(entry.summary))
                    yield (window.start, terms), (*row, announced(entry), remark)


def _agreements(material: Material) -> list[str]:
    return [*(bound.id for bound in material.agreements), *(name for name, _ in material.missing)]


def _measured(material: Material) -> Iterator[Block]:
    """Checks that joined or left the services in the period, as the ledger saw it."""
    services = {s for name in _agreements(material) for s in material.figures.book.agreements[name].services}
    start, end = material.period.start, material.period.end
    rows = sorted(
        (at, check, stint.service, key)
        for check, stints in material.figures.stints.items()
        for stint in stints
        for at, key in ((stint.since, "check.joined"), (stint.until, "check.left"))
        if stint.service in services and at is not None and start <= at < end
    )
    if not rows:
        yield Paragraph(say("measured.same"))
        return
    columns = (Column("column.at"), Column("column.service"), Column("column.check"), Column("column.change"))
    told = tuple((Instant(at), material.service_name(s), Text(check), say(key)) for at, check, s, key in rows)
    yield Table("measured", columns, told, title=say("table.measured"))


# -- corrections


def corrections(material: Material) -> Section:
    """Those in force in the period, by cause, with what each changes."""
    found = (((key, bound.id), row) for bound in material.agreements for key, row in correction_rows(bound.grounds))
    rows = sorted(found, key=lambda pair: pair[0])
    if not rows:
        return Section("corrections", say("section.corrections"), (Paragraph(say("corrections.none")),))
    columns = (
        Column("column.agreement"), Column("column.cause"), Column("column.service"), Column("column.kind"),
        Column("column.begin"), Column("column.end"), Column("column.changes", right=True),
        Column("column.reason", wide=True), Column("column.author"), Column("column.entered"), Column("column.ticket"),
    )  # fmt: skip
    blocks = (
        Paragraph(say("corrections.some")),
        Table("corrections", columns, tuple((Text(name), *row) for (_, name), row in rows)),
    )
    return Section("corrections", say("section.corrections"), blocks)


# -- closed periods


def closed(material: Material) -> Section:
    """The periods that are closed, with what each restatement changed; where what is known now differs."""
    section = say("section.closed")
    if not material.closed:
        return Section("closed", section, (Paragraph(say("closed.none")),))
    columns = (
        Column("column.agreement"), Column("column.period"), Column("column.state"), Column("column.frozen"),
        Column("column.service"), Column("column.availability", right=True),
        Column("column.downtime", right=True), Column("column.author"), Column("column.entered"),
        Column("column.reason", wide=True),
    )  # fmt: skip
    rows = tuple(row for one in material.closed for row in _closed_rows(material, one))
    blocks: list[Block] = [Table("closed", columns, rows)]
    blocks += [Paragraph(found) for found in _disputes(material)]
    blocks += _differing(material)
    return Section("closed", section, tuple(blocks))


def _name(one: Closed) -> PeriodName:
    return PeriodName(one.period.name, one.period.kind)


def _closed_rows(material: Material, one: Closed) -> Iterator[Row]:
    for frozen in one.frozen:
        number = say("closed.restatement", number=Count(frozen.number)) if frozen.number else say("closed.closing")
        for figure in frozen.figures:
            yield (
                Text(one.agreement), _name(one), say(f"closed.{one.state}"), number,
                material.service_name(figure["service"]), ratio_of(figure["availability"]),
                Duration(figure["downtime_ms"]), Text(frozen.author), Instant(frozen.entered),
                shortened(frozen.reason) if frozen.reason else NOTHING,
            )  # fmt: skip


def _disputes(material: Material) -> Iterator[Said]:
    for one in material.closed:
        if one.state == "disputed":
            yield say("closed.said", agreement=Text(one.agreement), period=_name(one), text=shortened(one.said))


def differing(material: Material) -> list[Closed]:
    """The closed periods whose newest frozen downtime is not what is known now: a restatement is due."""
    return [one for one in material.closed if _differs(material, one)]


def _differs(material: Material, one: Closed) -> bool:
    bound = next((b for b in material.agreements if b.id == one.agreement), None)
    if bound is None or not one.frozen:
        return False
    now = material.figures.book
    services = now.agreements[one.agreement].services
    known = [f for s in services for f in now.figures(one.agreement, s, one.period, material.now)]
    return _sums(one.frozen[-1]) != sorted((f.service, f.downtime_ms, f.known_ms) for f in known)


def _sums(frozen: Frozen) -> list[tuple[str, int, int]]:
    return sorted((f["service"], f["downtime_ms"], f["known_ms"]) for f in frozen.figures)


def _differing(material: Material) -> Iterable[Block]:
    return [Paragraph(say("closed.differs", agreement=Text(o.agreement), period=_name(o))) for o in differing(material)]
