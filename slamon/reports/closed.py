"""What a report says of a period that was closed: who froze which figures when, what was said of them, what differs."""

from collections.abc import Iterator, Sequence

from slamon.accounting import Figure
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Instant,
    Paragraph,
    Said,
    Section,
    Table,
    Text,
    Verdict,
    say,
)
from slamon.reports.frozen import Closed
from slamon.reports.parts import ratio, up


def state(closed: Closed) -> list[Said]:
    """In sentences, for the first page."""
    first, newest = closed.frozen[0], closed.newest
    told = [say("frozen.by", author=Text(first.author), at=Instant(first.at), known=Instant(first.known_at))]
    if newest is not first:
        told.append(
            say(
                "frozen.restated",
                number=Count(newest.number),
                author=Text(newest.author),
                at=Instant(newest.at),
                reason=Text(newest.reason or ""),
            )
        )
    if closed.opinion is not None:
        opinion = closed.opinion
        key = "frozen.approved" if opinion.approves else "frozen.disputed"
        told.append(say(key, author=Text(opinion.author), at=Instant(opinion.at)))
        if opinion.text.strip():
            told.append(say("frozen.text", text=Text(opinion.text)))
    if closed.changed():
        told.append(say("frozen.differs"))
    if closed.unlike is not None:
        told.append(say("frozen.unlike"))
    return told


def section(closed: Closed, names: Sequence[tuple[str, str]]) -> Section:
    """The closing and each restatement beside each other, and what the figures would be now. `names`: of services."""
    columns = (
        Column("column.what"), Column("column.entered"), Column("column.author", wide=True), Column("column.service"),
        Column("column.availability", right=True), Column("column.downtime", right=True),
        Column("column.outages", right=True), Column("column.verdict"), Column("column.reason", wide=True),
    )  # fmt: skip
    rows = tuple(_rows(closed, dict(names)))
    blocks: tuple[Block, ...] = (
        *(Paragraph(said) for said in state(closed)),
        Table("closing", columns, rows),
    )
    return Section("closing", say("section.frozen"), blocks)


def _rows(closed: Closed, names: dict[str, str]) -> Iterator[tuple[Cell, ...]]:
    for frozen in closed.frozen:
        what = say("frozen.closing") if not frozen.number else say("frozen.restatement", number=Count(frozen.number))
        for figure in frozen.figures:
            yield (
                what,
                Instant(frozen.at),
                Text(frozen.author),
                *_figure(figure, names),
                Text(frozen.reason) if frozen.reason else NOTHING,
            )
    for _, new in closed.changed():
        yield (say("frozen.now"), Instant(new.at), NOTHING, *_figure(new, names), NOTHING)


def _figure(figure: Figure, names: dict[str, str]) -> tuple[Cell, ...]:
    return (
        Text(names.get(figure.service, figure.service)),
        ratio(figure.availability),
        up(figure.downtime_ms),
        Count(figure.outage_count),
        Verdict(figure.verdict),
    )
