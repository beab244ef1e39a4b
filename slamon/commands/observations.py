"""`slamon import observations`: what another program saw, put into the ledger for good."""

import time
from pathlib import Path

import typer

from slamon.commands import reading as observed
from slamon.commands import waiting
from slamon.commands.past import Past
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.tables import moment
from slamon.errors import UsageError
from slamon.ledger import Ledger
from slamon.replay import Reading, checks_of


def import_file(file: Path, config: Path, data: Path | None) -> int:
    """Store the observations of a file, all or none. 0 when they are stored.

    UsageError where a line is wrong or would overlap stored facts; LedgerBusy while slamon runs.
    """
    loaded = catalogue(config, data)
    now = time.time_ns() // 1_000_000
    path = ledger_path(loaded, data)
    reading = observed.observations(file, loaded, now)
    first, last = _span(reading, file)
    ledger = Ledger.open(path)
    try:
        with waiting.busy("storing"):
            stored = ledger.load(first - max(check.stale_after_ms for check in checks_of(loaded).values()))
            batch = Past(loaded, path, stored, reading.observations, now).batch(file.name)
            ledger.commit(batch).result()
    finally:
        ledger.close(clean=ledger.was_clean)
    if reading.later:
        typer.echo(f"{reading.later} observation(s) rejected: later than now", err=True)
    typer.echo(
        f"{reading.count} observations of {len(reading.observations)} check(s) imported, "
        f"from {moment(first)} to {moment(last)}, as {len(batch.runs)} runs"
    )
    if first < now - loaded.storage.retention:
        typer.echo("some are older than storage.retention: they will be forgotten at the next clearing", err=True)
    return 0


def _span(reading: Reading, file: Path) -> tuple[int, int]:
    """When the first and the last observation were made."""
    seen = [observations for observations in reading.observations.values() if observations]
    if not seen:
        raise UsageError(f"{file} tells no observation of the past: nothing to import")
    return min(o[0].at for o in seen), max(o[-1].at for o in seen)
