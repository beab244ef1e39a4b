"""Expressions that several alerts are made of (PromQL that Prometheus 2.42 and vmalert 1.79 both know).

What was true within the last five minutes holds over a restart of slamon, unless something newer contradicts it: an
outage is paged once. Several slamons (sites, shards, versions) may be there: nobody's word is taken against another
one's who sees the service up.
"""

from slamon.export import names as n
from slamon.export.alerting.alert import Fit

LAST = "5m"
"""So long a value speaks for itself when no newer one comes."""

_AGREED = "agreement, service, customer"


def hurt(fit: Fit) -> str:
    """The services that somebody is owed now: in service hours, and not in maintenance."""
    serving, maintained = fit.of(n.IN_SERVICE), fit.of(n.IN_MAINTENANCE)
    return (
        f"max by (service) (last_over_time({serving}[{LAST}]) == 1\n  unless last_over_time({maintained}[{LAST}]) == 1)"
    )


def in_state(fit: Fit, state: str, better: str) -> str:
    """The services that somebody saw in that state and nobody sees in a better one (a pattern)."""
    seen, contrary = fit.of(n.SERVICE_STATE, state=state), fit.of(n.SERVICE_STATE, state=f"~{better}")
    return (
        f"clamp_max(sum by (service) (max_over_time({seen}[{LAST}])), 1) > 0\n"
        f"  unless on (service) sum by (service) ({contrary}) > 0"
    )


def owed(fit: Fit, expression: str) -> str:
    """An expression by service, with the team that looks after it and the customer it is owed to."""
    who = fit.of(n.SERVICE_RESPONSIBILITY)
    known = f"topk by (service) (1, max by (service, team, customer) (last_over_time({who}[{LAST}])))"
    return f"({expression})\n* on (service) group_left (team, customer) {known}"


def caused(fit: Fit, expression: str) -> str:
    """An expression by service, with the service at the root of the outage; one that slamon cannot tell is its own."""
    told = fit.of(n.SERVICE_DOWN)
    newest = f"{told} or last_over_time({told}[{LAST}])"
    itself = (
        "label_replace(label_replace(\n    clamp_max(max by (service) (last_over_time("
        f"{fit.of(n.SERVICE_STATE, state='down')}[{LAST}])) + 1, 1),\n"
        '    "cause", "$1", "service", "(.*)"), "role", "cause", "", "")'
    )
    root = f"topk by (service) (1, max by (service, cause, role) ({newest}))\n  or on (service) {itself}"
    return f"{expression}\n* on (service) group_left (cause, role) ({root})"


def by_agreement(fit: Fit, expression: str) -> str:
    """An expression by agreement, service and customer, with the team that looks after the service."""
    terms = fit.of(n.AGREEMENT_INFO)
    known = f"topk by ({_AGREED}) (1, max by ({_AGREED}, team) (last_over_time({terms}[{LAST}])))"
    return f"({expression})\n* on ({_AGREED}) group_left (team) {known}"


def mildest(expression: str) -> str:
    """What even the mildest of several slamons says of an agreement."""
    return f"min by ({_AGREED}) ({expression})"


def now_owed(fit: Fit) -> str:
    """The agreements that are in service and not in maintenance now."""
    return (
        f"max by ({_AGREED}) (last_over_time({fit.of(n.IN_SERVICE)}[{LAST}]) == 1\n"
        f"  unless last_over_time({fit.of(n.IN_MAINTENANCE)}[{LAST}]) == 1)"
    )


def burned(fit: Fit, severity: str, window: str) -> str:
    """The agreements whose budget burned more in the window than that severity allows, where enough was seen."""
    share = fit.of(n.BUDGET_BURNED, window=window)
    seen = fit.of(n.COVERAGE, window=window)
    limit = fit.of(n.BUDGET_BURNED_THRESHOLD, severity=severity, window=window)
    return f"min by ({_AGREED}) ({share} and {seen} >= 0.5)\n  > max by ({_AGREED}) ({limit})"
