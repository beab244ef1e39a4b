"""Expressions. Names come from slamon.export.names; every one works with metrics absent, double, or of two versions."""

from collections.abc import Mapping

from slamon.export import names as n
from slamon.export.names import Family

from grafana.looks import STATES, VERDICTS

AGREED = "agreement, service, customer"

SERVICE = {"service": "~$service"}
"""The services that the dashboard's variable picks; `~` stands for a pattern."""
AGREEMENT = {"agreement": "~$agreement", "service": "~$service"}
CUSTOMER = {"customer": "~$customer"}


def of(family: Family, pick: Mapping[str, str] | None = None, /, suffix: str = "", **more: str) -> str:
    """A metric with matchers: `state="down"`, `state="~up|down"` for a pattern."""
    pairs = [
        f'{k.rstrip("_")}=~"{v[1:]}"' if v.startswith("~") else f'{k.rstrip("_")}="{v}"'
        for k, v in {**(pick or {}), **more}.items()
    ]
    return f"{family.name}{suffix}{{{', '.join(pairs)}}}" if pairs else f"{family.name}{suffix}"


def one(labels: str, expression: str, how: str = "max") -> str:
    """One series for each combination of labels, be it that several slamons tell of it."""
    return f"{how} by ({labels}) ({expression})"


def cut(ratio: str) -> str:
    """A ratio as per cent with three digits, cut downward: 0.99999 is 99.999, never 100."""
    return f"floor(({ratio}) * 1e5 + 1e-7) / 1e3"


def cut_up(ratio: str) -> str:
    """What is spent or burned as per cent with three digits, cut upward; the last term makes 0 of -0."""
    return f"ceil(({ratio}) * 1e5 - 1e-7) / 1e3 + 0"


def agreed(family: Family, pick: Mapping[str, str], **more: str) -> str:
    """A figure of each agreement and service."""
    return one(AGREED, of(family, pick, **more))


def left(pick: Mapping[str, str]) -> str:
    """What is left of the budget; a target of 100 % has none, and shows -1000 % once it is broken."""
    return f"clamp_min({agreed(n.BUDGET_REMAINING, pick)}, -10)"


def named(expression: str) -> str:
    """With the customer's name beside, of whom a label of the info series tells."""
    told = f"topk by ({AGREED}) (1, {one(f'{AGREED}, customer_name', of(n.AGREEMENT_INFO))})"
    return f"({expression}) * on ({AGREED}) group_left (customer_name) {told}"


def titled(expression: str) -> str:
    """With a service's name and team beside."""
    told = f"topk by (service) (1, {one('service, name, team', of(n.SERVICE_INFO))})"
    return f"({expression}) * on (service) group_left (name, team) {told}"


def _weights(label: str, codes: Mapping[str, tuple[int, str]]) -> str:
    """A number for each value of a label."""
    return " or ".join(
        f'label_replace(vector({number}), "{label}", "{name}", "", "")' for name, (number, _) in codes.items()
    )


def _code(series: str, label: str, codes: Mapping[str, tuple[int, str]], by: str) -> str:
    """A number for the one of several series that is 1; it exists whenever these do.

    Only those that are 1 are matched: a tenth of the time that a sum over all of them takes.
    """
    return one(by, f"({series} == 1) * on ({label}) group_left () ({_weights(label, codes)})")


def state(pick: Mapping[str, str]) -> str:
    """A service's state as a number: 0 up, 1 degraded, 2 unknown, 3 down."""
    return _code(of(n.SERVICE_STATE, pick), "state", STATES, "service")


def verdict(pick: Mapping[str, str]) -> str:
    """An agreement's verdict as a number, see `looks.VERDICTS`."""
    return _code(of(n.VERDICT, pick), "verdict", VERDICTS, AGREED)


def worst_state(pick: Mapping[str, str]) -> str:
    """The worst state that a service was in during each step, so that a short outage shows in a long time."""
    series = f"max_over_time({of(n.SERVICE_STATE, pick)}[$__rate_interval])"
    return _code(series, "state", STATES, "service")


def worst_check_state(pick: Mapping[str, str]) -> str:
    """The same of a check: one that had no verdict in all of the step is unknown, as its info series tells."""
    by = "service, check"
    up = one(by, f"min_over_time({of(n.CHECK_UP, pick)}[$__rate_interval])", "min")
    degraded = one(by, f"max_over_time({of(n.CHECK_DEGRADED, pick)}[$__rate_interval])")
    return f"(3 - 3 * {up} + {up} * {degraded}) or on ({by}) (2 * {one(by, of(n.CHECK_INFO, pick))})"


def grown(family: Family, pick: Mapping[str, str], span: str, by: str) -> str:
    """By how much a counter that never falls grew: two of its points, subtracted, with no extrapolation."""
    series = of(family, pick)
    return f"sum by ({by}) (max_over_time({series}[{span}]) - min_over_time({series}[{span}]))"


def rate(family: Family, pick: Mapping[str, str], by: str = "", suffix: str = "") -> str:
    """How fast a counter grows, a second."""
    inner = f"rate({of(family, pick, suffix=suffix)}[$__rate_interval])"
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def quantile(q: str, family: Family, pick: Mapping[str, str]) -> str:
    """A quantile of a histogram."""
    return f"histogram_quantile({q}, {rate(family, pick, 'le', '_bucket')})"
