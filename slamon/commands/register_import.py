"""`slamon register complaint import`, `satisfaction import`: many at once, each one once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from slamon.commands.register import entered
from slamon.commands.register_table import Reading, read_file
from slamon.errors import UsageError
from slamon.running.entering.importing import COMPLAINTS, MOST_TOLD, packed
from slamon.running.entering.rows import COMPLAINT_KEYS, SCORE_KEYS
from slamon.shown import instant_text


def run(
    config: Path,
    data: Path | None,
    what: str,
    file: Path,
    author: str,
    *,
    columns: Sequence[str],
    fixed: Sequence[str],
    delimiter: str | None,
    encoding: str | None,
    timezone: str | None,
    skip_bad: bool,
) -> int:
    """Enter a file's rows; 1 where bad ones were left out."""
    keys = COMPLAINT_KEYS if what == COMPLAINTS else SCORE_KEYS
    reading = Reading(keys, _pairs("--column", columns, keys), _pairs("--set", fixed, keys), _one(delimiter), encoding)
    table = read_file(file, reading)
    for head in table.unread:
        typer.echo(f"not read: the column {head!r}", err=True)
    value: dict[str, Any] = {
        "what": what,
        "author": author,
        "packed": packed(table.rows),
        "where": table.where,
        "skip_bad": skip_bad,
        **({} if timezone is None else {"timezone": timezone}),
    }
    return _told(entered(config, data, value, None), table.where)


def _one(delimiter: str | None) -> str | None:
    meant = {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter)
    if meant is not None and len(meant) != 1:
        raise UsageError(f"--delimiter: found {meant!r:.20}, expected one character, or tab")
    return meant


def _pairs(option: str, words: Sequence[str], keys: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value or key not in keys:
            raise UsageError(f"{option}: found {word!r:.60}, expected KEY=VALUE with one of {', '.join(keys)}")
        found[key] = value
    return found


def _told(made: Mapping[str, Any], where: str) -> int:
    entries, at = made["entries"], instant_text(made["entered_ms"])
    numbers = f": {entries[0]} to {entries[-1]}" if len(entries) > 1 else f": {entries[0]}" if entries else ""
    typer.echo(f"{len(entries)} entered at {at}{numbers}")
    found = made["duplicates"]
    for one in found[:MOST_TOLD]:
        of = "a row before it" if one["of"] is None else str(one["of"])
        same = "has the reference of" if one["by"] == "reference" else "says the same as"
        typer.echo(f"{where} {one['row']} {same} {of}: not entered again")
    if len(found) > MOST_TOLD:
        typer.echo(f"and {len(found) - MOST_TOLD} more that are there already")
    for problem in made["skipped"][:MOST_TOLD]:
        typer.echo(f"left out: {problem}", err=True)
    if len(made["skipped"]) > MOST_TOLD:
        typer.echo(f"and {len(made['skipped']) - MOST_TOLD} more left out", err=True)
    return 1 if made["skipped"] else 0
