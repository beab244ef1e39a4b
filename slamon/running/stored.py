"""Figures of the ledger as it lies there: read without the lock, as known at a moment."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from slamon.accounting import Blind, Cause, Run, parse_period
from slamon.catalogue import Catalogue
from slamon.figures import Figures
from slamon.ledger import Durations, Stored, read_only, watermark
from slamon.running.opening import MONTH_MS, facts_of, horizon, stints_at, timed_checks


def figures_of(
    catalogue: Catalogue, path: Path, period: str | None, at: int, *, running: bool, since: int | None = None
) -> tuple[Figures, int | None]:
    """Figures of the facts before `at` (ms), and the ledger's watermark.

    Of a run that goes on beyond `at` the ledger does not tell how many of its observations came before: a failure that
    was not confirmed yet then is one that was.
    `period`: the one that will be asked for, None: the running one; `since`: what else will be asked for, so far back.
    Unless slamon is `running`, nobody looked between the watermark and `at`.
    UsageError where there is no ledger, LedgerError where it cannot be read.
    """
    since = min(_since(catalogue, period, at), at if since is None else since)
    timed = timed_checks(catalogue, at)
    durations = Durations(lambda check: None if timed.since(check) is None else since, timed.thresholds_us)
    stored = read_only(path, since, durations)
    _cut(stored, [check.id for check in catalogue.reference.checks] if catalogue.reference is not None else [], at)
    stored.stints |= {check: list(stints) for check, stints in stints_at(stored.stints, catalogue, at).items()}
    figures = Figures(catalogue, facts_of(stored))
    if not running and stored.watermark is not None and stored.watermark < at:
        figures.blind(Blind(stored.watermark, at, Cause.STOPPED))
    return figures, stored.watermark


def known_figures(
    catalogue: Catalogue, path: Path, period: str | None, at: int, *, running: bool
) -> tuple[Figures, int]:
    """The figures as known at `at` (ms), and that moment: while slamon is running its newest commit at the latest.

    Raises as `figures_of` does.
    """
    newest = watermark(path) if running else None
    at = at if newest is None else min(at, newest)
    return figures_of(catalogue, path, period, at, running=running)[0], at


def _since(catalogue: Catalogue, period: str | None, at: int) -> int:
    """How far back facts are needed: a month before the period, so that outages are whole."""
    start = horizon(catalogue, at)
    if period is not None:
        zones = {revision.timezone for revision in catalogue.agreements.values()}
        start = min([start, *(parse_period(period, zone).start - MONTH_MS for zone in zones)])
    return start


def _cut(stored: Stored, references: Iterable[str], at: int) -> None:
    """Leaves out what came later: runs, local faults. Of newest observations, histories give those before `at`."""
    for check in references:
        if check in stored.tails:
            stored.tails[check] = [observation for observation in stored.tails[check] if observation.at < at]
    for check, runs in stored.runs.items():
        followed = any(observation.at < at for observation in stored.tails.get(check, ()))
        stored.runs[check] = _known(runs, at, followed=followed)
    stored.blinds = [blind for blind in stored.blinds if blind.start < at]


def _known(runs: Iterable[Run], at: int, *, followed: bool) -> list[Run]:
    """The runs begun before `at`; unless `followed`, the newest is open while its successor could still have come."""
    known = [run for run in runs if run.start < at]
    if known and not followed:
        newest = known[-1]
        alone = newest.end == newest.last + newest.interval_ms
        if alone and newest.last < at <= newest.last + newest.stale_after_ms:
            known[-1] = replace(newest, end=None)
    return known
