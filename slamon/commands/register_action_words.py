"""`slamon register action ...`: the words."""

from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.register_words import Author, Number, OfTeam, Output, Reference
from slamon.commands.words import Config, Data, group

action_app = group("What was promised, by whom and until when.")

_SAID = "What is said to it; - reads it from standard input."
SaidTo = Annotated[str | None, typer.Option("--text", metavar="TEXT", help=_SAID)]
Day = Annotated[str | None, typer.Option("--day", metavar="DATE", help="The day it ended; default: today (UTC).")]


@action_app.command("add", short_help="Enter an action.")
def action_add(
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="What is to be done, on one line.")],
    owner: Annotated[str, typer.Option("--owner", metavar="NAME", help="Who does it.")],
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="The last day for it, as 2026-11-30.")],
    author: Author,
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="ID", help="The owner's team, by id.", autocompletion=completing.teams),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option("--customer", metavar="ID", help="For which customer.", autocompletion=completing.customers),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="ID", help="At which service.", autocompletion=completing.services),
    ] = None,
    origin: Annotated[
        int | None, typer.Option("--of", metavar="ID", help="The complaint or review that it comes of, by number.")
    ] = None,
    outage: Annotated[
        str | None,
        typer.Option("--outage", metavar="TIME", help="An outage of the service: its begin, or a moment inside it."),
    ] = None,
    expected: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="FIGURE=VALUE",
            help="What is better each month then: availability=99.95%, downtime=30m, outages=1, latency, complaints.",
        ),
    ] = None,
    agreement: Annotated[
        str | None,
        typer.Option(
            "--agreement",
            "-a",
            metavar="ID",
            help="Under which agreement the figure is meant.",
            autocompletion=completing.agreements,
        ),
    ] = None,
    reference: Reference = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter an action, perhaps with the improvement that is expected of it."""
    from slamon.commands import register_action as command
    from slamon.commands import register_desk as desk

    words = {
        "title": title,
        "owner": owner,
        "due": due,
        "team": team,
        "customer": customer,
        "service": service,
        "origin": origin,
        "outage": outage,
        "expected": command.expectation(expected, agreement, service),
        "reference": reference,
        "author": author,
    }
    raise typer.Exit(desk.enter(config, data, "action", words, "action {} entered"))


@action_app.command("move", short_help="Give it another day, owner or team.")
def action_move(
    number: Number,
    author: Author,
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="The new last day.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="The new owner.")] = None,
    team: Annotated[
        str | None, typer.Option("--team", metavar="ID", help="The new team.", autocompletion=completing.teams)
    ] = None,
    text: SaidTo = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Give an open action another day, owner or team; what is not named stays."""
    from slamon.commands import register_desk as desk

    words = {
        "entry": number,
        "due": due,
        "owner": owner,
        "team": team,
        "text": desk.text_of(text),
        "author": author,
    }
    raise typer.Exit(desk.enter(config, data, "action_move", words, f"action {number} moved, entry {{}},"))


@action_app.command("done", short_help="Enter that it is done.")
def action_done(
    number: Number,
    author: Author,
    day: Day = None,
    text: SaidTo = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter that an open action is done."""
    from slamon.commands import register_desk as desk

    words = {"entry": number, "day": day, "text": desk.text_of(text), "author": author}
    raise typer.Exit(desk.enter(config, data, "action_done", words, f"action {number} done, entry {{}},"))


@action_app.command("drop", short_help="Enter that it will not be done.")
def action_drop(
    number: Number,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Why; - reads it from standard input.")],
    author: Author,
    day: Day = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter that an open action will not be done, and why."""
    from slamon.commands import register_desk as desk

    words = {"entry": number, "day": day, "text": desk.text_of(text), "author": author}
    raise typer.Exit(desk.enter(config, data, "action_dropped", words, f"action {number} dropped, entry {{}},"))


@action_app.command("list", short_help="Show actions.")
def action_list(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that have not ended.")] = False,
    only_overdue: Annotated[bool, typer.Option("--overdue", help="Only open ones whose last day is over.")] = False,
    team: OfTeam = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show actions in the order in which they were entered; an open one is overdue once its last day is over."""
    from slamon.commands import register_action as command

    raise typer.Exit(
        command.listing(config, data, only_open=only_open, only_overdue=only_overdue, team=team, output=output)
    )
