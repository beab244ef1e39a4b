"""`slamon silences ...` and `slamon export silences`: the words."""

from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.words import Config, group

silences_app = group("Planned maintenance as silences of Alertmanager.")


@silences_app.command("sync", short_help="Make and end silences as the catalogue's maintenance says.")
def silences_sync(
    config: Config = DEFAULT_CONFIG,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Another Alertmanager than the catalogue's alertmanager.url."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> None:
    """Make the silences of planned maintenance that are missing, end those that are not planned any more.

    Silences of people are never touched. A running slamon does the same by itself where `alertmanager` is configured.
    """
    from slamon.commands import silences as command

    raise typer.Exit(command.sync(config, url, dry_run=dry_run))


def export_silences(
    config: Config = DEFAULT_CONFIG,
    ahead: Annotated[str, typer.Option(metavar="DURATION", help="What begins within this time.")] = "7d",
    author: Annotated[str, typer.Option(metavar="NAME", help="Who made them.")] = "slamon",
) -> None:
    """Print the silences of planned maintenance as JSON, for `amtool silence import`."""
    from slamon.catalogue.quantities import positive_duration_ms
    from slamon.commands import silences as command
    from slamon.errors import UsageError

    try:
        ahead_ms = positive_duration_ms(ahead)
    except ValueError as error:
        raise UsageError(f"--ahead {ahead}: expected {error}") from None
    raise typer.Exit(command.export(config, ahead_ms, author))
