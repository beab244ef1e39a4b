"""`slamon register reconcile`: the words."""

from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG, customers, services
from slamon.commands.formats import FiguresFormat, Tongue
from slamon.commands.words import Config, Data


def reconcile(
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="ID", help="Only complaints of this customer.", autocompletion=customers),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option(
            "--service", "-s", metavar="ID", help="Only complaints about this service.", autocompletion=services
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", "-p", metavar="PERIOD", help="Only what was felt from within it, as 2026-10."),
    ] = None,
    language: Annotated[Tongue, typer.Option("--lang", "-l", help="The language of the sentences.")] = Tongue.EN,
    before: Annotated[
        str, typer.Option("--before", metavar="DURATION", help="How much earlier than told it may have begun.")
    ] = "10m",
    after: Annotated[
        str, typer.Option("--after", metavar="DURATION", help="How much longer than told it may have lasted.")
    ] = "10m",
    felt: Annotated[
        str, typer.Option("--felt", metavar="DURATION", help="How long it lasted where nobody said.")
    ] = "1h",
    output: Annotated[
        FiguresFormat, typer.Option("--format", "-f", help="For people, for programs, for spreadsheets.")
    ] = FiguresFormat.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Lay each complaint beside what was measured: seen, seen in part, not owed, or not seen by ourselves.

    What was not seen comes with a proposal of what would have seen it. The rules stand in the manual, "Complaints".
    """
    from slamon.commands import reconcile as command

    asked = command.Asked(customer, service, period, before, after, felt)
    raise typer.Exit(command.reconcile(config, data, asked, language.value, output))


def put(app: typer.Typer) -> None:
    """Add the command to `slamon register`."""
    app.command("reconcile", short_help="Lay complaints beside what was measured.")(reconcile)
