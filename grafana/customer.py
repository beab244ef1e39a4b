"""One customer: all their agreements, month by month."""

from typing import Any

from slamon.export import names as n

from grafana import desk, looks
from grafana.asking import AGREED, CUSTOMER, agreed, cut, left, named, of, one, verdict
from grafana.frame import board, choice, link, maintenance, of_row, values
from grafana.panels import FEW_POINTS, Ask, Column, Words, lines, number, rows, timeline

LEGEND = "{{agreement}} {{service}}"


def _verdicts(verdict_: str) -> str:
    return f"sum({one(AGREED, of(n.VERDICT, CUSTOMER, verdict=verdict_))})"


def customer() -> dict[str, Any]:
    about = [
        Column(
            "agreement",
            "Agreement",
            link=link("slamon-agreement", agreement=of_row("Agreement"), service=of_row("Service")),
        ),
        Column("service", "Service", link=link("slamon-service", service=of_row("Service"))),
        Column("customer_name", "Customer"),
    ]
    panels = [
        number(
            Words(
                "Agreements",
                "How many agreements and services are in force for the customers chosen: series of "
                "slamon_agreement_target_ratio.",
            ),
            f"count({agreed(n.TARGET, CUSTOMER)})",
        ),
        number(
            Words(
                "Breached",
                "How many can no longer be kept in their running period: slamon_agreement_verdict breached, summed.",
            ),
            _verdicts("breached"),
            alarming=looks.RED,
        ),
        number(
            Words("At risk", "How many break if it goes on so: slamon_agreement_verdict at_risk, summed."),
            _verdicts("at_risk"),
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "Least budget left",
                "The least that any of them has left of its running period's budget, cut downward.",
                "percent",
                3,
            ),
            f"min({cut(left(CUSTOMER))})",
        ),
        rows(
            Words(
                "The running period",
                "Every agreement: availability and what is left of the budget cut downward, "
                "with the target and the downtime so far.",
                "percent",
                3,
            ),
            [
                Ask(named(verdict(CUSTOMER))),
                Ask(named(cut(agreed(n.PERIOD_AVAILABILITY, CUSTOMER)))),
                Ask(named(f"{agreed(n.TARGET, CUSTOMER)} * 100")),
                Ask(named(agreed(n.PERIOD_DOWNTIME, CUSTOMER))),
                Ask(named(cut(left(CUSTOMER)))),
            ],
            [
                Column("Value #A", "Verdict", "short", 0, codes=looks.VERDICTS, width=120),
                *about,
                Column("Value #B", "Available", "percent", 3),
                Column("Value #C", "Agreed", "percent"),
                Column("Value #D", "Down", "s", 0),
                Column("Value #E", "Budget left", "percent", 3),
            ],
            worst="Budget left",
            descending=False,
        ),
        rows(
            Words(
                "The period before",
                "The last whole period of each agreement, cut downward, and the service credit "
                "that is due; an empty credit is none.",
                "percent",
                3,
            ),
            [
                Ask(named(cut(agreed(n.PREVIOUS_AVAILABILITY, CUSTOMER)))),
                Ask(named(cut(agreed(n.PREVIOUS_COVERAGE, CUSTOMER)))),
                Ask(named(agreed(n.PREVIOUS_DOWNTIME, CUSTOMER))),
                Ask(named(f"{agreed(n.PREVIOUS_CREDIT, CUSTOMER)} * 100")),
            ],
            [
                *about,
                Column("Value #A", "Available", "percent", 3),
                Column("Value #B", "Coverage", "percent", 3),
                Column("Value #C", "Down", "s", 0),
                Column("Value #D", "Credit", "percent"),
            ],
            worst="Available",
            descending=False,
        ),
        lines(
            Words(
                "Month by month: available",
                "Availability of the last whole period as it stood on each day, so one "
                "step a period, cut downward; dashed what is agreed now.",
                "percent",
                3,
            ),
            [
                Ask(cut(agreed(n.PREVIOUS_AVAILABILITY, CUSTOMER)), LEGEND, "1d"),
                Ask(f"{agreed(n.TARGET, CUSTOMER)} * 100", "agreed " + LEGEND, "1d"),
            ],
            agreed=["/^agreed.*/"],
            steps=True,
            points=FEW_POINTS,
        ),
        lines(
            Words(
                "Month by month: down",
                "Downtime of the last whole period as it stood on each day, so one step a period.",
                "s",
                0,
            ),
            [Ask(agreed(n.PREVIOUS_DOWNTIME, CUSTOMER), LEGEND, "1d")],
            steps=True,
            least=0,
            width=12,
            points=FEW_POINTS,
        ),
        lines(
            Words(
                "The running period: down", "Downtime so far of the running period; it begins at 0 with each.", "s", 0
            ),
            [Ask(agreed(n.PERIOD_DOWNTIME, CUSTOMER), LEGEND, "1h")],
            least=0,
            width=12,
            points=FEW_POINTS,
        ),
        timeline(
            Words(
                "Verdicts",
                "What held of each agreement's running period: slamon_agreement_verdict as a number, "
                "which exists at every scrape.",
            ),
            Ask(verdict(CUSTOMER), LEGEND),
            looks.VERDICTS,
            points=FEW_POINTS,
        ),
        lines(
            Words(
                "Budget left",
                "What is left of each running period's budget, cut downward; below 0 it is overspent.",
                "percent",
                3,
            ),
            [Ask(cut(left(CUSTOMER)), LEGEND)],
            points=FEW_POINTS,
        ),
    ]
    panels += [*desk.numbers(), *desk.tables()]
    variables = [choice("customer", "Customer", values("customer", of(n.AGREEMENT_INFO)))]
    words = "All agreements of a customer: the running period, the one before, month by month, and what people say."
    return board("slamon-customer", words, variables, panels, [maintenance(CUSTOMER)], since="now-90d")
