"""Figures of the ledger as it lies there: read without the lock, as known at a moment."""

from pathlib import Path

from slamon.accounting import Blind, Cause, CheckHistory, parse_period
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
    _cut(stored, at)
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


def _cut(stored: Stored, at: int) -> None:
    """Leaves out what was observed at or after `at`: it did not exist yet."""
    for check in {*stored.runs, *stored.tails}:
        runs, tail = stored.runs.get(check, []), stored.tails.get(check, [])
        before = CheckHistory(check, runs, tail).before(at)
        stored.runs[check], stored.tails[check] = before.folded(), list(before.tail)
    stored.blinds = [blind for blind in stored.blinds if blind.start < at]
