"""From what is stored to figures: how far back facts are needed, and which checks joined and left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slamon.accounting import AgreementTerms, Stint, period_of, previous_period
from slamon.catalogue import Catalogue, terms
from slamon.figures import Facts, thresholds_of
from slamon.ledger import Durations, Stored

MONTH_MS = 31 * 86_400_000

DEFAULT_BUCKETS_US = tuple(ms * 1000 for ms in (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000))
"""Prometheus' own default buckets, in us."""

MOST_HISTOGRAMS = 500
"""With more checks the histograms are off, unless they are asked for: 14 series a check with the default buckets."""


def horizon(catalogue: Catalogue, now: int) -> int:
    """How far back facts are needed in memory: each agreement's previous period, and the longest window."""
    return min([now - MONTH_MS, *(_needed(agreement, now) for agreement in terms.agreement_terms(catalogue))])


def _needed(agreement: AgreementTerms, now: int) -> int:
    """When the previous period of an agreement began."""
    running = ((period_of(revision.period, revision.zone, now), revision.zone) for revision in agreement.revisions)
    return min(previous_period(period, zone).start for period, zone in running)


@dataclass(frozen=True, slots=True)
class Timed:
    """Whose durations agreements look at, from when on: those of named checks, of all that services have or had."""

    services: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)
    thresholds_us: tuple[int, ...] = ()

    def since(self, check: str) -> int | None:
        """From when on (ms) durations of the check are wanted; None: of no use."""
        found = [at for at in (self.checks.get(check), self.services.get(check.partition("/")[0])) if at is not None]
        return min(found, default=None)

    def includes(self, other: "Timed") -> bool:
        """Whether all of the other's are among these."""
        here = all(
            at is not None and at <= wanted
            for at, wanted in (
                *((self.services.get(service), wanted) for service, wanted in other.services.items()),
                *((self.since(check), wanted) for check, wanted in other.checks.items()),
            )
        )
        return here and set(other.thresholds_us) <= set(self.thresholds_us)

    def durations(self) -> Durations:
        """What the ledger is asked for."""
        return Durations(self.since, self.thresholds_us)


def timed_checks(catalogue: Catalogue, now: int) -> Timed:
    """The checks whose durations an agreement looks at, each from the agreement's previous period on."""
    services: dict[str, int] = {}
    checks: dict[str, int] = {}
    for agreement in terms.agreement_terms(catalogue):
        start = _needed(agreement, now)
        for revision in agreement.revisions:
            if revision.latency is not None:
                named = (checks, revision.latency.checks) if revision.latency.checks else (services, agreement.services)
                for name in named[1]:
                    named[0][name] = min(start, named[0].get(name, start))
    return Timed(services, checks, thresholds_of(catalogue))


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
        settled=stored.settled,
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
