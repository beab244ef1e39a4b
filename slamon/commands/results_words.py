"""`slamon register satisfaction figures` and `slamon register action measured`: the words."""

from typing import Annotated

import typer

from slamon.commands.completing import DEFAULT_CONFIG, customers
from slamon.commands.formats import Format
from slamon.commands.words import Config, Data

Customer = Annotated[
    str | None,
    typer.Option("--customer", metavar="ID", help="Only of this customer.", autocompletion=customers),
]
Output = Annotated[Format, typer.Option("--format", "-f", help="For people, or for programs.")]


def figures(
    customer: Customer = None,
    period: Annotated[
        str | None,
        typer.Option("--period", "-p", metavar="PERIOD", help="Only of those asked in it, as 2026-Q4."),
    ] = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show CSAT and NPS by customer and service, with counts and 95 % intervals; and by customer over all scores.

    Counted over all scores, never over averages. How they are made stands in the manual, "Complaints".
    """
    from slamon.commands import results as command

    raise typer.Exit(command.satisfaction(config, data, customer, period, output))


def measured(
    customer: Customer = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show what actions brought: the figure each was to better, before it was entered and after it was done.

    Both are measured over spans of one length; with less than seven days since it was done it is too early to say.
    """
    from slamon.commands import results as command

    raise typer.Exit(command.measured(config, data, customer, output))


def put(satisfaction: typer.Typer, action: typer.Typer) -> None:
    """Add the commands to the groups of `slamon register`."""
    satisfaction.command("figures", short_help="Show CSAT and NPS.")(figures)
    action.command("measured", short_help="Show what actions brought.")(measured)
