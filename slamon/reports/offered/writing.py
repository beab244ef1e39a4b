"""The service catalogue as a document, its parts linked with each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slamon.catalogue import Catalogue, Service
from slamon.catalogue.agreements import AgreementKind
from slamon.reports.agreements.parties import moment
from slamon.reports.agreements.subject import Subject, in_force
from slamon.reports.document import (
    NOTHING,
    Block,
    Cell,
    Column,
    Count,
    Document,
    Duration,
    Graph,
    Instant,
    Link,
    Many,
    Node,
    Paragraph,
    Section,
    Table,
    Text,
    say,
)
from slamon.reports.offered.weak import Weakness, weaknesses
from slamon.reports.parts import agreed

_PAIRS = (Column("column.what", wide=True), Column("column.value", wide=True))
Rows = list[tuple[Cell, ...]]


@dataclass(frozen=True)
class Offer:
    """A catalogue at an instant, and what is weak in it."""

    catalogue: Catalogue
    at: int

    @cached_property
    def weak(self) -> list[Weakness]:
        """The design warnings."""
        return weaknesses(self.catalogue, self.at)

    @cached_property
    def subjects(self) -> Mapping[str, Subject]:
        """Each agreement's revision in force."""
        return {name: in_force(self.catalogue, name, self.at) for name in self.catalogue.agreements}

    @cached_property
    def bound(self) -> Mapping[str, tuple[str, ...]]:
        """The agreements of each service that has some."""
        found: dict[str, list[str]] = {}
        for name, agreement in self.catalogue.agreements.items():
            for service in agreement.services:
                found.setdefault(service, []).append(name)
        return {service: tuple(names) for service, names in found.items()}

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """The services that stand on each service."""
        found: dict[str, dict[str, None]] = {}
        for name, service in self.catalogue.services.items():
            for group in service.depends_on:
                for lower in group:
                    found.setdefault(lower, {})[name] = None
        return {service: tuple(names) for service, names in found.items()}

    def service(self, name: str) -> Link:
        """A service's name, leading to it."""
        return Link(Text(self.catalogue.services[name].title), f"service-{name}")

    def agreement(self, name: str) -> Link:
        """An agreement's id, leading to it."""
        return Link(Text(name), f"agreement-{name}")

    def customer(self, name: str) -> Link:
        """A customer's name, leading to it."""
        return Link(Text(self.catalogue.customers[name].name), f"customer-{name}")

    def customers(self, service: str) -> Cell:
        """Whom a service is owed to."""
        found = dict.fromkeys(self.catalogue.agreements[name].customer for name in self.bound.get(service, ()))
        return many([self.customer(name) for name in found])


def many(cells: Sequence[Cell]) -> Cell:
    """The cells, or nothing."""
    return Many(tuple(cells)) if cells else NOTHING


def document(catalogue: Catalogue, at: int, zone: str) -> Document:
    """The whole catalogue as it is at an instant (ms)."""
    offer = Offer(catalogue, at)
    organisation = catalogue.organisation
    counts = say(
        "offered.counts", services=Count(len(catalogue.services)), checks=Count(len(catalogue.checks)),
        customers=Count(len(catalogue.customers)), agreements=Count(len(catalogue.agreements)),
    )  # fmt: skip
    return Document(
        title=say("offered.title"),
        subtitle=counts if organisation is None else say("offered.of", organisation=Text(organisation.name)),
        customer="",
        agreement="",
        period=None,
        zone=zone,
        at=at,
        verdict=None,
        sections=(
            _overview(offer), *_graph(offer), weak(offer.weak), *_services(offer), *_customers(offer),
            *_agreements(offer), *_people(offer),
        ),
        stem="catalogue",
    )  # fmt: skip


def _overview(offer: Offer) -> Section:
    found = offer.catalogue
    rows: Rows = [
        (Link(say("offered.services"), "services"), Count(len(found.services))),
        (say("offered.checks"), Count(len(found.checks))),
        (Link(say("offered.customers"), "customers"), Count(len(found.customers))),
        (Link(say("offered.agreements"), "agreements"), Count(len(found.agreements))),
        (Link(say("offered.warnings"), "warnings"), Count(len(offer.weak))),
        (say("term.made"), Instant(offer.at)),
    ]
    return Section("overview", say("section.overview"), (Table("overview", _PAIRS, tuple(rows), plain=True),))


def _graph(offer: Offer) -> Iterator[Section]:
    services = offer.catalogue.services
    if not services:
        return
    marked = {one.about for one in offer.weak if one.path[:1] == ("services",)}
    nodes = tuple(
        Node(name, service.title, _team_name(offer.catalogue, service) or "", f"service-{name}", name in marked)
        for name, service in services.items()
    )
    edges = dict.fromkeys(
        (name, lower, len(group) > 1)
        for name, service in services.items()
        for group in service.depends_on
        for lower in group
    )
    graph = Graph(say("picture.graph"), nodes, tuple(edges))
    yield Section("graph", say("section.graph"), (graph,))


def weak(found: Sequence[Weakness]) -> Section:
    """The design warnings as a table."""
    blocks: list[Block] = [Paragraph(say("weak.count", n=Count(len(found))) if found else say("weak.none"))]
    if found:
        columns = tuple(Column(f"column.offered.{name}", wide=True) for name in ("place", "weak", "remedy"))
        rows = tuple((Text(path_of(one)), one.said, one.remedy) for one in found)
        blocks.append(Table("warnings", columns, rows))
    return Section("warnings", say("section.weak"), tuple(blocks))


def path_of(one: Weakness) -> str:
    """The key path as people write it: agreements.gold.revisions[0].target."""
    told = ""
    for part in one.path:
        told += f"[{part}]" if isinstance(part, int) else f".{part}" if told else part
    return told


# -- services


def _services(offer: Offer) -> Iterator[Section]:
    columns = tuple(
        Column(f"column.offered.{name}", wide=True) for name in ("service", "by", "customers", "agreements", "depends")
    )
    rows = tuple(
        (offer.service(name), _team(offer, service), offer.customers(name), _bound(offer, name), _depends(offer, name))
        for name, service in offer.catalogue.services.items()
    )
    table = (Table("services", columns, rows),) if rows else ()
    yield Section("services", say("section.offered"), table)
    for name in offer.catalogue.services:
        yield _service(offer, name)


def _team_name(catalogue: Catalogue, service: Service) -> str | None:
    return None if service.team is None else catalogue.teams[service.team].name


def _team(offer: Offer, service: Service) -> Cell:
    name = _team_name(offer.catalogue, service)
    return NOTHING if name is None else Link(Text(name), "teams")


def _bound(offer: Offer, service: str) -> Cell:
    return many([offer.agreement(name) for name in offer.bound.get(service, ())])


def _depends(offer: Offer, service: str) -> Cell:
    found: list[Cell] = []
    for group in offer.catalogue.services[service].depends_on:
        names = Many(tuple(Text(offer.catalogue.services[name].title) for name in group))
        found.append(offer.service(group[0]) if len(group) == 1 else say("depends.one_of", names=names))
    return many(found)


def _service(offer: Offer, name: str) -> Section:
    service = offer.catalogue.services[name]
    rows: Rows = [
        (say("item.id"), Text(name)),
        (say("item.team"), _team(offer, service)),
        (say("item.runbook"), NOTHING if service.runbook is None else Text(service.runbook)),
        (say("item.customers"), offer.customers(name)),
        (say("item.agreements"), _bound(offer, name)),
        (say("item.depends"), _depends(offer, name)),
        (say("item.above"), many([offer.service(upper) for upper in offer.above.get(name, ())])),
    ]
    rows = [row for row in rows if row[1] is not NOTHING]
    mine = [one for one in offer.weak if one.path[:2] == ("services", name)]
    rows += [(Link(say("item.weak"), "warnings"), one.said) for one in mine]
    blocks: list[Block] = [Table(f"service-{name}", _PAIRS, tuple(rows), plain=True)]
    if service.checks:
        columns = (
            Column("column.check", wide=True), Column("column.offered.probe", wide=True),
            Column("column.interval", right=True), Column("column.confirm", right=True),
        )  # fmt: skip
        checks = tuple(
            (Text(check.name), Text(f"{check.kind} {check.target}"), Duration(check.interval_ms), Count(check.confirm))
            for check in service.checks.values()
        )
        blocks.append(Table(f"checks-{name}", columns, checks))
    return Section(f"service-{name}", say("section.named", name=Text(service.title)), tuple(blocks), level=2)


# -- customers, agreements, teams, suppliers


def _customers(offer: Offer) -> Iterator[Section]:
    yield Section("customers", say("section.customers"), ())
    for name, customer in offer.catalogue.customers.items():
        mine = [key for key, agreement in offer.catalogue.agreements.items() if agreement.customer == name]
        services = dict.fromkeys(s for key in mine for s in offer.catalogue.agreements[key].services)
        rows: Rows = [
            (say("item.id"), Text(name)),
            (say("item.kind"), say(f"kind.{customer.kind.value}")),
            (say("item.address"), NOTHING if customer.address is None else Text(customer.address)),
            (say("item.agreements"), many([offer.agreement(key) for key in mine])),
            (say("item.services"), many([offer.service(service) for service in services])),
        ]
        table = Table(f"customer-{name}", _PAIRS, tuple(rows), plain=True)
        yield Section(f"customer-{name}", say("section.named", name=Text(customer.name)), (table,), level=2)


def _agreements(offer: Offer) -> Iterator[Section]:
    yield Section("agreements", say("section.agreements_all"), ())
    for name, subject in offer.subjects.items():
        written, stage = subject.written, subject.stage
        hours = subject.terms.hours
        always = say("hours.round_the_clock")
        of = Count(len(offer.catalogue.agreements[name].revisions) + 1)
        start = say("valid.always") if stage.start is None else moment(stage.start, subject.zone)
        end = say("valid.for_ever") if stage.end is None else moment(stage.end, subject.zone)
        rows: Rows = [
            (say("term.kind"), say(f"agreement.kind.{written.kind.value}")),
            (say("term.provider"), _provider(offer, subject)),
            (say("term.customer"), offer.customer(written.customer)),
            (say("item.services"), many([offer.service(service) for service in written.services])),
            (say("item.revision"), say("revision.of", n=Count(stage.number), of=of)),
            (say("term.valid_from"), start),
            (say("term.valid_until"), end),
            (say("term.target"), agreed(subject.terms.target)),
            (say("term.period"), say(f"period_kind.{subject.terms.period.value}")),
            (say("item.hours"), always if hours is None else say("item.calendar", calendar=Text(hours.id))),
            (say("term.response"), NOTHING if written.response is None else Duration(written.response)),
        ]
        table = Table(f"agreement-{name}", _PAIRS, tuple(rows), plain=True)
        yield Section(f"agreement-{name}", say("section.named", name=Text(name)), (table,), level=2)


def _provider(offer: Offer, subject: Subject) -> Cell:
    found, written = offer.catalogue, subject.written
    if written.kind is AgreementKind.OLA:
        return Link(Text(found.teams[written.provider or ""].name), "teams")
    if written.kind is AgreementKind.UC:
        return Link(Text(found.suppliers[written.provider or ""].name), "suppliers")
    return say("party.unnamed") if found.organisation is None else Text(found.organisation.name)


def _people(offer: Offer) -> Iterator[Section]:
    found = offer.catalogue
    columns = tuple(Column(f"column.offered.{name}", wide=True) for name in ("name", "mail", "services", "agreements"))
    if found.teams:
        rows = tuple(
            (Text(team.name), _mail(team.email), many([offer.service(s) for s, one in found.services.items()
                                                       if one.team == key]), _owes(offer, AgreementKind.OLA, key))
            for key, team in found.teams.items()
        )  # fmt: skip
        yield Section("teams", say("section.teams"), (Table("teams", columns, rows),))
    if found.suppliers:
        rows = tuple(
            (Text(supplier.name), _mail(supplier.email), _bought(offer, key), _owes(offer, AgreementKind.UC, key))
            for key, supplier in found.suppliers.items()
        )
        yield Section("suppliers", say("section.suppliers"), (Table("suppliers", columns, rows),))


def _mail(email: str | None) -> Cell:
    return NOTHING if email is None else Text(email)


def _owes(offer: Offer, kind: AgreementKind, key: str) -> Cell:
    every = offer.catalogue.agreements.items()
    return many([offer.agreement(name) for name, one in every if one.kind is kind and one.provider == key])


def _bought(offer: Offer, key: str) -> Cell:
    every = offer.catalogue.agreements.values()
    found = dict.fromkeys(
        s for one in every if one.kind is AgreementKind.UC and one.provider == key for s in one.services
    )
    return many([offer.service(service) for service in found])
