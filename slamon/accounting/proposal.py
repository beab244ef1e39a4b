"""Which target would have been kept, and how sure that makes anybody of the periods to come.

A period is counted when it is over and enough of it was seen (`min_coverage`); what is not counted is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from slamon.accounting.figure import AgreementVerdict, Figure

USUAL = tuple(
    Fraction(percent) / 100
    for percent in ("95", "98", "99", "99.5", "99.8", "99.9", "99.95", "99.99", "99.995", "99.999")
)
"""The targets that are usually agreed, the least strict first."""

_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A period that is not counted: `reason` is not_over, not_in_service, no_data or insufficient_data.

    `availability`: what was seen of it all the same.
    """

    period: str
    reason: str
    coverage: Fraction | None
    availability: Fraction | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target: kept in `kept` of the counted periods; `bound`: the least chance of that with the confidence asked."""

    target: Fraction
    kept: int
    missed: tuple[str, ...]
    bound: Fraction | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The strictest target of those tried that was kept as often as asked; `proposed` None: not one was."""

    keep: Fraction
    confidence: Fraction
    counted: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    candidates: tuple[Candidate, ...]
    proposed: Candidate | None


def propose(
    figures: Iterable[Figure],
    min_coverage: Mapping[int, Fraction],
    keep: Fraction,
    confidence: Fraction,
    series: Sequence[Fraction] = USUAL,
) -> Proposal:
    """The strictest target of a series kept in `keep` (a ratio up to 1) of the counted periods.

    `figures`: of one service under one agreement; those of one period (revisions) must all keep the target.
    `min_coverage`: what a verdict needs, by the number of the revision.
    """
    periods: dict[str, list[Figure]] = {}
    for figure in figures:
        periods.setdefault(figure.period.name, []).append(figure)
    left = {name: out for name, found in periods.items() if (out := _left_out(found, min_coverage)) is not None}
    counted = {name: _worst(found) for name, found in periods.items() if name not in left}
    candidates = tuple(_candidate(target, counted, confidence) for target in sorted(series))
    enough = [c for c in candidates if counted and c.kept >= keep * len(counted)]
    return Proposal(keep, confidence, tuple(counted), tuple(left.values()), candidates, enough[-1] if enough else None)


def tried(figures: Iterable[Figure], *agreed: Fraction) -> tuple[Fraction, ...]:
    """The usual targets and those agreed: one between two usual ones that was always kept is no target missed."""
    return tuple(sorted({*USUAL, *agreed, *(figure.target for figure in figures)}))


def _worst(figures: Sequence[Figure]) -> Fraction:
    return min(figure.availability for figure in figures if figure.availability is not None)


def _left_out(figures: Sequence[Figure], min_coverage: Mapping[int, Fraction]) -> LeftOut | None:
    """Why a period is not counted; None where it is."""
    owed = [figure for figure in figures if figure.measured_full_ms]
    if not owed:
        return LeftOut(figures[0].period.name, AgreementVerdict.NOT_IN_SERVICE, None, None)
    coverage = min((figure.coverage for figure in owed if figure.coverage is not None), default=None)
    seen = [figure.availability for figure in owed if figure.availability is not None]
    reason: str | None = None
    if any(figure.at < figure.period.end for figure in owed):
        reason = "not_over"
    elif len(seen) < len(owed):
        reason = AgreementVerdict.NO_DATA
    elif any(figure.coverage is None or figure.coverage < min_coverage[figure.revision] for figure in owed):
        reason = AgreementVerdict.INSUFFICIENT_DATA
    return None if reason is None else LeftOut(owed[0].period.name, reason, coverage, min(seen, default=None))


def _candidate(target: Fraction, counted: dict[str, Fraction], confidence: Fraction) -> Candidate:
    missed = tuple(name for name, availability in counted.items() if availability < target)
    kept = len(counted) - len(missed)
    return Candidate(target, kept, missed, lower_bound(kept, len(counted), confidence) if counted else None)


def lower_bound(kept: int, counted: int, confidence: Fraction) -> Fraction:
    """The exact one-sided lower bound of a chance that came true `kept` times in `counted` trials.

    The greatest p with sum over i from k to n of C(n, i) p^i (1 - p)^(n - i) <= 1 - confidence, cut to a millionth; 0
    for k = 0. For k = n that is (1 - confidence)^(1/n). Trials are taken as independent and alike. Worked out in whole
    numbers. Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case
    of the binomial", Biometrika 26 (1934), 404-413.
    """
    if kept == 0:
        return Fraction(0)
    risk = (1 - confidence) * _STEPS**counted
    low, high = 0, _STEPS
    while low < high:
        middle = (low + high + 1) // 2
        if _tail(kept, counted, middle) <= risk:
            low = middle
        else:
            high = middle - 1
    return Fraction(low, _STEPS)


def _tail(kept: int, counted: int, steps: int) -> int:
    """The chance of at least so many of so many at p = steps/_STEPS, times _STEPS^counted."""
    less = _STEPS - steps
    return sum(comb(counted, i) * steps**i * less ** (counted - i) for i in range(kept, counted + 1))
