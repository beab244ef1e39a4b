"""Recording rules for long ranges: years of figures without years of raw series."""

from slamon.export import names as n
from slamon.export.alerting.alert import Fit, Group, Record

_AGREED = "agreement, service, customer"


def group(fit: Fit) -> Group:
    """All of them, once an hour: a year is 8,760 points a series."""
    accounted = fit.of(n.ACCOUNTED)
    known = fit.named(n.ACCOUNTED.name, **{"class": "~up|down"})
    down = fit.named(n.ACCOUNTED.name, **{"class": "down"})
    return Group(
        "slamon-recording",
        (),
        "1h",
        (
            Record("slamon:agreement_accounted_seconds:max", f"max by ({_AGREED}, class) ({accounted})"),
            Record(
                "slamon:agreement_availability:ratio1d",
                f"1 - max by ({_AGREED}) (increase({down}[1d]))\n"
                f"  / max by ({_AGREED}) (sum without (class) (increase({known}[1d])))",
            ),
            Record(
                "slamon:agreement_period_availability:min",
                f"min by ({_AGREED}) ({fit.of(n.PERIOD_AVAILABILITY)})",
            ),
            Record("slamon:customer_period_availability:min", f"min by (customer) ({fit.of(n.PERIOD_AVAILABILITY)})"),
            Record(
                "slamon:service_state:max",
                f"max by (service) ({fit.of(n.SERVICE_STATE, state='degraded')}\n"
                f"  + ignoring (state) 2 * {fit.of(n.SERVICE_STATE, state='unknown')}\n"
                f"  + ignoring (state) 3 * {fit.of(n.SERVICE_STATE, state='down')})",
            ),
            Record(
                "slamon:check_failures:ratio1h",
                f"sum by (service, check) (increase({fit.of(n.CHECK_FAILURES)}[1h]))\n"
                f"  / sum by (service, check) (increase({fit.of(n.CHECK_OBSERVATIONS)}[1h]))",
            ),
        ),
    )
