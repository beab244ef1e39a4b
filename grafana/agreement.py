"""One agreement for one service: availability, budget, burn, coverage, credits."""

from typing import Any

from slamon.export import names as n

from grafana import looks
from grafana.asking import AGREED, AGREEMENT, agreed, cut, cut_up, grown, left, of, one, verdict, worst_state
from grafana.frame import board, choice, maintenance, outages, values
from grafana.panels import Ask, Column, Words, lines, number, rows, timeline

WINDOWS = ("1h", "6h", "1d", "3d", "7d", "30d")
WINDOW = "agreement, service, customer, window"


def _projected() -> str:
    """What is left at the period's end if every day burns as much as the last one."""
    to_come = f"clamp_min({agreed(n.PERIOD_END, AGREEMENT)} - time(), 0) / 86400"
    return f"{left(AGREEMENT)} - {agreed(n.BUDGET_BURNED, AGREEMENT, window='1d')} * {to_come}"


def _plan() -> str:
    """What is left where the budget is spent evenly."""
    end, start = (agreed(family, AGREEMENT) for family in (n.PERIOD_END, n.PERIOD_START))
    return f"({end} - time()) / ({end} - {start})"


def _burned(severity: str, windows: tuple[str, str]) -> list[Ask]:
    asks = []
    for window in windows:
        asks.append(Ask(cut_up(agreed(n.BUDGET_BURNED, AGREEMENT, window=window)), f"in {window}"))
        bound = agreed(n.BUDGET_BURNED_THRESHOLD, AGREEMENT, window=window, severity=severity)
        asks.append(Ask(cut_up(bound), f"{severity} from, {window}"))
    return asks


def _paired(severity: str, windows: tuple[str, str]) -> dict[str, str]:
    """Each window's line and its bound in one colour."""
    colours = zip(windows, (looks.BLUE, looks.ORANGE), strict=True)
    return {name: c for window, c in colours for name in (f"in {window}", f"{severity} from, {window}")}


def _maintained() -> str:
    """Whether any of a step was in maintenance."""
    return one(AGREED, f"max_over_time({of(n.IN_MAINTENANCE, AGREEMENT)}[$__rate_interval])")


def agreement() -> dict[str, Any]:
    panels = [
        number(
            Words(
                "Verdict", "What holds of the running period: slamon_agreement_verdict as a number, shown as a word."
            ),
            verdict(AGREEMENT),
            codes=looks.VERDICTS,
        ),
        number(
            Words(
                "Available so far",
                "Availability of the running period, by time, in the agreed hours, without "
                "maintenance, corrections and unseen time; cut downward.",
                "percent",
                3,
            ),
            cut(agreed(n.PERIOD_AVAILABILITY, AGREEMENT)),
        ),
        number(
            Words("Agreed", "The target in force: slamon_agreement_target_ratio, with all its digits.", "percent"),
            f"{agreed(n.TARGET, AGREEMENT)} * 100",
        ),
        number(
            Words(
                "Budget left",
                "What is left of the running period's budget, cut downward; below 0 it is overspent.",
                "percent",
                3,
            ),
            cut(left(AGREEMENT)),
        ),
        number(
            Words(
                "Down so far",
                "Downtime of the running period, which is the budget spent: slamon_agreement_period_downtime_seconds.",
                "s",
                0,
            ),
            agreed(n.PERIOD_DOWNTIME, AGREEMENT),
        ),
        number(
            Words(
                "Budget",
                "Downtime that the running period allows for: slamon_agreement_budget_seconds. Unseen "
                "time earns no budget.",
                "s",
                0,
            ),
            agreed(n.BUDGET, AGREEMENT),
        ),
        number(
            Words(
                "Coverage",
                "How much of the running period's measured time was really seen, cut downward. Below "
                "what the agreement asks for there is no verdict at the end.",
                "percent",
                3,
            ),
            cut(agreed(n.PERIOD_COVERAGE, AGREEMENT)),
        ),
        number(
            Words(
                "Period ends in",
                "The time from now to the end of the running period: slamon_agreement_period_end_timestamp_seconds.",
                "s",
                0,
            ),
            f"{agreed(n.PERIOD_END, AGREEMENT)} - time()",
        ),
        lines(
            Words(
                "Available, against what is agreed",
                "Availability of the rolling windows of a day, a week and thirty "
                "days and of the running period, cut downward; dashed what is agreed.",
                "percent",
                3,
            ),
            [
                Ask(cut(one(WINDOW, of(n.AVAILABILITY, AGREEMENT, window="~1d|7d|30d"))), "last {{window}}"),
                Ask(cut(agreed(n.PERIOD_AVAILABILITY, AGREEMENT)), "period so far"),
                Ask(f"{agreed(n.TARGET, AGREEMENT)} * 100", "agreed"),
            ],
            agreed=["/^agreed$/"],
        ),
        lines(
            Words(
                "Budget burn-down",
                "What is left of the budget; where it would be if it were spent evenly; and "
                "what would be left at the period's end if every day to come burned as much as the last one. "
                "Below 0 it is overspent.",
                "percent",
                1,
            ),
            [
                Ask(cut(left(AGREEMENT)), "left"),
                Ask(f"({_plan()}) * 100", "spent evenly"),
                Ask(f"({_projected()}) * 100", "left at the end, as the last day went on"),
            ],
            agreed=["/spent evenly/"],
        ),
        lines(
            Words(
                "Burned, against the page",
                "Downtime of the last hour and six hours as a share of the running "
                "period's allowance, cut upward; dashed the shares from which somebody is woken "
                "(slamon_agreement_budget_burned_threshold_ratio).",
                "percent",
                3,
                more=_paired("page", ("1h", "6h")),
            ),
            _burned("page", ("1h", "6h")),
            agreed=["/page from.*/"],
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Burned, against the ticket",
                "The same of the last day and three days, with the shares from which a ticket is written.",
                "percent",
                3,
                more=_paired("ticket", ("1d", "3d")),
            ),
            _burned("ticket", ("1d", "3d")),
            agreed=["/ticket from.*/"],
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Burn rate",
                "How fast the budget is spent: unavailability in the window as a multiple of what is "
                "agreed. 1 is just on plan, whatever the period.",
                "none",
                2,
            ),
            [Ask(one(WINDOW, of(n.BURN_RATE, AGREEMENT, window="~" + "|".join(WINDOWS))), "last {{window}}")],
            least=0,
            width=12,
        ),
        lines(
            Words(
                "Down by day",
                "Accounted downtime of each day up to the moment shown: the last value of "
                "slamon_agreement_accounted_seconds_total, class down, less that of a day before, which is exact "
                "and lags until it is settled.",
                "s",
                0,
            ),
            [Ask(grown(n.ACCOUNTED, {**AGREEMENT, "class": "down"}, "1d", AGREED), "{{agreement}} {{service}}", "1d")],
            bars=True,
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Coverage",
                "How much of the measured time was seen, in a day, in a week and in the running period, "
                "cut downward; dashed the least that a verdict needs (slamon_agreement_min_coverage_ratio).",
                "percent",
                3,
            ),
            [
                Ask(cut(one(WINDOW, of(n.COVERAGE, AGREEMENT, window="~1d|7d"))), "last {{window}}"),
                Ask(cut(agreed(n.PERIOD_COVERAGE, AGREEMENT)), "period so far"),
                Ask(f"{agreed(n.MIN_COVERAGE, AGREEMENT)} * 100", "needed"),
            ],
            agreed=["/^needed$/"],
            width=12,
        ),
        lines(
            Words(
                "Fast enough",
                "Share of the running period's observations at or under the agreed duration, cut "
                "downward; dashed what is agreed. No data: no latency objective.",
                "percent",
                3,
            ),
            [
                Ask(cut(agreed(n.LATENCY, AGREEMENT)), "period so far"),
                Ask(f"{agreed(n.LATENCY_TARGET, AGREEMENT)} * 100", "agreed"),
            ],
            agreed=["/^agreed$/"],
            width=12,
        ),
        timeline(
            Words(
                "Hours and maintenance",
                "Whether the moment was in the agreed service hours, and in maintenance "
                "or taken out by a correction: slamon_agreement_in_service and slamon_agreement_in_maintenance "
                "as one number.",
            ),
            Ask(f"{agreed(n.IN_SERVICE, AGREEMENT)} * (1 + {_maintained()})", "{{agreement}}"),
            looks.HOURS,
            height=5,
        ),
        timeline(
            Words(
                "Service",
                "The worst state of the service in each step: slamon_service_state as a number, which exists at every "
                "scrape.",
            ),
            Ask(worst_state({"service": "~$service"}), "{{service}}"),
            looks.STATES,
            height=5,
        ),
        rows(
            Words(
                "Rolling windows",
                "Availability and coverage cut downward, share of the allowance burned cut "
                "upward, burn rate; windows without a figure are left out.",
                "percent",
                3,
            ),
            [
                Ask(cut(one(WINDOW, of(n.AVAILABILITY, AGREEMENT)))),
                Ask(cut(one(WINDOW, of(n.COVERAGE, AGREEMENT)))),
                Ask(cut_up(one(WINDOW, of(n.BUDGET_BURNED, AGREEMENT)))),
                Ask(one(WINDOW, of(n.BURN_RATE, AGREEMENT))),
            ],
            [
                Column("window", "Window", width=90),
                Column("Value #A", "Available", "percent", 3),
                Column("Value #B", "Coverage", "percent", 3),
                Column("Value #C", "Burned", "percent", 3),
                Column("Value #D", "Burn rate", "none", 2),
            ],
            worst="Burned",
        ),
        rows(
            Words(
                "The period before",
                "The last whole period: availability and coverage cut downward, downtime, and the "
                "service credit that is due; an empty credit is none.",
                "percent",
                3,
            ),
            [
                Ask(cut(agreed(n.PREVIOUS_AVAILABILITY, AGREEMENT))),
                Ask(cut(agreed(n.PREVIOUS_COVERAGE, AGREEMENT))),
                Ask(agreed(n.PREVIOUS_DOWNTIME, AGREEMENT)),
                Ask(f"{agreed(n.PREVIOUS_CREDIT, AGREEMENT)} * 100"),
            ],
            [
                Column("agreement", "Agreement"),
                Column("service", "Service"),
                Column("Value #A", "Available", "percent", 3),
                Column("Value #B", "Coverage", "percent", 3),
                Column("Value #C", "Down", "s", 0),
                Column("Value #D", "Credit", "percent"),
            ],
            worst="Available",
            height=5,
            descending=False,
        ),
    ]
    variables = [
        choice("agreement", "Agreement", values("agreement", of(n.AGREEMENT_INFO)), several=False),
        choice("service", "Service", values("service", of(n.AGREEMENT_INFO, agreement="~$agreement")), several=False),
    ]
    words = "One agreement for one service: availability against its target, budget, burn, coverage, credits."
    notes = [outages({"service": "~$service"}), maintenance(AGREEMENT)]
    return board("slamon-agreement", words, variables, panels, notes, since="now-30d")
