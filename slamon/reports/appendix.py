"""What a customer needs to recompute a figure by hand: the rules in words, each stretch of time, and the sums."""

from collections.abc import Iterator

from slamon.accounting import DegradedRule, MaintenanceRule, UnknownRule
from slamon.reports.document import (
    Block,
    Column,
    Count,
    Duration,
    Instant,
    Paragraph,
    Said,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.grounds import Ground, Grounds
from slamon.reports.parts import agreed, exact, label, ratio, why_none
from slamon.reports.stretches import Was, stretches


def appendix(grounds: Grounds) -> list[Section]:
    """The rules, then each figure's time."""
    return [
        Section("appendix", say("section.appendix"), (Paragraph(say("appendix.use")),), fresh=True),
        _rules(grounds),
        *(_figure(grounds, ground, place) for place, ground in enumerate(grounds.parts, 1)),
    ]


# -- the rules


def _rules(grounds: Grounds) -> Section:
    blocks: list[Block] = [Paragraph(say(f"rule.{key}")) for key in ("by_time", "observation", "sums", "outage", "cut")]
    revisions = {ground.figure.revision: ground for ground in grounds.parts}
    for ground in revisions.values():
        if len(revisions) > 1:
            blocks.append(Paragraph(say("rule.revision", revision=Count(ground.figure.revision))))
        blocks += _agreed(ground)
    blocks.append(_checks(grounds))
    return Section("rules", say("section.rules"), tuple(blocks), level=2)


def _agreed(ground: Ground) -> Iterator[Block]:
    rules = ground.revision.rules
    unknown = {UnknownRule.EXCLUDE: "exclude", UnknownRule.DOWN: "down", UnknownRule.UP: "up"}[rules.unknown]
    yield Paragraph(say(f"rule.unknown.{unknown}"))
    yield Paragraph(say("rule.degraded.up" if rules.degraded is DegradedRule.UP else "rule.degraded.down"))
    yield Paragraph(
        say("rule.maintenance.exclude" if rules.maintenance is MaintenanceRule.EXCLUDE else "rule.maintenance.up")
    )
    if rules.min_outage_ms:
        yield Paragraph(say("rule.min_outage", time=Duration(rules.min_outage_ms)))
    yield Paragraph(say("rule.min_coverage", coverage=agreed(rules.min_coverage)))


def _checks(grounds: Grounds) -> Table:
    """How the checks are confirmed that the figures rest on."""
    columns = (
        Column("column.check"), Column("column.interval", right=True), Column("column.confirm", right=True),
        Column("column.flapping", right=True),
    )  # fmt: skip
    found = {}
    for ground in grounds.parts:
        for member, view in ground.part.account.track.rests_on():
            found[member.check_id] = view.terms
    rows = tuple(
        (Text(check), Duration(terms.interval_ms), Count(terms.confirm), Count(terms.flapping))
        for check, terms in found.items()
    )
    return Table("checks", columns, rows, title=say("table.checks"))


# -- the sums


def _figure(grounds: Grounds, ground: Ground, place: int) -> Section:
    key = f"recompute-{place}"
    found = [s for s in stretches(ground, *ground.span) if s.was is not Was.OUT]
    rows = tuple(
        (Instant(s.start), Instant(s.end), say(f"was.{s.was.value}"), say("yes" if s.seen else "no"), exact(s.ms))
        for s in found
    )
    sums: dict[tuple[Was, bool], int] = {}
    for stretch in found:
        sums[stretch.was, stretch.seen] = sums.get((stretch.was, stretch.seen), 0) + stretch.ms
    totals = tuple(
        (say(f"was.{was.value}"), say("yes" if seen else "no"), exact(ms)) for (was, seen), ms in sorted(sums.items())
    )
    stretched = (
        Column("column.begin"), Column("column.end"), Column("column.was"), Column("column.seen"),
        Column("column.length", right=True),
    )  # fmt: skip
    blocks = (
        Table(f"{key}-sums", (Column("column.was"), Column("column.seen"), Column("column.length", right=True)), totals,
              title=say("table.sums")),
        *_formulas(ground),
        Table(f"{key}-stretches", stretched, rows, title=say("table.stretches")),
    )  # fmt: skip
    return Section(key, say("section.recompute", name=label(grounds, ground)), blocks, level=2)


def _formulas(ground: Ground) -> Iterator[Block]:
    figure = ground.figure
    yield Paragraph(
        say(
            "formula.measured",
            serving=exact(figure.in_service_ms),
            excluded=exact(figure.excluded_ms),
            measured=exact(figure.measured_ms),
        )
    )
    left = figure.measured_ms - figure.known_ms
    yield Paragraph(
        say("formula.known", measured=exact(figure.measured_ms), left=exact(left), known=exact(figure.known_ms))
    )
    none = why_none(figure)
    if none is not None:
        yield Paragraph(say("formula.none", why=none))
        return
    yield Paragraph(
        say(
            "formula.availability",
            known=exact(figure.known_ms),
            downtime=exact(figure.downtime_ms),
            up=exact(figure.known_ms - figure.downtime_ms),
            up_ms=Count(figure.known_ms - figure.downtime_ms),
            known_ms=Count(figure.known_ms),
            availability=ratio(figure.availability, 9),
        )
    )
    yield Paragraph(_budget(ground))


def _budget(ground: Ground) -> Said:
    figure = ground.figure
    left = figure.measured_ms - figure.known_ms
    return say(
        "formula.budget",
        miss=agreed(1 - figure.target),
        full=exact(figure.measured_full_ms),
        left=exact(left),
        budget=exact(int(figure.budget_ms)),
        downtime=exact(figure.downtime_ms),
    )
