"""Reading a file of observations before the user's eyes: a progress bar, and a word on what was rejected."""

from pathlib import Path

import typer

from slamon.catalogue import Catalogue
from slamon.commands import waiting
from slamon.replay import Reading, read


def observations(file: Path, loaded: Catalogue, before: int) -> Reading:
    """The observations of a file made before an instant (ms), with a progress bar on a terminal.

    UsageError where a line is wrong. Observations that are not newer than the newest of their check are counted on
    stderr.
    """
    with waiting.reading(file.stat().st_size if file.is_file() else None) as told:
        reading = read(file, loaded, before, told)
    if reading.rejected:
        typer.echo(
            f"{reading.rejected} observation(s) rejected: not after the newest one of their check, "
            f"first at {file}:{reading.first_rejected}",
            err=True,
        )
    return reading
