"""`slamon register complaint ...`: the words."""

from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Format
from slamon.commands.register_words import Author, Customer, Number, OfCustomer, Output, Reference, Text, Who
from slamon.commands.words import Config, Data, group
from slamon.desk.things import Channel, ComplaintState

complaint_app = group("What customers felt, and what became of it.")

OfService = Annotated[
    str | None,
    typer.Option("--service", metavar="ID", help="Only this service.", autocompletion=completing.services),
]


@complaint_app.command("add", short_help="Enter a complaint.")
def complaint_add(
    customer: Customer,
    service: Annotated[
        str,
        typer.Option("--service", metavar="ID", help="The service that was felt.", autocompletion=completing.services),
    ],
    felt_from: Annotated[
        str, typer.Option("--from", metavar="TIME", help="Since when it was felt, as 2026-10-05T12:00:00+02:00.")
    ],
    text: Text,
    author: Author,
    felt_to: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Until when; default: nobody can say, or it goes on.")
    ] = None,
    channel: Annotated[Channel, typer.Option("--channel", help="How it came in.")] = Channel.OTHER,
    who: Who = None,
    reference: Reference = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter a complaint: who felt what, at which service, from when to when."""
    from slamon.commands import register_desk as desk

    words = {
        "customer": customer,
        "service": service,
        "felt_from": felt_from,
        "felt_to": felt_to,
        "text": desk.text_of(text),
        "channel": channel.value,
        "who": who,
        "reference": reference,
        "author": author,
    }
    raise typer.Exit(desk.enter(config, data, "complaint", words, "complaint {} entered"))


@complaint_app.command("answer", short_help="Enter what was answered.")
def complaint_answer(
    number: Number,
    text: Text,
    author: Author,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter what the customer was answered: the complaint is answered then, not solved."""
    from slamon.commands import register_desk as desk

    words = {"entry": number, "text": desk.text_of(text), "author": author}
    raise typer.Exit(desk.enter(config, data, "complaint_answer", words, f"complaint {number} answered, entry {{}},"))


@complaint_app.command("solve", short_help="Enter what solved it.")
def complaint_solve(
    number: Number,
    text: Text,
    author: Author,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter what solved a complaint; more can be said of it once it is open again."""
    from slamon.commands import register_desk as desk

    words = {"entry": number, "text": desk.text_of(text), "author": author}
    raise typer.Exit(desk.enter(config, data, "complaint_solution", words, f"complaint {number} solved, entry {{}},"))


@complaint_app.command("reopen", short_help="Enter that it is open again.")
def complaint_reopen(
    number: Number,
    text: Text,
    author: Author,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Enter that a complaint is open again, and why."""
    from slamon.commands import register_desk as desk

    words = {"entry": number, "text": desk.text_of(text), "author": author}
    raise typer.Exit(desk.enter(config, data, "complaint_reopening", words, f"complaint {number} is open, entry {{}},"))


@complaint_app.command("link", short_help="Say which outage it is about.")
def complaint_link(
    number: Number,
    at: Annotated[str, typer.Option("--outage", metavar="TIME", help="The outage's begin, or a moment inside it.")],
    author: Author,
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            metavar="ID",
            help="Whose outage; default: that of the service complained of.",
            autocompletion=completing.services,
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="What is said to it; - reads it from standard input.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Say which outage a complaint is about: one that was measured, of its service or another one."""
    from slamon.commands import register_complaint as command
    from slamon.commands import register_desk as desk

    words = {"entry": number, "at": at, "service": service, "text": desk.text_of(text), "author": author}
    desk.enter(config, data, "complaint_link", words, f"complaint {number} linked, entry {{}},")
    raise typer.Exit(command.linked(config, data, number))


@complaint_app.command("list", short_help="Show complaints.")
def complaint_list(
    customer: OfCustomer = None,
    service: OfService = None,
    state: Annotated[ComplaintState | None, typer.Option("--state", help="Only those that stand so.")] = None,
    output: Output = Format.TABLE,
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
) -> None:
    """Show complaints in the order in which they were entered."""
    from slamon.commands import register_complaint as command

    raise typer.Exit(command.listing(config, data, customer, service, state, output))


@complaint_app.command("show", short_help="Show one complaint with all that was said.")
def complaint_show(
    number: Number, output: Output = Format.TABLE, config: Config = DEFAULT_CONFIG, data: Data = None
) -> None:
    """Show a complaint with its answers, its solutions and the outages that it is about."""
    from slamon.commands import register_complaint as command

    raise typer.Exit(command.show(config, data, number, output))
