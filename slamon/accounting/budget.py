"""Budget, burn, verdict, credits and alert thresholds (section 7 of ACCOUNTING.md; DESIGN.md, "Alerts compare").

Everything is exact: fractions and whole milliseconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from slamon.accounting.figure import WINDOWS, AgreementVerdict, Infinite, Ratio, Sums, Threshold
from slamon.accounting.terms import CreditTier, PeriodKind, Revision

_ZERO = Fraction(0)


def ratio(downtime_ms: int, divisor: Fraction) -> Ratio:
    """0 without downtime, else infinite where the divisor is 0."""
    if downtime_ms == 0:
        return _ZERO
    return downtime_ms / divisor if divisor else Infinite.PLUS


def remaining(budget: Fraction, spent_ms: int) -> Ratio:
    """What is left, as a ratio of the budget; with a budget of 0: 1 without downtime, else minus infinite."""
    if budget:
        return (budget - spent_ms) / budget
    return Infinite.MINUS if spent_ms else Fraction(1)


def verdict(
    revision: Revision, sums: Sums, full_ms: int, over: bool, recent: tuple[int, int], availability: Fraction | None
) -> AgreementVerdict:
    """The first that holds. `recent`: downtime and measured time of the last tenth of the period up to now, in ms."""
    miss = 1 - revision.target
    spent = sums.downtime_ms
    if full_ms == 0:
        return AgreementVerdict.NOT_IN_SERVICE
    if spent > miss * full_ms:
        return AgreementVerdict.BREACHED
    if availability is None:
        return AgreementVerdict.NO_DATA
    if over:
        coverage = sums.coverage
        if coverage is None or coverage < revision.rules.min_coverage:
            return AgreementVerdict.INSUFFICIENT_DATA
        return AgreementVerdict.MET if availability >= revision.target else AgreementVerdict.BREACHED
    down, measured = recent
    # spent + rate x what is to come > budget, with rate = down / measured
    coming = full_ms - sums.measured_ms
    budget = miss * (full_ms - sums.left_out_ms)
    at_risk = spent * measured + down * coming > budget * measured if measured else spent > budget
    return AgreementVerdict.AT_RISK if at_risk else AgreementVerdict.ON_TRACK


def credit(tiers: Iterable[CreditTier], availability: Fraction | None) -> Fraction | None:
    """That of the tier with the lowest `below` that the availability is under; None where there is none."""
    if availability is None:
        return None
    under = [t for t in tiers if availability < t.below]
    return min(under, key=lambda t: t.below).credit if under else None


Page = tuple[str, str, str, Fraction]
"""Severity, long window, short window, share of the budget."""

_LONG: tuple[Page, ...] = (
    ("page", "1h", "5m", Fraction(2, 100)),
    ("page", "6h", "30m", Fraction(5, 100)),
    ("ticket", "1d", "2h", Fraction(10, 100)),
    ("ticket", "3d", "6h", Fraction(10, 100)),
)
_WEEK: tuple[Page, ...] = (
    ("page", "1h", "5m", Fraction(8, 100)),
    ("page", "6h", "30m", Fraction(125, 1000)),
    ("ticket", "1d", "2h", Fraction(20, 100)),
    ("ticket", "3d", "6h", Fraction(42, 100)),
)

ALERT_WINDOWS: Mapping[PeriodKind, Sequence[Page]] = {
    PeriodKind.WEEK: _WEEK,
    PeriodKind.MONTH: _LONG,
    PeriodKind.QUARTER: _LONG,
    PeriodKind.YEAR: _LONG,
}


def thresholds(
    kind: PeriodKind, allowance: Fraction, full_ms: int, greatest: Mapping[str, int]
) -> tuple[Threshold, ...]:
    """What the budget burned in a window is compared with.

    Each share is limited to 0.8 x W / allowance, so that it can be reached, and then raised to W / measured_full, so
    that spending on plan does not reach it; W is `greatest[window]`, the greatest measured time that such a window
    holds in the period. Short windows compare with a twelfth. Without measured time there is none.
    """
    if full_ms == 0:
        return ()
    out: list[Threshold] = []
    for severity, window, short, share in ALERT_WINDOWS[kind]:
        w = greatest[window]
        limited = min(share, Fraction(8, 10) * w / allowance) if allowance else share
        value = max(limited, Fraction(w, full_ms))
        out += [Threshold(severity, window, value), Threshold(severity, short, value / 12)]
    return tuple(out)


def long_windows(kind: PeriodKind) -> dict[str, int]:
    """The long windows that alerts of such a period compare, by name, in ms."""
    return {window: WINDOWS[window] for _, window, _, _ in ALERT_WINDOWS[kind]}
