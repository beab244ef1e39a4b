"""What hurts now, whose month is at risk, since when."""

from typing import Any

from slamon.export import names as n

from grafana import looks
from grafana.asking import (
    AGREED,
    CUSTOMER,
    SERVICE,
    agreed,
    cut,
    cut_up,
    left,
    named,
    of,
    one,
    state,
    titled,
    verdict,
    worst_state,
)
from grafana.frame import board, choice, link, maintenance, of_row, outages, values
from grafana.panels import FEW_POINTS, Ask, Column, Words, lines, number, rows, timeline

PICK = {**CUSTOMER, **SERVICE}


def _services(state_: str) -> str:
    return f"sum({one('service', of(n.SERVICE_STATE, SERVICE, state=state_))})"


def _agreements(verdict_: str) -> str:
    return f"sum({one(AGREED, of(n.VERDICT, PICK, verdict=verdict_))})"


def overview() -> dict[str, Any]:
    since = f"time() - {one('service', of(n.SERVICE_STATE_SINCE, SERVICE))}"
    panels = [
        number(
            Words(
                "Services down",
                "How many services are in a confirmed outage now: slamon_service_state with "
                "state down, summed. 0 is good; no data means that nothing is scraped.",
            ),
            _services("down"),
            alarming=looks.RED,
        ),
        number(
            Words(
                "Services degraded",
                "How many services work, but worse than agreed: slamon_service_state with state degraded, summed.",
            ),
            _services("degraded"),
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "Services unseen",
                "How many services nobody can see now, because slamon was stopped, its own "
                "network is at fault or no check has run yet: state unknown, summed.",
            ),
            _services("unknown"),
            alarming=looks.GREY,
        ),
        number(
            Words(
                "Newest stored fact",
                "How old the newest stored observation is: the time now less slamon's "
                "watermark. When it grows slamon stands still, and all else here is old.",
                "s",
                0,
            ),
            f"time() - max({of(n.WATERMARK)})",
        ),
        number(
            Words(
                "Agreements breached",
                "How many agreements can no longer be kept in their running period: "
                "slamon_agreement_verdict breached, summed.",
            ),
            _agreements("breached"),
            alarming=looks.RED,
        ),
        number(
            Words(
                "Agreements at risk",
                "How many agreements break if it goes on as in the last tenth of their "
                "period: slamon_agreement_verdict at_risk, summed.",
            ),
            _agreements("at_risk"),
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "In maintenance",
                "For how many agreements and services maintenance or a correction takes this "
                "moment out of the account: slamon_agreement_in_maintenance, summed.",
            ),
            f"sum({agreed(n.IN_MAINTENANCE, PICK)})",
            alarming=looks.PINK,
        ),
        number(
            Words(
                "Failing checks",
                "How many checks are down now, confirmed: checks less the sum of "
                "slamon_check_up; unknown ones are not among them.",
            ),
            f"count({one('service, check', of(n.CHECK_UP, SERVICE))}) - "
            f"sum({one('service, check', of(n.CHECK_UP, SERVICE))})",
            alarming=looks.RED,
        ),
        rows(
            Words(
                "What hurts now, worst first",
                "Every service with its state and for how long it has been in it. "
                "State: slamon_service_state as a number, down worst. Since: the time now less "
                "slamon_service_state_since_timestamp_seconds; empty where it has been so since the first fact.",
            ),
            [Ask(titled(state(SERVICE))), Ask(titled(since))],
            [
                Column("Value #A", "State", codes=looks.STATES, width=110),
                Column("service", "Service", link=link("slamon-service", service=of_row("Service"))),
                Column("Value #B", "For", "s", 0),
                Column("name", "Name"),
                Column("team", "Team"),
            ],
            worst="State",
        ),
        rows(
            Words(
                "Whose period is at risk, least budget first",
                "Every agreement in its running period. Availability "
                "and what is left of the budget are cut downward to three digits, never rounded up; downtime is the "
                "budget spent. A customer's budget below 0 is overspent.",
                "percent",
                3,
            ),
            [
                Ask(named(left_percent())),
                Ask(named(verdict(PICK))),
                Ask(named(cut(agreed(n.PERIOD_AVAILABILITY, PICK)))),
                Ask(named(f"{agreed(n.TARGET, PICK)} * 100")),
                Ask(named(agreed(n.PERIOD_DOWNTIME, PICK))),
            ],
            [
                Column("Value #B", "Verdict", "short", 0, codes=looks.VERDICTS, width=120),
                Column("Value #A", "Budget left", "percent", 3),
                Column(
                    "agreement",
                    "Agreement",
                    link=link("slamon-agreement", agreement=of_row("Agreement"), service=of_row("Service")),
                ),
                Column("service", "Service", link=link("slamon-service", service=of_row("Service"))),
                Column("customer_name", "Customer"),
                Column("Value #C", "Available", "percent", 3),
                Column("Value #D", "Agreed", "percent"),
                Column("Value #E", "Down", "s", 0),
            ],
            worst="Budget left",
            descending=False,
        ),
        timeline(
            Words(
                "Services over time",
                "The worst state of each service in each step, so that a short outage shows in a long time: "
                "slamon_service_state as a number (0 up, 1 degraded, 2 unknown, 3 down), which exists at every scrape. "
                "An empty stretch was not scraped.",
            ),
            Ask(worst_state(SERVICE), "{{service}}"),
            looks.STATES,
            points=FEW_POINTS,
        ),
        lines(
            Words(
                "Budget left",
                "What is left of each running period's budget, cut downward: 100 % untouched, 0 "
                "spent, below 0 overspent. It jumps to 100 % when a period begins.",
                "percent",
                3,
            ),
            [Ask(left_percent(), "{{agreement}} {{service}}")],
            points=FEW_POINTS,
        ),
        lines(
            Words(
                "Budget burned in a day",
                "Downtime of the last day as a share of the running period's allowance "
                "(slamon_agreement_budget_burned_ratio, window 1d), cut upward; dashed the share from which a ticket "
                "is written, from slamon_agreement_budget_burned_threshold_ratio.",
                "percent",
                3,
            ),
            [
                Ask(cut_up(agreed(n.BUDGET_BURNED, PICK, window="1d")), "{{agreement}} {{service}}"),
                Ask(
                    f"max({cut_up(agreed(n.BUDGET_BURNED_THRESHOLD, PICK, window='1d', severity='ticket'))})",
                    "ticket from",
                ),
            ],
            agreed=["/ticket from/"],
            least=0,
            points=FEW_POINTS,
        ),
    ]
    variables = [
        choice("customer", "Customer", values("customer", of(n.AGREEMENT_INFO))),
        choice("service", "Service", values("service", of(n.SERVICE_INFO))),
    ]
    words = "What hurts now, whose period is at risk, and since when. Worst first."
    return board("slamon-overview", words, variables, panels, [outages(SERVICE), maintenance(PICK)])


def left_percent() -> str:
    """What is left of the budget in per cent."""
    return cut(left(PICK))
