"""From what is stored to figures: how far back facts are needed, and which checks joined and left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from slamon.accounting import Stint, period_of, previous_period
from slamon.catalogue import Catalogue, terms
from slamon.figures import Facts
from slamon.ledger import Stored

MONTH_MS = 31 * 86_400_000

DEFAULT_BUCKETS_US = tuple(ms * 1000 for ms in (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000))
"""Prometheus' own default buckets, in us."""

MOST_HISTOGRAMS = 500
"""With more checks the histograms are off, unless they are asked for: 13 series a check."""


def horizon(catalogue: Catalogue, now: int) -> int:
    """How far back facts are needed in memory: each agreement's previous period, and the longest window."""
    starts = [now - MONTH_MS]
    for agreement in terms.agreement_terms(catalogue):
        for revision in agreement.revisions:
            running = period_of(revision.period, revision.zone, now)
            starts.append(previous_period(running, revision.zone).start)
    return min(starts)


@dataclass(frozen=True, slots=True)
class Timed:
    """Whose durations agreements look at: those of named checks, and of all that services have or had."""

    services: frozenset[str]
    checks: frozenset[str]

    def __contains__(self, check: str) -> bool:
        return check in self.checks or check.partition("/")[0] in self.services

    def includes(self, other: "Timed") -> bool:
        """Whether all of the other's are among these."""
        return other.services <= self.services and all(check in self for check in other.checks)


def timed_checks(catalogue: Catalogue) -> Timed:
    """The checks whose durations an agreement looks at."""
    services: set[str] = set()
    checks: set[str] = set()
    for agreement in terms.agreement_terms(catalogue):
        for revision in agreement.revisions:
            if revision.latency is None:
                continue
            if revision.latency.checks:
                checks.update(revision.latency.checks)
            else:
                services.update(agreement.services)
    return Timed(frozenset(services), frozenset(checks))


def bounds_of(catalogue: Catalogue) -> tuple[int, ...]:
    """The buckets of the latency histograms in us; () where they are off."""
    wanted = catalogue.metrics.latency_histogram
    if wanted is None:
        wanted = len(catalogue.checks) <= MOST_HISTOGRAMS
    if not wanted:
        return ()
    return tuple(ms * 1000 for ms in sorted(catalogue.metrics.latency_buckets)) or DEFAULT_BUCKETS_US


def facts_of(stored: Stored) -> Facts:
    """What was stored, as figures take it."""
    return Facts(
        runs=stored.runs,
        tails=stored.tails,
        blinds=stored.blinds,
        quarters=stored.quarters,
        stints=stored.stints,
        corrections=stored.corrections,
    )


def stints_at(before: Mapping[str, Sequence[Stint]], catalogue: Catalogue, now: int) -> dict[str, tuple[Stint, ...]]:
    """The stints that a load of the catalogue at `now` changes: checks that joined, left, or have other terms."""
    changed: dict[str, tuple[Stint, ...]] = {}
    for check, model in catalogue.checks.items():
        known = tuple(before.get(check, ()))
        agreed = terms.check_terms(model)
        if not known or known[-1].until is not None or known[-1].service != model.service:
            changed[check] = (*_left(known, now), Stint(model.service, now, None, agreed))
        elif known[-1].terms != agreed:
            changed[check] = (*known[:-1], replace(known[-1], terms=agreed))
    for check, stints in before.items():
        if check not in catalogue.checks and stints[-1].until is None:
            changed[check] = tuple(_left(stints, now))
    return changed


def _left(stints: Iterable[Stint], now: int) -> list[Stint]:
    return [stint if stint.until is not None else replace(stint, until=now) for stint in stints]
