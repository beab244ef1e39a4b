"""`slamon register satisfaction ...`: the words."""

from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.register_words import Author, Customer, OfCustomer, Output, Reference, Who
from slamon.commands.words import Config, Data, group
from slamon.desk.things import Scale

satisfaction_app = group("The scores that customers gave.")


@satisfaction_app.command("add", short_help="Enter a score.")
def satisfaction_add(
    customer: Customer,
    scale: Annotated[
        Scale, typer.Option("--scale", help="csat: 1 to 5, 5 is very satisfied; nps: 0 to 10, 10 surely recommends.")
    ],
    score: Annotated[int, typer.Option("--score", metavar="N", help="The score.")],
    asked: Annotated[str, typer.Option("--asked", metavar="DATE", help="The day of the answer, as 2026-10-05.")],
    author: Author,
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            metavar="ID",
            help="The service that was asked about; default: all that the customer has.",
            autocompletion=completing.services,
        ),
    ] = None,
    who: Who = None,
    comment: Annotated[
        str | None,
        typer.Option("--comment", metavar="TEXT", help="What was said to it; - reads it from standard input."),
    ] = None,
    reference: Reference = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter one score of one respondent."""
    from slamon.commands import register_desk as desk

    words = {
        "customer": customer,
        "service": service,
        "scale": scale.value,
        "score": score,
        "asked": asked,
        "who": who,
        "comment": desk.text_of(comment),
        "reference": reference,
        "author": author,
    }
    raise typer.Exit(desk.enter(config, data, "satisfaction", words, "satisfaction {} entered"))


@satisfaction_app.command("list", short_help="Show scores.")
def satisfaction_list(
    customer: OfCustomer = None,
    scale: Annotated[Scale | None, typer.Option("--scale", help="Only scores on this scale.")] = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show scores in the order in which they were entered."""
    from slamon.commands import register_satisfaction as command

    raise typer.Exit(command.listing(config, data, customer, scale, output))
