"""`slamon teams`: the words. What the command needs is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Tongue
from slamon.commands.review_words import Output, forms
from slamon.commands.words import Config, Data


def teams(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    team: Annotated[
        str | None,
        typer.Option("--team", "-t", metavar="ID", help="Only this team.", autocompletion=completing.teams),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", "-p", metavar="PERIOD", help="2026-10, 2026-Q4, or a span; default: the last whole month."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2027-01-08T12:00:00Z; default: now."),
    ] = None,
    lang: Annotated[Tongue, typer.Option("--lang", help="The language of the texts, numbers and dates.")] = Tongue.EN,
    output: Output = Path(),
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORM,...",
            help="json is printed; pdf, html, xlsx, csv are written; default: a table here.",
        ),
    ] = None,
) -> None:
    """Show the team lead's view: who answers for what, open actions, the worst services, how well we see.

    Of each team its services, agreements and runbooks, and its open actions with their age; the services that spent
    most of their budget; coverage, unknown time by cause, complaints that nobody had seen; services without an owner.
    """
    from slamon.commands import teams as command

    wanted = command.Wanted(team=team, period=period, at=at, language=lang.value, formats=forms(form) if form else ())
    raise typer.Exit(command.view(config, data, wanted, output))
