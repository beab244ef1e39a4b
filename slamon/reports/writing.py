"""A document from its grounds: the order of a monthly report."""

from slamon.reports.agreed import corrections, credits_, hours, maintenance
from slamon.reports.appendix import appendix
from slamon.reports.document import Document, PeriodName, Text, say
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
        sections=(
            summary(grounds),
            head(grounds),
            trend(grounds),
            hours(grounds),
            *services(grounds),
            outages(grounds),
            maintenance(grounds),
            corrections(grounds),
            credits_(grounds),
            *appendix(grounds),
        ),
    )
