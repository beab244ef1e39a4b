"""One service: its states, checks, latency, outages and what it stands on."""

from typing import Any

from slamon.export import names as n

from grafana import looks
from grafana.asking import (
    SERVICE,
    agreed,
    cut,
    grown,
    left,
    named,
    of,
    one,
    quantile,
    rate,
    state,
    verdict,
    worst_check_state,
    worst_state,
)
from grafana.frame import board, choice, link, maintenance, of_row, outages, values
from grafana.panels import Ask, Column, Words, heat, lines, number, rows, timeline

PICK = {**SERVICE, "check": "~$check"}


def _depends() -> str:
    """The state of each service that this one stands on."""
    states = f'label_replace({state({})}, "depends_on", "$1", "service", "(.*)")'
    mine = one("service, depends_on", of(n.SERVICE_DEPENDENCY, SERVICE))
    return f"{mine} * on (depends_on) group_left () max by (depends_on) ({states})"


def service() -> dict[str, Any]:
    panels = [
        number(
            Words(
                "State",
                "What the service is now: slamon_service_state as a number, shown as a word. A failure "
                "counts when it is confirmed.",
            ),
            state(SERVICE),
            codes=looks.STATES,
        ),
        number(
            Words(
                "For",
                "For how long it has been so: the time now less "
                "slamon_service_state_since_timestamp_seconds. No data: since the first fact.",
                "s",
                0,
            ),
            f"time() - {one('service', of(n.SERVICE_STATE_SINCE, SERVICE))}",
        ),
        number(
            Words(
                "Outages in the time shown",
                "How many confirmed outages began: the last value of "
                "slamon_service_outages_total less the first one in the time shown, not extrapolated.",
            ),
            grown(n.SERVICE_OUTAGES, SERVICE, "$__range", "service"),
            alarming=looks.RED,
        ),
        number(
            Words(
                "Checks down",
                "How many of its checks are down now: those with a verdict less those that "
                "slamon_check_up says are up.",
            ),
            f"count({one('check', of(n.CHECK_UP, SERVICE))}) - sum({one('check', of(n.CHECK_UP, SERVICE))})",
            alarming=looks.RED,
        ),
        timeline(
            Words(
                "Service",
                "The worst state of the service in each step, so that a short outage shows in a long time: "
                "slamon_service_state as a number, which exists at every scrape. An empty stretch was not scraped.",
            ),
            Ask(worst_state(SERVICE), "{{service}}"),
            looks.STATES,
            height=5,
        ),
        timeline(
            Words(
                "Checks",
                "The worst state of each check in each step: from slamon_check_up and slamon_check_degraded; where "
                "they are absent the check is unknown, as slamon_check_info, which is always there, tells.",
            ),
            Ask(worst_check_state(PICK), "{{check}}"),
            looks.STATES,
            height=7,
        ),
        lines(
            Words(
                "Phases of the newest probe",
                "How long resolving, connecting, TLS, the server's answer and the "
                "transfer took, one on the other, the mean over the checks chosen: "
                "slamon_check_phase_duration_seconds.",
                "s",
            ),
            [Ask(f"avg by (phase) ({of(n.CHECK_PHASE_DURATION, PICK)})", "{{phase}}")],
            stacked=True,
            width=12,
        ),
        lines(
            Words(
                "Newest probe",
                "How long the newest probe of each check took, failed ones too: slamon_check_duration_seconds.",
                "s",
            ),
            [Ask(one("check", of(n.CHECK_DURATION, PICK)), "{{check}}")],
            width=12,
        ),
        heat(
            Words(
                "How long probes take",
                "Probes that were not down by duration, the darker the more: the growth of "
                "slamon_check_latency_seconds by bucket.",
                "s",
            ),
            f"sum by (le) (increase({of(n.CHECK_LATENCY, PICK, '_bucket')}[$__rate_interval]))",
        ),
        lines(
            Words(
                "Quantiles against what is agreed",
                "Half, 95 % and 99 % of the probes took no longer, read from the "
                "buckets of slamon_check_latency_seconds, so right within a bucket; dashed the agreed threshold "
                "(slamon_agreement_latency_threshold_seconds).",
                "s",
            ),
            [
                Ask(quantile("0.5", n.CHECK_LATENCY, PICK), "half"),
                Ask(quantile("0.95", n.CHECK_LATENCY, PICK), "95 %"),
                Ask(quantile("0.99", n.CHECK_LATENCY, PICK), "99 %"),
                Ask(one("agreement", of(n.LATENCY_THRESHOLD, SERVICE)), "agreed {{agreement}}"),
            ],
            agreed=["/agreed.*/"],
            least=0,
        ),
        lines(
            Words(
                "Failures by reason",
                "Observations that found a check down, by what was wrong, in each step: the "
                "growth of slamon_check_failures_by_reason_total. Single ones that nobody confirmed are here too.",
            ),
            [
                Ask(
                    f"sum by (reason) (increase({of(n.CHECK_FAILURES_BY_REASON, PICK)}[$__rate_interval]))",
                    "{{reason}}",
                )
            ],
            bars=True,
            stacked=True,
            width=12,
            least=0,
        ),
        lines(
            Words(
                "Observations",
                "Observations a second, and of them degraded and down: rates of "
                "slamon_check_observations_total, its degraded and its failures.",
                "ops",
            ),
            [
                Ask(rate(n.CHECK_OBSERVATIONS, PICK), "all"),
                Ask(rate(n.CHECK_DEGRADED_OBSERVATIONS, PICK), "degraded"),
                Ask(rate(n.CHECK_FAILURES, PICK), "down"),
            ],
            width=12,
            least=0,
        ),
        rows(
            Words(
                "Agreements",
                "What is agreed about the service, and how the running period stands; per cent are cut downward.",
                "percent",
                3,
            ),
            [
                Ask(named(verdict(SERVICE))),
                Ask(named(cut(agreed(n.PERIOD_AVAILABILITY, SERVICE)))),
                Ask(named(f"{agreed(n.TARGET, SERVICE)} * 100")),
                Ask(named(cut(left(SERVICE)))),
            ],
            [
                Column("Value #A", "Verdict", "short", 0, codes=looks.VERDICTS, width=120),
                Column("customer_name", "Customer", link=link("slamon-customer", customer=of_row("Id"))),
                Column("customer", "Id"),
                Column("service", "Service"),
                Column(
                    "agreement",
                    "Agreement",
                    link=link("slamon-agreement", agreement=of_row("Agreement"), service=of_row("Service")),
                ),
                Column("Value #B", "Available", "percent", 3),
                Column("Value #C", "Agreed", "percent"),
                Column("Value #D", "Budget left", "percent", 3),
            ],
            worst="Budget left",
            height=6,
            descending=False,
        ),
        rows(
            Words(
                "Stands on",
                "The services that this one depends on (slamon_service_dependency_info), with their "
                "states. No data: it depends on none.",
            ),
            [Ask(_depends())],
            [
                Column("Value", "State", codes=looks.STATES, width=110),
                Column("depends_on", "Stands on", link=link("slamon-service", service=of_row("Stands on"))),
            ],
            worst="State",
            height=6,
            width=12,
        ),
        rows(
            Words(
                "Certificates",
                "Days until the first certificate of the chain ends: "
                "slamon_check_certificate_expiry_timestamp_seconds less the time now. No data: no check with TLS.",
                "d",
                1,
            ),
            [Ask(f"({one('service, check', of(n.CHECK_CERTIFICATE_EXPIRY, PICK))} - time()) / 86400")],
            [Column("check", "Check"), Column("Value", "Days left", "d", 1)],
            worst="Days left",
            height=6,
            descending=False,
            width=12,
        ),
        rows(
            Words("What is probed", "Kind and target of each check (slamon_check_info), without credentials."),
            [Ask(one("check, kind, target", of(n.CHECK_INFO, PICK)))],
            [Column("check", "Check"), Column("kind", "Kind"), Column("target", "Target")],
            worst="Check",
            height=6,
            descending=False,
        ),
    ]
    variables = [
        choice("service", "Service", values("service", of(n.SERVICE_INFO)), several=False),
        choice("check", "Check", values("check", of(n.CHECK_INFO, SERVICE))),
    ]
    words = "One service: states, checks, latency, outages, what it stands on and what is agreed about it."
    return board("slamon-service", words, variables, panels, [outages(SERVICE), maintenance(SERVICE)])
