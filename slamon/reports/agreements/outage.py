"""What counts as an outage, and what does not."""

from collections.abc import Iterator

from slamon.accounting import DegradedRule, MaintenanceRule, UnknownRule
from slamon.catalogue import Catalogue, Service
from slamon.catalogue.agreements import OneOffMaintenance, RecurringMaintenance
from slamon.catalogue.registering import Approval
from slamon.catalogue.terms import first_date
from slamon.reports.agreed import clock
from slamon.reports.agreements.clauses import Chapter, Clause
from slamon.reports.agreements.recurring import in_words
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Cell, Count, Day, Duration, Instant, Many, Said, Text, say


def outages(subject: Subject) -> Chapter:
    """When the service is down."""
    rules = subject.terms.rules
    shortest = say("outage.short", time=Duration(rules.min_outage_ms)) if rules.min_outage_ms else say("outage.any")
    found = [
        Clause("rules/min_outage", say("term.min_outage"), shortest),
        Clause("rules/degraded", say("term.degraded"),
               say("rule.degraded.up" if rules.degraded is DegradedRule.UP else "rule.degraded.down")),
    ]  # fmt: skip
    for service in subject.services():
        found += _service(subject.catalogue, service)
    return Chapter("outage", say("section.outage"), tuple(found), (say("rule.outage"), say("note.dependencies")))


def _service(catalogue: Catalogue, service: Service) -> Iterator[Clause]:
    name = Text(service.title)
    number = len(service.checks)
    if number:
        needed = {"all": number, "any": 1}.get(str(service.needs), service.needs)
        told = say("needs.some", n=Count(int(needed)), of=Count(number))
        if service.needs == "all":
            told = say("needs.all", of=Count(number)) if number > 1 else say("needs.one")
        yield Clause(f"needs/{service.id}", say("term.needs", service=name), told)
    if service.depends_on:
        groups = Many(tuple(_group(catalogue, group) for group in service.depends_on))
        yield Clause(f"depends/{service.id}", say("term.depends", service=name), groups)


def _group(catalogue: Catalogue, group: tuple[str, ...]) -> Cell:
    names = tuple(Text(f"{catalogue.services[name].title} ({name})") for name in group)
    return names[0] if len(names) == 1 else say("depends.either", services=Many(names))


def exclusions(subject: Subject) -> Chapter:
    """What time is taken out, and how what nobody saw counts."""
    rules = subject.terms.rules
    unknown = {UnknownRule.EXCLUDE: "exclude", UnknownRule.DOWN: "down", UnknownRule.UP: "up"}[rules.unknown]
    as_up = rules.maintenance is MaintenanceRule.UP
    found = [
        Clause("rules/unknown", say("term.unknown"), say(f"rule.unknown.{unknown}")),
        Clause("reference", say("term.reference"), _reference(subject)),
        Clause("rules/maintenance", say("term.maintenance"),
               say("rule.maintenance.up" if as_up else "rule.maintenance.exclude")),
        Clause("rules/notice", say("term.notice"), _notice(rules.notice_ms)),
        Clause("rules/maintenance_max", say("term.maintenance_max"), _limit(rules.maintenance_max_ms)),
        *_windows(subject),
        *_approval(subject),
    ]  # fmt: skip
    notes = (say("note.recurring"), say("note.corrections"))
    return Chapter("exclusions", say("section.exclusions"), tuple(found), notes)


def _approval(subject: Subject) -> Iterator[Clause]:
    if subject.catalogue.approval(subject.id) is Approval.REQUIRED:
        yield Clause("approval", say("term.approval"), say("approval.required"))


def _notice(notice_ms: int | None) -> Said:
    return say("notice.none") if notice_ms is None else say("notice.some", notice=Duration(notice_ms))


def _limit(limit_ms: int | None) -> Said:
    return say("limit.none") if limit_ms is None else say("limit.some", limit=Duration(limit_ms))


def _reference(subject: Subject) -> Said:
    reference = subject.catalogue.reference
    if reference is None:
        return say("reference.none")
    first = reference.checks[0]
    return say(
        "reference.some", n=Count(reference.quorum), of=Count(len(reference.targets)),
        targets=Many(tuple(Text(f"{check.kind} {check.target}") for check in reference.checks)),
        interval=Duration(first.interval_ms), timeout=Duration(first.timeout_ms), reach=Duration(first.stale_after_ms),
    )  # fmt: skip


def _windows(subject: Subject) -> Iterator[Clause]:
    seen: dict[str, int] = {}
    for entry in subject.written.maintenance:
        which = entry.start if isinstance(entry, OneOffMaintenance) else f"{entry.rrule}/{entry.at}"
        key = f"maintenance/{which}"
        seen[key] = seen.get(key, 0) + 1
        key = key if seen[key] == 1 else f"{key}/{seen[key]}"
        told = _once(entry) if isinstance(entry, OneOffMaintenance) else _recurring(entry, subject)
        if entry.summary is not None:
            told = say("window.for", summary=Text(entry.summary), window=told)
        yield Clause(key, say("term.window"), told)


def _once(entry: OneOffMaintenance) -> Cell:
    if entry.announced is None:
        return say("window.unannounced", start=Instant(entry.start), end=Instant(entry.end))
    told = Instant(entry.announced)
    return say("window.announced", start=Instant(entry.start), end=Instant(entry.end), announced=told)


def _recurring(entry: RecurringMaintenance, subject: Subject) -> Cell:
    first = entry.from_ or first_date(subject.written)
    assert first is not None, "checked by meaning"
    at, lasts, rule = Text(clock(entry.at)), Duration(entry.duration), Text(entry.rrule.upper())
    words = in_words(entry.rrule)
    if words is None:
        return say("window.rule", rule=rule, at=at, duration=lasts, first=Day(first))
    return say("window.recurring", when=words, rule=rule, at=at, duration=lasts, first=Day(first))
