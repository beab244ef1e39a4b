"""The team lead's view: who answers for what, what is promised, where it hurt, and how well we see."""

from collections.abc import Iterator
from fractions import Fraction

from slamon.accounting import Cause, Infinite
from slamon.desk import Action
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Cut,
    Day,
    Document,
    Duration,
    Instant,
    Many,
    Paragraph,
    Percent,
    Said,
    Section,
    Table,
    Text,
    Verdict,
    say,
)
from slamon.reports.parts import agreed, exact, pairs, ratio, up
from slamon.reports.review.happened import shortened
from slamon.reports.review.house import House, Seen, unknown_by_cause

Row = tuple[Cell, ...]
WORST = 10
"""So many services are told as the worst."""

CAUSES: tuple[Cause | None, ...] = (*Cause, None)


def teams(house: House) -> Document:
    """The document."""
    subtitle = say("subtitle.teams") if house.team is None else say("subtitle.team", team=team_name(house, house.team))
    return Document(
        title=say("title.teams", period=house.period_name),
        subtitle=subtitle,
        customer="",
        agreement="",
        period=house.period_name,
        zone=house.zone,
        at=house.now,
        verdict=None,
        sections=(summary(house), responsibilities(house), promised(house), worst(house), quality(house), gaps(house)),
        what="teams" if house.team is None else f"team-{house.team}",
    )


def team_name(house: House, team: str | None) -> Cell:
    """As people read it; its id where the catalogue knows it no more."""
    if team is None:
        return say("team.none")
    found = house.catalogue.teams.get(team)
    return Text(team if found is None else found.name)


# -- at a glance


def summary(house: House) -> Section:
    """A few numbers."""
    opened = house.open_actions()
    overdue = [action for action in opened if action.overdue(house.today)]
    services = house.services()
    complaints = [c for service in services for c in house.complaints(service)]
    unseen = [c for c in complaints if house.reconciled[c.number].unseen]
    least = min((one.figure.coverage for one in house.seen if one.figure.coverage is not None), default=None)
    rows: list[tuple[str | Cell, Cell]] = [
        ("facts.services", Count(len(services))),
        ("facts.unowned", Count(sum(house.catalogue.services[name].team is None for name in services))),
        ("facts.actions", say("facts.actions_of", total=Count(len(opened)), count=Count(len(overdue)))),
        ("facts.complaints", say("facts.unseen_of", total=Count(len(complaints)), count=Count(len(unseen)))),
        ("facts.least_coverage", ratio(least, 2)),
    ]
    over = house.now >= house.period.end
    state = Paragraph(say("state.known" if over else "state.running", at=Instant(house.now - house.now % 1000)))
    return Section("summary", say("section.summary"), (pairs("facts", rows), state))


# -- who answers for what


def responsibilities(house: House) -> Section:
    """Team by team, in the catalogue's order; services without one at the end."""
    order = [*house.catalogue.teams, None] if house.team is None else [house.team]
    rows = tuple(row for team in order for row in _of_team(house, team))
    idle = [team for team in order if team is not None and not any(_services(house, team))]
    section = say("section.responsibilities")
    blocks: list[Block] = []
    if rows:
        columns = (
            Column("column.team"), Column("column.contact"), Column("column.service"),
            Column("column.agreements", wide=True), Column("column.runbook", wide=True),
        )  # fmt: skip
        blocks.append(Table("responsibilities", columns, rows))
    else:
        blocks.append(Paragraph(say("responsibilities.none")))
    if idle:
        names = Many(tuple(team_name(house, team) for team in idle))
        blocks.append(Paragraph(say("responsibilities.idle", n=Count(len(idle)), teams=names)))
    return Section("responsibilities", section, tuple(blocks))


def _services(house: House, team: str | None) -> list[str]:
    return [name for name in house.services() if house.catalogue.services[name].team == team]


def _of_team(house: House, team: str | None) -> Iterator[Row]:
    found = house.catalogue.teams.get(team or "")
    contact: Cell = NOTHING if found is None or found.email is None else Text(found.email)
    for name in _services(house, team):
        agreements = house.agreements(name)
        runbook = house.catalogue.services[name].runbook
        yield (
            team_name(house, team),
            contact,
            house.service_name(name),
            Many(tuple(Text(agreement) for agreement in agreements)) if agreements else NOTHING,
            NOTHING if runbook is None else Text(str(runbook)),
        )


# -- what is promised


def promised(house: House) -> Section:
    """Open actions: how many by team, then each with its age."""
    opened = house.open_actions()
    section = say("section.actions")
    if not opened:
        return Section("actions", section, (Paragraph(say("actions.none")),))
    columns = (
        Column("column.team"), Column("column.open", right=True), Column("column.overdue", right=True),
        Column("column.oldest", right=True),
    )  # fmt: skip
    by_team: dict[str | None, list[Action]] = {}
    for action in opened:
        by_team.setdefault(house.responsible(action), []).append(action)
    order = [team for team in (*house.catalogue.teams, *by_team) if team in by_team]
    sums = tuple(
        (team_name(house, team), Count(len(by_team[team])),
         Count(sum(a.overdue(house.today) for a in by_team[team])), Count(max(age(house, a) for a in by_team[team])))
        for team in dict.fromkeys(order)
    )  # fmt: skip
    blocks = (
        Table("actions-by-team", columns, sums, title=say("table.by_team")),
        _actions(house, [a for team in dict.fromkeys(order) for a in by_team[team]]),
    )
    return Section("actions", section, blocks)


def age(house: House, action: Action) -> int:
    """In days, since it was entered."""
    return (house.today - house.day(action.entered)).days


def _actions(house: House, opened: list[Action]) -> Table:
    columns = (
        Column("column.team"), Column("column.number", right=True), Column("column.action", wide=True),
        Column("column.service"), Column("column.owner"), Column("column.entered_day"),
        Column("column.age", right=True), Column("column.due"), Column("column.state"),
    )  # fmt: skip
    rows = tuple(
        (team_name(house, house.responsible(a)), Count(a.number), shortened(a.title),
         NOTHING if a.service is None else house.service_name(a.service), Text(a.owner), Day(house.day(a.entered)),
         Count(age(house, a)), Day(a.due), _standing(house, a))
        for a in opened
    )  # fmt: skip
    return Table("open", columns, rows, title=say("table.each_action"))


def _standing(house: House, action: Action) -> Said:
    if not action.overdue(house.today):
        return say("action.open")
    return say("action.overdue", n=Count((house.today - action.due).days))


# -- where it hurt


def worst(house: House) -> Section:
    """The services that spent most of their budget, the worst first."""
    hurt = sorted((one for one in house.seen if one.figure.downtime_ms), key=_spent, reverse=True)[:WORST]
    section = say("section.worst")
    blocks: list[Block] = []
    if hurt:
        columns = (
            Column("column.service"), Column("column.team"), Column("column.agreement"),
            Column("column.target", right=True), Column("column.availability", right=True),
            Column("column.downtime", right=True), Column("column.used", right=True),
            Column("column.outages", right=True), Column("column.verdict"),
        )  # fmt: skip
        blocks.append(Table("worst", columns, tuple(_hurt_row(house, one) for one in hurt)))
        if not all(one.judged for one in hurt):
            blocks.append(Paragraph(say("worst.unjudged")))
    else:
        known = any(one.figure.availability is not None for one in house.seen)
        blocks.append(Paragraph(say("worst.none" if known else "worst.unseen")))
    if house.without:
        names = Many(tuple(Text(name) for name in house.without))
        blocks.append(Paragraph(say("worst.without", n=Count(len(house.without)), names=names)))
    return Section("worst", section, tuple(blocks))


def _spent(one: Seen) -> tuple[bool, Fraction, int]:
    """By the part of the budget; what had none and was down comes first."""
    figure = one.figure
    if not figure.budget_ms:
        return (True, Fraction(0), figure.downtime_ms)
    return (False, figure.downtime_ms / figure.budget_ms, figure.downtime_ms)


def _hurt_row(house: House, one: Seen) -> Row:
    figure = one.figure
    budget = figure.budget_ms
    used = Percent(figure.downtime_ms / budget, Cut.UP, 1) if budget else Percent(Infinite.PLUS)
    return (
        house.service_name(figure.service),
        team_name(house, house.catalogue.services[figure.service].team),
        Text(figure.agreement),
        agreed(figure.target),
        ratio(figure.availability),
        up(figure.downtime_ms),
        used,
        Count(figure.outage_count),
        Verdict(figure.verdict) if one.judged else NOTHING,
    )


# -- how well we see


def quality(house: House) -> Section:
    """Coverage, unknown time by cause, complaints that we had not seen, how late probes began."""
    section = say("section.quality")
    blocks: list[Block] = []
    if house.seen:
        columns = (
            Column("column.service"), Column("column.agreement"), Column("column.coverage", right=True),
            Column("column.unknown", right=True),
            *(Column(f"unknown.{_cause(cause)}", right=True) for cause in CAUSES),
        )  # fmt: skip
        rows = tuple(_seen_row(house, one) for one in sorted(house.seen, key=lambda one: one.figure.coverage or 0))
        blocks.append(Table("coverage", columns, rows, title=say("table.coverage")))
    else:
        blocks.append(Paragraph(say("quality.none")))
    blocks += _unseen(house)
    blocks.append(Paragraph(_lateness(house)))
    return Section("quality", section, tuple(blocks))


def _cause(cause: Cause | None) -> str:
    return "gap" if cause is None else cause.value


def _seen_row(house: House, one: Seen) -> Row:
    figure = one.figure
    causes = unknown_by_cause(house.figures, one)
    return (
        house.service_name(figure.service),
        Text(figure.agreement),
        ratio(figure.coverage, 2),
        exact(figure.unknown_ms),
        *(Duration(causes[cause]) if cause in causes else NOTHING for cause in CAUSES),
    )


def _unseen(house: House) -> Iterator[Block]:
    rows = tuple(
        (house.service_name(name), Count(len(found)), Count(sum(house.reconciled[c.number].unseen for c in found)))
        for name in house.services()
        if (found := house.complaints(name))
    )
    if not rows:
        yield Paragraph(say("quality.no_complaints"))
        return
    columns = (Column("column.service"), Column("column.complaints", right=True), Column("column.unseen", right=True))
    yield Table("complaints", columns, rows, title=say("table.unseen"))


_LATE_S = (0.1, 1.0)
"""How late is told: of both bounds the share of probes that began no later."""


def _lateness(house: House) -> Said:
    late = house.lateness
    if late is None or not late.probes:
        return say("lateness.unknown")
    told = dict(late.within)
    shares = [Percent(Fraction(told.get(bound, 0), late.probes), Cut.DOWN, 2) for bound in _LATE_S]
    return say("lateness.known", n=Count(late.probes), tenth=shares[0], second=shares[1])


# -- what is missing


def gaps(house: House) -> Section:
    """Services without an owner, a check, an agreement or a runbook."""
    rows = tuple(
        (house.service_name(name), Many(tuple(say(f"lacks.{what}") for what in missing)))
        for name in house.services()
        if (missing := _missing(house, name))
    )
    section = say("section.gaps")
    if not rows:
        return Section("gaps", section, (Paragraph(say("gaps.none")),))
    unowned = sum(house.catalogue.services[name].team is None for name in house.services())
    columns = (Column("column.service"), Column("column.lacks", wide=True))
    told = say("gaps.unowned", n=Count(unowned)) if unowned else say("gaps.all_owned")
    return Section("gaps", section, (Paragraph(told), Table("gaps", columns, rows)))


def _missing(house: House, name: str) -> list[str]:
    service = house.catalogue.services[name]
    found = {
        "team": service.team is not None,
        "check": bool(service.checks or service.depends_on),
        "agreement": bool(house.agreements(name)),
        "runbook": service.runbook is not None,
    }
    return [what for what, there in found.items() if not there]
