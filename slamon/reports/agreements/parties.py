"""Who agrees with whom about what, and for how long."""

from collections.abc import Iterator

from slamon.accounting.zones import date_at, midnight
from slamon.catalogue import Service
from slamon.catalogue.agreements import AgreementKind
from slamon.reports.agreements.clauses import Chapter, Clause
from slamon.reports.agreements.subject import Subject
from slamon.reports.document import Cell, Day, Instant, Text, say


def parties(subject: Subject) -> Chapter:
    """The provider and the customer."""
    customer = subject.catalogue.customers[subject.written.customer]
    found = [
        Clause("party/kind", say("term.kind"), say(f"agreement.kind.{subject.written.kind.value}")),
        *_provider(subject),
        Clause("party/customer", say("term.customer"), Text(customer.name)),
        Clause("party/customer_kind", say("term.customer_kind"), say(f"kind.{customer.kind.value}")),
    ]
    if customer.address is not None:
        found.append(Clause("party/customer_address", say("term.customer_address"), Text(customer.address)))
    return Chapter("parties", say("section.parties"), tuple(found))


def _provider(subject: Subject) -> Iterator[Clause]:
    name, address, email = provider(subject)
    yield Clause("party/provider", say("term.provider"), say("party.unnamed") if name is None else Text(name))
    if address is not None:
        yield Clause("party/provider_address", say("term.provider_address"), Text(address))
    if email is not None:
        yield Clause("party/provider_email", say("term.provider_email"), Text(email))


def provider(subject: Subject) -> tuple[str | None, str | None, str | None]:
    """Name, address and mail of who owes the services; None where the catalogue does not say."""
    catalogue, written = subject.catalogue, subject.written
    if written.kind is AgreementKind.OLA:
        team = catalogue.teams[written.provider or ""]
        return team.name, None, team.email
    found = catalogue.suppliers[written.provider or ""] if written.kind is AgreementKind.UC else catalogue.organisation
    return (None, None, None) if found is None else (found.name, found.address, found.email)


def services(subject: Subject) -> Chapter:
    """What is owed."""
    found = tuple(
        Clause(f"service/{name}", say("term.service", service=Text(name)),
               _service(subject, subject.catalogue.services[name]))
        for name in subject.written.services
    )  # fmt: skip
    return Chapter("services", say("section.services_agreed"), found)


def _service(subject: Subject, service: Service) -> Cell:
    if service.team is None:
        return say("service.plain", service=Text(service.title))
    team = subject.catalogue.teams[service.team]
    if team.email is None:
        return say("service.team", service=Text(service.title), team=Text(team.name))
    return say("service.mail", service=Text(service.title), team=Text(team.name), email=Text(team.email))


def validity(subject: Subject) -> Chapter:
    """From when until when, and what a period is."""
    stage, zone = subject.stage, subject.zone
    found = (
        Clause("valid_from", say("term.valid_from"), _edge(stage.start, zone, "valid.always")),
        Clause("valid_until", say("term.valid_until"), _edge(stage.end, zone, "valid.for_ever")),
        Clause("period", say("term.period"), say(f"period_kind.{subject.terms.period.value}")),
        Clause("timezone", say("term.zone"), Text(zone)),
    )
    return Chapter("validity", say("section.validity"), found, (say("note.zone"), say("note.revisions")))


def _edge(at: int | None, zone: str, otherwise: str) -> Cell:
    return say(otherwise) if at is None else moment(at, zone)


def moment(at: int, zone: str) -> Cell:
    """A date where it is the first instant of one, else date and time."""
    day = date_at(zone, at)
    return Day(day) if midnight(zone, day) == at else Instant(at)
