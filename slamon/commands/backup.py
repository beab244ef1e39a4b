"""`slamon backup`: through the running system where there is one, else straight from the file."""

from pathlib import Path

import typer

from slamon.commands.control import Control
from slamon.commands.places import catalogue, ledger_path
from slamon.commands.waiting import busy
from slamon.ledger import backup as copy


def backup(config: Path, data: Path | None, file: Path) -> int:
    """Write a whole, consistent copy of the ledger to `file`. UsageError where something is there already."""
    path = ledger_path(catalogue(config, data), data)
    control = Control(path.parent)
    with busy("copying the ledger"):
        if control.alive():
            control.post("/api/backup", file=str(file.absolute()))
        else:
            copy(path, file)
    typer.echo(f"the ledger {path} is copied to {file}")
    return 0
