"""Figures of the ledger as it lies there: read without the lock, as known at a moment."""

from collections.abc import Iterable
from pathlib import Path

from slamon.accounting import Blind, Cause, parse_period
from slamon.catalogue import Catalogue
from slamon.figures import Figures
from slamon.ledger import Stored, read_only
from slamon.running.opening import MONTH_MS, facts_of, horizon, stints_at, timed_checks


def figures_of(
    catalogue: Catalogue, path: Path, period: str | None, at: int, *, running: bool
) -> tuple[Figures, int | None]:
    """Figures of the facts before `at` (ms), and the ledger's watermark.

    `period`: the one that will be asked for, None: the running one. Unless slamon is `running`, nobody looked between
    the watermark and `at`.
    UsageError where there is no ledger, LedgerError where it cannot be read.
    """
    stored = read_only(path, _since(catalogue, period, at), timed_checks(catalogue).__contains__)
    _cut(stored, [check.id for check in catalogue.reference.checks] if catalogue.reference is not None else [], at)
    stored.stints |= {check: list(stints) for check, stints in stints_at(stored.stints, catalogue, at).items()}
    figures = Figures(catalogue, facts_of(stored))
    if not running and stored.watermark is not None and stored.watermark < at:
        figures.blind(Blind(stored.watermark, at, Cause.STOPPED))
    return figures, stored.watermark


def _since(catalogue: Catalogue, period: str | None, at: int) -> int:
    """How far back facts are needed: a month before the period, so that outages are whole."""
    start = horizon(catalogue, at)
    if period is not None:
        zones = {revision.timezone for revision in catalogue.agreements.values()}
        start = min([start, *(parse_period(period, zone).start - MONTH_MS for zone in zones)])
    return start


def _cut(stored: Stored, references: Iterable[str], at: int) -> None:
    """Leaves out the local faults that came up later; of what checks saw, histories give what was seen before `at`."""
    for check in references:
        if check in stored.tails:
            stored.tails[check] = [observation for observation in stored.tails[check] if observation.at < at]
    stored.blinds = [blind for blind in stored.blinds if blind.start < at]
