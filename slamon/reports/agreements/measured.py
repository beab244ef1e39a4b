"""How it is measured, and from when to when figures are reported."""

from collections.abc import Iterator

from slamon.catalogue import CheckModel
from slamon.catalogue.spelt import spelt
from slamon.reports.agreements.clauses import Chapter, Clause
from slamon.reports.agreements.parties import moment
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Cell, Count, Duration, Many, Text, say


def measurement(subject: Subject) -> Chapter:
    """Every check that the figures rest on, and how fine they are."""
    found: list[Clause] = []
    for check in subject.checks():
        found += _check(check, subject.zone)
    for name in subject.written.services:
        intervals = [check.interval_ms for check in subject.below(name)]
        label = say("term.resolution", service=Text(subject.catalogue.services[name].title))
        value = say("resolution.some", time=Duration(max(intervals))) if intervals else say("resolution.none")
        found.append(Clause(f"resolution/{name}", label, value))
    notes = (say("note.where"), say("rule.observation"), say("rule.by_time"), say("rule.sums"), say("rule.cut"))
    return Chapter("measurement", say("section.measurement"), tuple(found), notes)


def _check(check: CheckModel, zone: str) -> Iterator[Clause]:
    label = say("term.check", check=Text(check.id))
    yield Clause(f"check/{check.id}", label, Many(tuple(_told(check, zone))))
    asked = [(key, value) for key, value in spelt(check.options) if value != check.target]
    if asked:
        words = Many(tuple(Text(f"{key}: {value}") for key, value in asked))
        yield Clause(f"check/{check.id}/asks", say("term.asks", check=Text(check.id)), words)


def _told(check: CheckModel, zone: str) -> Iterator[Cell]:
    who: dict[str, Cell] = {
        "kind": Text(check.kind),
        "target": Text(check.target),
        "interval": Duration(check.interval_ms),
    }
    if check.probed:
        yield say("check.asks", **who, timeout=Duration(check.timeout_ms))
        yield say("check.retry", time=Duration(check.retry_interval_ms))
    else:
        yield say("check.reports", **who)
    yield say("check.confirm", n=Count(check.confirm))
    yield say("check.flapping", n=Count(check.flapping)) if check.flapping else say("check.never_flaps")
    yield say("check.stale", time=Duration(check.stale_after_ms))
    if check.since is not None:
        yield say("check.since", at=moment(check.since, zone))
    if check.until is not None:
        yield say("check.until", at=moment(check.until, zone))


def reporting(subject: Subject) -> Chapter:
    """What is reported when."""
    told = say(f"reporting.{subject.terms.period.value}")
    found = (Clause("reporting", say("term.reporting"), told),)
    return Chapter("reporting", say("section.reporting"), found, (say("note.reporting"),))
