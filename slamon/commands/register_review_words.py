"""`slamon register review ...`: the words."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.register_words import Author, Number, OfCustomer, Output, Reference
from slamon.commands.words import Config, Data, group

review_app = group("Meetings with customers, their minutes and what was decided.")


@review_app.command("add", short_help="Enter a review with its decisions and actions.")
def review_add(
    author: Author,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="The minutes in YAML or JSON, in the form that slamon review writes."
        ),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="ID", help="The customer, by id.", autocompletion=completing.customers),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="What was looked at, as 2026-10 or 2026-Q4.")
    ] = None,
    held: Annotated[
        str | None, typer.Option("--held", metavar="DATE", help="The day of the meeting, as 2026-11-04.")
    ] = None,
    participants: Annotated[
        list[str] | None, typer.Option("--participant", metavar="NAME", help="Who was there; may be repeated.")
    ] = None,
    minutes: Annotated[
        str | None, typer.Option("--minutes", metavar="TEXT", help="The minutes; - reads them from standard input.")
    ] = None,
    decisions: Annotated[
        list[str] | None, typer.Option("--decision", metavar="TEXT", help="What was decided; may be repeated.")
    ] = None,
    reference: Reference = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter a review: its minutes, its decisions, the actions decided and those found done, all or nothing."""
    from slamon.commands import register_desk as desk
    from slamon.commands import register_review as command

    words = {
        "customer": customer,
        "period": period,
        "held": held,
        "participants": participants,
        "minutes": desk.text_of(minutes),
        "decisions": decisions,
        "reference": reference,
    }
    raise typer.Exit(command.add(config, data, file, author, words))


@review_app.command("list", short_help="Show reviews.")
def review_list(
    customer: OfCustomer = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show reviews in the order in which they were entered."""
    from slamon.commands import register_review as command

    raise typer.Exit(command.listing(config, data, customer, output))


@review_app.command("show", short_help="Show one review with its minutes.")
def review_show(
    number: Number, output: Output = Format.TABLE, config: Config = DEFAULT_CONFIG, data: Data = None
) -> None:
    """Show a review with its minutes, its decisions and where its actions stand now."""
    from slamon.commands import register_review as command

    raise typer.Exit(command.show(config, data, number, output))
