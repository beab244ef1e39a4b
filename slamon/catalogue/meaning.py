"""What a well-shaped catalogue can still get wrong: calendars, revisions, maintenance; and what nothing uses."""

from collections.abc import Iterator, Sequence, Set
from datetime import date
from fractions import Fraction

from slamon.catalogue.agreements import Agreement, AgreementKind, Credit, RecurringMaintenance, RevisedTerms
from slamon.catalogue.calendars import Calendar
from slamon.catalogue.discovery.expand import may_fill, template_mistakes
from slamon.catalogue.kinds.heartbeat import HeartbeatOptions
from slamon.catalogue.models import Catalogue, Service
from slamon.catalogue.parties import CustomerKind
from slamon.catalogue.problems import did_you_mean
from slamon.catalogue.reader import KeyPath
from slamon.catalogue.recurrence import examine
from slamon.catalogue.reporting import Closing, ScheduledReport
from slamon.catalogue.times import instant, written, zone_names

Mistake = tuple[KeyPath, str, str, str]
"""Key path, found, expected, hint."""
_AFTER = "a start after that of the one before: revisions do not overlap"


def mistakes(catalogue: Catalogue) -> Iterator[Mistake]:
    """Every mistake of meaning in what is well shaped, in no particular order."""
    for service_id, service in catalogue.services.items():
        yield from _service(service_id, service, filled=may_fill(catalogue.discover, service_id))
    yield from _tokens(catalogue)
    for source, discovery in catalogue.discover.items():
        for path, found, expected, hint in template_mistakes(discovery):
            yield ("discover", source, *path), found, expected, hint
    for calendar_id, calendar in catalogue.calendars.items():
        yield from _calendar(calendar_id, calendar)
    for agreement_id, agreement in catalogue.agreements.items():
        yield from _agreement(("agreements", agreement_id), agreement, catalogue)
    yield from _reports(catalogue)
    if catalogue.reference is not None and catalogue.reference.quorum > len(catalogue.reference.targets):
        found = f"a quorum of {catalogue.reference.quorum}"
        yield ("reference", "quorum"), found, f"at most {len(catalogue.reference.targets)}, the number of targets", ""


def _service(service_id: str, service: Service, *, filled: bool) -> Iterator[Mistake]:
    """`filled`: discovery may put checks into it, so that how many there are now says nothing."""
    path: KeyPath = ("services", service_id)
    if service_id == "reference":
        yield path, "a service called reference", "another id: reference/0 is the first reference target", ""
    if filled:
        return
    if isinstance(service.needs, int) and service.needs > len(service.settings):
        yield (*path, "needs"), f"{service.needs}", f"at most {len(service.settings)}, the number of checks", ""
    if not service.settings and not service.depends_on:
        yield path, "a service without checks and depends_on", "at least one check, or services it depends on", ""


def _tokens(catalogue: Catalogue) -> Iterator[Mistake]:
    """A token says which job reports: no two have the same."""
    seen: dict[str, str] = {}
    for check in catalogue.checks.values():
        if isinstance(check.options, HeartbeatOptions):
            other = seen.setdefault(check.options.digest, check.id)
            if other != check.id:
                path: KeyPath = ("services", check.service, "checks", check.name, "heartbeat")
                yield path, f"the token of {other}", "a token for each job: `slamon heartbeat token` makes one", ""


def _calendar(calendar_id: str, calendar: Calendar) -> Iterator[Mistake]:
    if not any(calendar.hours.values()) and not any(calendar.dates.values()):
        yield ("calendars", calendar_id), "no hours at all", "at least one span, for example mon-fri: [08:00-18:00]", ""
    if calendar.holidays is None:
        return
    import holidays  # takes 4 MB, and most catalogues name no country

    path: KeyPath = ("calendars", calendar_id, "holidays")
    country, subdivision = calendar.holidays.country, calendar.holidays.subdivision
    supported = holidays.list_supported_countries()
    if country not in supported:
        yield (*path, "country"), f"{country!r}", "a country's ISO 3166 code, for example DE", ""
        return
    if subdivision is not None and subdivision not in supported[country]:
        hint = did_you_mean(subdivision, supported[country])
        yield (*path, "subdivision"), f"{subdivision!r}", f"one of: {', '.join(supported[country])}", hint
        return
    known = holidays.country_holidays(country).supported_categories
    for index, category in enumerate(calendar.holidays.categories):
        if category not in known:
            yield (*path, "categories", index), f"{category!r}", f"one of: {', '.join(sorted(known))}", ""


def _reports(catalogue: Catalogue) -> Iterator[Mistake]:
    """Reports on nobody's agreements, and calendars without a working day in the week."""
    for report_id, report in catalogue.reports.items():
        yield from _workless(("reports", report_id), report.calendar, catalogue)
        known = report.customer in catalogue.customers if report.customer else report.agreements is None
        if known and not reported(catalogue, report):
            what = "no agreement at all" if report.customer is None else f"{report.customer!r}, who has no agreement"
            path: KeyPath = ("reports", report_id) if report.customer is None else ("reports", report_id, "customer")
            yield path, what, "agreements to report on", ""
    closings: list[tuple[KeyPath, Closing | None]] = [(("closing",), catalogue.closing)]
    closings += [(("agreements", key, "closing"), found.closing) for key, found in catalogue.agreements.items()]
    for where, closing in closings:
        if closing is not None:
            yield from _workless(where, closing.calendar, catalogue)


def _workless(path: KeyPath, calendar: str | None, catalogue: Catalogue) -> Iterator[Mistake]:
    found = catalogue.calendars.get(calendar or "")
    if found is not None and not any(found.hours.values()):
        yield (*path, "calendar"), f"{calendar!r}, which has hours on no weekday", "a calendar with working days", ""


def reported(catalogue: Catalogue, report: ScheduledReport) -> tuple[str, ...]:
    """The agreements that a scheduled report is on, in the catalogue's order."""
    return tuple(
        name
        for name, agreement in catalogue.agreements.items()
        if (report.agreements is None or name in report.agreements) and report.customer in (None, agreement.customer)
    )


def _agreement(path: KeyPath, agreement: Agreement, catalogue: Catalogue) -> Iterator[Mistake]:
    yield from _provider(path, agreement)
    yield from _receiver(path, agreement, catalogue)
    yield from _terms(path, agreement, agreement, catalogue)
    for index, revision in enumerate(agreement.revisions):
        yield from _terms((*path, "revisions", index), revision, agreement, catalogue)
    if agreement.timezone in zone_names():
        yield from _order(path, agreement)


def _provider(path: KeyPath, agreement: Agreement) -> Iterator[Mistake]:
    """A team provides an OLA, a supplier a UC, the organisation itself an SLA."""
    who = {AgreementKind.OLA: "team", AgreementKind.UC: "supplier"}.get(agreement.kind)
    if who is None and agreement.provider is not None:
        found = "a provider of an agreement of the kind sla"
        yield (*path, "provider"), found, "none: organisation says who we are; or kind: ola, kind: uc", ""
    elif who is not None and agreement.provider is None:
        yield path, f"kind {agreement.kind.value} without provider", f"provider: the id of the {who} that owes it", ""


def _receiver(path: KeyPath, agreement: Agreement, catalogue: Catalogue) -> Iterator[Mistake]:
    """An OLA and a UC are between others and us: an external customer would read them in reports and reviews."""
    customer = catalogue.customers.get(agreement.customer)
    if agreement.kind is not AgreementKind.SLA and customer is not None and customer.kind is CustomerKind.EXTERNAL:
        found = f"{agreement.customer!r}, an external customer"
        yield (*path, "customer"), found, "an internal one: what a team or a supplier owes is owed to the house", ""


def _credits(path: KeyPath, tiers: Sequence[Credit]) -> Iterator[Mistake]:
    seen: set[Fraction] = set()
    for index, tier in enumerate(tiers):
        if tier.below in seen:
            yield (*path, "credits", index, "below"), "a second tier with this limit", "each limit once", ""
        seen.add(tier.below)


def _terms(
    path: KeyPath, terms: Agreement | RevisedTerms, agreement: Agreement, catalogue: Catalogue
) -> Iterator[Mistake]:
    yield from _credits(path, terms.credits or ())
    for index, entry in enumerate(terms.maintenance or ()):
        if isinstance(entry, RecurringMaintenance):
            yield from _rrule((*path, "maintenance", index), entry, terms)
    if terms.latency is None or terms.latency.checks is None:
        return
    if any(name not in catalogue.services or may_fill(catalogue.discover, name) for name in agreement.services):
        return
    own = [check for service in agreement.services for check in catalogue.services[service].checks.values()]
    known = sorted({check.id for check in own} | {check.name for check in own})
    for index, name in enumerate(terms.latency.checks):
        if name not in known:
            expected = f"a check of the agreement's services: {', '.join(sorted(check.id for check in own))}"
            yield (*path, "latency", "checks", index), f"{name!r}", expected, did_you_mean(name, known)


def _rrule(path: KeyPath, entry: RecurringMaintenance, terms: Agreement | RevisedTerms) -> Iterator[Mistake]:
    if entry.from_ is None and terms.valid_from is None:
        yield path, "neither from nor the agreement's valid_from", "one of them: where the recurrence begins", ""
    try:
        examine(entry.rrule, entry.from_ or date(2026, 1, 1))
    except ValueError as error:
        yield (*path, "rrule"), f"{entry.rrule[:60]!r}", str(error), ""


def _order(path: KeyPath, agreement: Agreement) -> Iterator[Mistake]:
    """Validity runs forward; revisions begin one after the other inside it."""
    zone = agreement.timezone
    last = instant(agreement.valid_from, zone)
    until = instant(agreement.valid_until, zone)
    if last is not None and until is not None and until <= last:
        yield (*path, "valid_until"), written(agreement.valid_until), "an end after valid_from", ""
    for index, revision in enumerate(agreement.revisions):
        start = instant(revision.valid_from, zone)
        assert start is not None
        where = (*path, "revisions", index, "valid_from")
        if last is not None and start <= last:
            yield (
                where,
                written(revision.valid_from),
                "a start after that of the one before: revisions do not overlap",
                "",
            )
        if until is not None and start >= until:
            yield where, written(revision.valid_from), "a start before the agreement's valid_until", ""
        last = start


def unused(catalogue: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    """What is configured and used by nothing."""
    agreements = catalogue.agreements.values()
    hours = {a.service_hours for a in agreements} | {r.service_hours for a in agreements for r in a.revisions}
    closings = [catalogue.closing, *(a.closing for a in agreements)]
    hours |= {r.calendar for r in catalogue.reports.values()} | {c.calendar for c in closings if c is not None}
    depended = {n for s in catalogue.services.values() for group in s.depends_on for n in group}
    used: dict[str, Set[str | None]] = {
        "customers": {a.customer for a in agreements},
        "teams": {s.team for s in catalogue.services.values()}
        | {d.team for d in catalogue.discover.values()}
        | {a.provider for a in agreements if a.kind is AgreementKind.OLA},
        "suppliers": {a.provider for a in agreements if a.kind is AgreementKind.UC},
        "calendars": hours,
        "services": {s for a in agreements for s in a.services} | depended,
    }
    for section, names in used.items():
        for name in getattr(catalogue, section):
            if name not in names and not (section == "services" and name in catalogue.discovered):
                yield (section, name), f"{section}.{name} is used by nothing"
