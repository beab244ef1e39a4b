"""The catalogue as the accounting's terms: dates for holidays and recurrences, instants for validity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from slamon.accounting import terms
from slamon.catalogue.agreements import Agreement, Maintenance, OneOffMaintenance, RevisedTerms, Rules
from slamon.catalogue.calendars import Calendar, Holidays, weekdays
from slamon.catalogue.checks import CheckModel
from slamon.catalogue.models import Catalogue, Service
from slamon.catalogue.recurrence import recurrence
from slamon.catalogue.times import instant


def check_terms(check: CheckModel) -> terms.CheckTerms:
    """How a check is confirmed."""
    return terms.CheckTerms(check.id, check.interval_ms, check.confirm, check.flapping, check.timeout_ms)


def service_terms(service: Service, members: Iterable[terms.Membership] | None = None) -> terms.ServiceTerms:
    """What a service needs; `members` where the running system knows when its checks came and went."""
    needs = {"all": None, "any": 1}.get(str(service.needs), service.needs)
    own = tuple(terms.Membership(check.id, check.since, check.until) for check in service.checks.values())
    return terms.ServiceTerms(
        id=service.id,
        needs=needs if isinstance(needs, int) else None,
        members=own if members is None else tuple(members),
        depends_on=service.depends_on,
    )


def reference_terms(catalogue: Catalogue) -> terms.ReferenceTerms | None:
    """How long a failed reference probe reaches, and how many must fail; None without reference targets."""
    if catalogue.reference is None:
        return None
    first = catalogue.reference.checks[0]
    return terms.ReferenceTerms(first.interval_ms, first.stale_after_ms, catalogue.reference.quorum)


def corrections(catalogue: Catalogue) -> tuple[terms.Correction, ...]:
    """The corrections of the files; those of the register come before them in order."""
    return tuple(
        terms.Correction(
            agreement=c.agreement,
            kind=c.kind,
            start=c.start,
            end=c.end,
            entered=c.entered,
            author=c.author,
            reason=c.reason,
            cause=c.cause,
            ticket=c.ticket,
            revoked=c.revoked,
            order=(1, position),
        )
        for position, c in enumerate(catalogue.corrections)
    )


def agreement_terms(catalogue: Catalogue) -> tuple[terms.AgreementTerms, ...]:
    """Every agreement with its revisions in order of time."""
    return tuple(_agreement(key, agreement, catalogue) for key, agreement in catalogue.agreements.items())


@dataclass(frozen=True, slots=True)
class Stage:
    """An agreement as it is written from one revision to the next, in ms; None: always, for ever."""

    number: int
    written: Agreement
    start: int | None
    end: int | None


def stages(agreement: Agreement) -> tuple[Stage, ...]:
    """The agreement revision by revision, the terms that a revision does not name taken from the one before."""
    found = [agreement]
    for revised in agreement.revisions:
        found.append(_revised(found[-1], revised))
    starts = [instant(stage.valid_from, agreement.timezone) for stage in found]
    ends = [*starts[1:], instant(agreement.valid_until, agreement.timezone)]
    return tuple(
        Stage(number, stage, start, end)
        for number, (stage, start, end) in enumerate(zip(found, starts, ends, strict=True), 1)
    )


def _agreement(key: str, agreement: Agreement, catalogue: Catalogue) -> terms.AgreementTerms:
    revisions = tuple(revision_terms(stage, catalogue) for stage in stages(agreement))
    return terms.AgreementTerms(key, agreement.customer, agreement.services, revisions)


def _revised(before: Agreement, revised: RevisedTerms) -> Agreement:
    """The terms with the named keys replaced, rules one by one."""
    changes = {key: getattr(revised, key) for key in revised.model_fields_set}
    if revised.rules is not None:
        rules = {key: getattr(revised.rules, key) for key in revised.rules.model_fields_set}
        changes["rules"] = before.rules.model_copy(update=rules)
    return before.model_copy(update=changes)


def revision_terms(found: Stage, catalogue: Catalogue) -> terms.Revision:
    """One revision as it is accounted."""
    stage = found.written
    begins = first_date(stage)
    return terms.Revision(
        number=found.number,
        target=stage.target,
        period=stage.period,
        zone=stage.timezone,
        valid_from=found.start,
        valid_until=found.end,
        hours=None if stage.service_hours == "24x7" else calendar(stage.service_hours, catalogue.calendars),
        maintenance=tuple(_maintenance(entry, begins) for entry in stage.maintenance),
        rules=_rules(stage.rules),
        latency=_latency(stage, catalogue),
        credits=tuple(terms.CreditTier(tier.below, tier.credit) for tier in stage.credits),
    )


def first_date(stage: Agreement) -> date | None:
    """From which date recurrences of a stage count that name none of their own; None: it says nothing."""
    if isinstance(stage.valid_from, int):
        return datetime.fromtimestamp(stage.valid_from / 1000, UTC).astimezone(ZoneInfo(stage.timezone)).date()
    return stage.valid_from if isinstance(stage.valid_from, date) else None


def _rules(rules: Rules) -> terms.Rules:
    return terms.Rules(
        unknown=rules.unknown,
        degraded=rules.degraded,
        maintenance=rules.maintenance,
        min_outage_ms=rules.min_outage,
        min_coverage=rules.min_coverage,
        notice_ms=rules.notice,
        maintenance_max_ms=rules.maintenance_max,
    )


def _latency(stage: Agreement, catalogue: Catalogue) -> terms.LatencyTerms | None:
    """A check named without its service is the one of that name in each of the agreement's services."""
    if stage.latency is None:
        return None
    named = stage.latency.checks
    own = [check for service in stage.services for check in catalogue.services[service].checks.values()]
    checks = None if named is None else tuple(c.id for c in own if c.id in named or c.name in named)
    return terms.LatencyTerms(
        stage.latency.threshold * 1000, stage.latency.target, checks, stage.latency.min_observations
    )


def _maintenance(entry: Maintenance, begins: date | None) -> terms.OneOff | terms.Recurring:
    if isinstance(entry, OneOffMaintenance):
        return terms.OneOff(entry.start, entry.end, entry.announced, entry.summary or "")
    first = entry.from_ or begins
    assert first is not None, "checked by meaning"
    return terms.Recurring(recurrence(entry.rrule, first), entry.at, entry.duration, first, entry.summary or "")


def calendar(key: str, calendars: Mapping[str, Calendar]) -> terms.Calendar:
    """Service hours by weekday."""
    written = calendars[key]
    hours: list[tuple[tuple[int, int], ...]] = [()] * 7
    for days, spans in written.hours.items():
        for day in weekdays(days):
            hours[day] = tuple(sorted(hours[day] + spans))
    return terms.Calendar(
        id=key,
        hours=tuple(hours),
        holidays=public_holidays(written.holidays) if written.holidays is not None else None,
        dates={day: tuple(sorted(spans)) for day, spans in written.dates.items()},
        closed=frozenset(written.closed),
    )


def public_holidays(which: Holidays) -> terms.DateRule:
    """The holidays of a country, by whole years."""
    import holidays  # takes 4 MB, and most catalogues name no country

    @cache
    def of_year(year: int) -> tuple[date, ...]:
        days = holidays.country_holidays(
            which.country, subdiv=which.subdivision, years=year, categories=which.categories, observed=True
        )
        return tuple(sorted(day for day in days if day.year == year))

    def dates(start: date, end: date) -> Sequence[date]:
        years = range(start.year, end.year + 1)
        return [day for year in years for day in of_year(year) if start <= day <= end]

    return dates
