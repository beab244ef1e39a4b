"""A document from its grounds: the order of a monthly report."""

from collections.abc import Iterator

from slamon.reports.agreed import corrections, credits_, hours, maintenance
from slamon.reports.appendix import appendix
from slamon.reports.closed import section as closing
from slamon.reports.document import Document, PeriodName, Section, Text, say
from slamon.reports.grounds import Grounds
from slamon.reports.outages import outages
from slamon.reports.service import services
from slamon.reports.summary import head, summary, trend, verdict_of


def document(grounds: Grounds) -> Document:
    """The report on one agreement over one period."""
    model = grounds.catalogue.agreements[grounds.agreement]
    period = PeriodName(grounds.period.name, grounds.period.kind)
    return Document(
        title=say("title", period=period),
        subtitle=say(
            "subtitle",
            customer=Text(grounds.catalogue.customers[model.customer].name),
            agreement=Text(grounds.agreement),
        ),
        customer=model.customer,
        agreement=grounds.agreement,
        period=period,
        zone=grounds.zone,
        at=grounds.now,
        verdict=verdict_of(grounds),
        sections=tuple(_sections(grounds)),
    )


def _sections(grounds: Grounds) -> Iterator[Section]:
    """Of a closed period whose facts give other figures now, only what was frozen."""
    yield summary(grounds)
    yield head(grounds)
    if grounds.closed is not None:
        names = [(part.figure.service, grounds.service_name(part.figure.service)) for part in grounds.parts]
        yield closing(grounds.closed, names)
    yield trend(grounds)
    if grounds.whole:
        yield hours(grounds)
    yield from services(grounds)
    yield outages(grounds)
    if grounds.whole:
        yield maintenance(grounds)
    yield corrections(grounds)
    yield credits_(grounds)
    if grounds.whole:
        yield from appendix(grounds)
