"""Small sums: quantiles of a list and of a Prometheus histogram."""

from collections.abc import Mapping, Sequence
from math import isfinite

QUANTILES = {"p50": 0.5, "p99": 0.99, "max": 1.0}


def quantiles(values: Sequence[float]) -> dict[str, float | None]:
    """p50, p99 and max by nearest rank; None without values."""
    ordered = sorted(values)
    return {
        name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
        for name, share in QUANTILES.items()
    }


def histogram_quantiles(buckets: Mapping[float, float]) -> dict[str, float | None]:
    """Upper bounds, in the histogram's unit, of the buckets in which p50, p99 and the greatest value lie.

    `buckets`: cumulative counts by upper bound, as exposed; None where the value is beyond the last finite bound.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0
    if not total:
        return dict.fromkeys(QUANTILES)
    found = {
        name: next(bound for bound in bounds if buckets[bound] >= share * total) for name, share in QUANTILES.items()
    }
    return {name: bound if isfinite(bound) else None for name, bound in found.items()}


def difference(after: Mapping[float, float], before: Mapping[float, float]) -> dict[float, float]:
    """What a cumulative histogram gained between two moments."""
    return {bound: count - before.get(bound, 0.0) for bound, count in after.items()}
