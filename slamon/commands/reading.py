"""Reading a file of observations before the user's eyes: a progress bar, and a word on what was rejected."""

from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from slamon.catalogue import Catalogue
from slamon.replay import Reading, read


def observations(file: Path, loaded: Catalogue, before: int) -> Reading:
    """The observations of a file made before an instant (ms), with a progress bar on a terminal.

    UsageError where a line is wrong. Observations that are not newer than the newest of their check are counted on
    stderr.
    """
    console = Console(stderr=True)
    columns = TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("reading", total=file.stat().st_size if file.is_file() else None)
        reading = read(file, loaded, before, lambda count: progress.advance(task, count))
    if reading.rejected:
        typer.echo(
            f"{reading.rejected} observation(s) rejected: not after the newest one of their check, "
            f"first at {file}:{reading.first_rejected}",
            err=True,
        )
    return reading
