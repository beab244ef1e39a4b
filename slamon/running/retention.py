"""What may be forgotten: facts older than the retention, unless a period that is not closed needs them (section 9)."""

from collections.abc import Iterable

from slamon.catalogue import Catalogue, terms
from slamon.running.opening import MONTH_MS


def cutoffs(catalogue: Catalogue, checks: Iterable[str], now: int) -> dict[str, int]:
    """By check, the instant (ms) before which its facts may go; a check without one keeps all of them.

    `checks`: every check that facts are known of. A month before the first period of an agreement is kept too, so that
    an outage which reaches into it is whole. Facts of agreements without `valid_from` are kept for good.
    """
    limit = now - catalogue.storage.retention
    needed = _needed_from(catalogue)
    starts = {check: needed.get(check.partition("/")[0], limit) for check in checks}
    return {check: min(limit, start) for check, start in starts.items() if start is not None}


def _needed_from(catalogue: Catalogue) -> dict[str, int | None]:
    """By service under an agreement, its dependencies included: from when on facts are needed, None for always."""
    found: dict[str, int | None] = {}
    for agreement in terms.agreement_terms(catalogue):
        starts = [revision.valid_from for revision in agreement.revisions]
        known = [start for start in starts if start is not None]
        start = min(known) - MONTH_MS if len(known) == len(starts) else None
        for service in _with_dependencies(catalogue, agreement.services):
            before = found.get(service, start)
            found[service] = None if start is None or before is None else min(start, before)
    return found


def _with_dependencies(catalogue: Catalogue, services: Iterable[str]) -> set[str]:
    found: set[str] = set()
    coming = list(services)
    while coming:
        service = coming.pop()
        if service not in found:
            found.add(service)
            coming += [name for group in catalogue.services[service].depends_on for name in group]
    return found
