"""The service manager's desk on a customer's dashboard: complaints, satisfaction, actions, closed periods, ends."""

from typing import Any

from slamon.export import names as n

from grafana import looks
from grafana.asking import AGREED, CUSTOMER, cut, of, one
from grafana.frame import link, of_row
from grafana.panels import Ask, Column, Words, number, rows

_ABOUT = "customer, service"


def _about(family: n.Family, **more: str) -> str:
    """What is told of each customer and service."""
    return one(_ABOUT, of(family, CUSTOMER, **more))


def numbers() -> list[Any]:
    """What waits for somebody."""
    return [
        number(
            Words(
                "Complaints without an answer",
                "Complaints that nobody answered: slamon_customer_unsolved_complaints open, summed.",
            ),
            f"sum({_about(n.UNSOLVED_COMPLAINTS, state='open')})",
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "Complaints not seen by ourselves",
                "Of the complaints about the last 90 days those that slamon had not seen itself: "
                "slamon_customer_unseen_complaints, summed. It is the monitoring's own quality.",
            ),
            f"sum({_about(n.UNSEEN_COMPLAINTS)})",
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "Actions overdue",
                "Actions of all teams, for whatever customer, whose due day is over: slamon_actions overdue, summed.",
            ),
            f"sum({one('team', of(n.ACTIONS, state='overdue'))})",
            alarming=looks.ORANGE,
        ),
        number(
            Words(
                "Next agreement to end",
                "How long until the first of the agreements ends that have an end: "
                "slamon_agreement_end_timestamp_seconds less the time now.",
                "s",
                0,
            ),
            f"min({one(AGREED, of(n.AGREEMENT_END, CUSTOMER))} - time() > 0)",
        ),
    ]


def tables() -> list[Any]:
    """What customers say, and which periods are closed."""
    return [
        rows(
            Words(
                "Complaints and satisfaction",
                "By customer and service: complaints that are not solved, those about the last 90 days, how many of "
                "them slamon had not seen itself; the share of satisfied scores of the last year, cut downward, and "
                "net promoters from -100 to 100. Without a service: scores for all together.",
            ),
            [
                Ask(f"sum by ({_ABOUT}) ({one(f'{_ABOUT}, state', of(n.UNSOLVED_COMPLAINTS, CUSTOMER))})"),
                Ask(_about(n.RECENT_COMPLAINTS)),
                Ask(_about(n.UNSEEN_COMPLAINTS)),
                Ask(cut(_about(n.SATISFACTION))),
                Ask(f"floor({_about(n.NET_PROMOTER)} * 100 + 1e-7)"),
                Ask(f"sum by ({_ABOUT}) ({one(f'{_ABOUT}, scale', of(n.SCORES, CUSTOMER))})"),
            ],
            [
                Column("customer", "Customer"),
                Column("service", "Service", link=link("slamon-service", service=of_row("Service"))),
                Column("Value #A", "Not solved", "short", 0),
                Column("Value #B", "In 90 days", "short", 0),
                Column("Value #C", "Not seen", "short", 0),
                Column("Value #D", "Satisfied", "percent", 3),
                Column("Value #E", "Net promoters", "short", 0),
                Column("Value #F", "Scores", "short", 0),
            ],
            worst="Not seen",
            height=6,
        ),
        rows(
            Words(
                "Closed periods",
                "How many periods of each agreement are closed and not approved yet, approved, disputed: "
                "slamon_agreement_closed_periods.",
            ),
            [Ask(_closed("closed")), Ask(_closed("approved")), Ask(_closed("disputed"))],
            [
                Column("agreement", "Agreement", link=link("slamon-agreement", agreement=of_row("Agreement"))),
                Column("customer", "Customer"),
                Column("Value #A", "Closed", "short", 0),
                Column("Value #B", "Approved", "short", 0),
                Column("Value #C", "Disputed", "short", 0),
            ],
            worst="Disputed",
            height=6,
        ),
    ]


def _closed(state: str) -> str:
    return one("agreement, customer", of(n.CLOSED_PERIODS, CUSTOMER, state=state))
