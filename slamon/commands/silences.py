"""`slamon silences sync` and `slamon export silences`: planned maintenance, told to Alertmanager or written down."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import ValidationError

from slamon.catalogue.instance import Alertmanager
from slamon.commands.places import catalogue
from slamon.errors import SlamonError, UsageError
from slamon.export.silences import Silence, silences
from slamon.running.alertmanager import compared
from slamon.running.alertmanager import sync as synced
from slamon.shown import instant_text


def sync(config: Path, url: str | None, *, dry_run: bool) -> int:
    """Compare Alertmanager's silences with the catalogue's maintenance, once; tell what changed."""
    loaded = catalogue(config)
    known = loaded.alertmanager if url is None else _at(url, loaded.alertmanager)
    if known is None:
        raise UsageError("no Alertmanager is known: alertmanager.url in the catalogue, or --url http://127.0.0.1:9093")
    now = time.time_ns() // 1_000_000
    wanted = silences(loaded, now, known.ahead)
    done = compared(known, wanted) if dry_run else synced(known, wanted, now)
    _tell("would make" if dry_run else "made", done.made)
    _tell("would end" if dry_run else "ended", done.ended)
    typer.echo(f"{len(done.made)} made, {len(done.ended)} ended, {len(wanted)} are planned")
    if done.refused:
        raise SlamonError(f"{len(done.refused)} refused, first: {done.refused[0]}")
    return 0


def _at(url: str, known: Alertmanager | None) -> Alertmanager:
    """Another address; credentials of the catalogue go to the catalogue's address only."""
    kept = {} if known is None else {"ahead": f"{known.ahead}ms", "author": known.author}
    try:
        return Alertmanager.model_validate({"url": url, **kept})
    except ValidationError:
        raise UsageError(f"--url {url}: expected an address as http://127.0.0.1:9093") from None


def _tell(what: str, found: Sequence[Silence]) -> None:
    for one in found:
        whose = f"{one.service} ({one.agreement})" if one.agreement else one.service
        typer.echo(f"{what}: {whose}, {instant_text(one.start)} to {instant_text(one.end)}")


def export(config: Path, ahead_ms: int, author: str) -> int:
    """Print the silences of planned maintenance as `amtool silence import` reads them."""
    loaded = catalogue(config)
    now = time.time_ns() // 1_000_000
    typer.echo(json.dumps([one.written(author) for one in silences(loaded, now, ahead_ms)], indent=1))
    return 0
