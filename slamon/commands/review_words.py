"""`slamon review`: the words. What the command needs is imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Tongue
from slamon.commands.words import Config, Data
from slamon.errors import UsageError
from slamon.reports.forms import ReportFormat

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to; it is made.")]
Period = Annotated[
    str | None,
    typer.Option(
        "--period", "-p", metavar="PERIOD", help="2026-Q4, 2026-10, 2026, or a span; default: the last whole quarter."
    ),
]


def review(
    customer: Annotated[
        str,
        typer.Argument(metavar="CUSTOMER", help="Whose review it is, by id.", autocompletion=completing.customers),
    ],
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    period: Period = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2027-01-08T12:00:00Z; default: now."),
    ] = None,
    ahead: Annotated[int, typer.Option("--ahead", metavar="DAYS", min=1, max=400, help="How far to look ahead.")] = 90,
    length: Annotated[
        int,
        typer.Option("--length", metavar="MINUTES", min=10, max=480, help="How long the meeting lasts."),
    ] = 60,
    lang: Annotated[Tongue, typer.Option("--lang", help="The language of the texts, numbers and dates.")] = Tongue.EN,
    output: Output = Path(),
    form: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", metavar="FORM,...", help="pdf, html, json, xlsx, csv; default: html."),
    ] = None,
) -> None:
    """Write what a service review with a customer needs: the pack, the agenda, the form for its minutes.

    The pack tells whether the agreements were met, what happened, what was promised and what is to be decided. The form
    is read back in by `slamon register review add --from FILE`; one that is there already is never overwritten.
    """
    from slamon.commands import review as command

    wanted = command.Wanted(
        customer=customer,
        period=period,
        at=at,
        language=lang.value,
        formats=forms(form),
        ahead=ahead,
        length=length,
    )
    raise typer.Exit(command.review(config, data, wanted, output))


def forms(words: list[str] | None) -> tuple[ReportFormat, ...]:
    """The forms that are named, parted by commas or by repeating the option."""
    named = [name.strip() for word in words or ["html"] for name in word.split(",") if name.strip()]
    known = [one.value for one in ReportFormat]
    wrong = next((name for name in named if name not in known), None)
    if wrong is not None or not named:
        raise UsageError(f"--format: {(wrong or '')[:20]!r} is not one of {', '.join(known)}; as in --format pdf,html")
    return tuple(dict.fromkeys(ReportFormat(name) for name in named))
