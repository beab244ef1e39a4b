"""From what is stored to figures: how far back facts are needed, and which checks joined and left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slamon.accounting import Stint, period_of, previous_period
from slamon.catalogue import Catalogue, terms
from slamon.figures import Facts, Figures
from slamon.ledger import Stored, read_only

MONTH_MS = 31 * 86_400_000


def horizon(catalogue: Catalogue, now: int) -> int:
    """How far back facts are needed in memory: each agreement's previous period, and the longest window."""
    starts = [now - MONTH_MS]
    for agreement in terms.agreement_terms(catalogue):
        for revision in agreement.revisions:
            running = period_of(revision.period, revision.zone, now)
            starts.append(previous_period(running, revision.zone).start)
    return min(starts)


def timed_checks(catalogue: Catalogue) -> frozenset[str]:
    """The checks whose durations an agreement looks at."""
    found: set[str] = set()
    for agreement in terms.agreement_terms(catalogue):
        for revision in agreement.revisions:
            if revision.latency is None:
                continue
            for service in agreement.services:
                own = (check.id for check in catalogue.services[service].checks.values())
                found.update(revision.latency.checks or own)
    return frozenset(found)


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


def stored_figures(catalogue: Catalogue, path: Path, since: int | None = None) -> tuple[Figures, Stored]:
    """Figures of the ledger's file as it is, read without the lock, with all facts from `since` on."""
    timed = timed_checks(catalogue)
    stored = read_only(path, since, timed.__contains__)
    return Figures(catalogue, facts_of(stored)), stored
