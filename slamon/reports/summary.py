"""The head of a report, and what a manager understands in ten seconds."""

from collections.abc import Iterator

from slamon.accounting import AgreementVerdict, Figure
from slamon.reports.closed import state
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Instant,
    Many,
    Paragraph,
    PeriodName,
    Said,
    Section,
    Table,
    Text,
    Trend,
    TrendPoint,
    Verdict,
    say,
)
from slamon.reports.grounds import Ground, Grounds
from slamon.reports.parts import agreed, difference, down, label, pairs, ratio, up, used, why_none, worst


def summary(grounds: Grounds) -> Section:
    """Met or not, by how much, and the last twelve periods."""
    blocks: list[Block] = [Paragraph(_overall(grounds)), *(Paragraph(said) for said in _state(grounds))]
    blocks += [Paragraph(sentence(grounds, ground)) for ground in grounds.parts]
    blocks.append(_table(grounds))
    blocks += [picture(grounds, service) for service in dict.fromkeys(g.figure.service for g in grounds.parts)]
    blocks += _change(grounds)
    blocks.append(Paragraph(say("accounting.by_time")))
    return Section("summary", say("section.summary"), tuple(blocks))


def head(grounds: Grounds) -> Section:
    """Whose report it is, and on what."""
    model = grounds.catalogue.agreements[grounds.agreement]
    customer = grounds.catalogue.customers[model.customer]
    names = tuple(Text(grounds.service_name(s)) for s in dict.fromkeys(g.figure.service for g in grounds.parts))
    revisions = tuple(Count(n) for n in dict.fromkeys(g.figure.revision for g in grounds.parts))
    period = grounds.period
    rows: list[tuple[str | Cell, Cell]] = [
        ("head.customer", Text(customer.name)),
        ("head.kind", say(f"kind.{customer.kind.value}")),
        ("head.agreement", Text(grounds.agreement)),
        ("head.revision", Many(revisions)),
        ("head.services", Many(names)),
        ("head.period", PeriodName(period.name, period.kind)),
        ("head.from", Instant(period.start)),
        ("head.to", Instant(period.end)),
        *_in_force(grounds),
        ("head.zone", Text(grounds.zone)),
        ("head.known_at", Instant(grounds.now if grounds.closed is None else grounds.closed.newest.known_at)),
        ("head.state", say(f"state.{_word(grounds)}")),
    ]
    return Section("head", say("section.head"), (pairs("head", rows),))


def _word(grounds: Grounds) -> str:
    if grounds.closed is None:
        return "open" if grounds.now >= grounds.period.end else "going_on"
    opinion = grounds.closed.opinion
    if opinion is None:
        return "closed"
    return "approved" if opinion.approves else "disputed"


def _in_force(grounds: Grounds) -> Iterator[tuple[str | Cell, Cell]]:
    """From when and until when the agreement held, where that was not all of the period."""
    period = grounds.period
    spans = [ground.part.within(period.start, period.end) for ground in grounds.parts]
    start, end = min(start for start, _ in spans), max(end for _, end in spans)
    if start > period.start:
        yield "head.in_force_from", Instant(start)
    if end < period.end:
        yield "head.in_force_until", Instant(end)


def trend(grounds: Grounds) -> Section:
    """The last twelve periods, service by service."""
    columns = (
        Column("column.period"), Column("column.service"), Column("column.target", right=True),
        Column("column.availability", right=True), Column("column.verdict"), Column("column.downtime", right=True),
        Column("column.outages", right=True), Column("column.coverage", right=True),
    )  # fmt: skip
    rows = tuple(_trend_row(grounds, figure) for _, figures in grounds.trend for figure in figures)
    note = (Paragraph(say("trend.note")),)
    return Section("trend", say("section.trend"), (Table("trend", columns, rows), *note))


def _trend_row(grounds: Grounds, figure: Figure) -> tuple[Cell, ...]:
    seen = figure.availability is not None
    return (
        PeriodName(figure.period.name, figure.period.kind),
        Text(grounds.service_name(figure.service)),
        agreed(figure.target),
        ratio(figure.availability),
        Verdict(figure.verdict),
        up(figure.downtime_ms) if seen else NOTHING,
        Count(figure.outage_count) if seen else NOTHING,
        ratio(figure.coverage, 2),
    )


def picture(grounds: Grounds, service: str) -> Trend:
    """The last periods of a service as columns."""
    points = tuple(
        TrendPoint(PeriodName(p.name, p.kind), figure.availability, figure.target, figure.verdict)
        for p, figures in grounds.trend
        for figure in figures
        if figure.service == service
    )
    return Trend(say("picture.trend", service=Text(grounds.service_name(service))), points)


def _overall(grounds: Grounds) -> Said:
    verdict = worst(ground.figure for ground in grounds.parts)
    period = PeriodName(grounds.period.name, grounds.period.kind)
    return say(f"overall.{verdict.value}", period=period, at=Instant(grounds.now))


def sentence(grounds: Grounds, ground: Ground) -> Said:
    """A figure in a line."""
    figure = ground.figure
    service = label(grounds, ground)
    why = why_none(figure)
    if why is not None:
        return say("sentence.none", service=service, why=why)
    key = (
        "sentence.below"
        if figure.availability is not None and figure.availability < figure.target
        else "sentence.above"
    )
    return say(
        key,
        service=service,
        availability=ratio(figure.availability),
        target=agreed(figure.target),
        difference=difference(figure, signed=False),
        downtime=up(figure.downtime_ms),
        allowed=down(figure.budget_ms),
        coverage=ratio(figure.coverage, 2),
    )


def _table(grounds: Grounds) -> Table:
    columns = (
        Column("column.service"), Column("column.verdict"), Column("column.target", right=True),
        Column("column.availability", right=True), Column("column.difference", right=True),
        Column("column.downtime", right=True), Column("column.budget", right=True), Column("column.used", right=True),
        Column("column.outages", right=True), Column("column.coverage", right=True),
        Column("column.credit", right=True),
    )  # fmt: skip
    return Table("summary", columns, tuple(_row(grounds, ground) for ground in grounds.parts))


def _row(grounds: Grounds, ground: Ground) -> tuple[Cell, ...]:
    figure = ground.figure
    return (
        label(grounds, ground),
        Verdict(figure.verdict),
        agreed(figure.target),
        ratio(figure.availability),
        difference(figure),
        up(figure.downtime_ms),
        down(figure.budget_ms),
        used(figure),
        Count(figure.outage_count),
        ratio(figure.coverage, 2),
        NOTHING if figure.credit is None else agreed(figure.credit),
    )


def _change(grounds: Grounds) -> Iterator[Block]:
    """Against the period before, where that has a figure under the same revision or an older one."""
    if len(grounds.trend) < 2 or grounds.trend[-1][0] != grounds.period:
        return
    before = {figure.service: figure for figure in grounds.trend[-2][1]}
    for ground in grounds.parts:
        old, new = before.get(ground.figure.service), ground.figure
        if old is None or old.availability is None or new.availability is None:
            continue
        yield Paragraph(
            say(
                "change",
                service=label(grounds, ground),
                period=PeriodName(old.period.name, old.period.kind),
                before=ratio(old.availability),
                downtime=up(old.downtime_ms),
                outages=say("outages", n=Count(old.outage_count)),
            )
        )


def _state(grounds: Grounds) -> list[Said]:
    """Whether the figures are provisional or closed, on the first page."""
    if grounds.closed is not None:
        return state(grounds.closed)
    over = grounds.now >= grounds.period.end
    return [say("state.provisional" if over else "state.running", at=Instant(grounds.now))]


def verdict_of(grounds: Grounds) -> AgreementVerdict:
    """The agreement's verdict."""
    return worst(ground.figure for ground in grounds.parts)
