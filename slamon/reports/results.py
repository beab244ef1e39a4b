"""A report in a few lines of text, for what goes along with it."""

from collections.abc import Iterator

from slamon.reports.document import Text, Verdict, say
from slamon.reports.grounds import Grounds
from slamon.reports.parts import agreed, label, ratio
from slamon.reports.summary import verdict_of
from slamon.reports.tongue import Tongue


def result_lines(found: Grounds, tongue: Tongue) -> Iterator[str]:
    """An agreement's verdict, and a line for each service."""
    model = found.catalogue.agreements[found.agreement]
    customer = Text(found.catalogue.customers[model.customer].name)
    head = say("result", customer=customer, agreement=Text(found.agreement), verdict=Verdict(verdict_of(found)))
    yield tongue.text(head)
    for part in found.parts:
        figure = part.figure
        line = say(
            "result.service",
            service=label(found, part),
            availability=ratio(figure.availability),
            target=agreed(figure.target),
        )
        yield f"  {tongue.text(line)}"
