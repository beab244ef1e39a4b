"""What is promised: availability, response, durations; and what is due when it is not kept."""

from collections.abc import Iterator

from slamon.accounting import whole_ms
from slamon.accounting.allowance import Allowance, allowances
from slamon.accounting.terms import PeriodKind
from slamon.reports.agreements.clauses import Chapter, Clause
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Block, Column, Count, Cut, Duration, Many, Paragraph, PeriodName, Table, Text, say
from slamon.reports.parts import agreed

_PERIODS = {PeriodKind.WEEK: 52, PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 4}
_SHOWN = 12


def availability(subject: Subject) -> Chapter:
    """The target, and what it needs to be judged."""
    terms = subject.terms
    found = [
        Clause("target", say("term.target"), agreed(terms.target)),
        Clause("rules/min_coverage", say("term.min_coverage"),
               say("coverage.least", coverage=agreed(terms.rules.min_coverage))),
    ]  # fmt: skip
    if subject.written.response is not None:
        told = say("response.within", time=Duration(subject.written.response))
        found.append(Clause("response", say("term.response"), told))
    return Chapter("availability", say("section.availability"), tuple(found), (say("note.target"),))


def meaning(subject: Subject, at: int) -> list[Block]:
    """The target in hours and minutes, for the whole periods from an instant on: for the reader, not a term."""
    end = subject.stage.end
    every = list(allowances(subject.terms, at, _PERIODS[subject.terms.period]))
    found = [one for one in every if end is None or one.period.start < end] or every[:1]
    least, most = min(found, key=_allowed), max(found, key=_allowed)
    words = {"least": _time(least), "most": _time(most)}
    sentence = say("allowed.same", time=_time(least)) if _time(least) == _time(most) else say("allowed.range", **words)
    if len(found) > _SHOWN:
        return [Paragraph(sentence)]
    columns = (
        Column("column.period"), Column("column.measured", right=True), Column("column.allowed", right=True),
    )  # fmt: skip
    rows = tuple((PeriodName(one.period.name, one.period.kind), Duration(one.measured_ms), _time(one)) for one in found)
    return [Paragraph(sentence), Table("allowed", columns, rows, title=say("table.allowed"))]


def _allowed(one: Allowance) -> int:
    return whole_ms(one.allowed_ms) or 0


def _time(one: Allowance) -> Duration:
    return Duration(_allowed(one), Cut.DOWN)


def latency(subject: Subject) -> Chapter:
    """How quick answers have to be."""
    notes = () if subject.terms.latency is None else (say("note.latency"),)
    return Chapter("latency", say("section.latency"), tuple(_latency(subject)), notes)


def _latency(subject: Subject) -> Iterator[Clause]:
    terms = subject.terms.latency
    if terms is None:
        yield Clause("latency", say("term.latency"), say("latency.none"))
        return
    yield Clause("latency/threshold", say("row.latency_threshold"), Duration(terms.threshold_us // 1000))
    yield Clause("latency/target", say("row.latency_target"), say("latency.target", target=agreed(terms.target)))
    own = [check.id for name in subject.written.services for check in subject.catalogue.services[name].checks.values()]
    checks = own if terms.checks is None else terms.checks
    yield Clause("latency/checks", say("term.latency_checks"), Many(tuple(Text(check) for check in checks)))
    told = say("latency.least", n=Count(terms.min_observations))
    yield Clause("latency/min_observations", say("term.latency_least"), told)


def credits_(subject: Subject) -> Chapter:
    """What is due when the target is missed."""
    tiers = sorted(subject.terms.credits, key=lambda tier: tier.below, reverse=True)
    found = tuple(
        Clause(f"credits/{tier.below}", say("term.credit", below=agreed(tier.below)), agreed(tier.credit))
        for tier in tiers
    )
    none = (Clause("credits", say("term.credits"), say("credits.none")),)
    notes = (say("note.credits"),) if tiers else ()
    return Chapter("credits", say("section.credits"), found or none, notes)
