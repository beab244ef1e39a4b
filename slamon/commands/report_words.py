"""`slamon report`: the words. What the command needs is imported when it is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from slamon.commands import completing
from slamon.commands.completing import DEFAULT_CONFIG
from slamon.commands.formats import Tongue
from slamon.commands.words import Config, Data
from slamon.errors import UsageError
from slamon.reports.forms import ReportFormat


def report(
    config: Config = DEFAULT_CONFIG,
    data: Data = None,
    agreement: Annotated[
        str | None,
        typer.Option(
            "--agreement", "-a", metavar="ID", help="Only this agreement.", autocompletion=completing.agreements
        ),
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer.")] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "-p",
            metavar="PERIOD",
            help="2026-10, 2026-W43, 2026-Q4, 2026, or a span 2026-10-01/2026-10-15; default: the last whole month.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at this moment, as 2026-11-03T12:00:00Z; default: now."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="Use only what was entered before this moment; default of --at then too.",
        ),
    ] = None,
    lang: Annotated[Tongue, typer.Option("--lang", help="The language of the texts, numbers and dates.")] = Tongue.EN,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write to; it is made.")
    ] = Path(),
    form: Annotated[
        list[ReportFormat] | None,
        typer.Option("--format", "-f", help="The form of the files; may be repeated; default: html."),
    ] = None,
    scheduled: Annotated[
        str | None,
        typer.Option("--scheduled", metavar="ID", help="Make and deliver this report of the catalogue's reports now."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show which scheduled report is due when, and make none.")
    ] = False,
) -> None:
    """Write a report on each agreement: verdict, trend, outages, maintenance, corrections, and how to recompute it.

    The names of the files are printed; they begin with the period, so that a folder sorts by time. With --scheduled
    a report of the catalogue's reports is made and delivered instead.
    """
    chosen = {"--agreement": agreement, "--customer": customer, "--at": at, "--as-of": as_of, "--format": form}
    if scheduled is not None or dry_run:
        _must_be_alone(chosen)
        from slamon.commands import scheduled as by_plan

        if dry_run:
            raise typer.Exit(by_plan.dry_run(config, data, scheduled))
        assert scheduled is not None
        raise typer.Exit(by_plan.deliver(config, data, scheduled, period))
    from slamon.commands import report as command

    wanted = command.Wanted(
        agreement=agreement,
        customer=customer,
        period=period,
        at=at,
        as_of=as_of,
        language=lang.value,
        formats=tuple(dict.fromkeys(form or (ReportFormat.HTML,))),
    )
    raise typer.Exit(command.report(config, data, wanted, output))


def _must_be_alone(chosen: Mapping[str, object]) -> None:
    """The catalogue says everything of a scheduled report but its period."""
    given = [word for word, value in chosen.items() if value]
    if given:
        raise UsageError(f"{', '.join(given)}: a scheduled report is as the catalogue says; only --period goes with it")
