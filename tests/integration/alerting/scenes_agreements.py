"""Scenes of agreements: how fast the budget goes, whose period is at risk or lost, what nobody saw."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.integration.alerting.scenes import Scene, Slamon, Span

HOUR = 60
MONTH_S = 30 * 86_400
LIMITS = {
    "page": {"1h": 0.02, "5m": 0.02 / 12, "6h": 0.05, "30m": 0.05 / 12},
    "ticket": {"1d": 0.1, "2h": 0.1 / 12, "3d": 0.1, "6h": 0.1 / 12},
}
"""The thresholds of a month."""


def agreed(minutes: int, instance: str = "a:10650", **terms: Any) -> Slamon:
    """A service that is up, with one agreement."""
    return Slamon(instance).service("shop", [(minutes, "up")]).agreement("shop", minutes, **terms)


def burning(burned: Mapping[str, Sequence[Span]], coverage: float = 1, **more: Any) -> Slamon:
    """The share of the budget that went, by window; a window that is not named: nothing."""
    minutes = sum(span[0] for span in next(iter(burned.values())))
    slamon = agreed(minutes, **more)
    for severity, limits in LIMITS.items():
        for window, limit in limits.items():
            slamon.gauge("budget_burned_threshold_ratio", [(minutes, limit)], severity=severity, window=window)
    for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"):
        slamon.gauge("budget_burned_ratio", burned.get(window, [(minutes, 0)]), window=window)
        slamon.gauge("coverage_ratio", [(minutes, coverage)], window=window)
    return slamon


def verdict(*spans: Span, gone: float = 0.5, left: float = 0.9, instance: str = "a:10650", **terms: Any) -> Slamon:
    """An agreement by its verdicts. `gone`: how much of the period is over; `left`: of the budget."""
    minutes = sum(span[0] for span in spans)
    slamon = agreed(minutes, instance, **terms)
    for word in ("not_in_service", "breached", "no_data", "insufficient_data", "at_risk", "on_track", "met"):
        told = [(n, None if value is None else int(value == word)) for n, value in spans]
        slamon.gauge("verdict", told, verdict=word)
    slamon.gauge("period_start_timestamp_seconds", [(minutes, -int(gone * MONTH_S))])
    slamon.gauge("period_end_timestamp_seconds", [(minutes, int((1 - gone) * MONTH_S))])
    return slamon.gauge("budget_remaining_ratio", [(minutes, left)])


def pair(fast: float, slow: float, long: str, short: str) -> dict[str, Sequence[Span]]:
    """Both windows of a pair: nothing for ten minutes, then so much, then nothing."""
    return {long: [(10, 0), (20, fast), (10, fast)], short: [(10, 0), (20, slow), (10, 0)]}


SCENES = (
    Scene(
        "a fiftieth of the budget within an hour, and it goes on",
        "SlamonBudgetBurn",
        [burning(pair(0.021, 0.01, "1h", "5m"))],
        {9: 0, 10: 1, 29: 1, 30: 0},
        {"severity": "page"},
        {"agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene(
        "a twentieth within six hours, and it goes on",
        "SlamonBudgetBurn",
        [burning(pair(0.051, 0.02, "6h", "30m"))],
        {9: 0, 10: 1, 30: 0},
        {"severity": "page"},
    ),
    Scene(
        "a tenth within a day, and it goes on: a ticket",
        "SlamonBudgetBurn",
        [burning(pair(0.11, 0.02, "1d", "2h"))],
        {9: 0, 10: 1, 30: 0},
        {"severity": "ticket"},
        {"agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene(
        "a tenth within three days, and it goes on: a ticket",
        "SlamonBudgetBurn",
        [burning(pair(0.11, 0.02, "3d", "6h"))],
        {9: 0, 10: 1, 30: 0},
        {"severity": "ticket"},
    ),
    Scene(
        "an outage that is over burns no more",
        "SlamonBudgetBurn",
        [burning(pair(0.9, 0.0, "1h", "5m"))],
        {15: 0, 39: 0},
        {"severity": "page"},
    ),
    Scene(
        "just what the threshold accepts",
        "SlamonBudgetBurn",
        [burning(pair(0.02, 0.01, "1h", "5m"))],
        {15: 0, 39: 0},
        {"severity": "page"},
    ),
    Scene(
        "slow enough for a ticket is no page, and fast is no ticket yet",
        "SlamonBudgetBurn",
        [burning(pair(0.021, 0.01, "1h", "5m"))],
        {15: 0, 39: 0},
        {"severity": "ticket"},
    ),
    Scene(
        "when office hours end the page ends, though the windows still hold the outage",
        "SlamonBudgetBurn",
        [burning(pair(0.5, 0.4, "1h", "5m"), serving=[(20, 1), (20, 0)])],
        {10: 1, 19: 1, 20: 0, 39: 0},
        {"severity": "page"},
    ),
    Scene(
        "in maintenance nobody is paged",
        "SlamonBudgetBurn",
        [burning(pair(0.5, 0.4, "1h", "5m"), maintained=[(40, 1)])],
        {10: 0, 29: 0},
        {"severity": "page"},
    ),
    Scene(
        "a target of 100 %: any downtime burns more than all",
        "SlamonBudgetBurn",
        [burning({"1h": [(10, 0), (20, "Inf"), (10, "Inf")], "5m": [(10, 0), (20, "Inf"), (10, 0)]})],
        {9: 0, 10: 1, 30: 0},
        {"severity": "page"},
    ),
    Scene(
        "one of two sites sees it burn, the other one sees it well",
        "SlamonBudgetBurn",
        [
            burning(pair(0.5, 0.4, "1h", "5m")),
            burning({"1h": [(40, 0)]}, instance="b:10650"),
        ],
        {10: 0, 29: 0},
        {"severity": "page"},
    ),
    Scene(
        "one of two sites sees it burn, the other one saw nothing",
        "SlamonBudgetBurn",
        [
            burning(pair(0.5, 0.4, "1h", "5m")),
            burning({"1h": [(40, 0)]}, coverage=0.2, instance="b:10650"),
        ],
        {9: 0, 10: 1, 30: 0},
        {"severity": "page"},
    ),
    Scene(
        "slamon restarts: its counters begin anew, its figures do not",
        "SlamonBudgetBurn",
        [burning({"1h": [(10, 0.01), (2, None), (28, 0.01)], "5m": [(10, 0.01), (2, None), (28, 0.01)]})],
        {9: 0, 12: 0, 39: 0},
        {"severity": "page"},
    ),
    Scene("no agreement", "SlamonBudgetBurn", [Slamon().service("shop", [(40, "down")])], {20: 0, 39: 0}),
    Scene(
        "at risk for half an hour",
        "SlamonAgreementAtRisk",
        [verdict((5, "on_track"), (60, "at_risk"), (5, "on_track"))],
        {34: 0, 35: 1, 64: 1, 65: 0},
        labels={"severity": "ticket", "agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene(
        "at risk for less",
        "SlamonAgreementAtRisk",
        [verdict((5, "on_track"), (29, "at_risk"), (30, "on_track"))],
        {33: 0, 40: 0, 63: 0},
    ),
    Scene(
        "the first hour of a month: a short outage makes every extrapolation bad",
        "SlamonAgreementAtRisk",
        [verdict((60, "at_risk"), gone=0.001, left=0.95)],
        {31: 0, 59: 0},
    ),
    Scene(
        "the first day of a month, and half of the budget is gone",
        "SlamonAgreementAtRisk",
        [verdict((60, "at_risk"), gone=0.03, left=0.4)],
        {29: 0, 30: 1},
    ),
    Scene(
        "breached, until the next period begins",
        "SlamonAgreementBreached",
        [verdict((5, "at_risk"), (20, "breached"), (5, "on_track"), left=-0.5)],
        {4: 0, 5: 1, 24: 1, 25: 0},
        labels={"severity": "ticket", "agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene("at risk is not breached", "SlamonAgreementBreached", [verdict((60, "at_risk"), left=0.01)], {30: 0, 59: 0}),
    Scene(
        "breached by the account of one site alone",
        "SlamonAgreementBreached",
        [verdict((30, "breached"), left=-0.5), verdict((30, "on_track"), instance="b:10650")],
        {15: 0, 29: 0},
    ),
    Scene(
        "less than nine tenths seen",
        "SlamonCoverageLow",
        [
            agreed(520)
            .gauge("coverage_ratio", [(400, 1), (60, 0.85), (60, 0.95)], window="6h")
            .gauge("min_coverage_ratio", [(520, 0.9)])
        ],
        {429: 0, 430: 1, 459: 1, 460: 0},
        labels={"severity": "ticket", "agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene(
        "newly installed: the hours before are no gap of ours",
        "SlamonCoverageLow",
        [agreed(340).gauge("coverage_ratio", [(340, 0.3)], window="6h").gauge("min_coverage_ratio", [(340, 0.9)])],
        {100: 0, 339: 0},
    ),
    Scene(
        "a short restart",
        "SlamonCoverageLow",
        [
            agreed(480)
            .gauge("coverage_ratio", [(400, 1), (5, None), (75, 0.98)], window="6h")
            .gauge("min_coverage_ratio", [(480, 0.9)])
        ],
        {440: 0, 479: 0},
    ),
    Scene(
        "slower than agreed",
        "SlamonLatencyObjectiveMissed",
        [
            agreed(80)
            .gauge("latency_ratio", [(5, 0.96), (50, 0.94), (25, 0.951)])
            .gauge("latency_target_ratio", [(80, 0.95)])
        ],
        {34: 0, 35: 1, 54: 1, 55: 0},
        labels={"severity": "ticket", "agreement": "gold", "service": "shop", "customer": "kunde", "team": "web"},
    ),
    Scene(
        "too few observations for a ratio",
        "SlamonLatencyObjectiveMissed",
        [agreed(80).gauge("latency_target_ratio", [(80, 0.95)])],
        {40: 0, 79: 0},
    ),
)
