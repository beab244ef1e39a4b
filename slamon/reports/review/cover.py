"""What a manager understands in ten seconds: met or not, by how much, and what waits."""

from collections.abc import Iterator
from fractions import Fraction

from slamon.accounting import WORST_FIRST, AgreementVerdict, Figure
from slamon.desk import ComplaintState
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
    Verdict,
    say,
)
from slamon.reports.parts import agreed, difference, label, pairs, ratio, up, used, why_none, worst
from slamon.reports.review.felt import felt_in, unseen
from slamon.reports.review.material import Bound, Material, Periods
from slamon.reports.summary import picture, sentence

Row = tuple[Cell, ...]
_SURE = (AgreementVerdict.MET, AgreementVerdict.BREACHED)
_PICTURES = 4
"""So many trends stand on the cover; the others under the agreements."""


def cover(material: Material) -> Section:
    """One page: the sentence, what waits, each agreement in a line, the trends."""
    blocks: list[Block] = [Paragraph(_overall(material)), pairs("facts", _facts(material))]
    blocks += [_table(material)]
    blocks += _pictures(material)[:_PICTURES]
    blocks += [Paragraph(_state(material))]
    return Section("summary", say("section.summary"), tuple(blocks))


def agreements(material: Material) -> Section:
    """Each figure in a sentence, why there is none, the trends that the cover has no room for."""
    blocks: list[Block] = []
    for bound in material.agreements:
        for ground in bound.grounds.parts:
            told = sentence(bound.grounds, ground)
            blocks.append(Paragraph(say("review.of", agreement=Text(bound.id), told=told)))
    blocks += [Paragraph(say("review.missing", agreement=Text(name), why=why)) for name, why in material.missing]
    blocks += _pictures(material)[_PICTURES:]
    blocks += [_trend(material), Paragraph(say("accounting.by_time"))]
    return Section("agreements", say("section.agreements"), tuple(blocks), fresh=True)


# -- verdicts


def verdicts(bound: Bound) -> list[AgreementVerdict]:
    """An agreement's verdict on each of its own periods that was reviewed."""
    return [worst(figures) for _, figures in bound.own]


def verdict_of(bound: Bound) -> AgreementVerdict:
    """The worst of its own periods."""
    return _worst(verdicts(bound))


def _worst(found: list[AgreementVerdict]) -> AgreementVerdict:
    return next((v for v in WORST_FIRST if v in found), AgreementVerdict.NOT_IN_SERVICE)


def judged(material: Material) -> list[AgreementVerdict]:
    """The verdict of every agreement; of those of which nothing can be told, none."""
    missing = [AgreementVerdict.NO_DATA for _ in material.missing]
    return [*(verdict_of(bound) for bound in material.agreements), *missing]


def overall(material: Material) -> AgreementVerdict:
    """The worst of all agreements."""
    return _worst(judged(material))


def _overall(material: Material) -> Said:
    """How many were met. What is still running, or has no verdict, is not claimed."""
    found = judged(material)
    missed = [Text(b.id) for b in material.agreements if verdict_of(b) is AgreementVerdict.BREACHED]
    total, met = Count(len(found)), Count(found.count(AgreementVerdict.MET))
    period = material.period_name
    if missed:
        return say("review.missed", period=period, n=Count(len(missed)), total=total, names=Many(tuple(missed)))
    if all(verdict is AgreementVerdict.MET for verdict in found):
        return say("review.one_met" if len(found) == 1 else "review.all_met", period=period, n=total)
    return say("review.some_met", period=period, n=met, total=total)


# -- what waits


def _facts(material: Material) -> Iterator[tuple[str | Cell, Cell]]:
    parts = [ground for bound in material.agreements for ground in bound.grounds.parts]
    found = judged(material)
    yield "facts.met", say("facts.of", count=Count(found.count(AgreementVerdict.MET)), total=Count(len(found)))
    services = {ground.figure.service for ground in parts}
    yield "facts.services", Count(len(services))
    longest = max((ground.figure for ground in parts), key=lambda f: f.longest_ms)
    yield "facts.longest", up(longest.longest_ms) if longest.outage_count else NOTHING
    complaints = material.felt()
    waiting = [one for one in complaints if one.state is not ComplaintState.SOLVED]
    ours = Count(len(unseen(material)))
    yield (
        "facts.complaints",
        say("facts.complaints_of", total=Count(len(complaints)), count=Count(len(waiting)), unseen=ours),
    )
    yield "facts.satisfaction", felt_in(material)
    opened, overdue = material.open_actions(), material.overdue()
    yield "facts.actions", say("facts.actions_of", total=Count(len(opened)), count=Count(len(overdue)))
    yield "facts.credits", _credits(material)


def _credits(material: Material) -> Cell:
    """Each agreement's credits of its own periods: the highest of each."""
    due = [
        say(
            "facts.credit", period=PeriodName(period.name, period.kind), agreement=Text(bound.id), credit=agreed(credit)
        )
        for bound in material.agreements
        for period, figures in bound.own
        if (credit := _highest(figures)) is not None
    ]
    return Many(tuple(due)) if due else say("facts.none_due")


def _highest(figures: tuple[Figure, ...]) -> Fraction | None:
    return max((figure.credit for figure in figures if figure.credit is not None), default=None)


# -- tables


def _table(material: Material) -> Table:
    columns = (
        Column("column.agreement"), Column("column.service"), Column("column.verdict"),
        Column("column.met", right=True), Column("column.target", right=True),
        Column("column.availability", right=True), Column("column.difference", right=True),
        Column("column.downtime", right=True), Column("column.used", right=True),
        Column("column.outages", right=True), Column("column.coverage", right=True), Column("column.trend"),
    )  # fmt: skip
    rows = [_row(bound, place) for bound in material.agreements for place in range(len(bound.grounds.parts))]
    empty = (NOTHING,) * (len(columns) - 3)
    rows += [(Text(name), NOTHING, Verdict(AgreementVerdict.NO_DATA), *empty) for name, _ in material.missing]
    return Table("summary", columns, tuple(rows))


def _row(bound: Bound, place: int) -> Row:
    ground = bound.grounds.parts[place]
    figure = ground.figure
    own = _of(bound.own, figure)
    return (
        Text(bound.id),
        label(bound.grounds, ground),
        Verdict(_worst([f.verdict for f in own])),
        say("facts.of", count=Count(sum(f.verdict is AgreementVerdict.MET for f in own)), total=Count(len(own))),
        agreed(figure.target),
        ratio(figure.availability),
        difference(figure),
        up(figure.downtime_ms) if why_none(figure) is None else NOTHING,
        used(figure),
        Count(figure.outage_count),
        ratio(figure.coverage, 2),
        _trended(bound, figure),
    )


def _of(periods: Periods, figure: Figure) -> list[Figure]:
    """Those of the same service under the same revision."""
    return [
        f for _, several in periods for f in several if (f.service, f.revision) == (figure.service, figure.revision)
    ]


def _trended(bound: Bound, figure: Figure) -> Cell:
    """How many of the last periods kept their target, of those that have a verdict."""
    found = [f.verdict for _, several in bound.grounds.trend for f in several if f.service == figure.service]
    sure = [verdict for verdict in found if verdict in _SURE]
    if not sure:
        return NOTHING
    return say("facts.of", count=Count(sure.count(AgreementVerdict.MET)), total=Count(len(sure)))


def _trend(material: Material) -> Table:
    columns = (
        Column("column.agreement"), Column("column.period"), Column("column.service"),
        Column("column.target", right=True), Column("column.availability", right=True), Column("column.verdict"),
        Column("column.downtime", right=True), Column("column.outages", right=True),
        Column("column.coverage", right=True),
    )  # fmt: skip
    rows = tuple(
        figure_row(bound, figure)
        for bound in material.agreements
        for _, figures in bound.grounds.trend
        for figure in figures
        if figure.measured_ms
    )
    return Table("trend", columns, rows, title=say("section.trend"))


def figure_row(bound: Bound, figure: Figure, *, judged: bool = True) -> Row:
    """A period of a service in a line. `judged`: with its verdict, which only a period of the agreement's own has."""
    seen = figure.availability is not None
    return (
        Text(bound.id),
        PeriodName(figure.period.name, figure.period.kind),
        Text(bound.grounds.service_name(figure.service)),
        agreed(figure.target),
        ratio(figure.availability),
        Verdict(figure.verdict) if judged else NOTHING,
        up(figure.downtime_ms) if seen else NOTHING,
        Count(figure.outage_count) if seen else NOTHING,
        ratio(figure.coverage, 2),
    )


def _pictures(material: Material) -> list[Block]:
    found: list[Block] = []
    for bound in material.agreements:
        for service in dict.fromkeys(ground.figure.service for ground in bound.grounds.parts):
            drawn = picture(bound.grounds, service)
            title = say("picture.of", agreement=Text(bound.id), service=Text(bound.grounds.service_name(service)))
            found.append(type(drawn)(title, drawn.points))
    return found


def _state(material: Material) -> Said:
    over = material.now >= material.period.end
    return say("state.known" if over else "state.running", at=Instant(material.now - material.now % 1000))


# -- month by month


def months(material: Material) -> Section:
    """The calendar months of the period, service by service."""
    columns = (
        Column("column.agreement"), Column("column.period"), Column("column.service"),
        Column("column.target", right=True), Column("column.availability", right=True), Column("column.verdict"),
        Column("column.downtime", right=True), Column("column.outages", right=True),
        Column("column.coverage", right=True),
    )  # fmt: skip
    rows = tuple(
        figure_row(bound, figure, judged=bound.kind is period.kind)
        for bound in material.agreements
        for period, figures in bound.months
        for figure in figures
    )
    if not rows:
        return Section("months", say("section.months"), (Paragraph(say("months.none")),))
    blocks: list[Block] = [Table("months", columns, rows)]
    if any(bound.kind is not period.kind for bound in material.agreements for period, _ in bound.months):
        blocks.append(Paragraph(say("months.unjudged")))
    return Section("months", say("section.months"), tuple(blocks))
